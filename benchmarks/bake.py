"""Footprints to 3D Tiles: buildings a second with one worker and with two, and how much two are worth.

Other programs take their share of the cores: beside wall time stands what the processors worked. `two_against_one_cpu`
is what two workers would be worth on cores of their own: all that is done by one, against what the process that hands
out does and half of what the workers do, where two of them do it.
"""

from __future__ import annotations

import json
import os
import tempfile
import time
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyogrio
import shapely

from cim.bake.run import Order, bake
from twin.readers import Progress

SAMPLES = Path(__file__).resolve().parents[1] / "data_samples"
COPIES, APART_M = 6, 14_000.0             # of the sample's buildings, side by side


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        city = Path(folder) / "city.fgb"
        count = copies(city)
        runs = {workers: _timed(city, Path(folder) / str(workers), workers) for workers in (1, 2)}
    secs, own, theirs = ({n: run[at] for n, run in runs.items()} for at in range(3))
    print(json.dumps({"name": "bake", "buildings": count, "one_worker_s": round(secs[1], 2),
                      "two_workers_s": round(secs[2], 2), "two_against_one": round(secs[1] / secs[2], 2),
                      "buildings_a_second_one_worker": round(count / secs[1]),
                      "one_worker_cpu_s": round(own[1] + theirs[1], 2),
                      "two_workers_cpu_s": round(own[2] + theirs[2], 2),
                      "two_against_one_cpu": round((own[1] + theirs[1]) / (own[2] + theirs[2] / 2), 2)}))


def copies(path: Path) -> int:
    meta, rows = pyogrio.read_arrow(SAMPLES / "buildings.fgb")
    name = meta["geometry_name"] or "wkb_geometry"
    shapes = shapely.from_wkb(rows.column(name).to_numpy(zero_copy_only=False))
    moved = [shapely.to_wkb(shapely.transform(shapes, lambda xy, by=n * APART_M: xy + np.array((by, 0.0))))
             for n in range(COPIES)]
    whole = pa.concat_tables([rows] * COPIES)
    at = whole.column_names.index(name)
    whole = whole.set_column(at, whole.schema.field(name), pa.array(np.concatenate(moved), pa.binary()))
    pyogrio.write_arrow(whole, path, geometry_name=name, crs=meta["crs"], geometry_type=meta["geometry_type"])
    return whole.num_rows


def _timed(city: Path, out: Path, workers: int) -> tuple[float, float, float]:
    """Seconds of the clock, of this process and of its workers, which have ended then."""
    start, before = time.perf_counter(), os.times()
    bake(Order(inputs=(str(city), str(SAMPLES / "terrain.tif")), out=str(out), workers=workers), Progress())
    after = os.times()
    return (time.perf_counter() - start, after.user + after.system - before.user - before.system,
            after.children_user + after.children_system - before.children_user - before.children_system)


if __name__ == "__main__":
    main()
