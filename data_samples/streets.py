"""Roads and metro: centrelines with class, width and names."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from shapely import LineString, Polygon, affinity, box

from data_samples import geography as geo
from data_samples.curves import smooth_line, soft_ring
from data_samples.trunk_roads import TRUNK_ROADS

WIDTH_M = {
    "motorway": 34.0,
    "trunk": 28.0,
    "primary": 32.0,
    "secondary": 24.0,
    "tertiary": 17.0,
    "residential": 9.0,
}

# Streets along v (north-south in the grid): u, name, class, where they run in v.
NORTH_SOUTH = (
    (-2480, "胜竹路", "Shengzhu Road", "secondary", ((-2900, 1440),)),
    (-2040, "胜辛南路", "Shengxin South Road", "primary", ((-2900, 1440),)),
    (-1580, "合作路", "Hezuo Road", "secondary", ((-2900, 1440),)),
    (-1110, "永盛路", "Yongsheng Road", "primary", ((-2900, 1440),)),
    (-835, "云谷路", "Yungu Road", "tertiary", ((-2540, 1440),)),
    (-565, "裕民南路", "Yumin South Road", "primary", ((-2900, 1440),)),
    (-285, "阿克苏路", "Akesu Road", "tertiary", ((-2900, -234), (760, 1440))),
    (0, "天祥路", "Tianxiang Road", "secondary", ((-2900, -234), (760, 1440))),
    (285, "永靖路", "Yongjing Road", "tertiary", ((-2540, -234), (760, 1440))),
    (555, "德立路", "Deli Road", "primary", ((-2900, 1440),)),
    (1500, "仓场路", "Cangchang Road", "tertiary", ((-1560, 1440),)),
)
# Streets along u (east-west in the grid): v, name, class, where they run in u.
EAST_WEST = (
    (1440, "天祝路", "Tianzhu Road", "secondary", ((-2480, 1500),)),
    (1110, "城固路", "Chenggu Road", "tertiary", ((-2480, 1500),)),
    (760, "高台路", "Gaotai Road", "primary", ((-2480, 1500),)),
    (430, "麦积路", "Maiji Road", "tertiary", ((-2480, -565), (555, 1500))),
    (100, "崇教路", "Chongjiao Road", "tertiary", ((-2480, -565), (555, 1500))),
    (-234, "白银路", "Baiyin Road", "primary", ((-2480, 1500),)),
    (-565, "塔秀路", "Taxiu Road", "secondary", ((-2480, 1500),)),
    (-905, "德富路", "Defu Road", "tertiary", ((-2480, 1500),)),
    (-1235, "洪德路", "Hongde Road", "secondary", ((-2480, 1500),)),
    (-1560, "希望路", "Xiwang Road", "tertiary", ((-2480, 1500),)),
    (-1870, "云屏路", "Yunping Road", "secondary", ((-2480, 555),)),
    (-2180, "双丹路", "Shuangdan Road", "primary", ((-2480, 555),)),
    (-2540, "叶城路", "Yecheng Road", "tertiary", ((-2480, 555),)),
    (-2900, "封周路", "Fengzhou Road", "secondary", ((-2480, 555),)),
)


@dataclass(frozen=True)
class Road:
    name_zh: str
    name_en: str
    cls: str
    width_m: float
    line: np.ndarray  # (n, 2) metres

    @property
    def surface(self) -> shapely.Geometry:
        return LineString(self.line).buffer(self.width_m / 2, cap_style="flat")


def centre_roads() -> list[Road]:
    out = []
    for u, zh, en, cls, spans in NORTH_SOUTH:
        for v0, v1 in spans:
            v = np.arange(v0, v1 + 1, 20.0)
            out.append(Road(zh, en, cls, WIDTH_M[cls], geo.CENTRE.world(np.full(len(v), u), v)))
    for v, zh, en, cls, spans in EAST_WEST:
        for u0, u1 in spans:
            u = np.arange(u0, u1 + 1, 20.0)
            out.append(Road(zh, en, cls, WIDTH_M[cls], geo.CENTRE.world(u, np.full(len(u), v))))
    return out


def ring() -> np.ndarray:
    """(n, 2) the driverless demonstration ring: 裕民南路, 高台路, 德立路 and 塔秀路, about 4.9 km, +-500 m."""
    u0, u1, v0, v1 = -565.0, 555.0, -565.0, 760.0
    side_u, side_v = np.linspace(u0, u1, 57), np.linspace(v0, v1, 67)
    u = np.concatenate([side_u, np.full(67, u1), side_u[::-1], np.full(67, u0)])
    v = np.concatenate([np.full(57, v0), side_v, np.full(57, v1), side_v[::-1]])
    return geo.CENTRE.world(u, v)


def trunk_roads() -> list[Road]:
    return [
        Road(zh, en, cls, width, smooth_line(points, 60.0)) for zh, en, cls, width, points in TRUNK_ROADS
    ]


def town_lines(town: geo.Town, rng: np.random.Generator) -> tuple[geo.Grid, np.ndarray, np.ndarray]:
    """The grid of a town and the places of its streets: `us`, `vs` in grid metres."""
    du, dv = town.block_m
    grid = geo.Grid(town.at, town.angle_deg, bend_m=34.0 if town.character == "old" else 18.0)

    def places(step):
        count = int(town.radius_m * 2 / step) + 1
        at = (np.arange(count) - (count - 1) / 2) * step
        return at + rng.normal(0, step * 0.09, count)

    return grid, places(du), places(dv)


def town_region(town: geo.Town) -> Polygon:
    """The built-up area: no circle, but lobes that follow the town's own grid."""
    seed = np.random.default_rng(int(town.at[0] + town.at[1]))
    waves = [(k, w, seed.uniform(0, 6.28)) for k, w in ((2, 0.16), (3, 0.13), (4, 0.07), (5, 0.06))]
    shape = Polygon(soft_ring((0, 0), (town.radius_m * 1.06, town.radius_m * 0.96), waves))
    du, dv = town.block_m
    cells = [box(x, y, x + du, y + dv) for x in np.arange(-9, 9) * du for y in np.arange(-9, 9) * dv]
    stepped = shapely.union_all([c for c in cells if c.centroid.within(shape)]).buffer(2)
    return affinity.translate(affinity.rotate(stepped, town.angle_deg, origin=(0, 0)), *town.at)


def town_roads(
    town: geo.Town, grid: geo.Grid, us: np.ndarray, vs: np.ndarray, region: shapely.Geometry
) -> list[Road]:
    """The streets of a town's grid as far as `region` reaches."""
    out = []
    for k, (at, across) in enumerate([*((u, 0) for u in us), *((v, 1) for v in vs)]):
        along = np.arange(-town.radius_m * 1.4, town.radius_m * 1.4, 25.0)
        line = (
            grid.world(along, np.full(len(along), at))
            if across
            else grid.world(np.full(len(along), at), along)
        )
        kept = [p for p in shapely.get_parts(LineString(line).intersection(region)) if p.length > 180]
        if not kept:
            continue
        cls = "secondary" if k % 3 == 1 and town.character != "old" else "tertiary"
        width = 11.0 if town.character == "old" else WIDTH_M[cls]
        for part in kept:
            out.append(
                Road(
                    f"{town.name_zh}{'横' if across else '纵'}{k + 1}路",
                    f"{town.name_en} {'East-West' if across else 'North-South'} Road {k + 1}",
                    cls,
                    width,
                    shapely.get_coordinates(part),
                )
            )
    return out


def country_roads(rng: np.random.Generator) -> list[Road]:
    """Secondary roads between the towns: each town with its nearest two, bent on the way."""
    places = np.array([t.at for t in geo.TOWNS] + [tuple(geo.GRID_ORIGIN)])
    out, seen = [], set()
    for i, here in enumerate(places):
        far = np.linalg.norm(places - here, axis=1)
        for j in np.argsort(far)[1:4]:
            pair = (min(i, int(j)), max(i, int(j)))
            if pair in seen or len(places) - 1 in pair:
                continue
            seen.add(pair)
            middle = (here + places[j]) / 2 + rng.normal(0, far[j] * 0.06, 2)
            out.append(
                Road("乡道", "Country road", "secondary", 16.0, smooth_line([here, middle, places[j]], 50.0))
            )
    return out


def metro_lines() -> list[tuple[str, str, np.ndarray]]:
    """Line 11, curved smoothly through its stations (the track between them is a sketch)."""

    def through(names):
        return smooth_line([geo.STATIONS[name][1] for name in names], 40.0)

    return [
        ("轨道交通11号线主线", "Metro line 11, main line", through(geo.METRO_MAIN)),
        ("轨道交通11号线支线", "Metro line 11, branch", through(geo.METRO_BRANCH)),
    ]
