"""Smooth lines and soft shapes: everything in the sample that is not a box comes through here."""

from __future__ import annotations

import numpy as np


def smooth_line(points, step_m: float = 25.0, closed: bool = False) -> np.ndarray:
    """(n, 2) points of a centripetal Catmull-Rom curve through `points`, about `step_m` apart."""
    p = np.asarray(points, float)
    if closed:
        p = np.vstack([p[-1], p, p[0], p[1]])
    else:
        p = np.vstack([2 * p[0] - p[1], p, 2 * p[-1] - p[-2]])
    pieces = [_segment(p[i - 1 : i + 3], step_m) for i in range(1, len(p) - 2)]
    return np.vstack([*pieces, p[-2][None]])


def _segment(four: np.ndarray, step_m: float) -> np.ndarray:
    t = np.concatenate([[0.0], np.cumsum(np.sqrt(np.linalg.norm(np.diff(four, axis=0), axis=1)))])
    count = max(2, int(np.linalg.norm(four[2] - four[1]) / step_m))
    at = np.linspace(t[1], t[2], count, endpoint=False)[:, None]

    def between(a, b, i, j):
        return (t[j] - at) / (t[j] - t[i]) * a + (at - t[i]) / (t[j] - t[i]) * b

    a1, a2, a3 = (between(four[k], four[k + 1], k, k + 1) for k in range(3))
    return between(between(a1, a2, 0, 2), between(a2, a3, 1, 3), 1, 2)


def meander(line: np.ndarray, amplitude_m: float, wave_m: float, rng: np.random.Generator) -> np.ndarray:
    """Sway a line to its sides by a few sine waves; both ends stay where they are."""
    along = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(line, axis=0), axis=1))])
    tangent = np.gradient(line, axis=0)
    tangent /= np.linalg.norm(tangent, axis=1, keepdims=True)
    normal = np.stack([-tangent[:, 1], tangent[:, 0]], axis=1)
    sway = sum(
        np.sin(along * 2 * np.pi / (wave_m * f) + rng.uniform(0, 6.28)) * w
        for f, w in ((1.0, 0.55), (0.61, 0.3), (2.3, 0.6))
    )
    ends = np.minimum(1.0, np.minimum(along, along[-1] - along) / wave_m)
    return line + normal * (amplitude_m * sway * ends)[:, None]


def soft_ring(centre, radii, waves, count: int = 180) -> np.ndarray:
    """(count, 2) closed outline r(a) = 1 + sum(w cos(k a + p)) stretched to `radii`; `waves` of (k, w, p)."""
    angle = np.linspace(0.0, 2 * np.pi, count, endpoint=False)
    r = 1.0 + sum(w * np.cos(k * angle + p) for k, w, p in waves)
    return np.stack(
        [centre[0] + radii[0] * r * np.cos(angle), centre[1] + radii[1] * r * np.sin(angle)], axis=1
    )


def smooth_noise(shape: tuple[int, int], cell: float, rng: np.random.Generator) -> np.ndarray:
    """(rows, cols) float32 noise about zero with features of `cell` pixels, smooth everywhere."""
    from scipy.ndimage import zoom

    rows, cols = (int(np.ceil(n / cell)) + 4 for n in shape)
    coarse = rng.standard_normal((rows, cols)).astype(np.float32)
    fine = zoom(coarse, cell, order=3, mode="nearest", grid_mode=True)
    return fine[int(cell) : int(cell) + shape[0], int(cell) : int(cell) + shape[1]]
