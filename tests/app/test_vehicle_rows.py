"""What the inspector says of a vehicle: what is not known is not told as nought."""

from __future__ import annotations

import numpy as np

from app.panels.facts import MISSING
from app.panels.vehicle_rows import vehicle_rows
from layers.vehicles import Vehicles
from twin.history.motion import motion_of
from twin.times import SECOND


def told(*fixes) -> dict[str, str]:
    """Rows by key, one second after the last of fixes (second, x)."""
    rows = np.array(fixes, float)
    points = np.column_stack([rows[:, 1], np.zeros((len(rows), 2))])
    motion, _ = motion_of(np.zeros(len(rows), np.int32), (rows[:, 0] * SECOND).astype(np.int64), points, 1)
    now_ns = int(rows[-1, 0] + 1) * SECOND
    return {row.key: row.value for row in vehicle_rows(motion, Vehicles(id="v", name="v"), now_ns, "UTC") if row.key}


def test_one_fix_alone_tells_neither_speed_nor_heading():
    alone = told((0, 0))
    assert alone["value"] == alone["heading"] == MISSING and alone["fix"].startswith("1970-01-01 00:00:00")


def test_two_fixes_tell_both():
    pair = told((0, 0), (10, 100))
    assert (pair["value"], pair["heading"]) == ("36.0 km/h", "90°")


def test_who_stands_has_a_speed_but_no_heading_that_is_known():
    assert [told((0, 5), (10, 5))[key] for key in ("value", "heading")] == ["0.0 km/h", MISSING]
