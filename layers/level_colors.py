"""The colours of levels, the same wherever a level is shown, and their words for whoever cannot tell them apart."""

from __future__ import annotations

from layers.legend import Color

# normal, yellow, orange, red; from yellow on each is darker than the one before, so that the order shows without hue.
LEVEL_COLORS: tuple[Color, ...] = ((86, 160, 120), (242, 200, 60), (226, 122, 34), (184, 28, 44))
LEVEL_WORDS = ("Normal", "Yellow", "Orange", "Red")
