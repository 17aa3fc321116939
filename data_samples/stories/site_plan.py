"""The building site's plan: its fence, what is done where and when, the nearest school, and the noise classes about it."""

from __future__ import annotations

import json
from pathlib import Path

import shapely

from data_samples import geography as geo
from data_samples.plan import Plan
from data_samples.stories.site import NIGHT, SITE
from twin.cuts import Cut

NAME = "site_plan.geojson"
HALF = (70.0, 55.0)                                          # of the fence
PIT = (-48.0, -36.0, 20.0, 34.0)                             # west, south, east, north of the middle
YARD = (30.0, -44.0, 62.0, -12.0)
# name, in Chinese, where, from, until
STAGES = (("Preparation", "施工准备", None, "", "2026-07-14T07:00:00+08:00"),
          ("Excavation", "土方开挖", PIT, "2026-07-14T07:00:00+08:00", "2026-07-16T18:00:00+08:00"),
          ("Concreting at night", "夜间混凝土浇筑", PIT, f"{NIGHT[0]}+08:00", f"{NIGHT[1]}+08:00"),
          ("Spraying", "喷淋降尘", PIT, "2026-07-17T07:00:00+08:00", ""),
          ("Storage yard", "材料堆场", YARD, "", ""))
NEAR_M = 400.0
GROUND_M = 2.9                                               # of the terrain here


def write(folder: Path, plan: Plan) -> None:
    features = [_area("site", "site", "Building site", "施工场界", _box(-HALF[0], -HALF[1], *HALF), "", "")]
    for number, (name, name_zh, where, since, until) in enumerate(STAGES):
        box = _box(*(where or (-HALF[0] + 6, -HALF[1] + 6, HALF[0] - 6, HALF[1] - 6)))
        features.append(_area(f"stage-{number}", "stage" if until or since else "yard", name, name_zh, box, since, until))
    middle = shapely.Point(SITE)
    schools = [h for h in plan.houses if h.use == "school"]
    school = min(schools, key=lambda h: h.shape.distance(middle))
    features.append(_area("school", "school", "Nearest school, class 1", "最近学校（1类区）", school.shape.buffer(12.0, join_style=2), "", ""))
    homes = [h.shape for h in plan.houses if h.use == "residential" and h.shape.distance(middle) < NEAR_M]
    quiet = shapely.union_all(homes).buffer(18.0).buffer(-6.0).simplify(2.0).difference(
        shapely.box(*_box(-HALF[0], -HALF[1], *HALF)).buffer(8.0)) if homes else None
    for number, part in enumerate(sorted(shapely.get_parts(quiet), key=lambda p: -p.area)[:6] if quiet else ()):
        features.append(_area(f"class2-{number}", "class2", "Homes, class 2" if not number else "", "住宅（2类区）" if not number else "",
                              shapely.Polygon(part.exterior), "", ""))
    body = {"type": "FeatureCollection", "features": features,
            "crs": {"type": "name", "properties": {"name": f"urn:ogc:def:crs:{geo.CRS.replace(':', '::')}"}}}
    (folder / NAME).write_text(json.dumps(body, ensure_ascii=False) + "\n", "utf-8")


def dug(depth_m: float) -> dict[str, tuple[Cut, ...]]:
    """The pit, so deep below the ground, as an excavation of the terrain."""
    west, south, east, north = _box(*PIT)
    ring = ((west, south), (east, south), (east, north), (west, north))
    return {"terrain": (Cut(name="Pit", ring=ring, floor_m=round(GROUND_M - depth_m, 2)),)}


def _box(west: float, south: float, east: float, north: float) -> tuple[float, float, float, float]:
    return SITE[0] + west, SITE[1] + south, SITE[0] + east, SITE[1] + north


def _area(id: str, kind: str, name: str, name_zh: str, shape, since: str, until: str) -> dict:
    ring = shapely.box(*shape).exterior if isinstance(shape, tuple) else shape.exterior
    corners = [[round(float(x), 2), round(float(y), 2)] for x, y in shapely.get_coordinates(ring)]
    return {"type": "Feature", "geometry": {"type": "Polygon", "coordinates": [corners]},
            "properties": {"id": id, "kind": kind, "name": name, "name_zh": name_zh, "from": since, "until": until,
                           "synthetic": True}}
