"""Units and scale of a map conversion: what the numbers are in, and how large they make the model."""

from __future__ import annotations

import math

from bim.attributes import attribute
from bim.conversions import Conversion
from twin.frame import axis_unit_m, in_area
from twin.told import told

SAME = 0.01                    # a factor this near to 1 is a surveyor's, not a mistake of units
EXACT = 5e-4                   # ... and beyond this it is more than projections ask for
SMALL_UNITS = 1e7              # so many units are no metres of a plane, but may be millimetres
UNIT_NAMES = {0.001: "millimetres", 0.01: "centimetres", 1.0: "metres", 0.3048: "feet"}


def length_unit_m(model) -> float | None:
    """Metres in the project's length unit; None where the file names none (metres are taken then)."""
    import ifcopenshell.util.unit
    for assigned in model.by_type("IfcUnitAssignment"):
        if any(attribute(u, "UnitType") == "LENGTHUNIT" for u in assigned.Units or ()):
            used = next((project.UnitsInContext for project in model.by_type("IfcProject")), None)
            scales = [float(ifcopenshell.util.unit.get_unit_scale(u)) for u in (used.Units if used else ())
                      if attribute(u, "UnitType") == "LENGTHUNIT"]
            return math.prod(scales) if scales else None
    return None


def map_unit(said: Conversion, crs: str, unit: float) -> tuple[float, list[str]]:
    """Metres in the unit of eastings and northings. The place decides where the file's word cannot be right.

    Without MapUnit the standard says project units; many authors write metres all the same.
    """
    own = axis_unit_m(crs)
    small = (unit, 0.001) if max(abs(said.eastings), abs(said.northings)) > SMALL_UNITS else ()
    sizes = [s for s in dict.fromkeys((said.crs.unit_m, own, 1.0, *small)) if s]
    inside = [s for s in sizes if crs and in_area(crs, said.eastings * s / own, said.northings * s / own)]
    chosen = inside[0] if inside else said.crs.unit_m or own
    if abs(chosen - own) < 1e-9 * own:
        return chosen, []
    return chosen, [told("The map coordinates of {source} are in {unit} although its CRS is in {own}; they were "
                         "converted.", source=said.source, unit=unit_words(chosen), own=unit_words(own))]


def unit_words(metres: float) -> str:
    name = next((words for size, words in UNIT_NAMES.items() if abs(size - metres) < 1e-5 * size), "")
    return told(name) if name else told("units of {unit} m", unit=f"{metres:g}")


def scale_of(said: Conversion, unit: float, metres: float) -> tuple[float, list[str]]:
    """The factor on metres of the model, and what is wrong with Scale. True size wins over a mistake of units."""
    factor = (said.scale or 1.0) * metres / unit
    if abs(factor - 1.0) < SAME:
        return factor, [] if abs(factor - 1.0) < EXACT else [_off(said, factor)]
    right = unit / metres
    if said.scale is None:
        return 1.0, [told("{source} gives no scale where {scale} is needed: true size is kept.", source=said.source,
                          scale=f"{right:g}")]
    upside_down = said.scale * right
    if abs(upside_down - 1.0) < SAME:
        return 1.0, [told("The scale {stated} of {source} is upside down, {scale} is meant: true size is kept.",
                          stated=f"{said.scale:g}", source=said.source, scale=f"{right:g}"),
                     *([_off(said, upside_down)] if abs(upside_down - 1.0) > EXACT else [])]
    return 1.0, [told("The scale {stated} of {source} would make the model {factor} times its size: true size is kept.",
                      stated=f"{said.scale:g}", source=said.source, factor=f"{factor:g}")]


def _off(said: Conversion, factor: float) -> str:
    return told("The scale {stated} of {source} is {percent} % off the ratio of the units.", source=said.source,
                stated=f"{said.scale or 1:g}", percent=f"{abs(factor - 1) * 100:.2f}")
