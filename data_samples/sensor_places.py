"""The sensors of the sample: where each stands and what it observes. All invented."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import shapely
from shapely import LineString, Point

from data_samples import geography as geo
from data_samples.plan import Plan, district_outline
from data_samples.vector_files import zone_shapes

# property -> (unit, seconds between readings, English, Chinese)
PROPERTIES = {
    "air.pm25": ("ug/m3", 300, "PM2.5", "细颗粒物 PM2.5"),
    "noise.leq": ("dB", 300, "Noise level", "环境噪声"),
    "met.rain": ("mm/h", 300, "Rain intensity", "雨强"),
    "met.temp": ("Cel", 300, "Air temperature", "气温"),
    "met.humidity": ("%", 300, "Relative humidity", "相对湿度"),
    "water.level": ("m", 300, "Water level (1985)", "水位(1985高程)"),
    "flood.underpass_depth": ("cm", 300, "Underpass water depth", "下立交积水深度"),
    "traffic.flow": ("1/h", 300, "Traffic flow", "交通流量"),
    "traffic.speed": ("km/h", 300, "Traffic speed", "平均车速"),
    "crowd.count": ("1", 300, "People count", "人流量"),
    "energy.load": ("kW", 300, "Power load", "用电负荷"),
    "ug.sewer_fill": ("%", 300, "Sewer filling", "排水管充满度"),
    "lamp.level": ("%", 300, "Street lamp level", "路灯亮度"),
    "bld.co2": ("ppm", 300, "Room CO2", "室内二氧化碳"),
    "bld.temp": ("Cel", 300, "Room temperature", "室内温度"),
    "fire.smoke": ("%/m", 300, "Smoke obscuration", "烟雾浓度"),
}


@dataclass(frozen=True)
class Sensor:
    """`above_m` above the ground; `weight` is the local strength that the signals use (1 = usual)."""

    id: str
    thing: str
    observed: str
    name: str
    name_zh: str
    at: tuple[float, float]
    above_m: float
    weight: float = 1.0
    room: str = ""
    room_guid: str = ""
    zone: str = ""


@dataclass
class Places:
    plan: Plan
    rng: np.random.Generator
    found: list[Sensor] = field(default_factory=list)
    zones: dict = field(default_factory=zone_shapes)
    outline: shapely.Polygon = field(default_factory=lambda: shapely.Polygon(district_outline()))

    def add(
        self, prefix: str, at, kinds: dict[str, float], name: str, name_zh: str, weight: float = 1.0
    ) -> None:
        """One thing with a datastream for each of `kinds` (observed property -> metres above the ground)."""
        at = (round(float(at[0]), 2), round(float(at[1]), 2))
        number = sum(s.thing.startswith(f"{prefix}-") for s in self.found) // len(kinds) + 1
        thing = f"{prefix}-{number:03d}"
        zone = next((z for z, shape in self.zones.items() if shape.intersects(Point(at))), "")
        for observed, above in kinds.items():
            _, _, en, zh = PROPERTIES[observed]
            self.found.append(
                Sensor(
                    f"{thing}.{observed}",
                    thing,
                    observed,
                    f"{name} {number} {en}",
                    f"{name_zh}{number}号 {zh}",
                    at,
                    above,
                    round(float(weight), 3),
                    zone=zone,
                )
            )


def city_sensors(plan: Plan) -> list[Sensor]:
    """Everything outside the office, in a fixed order."""
    places = Places(plan, np.random.default_rng(4242))
    _weather(places)
    _streets(places)
    _waters(places)
    _underpasses(places)
    _people_and_power(places)
    return places.found


def _weather(p: Places) -> None:
    for at in _spread(p.outline, 2350, p.rng):
        p.add("AIR", at, {"air.pm25": 4.0}, "Air station", "空气站", p.rng.lognormal(0, 0.12))
    for at in _spread(p.outline, 2500, p.rng):
        p.add(
            "MET", at, {"met.temp": 2.0, "met.humidity": 2.0}, "Weather station", "气象站", _townness(p, at)
        )
    for at in _spread(p.outline, 2700, p.rng):
        p.add("RAIN", at, {"met.rain": 1.2}, "Rain gauge", "雨量站", p.rng.uniform(0.75, 1.25))


def _streets(p: Places) -> None:
    """Junction detectors, noise meters and lamps along the streets of the new city, pipes under them."""
    junctions = _junctions(p)
    for at, weight in junctions:
        p.add("JCT", at, {"traffic.flow": 6.0, "traffic.speed": 6.0}, "Junction", "路口", weight)
    streets = [
        r for r in p.plan.roads if r.cls in ("primary", "secondary", "tertiary") and _near(r.line, 1500)
    ]
    strength = {"primary": 1.0, "secondary": 0.75, "tertiary": 0.5}
    for prefix, kinds, name, zh, count in (
        ("NOI", {"noise.leq": 4.0}, "Noise meter", "噪声监测点", 120),
        ("LMP", {"lamp.level": 9.0}, "Street lamp", "路灯", 150),
        ("SEW", {"ug.sewer_fill": -2.0}, "Manhole", "窨井", 150),
    ):
        for k in range(count):
            road = streets[(k * 7) % len(streets)]
            line = LineString(road.line)
            spot = _along(line, p.rng, 1500 if k % 5 < 3 else 3200)
            p.add(
                prefix,
                (spot.x, spot.y),
                kinds,
                f"{road.name_en} {name.lower()}",
                f"{road.name_zh}{zh}",
                strength[road.cls],
            )


def _along(line: LineString, rng, reach_m: float) -> Point:
    """A place on the street within `reach_m` of the lake's middle, or anywhere on it where it never comes so near."""
    spot = line.interpolate(float(rng.uniform(0.05, 0.95)), normalized=True)
    for _ in range(30):
        if _near([(spot.x, spot.y)], reach_m):
            break
        spot = line.interpolate(float(rng.uniform(0.03, 0.97)), normalized=True)
    return spot


def _waters(p: Places) -> None:
    for water in p.plan.waters:
        if water.kind == "lake":
            spots = [(x, y) for x, y in shapely.get_coordinates(water.shape.exterior)[::45]]
        elif water.kind == "river":
            spots = [tuple(water.line[k]) for k in range(20, len(water.line) - 20, 75)]
        else:
            continue
        for at in spots:
            p.add(
                "WL",
                at,
                {"water.level": 1.5},
                f"{water.name_en} gauge",
                f"{water.name_zh}水位站",
                0.35 if water.kind == "lake" else 1.0,
            )


def _underpasses(p: Places) -> None:
    """84 underpasses where roads pass below expressways and the railway; the first lies beside the lake."""
    hero = geo.CENTRE.world(-565, 690)[0]
    p.add("UP", hero, {"flood.underpass_depth": 0.3}, "Yumin South Road underpass", "裕民南路下立交", 2.0)
    motorways = [LineString(r.line) for r in p.plan.roads if r.cls in ("motorway", "trunk")]
    others = [r for r in p.plan.roads if r.cls in ("primary", "secondary", "tertiary")]
    spots = []
    for road in others:
        for motorway in motorways:
            for point in shapely.get_parts(LineString(road.line).intersection(motorway)):
                if p.outline.contains(point) and all(
                    np.hypot(point.x - x, point.y - y) > 260 for x, y in spots
                ):
                    spots.append((point.x, point.y))
    order = p.rng.permutation(len(spots))
    for k in order[:83]:
        p.add("UP", spots[k], {"flood.underpass_depth": 0.3}, "Underpass", "下立交", p.rng.gamma(2.0, 0.28))


def _people_and_power(p: Places) -> None:
    for zh, (en, at) in geo.STATIONS.items():
        for _ in range(3):
            p.add(
                "PPL",
                np.add(at, p.rng.normal(0, 28, 2)),
                {"crowd.count": 3.0},
                f"{en} station exit",
                f"{zh}站口",
                1.6,
            )
    near = [h for h in p.plan.houses if _near([(h.shape.centroid.x, h.shape.centroid.y)], 2600)]
    for use, count, kind in (
        ("commercial", 34, "crowd.count"),
        ("culture", 10, "crowd.count"),
        ("office", 80, "energy.load"),
        ("residential", 80, "energy.load"),
        ("industrial", 24, "energy.load"),
    ):
        some = [h for h in near if h.use == use and h.population > 5]
        for k in p.rng.permutation(len(some))[:count]:
            house = some[k]
            people, prefix = kind == "crowd.count", "PPL" if kind == "crowd.count" else "PWR"
            weight = (
                1.0
                if people
                else np.clip(house.population / 180, 0.2, 6)
                * {"office": 1.0, "residential": 0.5, "industrial": 4.0}[use]
            )
            name = {
                "commercial": ("Shops", "商业"),
                "culture": ("Culture", "文化场馆"),
                "office": ("Office", "办公楼"),
                "residential": ("Housing", "住宅楼"),
                "industrial": ("Works", "厂房"),
            }[use]
            p.add(prefix, (house.shape.centroid.x, house.shape.centroid.y), {kind: 3.0}, *name, weight)


def _junctions(p: Places) -> list[tuple[tuple[float, float], float]]:
    from data_samples.streets import EAST_WEST, NORTH_SOUTH

    strength = {"primary": 1.0, "secondary": 0.68, "tertiary": 0.38}
    out = []
    for u, _, _, cls_u, spans_u in NORTH_SOUTH:
        for v, _, _, cls_v, spans_v in EAST_WEST:
            if any(a <= v <= b for a, b in spans_u) and any(a <= u <= b for a, b in spans_v):
                out.append((tuple(geo.CENTRE.world(u, v)[0]), (strength[cls_u] + strength[cls_v]) / 2))
    return out


def _spread(shape: shapely.Polygon, apart_m: float, rng) -> list[tuple[float, float]]:
    x0, y0, x1, y1 = shape.bounds
    out = []
    for k, y in enumerate(np.arange(y0, y1, apart_m * 0.87)):
        for x in np.arange(x0 + (k % 2) * apart_m / 2, x1, apart_m):
            at = (x + rng.normal(0, apart_m * 0.1), y + rng.normal(0, apart_m * 0.1))
            if shape.contains(Point(at)):
                out.append(at)
    return out


def _near(line, reach_m: float) -> bool:
    middle = geo.CENTRE.world(*geo.LAKE_UV)[0]
    return bool((np.linalg.norm(np.asarray(line) - middle, axis=1) < reach_m).any())


def _townness(p: Places, at) -> float:
    """How built-up it is, 0 to 1: towns are warmer at night."""
    return float(
        max(
            np.exp(-((np.hypot(at[0] - t.at[0], at[1] - t.at[1]) / (t.radius_m * 1.4)) ** 2))
            for t in (*geo.TOWNS, geo.Town("", "", tuple(geo.GRID_ORIGIN), 2200, 0, (1, 1), "town"))
        )
    )
