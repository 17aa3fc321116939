"""The IFC office beside the lake: six storeys, 72 rooms, façade, doors, stairs, furniture and sensors. Synthetic."""

from __future__ import annotations

import math
from pathlib import Path

from data_samples.ifc_writer import IfcWriter

LENGTH, DEPTH, STOREY_M, STOREYS = 48.0, 21.0, 3.9, 6
WALL, SLAB, INNER = 0.30, 0.30, 0.12
CORE, CORRIDOR = 4.0, 2.4                        # stair cores at both ends, corridor along the middle
ROOMS = 6                                        # on each side of the corridor
BAY = 4.0
NAMES = {1: ("接待大厅", "Lobby"), 2: ("展厅", "Showroom"), 12: ("机房", "Server room"), 6: ("会议室", "Meeting room"),
         7: ("会议室", "Meeting room")}
KINDS = (("CO2SENSOR", "co2"), ("TEMPERATURESENSOR", "temperature"), ("SMOKESENSOR", "smoke"))


def write_office(path: Path, easting: float, northing: float, height: float, angle_deg: float) -> list[dict]:
    """Write the model with its south-west corner at the place; returns the sensors (see `_sensors`)."""
    ifc = IfcWriter("Yuanxiang Lake Office (synthetic)")
    _styles(ifc)
    turn = math.radians(angle_deg)
    ifc.georeference("EPSG:4549", easting, northing, height, (math.cos(turn), math.sin(turn)))
    site = ifc.spatial("IfcSite", "远香湖畔", ifc.project)
    building = ifc.spatial("IfcBuilding", "远香湖办公楼", site)
    desk, chair = _furniture(ifc)
    sensors, walls, slabs = [], [], []
    for number in range(1, STOREYS + 1):
        z = (number - 1) * STOREY_M
        storey = ifc.spatial("IfcBuildingStorey", f"{number}F", building, z, Elevation=z)
        parts, rooms = _storey(ifc, storey, number, desk, chair)
        walls += [p for p in parts if p.is_a("IfcWall")]
        slabs += [p for p in parts if p.is_a("IfcSlab")]
        made, told = _sensors(ifc, storey, number, rooms)
        ifc.contain(storey, parts + made)
        sensors += [{**t, "z": z + t["z"]} for t in told]
    roof = _roof(ifc, building)
    slabs.append(roof)
    ifc.material("钢筋混凝土 C40", slabs)
    ifc.material("加气混凝土砌块", walls)
    ifc.write(path)
    for sensor in sensors:
        x, y = sensor["x"], sensor["y"]
        sensor["x"] = easting + math.cos(turn) * x - math.sin(turn) * y
        sensor["y"] = northing + math.sin(turn) * x + math.cos(turn) * y
    return sensors


def _styles(ifc: IfcWriter) -> None:
    for name, rgb, clear in (("concrete", (0.90, 0.89, 0.87), 0.0), ("slab", (0.80, 0.80, 0.79), 0.0),
                             ("glass", (0.60, 0.74, 0.82), 0.55), ("frame", (0.30, 0.33, 0.36), 0.0),
                             ("inner", (0.95, 0.94, 0.92), 0.0), ("door", (0.62, 0.47, 0.34), 0.0),
                             ("timber", (0.78, 0.66, 0.50), 0.0), ("textile", (0.36, 0.42, 0.48), 0.0),
                             ("sensor", (0.20, 0.45, 0.85), 0.0), ("space", (0.55, 0.72, 0.90), 0.7)):
        ifc.style(name, rgb, clear)


def _storey(ifc: IfcWriter, storey, number: int, desk, chair) -> tuple[list, list]:
    slab = ifc.element("IfcSlab", f"楼板 {number}F", storey, ifc.shape([ifc.box(
        (0.0, 0.0, -SLAB), (LENGTH, DEPTH, SLAB), "slab")]), PredefinedType="BASESLAB" if number == 1 else "FLOOR")
    parts = [slab, *_facade(ifc, storey, number), *_columns(ifc, storey, number), *_stairs(ifc, storey, number)]
    rooms = _rooms(number)
    parts += _corridor_walls(ifc, storey, number, rooms)
    parts += _partitions(ifc, storey, number, rooms)
    _spaces(ifc, storey, rooms)
    parts += [piece for room in rooms for piece in _desks(ifc, storey, room, desk, chair)]
    outer = [p for p in parts if p.is_a("IfcWall") and p.Name.startswith("外墙")]
    inner = [p for p in parts if p.is_a("IfcWall") and not p.Name.startswith("外墙")]
    for key, some, external in (("外", outer, True), ("内", inner, False)):
        ifc.properties("Pset_WallCommon", some, {"IsExternal": ("IfcBoolean", external),
                                                 "LoadBearing": ("IfcBoolean", False),
                                                 "FireRating": ("IfcLabel", "2.0 h" if external else "1.0 h")},
                       f"{key}{number}F")
    return parts, rooms


def _facade(ifc: IfcWriter, storey, number: int) -> list:
    """Four outer walls with a window in every bay; the ground floor has its entrance in the south."""
    high = STOREY_M - SLAB
    sides = (("南", (0.0, 0.0), (LENGTH, WALL), 0), ("北", (0.0, DEPTH - WALL), (LENGTH, WALL), 0),
             ("西", (0.0, WALL), (WALL, DEPTH - 2 * WALL), 1),
             ("东", (LENGTH - WALL, WALL), (WALL, DEPTH - 2 * WALL), 1))
    parts = []
    for name, (x, y), (dx, dy), along in sides:
        wall = ifc.element("IfcWall", f"外墙 {number}F {name}", storey, ifc.shape([ifc.box(
            (x, y, 0.0), (dx, dy, high), "concrete")]))
        parts.append(wall)
        length = (dx, dy)[along]
        for bay in range(int(length // BAY)):
            start = (length - (length // BAY) * BAY) / 2 + bay * BAY + 0.4
            entrance = number == 1 and name == "南" and bay == 5
            sill, tall, wide = (0.0, 2.9, BAY - 0.8) if entrance else (0.7, 2.5, BAY - 0.8)
            at = (x + start, y, sill) if along == 0 else (x, y + start, sill)
            size = (wide, WALL, tall) if along == 0 else (WALL, wide, tall)
            label = f"{number}F {name}{bay + 1:02d}"
            pane = _door(ifc, f"入口门 {label}", storey, at, size, along) if entrance else \
                _window(ifc, f"窗 {label}", storey, at, size, along)
            ifc.opening(wall, label, storey, at, size, pane)
            parts.append(pane)
            if not entrance:
                parts.append(_frame(ifc, f"窗框 {label}", storey, at, size, along))
    return parts


def _window(ifc: IfcWriter, name: str, storey, at, size, along: int):
    """A clear pane in the middle of the wall."""
    (x, y, z), (dx, dy, dz) = at, size
    thin = 0.024
    pane = (((x, y + dy / 2 - thin / 2, z), (dx, thin, dz)) if along == 0
            else ((x + dx / 2 - thin / 2, y, z), (thin, dy, dz)))
    return ifc.element("IfcWindow", name, storey, ifc.shape([ifc.box(*pane, "glass")]), OverallHeight=dz,
                       OverallWidth=max(dx, dy))


def _frame(ifc: IfcWriter, name: str, storey, at, size, along: int):
    """Sill, head and mullion of a window, an element of its own so that it keeps its own colour."""
    (x, y, z), (dx, dy, dz), bar = at, size, 0.06
    if along == 0:
        y, deep = y + dy / 2 - 0.04, 0.08
        boxes = [((x, y, z), (dx, deep, bar)), ((x, y, z + dz - bar), (dx, deep, bar)),
                 ((x + dx / 2 - bar / 2, y, z + bar), (bar, deep, dz - 2 * bar))]
    else:
        x, deep = x + dx / 2 - 0.04, 0.08
        boxes = [((x, y, z), (deep, dy, bar)), ((x, y, z + dz - bar), (deep, dy, bar)),
                 ((x, y + dy / 2 - bar / 2, z + bar), (deep, bar, dz - 2 * bar))]
    return ifc.element("IfcMember", name, storey, ifc.shape([ifc.box(*box, "frame") for box in boxes]),
                       PredefinedType="MULLION")


def _door(ifc: IfcWriter, name: str, storey, at, size, along: int, rating: str = "0.5 h"):
    x, y, z = at
    dx, dy, dz = size
    leaf = ((x, y + dy / 2 - 0.025, z), (dx, 0.05, dz)) if along == 0 else ((x + dx / 2 - 0.025, y, z), (0.05, dy, dz))
    door = ifc.element("IfcDoor", name, storey, ifc.shape([ifc.box(*leaf, "door")]), OverallHeight=dz,
                       OverallWidth=max(dx, dy))
    ifc.properties("Pset_DoorCommon", [door], {"FireRating": ("IfcLabel", rating),
                                               "IsExternal": ("IfcBoolean", "入口" in name)})
    return door


def _columns(ifc: IfcWriter, storey, number: int) -> list:
    return [ifc.element("IfcColumn", f"柱 {number}F-{row + 1}{place + 1}", storey, ifc.shape([ifc.box(
        (8.0 * place + 7.8, y, 0.0), (0.4, 0.4, STOREY_M - SLAB), "concrete")]))
        for row, y in enumerate((0.5, DEPTH - 0.9)) for place in range(5)]


def _stairs(ifc: IfcWriter, storey, number: int) -> list:
    """Two flights in each core, one box a step."""
    if number == STOREYS:
        return []
    rise, going, steps = STOREY_M / 24, 0.28, 12
    parts = []
    for core, x in (("西", WALL + 0.3), ("东", LENGTH - CORE + 0.3)):
        first = [ifc.box((x, 6.0 + i * going, i * rise), (1.4, going, rise + 0.05), "slab") for i in range(steps)]
        back = [ifc.box((x + 1.7, 6.0 + (steps - 1 - i) * going, (steps + i) * rise), (1.4, going, rise + 0.05), "slab")
                for i in range(steps)]
        landing = ifc.box((x, 6.0 + steps * going, steps * rise - 0.1), (3.1, 1.4, 0.15), "slab")
        parts.append(ifc.element("IfcStair", f"楼梯 {number}F {core}", storey, ifc.shape([*first, *back, landing]),
                                 PredefinedType="HALF_TURN_STAIR"))
    return parts


def _rooms(number: int) -> list[dict]:
    """Twelve rooms: 01 to 06 in the south, 07 to 12 in the north, from west to east."""
    wide = (LENGTH - 2 * CORE) / ROOMS
    deep = (DEPTH - 2 * WALL - CORRIDOR) / 2
    rooms = []
    for index in range(2 * ROOMS):
        south = index < ROOMS
        name_zh, name = NAMES.get(index + 1, ("办公室", "Office"))
        rooms.append({"number": f"{number}-{index + 1:02d}", "name_zh": name_zh, "name": name, "south": south,
                      "x": CORE + (index % ROOMS) * wide, "y": WALL if south else WALL + deep + CORRIDOR,
                      "dx": wide, "dy": deep})
    return rooms


def _corridor_walls(ifc: IfcWriter, storey, number: int, rooms: list[dict]) -> list:
    high = STOREY_M - SLAB
    parts = []
    for side, south in (("南", True), ("北", False)):
        some = [r for r in rooms if r["south"] == south]
        y = some[0]["y"] + some[0]["dy"] - INNER if south else some[0]["y"]
        wall = ifc.element("IfcWall", f"内墙 {number}F 走廊{side}", storey, ifc.shape([ifc.box(
            (CORE, y, 0.0), (LENGTH - 2 * CORE, INNER, high), "inner")]))
        parts.append(wall)
        for room in some:
            at, size = (room["x"] + room["dx"] / 2 - 0.5, y, 0.0), (1.0, INNER, 2.1)
            rating = "1.5 h" if room["number"].endswith("-12") else "0.5 h"
            door = _door(ifc, f"门 {room['number']}", storey, at, size, 0, rating)
            ifc.opening(wall, f"门洞 {room['number']}", storey, at, size, door)
            parts.append(door)
    return parts


def _partitions(ifc: IfcWriter, storey, number: int, rooms: list[dict]) -> list:
    """Walls between neighbouring rooms, and to the stair cores."""
    parts = []
    for room in rooms:
        parts.append(ifc.element("IfcWall", f"隔墙 {room['number']}", storey, ifc.shape([ifc.box(
            (room["x"] - INNER / 2, room["y"], 0.0), (INNER, room["dy"], STOREY_M - SLAB), "inner")])))
    for south in (True, False):
        room = next(r for r in reversed(rooms) if r["south"] == south)
        parts.append(ifc.element("IfcWall", f"隔墙 {number}F 东{'南' if south else '北'}", storey, ifc.shape([ifc.box(
            (room["x"] + room["dx"] - INNER / 2, room["y"], 0.0), (INNER, room["dy"], STOREY_M - SLAB), "inner")])))
    return parts


def _spaces(ifc: IfcWriter, storey, rooms: list[dict]) -> None:
    spaces = []
    for room in rooms:
        at = (room["x"] + INNER, room["y"] + INNER, 0.0)
        size = (room["dx"] - 2 * INNER, room["dy"] - 2 * INNER, STOREY_M - SLAB - 0.2)
        space = ifc.element("IfcSpace", room["number"], storey, ifc.shape([ifc.box(at, size, "space")]),
                            LongName=room["name_zh"], CompositionType="ELEMENT", PredefinedType="INTERNAL")
        ifc.properties("Pset_SpaceCommon", [space], {
            "Reference": ("IfcIdentifier", room["number"]), "IsExternal": ("IfcBoolean", False),
            "NetPlannedArea": ("IfcAreaMeasure", round(size[0] * size[1], 2)),
            "PubliclyAccessible": ("IfcBoolean", room["name"] in ("Lobby", "Showroom"))})
        room["guid"] = space.GlobalId
        spaces.append(space)
    ifc.file.create_entity("IfcRelAggregates", GlobalId=ifc.guid(f"rooms {storey.Name}"), RelatingObject=storey,
                           RelatedObjects=spaces)


def _furniture(ifc: IfcWriter) -> tuple:
    desk = ifc.shared([ifc.box((0.0, 0.0, 0.72), (1.6, 0.8, 0.04), "timber"),
                       ifc.box((0.05, 0.05, 0.0), (0.06, 0.7, 0.72), "frame"),
                       ifc.box((1.49, 0.05, 0.0), (0.06, 0.7, 0.72), "frame")])
    chair = ifc.shared([ifc.box((0.0, 0.0, 0.42), (0.48, 0.48, 0.06), "textile"),
                        ifc.box((0.0, 0.42, 0.48), (0.48, 0.06, 0.5), "textile"),
                        ifc.box((0.21, 0.21, 0.0), (0.06, 0.06, 0.42), "frame")])
    return desk, chair


def _desks(ifc: IfcWriter, storey, room: dict, desk, chair) -> list:
    if room["name"] != "Office":
        return []
    parts = []
    for index in range(3):
        x, y = room["x"] + 0.6 + index * 2.0, room["y"] + room["dy"] / 2
        label = f"{room['number']}-{index + 1}"
        parts.append(ifc.element("IfcFurniture", f"办公桌 {label}", storey, ifc.mapped(desk), (x, y, 0.0),
                                 PredefinedType="DESK"))
        parts.append(ifc.element("IfcFurniture", f"办公椅 {label}", storey, ifc.mapped(chair), (x + 0.55, y - 0.7, 0.0),
                                 PredefinedType="CHAIR"))
    return parts


def _sensors(ifc: IfcWriter, storey, number: int, rooms: list[dict]) -> tuple[list, list[dict]]:
    """(elements, facts): three sensors in every room; x, y in the model, z above the storey's floor, metres."""
    made, told = [], []
    for room in rooms:
        for index, (kind, code) in enumerate(KINDS):
            x, y, z = room["x"] + room["dx"] / 2 + index * 0.4, room["y"] + room["dy"] / 2, 3.2
            tag = f"office.{room['number']}.{code}"
            made.append(ifc.element("IfcSensor", tag, storey, ifc.shape([ifc.box(
                (x, y, z), (0.12, 0.12, 0.06), "sensor")]), PredefinedType=kind, Tag=tag))
            told.append({"id": tag, "kind": code, "room": room["number"], "room_name_zh": room["name_zh"],
                         "room_guid": room["guid"], "storey": number, "x": x, "y": y, "z": z})
    return made, told


def _roof(ifc: IfcWriter, building):
    z = STOREYS * STOREY_M
    storey = ifc.spatial("IfcBuildingStorey", "屋面", building, z, Elevation=z)
    roof = ifc.element("IfcSlab", "屋面板", storey, ifc.shape([ifc.box((-0.2, -0.2, -SLAB), (LENGTH + 0.4, DEPTH + 0.4,
                                                                                         SLAB), "slab")]),
                       PredefinedType="ROOF")
    rim = [ifc.element("IfcWall", f"女儿墙 {name}", storey, ifc.shape([ifc.box(at, size, "concrete")]))
           for name, at, size in (("南", (0.0, 0.0, 0.0), (LENGTH, 0.2, 0.9)),
                                  ("北", (0.0, DEPTH - 0.2, 0.0), (LENGTH, 0.2, 0.9)),
                                  ("西", (0.0, 0.2, 0.0), (0.2, DEPTH - 0.4, 0.9)),
                                  ("东", (LENGTH - 0.2, 0.2, 0.0), (0.2, DEPTH - 0.4, 0.9)))]
    plant = ifc.element("IfcBuildingElementProxy", "空调机组", storey, ifc.shape([
        ifc.box((14.0 + i * 5.0, 8.0, 0.0), (3.2, 2.2, 1.8), "frame") for i in range(4)]))
    ifc.contain(storey, [roof, *rim, plant])
    return roof
