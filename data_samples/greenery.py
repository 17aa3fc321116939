"""Parks, walks and trees."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from shapely import LineString, Polygon, affinity

from data_samples import geography as geo
from data_samples.curves import smooth_line, soft_ring
from data_samples.plan import OFFICE_ANGLE_DEG, Plan, office_at

# species -> (least height, greatest height, crown to height)
SPECIES = {
    "香樟 camphor": (7, 13, 0.75),
    "悬铃木 plane": (9, 16, 0.7),
    "银杏 ginkgo": (8, 15, 0.45),
    "垂柳 willow": (6, 10, 0.85),
    "水杉 dawn redwood": (12, 22, 0.3),
    "樱花 cherry": (4, 7, 0.9),
}


@dataclass(frozen=True)
class Trees:
    points: np.ndarray  # (n, 2) metres
    height_m: np.ndarray
    crown_m: np.ndarray
    species: list[str]


@dataclass(frozen=True)
class LakePark:
    lawn: Polygon
    walks: shapely.Geometry
    groves: shapely.Geometry
    plazas: shapely.Geometry


def lake_park(plan: Plan) -> LakePark:
    """The park round the lake: a shore walk, paths to the streets, groves, and plazas at the water."""
    lake = plan.waters[0].shape
    walks = [LineString(lake.exterior.coords).buffer(19).exterior.buffer(3.2)]
    walks += [LineString(geo.CENTRE.world(*np.array(uv, float).T)).buffer(2.4) for uv in _park_paths()]
    inner = plan.lake_park.buffer(-26)
    walks.append(inner.exterior.buffer(2.2))
    rng = np.random.default_rng(5)
    groves = [
        Polygon(
            soft_ring(
                geo.CENTRE.world(*uv)[0],
                (rng.uniform(34, 74), rng.uniform(24, 46)),
                ((2, 0.2, rng.uniform(0, 6)), (3, 0.14, rng.uniform(0, 6)), (5, 0.07, 1)),
            )
        )
        for uv in _grove_places(rng)
    ]
    east, north = office_at()
    office = affinity.rotate(
        shapely.box(east - 40, north - 30, east + 40, north + 26), OFFICE_ANGLE_DEG, origin=(east, north)
    )
    plazas = [
        office,
        *(
            geo_plaza(uv, r)
            for uv, r in (((-265, -120), 82), ((-478, 60), 62), ((40, -170), 44), ((330, 640), 40))
        ),
    ]
    wet = lake.buffer(4)
    plazas = shapely.union_all(plazas).difference(wet).intersection(plan.lake_park)
    houses = shapely.union_all([h.shape.buffer(5) for h in plan.houses if plan.lake_park.intersects(h.shape)])
    groves = (
        shapely.union_all(groves)
        .intersection(inner)
        .difference(shapely.union_all([lake.buffer(24), plazas, houses]))
    )
    walks = shapely.union_all([smoothed for smoothed in walks]).intersection(plan.lake_park).difference(lake)
    return LakePark(plan.lake_park.difference(lake), walks, groves, plazas)


def geo_plaza(uv, radius: float) -> Polygon:
    return Polygon(soft_ring(geo.CENTRE.world(*uv)[0], (radius, radius), ((4, 0.06, 0.3), (3, 0.04, 1.0))))


def _park_paths():
    courses = (
        ((-545, -200), (-460, -120), (-380, 20), (-400, 160), (-500, 280), (-545, 420)),
        ((-545, 600), (-420, 560), (-300, 500), (-180, 560), (-60, 640), (60, 740)),
        ((535, 640), (440, 600), (380, 480), (430, 340), (410, 200), (535, 90)),
        ((-60, -214), (20, -160), (140, -140), (260, -110), (390, -60), (535, -160)),
        ((-285, -214), (-265, -160)),
        ((0, 740), (10, 640), (40, 560)),
    )
    return [smooth_line(np.array(c, float), 12.0) for c in courses]


def _grove_places(rng):
    places = []
    for u in np.arange(-500, 510, 92):
        for v in np.arange(-180, 730, 92):
            if rng.random() < 0.62:
                places.append((u + rng.normal(0, 18), v + rng.normal(0, 18)))
    return places


def trees(plan: Plan, park: LakePark) -> Trees:
    """Street trees near the lake, groves, parks and river banks; none on roads, houses or water."""
    rng = np.random.default_rng(77)
    asphalt = shapely.union_all([r.surface for r in plan.roads])
    solid = [h.shape.buffer(2.5) for h in plan.houses]
    index = shapely.STRtree([*solid, *(w.shape.buffer(2) for w in plan.waters)])
    shapely.prepare(asphalt)
    groups = [
        ("street", street_places(plan)),
        ("grove", _scatter(park.groves, 150, rng)),
        ("lawn", _scatter(park.lawn.difference(shapely.union_all([park.walks, park.plazas])), 1500, rng)),
        ("shore", _shore(plan, rng)),
        ("park", _in_patches(plan, rng)),
        ("bank", _banks(plan, rng)),
    ]
    points, kinds = np.vstack([p for _, p in groups]), np.concatenate([np.full(len(p), k) for k, p in groups])
    geometry = shapely.points(points)
    keep = ~shapely.intersects(asphalt, geometry)
    hit = index.query(geometry, predicate="intersects")[0]
    keep[hit] = False
    return _grown(points[keep], kinds[keep], rng)


def _grown(points, kinds, rng) -> Trees:
    palette = {
        "street": ["香樟 camphor", "悬铃木 plane", "银杏 ginkgo"],
        "shore": ["垂柳 willow", "樱花 cherry"],
        "bank": ["水杉 dawn redwood", "垂柳 willow"],
    }
    species = [str(rng.choice(palette.get(k, list(SPECIES)))) for k in kinds]
    low, high, ratio = np.array([SPECIES[s] for s in species]).T
    height = np.round(low + (high - low) * rng.beta(2.2, 2.2, len(points)), 1)
    crown = np.round(height * ratio * rng.uniform(0.85, 1.1, len(points)), 1)
    return Trees(np.round(points, 2), height, crown, species)


def street_places(plan: Plan) -> np.ndarray:
    """Both sides of the streets of the new city, 15 m apart near the lake and wider farther out."""
    out = []
    middle = geo.CENTRE.world(*geo.LAKE_UV)[0]
    for road in plan.roads:
        if (
            road.cls not in ("primary", "secondary", "tertiary")
            or np.linalg.norm(road.line - middle, axis=1).min() > 1500
        ):
            continue
        line = LineString(road.line)
        at = np.arange(10.0, line.length - 8, 16.0)
        here = shapely.get_coordinates(shapely.line_interpolate_point(line, at))
        ahead = shapely.get_coordinates(shapely.line_interpolate_point(line, at + 1.0))
        side = (ahead - here)[:, ::-1] * [-1, 1]
        near = np.linalg.norm(here - middle, axis=1) < 1350
        for s in (-1, 1):
            out.append((here + side * s * (road.width_m / 2 + 2.6))[near])
    return np.vstack(out)


def _scatter(shape: shapely.Geometry, m2_each: float, rng) -> np.ndarray:
    x0, y0, x1, y1 = shape.bounds
    spread = np.sqrt(m2_each)
    gx, gy = np.meshgrid(np.arange(x0, x1, spread), np.arange(y0, y1, spread))
    points = np.stack([gx.ravel(), gy.ravel()], 1) + rng.normal(0, spread * 0.3, (gx.size, 2))
    shapely.prepare(shape)
    return points[shapely.contains_xy(shape, points[:, 0], points[:, 1])]


def _shore(plan: Plan, rng) -> np.ndarray:
    line = plan.waters[0].shape.buffer(10).exterior
    at = np.arange(0, line.length, 13.0) + rng.normal(0, 2.0, int(np.ceil(line.length / 13.0)))
    points = shapely.get_coordinates(shapely.line_interpolate_point(line, at))
    return points[rng.random(len(points)) < 0.8] + rng.normal(0, 1.2, (1, 2))


def _in_patches(plan: Plan, rng) -> np.ndarray:
    middle = shapely.Point(geo.CENTRE.world(*geo.LAKE_UV)[0]).buffer(2300)
    wide = {"park": 420.0, "grove": 150.0, "lawn": 1900.0}
    found = [
        _scatter(shape, wide[kind], rng)
        for kind, shape in plan.site.patches
        if kind in wide and shape.area > 400 and middle.intersects(shape)
    ]
    return np.vstack(found)


def _banks(plan: Plan, rng) -> np.ndarray:
    near = plan.banks.intersection(shapely.Point(geo.CENTRE.world(*geo.LAKE_UV)[0]).buffer(2300))
    return _scatter(near, 340.0, rng)
