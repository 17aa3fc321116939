"""The sample office: an IFC4 file of six storeys beside the lake, with rooms, furniture and sensors."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import pi, radians
from pathlib import Path

from data_samples import geography as geo
from data_samples import house, house_fabric, house_frame
from data_samples.house_fabric import Parts
from data_samples.house_plan import Room
from data_samples.ifc_kit import Kit, begin
from data_samples.office_plan import OFFICE
from data_samples.plan import OFFICE_ANGLE_DEG
from data_samples.sensor_places import PROPERTIES, Sensor

FILE, NAME = "office.ifc", "远香湖畔办公楼 / Lakeside Office (synthetic)"
# usage -> square metres per person
SEATS_M2 = {"Open-plan office": 8, "Office": 16, "Meeting room": 5, "Lobby": 12, "Café": 4}


@dataclass(frozen=True)
class Furniture:
    """Shapes that are drawn once and placed often."""

    desk: object
    chair: object
    table: object


def write_office(path: Path, middle: tuple[float, float], floor_m: float) -> list[Sensor]:
    """Write the building with its centre at `middle` and its ground floor at `floor_m` (1985). Its sensors."""
    place = house.Place.about(middle, OFFICE.length_m, OFFICE.depth_m, radians(OFFICE_ANGLE_DEG), floor_m)
    kit = begin(geo.CRS, *(round(c, 3) for c in place.corner), round(floor_m, 3), place.angle_rad, NAME)
    parts, furniture = house_fabric.shared_parts(kit), _furniture(kit)
    storeys = house.structure(kit, OFFICE, "远香湖北岸 / North shore", "湖畔办公楼 / Lakeside Office", "Office")
    sensors, spaces = house.fill(
        kit, OFFICE, parts, storeys, SEATS_M2,
        furnish=lambda storey, room: _furnish(kit, furniture, storey, room),
        devices=lambda storey, room: _devices(kit, parts, storey, room, place),
    )
    house_frame.roof(kit, OFFICE, storeys[-1])
    text = kit.finish(FILE)
    path.write_text(text, encoding="utf-8", newline="\n")
    return [replace(s, room_guid=spaces[s.room].GlobalId) for s in sensors]


def _furniture(kit: Kit) -> Furniture:
    legs = [kit.box(x, y, 0, 0.05, 0.05, 0.7, "frame") for x in (0.03, 1.52) for y in (0.03, 0.72)]
    chair = [
        kit.box(0, 0, 0.43, 0.48, 0.48, 0.07, "fabric"),
        kit.box(0, 0.43, 0.5, 0.48, 0.06, 0.5, "fabric"),
        kit.box(0.21, 0.21, 0.05, 0.06, 0.06, 0.38, "frame"),
        kit.box(0.02, 0.2, 0, 0.44, 0.08, 0.05, "frame"),
        kit.box(0.2, 0.02, 0, 0.08, 0.44, 0.05, "frame"),
    ]
    table = [
        kit.box(0, 0, 0.71, 3.6, 1.3, 0.04, "timber"),
        kit.box(0.5, 0.35, 0, 0.1, 0.6, 0.71, "frame"),
        kit.box(3.0, 0.35, 0, 0.1, 0.6, 0.71, "frame"),
    ]
    return Furniture(
        desk=kit.shared([kit.box(0, 0, 0.7, 1.6, 0.8, 0.03, "timber"), *legs]),
        chair=kit.shared(chair),
        table=kit.shared(table),
    )


def _furnish(kit: Kit, shapes: Furniture, storey, room: Room) -> list:
    x0, y0, _, y1 = room.inner
    mx, my = room.middle

    def put(source, what: str, x: float, y: float, turn_rad: float = 0.0):
        return house.piece(kit, source, storey, f"{what} {room.name}", x, y, turn_rad, what.upper())

    out = []
    if room.usage in ("Open-plan office", "Office"):
        columns = [x0 + 1.4, x0 + 4.4] if room.usage == "Open-plan office" else [mx - 0.8]
        rows = [y0 + 1.6, y0 + 4.2, y0 + 6.6] if room.usage == "Open-plan office" else [my - 0.4]
        for x, y in ((x, y) for x in columns for y in rows if y + 1.8 < y1):
            out += [put(shapes.desk, "Desk", x, y), put(shapes.chair, "Chair", x + 0.56, y + 0.95)]
    if room.usage in ("Meeting room", "Café"):
        out.append(put(shapes.table, "Table", mx - 1.8, my - 0.65))
        for k in range(4):
            out += [put(shapes.chair, "Chair", mx - 1.6 + k * 0.9, my + 0.85),
                    put(shapes.chair, "Chair", mx - 1.1 + k * 0.9, my - 0.85, pi)]
    return out


def _devices(kit: Kit, parts: Parts, storey, room: Room, place: house.Place) -> list[tuple[Sensor, object]]:
    """CO2 and temperature in each numbered room, smoke in offices and in the server room; tags are sensor ids."""
    if not room.name[2:].isdigit():
        return []
    kinds = ["bld.temp"] if room.usage in ("Store", "Toilets") else ["bld.co2", "bld.temp"]
    kinds += ["fire.smoke"] if room.usage in ("Open-plan office", "Server room", "Café", "Store") else []
    out = []
    for k, observed in enumerate(kinds):
        x, y = room.middle if observed == "fire.smoke" else (room.inner[0] + 0.06, room.middle[1] + k * 0.4)
        _, _, en, zh = PROPERTIES[observed]
        sensor = Sensor(
            f"OFF-{room.name}.{observed}",
            f"OFF-{room.name}",
            observed,
            f"Room {room.name} {en}",
            f"{room.name}室 {zh}",
            tuple(round(c, 2) for c in place.to_map(x, y)),
            round(OFFICE.elevation(room.storey) + house.DEVICES[observed][1], 2),
            1.5 if room.usage == "Meeting room" else 0.8,
            room=room.name,
            zone="zone.yuanxiang",
        )
        out.append((sensor, house.device(kit, parts, storey, sensor, x, y)))
    return out
