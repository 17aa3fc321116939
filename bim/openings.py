"""Openings in bodies: where they are cut by a quick kernel, and where there is nothing to cut."""

from __future__ import annotations

import numpy as np

from bim.attributes import attribute
from bim.plan import NO_BODY

LEAST_GAP_M, GAP_SHARE = 0.001, 0.05             # a curve in few pieces lies inside of its own box


def holed_extrusion(product) -> bool:
    """Extrusions with nothing but extrusions cut out: there manifold makes the same shape in a tenth of the time.

    Measured over the real files against the hybrid: bounds, areas and volumes agree, or it gives nothing. With
    clipped bodies it is wrong in silence, with others it crashes: it is not asked.
    """
    voids = openings(product)
    return bool(voids) and all(_extruded(thing.Representation) for thing in (product, *voids))


def openings(product) -> list:
    return [relation.RelatedOpeningElement for relation in attribute(product, "HasOpenings") or ()]


def _extruded(shape) -> bool:
    bodies = [r for r in getattr(shape, "Representations", None) or () if r.RepresentationIdentifier not in NO_BODY]
    items = [item for body in bodies for item in body.Items]
    return bool(items) and all(item.is_a("IfcExtrudedAreaSolid") for item in items)


def frame_of(native) -> np.ndarray:
    """(4, 4) f8 of a shape of the library: from its own axes to the model's, metres."""
    return np.frombuffer(native.transformation_buffer, np.float64).reshape(4, 4, order="F")


def points_of(native) -> np.ndarray:
    """(n, 3) f8 of a shape of the library, metres in its own axes."""
    return np.frombuffer(native.geometry.verts_buffer, np.float64).reshape(-1, 3)


def apart(native, cut: np.ndarray) -> bool:
    """Whether `cut`, the points (n, 3) of an opening in the model's axes, is known to lie beside the body `native`."""
    body = points_of(native)
    if not len(body) or not len(cut):
        return False
    turned = np.linalg.inv(frame_of(native))
    there = cut @ turned[:3, :3].T + turned[:3, 3]
    low, high = there.min(axis=0), there.max(axis=0)
    gap = np.maximum(low - body.max(axis=0), body.min(axis=0) - high).max()
    return bool(gap > LEAST_GAP_M + GAP_SHARE * (high - low).max())
