"""Colours of features by a column: a ramp for numbers, classes for the rest, grey where nothing is known."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from layers.legend import Legend
from layers.palette import PALETTES, Rgb, palette, rgb
from layers.ramps import categorical, colored, ramp
from twin.data import Vectors
from twin.text import tr

MOST_CLASSES = 24                              # beyond, the rarest share one colour: "other"
MATERIALS = ("walls", "industry", "ground", "roads", "water", "park", "trees", "trunks")


@dataclass(frozen=True, eq=False)
class Coloring:
    """`colors` (features, 3) u1 and what they mean (None: one colour for all)."""

    colors: np.ndarray
    legend: Legend | None = None


def coloring(features, column: str, *, count: int, plain: Rgb, colormap: str, theme: str, title: str = "",
             low: float | None = None, high: float | None = None) -> Coloring:
    """Colours of `count` features by `column` of the Arrow table; a missing column gives the plain colour."""
    if not column or features is None or column not in features.column_names:
        return Coloring(np.tile(np.array(plain, np.uint8), (count, 1)))
    values = features.column(column).to_pylist()[:count]
    numbers = _numbers(values)
    if numbers is not None:
        return _by_number(numbers, title or column, colormap, theme, low, high)
    return _by_class(values, title or column, theme)


def _numbers(values: list) -> np.ndarray | None:
    if any(isinstance(v, bool) or not isinstance(v, int | float) for v in values if v is not None):
        return None
    numbers = np.array([np.nan if v is None else float(v) for v in values])
    return numbers if np.isfinite(numbers).any() else None


def _by_number(numbers, title, colormap, theme, low, high) -> Coloring:
    missing = palette(theme).missing
    known = numbers[np.isfinite(numbers)]
    low, high = float(known.min()) if low is None else low, float(known.max()) if high is None else high
    gap = len(numbers) - len(known)
    return Coloring(colored(numbers, colormap, low, high, missing), Legend(
        title=title, low=low, high=high, ramp=tuple(map(tuple, ramp(colormap, 32).tolist())),
        missing=(missing, tr("No data ({n})", n=gap)) if gap else None))


def _by_class(values: list, title: str, theme: str) -> Coloring:
    missing = palette(theme).missing
    words = ["" if v is None else str(v).strip() for v in values]
    names, index, sizes = np.unique(np.array(words, dtype=object).astype(str), return_inverse=True, return_counts=True)
    by_size = [i for i in np.argsort(-sizes, kind="stable") if names[i]]
    kept, rest = by_size[:MOST_CLASSES], by_size[MOST_CLASSES:]
    table = np.tile(np.array(missing, np.uint8), (len(names), 1))
    hues = categorical(len(kept) + 1)
    entries = []
    for hue, i in zip(hues, kept):
        table[i] = hue
        entries.append((tuple(map(int, hue)), str(names[i])))
    if rest:
        table[rest] = hues[-1]
        entries.append((tuple(map(int, hues[-1])), tr("Other ({n} classes)", n=len(rest))))
    gap = int(sizes[names == ""].sum())
    return Coloring(table[index], Legend(title=title, entries=tuple(entries),
                                         missing=(missing, tr("No data ({n})", n=gap)) if gap else None))


def themed(color: str, theme: str) -> Rgb:
    """A colour of the document in this theme.

    The scene's own materials (roads, water, park) become those of the dark palette, other pale greys darken;
    whatever has a hue of its own is data and stays.
    """
    asked = rgb(color)
    if theme != "dark":
        return asked
    light = PALETTES["light"]
    for name in MATERIALS:
        if max(abs(a - b) for a, b in zip(asked, getattr(light, name))) <= 6:
            return getattr(palette(theme), name)
    pale = min(asked) > 150 and max(asked) - min(asked) < 60
    return tuple(round(c * 0.42) for c in asked) if pale else asked


def vector_features(data: Vectors) -> int:
    """Rows of the table, or what the geometry refers to where there is none."""
    if data.features is not None:
        return data.features.num_rows
    used = [int(a.max()) + 1 for a in (data.point_feature, data.line_feature, data.fill_feature) if len(a)]
    return max(used, default=0)


def number_column(data: Vectors, name: str, default: float) -> np.ndarray:
    """(features,) f8 of a column; `default` where it is absent, empty or not a positive number."""
    out = np.full(vector_features(data), default, np.float64)
    if data.features is not None and name in data.features.column_names:
        for row, value in enumerate(data.features.column(name).to_pylist()):
            if isinstance(value, int | float) and value > 0:
                out[row] = value
    return out
