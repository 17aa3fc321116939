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
from data_samples import sensor_places, streets
from data_samples.plan import Plan, district_outline
from data_samples.vector_files import zone_shapes

CENTRE_REACH_M, NEW_CITY = 2600.0, ("New city", "嘉定新城")
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
    """Half of them round the lake, where the sample is in detail, half anywhere in the district."""
    close = [x for x in found if ground.near(at(x))]
    far = [x for x in found if not ground.near(at(x)) and ground.outline.contains(Point(at(x)))]
    first = some(close, (count + 1) // 2, rng)
    return [*first, *some(far, count - len(first), rng)]


def weights(count: int, rng, spread: float = 0.16) -> np.ndarray:
    return np.clip(rng.lognormal(-0.04, spread, count), 0.5, 1.5).round(3)


# -- points ----------------------------------------------------------------------------------------------------


def _points(ground: Ground, spots: list, en: str, zh: str, rng, above_m: float = 2.0) -> list[Place]:
    w = weights(len(spots), rng)
    return [ground.named(at, en, zh, k + 1, above_m=above_m, weight=float(w[k])) for k, at in enumerate(spots)]


def _middle(shape) -> tuple[float, float]:
    inside = shape.representative_point()
    return (inside.x, inside.y)


def _patch_family(name: str, kind: str, en: str, zh: str) -> None:
    @family(name)
    def find(ground, count, rng):
        return _points(ground, half_near(ground, ground.patches(kind), count, rng), en, zh, rng)


_patch_family("plazas", "plaza", "plaza", "广场")
_patch_family("courts", "court", "sports court", "球场")
_patch_family("pools", "pool", "pool", "泳池")
_patch_family("parking", "parking", "car park", "停车场")


def _house_family(name: str, uses: tuple[str, ...], en: str, zh: str, above: float | None = None) -> None:
    @family(name)
    def find(ground, count, rng):
        houses = [h for h in ground.plan.houses if h.use in uses and h.population > 5]
        chosen = half_near(ground, houses, count, rng, lambda h: _middle(h.shape))
        w = weights(len(chosen), rng)
        return [
            ground.named(_middle(h.shape), en, zh, k + 1, weight=float(w[k]),
                         above_m=round(h.height_m + 2.0 if above is None else above, 1))
            for k, h in enumerate(chosen)
        ]


_house_family("masts", ("office", "commercial", "industrial", "residential"), "5G station", "5G基站")
_house_family("public_houses", ("school", "hospital", "culture", "commercial"), "public facility", "公共设施")
_house_family("work_points", ("industrial", "office"), "company", "企业")
_house_family("works_points", ("industrial",), "chemical store", "危化品库")
_house_family("hotel_points", ("hotel",), "hotel", "酒店")
_house_family("home_houses_points", ("residential",), "estate", "小区", 3.0)
_house_family("lift_points", ("residential", "office"), "lift", "电梯")
_house_family("health_points", ("commercial", "residential"), "health station", "健康驿站", 3.0)
_house_family("market_points", ("commercial",), "wet market", "菜场", 4.0)


def _block_points(name: str, uses: tuple[str, ...], en: str, zh: str) -> None:
    @family(name)
    def find(ground, count, rng):
        blocks = half_near(ground, ground.blocks(*uses), count, rng, lambda b: _middle(b.shape))
        edge = [b.shape.exterior.interpolate(float(rng.uniform(0, 1)), normalized=True) for b in blocks]
        return _points(ground, [(p.x, p.y) for p in edge], en, zh, rng, 1.5)


_block_points("living_points", ("residential", "old"), "neighbourhood", "邻里")
_block_points("chargers", ("residential", "mall", "office"), "charging station", "充电站")


@family("roadside")
def _roadside(ground, count, rng):
    roads = ground.roads("primary", "secondary", "tertiary")
    spots = []
    for k in range(count * 3):
        line = LineString(roads[(k * 7) % len(roads)].line)
        spot = line.interpolate(float(rng.uniform(0.05, 0.95)), normalized=True)
        spots.append((spot.x, spot.y))
    return _points(ground, half_near(ground, spots, count, rng), "roadside unit", "路侧设备", rng, 5.0)


@family("junctions")
def _junctions(ground, count, rng):
    places = sensor_places.Places(ground.plan, rng)
    spots = [at for at, _ in sensor_places._junctions(places)]
    return _points(ground, some(spots, count, rng), "junction", "路口", rng, 6.0)


@family("ring_junctions")
def _ring_junctions(ground, count, rng):
    line = streets.ring()
    spots = [tuple(line[int(k)]) for k in np.linspace(0, len(line) - 2, count)]
    return _points(ground, spots, "ring RSU", "环路路侧单元", rng, 6.0)


@family("bus_stops")
def _bus_stops(ground, count, rng):
    spots = []
    for road in ground.roads("primary", "secondary", "trunk"):
        line = LineString(road.line)
        spots += [(p.x, p.y) for p in (line.interpolate(s) for s in np.arange(220, line.length - 120, 520))]
    return _points(ground, half_near(ground, spots, count, rng), "bus stop", "公交站", rng, 2.5)


@family("underpasses")
def _underpasses(ground, count, rng):
    """The very places of the depth sensors."""
    found = [s for s in sensor_places.city_sensors(ground.plan) if s.observed == "flood.underpass_depth"][:count]
    return [Place(s.name.removesuffix(" Underpass water depth"), s.name_zh.removesuffix(" 下立交积水深度"), s.at, 4.5,
                  weight=float(np.clip(s.weight, 0.4, 1.4))) for s in found]


@family("waterside")
def _waterside(ground, count, rng):
    spots = []
    for water in ground.plan.waters:
        if water.kind == "river":
            spots += [tuple(p) for p in water.line[12:-12:40] if ground.outline.contains(Point(p))]
    return _points(ground, some(spots, count, rng), "sluice", "泵闸", rng, 3.0)


@family("river_points")
def _river_points(ground, count, rng):
    spots = []
    for water in ground.plan.waters:
        if water.kind == "river":
            spots += [tuple(p) for p in water.line[25:-25:55] if ground.outline.contains(Point(p))]
    return _points(ground, some(spots, count, rng), "water station", "水质站", rng, 1.5)


@family("air_points")
def _air_points(ground, count, rng):
    """Beside the sample's own stations for fine dust."""
    found = [s.at for s in sensor_places.city_sensors(ground.plan) if s.observed == "air.pm25"]
    return _points(ground, some(found, count, rng), "air station", "空气站", rng, 4.0)


def _parcels(ground: Ground, rng, count: int) -> list[tuple[Polygon, float]]:
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


@family("parcels")
def _parcel_areas(ground, count, rng):
    found = _parcels(ground, np.random.default_rng(1010), 60)
    return [ground.named(_middle(s), "field", "地块", k + 1, shape=s, observed={"farm.area": s.area / 1e4})
            for k, (s, _) in enumerate(found[:count])]


@family("parcel_points")
def _parcel_points(ground, count, rng):
    found = _parcels(ground, np.random.default_rng(1010), 60)
    return _points(ground, [_middle(s) for s, _ in found[:count]], "field station", "田间站", rng, 1.5)


@family("ponds")
def _ponds(ground, count, rng):
    found = _parcels(ground, np.random.default_rng(1011), count)
    return _points(ground, [_middle(s) for s, _ in found], "fish pond", "鱼塘", rng, 0.5)


# -- areas -----------------------------------------------------------------------------------------------------


def _area(ground: Ground, shape, en: str, zh: str, number: int, rng, **more) -> Place:
    return ground.named(_middle(shape), en, zh, number, shape=shape, weight=float(weights(1, rng)[0]), **more)


def _block_family(name: str, uses: tuple[str, ...], en: str, zh: str, smallest_m2: float = 12_000.0) -> None:
    @family(name)
    def find(ground, count, rng):
        blocks = half_near(ground, ground.blocks(*uses, smallest_m2=smallest_m2), count, rng,
                           lambda b: _middle(b.shape))
        return [_area(ground, b.shape, en, zh, k + 1, rng, observed={"plot.area": b.shape.area / 1e4,
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
                       lambda b: _middle(b.shape))
    return [_area(ground, b.shape, "building site", "工地", k + 1, rng) for k, b in enumerate(blocks)]


@family("site_points")
def _site_points(ground, count, rng):
    """Monitors at the corners of the building sites."""
    corners = []
    for place in _sites(ground, (count + 1) // 2, rng):
        ring = shapely.get_coordinates(place.shape.exterior)
        corners += [tuple(ring[0]), tuple(ring[len(ring) // 2])]
    return _points(ground, corners[:count], "dust monitor", "扬尘监测点", rng, 3.0)


@family("shelters")
def _shelters(ground, count, rng):
    blocks = half_near(ground, ground.blocks("residential"), count, np.random.default_rng(2209),
                       lambda b: _middle(b.shape))
    return [_area(ground, b.shape.buffer(-18).buffer(0) if b.shape.buffer(-18).area > 500 else b.shape, "shelter",
                  "民防工程", k + 1, rng) for k, b in enumerate(blocks)]


@family("shelter_points")
def _shelter_points(ground, count, rng):
    return _points(ground, [p.at for p in _shelters(ground, count, rng)], "shelter", "民防工程", rng, -4.0)


@family("towns")
def _towns(ground, count, rng):
    out = [Place(t.name_en, t.name_zh, _middle(r), shape=r, weight=float(weights(1, rng)[0]))
           for t in geo.TOWNS for r in [streets.town_region(t).simplify(8.0)]]
    disc = Point(tuple(geo.GRID_ORIGIN)).buffer(1900, quad_segs=8).intersection(ground.outline)
    return [*out, Place(*NEW_CITY, _middle(disc), shape=disc)][:count]


@family("zones")
def _zones(ground, count, rng):
    names = {"zone.yuanxiang": ("Yuanxiang Lake", "远香湖中央活动区"), "zone.anting": ("Automobile City", "国际汽车城"),
             "zone.jiabao": ("Jiabao Smart Bay", "嘉宝智慧湾")}
    return [Place(*names[z], _middle(s), shape=s) for z, s in list(ground.zones.items())[:count]]


@family("jiabao")
def _jiabao(ground, count, rng):
    return [p for p in _zones(ground, 3, rng) if p.name == "Jiabao Smart Bay"]


def _in_jiabao(ground: Ground, uses: tuple[str, ...]) -> list:
    return [b for b in ground.blocks(*uses) if ground.zones["zone.jiabao"].contains(b.shape.centroid)]


@family("jiabao_blocks")
def _jiabao_blocks(ground, count, rng):
    blocks = some(_in_jiabao(ground, ("office", "residential", "industrial")), count, rng)
    return [_area(ground, b.shape, "benchmark", "标杆", k + 1, rng) for k, b in enumerate(blocks)]


@family("jiabao_uses")
def _jiabao_uses(ground, count, rng):
    kinds = {"industrial": 1.0, "office": 1.0, "park": 2.0, "residential": 3.0}
    blocks = some(_in_jiabao(ground, tuple(kinds)), count, rng)
    return [_area(ground, b.shape, "land-use block", "用地地块", k + 1, rng, observed={"land.use": kinds[b.use]})
            for k, b in enumerate(blocks)]


@family("sensor_park")
def _sensor_park(ground, count, rng):
    """The park has three parts; they lie between the old town and the industrial zone (sketch)."""
    middle = (617600.0, 3475700.0)
    boxes = [(-520, -330, 430, 470), (620, -210, 1460, 560), (-1500, 120, -640, 900)]
    shapes = [affinity.translate(shapely.box(*b), *middle) for b in boxes[:count]]
    return [_area(ground, s, "sensor park", "传感器产业园", k + 1, rng, observed={"plot.area_km2": s.area / 1e6})
            for k, s in enumerate(shapes)]


@family("circuit")
def _circuit(ground, count, rng):
    track = Point(geo.CIRCUIT).buffer(620, quad_segs=10)
    park = Point(geo.CIRCUIT[0] + 1250, geo.CIRCUIT[1] - 420).buffer(340, quad_segs=8)
    names = (("Shanghai Circuit", "上海赛车场"), ("Citizens' sports park", "市民体育公园"))
    return [Place(*names[k], _middle(s), shape=s) for k, s in enumerate((track, park)[:count])]


@family("cells")
def _cells(ground, count, rng):
    """The grid of the weather: 1 km cells over the district."""
    x0, y0, x1, y1 = ground.outline.bounds
    cells = [shapely.box(x, y, x + 1000, y + 1000)
             for y in np.arange(np.floor(y0 / 1000) * 1000, y1, 1000) for x in np.arange(np.floor(x0 / 1000) * 1000, x1, 1000)]
    kept = [c for c in cells if ground.outline.intersects(c.centroid)]
    return [Place(f"Grid cell {k + 1}", f"网格{k + 1}", _middle(c), shape=c) for k, c in enumerate(kept)]


# -- buildings -------------------------------------------------------------------------------------------------


def _building_family(name: str, uses: tuple[str, ...], en: str, zh: str, smallest_m2: float = 200.0) -> None:
    @family(name)
    def find(ground, count, rng):
        houses = [h for h in ground.plan.houses if h.use in uses and h.shape.area > smallest_m2]
        chosen = half_near(ground, houses, count, rng, lambda h: _middle(h.shape))
        return [_building(ground, h, en, zh, k + 1, rng) for k, h in enumerate(chosen)]


def _building(ground: Ground, house, en: str, zh: str, number: int, rng) -> Place:
    shape = house.shape.buffer(GROWN_M, join_style="mitre").simplify(0.05)
    made = _area(ground, shape, en, zh, number, rng, height_m=round(float(house.height_m) + GROWN_M, 1))
    if not house.name:
        return made
    return Place(house.name, house.name, made.at, shape=shape, height_m=made.height_m, weight=made.weight)


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


# -- lines -----------------------------------------------------------------------------------------------------


def _line(ground: Ground, line, name: str, name_zh: str, rng) -> Place:
    line = LineString(line).simplify(1.0)
    middle = line.interpolate(0.5, normalized=True)
    return Place(name, name_zh, (round(middle.x, 2), round(middle.y, 2)), shape=line, above_m=1.0,
                 weight=float(weights(1, rng)[0]), observed={"road.length": round(line.length / 1000, 2)})


def _pieces(ground: Ground, roads: list, count: int, piece_m: float, rng) -> list[Place]:
    """Roads cut into pieces of about a length, inside the district."""
    out = []
    for road in roads:
        whole = LineString(road.line)
        cuts = np.linspace(0, whole.length, max(2, round(whole.length / piece_m) + 1))
        for k, (a, b) in enumerate(itertools.pairwise(cuts)):
            part = shapely.ops.substring(whole, a, b)
            if ground.outline.contains(part.centroid):
                out.append(_line(ground, part.coords, f"{road.name_en} {k + 1}", f"{road.name_zh}{k + 1}段", rng))
    return out[:count] if len(out) <= count else some(out, count, rng)


@family("town_roads")
def _town_roads(ground, count, rng):
    return _pieces(ground, ground.roads("primary", "secondary", "trunk"), count, 2400.0, rng)


@family("main_roads")
def _main_roads(ground, count, rng):
    return _pieces(ground, ground.roads("primary", "secondary", near=True), count, 900.0, rng)


@family("expressways")
def _expressways(ground, count, rng):
    return _pieces(ground, [r for r in ground.plan.roads if r.cls == "motorway"], count, 3000.0, rng)


@family("ring_roads")
def _ring_roads(ground, count, rng):
    """The streets of 一环三路, piece by piece."""
    wanted = ("裕民南路", "白银路", "沪宜公路", "高台路", "德立路", "塔秀路")
    roads = [r for r in ground.plan.roads if r.name_zh in wanted]
    return _pieces(ground, roads, count, 700.0, rng)


@family("named_roads")
def _named_roads(ground, count, rng):
    ring = _line(ground, streets.ring(), "Demonstration ring", "远香湖无人驾驶示范环路", rng)
    out = [ring]
    for zh in ("裕民南路", "白银路", "沪宜公路"):
        road = next(r for r in ground.plan.roads if r.name_zh == zh)
        out.append(_line(ground, road.line, road.name_en, zh, rng))
    return out[:count]


@family("ring")
def _ring(ground, count, rng):
    return [_line(ground, streets.ring(), "Demonstration ring", "远香湖无人驾驶示范环路", rng)]


@family("metro")
def _metro(ground, count, rng):
    """Line 11 between its stations."""
    out = []
    for (_, _, line), names in zip(streets.metro_lines(), (geo.METRO_MAIN, geo.METRO_BRANCH)):
        whole = LineString(line)
        for a, b in itertools.pairwise(names):
            s, e = sorted(whole.project(Point(geo.STATIONS[n][1])) for n in (a, b))
            part = shapely.ops.substring(whole, s, e)
            en = f"{geo.STATIONS[a][0]} - {geo.STATIONS[b][0]}"
            if part.length > 50:
                out.append(_line(ground, part.coords, en, f"{a}-{b}", rng))
    return out[:count]
