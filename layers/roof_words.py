"""Words over houses: what a column says of each, above its roof; the largest win where there is no room for all."""

from __future__ import annotations

import numpy as np

from layers.base import Visual
from layers.beside import Beside
from layers.labels import Labels
from layers.ranked_places import RankedPlaces

ABOVE_PX = 4


# Points (n, 3) as they stand, whose each is (n,), and the row in the table of each of these (features,).
Part = tuple[np.ndarray, np.ndarray, np.ndarray]


class RoofWords:
    """`say` what is there, which is gone through beside the frames where it differs."""

    def __init__(self, visual: Visual):
        self._labels, self._beside = Labels(visual.canvas), Beside(visual.canvas)
        self._told: tuple = ("", None, 0.0)
        visual.add(self._labels.actor, visual.canvas.overlay)
        self._labels.show(visual.shown)
        self.show, self.camera_moved = self._labels.show, self._labels.camera_moved

    @property
    def news(self) -> bool:
        return self._beside.news

    @property
    def busy(self) -> bool:
        return self._beside.busy

    @property
    def shown(self) -> list[str]:
        """The words that stand in the picture now."""
        return [self._labels.words[at] for at in self._labels.shown]

    def say(self, parts: tuple[Part, ...], table, column: str, language: str, lift_m: float = 0.0) -> None:
        """`table` has a row of words for each of the parts' rows; "" as `column` says nothing."""
        column = spoken_column(table, column, language)
        parts = parts if column else ()
        told = (column, table if column else None, lift_m, *(points for points, _, _ in parts))
        if not _same(told, self._told):
            self._told = told
            self._beside.ask(lambda: said(parts, table, column, lift_m), sum(len(points) for points, _, _ in parts))
        if (made := self._beside.take()) is not None:
            self._labels.put(made, above_px=ABOVE_PX)


class Worded(Visual):
    """A visual whose `_words` stand over its houses."""

    def __init__(self, canvas):
        super().__init__(canvas)
        self._words = RoofWords(self)

    @property
    def news(self) -> bool:
        return super().news or self._words.news

    @property
    def busy(self) -> bool:
        return super().busy or self._words.busy

    def show(self, shown: bool) -> None:
        super().show(shown)
        self._words.show(shown)

    def camera_moved(self) -> None:
        self._words.camera_moved()


def _same(one: tuple, other: tuple) -> bool:
    """Large things by identity."""
    return len(one) == len(other) and all(
        a is b or (isinstance(a, str | float) and a == b) for a, b in zip(one, other))


def spoken_column(table, column: str, language: str) -> str:
    """That of this language where the table has one; "" without any."""
    names = (f"{column}_{language}", column) if language != "en" else (column, f"{column}_en")
    return next((name for name in names if column and table is not None and name in table.column_names), "")


def said(parts: tuple[Part, ...], table, column: str, lift_m: float = 0.0) -> RankedPlaces:
    """The middles of roofs (local metres) of the features that the column says something of, the largest first; rows
    behind the table's are blocks, which have no name."""
    places, words, sizes = [np.zeros((0, 3))], [], [np.zeros(0)]
    texts = spelt(table.column(column)) if column else []
    for points, feature, rows in parts if column else ():
        low, high = np.full((len(rows), 3), np.inf), np.full((len(rows), 3), -np.inf)
        for axis in range(3):
            np.minimum.at(low[:, axis], feature, points[:, axis])
            np.maximum.at(high[:, axis], feature, points[:, axis])
        named = [n for n in np.flatnonzero(np.isfinite(low[:, 0]) & (rows < len(texts))).tolist() if texts[rows[n]]]
        middle = (low[named] + high[named]) / 2
        places.append(np.column_stack([middle[:, :2], high[named, 2] + lift_m]))
        words += [texts[rows[n]] for n in named]
        sizes.append(np.prod(high[named] - low[named], axis=1))
    return RankedPlaces(np.concatenate(places), words, np.concatenate(sizes))


def spelt(column) -> list[str]:
    """Numbers as short as they can be."""
    return ["" if value is None else f"{value:.6g}" if isinstance(value, float) else str(value).strip()
            for value in column.to_pylist()]
