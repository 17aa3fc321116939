"""Which devices were heard lately: classes by the age of the last reading, with their colours and words."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from layers.discs import SMALL, USUAL
from layers.legend import Color
from layers.palette import palette
from twin.text import tr
from twin.times import DAY, MINUTE

SEEN, SILENT, LONG_SILENT, NEVER, SUSPECT = range(5)
COLORS: tuple[Color, ...] = ((47, 158, 110), (230, 168, 23), (194, 60, 45))       # of the first three
DOUBT: Color = (138, 92, 190)
LONG_NS = DAY


def classes_of(ages_ns: np.ndarray, stale_minutes: float, suspect_ns: np.ndarray | None = None) -> np.ndarray:
    """(n,) u1 of ages as `History.latest_at` gives them: -1 = never. `suspect_ns`: those of suspect readings."""
    out = np.full(len(ages_ns), LONG_SILENT, np.uint8)
    out[ages_ns <= max(LONG_NS, stale_minutes * MINUTE)] = SILENT
    out[ages_ns <= stale_minutes * MINUTE] = SEEN
    out[ages_ns < 0] = NEVER
    if suspect_ns is not None:
        newer = (suspect_ns >= 0) & ((ages_ns < 0) | (suspect_ns < ages_ns))
        out[newer & (suspect_ns <= stale_minutes * MINUTE)] = SUSPECT
    return out


@lru_cache(maxsize=8)
def key(theme: str) -> np.ndarray:
    """(5, 4) u1: colour and size of a disc per class."""
    colors = (*COLORS, palette(theme).stale, DOUBT)
    return np.array([(*color, SMALL if n == NEVER else USUAL) for n, color in enumerate(colors)], np.uint8)


def entries(classes: np.ndarray, stale_minutes: float, theme: str) -> tuple[tuple[Color, str], ...]:
    """Lines of the legend, with how many of each."""
    counts = np.bincount(classes, minlength=5)
    usual = tr("{n} h", n=f"{stale_minutes / 60:g}") if stale_minutes >= 60 else tr("{n} min", n=f"{stale_minutes:g}")
    words = (tr("Seen within {time}", time=usual), tr("Silent since less than a day"), tr("Silent for longer"),
             tr("Never seen"), tr("Suspect readings"))
    colors = (*COLORS, palette(theme).stale, DOUBT)
    shown = 5 if counts[SUSPECT] else 4                  # who has none need not be told what they would look like
    return tuple((color, f"{text}: {count:,}") for color, text, count in zip(colors, words, counts[:shown].tolist()))
