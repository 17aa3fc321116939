"""What carries the sample office: slabs, columns, fins, stairs, roof."""

from __future__ import annotations

from math import pi

from data_samples import office_layout as plan
from data_samples.office_kit import Kit


def slab_and_columns(kit: Kit, storey, number: int) -> list:
    return [_slab(kit, storey, number), *_columns(kit, storey, number), *_fins(kit, storey, number)]


def _slab(kit: Kit, storey, number: int):
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
    return slab


def _columns(kit: Kit, storey, number: int) -> list:
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
    return columns


def _fins(kit: Kit, storey, number: int) -> list:
    """Before the windows of both long sides, but not before the entrance."""
    shape = kit.shared([kit.box(-0.09, -0.45, 0, 0.18, 0.45, plan.floor_height(number), "white concrete")])
    along = [x for k in range(7) for x in (k * plan.BAY_M, k * plan.BAY_M + 4) if x <= plan.LENGTH_M]
    south = [(x, 0.0, 0.0) for x in along if not (number == 1 and 20 < x < 28)]
    return [
        kit.element(
            "IfcMember",
            f"Fin {number}F",
            kit.mapped(shape),
            (min(max(x, 0.1), plan.LENGTH_M - 0.1), y, -plan.SLAB_M),
            turn,
            storey,
            PredefinedType="MULLION",
        )
        for x, y, turn in [*south, *((x, plan.DEPTH_M, pi) for x in along)]
    ]


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
