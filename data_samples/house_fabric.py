"""The walls of a house with their windows and doors, and the shapes that are placed often."""

from __future__ import annotations

from dataclasses import dataclass

from data_samples.house_plan import DOOR, SLAB_M, TALL_WINDOW, WIDE_DOOR, WINDOW, HousePlan, Wall
from data_samples.ifc_kit import Kit, bearing


@dataclass
class Parts:
    """Shapes that are drawn once and placed often."""

    window: dict
    door: dict
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

    return Parts(
        window={WINDOW[1]: window(*WINDOW[:2]), TALL_WINDOW[1]: window(*TALL_WINDOW[:2])},
        door={DOOR[0]: door(*DOOR, "timber"), WIDE_DOOR[0]: door(*WIDE_DOOR, "glass")},
        device=kit.shared([kit.box(-0.05, -0.05, -0.02, 0.1, 0.1, 0.04, "device")]),
    )


def walls(kit: Kit, plan: HousePlan, parts: Parts, storey, number: int) -> list:
    drawn = (*plan.outer_walls(number), *plan.inner_walls(number))
    return build_walls(kit, parts, storey, number, drawn, plan.floor_height(number) - SLAB_M, plan.facade)


def build_walls(kit: Kit, parts: Parts, storey, number: int, drawn: tuple[Wall, ...], height: float, facade: str) -> list:
    """Walls of one height in metres with what fills their openings; `facade` is the style of the outer ones."""
    made, doors, windows = [], [], []
    for wall in drawn:
        element = _wall(kit, storey, wall, height, facade if wall.outside else "plaster")
        made.append((wall, element))
        for k, opening in enumerate(wall.windows):
            name, shape = f"W {wall.name} {number}-{k + 1}", parts.window[opening[2]]
            windows.append(_fill(kit, element, wall, opening, "IfcWindow", name, shape))
        for k, opening in enumerate(wall.doors):
            name, shape = f"D {wall.name} {number}-{k + 1}", parts.door[opening[1]]
            doors.append((wall, _fill(kit, element, wall, opening, "IfcDoor", name, shape)))
    _say_walls(kit, made)
    glass = {"IsExternal": True, "ThermalTransmittance": 1.4, "GlazingAreaFraction": 0.88}
    kit.pset(windows, "Pset_WindowCommon", glass)
    _say_doors(kit, doors)
    return [*(w for _, w in made), *windows, *(d for _, d in doors)]


def _say_walls(kit: Kit, made: list[tuple[Wall, object]]) -> None:
    groups: dict[tuple, list] = {}
    for wall, element in made:
        groups.setdefault((wall.outside, wall.fire_rating), []).append(element)
    for (outside, rating), walls in groups.items():
        said = {"IsExternal": outside, "LoadBearing": outside, "FireRating": "EI 120" if outside else rating,
                "ThermalTransmittance": 0.35 if outside else 1.9}
        kit.pset(walls, "Pset_WallCommon", said)


def _say_doors(kit: Kit, doors: list[tuple[Wall, object]]) -> None:
    for outside in {wall.outside for wall, _ in doors}:
        said = {"IsExternal": outside, "FireRating": "E 0" if outside else "EI 30", "FireExit": outside,
                "SmokeStop": not outside}
        kit.pset([d for wall, d in doors if wall.outside == outside], "Pset_DoorCommon", said)


def _wall(kit: Kit, storey, wall: Wall, height: float, style: str):
    length, turn = bearing(wall.x0, wall.y0, wall.x1, wall.y1)
    solid = kit.box(0, -wall.thick_m / 2, 0, length, wall.thick_m, height, style)
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
