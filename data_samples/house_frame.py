"""What carries a house: slabs, columns, fins, stairs, roof."""

from __future__ import annotations

from math import pi

from data_samples.house_plan import SLAB_M, HousePlan
from data_samples.ifc_kit import Kit


def slab_and_columns(kit: Kit, plan: HousePlan, storey, number: int) -> list:
    return [_slab(kit, plan, storey, number), *_columns(kit, plan, storey, number), *_fins(kit, plan, storey, number)]


def _slab(kit: Kit, plan: HousePlan, storey, number: int):
    inset = 0.02
    outline = [
        (inset, inset),
        (plan.length_m - inset, inset),
        (plan.length_m - inset, plan.depth_m - inset),
        (inset, plan.depth_m - inset),
    ]
    holes = [] if number == 1 else [_stairwell(plan, pair) for pair in plan.stairs]
    slab = kit.element(
        "IfcSlab",
        f"Slab {number}F",
        kit.shape([kit.prism(outline, holes, -SLAB_M, SLAB_M, "floor")]),
        within=storey,
        PredefinedType="BASESLAB" if number == 1 else "FLOOR",
    )
    kit.pset([slab], "Pset_SlabCommon", {"IsExternal": False, "LoadBearing": True, "FireRating": "REI 120"})
    kit.quantities(
        slab,
        "Qto_SlabBaseQuantities",
        {"GrossArea": plan.length_m * plan.depth_m},
        {"Depth": SLAB_M},
        {},
    )
    return slab


def _columns(kit: Kit, plan: HousePlan, storey, number: int) -> list:
    height = plan.floor_height(number) - SLAB_M
    source = kit.shared([kit.box(-0.225, -0.225, 0, 0.45, 0.45, height, "white concrete")])
    along = (0.55, *(k * plan.bay_m for k in range(1, plan.bays)), plan.length_m - 0.55)
    across = (0.55, round(plan.south_edge_m - 0.3, 2), round(plan.north_edge_m + 0.3, 2), plan.depth_m - 0.55)
    columns = [
        kit.element(
            "IfcColumn", f"C{i + 1}{'ABCD'[j]} {number}F", kit.mapped(source), (x, y, 0.0), 0.0, storey
        )
        for i, x in enumerate(along)
        for j, y in enumerate(across)
    ]
    kit.pset(columns, "Pset_ColumnCommon", {"IsExternal": False, "LoadBearing": True, "FireRating": "R 120"})
    return columns


def _fins(kit: Kit, plan: HousePlan, storey, number: int) -> list:
    """Before the windows of both long sides, but not before the entrance."""
    shape = kit.shared([kit.box(-0.09, -0.45, 0, 0.18, 0.45, plan.floor_height(number), "white concrete")])
    half = plan.bay_m / 2
    along = [x for k in range(plan.bays + 1) for x in (k * plan.bay_m, k * plan.bay_m + half) if x <= plan.length_m]
    west, east = plan.entrance_m
    south = [(x, 0.0, 0.0) for x in along if not (number == 1 and west < x < east)]
    return [
        kit.element(
            "IfcMember",
            f"Fin {number}F",
            kit.mapped(shape),
            (min(max(x, 0.1), plan.length_m - 0.1), y, -SLAB_M),
            turn,
            storey,
            PredefinedType="MULLION",
        )
        for x, y, turn in [*south, *((x, plan.depth_m, pi) for x in along)]
    ]


def _stairwell(plan: HousePlan, pair) -> list[tuple[float, float]]:
    x0, x1, y0, y1 = pair[0] + 0.3, pair[1] - 0.3, plan.north_edge_m + 1.7, plan.depth_m - 0.6
    return [(x0, y0), (x1, y0), (x1, y1), (x0, y1)]


def stairs(kit: Kit, plan: HousePlan, storey, number: int) -> list:
    """Two flights and a landing in each core, up to the next storey."""
    if number == plan.storeys:
        return []
    rise = plan.floor_height(number)
    steps = round(rise / 2 / 0.165)
    tread, up = 0.28, rise / 2 / steps
    out = []
    for letter, (x0, x1) in zip("AB", plan.stairs):
        south, wide = plan.north_edge_m + 1.8, (x1 - x0 - 0.8) / 2
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


def roof(kit: Kit, plan: HousePlan, top) -> None:
    z = plan.floor_height(plan.storeys)
    slab = kit.element(
        "IfcSlab",
        "Roof slab",
        kit.shape([kit.box(0.0, 0.0, z - SLAB_M, plan.length_m, plan.depth_m, SLAB_M, "grey")]),
        within=top,
        PredefinedType="ROOF",
    )
    rims = [
        kit.box(0, 0, z, plan.length_m, 0.25, 0.9, plan.facade),
        kit.box(0, plan.depth_m - 0.25, z, plan.length_m, 0.25, 0.9, plan.facade),
        kit.box(0, 0.25, z, 0.25, plan.depth_m - 0.5, 0.9, plan.facade),
        kit.box(plan.length_m - 0.25, 0.25, z, 0.25, plan.depth_m - 0.5, 0.9, plan.facade),
    ]
    parapet = kit.element("IfcWall", "Parapet", kit.shape(rims), within=top, PredefinedType="PARAPET")
    plant = [kit.box(x, y, z, dx, dy, 2.6, "grey") for x, y, dx, dy in plan.roof_plant]
    above = [kit.element("IfcBuildingElementProxy", "Roof plant", kit.shape(plant), within=top)] if plant else []
    kit.pset(
        [slab],
        "Pset_SlabCommon",
        {"IsExternal": True, "LoadBearing": True, "FireRating": "REI 120", "ThermalTransmittance": 0.2},
    )
    kit.relate(
        "IfcRelContainedInSpatialStructure", RelatedElements=[slab, parapet, *above], RelatingStructure=top
    )
