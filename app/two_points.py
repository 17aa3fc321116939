"""Placing by two points: a point of the model, where it belongs, and once more. Four clicks, no scale."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from app.picked_marks import pairs_mark
from app.session import Session
from app.standing import Site, by_hand, see_through
from app.unfinished import Unfinished
from twin.layer import Layer
from twin.placing import fitted
from twin.text import tr

STEPS = ("Click the first point of the model.", "Click where the first point belongs.",
         "Click the second point of the model.", "Click where the second point belongs.")
APART_M = 0.5                  # two points nearer to each other give no direction


class TwoPoints:
    """While the place of a point is asked for, the model is out of the way. `done(layer, words)` gets the result.

    `layer` None: cancelled, or the points give no direction.
    """

    def __init__(self, session: Session, viewport, site: Site, done: Callable[[Layer | None, str], None]):
        self.session, self.viewport, self.site, self.done = session, viewport, site, done
        self.points: list[tuple[float, float, float]] = []

    @property
    def words(self) -> str:
        return tr(STEPS[len(self.points)])

    def ask(self) -> None:
        """Wait for the next click: on the model through what hides it, or anywhere with the model out of the way."""
        layer = self.site.layer
        self.session.marked = pairs_mark(self.session, self.points)
        self.session.unfinished = Unfinished("Picked point", self.back)
        if len(self.points) % 2 == 0:
            self._show(None, see_through(self.session))
            self.viewport.pick_of([layer.id], lambda hit: self._clicked(hit and hit.point), corners=True)
        else:
            self._show(replace(layer, visible=False), frozenset())
            self.viewport.pick_once(self._clicked, corners=True)

    def back(self) -> None:
        """Ask for the last point anew; without one give up."""
        if not self.points:
            self.viewport.cancel_pick()
            return
        self.points.pop()
        self.ask()

    def _show(self, preview: Layer | None, faint: frozenset[str]) -> None:
        self.session.preview, self.session.faint = preview, faint

    def _clicked(self, point) -> None:
        if point is None:
            return self._end(None, "")
        self.points.append(tuple(map(float, point)))
        if len(self.points) < len(STEPS):
            return self.ask()
        self._end(*self.result())

    def _end(self, layer: Layer | None, said: str) -> None:
        """The marks stay where there is a result to judge."""
        self._show(None, frozenset())
        self.session.unfinished = None
        self.session.marked = pairs_mark(self.session, self.points) if layer else None
        self.done(layer, said)

    def result(self) -> tuple[Layer | None, str]:
        """The layer as the points place it, and what is left over."""
        sources, targets = np.array(self.points[0::2]), np.array(self.points[1::2])
        if min(np.hypot(*(p[1] - p[0])[:2]) for p in (sources, targets)) < APART_M:
            return None, tr("The two points are too near to each other.")
        frame = self.session.document.frame
        place, rest = fitted(self.site.place, frame.to_project(sources), frame.to_project(targets))
        return by_hand(self.site, place), tr("The distances differ by {m} m; half of it is left at each point.",
                                             m=f"{2 * rest:.3f}")
