"""Families of lines: streets in pieces, expressways, the demonstration ring, the metro between its stations."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import shapely
import shapely.ops
from shapely import LineString, Point

from data_samples import geography as geo
from data_samples import streets
from data_samples.systems.places import Ground, Place, family, half_near, weights


def _line(ground: Ground, line, name: str, name_zh: str, rng) -> Place:
    line = LineString(line).simplify(1.0)
    spots = [line.interpolate(share, normalized=True) for share in (0.5, 0.25, 0.75, 0.1, 0.9)]
    middle = next((p for p in spots if any(z.contains(p) for z in ground.zones.values())), spots[0])
    return Place(name, name_zh, (round(middle.x, 2), round(middle.y, 2)), shape=line, above_m=1.0,
                 weight=float(weights(1, rng)[0]), observed={"road.length": round(line.length / 1000, 2)})


ROAD_CLASS = {"motorway": "express", "trunk": "arterial", "primary": "arterial"}


def _pieces(ground: Ground, roads: list, count: int, piece_m: float, rng) -> list[Place]:
    """Roads cut into pieces of about a length, inside the district."""
    out = []
    for road in roads:
        whole = LineString(road.line)
        cuts = np.linspace(0, whole.length, max(2, round(whole.length / piece_m) + 1))
        for k, (a, b) in enumerate(itertools.pairwise(cuts)):
            part = shapely.ops.substring(whole, a, b)
            if ground.outline.contains(part.centroid):
                made = _line(ground, part.coords, f"{road.name_en} {k + 1}", f"{road.name_zh}{k + 1}段", rng)
                out.append(replace(made, road_class=ROAD_CLASS.get(road.cls, "local")))
    return half_near(ground, out, count, rng, lambda place: place.at)


@family("town_roads")
def _town_roads(ground, count, rng):
    return _pieces(ground, ground.roads("primary", "secondary", "trunk"), count, 2400.0, rng)


@family("main_roads")
def _main_roads(ground, count, rng):
    return _pieces(ground, ground.roads("primary", "secondary"), count, 900.0, rng)


@family("expressways")
def _expressways(ground, count, rng):
    return _pieces(ground, [r for r in ground.plan.roads if r.cls == "motorway"], count, 3000.0, rng)


@family("ring_roads")
def _ring_roads(ground, count, rng):
    """The streets of 一环三路, piece by piece; in the other zones what streets they have."""
    wanted = ("裕民南路", "白银路", "沪宜公路", "高台路", "德立路", "塔秀路")
    others = [r for r in ground.roads("secondary", "tertiary") if any(
        zone.contains(Point(r.line[len(r.line) // 2])) for zone in list(ground.zones.values())[1:])]
    return _pieces(ground, [r for r in ground.plan.roads if r.name_zh in wanted] + others, count, 700.0, rng)


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
            if part.length > 50:                                # it counts for the zone of its first station
                out.append(replace(_line(ground, part.coords, en, f"{a}-{b}", rng), at=geo.STATIONS[a][1]))
    return out[:count]
