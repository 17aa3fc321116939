"""City blocks: what the streets and waters leave, and what each block is for."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import shapely
from shapely import Polygon, affinity

from data_samples import geography as geo


@dataclass
class Block:
    """A block and its own axes: `local` is `shape` turned by `-angle_deg` about `at`, so that rows run along x."""

    shape: Polygon
    use: str
    angle_deg: float
    zone: str = ""
    town: str = ""
    density: float = 1.0  # 0..1: how high and how close
    at: tuple[float, float] = (0.0, 0.0)
    local: Polygon = field(default_factory=Polygon)

    def __post_init__(self):
        self.at = (self.shape.centroid.x, self.shape.centroid.y)
        self.local = affinity.translate(
            affinity.rotate(self.shape, -self.angle_deg, origin=self.at), -self.at[0], -self.at[1]
        )

    def world(self, shape):
        return affinity.translate(affinity.rotate(shape, self.angle_deg, origin=(0, 0)), *self.at)


def cut(
    region: Polygon, obstacles: list, angle_deg: float, smallest_m2: float = 2500.0
) -> list[tuple[Polygon, float]]:
    """Blocks (shape, angle of their rows) that `obstacles` leave of `region`; slivers are left out."""
    near = [o for o in obstacles if o.intersects(region)]
    rest = region.difference(shapely.union_all(near)) if near else region
    out = []
    for part in shapely.get_parts(rest):
        inner = part.buffer(-9, join_style="mitre").buffer(
            6, join_style="mitre"
        )  # 3 m of pavement stay outside
        for piece in shapely.get_parts(inner):
            if piece.geom_type == "Polygon" and piece.area > smallest_m2:
                out.append((piece.simplify(0.3), _row_angle(piece, angle_deg)))
    return sorted(out, key=lambda b: (round(b[0].centroid.y), round(b[0].centroid.x)))


def _row_angle(shape: Polygon, guide_deg: float) -> float:
    """The direction of the block's long edges that is nearest to `guide_deg`; that itself for odd shapes."""
    ring = shapely.get_coordinates(shape.minimum_rotated_rectangle)
    edge = ring[1] - ring[0]
    angle = np.degrees(np.arctan2(edge[1], edge[0]))
    off = (angle - guide_deg + 45.0) % 90.0 - 45.0
    return guide_deg + off if abs(off) < 9.0 else guide_deg


def grid_place(at: tuple[float, float]) -> tuple[float, float]:
    """(u, v) of a world point in the unbent street grid of the centre (good to the bend, 24 m)."""
    a = np.radians(geo.GRID_ANGLE_DEG)
    dx, dy = at[0] - geo.GRID_ORIGIN[0], at[1] - geo.GRID_ORIGIN[1]
    return float(dx * np.cos(a) + dy * np.sin(a)), float(-dx * np.sin(a) + dy * np.cos(a))


# What stands where in the centre: (u, v) of a point in the block -> use. The rest is housing.
SPECIAL = {
    (-420, -400): "culture",
    (-140, -400): "office",
    (140, -400): "office",
    (420, -400): "mall",
    (-420, 930): "office",
    (-140, 850): "office",
    (140, 850): "office",
    (420, 850): "hotel",
    (-140, 1030): "office",
    (-420, -650): "office",
    (140, -640): "office",
    (700, -390): "office",
    (700, 590): "school",
    (-700, -400): "mall",
    (-700, 265): "school",
    (-700, 930): "hospital",
    (-960, -400): "office",
    (-960, 600): "park",
    (-1340, -400): "mall",
    (-1340, 265): "school",
    (-420, -1070): "school",
    (420, -1070): "park",
    (140, -1400): "hospital",
    (-960, -1400): "park",
    (-1340, -1400): "school",
    (-700, -2020): "park",
    (140, -2020): "school",
    (-960, -2020): "office",
    (-1340, -2020): "mall",
    (-420, 1270): "school",
    (140, 1270): "park",
    (-1800, 600): "park",
    (-1800, -1070): "school",
    (-420, -2360): "mall",
    (-960, -2700): "school",
    (700, -1700): "park",
    (700, -1070): "office",
}


def centre_use(shape: Polygon, rng: np.random.Generator, points: dict) -> tuple[str, float]:
    """Use and density of a block of the new city."""
    for uv, use in points.items():
        if shape.covers(shapely.Point(geo.CENTRE.world(*uv)[0])):
            return use, 1.0
    u, v = grid_place((shape.centroid.x, shape.centroid.y))
    if u > 1120 or u < -2040:
        return ("industrial" if rng.random() < 0.55 else "residential"), 0.4
    nearness = float(np.exp(-np.hypot(u, v - 100) / 1500.0))
    return ("residential" if rng.random() < 0.94 else "park"), 0.25 + nearness * rng.uniform(0.7, 1.15)


def town_use(town: geo.Town, shape: Polygon, rng: np.random.Generator) -> tuple[str, float]:
    distance = np.hypot(shape.centroid.x - town.at[0], shape.centroid.y - town.at[1]) / town.radius_m
    draw = rng.random()
    if town.character == "industry":
        return ("industrial" if draw < 0.72 else "office" if draw < 0.84 else "residential"), 0.35
    if town.character == "old" and distance < 0.62:
        return ("old" if draw < 0.8 else "park" if draw < 0.88 else "residential"), 0.2
    if town.character == "new":
        return (
            "residential"
            if draw < 0.34
            else "office"
            if draw < 0.55
            else "park"
            if draw < 0.82
            else "industrial"
        ), 0.5
    kinds = ("residential", "mall", "school", "park", "industrial", "office")
    share = (0.62, 0.07, 0.06, 0.1, 0.06, 0.09) if distance < 0.7 else (0.52, 0.03, 0.04, 0.1, 0.29, 0.02)
    return str(rng.choice(kinds, p=share)), float(0.55 - 0.35 * distance)
