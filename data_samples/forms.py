"""Footprints of buildings and sports grounds, in metres about their own centre, long side along x."""

from __future__ import annotations

import numpy as np
import shapely
from shapely import Polygon, affinity, box

FLOOR_M = {
    "residential": 2.95,
    "office": 4.0,
    "commercial": 4.8,
    "school": 3.8,
    "hospital": 4.1,
    "industrial": 6.5,
    "culture": 5.5,
    "hotel": 3.5,
}


def rectangle(length: float, depth: float) -> Polygon:
    return box(-length / 2, -depth / 2, length / 2, depth / 2)


def slab(length: float, depth: float, units: int) -> Polygon:
    """A residential slab: straight to the sun in the south with shallow bays, stair wells stepping out north."""
    bay = length / units
    south, north = [], []
    for k in range(units):
        x = -length / 2 + k * bay
        south += [
            (x, -depth / 2 + 1.1),
            (x + bay * 0.22, -depth / 2 + 1.1),
            (x + bay * 0.22, -depth / 2),
            (x + bay * 0.78, -depth / 2),
            (x + bay * 0.78, -depth / 2 + 1.1),
        ]
        north += [
            (x, depth / 2 - 1.5),
            (x + bay * 0.34, depth / 2 - 1.5),
            (x + bay * 0.34, depth / 2),
            (x + bay * 0.66, depth / 2),
            (x + bay * 0.66, depth / 2 - 1.5),
        ]
    return Polygon([*south, (length / 2, -depth / 2 + 1.1), (length / 2, depth / 2 - 1.5), *north[::-1]])


def point_tower(width: float, depth: float, cut: float = 4.0) -> Polygon:
    """A tower of flats in the shape of a thick cross."""
    w, d = width / 2, depth / 2
    return Polygon(
        [
            (-w + cut, -d),
            (w - cut, -d),
            (w - cut, -d + cut * 0.6),
            (w, -d + cut * 0.6),
            (w, d - cut),
            (w - cut, d - cut),
            (w - cut, d),
            (-w + cut, d),
            (-w + cut, d - cut),
            (-w, d - cut),
            (-w, -d + cut * 0.6),
            (-w + cut, -d + cut * 0.6),
        ]
    )


def rounded(length: float, depth: float, radius: float) -> Polygon:
    return rectangle(length - 2 * radius, depth - 2 * radius).buffer(radius, quad_segs=3)


def angle_form(length: float, depth: float, wing: float, thick: float) -> Polygon:
    """An L: a bar along the south and a wing along the west."""
    bar = box(-length / 2, -depth / 2, length / 2, -depth / 2 + thick)
    return shapely.union_all([bar, box(-length / 2, -depth / 2, -length / 2 + thick, -depth / 2 + wing)])


def horseshoe(length: float, depth: float, thick: float) -> Polygon:
    """A U, open to the south."""
    return rectangle(length, depth).difference(
        box(-length / 2 + thick, -depth / 2 - 1, length / 2 - thick, depth / 2 - thick)
    )


def courtyard(length: float, depth: float, thick: float) -> Polygon:
    return rectangle(length, depth).difference(rectangle(length - 2 * thick, depth - 2 * thick))


def comb(length: float, depth: float, thick: float) -> Polygon:
    """A school: three classroom bars joined by a corridor in the west."""
    bars = [box(-length / 2, y, length / 2, y + thick) for y in (-depth / 2, -thick / 2, depth / 2 - thick)]
    return shapely.union_all([*bars, box(-length / 2, -depth / 2, -length / 2 + thick * 0.7, depth / 2)])


def ellipse(length: float, depth: float, count: int = 40) -> Polygon:
    a = np.linspace(0, 2 * np.pi, count, endpoint=False)
    return Polygon(np.stack([length / 2 * np.cos(a), depth / 2 * np.sin(a)], axis=1))


def running_track(
    straight: float = 84.4, radius: float = 36.5, lanes_m: float = 8.0
) -> tuple[Polygon, Polygon]:
    """A 400 m track and the field inside it."""
    spine = shapely.LineString([(-straight / 2, 0), (straight / 2, 0)])
    return spine.buffer(radius + lanes_m).difference(spine.buffer(radius)), spine.buffer(radius - 1.5)


def theatre() -> list[tuple[Polygon, float]]:
    """The theatre as a 100 m cube cut by round openings: (footprint, height) of its parts."""
    body = rectangle(100, 100)
    bites = shapely.union_all(
        [
            ellipse(34, 46).buffer(0) if k is None else affinity.translate(ellipse(36, 36), *k)
            for k in ((50, -22), (-20, 50), (-50, 18))
        ]
    )
    return [(body.difference(bites), 34.0), (rectangle(46, 34), 40.0)]


def library() -> list[tuple[Polygon, float]]:
    """Long roofs side by side, as of a village at the water."""
    rows = []
    for k, (length, depth) in enumerate(((92, 17), (78, 17), (96, 17), (60, 15))):
        rows.append(
            (
                affinity.translate(rectangle(length, depth), (k % 2) * 9 - 4, (k - 1.5) * 17.4),
                13.0 + 3.0 * (k % 2),
            )
        )
    return rows
