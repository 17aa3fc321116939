"""Families of areas: towns, zones, blocks, building sites, shelters, fields, the grid of the weather; and of buildings."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import shapely
from shapely import Point, affinity

from data_samples import geography as geo
from data_samples import streets
from data_samples.systems.places import (
    GROWN_M,
    NEW_CITY,
    Ground,
    Place,
    area_at,
    family,
    half_near,
    middle,
    points_at,
    some,
    weights,
)


def _block_family(name: str, uses: tuple[str, ...], en: str, zh: str, smallest_m2: float = 12_000.0) -> None:
    @family(name)
    def find(ground, count, rng):
        blocks = half_near(ground, ground.blocks(*uses, smallest_m2=smallest_m2), count, rng,
                           lambda b: middle(b.shape))
        return [area_at(ground, b.shape, en, zh, k + 1, rng, observed={"plot.area": b.shape.area / 1e4,
                "green.area": b.shape.area / 1e4}) for k, b in enumerate(blocks)]


_block_family("work_blocks", ("industrial", "office"), "park", "园区")
_block_family("mall_blocks", ("mall",), "shopping district", "商圈")
_block_family("old_blocks", ("old",), "old-town unit", "老城单元", 2500.0)
_block_family("park_blocks", ("park",), "park", "公园绿地", 3000.0)
_block_family("crowd_blocks", ("mall", "culture", "park"), "venue", "活动场所", 3000.0)
_block_family("soil_blocks", ("industrial",), "soil plot", "土壤地块")


@family("sites")
def _sites(ground, count, rng):
    blocks = half_near(ground, ground.blocks("residential", "office"), count, np.random.default_rng(2215),
                       lambda b: middle(b.shape))
    return [area_at(ground, b.shape, "building site", "工地", k + 1, rng) for k, b in enumerate(blocks)]


@family("site_points")
def _site_points(ground, count, rng):
    """Monitors at the corners of the building sites."""
    corners = []
    for place in _sites(ground, (count + 1) // 2, rng):
        ring = shapely.get_coordinates(place.shape.exterior)
        corners += [tuple(ring[0]), tuple(ring[len(ring) // 2])]
    return points_at(ground, corners[:count], "dust monitor", "扬尘监测点", rng, 3.0)


@family("shelters")
def _shelters(ground, count, rng):
    blocks = half_near(ground, ground.blocks("residential"), count, np.random.default_rng(2209),
                       lambda b: middle(b.shape))
    return [area_at(ground, b.shape.buffer(-18).buffer(0) if b.shape.buffer(-18).area > 500 else b.shape, "shelter",
                  "民防工程", k + 1, rng) for k, b in enumerate(blocks)]


@family("shelter_points")
def _shelter_points(ground, count, rng):
    return points_at(ground, [p.at for p in _shelters(ground, count, rng)], "shelter", "民防工程", rng, -4.0)


@family("towns")
def _towns(ground, count, rng):
    out = [Place(t.name_en, t.name_zh, middle(r), shape=r, weight=float(weights(1, rng)[0]))
           for t in geo.TOWNS for r in [streets.town_region(t).simplify(8.0)]]
    disc = Point(tuple(geo.GRID_ORIGIN)).buffer(1900, quad_segs=8).intersection(ground.outline)
    return [*out, Place(*NEW_CITY, middle(disc), shape=disc)][:count]


@family("zones")
def _zones(ground, count, rng):
    names = {"zone.yuanxiang": ("Yuanxiang Lake", "远香湖中央活动区"), "zone.anting": ("Automobile City", "国际汽车城"),
             "zone.jiabao": ("Jiabao Smart Bay", "嘉宝智慧湾")}
    return [Place(*names[z], middle(s), shape=s) for z, s in list(ground.zones.items())[:count]]


@family("jiabao")
def _jiabao(ground, count, rng):
    return [p for p in _zones(ground, 3, rng) if p.name == "Jiabao Smart Bay"]


def _in_jiabao(ground: Ground, uses: tuple[str, ...]) -> list:
    return [b for b in ground.blocks(*uses) if ground.zones["zone.jiabao"].contains(b.shape.centroid)]


@family("jiabao_blocks")
def _jiabao_blocks(ground, count, rng):
    blocks = some(_in_jiabao(ground, ("office", "residential", "industrial")), count, rng)
    return [area_at(ground, b.shape, "benchmark", "标杆", k + 1, rng) for k, b in enumerate(blocks)]


@family("jiabao_uses")
def _jiabao_uses(ground, count, rng):
    kinds = {"industrial": 1.0, "office": 1.0, "park": 2.0, "residential": 3.0}
    blocks = some(_in_jiabao(ground, tuple(kinds)), count, rng)
    return [area_at(ground, b.shape, "land-use block", "用地地块", k + 1, rng, observed={"land.use": kinds[b.use]})
            for k, b in enumerate(blocks)]


@family("sensor_park")
def _sensor_park(ground, count, rng):
    """The park has three parts; they lie between the old town and the industrial zone (sketch)."""
    middle = (617600.0, 3475700.0)
    boxes = [(-520, -330, 430, 470), (620, -210, 1460, 560), (-1500, 120, -640, 900)]
    shapes = [affinity.translate(shapely.box(*b), *middle) for b in boxes[:count]]
    return [area_at(ground, s, "sensor park", "传感器产业园", k + 1, rng, observed={"plot.area_km2": s.area / 1e6})
            for k, s in enumerate(shapes)]


@family("circuit")
def _circuit(ground, count, rng):
    track = Point(geo.CIRCUIT).buffer(620, quad_segs=10)
    park = Point(geo.CIRCUIT[0] + 1250, geo.CIRCUIT[1] - 420).buffer(340, quad_segs=8)
    names = (("Shanghai Circuit", "上海赛车场"), ("Citizens' sports park", "市民体育公园"))
    return [Place(*names[k], middle(s), shape=s) for k, s in enumerate((track, park)[:count])]


@family("cells")
def _cells(ground, count, rng):
    """The grid of the weather: 1 km cells over the district."""
    x0, y0, x1, y1 = ground.outline.bounds
    cells = [shapely.box(x, y, x + 1000, y + 1000)
             for y in np.arange(np.floor(y0 / 1000) * 1000, y1, 1000) for x in np.arange(np.floor(x0 / 1000) * 1000, x1, 1000)]
    kept = [c for c in cells if ground.outline.intersects(c.centroid)]
    return [Place(f"Grid cell {k + 1}", f"网格{k + 1}", middle(c), shape=c) for k, c in enumerate(kept)]


def _building_family(name: str, uses: tuple[str, ...], en: str, zh: str, smallest_m2: float = 200.0) -> None:
    @family(name)
    def find(ground, count, rng):
        houses = [h for h in ground.plan.houses if h.use in uses and h.shape.area > smallest_m2]
        chosen = half_near(ground, houses, count, rng, lambda h: middle(h.shape))
        return [_building(ground, h, en, zh, k + 1, rng) for k, h in enumerate(chosen)]


def _building(ground: Ground, house, en: str, zh: str, number: int, rng) -> Place:
    """Its terminal speaks of all of it: over the roof of a house with a model of its own, where no room holds it."""
    shape = house.shape.buffer(GROWN_M, join_style="mitre").simplify(0.05)
    over = {"above_m": round(float(house.height_m) + 2.0, 1)} if house.model else {}
    made = area_at(ground, shape, en, zh, number, rng, height_m=round(float(house.height_m) + GROWN_M, 1), **over)
    if not house.name:
        return made
    return replace(made, name=house.name, name_zh=house.name)


_building_family("works_houses", ("industrial",), "works", "厂房", 900.0)
_building_family("cluster_houses", ("office",), "office building", "楼宇")
_building_family("health_houses", ("hospital",), "hospital", "医院", 0.0)
_building_family("old_houses", ("culture",), "listed house", "可阅读建筑", 0.0)
_building_family("school_houses", ("school",), "school", "学校")
_building_family("home_houses", ("residential",), "residential building", "住宅楼")


@family("culture_houses")
def _culture_houses(ground, count, rng):
    """The theatre and the library by name, then others."""
    houses = [h for h in ground.plan.houses if h.use == "culture" and h.shape.area > 250]
    houses.sort(key=lambda h: not h.name)
    return [_building(ground, h, "culture house", "文化场馆", k + 1, rng) for k, h in enumerate(houses[:count])]
