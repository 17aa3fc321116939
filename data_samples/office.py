"""The sample office: an IFC4 file of six storeys beside the lake, with rooms, furniture and sensors."""

from __future__ import annotations

from math import cos, pi, radians, sin
from pathlib import Path

from data_samples import geography as geo
from data_samples import office_fabric as fabric
from data_samples import office_frame as frame
from data_samples import office_layout as plan
from data_samples.office_fabric import Parts
from data_samples.office_kit import Kit, begin
from data_samples.office_layout import Room
from data_samples.plan import OFFICE_ANGLE_DEG
from data_samples.sensor_places import PROPERTIES, Sensor

DEVICES = {
    "bld.co2": ("CO2SENSOR", 1.4),
    "bld.temp": ("TEMPERATURESENSOR", 1.5),
    "fire.smoke": ("SMOKESENSOR", 2.9),
}


def write_office(path: Path, middle: tuple[float, float], floor_m: float) -> list[Sensor]:
    """Write the building with its centre at `middle` and its ground floor at `floor_m` (1985). Its sensors."""
    angle = radians(OFFICE_ANGLE_DEG)
    corner = _to_map(middle, -plan.LENGTH_M / 2, -plan.DEPTH_M / 2, angle)
    kit = begin(geo.CRS, *(round(c, 3) for c in corner), round(floor_m, 3), angle)
    parts = fabric.shared_parts(kit)
    storeys = _structure(kit)
    spaces: dict[str, object] = {}
    devices: list[tuple[Sensor, object]] = []
    for number, storey in enumerate(storeys, 1):
        made = [*fabric.walls(kit, parts, storey, number), *frame.slab_and_columns(kit, storey, number)]
        rooms = _spaces(kit, storey, number, spaces)
        made += _furniture(kit, parts, storey, rooms)
        made += frame.stairs(kit, storey, number)
        own = _devices(kit, parts, storey, rooms, corner, angle)
        devices += own
        kit.relate(
            "IfcRelContainedInSpatialStructure",
            RelatedElements=[*made, *(d for _, d in own)],
            RelatingStructure=storey,
        )
    frame.roof(kit, storeys[-1])
    text = kit.finish()
    path.write_text(text, encoding="utf-8", newline="\n")
    guid = {name: space.GlobalId for name, space in spaces.items()}
    return [Sensor(**{**s.__dict__, "room_guid": guid[s.room]}) for s, _ in devices]


def _to_map(origin, x, y, angle) -> tuple[float, float]:
    return (origin[0] + x * cos(angle) - y * sin(angle), origin[1] + x * sin(angle) + y * cos(angle))


def _structure(kit: Kit):
    site = kit.element("IfcSite", "远香湖北岸 / North shore", CompositionType="ELEMENT")
    building = kit.element(
        "IfcBuilding", "湖畔办公楼 / Lakeside Office", within=site, CompositionType="ELEMENT"
    )
    storeys = [
        kit.element(
            "IfcBuildingStorey",
            f"{n}F",
            None,
            (0, 0, plan.elevation(n)),
            0.0,
            building,
            Elevation=plan.elevation(n),
            CompositionType="ELEMENT",
        )
        for n in range(1, plan.STOREYS + 1)
    ]
    for whole, members in ((kit.project, [site]), (site, [building]), (building, storeys)):
        kit.relate("IfcRelAggregates", RelatingObject=whole, RelatedObjects=members)
    kit.pset(
        [building],
        "Pset_BuildingCommon",
        {"NumberOfStoreys": plan.STOREYS, "OccupancyType": "Office", "IsLandmarked": False},
    )
    kit.pset([building], "CityTwin_Sample", {"Synthetic": True, "Source": geo.SOURCE})
    return storeys


def _spaces(kit: Kit, storey, number: int, spaces: dict) -> list[Room]:
    rooms = plan.rooms(number)
    height = plan.floor_height(number) - plan.SLAB_M
    made = []
    for room in rooms:
        x0, y0, x1, y1 = room.inner
        solid = kit.box(0, 0, 0, x1 - x0, y1 - y0, height, "space")
        space = kit.element(
            "IfcSpace",
            room.name,
            kit.shape([solid]),
            (x0, y0, 0.0),
            0.0,
            storey,
            LongName=f"{room.usage_zh} / {room.usage}",
            CompositionType="ELEMENT",
            PredefinedType="INTERNAL",
        )
        kit.pset(
            [space],
            "Pset_SpaceCommon",
            {"Reference": room.name, "IsExternal": False, "PubliclyAccessible": number == 1},
        )
        kit.pset(
            [space],
            "Pset_SpaceOccupancyRequirements",
            {"OccupancyType": room.usage, "OccupancyNumber": _seats(room)},
        )
        kit.quantities(
            space,
            "Qto_SpaceBaseQuantities",
            {"NetFloorArea": room.area_m2},
            {"Height": height},
            {"NetVolume": room.area_m2 * height},
        )
        made.append(space)
        spaces[room.name] = space
    kit.relate("IfcRelAggregates", RelatingObject=storey, RelatedObjects=made)
    return rooms


def _seats(room: Room) -> int:
    return int(
        room.area_m2
        // {"Open-plan office": 8, "Office": 16, "Meeting room": 5, "Lobby": 12, "Café": 4}.get(
            room.usage, 1000
        )
    )


def _furniture(kit: Kit, parts: Parts, storey, rooms: list[Room]) -> list:
    out = []
    for room in rooms:
        x0, y0, _, y1 = room.inner
        mx, my = room.middle
        desks: list[tuple[float, float, float]] = []
        if room.usage in ("Open-plan office", "Office"):
            columns = [x0 + 1.4, x0 + 4.4] if room.usage == "Open-plan office" else [mx - 0.8]
            rows = [y0 + 1.6, y0 + 4.2, y0 + 6.6] if room.usage == "Open-plan office" else [my - 0.4]
            desks = [(x, y, 0.0) for x in columns for y in rows if y + 1.8 < y1]
        for x, y, turn in desks:
            out.append(_piece(kit, parts.desk, storey, f"Desk {room.name}", x, y, turn, "DESK"))
            out.append(
                _piece(kit, parts.chair, storey, f"Chair {room.name}", x + 0.56, y + 0.95, turn, "CHAIR")
            )
        if room.usage in ("Meeting room", "Café"):
            out.append(
                _piece(kit, parts.table, storey, f"Table {room.name}", mx - 1.8, my - 0.65, 0.0, "TABLE")
            )
            for k in range(4):
                out.append(
                    _piece(
                        kit,
                        parts.chair,
                        storey,
                        f"Chair {room.name}",
                        mx - 1.6 + k * 0.9,
                        my + 0.85,
                        0.0,
                        "CHAIR",
                    )
                )
                out.append(
                    _piece(
                        kit,
                        parts.chair,
                        storey,
                        f"Chair {room.name}",
                        mx - 1.1 + k * 0.9,
                        my - 0.85,
                        pi,
                        "CHAIR",
                    )
                )
    return out


def _piece(kit: Kit, source, storey, name, x, y, turn, kind):
    return kit.element(
        "IfcFurniture", name, kit.mapped(source), (x, y, 0.0), turn, storey, PredefinedType=kind
    )


def _devices(kit: Kit, parts: Parts, storey, rooms: list[Room], corner, angle) -> list[tuple[Sensor, object]]:
    """CO2 and temperature in each numbered room, smoke in offices and in the server room; tags are sensor ids."""
    out = []
    for room in rooms:
        if not room.name[2:].isdigit():
            continue
        kinds = ["bld.temp"] if room.usage in ("Store", "Toilets") else ["bld.co2", "bld.temp"]
        kinds += ["fire.smoke"] if room.usage in ("Open-plan office", "Server room", "Café", "Store") else []
        for k, observed in enumerate(kinds):
            kind, above = DEVICES[observed]
            x, y = (
                room.middle if observed == "fire.smoke" else (room.inner[0] + 0.06, room.middle[1] + k * 0.4)
            )
            _, _, en, zh = PROPERTIES[observed]
            number = int(room.name[0])
            sensor = Sensor(
                f"OFF-{room.name}.{observed}",
                f"OFF-{room.name}",
                observed,
                f"Room {room.name} {en}",
                f"{room.name}室 {zh}",
                tuple(round(c, 2) for c in _to_map(corner, x, y, angle)),
                round(plan.elevation(number) + above, 2),
                1.5 if room.usage == "Meeting room" else 0.8,
                room=room.name,
                zone="zone.yuanxiang",
            )
            element = kit.element(
                "IfcSensor",
                sensor.name,
                kit.mapped(parts.device),
                (x, y, above),
                0.0,
                storey,
                Tag=sensor.id,
                PredefinedType=kind,
            )
            kit.pset(
                [element], "CityTwin_Sensor", {"Datastream": sensor.id, "Room": room.name, "Synthetic": True}
            )
            out.append((sensor, element))
    return out
