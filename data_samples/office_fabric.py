"""The fabric of the sample office: shared parts, walls with windows and doors, slabs, columns, stairs, roof."""

from __future__ import annotations

from dataclasses import dataclass
from math import pi

from data_samples import office_layout as plan
from data_samples.office_kit import Kit, bearing
from data_samples.office_layout import Wall


@dataclass
class Parts:
    """Shapes that are drawn once and placed often."""

    window: dict
    door: dict
    desk: object
    chair: object
    table: object
    device: object


def shared_parts(kit: Kit) -> Parts:
    def window(width, height):
        bars = [
            kit.box(0, 0, 0, width, 0.1, 0.07, "frame"),
            kit.box(0, 0, height - 0.07, width, 0.1, 0.07, "frame"),
        ]
        bars += [
            kit.box(x, 0, 0.07, 0.06, 0.1, height - 0.14, "frame")
            for x in (0, width / 2 - 0.03, width - 0.06)
        ]
        return kit.shared([*bars, kit.box(0.06, 0.04, 0.07, width - 0.12, 0.024, height - 0.14, "glass")])

    def door(width, height, leaf):
        return kit.shared(
            [
                kit.box(0, 0, 0, 0.06, 0.12, height, "frame"),
                kit.box(width - 0.06, 0, 0, 0.06, 0.12, height, "frame"),
                kit.box(0.06, 0, height - 0.06, width - 0.12, 0.12, 0.06, "frame"),
                kit.box(0.06, 0.035, 0.01, width - 0.12, 0.045, height - 0.07, leaf),
            ]
        )

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
    return Parts(
        window={plan.WINDOW[1]: window(*plan.WINDOW[:2]), plan.TALL_WINDOW[1]: window(*plan.TALL_WINDOW[:2])},
        door={plan.DOOR[0]: door(*plan.DOOR, "timber"), plan.WIDE_DOOR[0]: door(*plan.WIDE_DOOR, "glass")},
        desk=kit.shared([kit.box(0, 0, 0.7, 1.6, 0.8, 0.03, "timber"), *legs]),
        chair=kit.shared(chair),
        table=kit.shared(table),
        device=kit.shared([kit.box(-0.05, -0.05, -0.02, 0.1, 0.1, 0.04, "device")]),
    )


def walls(kit: Kit, parts: Parts, storey, number: int) -> list:
    made, doors, windows = [], [], []
    height = plan.floor_height(number) - plan.SLAB_M
    groups: dict[tuple, list] = {}
    for wall in [*plan.outer_walls(number), *plan.inner_walls(number)]:
        element = _wall(kit, storey, wall, height)
        groups.setdefault((wall.outside, wall.fire_rating), []).append(element)
        made.append(element)
        for k, opening in enumerate(wall.windows):
            windows.append(
                _fill(
                    kit,
                    element,
                    wall,
                    opening,
                    "IfcWindow",
                    f"W {wall.name} {number}-{k + 1}",
                    parts.window[opening[2]],
                )
            )
        for k, opening in enumerate(wall.doors):
            doors.append(
                (
                    wall,
                    _fill(
                        kit,
                        element,
                        wall,
                        opening,
                        "IfcDoor",
                        f"D {wall.name} {number}-{k + 1}",
                        parts.door[opening[1]],
                    ),
                )
            )
    for (outside, rating), walls in groups.items():
        kit.pset(
            walls,
            "Pset_WallCommon",
            {
                "IsExternal": outside,
                "LoadBearing": outside,
                "FireRating": "EI 120" if outside else rating,
                "ThermalTransmittance": 0.35 if outside else 1.9,
            },
        )
    kit.pset(
        windows,
        "Pset_WindowCommon",
        {"IsExternal": True, "ThermalTransmittance": 1.4, "GlazingAreaFraction": 0.88},
    )
    for outside in {wall.outside for wall, _ in doors}:
        kit.pset(
            [d for wall, d in doors if wall.outside == outside],
            "Pset_DoorCommon",
            {
                "IsExternal": outside,
                "FireRating": "E 0" if outside else "EI 30",
                "FireExit": outside,
                "SmokeStop": not outside,
            },
        )
    return [*made, *windows, *(d for _, d in doors)]


def _wall(kit: Kit, storey, wall: Wall, height: float):
    length, turn = bearing(wall.x0, wall.y0, wall.x1, wall.y1)
    solid = kit.box(
        0, -wall.thick_m / 2, 0, length, wall.thick_m, height, "white concrete" if wall.outside else "plaster"
    )
    element = kit.element(
        "IfcWall",
        f"{wall.name} wall {wall.storey}F",
        kit.shape([solid]),
        (wall.x0, wall.y0, 0.0),
        turn,
        storey,
        PredefinedType="SOLIDWALL" if wall.outside else "PARTITIONING",
    )
    kit.quantities(
        element,
        "Qto_WallBaseQuantities",
        {"GrossSideArea": length * height},
        {"Length": length, "Width": wall.thick_m},
        {"GrossVolume": length * height * wall.thick_m},
    )
    return element


def _fill(kit: Kit, host, wall: Wall, opening, ifc_class: str, name: str, source):
    along, width, height, sill = opening
    hole = kit.opening(
        host, f"Opening {name}", along, -wall.thick_m / 2, width, wall.thick_m, height, sill, host
    )
    element = kit.element(
        ifc_class,
        name,
        kit.mapped(source),
        (0, wall.thick_m / 2 + 0.04, 0.0),
        0.0,
        hole,
        OverallHeight=float(height),
        OverallWidth=float(width),
    )
    kit.relate("IfcRelFillsElement", RelatingOpeningElement=hole, RelatedBuildingElement=element)
    return element


def slab_and_columns(kit: Kit, storey, number: int) -> list:
    inset = 0.02
    outline = [
        (inset, inset),
        (plan.LENGTH_M - inset, inset),
        (plan.LENGTH_M - inset, plan.DEPTH_M - inset),
        (inset, plan.DEPTH_M - inset),
    ]
    holes = [] if number == 1 else [_stairwell(pair) for pair in plan.STAIRS]
    slab = kit.element(
        "IfcSlab",
        f"Slab {number}F",
        kit.shape([kit.prism(outline, holes, -plan.SLAB_M, plan.SLAB_M, "floor")]),
        within=storey,
        PredefinedType="BASESLAB" if number == 1 else "FLOOR",
    )
    kit.pset([slab], "Pset_SlabCommon", {"IsExternal": False, "LoadBearing": True, "FireRating": "REI 120"})
    kit.quantities(
        slab,
        "Qto_SlabBaseQuantities",
        {"GrossArea": plan.LENGTH_M * plan.DEPTH_M},
        {"Depth": plan.SLAB_M},
        {},
    )
    height = plan.floor_height(number) - plan.SLAB_M
    source = kit.shared([kit.box(-0.225, -0.225, 0, 0.45, 0.45, height, "white concrete")])
    columns = [
        kit.element(
            "IfcColumn", f"C{i + 1}{'ABCD'[j]} {number}F", kit.mapped(source), (x, y, 0.0), 0.0, storey
        )
        for i, x in enumerate((0.55, 8, 16, 24, 32, 40, plan.LENGTH_M - 0.55))
        for j, y in enumerate((0.55, 8.9, 12.1, plan.DEPTH_M - 0.55))
    ]
    kit.pset(columns, "Pset_ColumnCommon", {"IsExternal": False, "LoadBearing": True, "FireRating": "R 120"})
    fins = kit.shared([kit.box(-0.09, -0.45, 0, 0.18, 0.45, plan.floor_height(number), "white concrete")])
    along = [x for k in range(7) for x in (k * plan.BAY_M, k * plan.BAY_M + 4) if x <= plan.LENGTH_M]
    members = [
        kit.element(
            "IfcMember",
            f"Fin {number}F",
            kit.mapped(fins),
            (min(max(x, 0.1), plan.LENGTH_M - 0.1), 0.0, -plan.SLAB_M),
            0.0,
            storey,
            PredefinedType="MULLION",
        )
        for x in along
        if not (number == 1 and 20 < x < 28)
    ]
    members += [
        kit.element(
            "IfcMember",
            f"Fin {number}F",
            kit.mapped(fins),
            (min(max(x, 0.1), plan.LENGTH_M - 0.1), plan.DEPTH_M, -plan.SLAB_M),
            pi,
            storey,
            PredefinedType="MULLION",
        )
        for x in along
    ]
    return [slab, *columns, *members]


def _stairwell(pair) -> list[tuple[float, float]]:
    x0, x1, y0, y1 = pair[0] + 0.3, pair[1] - 0.3, plan.NORTH_EDGE_M + 1.7, plan.DEPTH_M - 0.6
    return [(x0, y0), (x1, y0), (x1, y1), (x0, y1)]


def stairs(kit: Kit, storey, number: int) -> list:
    """Two flights and a landing in each core, up to the next storey."""
    if number == plan.STOREYS:
        return []
    rise = plan.floor_height(number)
    steps = round(rise / 2 / 0.165)
    tread, up = 0.28, rise / 2 / steps
    out = []
    for letter, (x0, x1) in zip("AB", plan.STAIRS):
        south, wide = plan.NORTH_EDGE_M + 1.8, (x1 - x0 - 0.8) / 2
        first = [kit.box(x0 + 0.35, south + k * tread, k * up, wide, tread, up, "grey") for k in range(steps)]
        turn = south + steps * tread
        landing = kit.box(x0 + 0.35, turn, rise / 2 - 0.16, x1 - x0 - 0.7, 1.3, 0.16, "grey")
        second = [
            kit.box(x1 - 0.35 - wide, turn - (k + 1) * tread, rise / 2 + k * up, wide, tread, up, "grey")
            for k in range(steps)
        ]
        stair = kit.element(
            "IfcStair",
            f"Stair {letter} {number}F",
            kit.shape([*first, landing, *second]),
            within=storey,
            PredefinedType="HALF_TURN_STAIR",
        )
        kit.pset(
            [stair],
            "Pset_StairCommon",
            {"NumberOfRiser": 2 * steps, "RiserHeight": round(up, 4), "TreadLength": tread, "FireExit": True},
        )
        out.append(stair)
    return out


def roof(kit: Kit, top) -> None:
    z = plan.floor_height(plan.STOREYS)
    slab = kit.element(
        "IfcSlab",
        "Roof slab",
        kit.shape([kit.box(0.0, 0.0, z - plan.SLAB_M, plan.LENGTH_M, plan.DEPTH_M, plan.SLAB_M, "grey")]),
        within=top,
        PredefinedType="ROOF",
    )
    rims = [
        kit.box(0, 0, z, plan.LENGTH_M, 0.25, 0.9, "white concrete"),
        kit.box(0, plan.DEPTH_M - 0.25, z, plan.LENGTH_M, 0.25, 0.9, "white concrete"),
        kit.box(0, 0.25, z, 0.25, plan.DEPTH_M - 0.5, 0.9, "white concrete"),
        kit.box(plan.LENGTH_M - 0.25, 0.25, z, 0.25, plan.DEPTH_M - 0.5, 0.9, "white concrete"),
    ]
    parapet = kit.element("IfcWall", "Parapet", kit.shape(rims), within=top, PredefinedType="PARAPET")
    plant = kit.element(
        "IfcBuildingElementProxy",
        "Roof plant",
        kit.shape([kit.box(10, 12.2, z, 8, 5.5, 2.6, "grey"), kit.box(30, 12.2, z, 8, 5.5, 2.6, "grey")]),
        within=top,
    )
    kit.pset(
        [slab],
        "Pset_SlabCommon",
        {"IsExternal": True, "LoadBearing": True, "FireRating": "REI 120", "ThermalTransmittance": 0.2},
    )
    kit.relate(
        "IfcRelContainedInSpatialStructure", RelatedElements=[slab, parapet, plant], RelatingStructure=top
    )
