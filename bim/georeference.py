"""Where a model stands: every source the file offers, and the one that is chosen.

Lengths here are metres unless a name says otherwise. Points come from the kernel in metres, so the
factor on them is Scale * map unit / project unit.
"""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np

from twin.frame import Frame, normal_crs
from twin.layer import Placement
from twin.text import tr
from twin.trouble import Trouble

FAR_M = 5000.0                 # geometry further from its origin than this was drawn in map coordinates
AWAY_M = 1_000_000.0           # beyond this a plane CRS no longer holds: the model is not placed
NEAR_M = 200_000.0             # RefLatitude/RefLongitude and bare map coordinates are believed within this of the frame


@dataclass(frozen=True)
class Candidate:
    """What one source says about the model's local origin, in `crs`; None where it is silent."""

    source: str
    crs: str = ""
    easting: float | None = None
    northing: float | None = None
    height: float | None = None
    scale: float = 1.0                     # on metres of the model
    grid_rotation_deg: float | None = None
    lon: float | None = None
    lat: float | None = None


@dataclass
class Passport:
    candidates: list[Candidate] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    chosen: str | None = None
    reason: str = ""

    def as_dict(self) -> dict:
        return {"candidates": [asdict(c) for c in self.candidates], "chosen": self.chosen, "reason": self.reason,
                "warnings": list(self.warnings)}


def length_unit_m(model) -> float | None:
    """Metres in the project's length unit; None where the file names none (metres are taken then)."""
    import ifcopenshell.util.unit
    for assigned in model.by_type("IfcUnitAssignment"):
        if any(getattr(u, "UnitType", None) == "LENGTHUNIT" for u in assigned.Units or ()):
            return float(ifcopenshell.util.unit.calculate_unit_scale(model))
    return None


def passport(model, schema: str, crs_override: str = "") -> Passport:
    """All candidates, best first; `chosen` is settled by `place`."""
    unit = length_unit_m(model)
    out = Passport()
    if unit is None:
        out.warnings.append(tr("The file names no length unit: metres are assumed."))
    for source, values in _conversions(model, schema):
        _add_conversion(out, source, values, unit or 1.0, crs_override)
    _add_lonlat(out, model, unit or 1.0)
    return out


def _conversions(model, schema: str):
    if schema == "IFC2X3":
        sets = _psets(model)
        if "epset_mapconversion" in sets:
            yield "ePSet_MapConversion", {**sets["epset_mapconversion"],
                                          "crs": sets.get("epset_projectedcrs", {}).get("name", "")}
        return
    for kind in ("IfcMapConversion", "IfcRigidOperation"):
        try:
            found = model.by_type(kind)
        except RuntimeError:                 # the schema does not know this entity
            continue
        for entity in found:
            yield entity.is_a(), _of_entity(entity)


def _of_entity(entity) -> dict[str, Any]:
    import ifcopenshell.util.unit
    said = {k.lower(): getattr(v, "wrappedValue", v) for k, v in entity.get_info(recursive=False).items()}
    if entity.is_a("IfcRigidOperation"):
        said |= {"eastings": said["firstcoordinate"], "northings": said["secondcoordinate"],
                 "orthogonalheight": said["height"],
                 "angles": "Angle" in getattr(entity.FirstCoordinate, "is_a", lambda: "")()}
    target = entity.TargetCRS
    said["crs"] = (target.Name or "") if target else ""
    unit = getattr(target, "MapUnit", None)
    if unit is not None:
        prefix = ifcopenshell.util.unit.get_prefix_multiplier(getattr(unit, "Prefix", None))
        said["map_unit_m"] = (float(prefix) if unit.is_a("IfcSIUnit")
                              else float(unit.ConversionFactor.ValueComponent.wrappedValue))
    return said


def _psets(model) -> dict[str, dict[str, Any]]:
    """{set: {property: value}} of the georeference sets, all names in lower case."""
    out = {}
    for pset in model.by_type("IfcPropertySet"):
        name = (pset.Name or "").lower()
        if name in ("epset_mapconversion", "epset_projectedcrs"):
            out[name] = {p.Name.lower(): getattr(p.NominalValue, "wrappedValue", None)
                         for p in pset.HasProperties if p.is_a("IfcPropertySingleValue")}
    return out


def _add_conversion(out: Passport, source: str, said: dict, unit: float, crs_override: str) -> None:
    if said.get("angles"):
        out.warnings.append(tr("{source} gives angles, which are not used.", source=source))
        return
    east, north, up = (_number(said.get(k)) for k in ("eastings", "northings", "orthogonalheight"))
    if east is None or north is None:
        out.warnings.append(tr("{source} gives no eastings or northings.", source=source))
        return
    crs = crs_override or _known_crs(out, str(said.get("crs") or ""))
    metres = said.get("map_unit_m") or _map_unit(out, crs, east, north, unit, source)
    x, y = _number(said.get("xaxisabscissa")), _number(said.get("xaxisordinate"))
    turn = math.degrees(math.atan2(y, x)) if x is not None and y is not None and (x or y) else 0.0
    factor = _scale(out, _number(said.get("scale")), unit, metres)
    if any(_number(said.get(k)) not in (None, 1.0) for k in ("factorx", "factory", "factorz")):
        out.warnings.append(tr("{source} stretches the axes; only its uniform scale is used.", source=source))
    candidate = Candidate(source, crs, east * metres, north * metres, (up or 0.0) * metres, factor, turn)
    out.candidates.append(_with_lonlat(out, candidate))


def _number(value) -> float | None:
    try:
        return float(value)
    except (TypeError, ValueError):
        return None


def _known_crs(out: Passport, name: str) -> str:
    text = name.strip()
    try:
        return normal_crs(f"EPSG:{text}" if text.isdigit() else text) if text else ""
    except Trouble:
        out.warnings.append(tr("The file's CRS “{name}” is not known.", name=text[:60]))
        return ""


def _map_unit(out: Passport, crs: str, east: float, north: float, unit: float, source: str) -> float:
    """Without MapUnit the standard says project units; many authors write metres all the same."""
    sizes = [unit, 1.0] if unit != 1.0 else [1.0, 0.001]
    if crs:
        inside = [s for s in sizes if _inside(crs, east * s, north * s)]
        if inside and inside[0] != 1.0:
            out.warnings.append(tr("{source} is written in units of {unit} m.", source=source, unit=inside[0]))
        return inside[0] if inside else 1.0
    return 1.0


def _inside(crs: str, east: float, north: float) -> bool:
    """Whether a place lies in (or within 3 degrees of) the CRS's area of use."""
    import pyproj
    lon, lat = _lonlat(crs, east, north)
    area = pyproj.CRS.from_user_input(crs).area_of_use
    return lon is not None and (area is None or (area.west - 3 <= lon <= area.east + 3
                                                 and area.south - 3 <= lat <= area.north + 3))


def _lonlat(crs: str, east: float, north: float) -> tuple[float | None, float | None]:
    lon, lat = Frame(crs=crs, origin=(0.0, 0.0, 0.0)).to_lonlat(np.array([[east, north, 0.0]]))[0, :2]
    return (float(lon), float(lat)) if np.isfinite([lon, lat]).all() else (None, None)


def _scale(out: Passport, stated: float | None, unit: float, metres: float) -> float:
    factor = (stated if stated else 1.0) * metres / unit
    if 0.99 < factor < 1.01:
        return factor
    out.warnings.append(tr("Its scale {scale} would make the model {factor} times its size: true size is kept.",
                           scale="-" if stated is None else stated, factor=f"{factor:g}"))
    return 1.0


def _with_lonlat(out: Passport, said: Candidate) -> Candidate:
    if not said.crs:
        return said
    lon, lat = _lonlat(said.crs, said.easting, said.northing)
    if not _inside(said.crs, said.easting, said.northing):
        swapped = _inside(said.crs, said.northing, said.easting)
        out.warnings.append(tr("Eastings and northings look swapped.") if swapped else
                            tr("The place lies outside the area that {crs} is made for.", crs=said.crs))
    return Candidate(**{**asdict(said), "lon": lon, "lat": lat})


def _add_lonlat(out: Passport, model, unit: float) -> None:
    for site in model.by_type("IfcSite"):
        lat, lon = _degrees(site.RefLatitude), _degrees(site.RefLongitude)
        if lat is not None and lon is not None and (lat or lon) and abs(lat) <= 90 and abs(lon) <= 180:
            out.candidates.append(Candidate("RefLatitude/RefLongitude", "EPSG:4326", lon, lat,
                                            (site.RefElevation or 0.0) * unit, 1.0, None, lon, lat))
            return


def _degrees(parts) -> float | None:
    """Degrees of (deg, min, sec[, millionths]); negative parts are all negative."""
    if not parts:
        return None
    sign = -1.0 if any(p < 0 for p in parts) else 1.0
    return sign * sum(abs(p) / d for p, d in zip(parts, (1.0, 60.0, 3600.0, 3.6e9)))


def true_north_deg(model) -> float:
    """Direction of true north in the model's plane, degrees counter-clockwise from its x axis."""
    for context in model.by_type("IfcGeometricRepresentationContext", include_subtypes=False):
        ratios = context.TrueNorth.DirectionRatios if context.TrueNorth else None
        if ratios and (ratios[0] or ratios[1]):
            return math.degrees(math.atan2(ratios[1], ratios[0]))
    return 90.0


def place(out: Passport, frame: Frame, true_north: float, offset: np.ndarray, height_shift_m: float = 0.0,
          ) -> Placement | None:
    """Choose a candidate and place the points (model metres less `offset`, float64) in the project CRS.

    None where no source can be believed; `out.reason` says why. The first conversion with a usable CRS
    wins; latitude and longitude only within 200 km of the frame, since many tools leave a default city.
    """
    for said in out.candidates:
        placed = _origin(said, frame, true_north)
        if placed is None:
            continue
        east, north, turn, scale = placed
        away = math.hypot(east - frame.origin[0], north - frame.origin[1])
        by_lonlat = said.source.startswith("Ref")
        if away > (NEAR_M if by_lonlat else AWAY_M):
            out.warnings.append(tr("{source} puts it {km} km from the project: not used.", source=said.source,
                                   km=f"{away / 1000:.0f}"))
            continue
        if by_lonlat:
            out.warnings.append(tr("Placed by latitude and longitude only: expect an error of a kilometre."))
        out.chosen, out.reason = said.source, tr("The first source of the file that gives a usable place.")
        return _moved(east, north, (said.height or 0.0) + height_shift_m, turn, scale, offset)
    if np.hypot(offset[0] - frame.origin[0], offset[1] - frame.origin[1]) < NEAR_M and np.hypot(*offset[:2]) > FAR_M:
        out.chosen, out.reason = "coordinates", tr("The geometry lies in the project's own coordinates.")
        out.warnings.append(tr("The file names no CRS: its large coordinates are taken for the project's."))
        return _moved(0.0, 0.0, height_shift_m, 0.0, 1.0, offset)
    out.reason = tr("No source of the file gives a usable place near the project.")
    return None


def _origin(said: Candidate, frame: Frame, true_north: float) -> tuple[float, float, float, float] | None:
    """Easting, northing, rotation and scale of the model's origin in the project CRS."""
    if not said.crs or not frame.crs:
        return None
    try:
        local = frame.to_local(said.easting, said.northing, crs=said.crs)
        east, north = frame.to_project(local)[0, :2]
        if said.grid_rotation_deg is None:
            return east, north, 90.0 + frame.convergence_deg(east, north) - true_north, 1.0
        turn, stretch = frame.rotation_from(said.crs, said.easting, said.northing)
    except Trouble:
        return None
    return east, north, said.grid_rotation_deg + turn, said.scale * stretch


def _moved(east, north, height, turn, scale, offset) -> Placement:
    """The placement of points that were recentred by `offset` (metres in the model's axes)."""
    cos, sin = math.cos(math.radians(turn)) * scale, math.sin(math.radians(turn)) * scale
    x, y, z = map(float, offset)
    return Placement(easting=float(east + cos * x - sin * y), northing=float(north + sin * x + cos * y),
                     height=float(height + scale * z), rotation_deg=float(turn), scale=float(scale))
