"""Two places for a tower of 100 m in Jiabao Smart Bay, for the study of its shadow."""

from __future__ import annotations

import json
from pathlib import Path

from data_samples import geography as geo

CENTRE = (620_010.0, 3_477_343.0)
TOWERS = {"a": ("Tower, place A", "塔楼方案A", (-40.0, -130.0)), "b": ("Tower, place B", "塔楼方案B", (170.0, -60.0))}
HALF_M, HEIGHT_M = 17.0, 100.0


def name_of(key: str) -> str:
    return f"proposal_{key}.geojson"


def write(folder: Path) -> None:
    for key, (name, name_zh, (east, north)) in TOWERS.items():
        x, y = CENTRE[0] + east, CENTRE[1] + north
        ring = [[x + dx * HALF_M, y + dy * HALF_M] for dx, dy in ((-1, -1), (1, -1), (1, 1), (-1, 1), (-1, -1))]
        body = {"type": "FeatureCollection", "crs": {"type": "name", "properties": {"name": f"urn:ogc:def:crs:{geo.CRS.replace(':', '::')}"}},
                "features": [{"type": "Feature", "geometry": {"type": "Polygon", "coordinates": [ring]},
                              "properties": {"id": f"proposal-{key}", "name": name, "name_zh": name_zh, "height_m": HEIGHT_M,
                                             "use": "office", "synthetic": True}}]}
        (folder / name_of(key)).write_text(json.dumps(body, ensure_ascii=False) + "\n", "utf-8")
