"""300,000 footprints to one mesh against extruding one building after the other. Processor time: ratios hold beside
other programs.

The footprints are the sample's, side by side. `one_at_a_time` is the same function for each building; `pyvista` and
`trimesh` are what a program that knows one building at a time does: extrude with caps, and a mesh for each. Ours also
makes the lines at roofs and corners and the metres along each façade. The others are measured on some of them.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyogrio
import shapely

from cim.footprints import extrude, rings_of

BUILDINGS = Path(__file__).resolve().parents[1] / "data_samples" / "buildings.fgb"
COUNT, SOME, RUNS = 300_000, 3_000, 3


def main() -> None:
    shapes, heights = footprints(COUNT)
    every = np.arange(0, COUNT, COUNT // SOME)

    def bulk():
        extrude(rings_of(shapes, np.arange(COUNT)), heights, COUNT)

    def each(make: Callable) -> Callable:
        return lambda: [make(shapes[n], float(heights[n])) for n in every]
    whole = _least_secs(bulk)
    alone = {"one_at_a_time": _by_itself, "trimesh": _trimesh, "pyvista": _pyvista}
    secs = {name: _least_secs(each(make)) * COUNT / len(every) for name, make in alone.items()}
    print(json.dumps({"name": "footprints", "buildings": COUNT, "load": round(os.getloadavg()[0], 1),
                      "bulk_cpu_s": round(whole, 2), **{f"{name}_cpu_s": round(s, 1) for name, s in secs.items()},
                      **{f"{name}_over_bulk": round(s / whole, 1) for name, s in secs.items()}}))


def footprints(count: int) -> tuple[np.ndarray, np.ndarray]:
    """(count,) polygons in metres, one of each building, and heights."""
    meta, rows = pyogrio.read_arrow(BUILDINGS)
    found = shapely.from_wkb(rows.column(meta["geometry_name"] or "wkb_geometry").to_numpy(zero_copy_only=False))
    found = shapely.orient_polygons(shapely.get_geometry(found, 0))
    times = -(-count // len(found))
    moved = [shapely.transform(found, lambda xy, by=n * 14_000.0: xy + np.array((by, 0.0))) for n in range(times)]
    return np.concatenate(moved)[:count], np.random.default_rng(1).uniform(5.0, 60.0, count)


def _by_itself(shape, height: float):
    return extrude(rings_of(np.array([shape], object), np.zeros(1, np.int64)), np.array([height]), 1)


def _trimesh(shape, height: float):
    import trimesh
    return trimesh.creation.extrude_polygon(shape, height)


def _pyvista(shape, height: float):
    import pyvista
    xy = np.asarray(shape.exterior.coords)[:-1]
    outline = pyvista.PolyData(np.column_stack([xy, np.zeros(len(xy))]), faces=[len(xy), *range(len(xy))])
    return outline.extrude((0.0, 0.0, height), capping=True).triangulate()


def _least_secs(work: Callable) -> float:
    """Of the processor, the least of some runs."""
    out = []
    for _ in range(RUNS):
        start = time.process_time()
        work()
        out.append(time.process_time() - start)
    return min(out)


if __name__ == "__main__":
    main()
