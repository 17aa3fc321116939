"""Wind as numbers: directions are where it comes *from*, clockwise from true north, as the WMO counts them."""

from __future__ import annotations

import numpy as np

CALM_M_S = 0.3                     # Beaufort 0: below this a wind has no direction
PER_M_S = {"m/s": 1.0, "km/h": 1 / 3.6, "kn": 0.514444, "[kn_i]": 0.514444, "": 1.0}


def components(speed: np.ndarray, from_deg: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(u, v): to the east and to the north, in the unit of `speed`. A west wind (270°) blows to the east."""
    turn = np.radians(np.asarray(from_deg, np.float64))
    return -np.asarray(speed) * np.sin(turn), -np.asarray(speed) * np.cos(turn)


def speed_and_from(u: np.ndarray, v: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(speed, direction it comes from in degrees, 0 to 360)."""
    u, v = np.asarray(u, np.float64), np.asarray(v, np.float64)
    return np.hypot(u, v), np.degrees(np.arctan2(-u, -v)) % 360.0


def partners(things: list, first: np.ndarray, second: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Rows of `first` and of `second` that belong to the same thing, in the order of `first`; others are left out."""
    of = {things[row]: int(row) for row in second}
    both = [(int(row), of[things[row]]) for row in first if things[row] in of]
    return np.array([a for a, _ in both], np.intp), np.array([b for _, b in both], np.intp)
