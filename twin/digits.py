"""The digits of numbers that are kept in four bytes."""

from __future__ import annotations

import numpy as np

EXACT = 22                                # powers of ten up to here are doubles without a rest
POWERS = 10.0 ** np.arange(EXACT + 1)
AT_ONCE = 1 << 15                         # what is computed stays in the processor's cache


def as_written(values: np.ndarray) -> np.ndarray:
    """(k,) f8 of (k,) f4: the number of seven digits that each one holds, where there is one; so 21.69 is not written
    as 21.690000534, and 21.69 - 21.25 is 0.44."""
    values = np.asarray(values, np.float32)
    out = np.empty(values.shape, np.float64)
    for first in range(0, len(values), AT_ONCE):
        out[first:first + AT_ONCE] = _some_as_written(values[first:first + AT_ONCE])
    return out


def _some_as_written(values: np.ndarray) -> np.ndarray:
    exact = values.astype(np.float64)
    with np.errstate(all="ignore"):
        digits = np.clip(6 - np.floor(np.log10(np.abs(exact))), -EXACT, EXACT)
        scale = POWERS[np.abs(np.nan_to_num(digits)).astype(np.int64)]
        short = np.where(digits < 0, np.rint(exact / scale) * scale, np.rint(exact * scale) / scale)
        return np.where(short.astype(np.float32) == values, short, exact)
