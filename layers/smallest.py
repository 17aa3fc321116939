"""Areas of several sizes in the colours of one sign: only the smallest are filled.

Two fills over each other mix to a colour that is no level's, and a block without data would lie in its town's yellow.
"""

from __future__ import annotations

from collections.abc import Iterable

from layers.base import Visual
from twin.data import Bounds


def smallest_filled(visuals: Iterable[Visual]) -> None:
    """Of the shown layers those give way over which one of more areas lies with the same sign: their outlines stay."""
    judged = [(visual, found) for visual in visuals if (found := visual.judged()) is not None]
    for visual, (sign, count, box) in judged:
        visual.give_way(any(other == sign and more > count and _overlap(box, theirs)
                            for _, (other, more, theirs) in judged))


def _overlap(a: Bounds, b: Bounds) -> bool:
    return a[0] < b[3] and b[0] < a[3] and a[1] < b[4] and b[1] < a[4]
