"""Features that are there for a time only: what is drawn, named and picked at an instant."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from layers.in_time import InTime
from twin import times
from twin.data import Vectors

ZONE = "Asia/Shanghai"


def test_a_feature_is_there_from_its_beginning_to_before_its_end():
    table = pa.table({"id": ["a", "b", "c"], "from": ["2026-07-14T07:00", None, ""],
                      "until": ["2026-07-16T18:00:00+08:00", "2026-07-15T00:00", None]})
    square = np.array([[0, 0, 0], [1, 0, 0], [1, 1, 0]], np.float32)
    data = Vectors(features=table, count=3, points=np.zeros((2, 3), np.float32),
                   point_feature=np.array([0, 2], np.int32), fill_points=np.vstack([square, square + 5]),
                   fill_triangles=np.array([[0, 1, 2], [3, 4, 5]], np.int32),
                   fill_feature=np.array([0, 0, 0, 1, 1, 1], np.int32))
    drawn = InTime()

    def there(clock):
        shown = drawn.at(data, times.parse(clock, ZONE), ZONE)
        return sorted({*shown.fill_feature.tolist(), *shown.point_feature.tolist()})

    assert there("2026-07-14T06:59") == [1, 2] and there("2026-07-14T07:00") == [0, 1, 2]
    assert there("2026-07-15T00:00") == [0, 2] and there("2026-07-16T18:00") == [2]
    shown = drawn.at(data, times.parse("2026-07-17T00:00", ZONE), ZONE)
    assert shown is drawn.at(data, times.parse("2026-07-18T00:00", ZONE), ZONE), "nothing is draped anew"
    assert len(shown.fill_points) == len(shown.fill_triangles) == 0
