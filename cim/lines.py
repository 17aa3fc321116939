"""Lines in bulk: points added along them so that they follow the terrain."""

from __future__ import annotations

import numpy as np

STEP_M = 25.0
MOST_POINTS = 400_000


def densify(points: np.ndarray, offsets: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Lines (n, 3) f8 with (lines + 1,) offsets, no segment longer than 25 m (or what 400,000 points allow)."""
    if len(points) < 2:
        return points, offsets
    last = np.zeros(len(points), bool)
    last[offsets[1:][np.diff(offsets) > 0] - 1] = True
    delta = np.where(last[:, None], 0.0, np.roll(points, -1, axis=0) - points)
    length = np.hypot(delta[:, 0], delta[:, 1])
    step = max(STEP_M, float(length.sum()) / MOST_POINTS)
    pieces = np.maximum(1, np.ceil(length / step)).astype(np.int64)
    start = np.concatenate([[0], np.cumsum(pieces)])
    segment = np.repeat(np.arange(len(points)), pieces)
    share = (np.arange(start[-1]) - start[segment]) / pieces[segment]
    return points[segment] + delta[segment] * share[:, None], start[offsets]
