"""Which legends stand at the left of the scene, and in which form: none goes without a word."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import numpy as np

from layers import painting
from layers.legend import Legend
from layers.legend_picture import LEGEND_WIDTH, legend_picture, row_legend, short_legend
from layers.paper import MUTED, in_lines, on_panel
from twin.text import enumerated, tr

USUAL, MOST = 0.36, 0.5            # of the scene's height: no more where shorter forms allow it, the scene stays open
NAMED = 6
LEAST = 2                          # legends that are told even where they take more
GAP_PX = 8                         # logical


def legend_column(legends: list[Legend], height: int, room: int, theme: str, ratio: float) -> list[np.ndarray]:
    """Pictures from the foot up, `room` device pixels at most, of a scene `height` high.

    In full where all go below its usual height; else the last ones are shortened, and then made rows, as many as it
    takes to stay below it, or below the most. What does not fit even so is named by a line at the top: a scene behind
    legends is none, but the first ones are told wherever there is room.
    """
    gap, count = round(GAP_PX * ratio), len(legends)
    full, short, rows = (_first_within(room, gap, legends, lambda legend, paint=paint: paint(legend, theme, ratio))
                         for paint in (legend_picture, short_legend, row_legend))
    for limit in (min(height * share, room) for share in (USUAL, MOST)):
        for longer, shorter in ((full, short), (short, rows)):
            for kept in range(len(longer), -1, -1):
                column = longer[:kept] + shorter[kept:]
                if len(column) == count and _height(column, gap) <= limit:
                    return column
    for shown in range(min(len(rows), count - 1), -1, -1):
        told = [*rows[:shown], _note(_left_out(legends[shown:]), theme, ratio)]
        if _height(told, gap) <= (min(MOST * height, room) if shown > LEAST else room):
            return told
    return []


def _left_out(legends: list[Legend]) -> str:
    """By name, as many as two lines may hold: of hundreds that is a handful, too."""
    names = [legend.title for legend in legends[:NAMED]]
    more = "…" if len(legends) > NAMED else ""
    return tr("Legends that do not fit: {names}", names=enumerated(names) + more)


def _first_within(room: int, gap: int, legends: list[Legend], paint: Callable[[Legend], np.ndarray],
                  ) -> list[np.ndarray]:
    """Only what has room is painted: of hundreds of legends that is a handful."""
    out: list[np.ndarray] = []
    for legend in legends:
        out.append(paint(legend))
        if _height(out, gap) > room:
            return out[:-1]
    return out


def _height(pictures: list[np.ndarray], gap: int) -> int:
    return sum(picture.shape[0] for picture in pictures) + gap * max(len(pictures) - 1, 0)


@lru_cache(maxsize=16)
def _note(words: str, theme: str, ratio: float) -> np.ndarray:
    size, pad, width = round(11 * ratio), round(10 * ratio), round(LEGEND_WIDTH * ratio)
    lines = in_lines(words, size, width - 2 * pad, 2)
    sheet = np.zeros((round(16 * ratio) * len(lines) + pad, width, 4), np.uint8)
    for row, line in enumerate(lines):
        painting.paste(sheet, painting.text(line, size, MUTED[theme]), pad, pad // 2 + round(16 * ratio) * row)
    return on_panel(sheet, theme, round(8 * ratio))
