"""A road there and back for what does not turn on the spot: a loop at each end, driven slowly."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from data_samples import vehicles

RADIUS_M, SLOW_M_S, EASE_M_S2 = 12.0, 4.0, 0.4  # of a loop, in it, and how gently one slows down for it


@dataclass(frozen=True, eq=False)
class Course:
    """`line` (n, 2) closed, metres of EPSG:4549; `loops` (2, 2) metres along it where each loop begins and ends."""

    line: np.ndarray
    loops: np.ndarray
    length_m: float

    def limit_m_s(self, along_m: float, tail_m: float) -> float:
        """How fast what is `tail_m` long may drive there."""
        begins, ends = self.loops.T
        at = along_m % self.length_m
        before, after = (begins - at) % self.length_m, (at - ends - tail_m) % self.length_m
        inside = ((at - begins) % self.length_m <= ends - begins + tail_m).any()
        away = 0.0 if inside else float(min(before.min(), after.min()))
        return float(np.sqrt(SLOW_M_S**2 + 2 * EASE_M_S2 * away))

    def gone(self, secs: np.ndarray, speed_m_s: np.ndarray, then_s: float, there_m: float,
             tail_m: float = 0.0) -> tuple[np.ndarray, np.ndarray]:
        """(metres along, m/s) of one that would drive so fast, and is at `there_m` at `then_s`; `secs` evenly apart."""
        speed = np.array(speed_m_s, float)
        at, step, anchor = np.empty(len(secs)), float(secs[1] - secs[0]), int(np.searchsorted(secs, then_s))
        at[anchor] = there_m
        for k in range(anchor, len(secs)):
            speed[k] = min(speed[k], self.limit_m_s(at[k], tail_m))
            if k + 1 < len(secs):
                at[k + 1] = at[k] + speed[k] * step
        for k in range(anchor - 1, -1, -1):
            speed[k] = min(speed[k], self.limit_m_s(at[k + 1], tail_m))
            at[k] = at[k + 1] - speed[k] * step
        return at, speed


def there_and_back(line: np.ndarray) -> Course:
    """On the right-hand lane of a road's middle `line` (n, 2)."""
    lanes = [vehicles._right_of(line), vehicles._right_of(line[::-1])]
    parts = [lanes[0], _loop(lanes[0][-1], lanes[1][0]), lanes[1], _loop(lanes[1][-1], lanes[0][0])]
    closed = np.vstack([*parts, parts[0][:1]])
    length = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(closed, axis=0), axis=1))])
    starts = np.cumsum([len(part) for part in parts])
    loops = np.array([(length[starts[0] - 1], length[starts[1]]), (length[starts[2] - 1], length[-1])])
    return Course(closed, loops, float(length[-1]))


def _loop(since: np.ndarray, to: np.ndarray) -> np.ndarray:
    """(n, 2) from the end of a lane to the beginning of that beside it: out to the right, round to the left, and back."""
    left = (to - since) / np.linalg.norm(to - since)
    ahead = np.array([left[1], -left[0]])
    half = float(np.linalg.norm(to - since)) / 2
    out = float(np.arccos((half + RADIUS_M) / (2 * RADIUS_M)))
    bend, turn = np.linspace(0.0, out, 6)[1:], np.linspace(-out, np.pi + out, 24)[1:-1]
    right, up = half + RADIUS_M - RADIUS_M * np.cos(bend), RADIUS_M * np.sin(bend)
    across = np.concatenate([right, RADIUS_M * np.cos(turn), -right[::-1]])
    along = np.concatenate([up, 2 * RADIUS_M * np.sin(out) + RADIUS_M * np.sin(turn), up[::-1]])
    return (since + to) / 2 - across[:, None] * left + along[:, None] * ahead
