"""Colours of features by a column: a ramp for numbers, classes for the rest, grey where nothing is known."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Literal

import numpy as np

from layers.legend import Legend
from layers.natural import natural_breaks
from layers.palette import PALETTES, Rgb, palette, rgb
from layers.ramps import categorical, colored, ramp
from twin.data import Vectors
from twin.text import tr

MOST_CLASSES = 24                              # beyond, the rarest share one colour: "other"
StepKind = Literal["smooth", "equal", "quantile", "natural"]
STEPS_HELP = "Numbers in a smooth ramp, in classes of equal width, of equally many features, or of natural breaks"
NATURES = {"Building": "walls", "WaterBody": "water", "Road": "roads", "PlantCover": "park", "LandUse": "ground",
           "SolitaryVegetationObject": "trees"}                 # of CityGML; blue houses stood beside blue water
MATERIALS = ("walls", "industry", "ground", "roads", "water", "park", "trees", "trunks")


@dataclass(frozen=True, eq=False)
class Coloring:
    """`colors` (features, 3) u1 and what they mean (None: one colour for all)."""

    colors: np.ndarray
    legend: Legend | None = None


@dataclass(frozen=True)
class Steps:
    """How a number is coloured: "smooth", or in `count` classes, "equal" in width, in members ("quantile"), or with
    the least differences inside them ("natural").

    `own`: the colours that a user gave to entries of the legend, by their words ("#rrggbb").
    """

    kind: str = "smooth"
    count: int = 5
    own: tuple[tuple[str, str], ...] = ()


SMOOTH = Steps()


def coloring(features, column: str, *, count: int, plain: Rgb, colormap: str, theme: str, title: str = "",
             low: float | None = None, high: float | None = None, steps: Steps = SMOOTH) -> Coloring:
    """Colours of `count` features by `column` of the Arrow table; a missing column gives the plain colour."""
    if not column or features is None or column not in features.column_names:
        return Coloring(np.tile(np.array(plain, np.uint8), (count, 1)))
    numbers = _numbers(features.column(column), count)
    if numbers is not None and steps.kind != "smooth":
        return _by_steps(numbers, title or column, colormap, theme, low, high, steps)
    if numbers is not None:
        return _by_number(numbers, title or column, colormap, theme, low, high)
    return _by_class(*_words(features.column(column).slice(0, count)), title or column, theme, dict(steps.own))


def _numbers(column, count: int) -> np.ndarray | None:
    """(count,) f8 of a column of numbers without visiting them one by one; None for any other or an empty one."""
    import pyarrow as pa
    if not (pa.types.is_integer(column.type) or pa.types.is_floating(column.type)):
        return None
    numbers = np.asarray(column.cast(pa.float64()).to_numpy(zero_copy_only=False), np.float64)[:count]
    return numbers if np.isfinite(numbers).any() else None


def _by_steps(numbers, title, colormap, theme, low, high, steps: Steps) -> Coloring:
    """Graduated: one colour for each class of numbers, lowest first."""
    missing, own = palette(theme).missing, dict(steps.own)
    known = np.isfinite(numbers)
    edges = breaks(numbers[known], steps, low, high)
    words = ranges(edges)
    table = ramp(colormap, 256)[np.linspace(0, 255, max(len(words), 2)).round().astype(np.intp)][:len(words)].copy()
    for i, said in enumerate(words):
        table[i] = rgb(own[said]) if said in own else table[i]
    colors = np.tile(np.array(missing, np.uint8), (len(numbers), 1))
    colors[known] = table[np.clip(np.searchsorted(edges, numbers[known], side="right") - 1, 0, len(words) - 1)]
    gap = int((~known).sum())
    return Coloring(colors, Legend(title=title, entries=tuple(
        (tuple(map(int, color)), said) for color, said in zip(table, words)),
        missing=(missing, tr("No data ({n})", n=gap)) if gap else None))


def breaks(known: np.ndarray, steps: Steps, low: float | None, high: float | None) -> np.ndarray:
    """Edges of the classes, ascending and all different; at least one class."""
    if steps.kind == "natural":
        edges = natural_breaks(known, steps.count)
    elif steps.kind == "quantile":
        edges = np.unique(np.quantile(known, np.linspace(0.0, 1.0, steps.count + 1)))
    else:
        start, end = (float(known.min()) if low is None else low), (float(known.max()) if high is None else high)
        edges = np.linspace(start, end, steps.count + 1) if end > start else np.array([start])
    return edges if len(edges) > 1 else np.array([edges[0], edges[0]])


def ranges(edges: np.ndarray) -> list[str]:
    """"3 – 12.5" for each class, with as many decimals as keep the edges apart."""
    gaps = np.diff(edges)
    least = float(gaps[gaps > 0].min()) if (gaps > 0).any() else 1.0
    decimals = int(max(0, min(6, np.ceil(-np.log10(least)) + 2))) if least < 100 else 0
    words = [f"{edge:,.{decimals}f}" for edge in edges]
    words = [w.rstrip("0").rstrip(".") if "." in w else w for w in words]
    return [f"{a} – {b}" for a, b in itertools.pairwise(words)]


def _by_number(numbers, title, colormap, theme, low, high) -> Coloring:
    missing = palette(theme).missing
    known = numbers[np.isfinite(numbers)]
    low, high = float(known.min()) if low is None else low, float(known.max()) if high is None else high
    gap = len(numbers) - len(known)
    return Coloring(colored(numbers, colormap, low, high, missing), Legend(
        title=title, low=low, high=high, ramp=tuple(map(tuple, ramp(colormap, 32).tolist())),
        missing=(missing, tr("No data ({n})", n=gap)) if gap else None))


def _words(column) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(names in alphabetical order, (n,) which of them, how often each): "" is a missing value."""
    import pyarrow as pa
    import pyarrow.compute as pc
    if not (pa.types.is_string(column.type) or pa.types.is_large_string(column.type)):
        column = pa.array(["" if v is None else str(v) for v in column.to_pylist()], pa.string())
    trimmed = pc.utf8_trim_whitespace(pc.fill_null(column, ""))
    coded = (trimmed.combine_chunks() if isinstance(trimmed, pa.ChunkedArray) else trimmed).dictionary_encode()
    names = np.array(coded.dictionary.to_pylist(), dtype=object).astype(str)
    index = np.asarray(coded.indices).astype(np.intp)
    order = np.argsort(names, kind="stable")
    place = np.empty_like(order)
    place[order] = np.arange(len(order))
    index = place[index]
    return names[order], index, np.bincount(index, minlength=len(names))


def _by_class(names, index, sizes, title: str, theme: str, own: dict[str, str]) -> Coloring:
    missing = palette(theme).missing
    by_size = [i for i in np.argsort(-sizes, kind="stable") if names[i]]
    kept, rest = by_size[:MOST_CLASSES], by_size[MOST_CLASSES:]
    table = np.tile(np.array(missing, np.uint8), (len(names), 1))
    hues = categorical(len(kept) + 1)
    entries = []
    for hue, i in zip(hues, kept):
        name = str(names[i])
        table[i] = rgb(own[name]) if name in own else getattr(palette(theme), NATURES[name]) if name in NATURES else hue
        entries.append((tuple(map(int, table[i])), str(names[i])))
    if rest:
        words = tr("Other ({n} classes)", n=len(rest))
        table[rest] = rgb(own[words]) if words in own else hues[-1]
        entries.append((tuple(map(int, table[rest[0]])), words))
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
