"""How many of some elements are rooms: the tree of a model counts elements without them, the scene selects both."""

from __future__ import annotations

from app.panels.model_forest import SPACE
from twin.text import tr


def rooms_among(features, rows: tuple[int, ...] | None = None) -> int:
    """Of these rows of a feature table; of all where none are given. 0 for what is no building."""
    if features is None or "class" not in features.column_names:
        return 0
    import pyarrow.compute as pc
    kinds = features.column("class") if rows is None else features.column("class").take(list(rows))
    return pc.sum(pc.equal(kinds, SPACE)).as_py() or 0


def selected_words(features, chosen: tuple[int, ...]) -> str:
    """How many are selected, and how many of them are rooms."""
    rooms, n = rooms_among(features, chosen), f"{len(chosen):,}"
    return tr("{n} selected, {rooms} of them rooms", n=n, rooms=f"{rooms:,}") if rooms else tr("{n} selected", n=n)
