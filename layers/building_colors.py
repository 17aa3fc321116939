"""What the elements of a building are coloured by: results of queries, a column, or their IFC class."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from layers.arrangement import Paint, fitting
from layers.attributes import Coloring, coloring
from layers.building_elements import OPENING, SPACE, Elements
from layers.ifc_classes import class_colors
from layers.legend import Legend
from layers.palette import palette, rgb
from layers.words import Words
from twin.class_words import class_title
from twin.column_words import column_words
from twin.data import Mesh
from twin.text import tr

if TYPE_CHECKING:
    from layers.building import Building


def painted(base: Coloring, mesh: Mesh, paints: tuple[Paint, ...]) -> Coloring:
    """`base` with the paints over it; they stand first in the legend, also where it had none. One colour for all needs
    no words but the name of the layer.
    """
    if not paints:
        return base
    colors, entries = base.colors.copy(), []
    for paint in paints:
        color = rgb(paint.color)
        colors[fitting(mesh.features, paint, len(colors))] = color
        entries.append((color, paint.label))
    over_all = paints[0].by == "all"                         # nothing is seen of what lies beneath
    legend = (None if over_all else base.legend) or Legend(title=tr("Painted") if paints[over_all:] else "")
    return Coloring(colors, replace(legend, entries=(*entries, *legend.entries), alone=over_all and len(paints) == 1))


def by_column(elements: Elements, layer: Building, theme: str) -> Coloring:
    """An attribute, or a property that was fetched: "Pset_WallCommon.FireRating" is called FireRating.

    Spaces that are put away do not stretch the ramp, and are not among those without data.
    """
    name, features = layer.color_by, elements.mesh.features
    put_away = elements.is_space & (not layer.spaces)
    low, high = _range(features, name, put_away)
    title = name.rpartition(".")[2] if "." in name else column_words(name)
    out = coloring(features, name, count=elements.count, plain=palette(theme).walls, colormap=layer.colormap,
                   theme=theme, title=title, low=low, high=high)
    out = _counted(out, put_away)
    said = features.schema.field(name).metadata if out.legend else None
    unit = (said or {}).get(b"unit", b"").decode()
    return replace(out, legend=replace(out.legend, unit=unit)) if unit else out


def _counted(out: Coloring, put_away: np.ndarray) -> Coloring:
    if out.legend is None or out.legend.missing is None or not put_away.any():
        return out
    color, _ = out.legend.missing
    gap = int(((out.colors == color).all(axis=1) & ~put_away[:len(out.colors)]).sum())
    return replace(out, legend=replace(out.legend, missing=(color, tr("No data ({n})", n=gap)) if gap else None))


def _range(features, name: str, left_out: np.ndarray) -> tuple[float | None, float | None]:
    """Least and greatest number of a column; None, None where it has none."""
    if features is None or name not in features.column_names:
        return None, None
    import pyarrow.compute as pc
    import pyarrow.types as kinds
    held = features.column(name)
    if not (kinds.is_integer(held.type) or kinds.is_floating(held.type)):
        return None, None
    numbers = pc.fill_null(held.cast("float64"), np.nan).to_numpy()
    numbers = numbers[~left_out[:len(numbers)]]
    known = numbers[np.isfinite(numbers)]
    return (float(known.min()), float(known.max())) if len(known) else (None, None)


def by_class(classes: Words, theme: str) -> Coloring:
    missing, table = palette(theme).missing, class_colors(classes.used)
    colors = np.array([table[name] if name else missing for name in classes.words], np.uint8)
    sizes = np.bincount(classes.code, minlength=len(classes.words))
    by_size = sorted((-n, name, i) for i, (n, name) in enumerate(zip(sizes, classes.words))
                     if n and name and name not in (SPACE, OPENING))
    entries = [(tuple(map(int, colors[i])), class_title(name)) for _, name, i in by_size]
    gap = int(sizes[0])
    return Coloring(colors[classes.code], Legend(
        title=tr("IFC class"), entries=tuple(entries),
        missing=(missing, tr("No data ({n})", n=gap)) if gap else None))
