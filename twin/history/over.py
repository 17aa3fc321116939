"""What datastreams said over a stretch of time, put together into one number each."""

from __future__ import annotations

import numpy as np

MOST_INSTANTS = 32                        # that are looked at: so many rows of a cube cost milliseconds
STATISTICS = ("mean", "min", "max")


def instants(since_ns: int, until_ns: int, interval_ns: int) -> list[int]:
    """Evenly spaced instants in (since, until], the last one `until`: one per usual interval, MOST_INSTANTS at most."""
    length = max(0, until_ns - since_ns)
    count = max(1, min(MOST_INSTANTS, length // interval_ns if interval_ns > 0 else MOST_INSTANTS))
    return [until_ns - length * back // count for back in range(count - 1, -1, -1)]


def over(history, rows: np.ndarray, since_ns: int, until_ns: int, statistic: str, stale_ns: int,
         interval_ns: int) -> np.ndarray:
    """(n,) f4 of `rows`; NaN where nothing that counts was said. `interval_ns`: usual distance of readings.

    Made of held values at instants, so a reading counts for as long as it held, up to `stale_ns`; where the
    stretch has more readings than MOST_INSTANTS, extremes between the instants are not seen.
    """
    low = np.full(len(rows), np.inf, np.float32)
    high, total, known = -low, np.zeros(len(rows)), np.zeros(len(rows), np.int32)
    for time_ns in instants(since_ns, until_ns, interval_ns):
        values, ages = history.latest_at(time_ns)
        if len(rows) != len(values):
            values, ages = values[rows], ages[rows]
        counts = (ages >= 0) & (ages <= stale_ns) & np.isfinite(values)
        total += np.where(counts, values, 0.0)
        known += counts
        np.minimum(low, values, out=low, where=counts)
        np.maximum(high, values, out=high, where=counts)
    out = {"mean": total / np.maximum(known, 1), "min": low, "max": high}[statistic].astype(np.float32)
    out[known == 0] = np.nan
    return out
