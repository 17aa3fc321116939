"""What a cube is built of: the good readings of a span, whichever row groups and files they lie in."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from twin.history import good_readings as module
from twin.history.good_readings import good_readings

START_US = 1_784_044_800_000_000


def written(path, rows) -> str:
    ids, times_us, values, quality = zip(*rows)
    table = pa.table({"datastream": pa.array(ids), "time": pa.array(times_us, pa.timestamp("us", "UTC")),
                      "value": pa.array(values, pa.float64()), "quality": pa.array(quality, pa.int8())})
    pq.write_table(table, path, row_group_size=7)
    return str(path)


@pytest.mark.parametrize("suspects", [False, True])
def test_what_counts_is_found_in_every_row_group(tmp_path, monkeypatch, suspects):
    monkeypatch.setattr(module, "RUN_GROUPS", 2)
    random = np.random.default_rng(3)
    files = [[(f"s{n}", START_US + 60_000_000 * k, float(random.normal()), int(suspects and random.random() < 0.1))
              for n in range(9) for k in range(day * 20, day * 20 + 20)] for day in range(2)]
    paths = [written(tmp_path / f"{n}.parquet", rows) for n, rows in enumerate(files)]
    numbers = {f"s{n}": n * 3 for n in range(9) if n != 4}                      # nobody knows s4
    first, last = START_US + 60_000_000 * 3, START_US + 60_000_000 * 33
    found = good_readings(paths, numbers, first, last)
    expected = [(numbers[id], t * 1000, np.float32(v)) for rows in files for id, t, v, bad in rows
                if id in numbers and first <= t <= last and not bad]
    assert list(zip(*(a.tolist() for a in found))) == [(n, t, float(v)) for n, t, v in expected]


def test_no_file_holds_nothing_and_a_value_beyond_floats_is_no_number(tmp_path):
    assert [len(a) for a in good_readings([], {}, 0, 1)] == [0, 0, 0]
    path = written(tmp_path / "a.parquet", [("s", START_US, 1e300, 0)])
    assert good_readings([path], {"s": 0}, START_US, START_US)[2].tolist() == [float("inf")]
