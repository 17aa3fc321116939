"""The lake, the rivers and the small canals, as polygons."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from shapely import LineString, Polygon, affinity

from data_samples import geography as geo
from data_samples.curves import meander, smooth_line, soft_ring


@dataclass(frozen=True)
class Water:
    name_zh: str
    name_en: str
    kind: str  # lake, river, canal, pond
    shape: shapely.Geometry
    width_m: float
    line: np.ndarray | None = None  # (n, 2) course, where there is one


def lake() -> Polygon:
    """Yuanxiang Lake: bays, a headland and an island, scaled to its published water area."""
    u0, v0 = geo.LAKE_UV
    body = Polygon(
        soft_ring(
            (u0 + 40, v0 + 20), (300, 255), ((2, 0.10, 0.5), (3, 0.12, 1.1), (5, 0.05, 2.0), (7, 0.022, 0.4))
        )
    )
    west_arm = Polygon(soft_ring((u0 - 255, v0 + 95), (165, 105), ((2, 0.12, 1.0), (3, 0.1, 0.3))))
    south_bay = Polygon(soft_ring((u0 + 120, v0 - 205), (160, 95), ((2, 0.1, 2.0), (3, 0.12, 2.2))))
    headland = Polygon(soft_ring((u0 - 130, v0 - 165), (120, 100), ((2, 0.15, 0.7), (3, 0.1, 0.0))))
    island = Polygon(soft_ring((u0 + 95, v0 + 95), (54, 33), ((2, 0.16, 0.9), (3, 0.1, 0.2))))
    islet = Polygon(soft_ring((u0 - 10, v0 + 20), (17, 13), ((3, 0.1, 0.2),)))
    outline = shapely.union_all([body, west_arm, south_bay]).difference(headland)
    outline = outline.buffer(-28).buffer(56).buffer(-28)  # no sharp corner where the shapes meet
    shape = max(shapely.get_parts(outline), key=lambda p: p.area).difference(island).difference(islet)
    shape = shapely.transform(shape.simplify(0.4), lambda uv: geo.CENTRE.world(uv[:, 0], uv[:, 1]))
    factor = np.sqrt(geo.LAKE_AREA_HA * 1e4 / shape.area)
    return affinity.scale(shape, factor, factor, origin=tuple(geo.CENTRE.world(u0, v0)[0]))


def rivers(rng: np.random.Generator) -> list[Water]:
    out = []
    for name_zh, name_en, points, width in geo.RIVERS:
        line = meander(smooth_line(points, 40.0), 26.0 + width * 0.25, 900.0, rng)
        out.append(Water(name_zh, name_en, "river", channel(line, width, rng), width, line))
    return out


def channel(line: np.ndarray, width_m: float, rng: np.random.Generator) -> Polygon:
    """The water surface round a course, a little wider and narrower along it."""
    tangent = np.gradient(line, axis=0)
    tangent /= np.linalg.norm(tangent, axis=1, keepdims=True)
    normal = np.stack([-tangent[:, 1], tangent[:, 0]], axis=1)
    along = np.arange(len(line))
    half = width_m / 2 * (1 + 0.14 * np.sin(along / 9.0 + rng.uniform(0, 6)) + 0.08 * np.sin(along / 3.7))
    ring = np.vstack([line + normal * half[:, None], (line - normal * half[:, None])[::-1]])
    shape = shapely.make_valid(Polygon(ring))
    return shape if shape.geom_type == "Polygon" else LineString(line).buffer(width_m / 2)


def canals(rng: np.random.Generator, keep_off: shapely.Geometry) -> list[Water]:
    """The fine net of east-west and north-south canals of the river plain; `keep_off` keeps its own water."""
    x0, y0, x1, y1 = geo.EXTENT
    out = []
    for x in np.arange(x0 + 500, x1, 1450):
        out += _canal(
            np.stack([np.full(40, x + rng.normal(0, 190)), np.linspace(y0, y1, 40)], 1), rng, keep_off
        )
    for y in np.arange(y0 + 300, y1, 1350):
        out += _canal(
            np.stack([np.linspace(x0, x1, 36), np.full(36, y + rng.normal(0, 190))], 1), rng, keep_off
        )
    return out


def _canal(guide: np.ndarray, rng: np.random.Generator, keep_off: shapely.Geometry) -> list[Water]:
    """One canal, in stretches of a few kilometres: they seldom run on."""
    guide = guide + np.cumsum(rng.normal(0, 62, guide.shape), axis=0) * [0.9, 0.9]
    out, start = [], 0
    while start < len(guide) - 4:
        stop = min(len(guide), start + int(rng.integers(4, 9)))
        line = smooth_line(_plain_sway(guide[start:stop]), 45.0)
        width = float(rng.uniform(9, 19))
        rest = LineString(line).difference(keep_off)
        for part in shapely.get_parts(rest):
            if part.length > 400:
                out.append(
                    Water(
                        "",
                        "",
                        "canal",
                        part.buffer(width / 2, quad_segs=3),
                        width,
                        shapely.get_coordinates(part),
                    )
                )
        start = stop + int(rng.integers(0, 4))
    return out


def _plain_sway(points: np.ndarray) -> np.ndarray:
    """Turn the net a little from place to place: the plain was not laid out with a ruler."""
    x, y = points.T
    return points + np.stack([620 * np.sin(y / 2900 + x / 7000), 560 * np.sin(x / 3300 - y / 6100)], axis=1)


def all_waters(seed: int = 11) -> list[Water]:
    """Everything wet: lake first, then rivers, then canals (which keep off the new city and the towns)."""
    rng = np.random.default_rng(seed)
    big = [Water("远香湖", "Yuanxiang Lake", "lake", lake(), 0.0), *rivers(rng)]
    centre = Polygon(geo.CENTRE.world([-2650, 1700, 1700, -2650], [-3000, -3000, 1650, 1650]))
    towns = [shapely.Point(t.at).buffer(t.radius_m * 0.93) for t in geo.TOWNS]
    small = canals(rng, shapely.union_all([centre, *towns]))
    return [*big, *small, *_city_canals(rng)]


def _city_canals(rng: np.random.Generator) -> list[Water]:
    """Two named waters of the new city that join the lake with Hengli and the west."""
    courses = (
        (
            "鸡鸣塘",
            "Jimingtang",
            [
                (-2450, -735),
                (-1850, -715),
                (-1300, -742),
                (-700, -720),
                (-150, -742),
                (420, -715),
                (900, -735),
            ],
            18,
        ),
        (
            "石冈门塘",
            "Shigangmentang",
            [(-2400, 935), (-1800, 950), (-1240, 930), (-600, 948), (0, 932), (560, 950), (1120, 930)],
            16,
        ),
    )
    out = []
    for name_zh, name_en, uv, width in courses:
        line = meander(smooth_line(geo.CENTRE.world(*np.array(uv, float).T), 20.0), 5.0, 500.0, rng)
        out.append(Water(name_zh, name_en, "canal", LineString(line).buffer(width / 2), width, line))
    return out
