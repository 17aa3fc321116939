"""Where the things of the systems are: families of places on the sample's own roads, houses, blocks and waters."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import shapely
import shapely.ops
from shapely import LineString, Point, Polygon, affinity

from data_samples import geography as geo
from data_samples.plan import Plan, district_outline
from data_samples.vector_files import zone_shapes

CENTRE_REACH_M, NEW_CITY = 2600.0, ("New city", "嘉定新城")
FEWEST_IN_ZONES, IN_ZONE = 5, 2
GROWN_M = 0.35  # a building of a system stands so far before the house that it is


@dataclass(frozen=True, eq=False)
class Place:
    """`at` EPSG:4549. `shape` is a line or an area; with a `height_m` it is a building."""

    name: str
    name_zh: str
    at: tuple[float, float]
    above_m: float = 2.0
    shape: shapely.Geometry | None = None
    height_m: float = 0.0
    weight: float = 1.0
    observed: dict = field(default_factory=dict)  # property -> value that the place itself knows
    noise_class: str = ""  # of GB 3096, where noise is measured
    road_class: str = ""  # express, arterial, local


FAMILIES: dict[str, Callable[[Ground, int, np.random.Generator], list[Place]]] = {}


def family(name: str):
    """Register what finds `count` places of a family."""

    def register(find):
        FAMILIES[name] = find
        return find

    return register


class Ground:
    """The plan, and what many families ask of it."""

    def __init__(self, plan: Plan):
        self.plan = plan
        self.outline = Polygon(district_outline())
        self.zones = zone_shapes()
        self.towns = [(t.name_en, t.name_zh, t.at, t.radius_m) for t in geo.TOWNS]
        self.towns.append((*NEW_CITY, tuple(geo.GRID_ORIGIN), CENTRE_REACH_M))

    def town_of(self, at) -> tuple[str, str]:
        """English and Chinese name of the town that a place is nearest to, by the towns' own size."""
        away = [np.hypot(at[0] - x, at[1] - y) / radius for _, _, (x, y), radius in self.towns]
        return self.towns[int(np.argmin(away))][:2]

    def named(self, at, en: str, zh: str, number: int, **more) -> Place:
        town_en, town_zh = self.town_of(at)
        at = (round(float(at[0]), 2), round(float(at[1]), 2))
        return Place(f"{town_en} {en} {number}", f"{town_zh}{zh}{number}号", at, **more)

    @cached_property
    def crossings(self) -> list[tuple[float, float]]:
        """Where streets of the towns cross within the demonstration zones."""
        lines = [LineString(r.line) for r in self.plan.roads if r.cls in ("secondary", "tertiary", "primary")]
        tree, out = shapely.STRtree(lines), []
        for name, zone in self.zones.items():
            mine = [] if name == "zone.yuanxiang" else [lines[i] for i in tree.query(zone, "intersects")]
            for a, b in itertools.combinations(mine, 2):
                out += [(p.x, p.y) for p in shapely.get_parts(a.intersection(b)) if p.geom_type == "Point"]
        return [at for at in out if any(zone.contains(Point(at)) for zone in self.zones.values())]

    @cached_property
    def lake(self) -> np.ndarray:
        return geo.CENTRE.world(*geo.LAKE_UV)[0]

    def near(self, at) -> bool:
        return bool(np.hypot(*(np.asarray(at) - self.lake)) < CENTRE_REACH_M)

    def blocks(self, *uses: str, smallest_m2: float = 6000.0) -> list:
        found = [b for b in self.plan.blocks if b.use in uses and b.shape.area > smallest_m2]
        return [b for b in found if self.outline.contains(b.shape.centroid)]

    def patches(self, kind: str) -> list[tuple[float, float]]:
        """Middles of the patches of one kind, from the lake outward in rings, so that the nearest are not all."""
        middles = [(shape.centroid.x, shape.centroid.y) for k, shape in self.plan.site.patches if k == kind]
        return sorted(middles, key=lambda at: (not self.near(at), round(at[0], 1), round(at[1], 1)))

    def roads(self, *classes: str, near: bool = False) -> list:
        found = [r for r in self.plan.roads if r.cls in classes and r.name_zh and len(r.line) > 4]
        return [r for r in found if not near or any(self.near(p) for p in r.line[::5])]


def some(found: list, count: int, rng: np.random.Generator) -> list:
    """`count` of them (all where there are fewer) by chance, in their order."""
    return [found[i] for i in np.sort(rng.permutation(len(found))[:count])]


def half_near(ground: Ground, found: list, count: int, rng, at=lambda x: x) -> list:
    """Half of them round the lake, where the sample is in detail, half anywhere in the district; some in each of the
    demonstration zones, so that none is without a sign."""
    close = [x for x in found if ground.near(at(x))]
    far = [x for x in found if not ground.near(at(x)) and ground.outline.contains(Point(at(x)))]
    first = some(close, (count + 1) // 2, rng)
    if count >= FEWEST_IN_ZONES:
        for zone in ground.zones.values():
            inside = [x for x in found if zone.contains(Point(at(x)))]
            first += [x for x in some(inside, IN_ZONE, rng) if not any(x is y for y in first)]
    taken = {id(x) for x in first}
    return [*first, *some([x for x in far if id(x) not in taken], max(0, count - len(first)), rng)]


def weights(count: int, rng, spread: float = 0.16) -> np.ndarray:
    return np.clip(rng.lognormal(-0.04, spread, count), 0.5, 1.5).round(3)


def points_at(ground: Ground, spots: list, en: str, zh: str, rng, above_m: float = 2.0) -> list[Place]:
    w = weights(len(spots), rng)
    return [ground.named(at, en, zh, k + 1, above_m=above_m, weight=float(w[k])) for k, at in enumerate(spots)]


def middle(shape) -> tuple[float, float]:
    inside = shape.representative_point()
    return (inside.x, inside.y)


def area_at(ground: Ground, shape, en: str, zh: str, number: int, rng, **more) -> Place:
    return ground.named(middle(shape), en, zh, number, shape=shape, weight=float(weights(1, rng)[0]), **more)


def parcels(ground: Ground, rng, count: int) -> list[tuple[Polygon, float]]:
    """(field, its angle): rectangles in the open country that touch no block, road, water or village."""
    plan = ground.plan
    taken = [b.shape.buffer(15) for b in plan.blocks] + [r.surface.buffer(6) for r in plan.roads]
    taken += [w.shape.buffer(6) for w in plan.waters] + [s for k, s in plan.site.patches if k == "village"]
    solid, inside = shapely.STRtree(taken), ground.outline.buffer(-200)
    x0, y0, x1, y1 = inside.bounds
    out: list[tuple[Polygon, float]] = []
    made = shapely.MultiPolygon()
    for _ in range(40 * count):
        at = (rng.uniform(x0, x1), rng.uniform(y0, y1))
        long_m, wide_m, angle = rng.uniform(110, 320), rng.uniform(70, 160), rng.normal(8, 6)
        shape = affinity.rotate(shapely.box(-long_m / 2, -wide_m / 2, long_m / 2, wide_m / 2), angle)
        shape = affinity.translate(shape, *at)
        if inside.contains(shape) and not len(solid.query(shape, "intersects")) and not made.intersects(shape):
            out.append((shape, angle))
            made = shapely.union(made, shape)
        if len(out) == count:
            break
    return out
