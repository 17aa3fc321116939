"""The digits of numbers that are kept in four bytes."""

from __future__ import annotations

import numpy as np

EXACT = 22                                # powers of ten up to here are doubles without a rest


def as_written(values: np.ndarray) -> np.ndarray:
    """(k,) f8 of (k,) f4: the number of seven digits that each one holds, where there is one; so 21.69 is not written
    as 21.690000534, and 21.69 - 21.25 is 0.44."""
    values = np.asarray(values, np.float32)
    exact = values.astype(np.float64)
    with np.errstate(all="ignore"):
        digits = np.clip(6 - np.floor(np.log10(np.abs(exact))), -EXACT, EXACT)
        scale = 10.0 ** np.abs(digits)
        short = np.where(digits < 0, np.round(exact / scale) * scale, np.round(exact * scale) / scale)
        return np.where(short.astype(np.float32) == values, short, exact)
