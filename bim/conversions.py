"""The map conversions of a file, as it writes them: entities of IFC4 and IFC4X3, property sets of IFC2X3."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from bim.attributes import attribute
from bim.crs_names import NamedCrs
from twin.told import told

ENTITIES = ("IfcMapConversion", "IfcRigidOperation")
PSET, CRS_PSET = "mapconversion", "projectedcrs"
MEASURES = ("IfcLengthMeasure", "IfcPlaneAngleMeasure")
UNIT_WORDS = {"metre": 1.0, "meter": 1.0, "m": 1.0, "millimetre": 0.001, "millimeter": 0.001, "mm": 0.001,
              "centimetre": 0.01, "centimeter": 0.01, "cm": 0.01, "foot": 0.3048, "ft": 0.3048,
              "us survey foot": 1200 / 3937}


@dataclass(frozen=True)
class Conversion:
    """Numbers in map units (degrees where `in_degrees`); None where the file is silent."""

    source: str
    crs: NamedCrs
    eastings: float | None = None
    northings: float | None = None
    height: float | None = None
    rotation_deg: float = 0.0
    scale: float | None = None
    factors: tuple[float, float, float] = (1.0, 1.0, 1.0)
    in_degrees: bool = False


def conversions(model) -> tuple[list[Conversion], list[str]]:
    """Every different conversion once, and what is odd about them as a set."""
    found = [*_entities(model), *_property_sets(model)]
    warnings = _measures(model)
    different: list[Conversion] = []
    for one in found:
        if one not in different:
            different.append(one)
    if len(different) > 1 and len({c.source for c in different}) == 1:
        warnings.append(told("The file's {n} map conversions differ from each other.", n=len(different)))
    if _some_contexts_without(model):
        warnings.append(told("A map conversion is given for some of the model's contexts and not for others."))
    if not found and (named := _by_type(model, "IfcProjectedCRS")):
        warnings.append(told("The file names the CRS {crs} but gives no map conversion.", crs=named[0].Name or "?"))
    return different, warnings


def named_crs(model) -> NamedCrs | None:
    """The CRS that the file names without a conversion."""
    for entity in _by_type(model, "IfcProjectedCRS"):
        return _crs_of(model, entity)
    return next(map(_crs_of_pset, _psets(model)[CRS_PSET]), None)


def _by_type(model, kind: str) -> list:
    try:
        return list(model.by_type(kind))
    except RuntimeError:                     # the schema does not know this entity
        return []


# -- entities ----------------------------------------------------------------------------------------------


def _entities(model) -> Iterator[Conversion]:
    for kind in ENTITIES:
        for entity in _by_type(model, kind):
            crs = _crs_of(model, entity.TargetCRS) if entity.TargetCRS else NamedCrs()
            yield _rigid(model, entity, crs) if kind == "IfcRigidOperation" else _map_conversion(entity, crs)


def _map_conversion(entity, crs: NamedCrs) -> Conversion:
    factors = (1.0, 1.0, 1.0)
    if entity.is_a("IfcMapConversionScaled"):
        factors = tuple(number(getattr(entity, name)) or 1.0 for name in ("FactorX", "FactorY", "FactorZ"))
    return Conversion(entity.is_a(), crs, number(entity.Eastings), number(entity.Northings),
                      number(entity.OrthogonalHeight), turn(entity.XAxisAbscissa, entity.XAxisOrdinate),
                      number(entity.Scale), factors)


def _rigid(model, entity, crs: NamedCrs) -> Conversion:
    """No turn and no scale. Angles go with a geographic CRS, latitude first as it is registered."""
    first, second = number(entity.FirstCoordinate), number(entity.SecondCoordinate)
    angles = any("Angle" in _measure(v) for v in (entity.FirstCoordinate, entity.SecondCoordinate))
    if angles and first is not None and second is not None:
        factor = _degrees_in_angle_unit(model)
        first, second = second * factor, first * factor
    return Conversion(entity.is_a(), crs, first, second, number(entity.Height), in_degrees=angles)


def _crs_of(model, entity) -> NamedCrs:
    wkt = next((w.WellKnownText for w in _by_type(model, "IfcWellKnownText")
                if w.CoordinateReferenceSystem == entity), "")
    unit = getattr(entity, "MapUnit", None)
    return NamedCrs(entity.Name or "", getattr(entity, "GeodeticDatum", None) or "",
                    getattr(entity, "VerticalDatum", None) or "", unit_size(unit) if unit else None, wkt or "")


def unit_size(unit) -> float | None:
    """Metres (or radians) in an IfcNamedUnit; None for units of a project's own."""
    import ifcopenshell.util.unit
    if unit.is_a("IfcSIUnit"):
        return float(ifcopenshell.util.unit.get_prefix_multiplier(unit.Prefix))
    if not unit.is_a("IfcConversionBasedUnit"):
        return None
    value, base = number(unit.ConversionFactor.ValueComponent), unit.ConversionFactor.UnitComponent
    size = unit_size(base) if base.is_a("IfcSIUnit") else None
    return value * size if value and size else None


def _degrees_in_angle_unit(model) -> float:
    for assigned in model.by_type("IfcUnitAssignment"):
        for unit in assigned.Units or ():
            if attribute(unit, "UnitType") == "PLANEANGLEUNIT":
                return math.degrees(unit_size(unit) or 1.0)
    return 1.0


def _measure(value) -> str:
    return value.is_a() if hasattr(value, "is_a") else ""


def _measures(model) -> list[str]:
    """IfcRigidOperation wants lengths or angles, the same for both."""
    out = []
    for entity in _by_type(model, "IfcRigidOperation"):
        kinds = [_measure(v) for v in (entity.FirstCoordinate, entity.SecondCoordinate)]
        wrong = [k for k in kinds if k and k not in MEASURES] or (kinds if kinds[0] != kinds[1] else [])
        if wrong:
            out.append(told("{source} gives its coordinates as {kind}, not both as lengths or both as angles.",
                            source=entity.is_a(), kind=", ".join(dict.fromkeys(wrong))))
    return list(dict.fromkeys(out))


def _some_contexts_without(model) -> bool:
    with_one = {operation.SourceCRS.id() for kind in ENTITIES for operation in _by_type(model, kind)
                if operation.SourceCRS}
    contexts = [c.id() for c in model.by_type("IfcGeometricRepresentationContext", include_subtypes=False)
                if c.ContextType == "Model"]
    return bool(with_one) and any(c in with_one for c in contexts) and any(c not in with_one for c in contexts)


# -- property sets -------------------------------------------------------------------------------------------


def _property_sets(model) -> Iterator[Conversion]:
    found = _psets(model)
    crs = next(map(_crs_of_pset, found[CRS_PSET]), NamedCrs())
    for said in found[PSET]:
        numbers = (number(said.get(k)) for k in ("eastings", "northings", "orthogonalheight"))
        angle = turn(said.get("xaxisabscissa"), said.get("xaxisordinate"))
        yield Conversion("ePSet_MapConversion", crs, *numbers, angle, number(said.get("scale")))


def _crs_of_pset(values: dict[str, Any]) -> NamedCrs:
    unit = UNIT_WORDS.get(str(values.get("mapunit") or "").strip().lower())
    return NamedCrs(*(str(values.get(k) or "") for k in ("name", "geodeticdatum", "verticaldatum")), unit)


def _psets(model) -> dict[str, list[dict[str, Any]]]:
    """{property: value} of each of the sets called ePSet_..., whatever the case, on whatever object; by ending."""
    found: dict[str, list[dict[str, Any]]] = {PSET: [], CRS_PSET: []}
    names = {f"{start}{ending}": ending for ending in found for start in ("epset", "pset", "")}
    endings: dict[str | None, str | None] = {}
    for pset in model.by_type("IfcPropertySet"):
        name = pset.get_argument(2)                          # by its place: there are tens of thousands
        if name not in endings:
            endings[name] = names.get((name or "").lower().replace("_", ""))
        if ending := endings[name]:
            found[ending].append({p.Name.lower(): getattr(p.NominalValue, "wrappedValue", None)
                                  for p in pset.HasProperties or () if p.is_a("IfcPropertySingleValue")})
    return found


# -- numbers -------------------------------------------------------------------------------------------------


def number(value) -> float | None:
    """A finite number, also out of a measure or a text with a comma; None for anything else."""
    value = getattr(value, "wrappedValue", value)
    try:
        out = float(value.strip().replace(",", ".") if isinstance(value, str) else value)
    except (TypeError, ValueError):
        return None
    return out if math.isfinite(out) else None


def turn(abscissa, ordinate) -> float:
    """Degrees counter-clockwise from east of the model's x axis."""
    x, y = number(abscissa), number(ordinate)
    return math.degrees(math.atan2(y, x)) if x is not None and y is not None and (x or y) else 0.0
