"""Two pictures of one frame with a ground of their own each: what stands on the ground is there twice, once on either.

With one of each, all of it would be put on the other ground twice for every picture, and what is put there beside the
frames would never stand anywhere.
"""

from __future__ import annotations

from collections.abc import Iterator

from layers.canvas import Canvas
from layers.drawn import Drawn
from twin.ground import Ground, Surface
from twin.layer import Layer


class TwoGrounds:
    """Keeps what the picture that is not drawn now shows, while `canvas.in_turn`; nothing else."""

    def __init__(self, canvas: Canvas):
        self._canvas = canvas
        self._grounds: tuple[Ground, ...] = ()
        self._aside: dict[str, Drawn] = {}

    def over(self, surfaces: list[Surface]) -> Ground:
        """The ground over these; the same one again where two are drawn in turn."""
        held = next((ground for ground in self._grounds if same(surfaces, ground.surfaces)), None)
        held = held or Ground(tuple(surfaces))
        others = [ground for ground in self._grounds if ground is not held] if self._canvas.in_turn else []
        self._grounds = (held, *others[:1])
        return held

    def on(self, ground: Ground, drawn: Drawn, layer: Layer) -> Drawn:
        """What of the layer stands on `ground`: `drawn` itself, or its other, while that is put aside."""
        if not self._canvas.in_turn or "ground" not in drawn.visual.reads or drawn.ground in (None, ground):
            return drawn
        other = self._aside.pop(layer.id, None)
        if other is None:
            other = Drawn(type(drawn.visual)(self._canvas), layer, None, -1, None, None)
            other.visual.ranked(drawn.visual.rank)
        drawn.visual.show(False)
        drawn.shown = False
        self._aside[layer.id] = drawn
        return other

    def aside(self) -> Iterator[tuple[str, Drawn]]:
        yield from self._aside.items()

    def drop(self, id: str) -> None:
        if id in self._aside:
            self._aside.pop(id).visual.remove()

    def tidy(self) -> None:
        """One ground is enough again."""
        if not self._canvas.in_turn:
            self._grounds = self._grounds[:1]
            for id in list(self._aside):
                self.drop(id)


def same(a, b) -> bool:
    """Whether two rows of surfaces are one ground."""
    return len(a) == len(b) and all(
        x.grid is y.grid and x.exaggeration == y.exaggeration and x.offset_m == y.offset_m
        for x, y in zip(a, b))
