"""Families of points: stations, stops, devices in houses and at roadsides, gauges on waters."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import shapely
from shapely import LineString, Point

from data_samples import sensor_places, streets
from data_samples.systems.places import Ground, Place, family, half_near, middle, parcels, points_at, some, weights


def _patch_family(name: str, kind: str, en: str, zh: str) -> None:
    @family(name)
    def find(ground, count, rng):
        return points_at(ground, half_near(ground, ground.patches(kind), count, rng), en, zh, rng)


_patch_family("plazas", "plaza", "plaza", "广场")
_patch_family("courts", "court", "sports court", "球场")
_patch_family("pools", "pool", "pool", "泳池")
_patch_family("parking", "parking", "car park", "停车场")


def _house_family(name: str, uses: tuple[str, ...], en: str, zh: str, above: float | None = None) -> None:
    @family(name)
    def find(ground, count, rng):
        houses = [h for h in ground.plan.houses if h.use in uses and h.population > 5]
        chosen = half_near(ground, houses, count, rng, lambda h: middle(h.shape))
        w = weights(len(chosen), rng)
        return [
            ground.named(middle(h.shape), en, zh, k + 1, weight=float(w[k]),
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
        blocks = half_near(ground, ground.blocks(*uses), count, rng, lambda b: middle(b.shape))
        edge = [b.shape.exterior.interpolate(float(rng.uniform(0, 1)), normalized=True) for b in blocks]
        return points_at(ground, [(p.x, p.y) for p in edge], en, zh, rng, 1.5)


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
    return points_at(ground, half_near(ground, spots, count, rng), "roadside unit", "路侧设备", rng, 5.0)


@family("junctions")
def _junctions(ground, count, rng):
    places = sensor_places.Places(ground.plan, rng)
    spots = [at for at, _ in sensor_places._junctions(places)]
    return points_at(ground, half_near(ground, [*spots, *ground.crossings], count, rng), "junction", "路口", rng, 6.0)


@family("ring_junctions")
def _ring_junctions(ground, count, rng):
    """Along the ring, and two in each of the other zones."""
    line = streets.ring()
    spots = [tuple(line[int(k)]) for k in np.linspace(0, len(line) - 2, count - 4)]
    for zone in list(ground.zones.values())[1:]:
        spots += some([at for at in ground.crossings if zone.contains(Point(at))], 2, rng)
    return points_at(ground, spots, "RSU", "路侧单元", rng, 6.0)


@family("bus_stops")
def _bus_stops(ground, count, rng):
    spots = []
    for road in ground.roads("primary", "secondary", "trunk"):
        line = LineString(road.line)
        spots += [(p.x, p.y) for p in (line.interpolate(s) for s in np.arange(220, line.length - 120, 520))]
    return points_at(ground, half_near(ground, spots, count, rng), "bus stop", "公交站", rng, 2.5)


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
            spots += [tuple(p) for p in water.line[12:-12:20] if ground.outline.contains(Point(p))]
    spots += [at for at in _zone_canals(ground) if at not in spots]
    return points_at(ground, half_near(ground, spots, count, rng), "sluice", "泵闸", rng, 3.0)


def _zone_canals(ground: Ground) -> list[tuple[float, float]]:
    """Places on waters of every size inside the demonstration zones, and on the lake."""
    out = []
    for water in ground.plan.waters:
        line = shapely.get_coordinates(water.shape.exterior)[::60] if water.kind == "lake" else water.line[4:-4:12]
        out += [tuple(p) for p in line if any(zone.contains(Point(p)) for zone in ground.zones.values())]
    return out


@family("river_points")
def _river_points(ground, count, rng):
    spots = []
    for water in ground.plan.waters:
        if water.kind == "river":
            spots += [tuple(p) for p in water.line[25:-25:30] if ground.outline.contains(Point(p))]
    return points_at(ground, half_near(ground, [*spots, *_zone_canals(ground)], count, rng), "water station", "水质站", rng, 1.5)


@family("air_points")
def _air_points(ground, count, rng):
    """Beside the sample's own stations for fine dust."""
    found = [s.at for s in sensor_places.city_sensors(ground.plan) if s.observed == "air.pm25"]
    return points_at(ground, half_near(ground, found, count, rng), "air station", "空气站", rng, 4.0)


@family("noise_points")
def _noise_points(ground, count, rng):
    """Automatic stations in areas of the classes of GB 3096: 1 homes and schools, 2 mixed, 3 industry, 4a roads."""
    uses = {"1": ("residential",), "2": ("mall", "office"), "3": ("industrial",)}
    out = []
    for noise_class, of in uses.items():
        blocks = half_near(ground, ground.blocks(*of), count // 4, rng, lambda b: middle(b.shape))
        out += [ground.named(middle(b.shape), f"class {noise_class} station", f"{noise_class}类区噪声站", k + 1, above_m=4.0,
                             noise_class=noise_class, weight=float(weights(1, rng)[0])) for k, b in enumerate(blocks)]
    beside = _roadside(ground, count - len(out) if count > len(out) else 4, rng)
    return [*out, *(replace(p, noise_class="4a") for p in beside)]


@family("parcels")
def _parcel_areas(ground, count, rng):
    found = parcels(ground, np.random.default_rng(1010), 60)
    return [ground.named(middle(s), "field", "地块", k + 1, shape=s, observed={"farm.area": s.area / 1e4})
            for k, (s, _) in enumerate(found[:count])]


@family("parcel_points")
def _parcel_points(ground, count, rng):
    found = parcels(ground, np.random.default_rng(1010), 60)
    return points_at(ground, [middle(s) for s, _ in found[:count]], "field station", "田间站", rng, 1.5)


@family("ponds")
def _ponds(ground, count, rng):
    found = parcels(ground, np.random.default_rng(1011), count)
    return points_at(ground, [middle(s) for s, _ in found], "fish pond", "鱼塘", rng, 0.5)
