"""Which groups of sensors a project has: its zones, its buildings and their rooms, or whatever a column tells."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from app.building_groups import buildings
from twin.buffers import is_buffer
from twin.data import Vectors
from twin.document import Document
from twin.vitals import groups as grouping
from twin.vitals.board import Board
from twin.vitals.groups import Group, Groups
from twin.vitals.pool import Pool

COLUMNS = {"room": ("room_guid", "room"), "building": ("building",), "thing": ("thing",), "type": ("property",),
           "datastream": ("id",)}
INDOORS = ("building", "storey", "room")
AROUND_M = 15.0                                  # about the sensors of a building or room


def groups_of(session, pool: Pool, kind: str) -> Iterator[None]:
    """Gives way often; returns the groups. `kind` "all": zones, then buildings and rooms with sensors inside, at last
    the buildings of the city that have any.
    """
    if kind in ("zone", "all"):
        zones = yield from grouping.members(polygons(session), pool.xy)
        if kind == "zone":
            return zones
        city = yield from buildings(session, pool)
        return grouping.together(grouping.together(zones, indoors(session, pool)), city)
    inside = indoors(session, pool, (kind,)) if kind in INDOORS else None
    if kind == "building":
        city = yield from buildings(session, pool)
        inside = grouping.together(inside, city)
    return inside if inside is not None and inside.groups else by_column(pool, kind)


def indoors(session, pool: Pool, kinds: tuple[str, ...] = INDOORS) -> Groups:
    """Buildings, storeys and rooms that have sensors, by the memberships that the whole program uses."""
    now = session.rooms.now
    room = np.full(len(pool), -1, np.int32)
    for n, shown in enumerate(pool.shown):
        for lot in now.lots:
            if lot.payload is shown.payload:
                room[pool.starts[n]:pool.starts[n + 1]] = lot.members.room
    rows = np.flatnonzero(room >= 0)
    out = Groups((), np.zeros(0, np.int32), np.zeros(0, np.int32))
    if "building" in kinds and len(rows):
        layers = list(dict.fromkeys(now.rooms.layer))
        place = {layer: n for n, layer in enumerate(layers)}
        of = np.array([place[now.rooms.layer[r]] for r in room[rows]], np.int32)
        out = grouping.sorted_groups(tuple(_building(session, id) for id in layers), of, rows)
    if "storey" in kinds and len(rows):
        places = [(now.rooms.layer[r], now.rooms.storey[r]) for r in room[rows]]
        held = list(dict.fromkeys(sorted(places)))
        of = np.array([held.index(place) for place in places], np.int32)
        storeys = tuple(_storey(session, *place) for place in held)
        out = grouping.together(out, grouping.sorted_groups(storeys, of, rows))
    if "room" in kinds and len(rows):
        used, of = np.unique(room[rows], return_inverse=True)
        rooms = tuple(Group(now.rooms.guid[r], now.rooms.title(r), kind="room", layer=now.rooms.layer[r],
                            feature=int(now.rooms.feature[r])) for r in used.tolist())
        out = grouping.together(out, grouping.sorted_groups(rooms, of.astype(np.int32), rows))
    return out


def _building(session, id: str) -> Group:
    layer = session.document.layer(id)
    return Group(id, layer.name if layer else id, layer.name_zh if layer else "", "building", id)


def _storey(session, id: str, name: str) -> Group:
    house = _building(session, id)
    return replace(house, id=f"{id}/{name}", kind="storey", name=f"{house.name} {name}",
                   name_zh=f"{house.name_zh} {name}" if house.name_zh else "")


def zone_layers(document: Document) -> list:
    """Layers whose polygons are zones: all of kind zones, and those that the project names."""
    return [layer for layer in document.layers if layer.kind == "zones" or layer.id in document.vitals.zone_layers]


def polygons(session) -> list[tuple[grouping.Group, list[np.ndarray]]]:
    out = []
    for layer in zone_layers(session.document):
        asset = session.asset(layer.id)
        if asset and isinstance(asset.payload, Vectors):
            found = grouping.polygons_of(layer.id, "zone", asset.payload)
            if is_buffer(layer.source) and len(found) == 1:             # its file knows only what it was laid round
                found = [(replace(found[0][0], name=layer.name, name_zh=layer.name_zh), found[0][1])]
            out += found
        for number, zone in enumerate(layer.drawn if layer.kind == "zones" else ()):
            out.append((grouping.Group(zone.id, zone.name, zone.name_zh, "drawn", layer.id, number),
                        [zone.local(session.document.frame)]))
    return out


def area_of(session, board: Board, group: int) -> tuple[float, float, float, float] | None:
    """(x0, y0, x1, y1) of a zone, or of the sensors in a building or room; local metres."""
    told = board.groups.groups[group]
    rings = next((rings for g, rings in polygons(session) if (g.layer, g.feature) == (told.layer, told.feature)), [])
    corners = np.concatenate(rings) if rings else board.pool.xy[board.groups.rows_of(group)]
    corners = corners[np.isfinite(corners).all(axis=1)]
    around = 0.0 if rings else AROUND_M
    if not len(corners):
        return None
    return (*map(float, corners.min(axis=0) - around), *map(float, corners.max(axis=0) + around))


def by_column(pool: Pool, kind: str) -> Groups:
    """Groups by the first column of a kind that says anything."""
    column = next((c for c in COLUMNS.get(kind, ()) if len(pool.texts(c)[0]) > 1), "")
    named = {"room": "room", "datastream": "name"}.get(kind, column)
    if column:
        return grouping.by_words(*pool.texts(column), kind, lambda row: pool.text(named, row))
    return Groups((), np.zeros(0, np.int32), np.zeros(0, np.int32))
