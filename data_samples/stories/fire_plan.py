"""What the fire brigade's plan of the office's fifth floor shows: exits, hydrants and the way to the room that burns."""

from __future__ import annotations

import json
from math import cos, radians, sin
from pathlib import Path

from data_samples import geography as geo
from data_samples.office_plan import OFFICE
from data_samples.plan import OFFICE_ANGLE_DEG, office_at
from data_samples.stories.fire import ROOM, STOREY

NAME = "fire_plan.geojson"
CORRIDOR_Y = (OFFICE.south_edge_m + OFFICE.north_edge_m) / 2
OVER_M = 0.4                                     # the ceiling of the storey: the floor itself lies within its rooms
HYDRANTS_X = (6.0, 24.0, 42.0)                   # along the corridor
ENTRANCE = (23.9, 0.0)
STREET = (23.9, -34.0)


def write(folder: Path, floor_m: float) -> None:
    """`floor_m`: height (1985) of the ground floor."""
    top = floor_m + OFFICE.elevation(STOREY + 1) + OVER_M
    room = next(r for r in OFFICE.numbered(STOREY) if r.name == ROOM)
    stairs = [((x0 + x1) / 2, OFFICE.north_edge_m) for x0, x1 in OFFICE.stairs]
    up, door = stairs[1], (room.door_x, OFFICE.north_edge_m)
    features = []
    for letter, at in zip("AB", stairs):
        features.append(_feature("Point", [*at, top], f"exit-{letter}", "exit", f"Exit, stairs {letter}", f"安全出口 楼梯{letter}"))
    for number, x in enumerate(HYDRANTS_X, 1):
        features.append(_feature("Point", [x, CORRIDOR_Y, top], f"hydrant-{number}", "hydrant", f"Hydrant {number}",
                                 f"室内消火栓{number}"))
    features.append(_feature("Point", [*STREET, floor_m + 0.6], "hydrant-street", "hydrant", "Hydrant in the street", "室外消火栓"))
    low = floor_m + 0.6
    way = [[*STREET, low], [*ENTRANCE, low], [ENTRANCE[0], CORRIDOR_Y, low], [up[0], CORRIDOR_Y, low], [up[0], CORRIDOR_Y, top],
           [door[0], CORRIDOR_Y, top], [*door, top]]
    features.append(_feature("LineString", way, "way-in", "way", "Way of the brigade", "救援路线"))
    out = [[stairs[1][0], CORRIDOR_Y, top], [stairs[0][0], CORRIDOR_Y, top], [*stairs[0], top]]
    features.append(_feature("LineString", out, "way-out", "escape", "Escape route", "疏散路线"))
    body = {"type": "FeatureCollection", "features": features,
            "crs": {"type": "name", "properties": {"name": f"urn:ogc:def:crs:{geo.CRS.replace(':', '::')}"}}}
    (folder / NAME).write_text(json.dumps(body, ensure_ascii=False) + "\n", "utf-8")


def _feature(kind: str, corners: list, id: str, what: str, name: str, name_zh: str) -> dict:
    placed = [world(c) for c in corners] if kind == "LineString" else world(corners)
    return {"type": "Feature", "geometry": {"type": kind, "coordinates": placed},
            "properties": {"id": id, "kind": what, "name": name, "name_zh": name_zh, "synthetic": True}}


def world(at) -> list[float]:
    """Easting, northing and height of a place in the office's own metres."""
    turn = radians(OFFICE_ANGLE_DEG)
    x, y = at[0] - OFFICE.length_m / 2, at[1] - OFFICE.depth_m / 2
    middle = office_at()
    return [round(middle[0] + x * cos(turn) - y * sin(turn), 2), round(middle[1] + x * sin(turn) + y * cos(turn), 2), round(at[2], 2)]
