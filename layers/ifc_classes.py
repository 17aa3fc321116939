"""Colours of IFC classes: building fabric in quiet materials, services and furniture in hues that stand apart."""

from __future__ import annotations

import numpy as np

from layers.palette import Rgb
from layers.ramps import categorical

_CLASSES: dict[str, Rgb] = {
    "IfcWall": (226, 219, 207), "IfcCurtainWall": (150, 186, 205), "IfcSlab": (196, 194, 190),
    "IfcRoof": (186, 124, 98),
    "IfcColumn": (160, 168, 178), "IfcBeam": (138, 150, 166), "IfcMember": (124, 140, 158), "IfcPlate": (168, 196, 210),
    "IfcDoor": (176, 134, 88), "IfcWindow": (128, 184, 214), "IfcStair": (204, 178, 120), "IfcRamp": (204, 178, 120),
    "IfcRailing": (112, 120, 130), "IfcCovering": (222, 210, 190), "IfcFooting": (150, 142, 132),
    "IfcPile": (132, 124, 114),
    "IfcFurnishingElement": (196, 156, 112), "IfcFurniture": (196, 156, 112), "IfcSpace": (120, 170, 220),
    "IfcSite": (176, 192, 150), "IfcGeographicElement": (150, 178, 128), "IfcFlowSegment": (68, 140, 170),
    "IfcFlowFitting": (84, 160, 186), "IfcFlowTerminal": (220, 160, 60), "IfcFlowController": (190, 96, 110),
    "IfcEnergyConversionDevice": (190, 110, 70), "IfcDistributionElement": (90, 150, 150),
    "IfcTransportElement": (140, 110, 160), "IfcBuildingElementProxy": (178, 172, 186),
    "IfcOpeningElement": (210, 140, 140),
}
_SUFFIXES = ("StandardCase", "ElementedCase", "Flight", "Type")
GLASS = 96                                         # alpha of windows when the file has no style for them


def class_colors(classes: list[str]) -> dict[str, Rgb]:
    """A colour per class name; names that are not known take hues of their own, in alphabetical order."""
    known = {name: color for name in classes if (color := _of(name))}
    rest = sorted(set(classes) - set(known))
    return known | {name: tuple(map(int, hue)) for name, hue in zip(rest, np.asarray(categorical(len(rest))))}


def _of(name: str) -> Rgb | None:
    for suffix in ("", *_SUFFIXES):
        if suffix and not name.endswith(suffix):
            continue
        if color := _CLASSES.get(name.removesuffix(suffix)):
            return color
    return None
