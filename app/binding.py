"""Rooms, elements and sensors: what gestures and commands do to the document. Each is one edit."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from app.session import Session
from layers.building import Building
from layers.room_colors import RoomColors
from twin.bindings import HAND, HostBinding, binding, with_bindings, without_bindings
from twin.column_words import property_words
from twin.hosts import binding_of, host_of
from twin.indoors import Indoors, Lot
from twin.memberships import BOUND, BY_GUID, BY_HAND, CODE
from twin.sensed import elements_of
from twin.text import tr
from twin.trouble import Trouble
from twin.units import shown

REASONS = {"nowhere": "It stands in no room", "several": "It could be in several rooms",
           "unknown_guid": "Its GlobalId is no room or element here",
           "unknown_number": "Its room number is not known here",
           "hand": "In no room, as somebody said", "unknown_element": "Its element is not in the model any more"}
WAYS = {"hand": "By hand", "guid": "GlobalId", "number": "Room number", "inside": "Stands in it",
        "near": "In its wall", "kept": "Kept from an older issue"}


@dataclass(frozen=True)
class Bound:
    """One datastream of a room, or one that has none: `rooms` are those that come into question."""

    lot: Lot
    row: int
    id: str
    name: str
    observed: str
    how: str
    rooms: tuple[int, ...] = ()


def sensor(lot: Lot, row: int) -> Bound:
    held = lot.payload.features

    def cell(name: str) -> str:
        return str(held.column(name)[row].as_py() or "") if held is not None and name in held.column_names else ""
    return Bound(lot, row, cell("id"), cell("name") or cell("id"), cell("property"), lot.members.words(row),
                 lot.members.others.get(row, ()))


def unbound(indoors: Indoors) -> list[Bound]:
    """Every datastream that should be in a room (or on an element) and is in none, or in several."""
    return [sensor(lot, int(row)) for lot in indoors.lots for row in lot.members.unbound()]


def lost_sensors(session: Session) -> list[Bound]:
    """Those whose word about a room, or about an element, comes true nowhere."""
    return unbound(session.rooms.now) + unbound(session.hosts.now)


def sent_away(indoors: Indoors) -> list[Bound]:
    """Those of which somebody said that they are in no room."""
    return [sensor(lot, int(row)) for lot in indoors.lots
            for row in np.flatnonzero((lot.members.how == CODE[BY_HAND]) & (lot.members.room < 0))]


# -- edits ---------------------------------------------------------------------------------------------


def assign(session: Session, sensors: Iterable[Bound], room: int) -> None:
    """By hand: into this room of `session.rooms.now`, -1 = in no room."""
    rooms = session.rooms.now.rooms
    _bind(session, [binding(s.id, rooms, room) for s in sensors], "Assign to a room")


def take_suggestions(session: Session, sensors: Iterable[Bound]) -> int:
    """Those that have one room in question get it; returns how many."""
    rooms = session.rooms.now.rooms
    fresh = [binding(s.id, rooms, s.rooms[0]) for s in sensors if len(s.rooms) == 1]
    _bind(session, fresh, "Assign to rooms")
    return len(fresh)


def keep_found(session: Session) -> int:
    """Write down every room that was found, so that a new issue of the model finds it again; returns how many."""
    rooms, by_hand = session.rooms.now.rooms, {b.sensor for b in session.document.bindings if b.how == HAND}
    fresh = []
    for lot in session.rooms.now.lots:
        ids, members = lot.words("id"), lot.members
        for row in np.flatnonzero((members.how < BOUND) & (members.room >= 0)):
            if ids[row] not in by_hand:
                fresh.append(binding(ids[row], rooms, int(members.room[row]), members.words(row)))
    carried = _carried(session)
    document = session.document
    session.edits.commit(replace(document, bindings=with_bindings(document.bindings, fresh),
                                 host_bindings=with_bindings(document.host_bindings, carried)), "Keep rooms of sensors")
    session.edits.seal()
    return len(fresh) + len(carried)


def _carried(session: Session) -> list[HostBinding]:
    """What the tables of sensors say of elements."""
    by_hand, hosts = {b.sensor for b in session.document.host_bindings if b.how == HAND}, session.hosts.now.rooms
    return [binding_of(id, hosts, int(members.room[row]), BY_GUID)
            for lot in session.hosts.now.lots for ids, members in ((lot.words("id"), lot.members),)
            for row in np.flatnonzero(members.how == CODE[BY_GUID]) for id in (ids[row],) if id not in by_hand]


def forget(session: Session, sensors: Iterable[Bound]) -> None:
    """Nothing by hand or kept any more: what the table and the place say counts again."""
    document, ids = session.document, [s.id for s in sensors]
    session.edits.commit(replace(document, bindings=without_bindings(document.bindings, ids),
                                 host_bindings=without_bindings(document.host_bindings, ids)),
                         "Forget rooms of sensors")
    session.edits.seal()


def _bind(session: Session, fresh: list, label: str) -> None:
    held = with_bindings(session.document.bindings, fresh)
    session.edits.commit(replace(session.document, bindings=held), label)
    session.edits.seal()


# -- elements ------------------------------------------------------------------------------------------


def chosen_sensors(session: Session) -> list[str]:
    """Ids of the selected datastreams."""
    found = []
    for layer, row in session.selection.items:
        lot = session.hosts.now.lot_of(layer)
        if lot is not None and 0 <= row < len(lot.payload.positions):
            found.append(sensor(lot, row).id)
    return list(dict.fromkeys(found))


def chosen_element(session: Session) -> tuple[str, int] | None:
    """(layer, row in its model's table) of the one selected element that can carry sensors; None where there is none,
    or several. What the model tree looks at goes first: an assembly has no shape of its own to be clicked.
    """
    found = _looked_at(session) or [item for item in session.selection.items if item[1] >= 0
                                    and isinstance(session.document.layer(item[0]), Building)]
    model = session.hosts.model_of(found[0][0]) if len(found) == 1 else None
    return found[0] if model is not None and len(host_of(model, found[0][1])) else None


def _looked_at(session: Session) -> list[tuple[str, int]]:
    """The element of the tree without a shape of its own, once it is known."""
    said = session.looked_at
    model = session.hosts.model_of(said.layer) if said is not None and said.selection is session.selection else None
    row = model.row_of(said.guid) if model is not None else -1
    return [(said.layer, row)] if model is not None and row >= model.mesh.features.num_rows else []


def put_on(session: Session, sensors: Iterable[str], layer: str, feature: int) -> None:
    """By hand: on this element of a building. Raises Trouble for what can carry none."""
    model = session.hosts.model_of(layer)
    host = host_of(model, feature) if model else None
    if not host:
        raise Trouble(tr("This is no element that sensors can be on."), way_out=tr("Choose an element of a model."))
    _bind_hosts(session, [binding_of(id, host, 0) for id in sensors], "Put sensors on an element")


def take_off(session: Session, sensors: Iterable[str]) -> int:
    """From whatever element they are on, against their table's word where it has one; returns how many."""
    wanted, kept, none = set(sensors), [], []
    for lot in session.hosts.now.lots:
        words = elements_of(lot.payload)
        for row, id in enumerate(lot.words("id")):
            if id in wanted and lot.members.room[row] >= 0:
                (none if words[row] else kept).append(id)
    document = session.document
    held = with_bindings(without_bindings(document.host_bindings, kept), [HostBinding(sensor=id) for id in none])
    session.edits.commit(replace(document, host_bindings=held), "Take sensors off their element")
    session.edits.seal()
    return len(kept) + len(none)


def on_element(session: Session, layer: str, row: int) -> list[str]:
    """Ids of the datastreams on it; `row` in its model's table."""
    now, model = session.hosts.now, session.hosts.model_of(layer)
    guid = model.table.column("guid")[row].as_py() if model is not None else ""
    at = next((n for n, held in enumerate(now.rooms.guid) if held == guid and now.rooms.layer[n] in model.layers), -1)
    return [sensor(lot, there).id for lot, there in now.sensors_in(at)] if at >= 0 else []


def _bind_hosts(session: Session, fresh: list[HostBinding], label: str) -> None:
    held = with_bindings(session.document.host_bindings, fresh)
    session.edits.commit(replace(session.document, host_bindings=held), label)
    session.edits.seal()


# -- colours -------------------------------------------------------------------------------------------


def color_rooms(session: Session, ids: Iterable[str], observed: str, of: str = "rooms", **style) -> None:
    """Colour the rooms of these buildings (`of` "elements": what carries sensors) by an observed property; "" = no
    more. Raises Trouble for an unknown one.
    """
    known = (session.rooms if of == "rooms" else session.hosts).now.properties
    if observed and observed not in known:
        listed = ", ".join(known) or tr("nothing")
        raise Trouble(tr("No room has a sensor of {name}.", name=observed) if of == "rooms" else
                      tr("No element has a sensor of {name}.", name=observed),
                      way_out=tr("Measured in rooms: {known}.", known=listed) if of == "rooms" else
                      tr("Measured on elements: {known}.", known=listed))
    wanted = set(ids)

    def change(layer):
        held = layer.room_colors or RoomColors(observed=observed)
        return replace(layer, room_colors=replace(held, observed=observed, of=of, **style) if observed else None)
    session.edits.commit(session.document.with_each(wanted, change), "Colour rooms" if of == "rooms" else
                         "Colour elements")
    session.edits.seal()


def property_title(observed: str, unit: str) -> str:
    sign = shown(unit)
    return f"{property_words(observed)} ({sign})" if sign else property_words(observed)
