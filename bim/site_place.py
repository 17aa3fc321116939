"""What a file says about its place besides a map conversion: the site's degrees and placement, its address, north.

And where the geometry itself lies: some models are drawn in map coordinates.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from bim.attributes import attribute
from bim.conversions import number

DEEP = 64                      # placements on placements; a cycle ends here
PROBED = 100                   # products whose place is looked at
FAR_SHARE = 0.2
PROBED_SHAPES = 24             # products whose first coordinates are looked at too


@dataclass(frozen=True)
class Degrees:
    """IfcSite.RefLatitude and RefLongitude. `to_the_minute`: no seconds are given. `elevation` in project units."""

    lat: float
    lon: float
    to_the_minute: bool
    elevation: float


def site_degrees(model) -> Degrees | None:
    """Of the first site that has both."""
    for site in model.by_type("IfcSite"):
        lat, lon = degrees(site.RefLatitude), degrees(site.RefLongitude)
        if lat is not None and lon is not None and abs(lat) <= 90 and abs(lon) <= 180:
            whole = all(abs(v * 60 - round(v * 60)) < 1e-4 for v in (lat, lon))
            return Degrees(lat, lon, whole, number(site.RefElevation) or 0.0)
    return None


def degrees(parts) -> float | None:
    """Degrees of (deg, min, sec[, millionths]); negative parts are all negative."""
    if not parts:
        return None
    sign = -1.0 if any(p < 0 for p in parts) else 1.0
    return sign * sum(abs(p) / d for p, d in zip(parts, (1.0, 60.0, 3600.0, 3.6e9)))


def address(model) -> str:
    for owner in (*model.by_type("IfcSite"), *model.by_type("IfcBuilding")):
        said = attribute(owner, "SiteAddress") or attribute(owner, "BuildingAddress")
        if said:
            parts = [*(said.AddressLines or ()), said.PostalCode, said.Town, said.Region, said.Country]
            words = dict.fromkeys(" ".join(p.split()) for p in parts if p and "address here" not in p.lower())
            if any(words):
                return ", ".join(filter(None, words))
    return ""


def true_north_deg(model) -> float | None:
    """Direction of true north in the model's plane, counter-clockwise from its x axis; None where nothing is said."""
    for context in _contexts(model):
        ratios = context.TrueNorth.DirectionRatios if context.TrueNorth else None
        if ratios and (ratios[0] or ratios[1]):
            return math.degrees(math.atan2(ratios[1], ratios[0]))
    return None


def world_system(model) -> np.ndarray:
    """(4, 4) of the 3D context, project units: where the map's reference point lies in the model."""
    for context in _contexts(model):
        if context.ContextType == "Model" and context.WorldCoordinateSystem is not None:
            return axes(context.WorldCoordinateSystem)
    return np.eye(4)


def _contexts(model) -> list:
    return model.by_type("IfcGeometricRepresentationContext", include_subtypes=False)


# -- placements ------------------------------------------------------------------------------------------------


def site_origin(model) -> np.ndarray | None:
    """(3,) project units: where the first placed site stands in the model's axes."""
    for site in model.by_type("IfcSite"):
        if site.ObjectPlacement is not None:
            return world(site.ObjectPlacement)[:3, 3]
    return None


def world(placement, known: dict[int, np.ndarray] | None = None) -> np.ndarray:
    """(4, 4) of a placement and all those it stands on. Only local ones count; a cycle is left after some rounds.

    `known` keeps those of placements by number between calls: many stand on the same.
    """
    known, chain = {} if known is None else known, []
    while placement is not None and placement.is_a("IfcLocalPlacement") and len(chain) < DEEP:
        if placement.id() in known:
            break
        chain.append(placement)
        placement = placement.PlacementRelTo
    out = known.get(placement.id(), np.eye(4)) if placement is not None else np.eye(4)
    for one in reversed(chain):
        out = out @ axes(one.RelativePlacement)
        if len(chain) < DEEP:
            known[one.id()] = out
    return out


def axes(said) -> np.ndarray:
    """(4, 4) of an IfcAxis2Placement; the defaults of the standard where it is silent or degenerate."""
    if said is None or said.Location is None:
        return np.eye(4)
    if said.is_a("IfcAxis2Placement3D") and (at := attribute(said.Location, "Coordinates")) and len(at) == 3:
        return _axes(at, said.Axis.DirectionRatios if said.Axis else (0.0, 0.0, 1.0),
                     said.RefDirection.DirectionRatios if said.RefDirection else (1.0, 0.0, 0.0))
    import ifcopenshell.util.placement
    matrix = np.array(ifcopenshell.util.placement.get_axis2placement(said), np.float64)
    if not np.isfinite(matrix).all():
        matrix = np.eye(4)
        at = tuple(number(v) or 0.0 for v in said.Location.Coordinates)
        matrix[:len(at), 3] = at
    return matrix


def _axes(at: tuple, z: tuple, x: tuple) -> np.ndarray:
    """As the library's `a2p`, in a third of its time: hundreds are asked for before anything is shown."""
    out = np.eye(4)
    out[:3, 3] = [number(value) or 0.0 for value in at]
    if len(z) == len(x) == 3:
        (x0, x1, x2), (z0, z1, z2) = x, z
        y = z1 * x2 - z2 * x1, z2 * x0 - z0 * x2, z0 * x1 - z1 * x0
        sizes = math.hypot(*x), math.hypot(*y), math.hypot(*z)
        if all(sizes) and math.isfinite(sum(sizes)):
            out[:3, :3] = [[a / sizes[0], b / sizes[1], c / sizes[2]] for a, b, c in zip(x, y, z)]
    return out


def middle(model, far: float) -> np.ndarray:
    """(3,) project units: about where the geometry lies, from placements and the first coordinates of some shapes.

    Where a good part of them lies farther out than `far`, the middle of those.
    """
    products = [p for p in model.by_type("IfcProduct") if getattr(p, "Representation", None) is not None]
    known: dict[int, np.ndarray] = {}
    places = [world(p.ObjectPlacement, known)[:3, 3] for p in products[::-(-len(products) // PROBED) or 1]]
    drawn = [at for p in products[::-(-len(products) // PROBED_SHAPES) or 1]
             if (at := _first_point(model, p, far, known)) is not None]
    for found in (drawn, places):
        out = np.array([at for at in found if np.hypot(at[0], at[1]) > far and np.isfinite(at).all()])
        if len(out) > FAR_SHARE * len(found):
            return np.median(out, axis=0)
    known = [at for at in drawn or places if np.isfinite(at).all()]
    return np.median(known, axis=0) if known else np.zeros(3)


def _first_point(model, product, far: float, known: dict[int, np.ndarray]) -> np.ndarray | None:
    """Of the product's shape, in the model's axes; the first that lies far out goes before any other.

    Points in a plane count only when they are far out: alignments are drawn so, but profiles too.
    """
    items = [item for shape in product.Representation.Representations for item in shape.Items]
    first = None
    for entity in (e for item in items[:4] for e in model.traverse(item, max_levels=9)):
        at = _coordinates(entity)
        out = at is not None and math.hypot(at[0], at[1]) > far
        if out or (first is None and at is not None and len(at) == 3):
            first = (world(product.ObjectPlacement, known) @ [*at, *(0.0,) * (3 - len(at)), 1.0])[:3]
        if out:
            break
    return first


def _coordinates(entity) -> tuple[float, ...] | None:
    """By place, not by name: thousands are asked for before anything is shown."""
    kind = entity.is_a()
    if kind == "IfcCartesianPoint":
        return at if len(at := entity[0]) in (2, 3) else None
    if kind in ("IfcCartesianPointList2D", "IfcCartesianPointList3D") and (listed := entity[0]):
        return listed[0]
    return None
