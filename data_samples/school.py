"""The sample school: an IFC4 file of three storeys with forty rooms for classes, and a sports hall, west of the lake."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import pi, radians
from pathlib import Path

from data_samples import geography as geo
from data_samples import house, house_fabric, house_frame, school_hall
from data_samples.house_fabric import Parts
from data_samples.house_plan import Room
from data_samples.ifc_kit import STYLES, Kit, begin
from data_samples.plan import SCHOOL_ANGLE_DEG
from data_samples.school_plan import HALL, SCHOOL, TAUGHT_IN
from data_samples.sensor_places import Sensor

SEATS_M2 = {"Classroom": 1.8, "Science room": 2.2, "Music room": 2.2, "Library": 2.5, "Staff room": 6, "Sports hall": 4}
FILE, NAME = "school.ifc", "远香湖小学 / Lakeside School (synthetic)"
COLOURS = {
    **STYLES,
    "terracotta": (0.80, 0.56, 0.44, 0.0),
    "board": (0.16, 0.32, 0.26, 0.0),
    "sports floor": (0.55, 0.66, 0.50, 0.0),
}
# observed property -> its name in English and Chinese
OBSERVED = {
    "bld.co2": ("CO2", "二氧化碳"),
    "bld.temp": ("temperature", "温度"),
    "bld.rh": ("relative humidity", "相对湿度"),
    "bld.pm25": ("PM2.5", "细颗粒物 PM2.5"),
}


@dataclass(frozen=True)
class Furniture:
    """Shapes that are drawn once and placed often."""

    desks: object  # a row of four double desks with their benches
    board: object


def write_school(path: Path, middle: tuple[float, float], floor_m: float) -> list[Sensor]:
    """Write the school, its middle at `middle`, its ground floor at `floor_m` (1985). The sensors of its class rooms."""
    place = house.Place.about(middle, SCHOOL.length_m, HALL[3], radians(SCHOOL_ANGLE_DEG), floor_m)
    kit = begin(geo.CRS, *(round(c, 3) for c in place.corner), round(floor_m, 3), place.angle_rad, NAME, COLOURS)
    parts, furniture = house_fabric.shared_parts(kit), _furniture(kit)
    storeys = house.structure(kit, SCHOOL, "远香湖西 / West of the lake", "远香湖小学 / Lakeside School", "School")
    sensors, spaces = house.fill(
        kit, SCHOOL, parts, storeys, SEATS_M2,
        furnish=lambda storey, room: _furnish(kit, furniture, storey, room),
        devices=lambda storey, room: _devices(kit, parts, storey, room, place),
    )
    school_hall.build(kit, parts, storeys[0], SEATS_M2)
    house_frame.roof(kit, SCHOOL, storeys[-1])
    path.write_text(kit.finish(FILE, "school/"), encoding="utf-8", newline="\n")
    return [replace(s, room_guid=spaces[s.room].GlobalId) for s in sensors]


def _furniture(kit: Kit) -> Furniture:
    row = []
    for x in (0.0, 1.7, 3.4, 5.1):
        row += [kit.box(x, 0.0, 0.7, 1.2, 0.5, 0.03, "timber"), kit.box(x, 0.75, 0.4, 1.2, 0.35, 0.04, "timber")]
        row += [kit.box(x + edge, y, 0.0, 0.04, 0.4, tall, "frame")
                for edge in (0.03, 1.13) for y, tall in ((0.05, 0.7), (0.72, 0.4))]
    return Furniture(desks=kit.shared(row), board=kit.shared([kit.box(0.0, 0.0, 0.9, 3.6, 0.05, 1.2, "board")]))


def _furnish(kit: Kit, shapes: Furniture, storey, room: Room) -> list:
    """Five rows of desks that look west, where the board hangs."""
    if room.usage not in TAUGHT_IN:
        return []
    x0, y0, _, y1 = room.inner
    board = house.piece(kit, shapes.board, storey, f"Board {room.name}", x0 + 0.06, (y0 + y1) / 2 + 1.8, -pi / 2, "USERDEFINED")
    board.ObjectType = "BOARD"
    return [board] + [
        house.piece(kit, shapes.desks, storey, f"Desks {room.name}", x0 + 2.0 + 1.25 * k, (y0 + y1) / 2 + 3.15, -pi / 2, "DESK")
        for k in range(5)
    ]


def _devices(kit: Kit, parts: Parts, storey, room: Room, place: house.Place) -> list[tuple[Sensor, object]]:
    """One unit on the corridor's wall of every class room, which observes four things."""
    if room.usage not in TAUGHT_IN:
        return []
    x0, y0, _, y1 = room.inner
    y = y0 + 0.06 if SCHOOL.is_north(room) else y1 - 0.06
    out = []
    for k, (observed, (name, name_zh)) in enumerate(OBSERVED.items()):
        x = x0 + 2.2 + 0.3 * k
        thing = f"STORY-EDU-{room.name}"
        sensor = Sensor(
            f"{thing}.{observed}",
            thing,
            observed,
            f"{room.usage} {room.name} {name}",
            f"{room.name} {room.usage_zh} {name_zh}",
            tuple(round(c, 2) for c in place.to_map(x, y)),
            round(SCHOOL.elevation(room.storey) + house.DEVICES[observed][1], 2),
            room=room.name,
            zone="zone.yuanxiang",
        )
        out.append((sensor, house.device(kit, parts, storey, sensor, x, y)))
    return out
