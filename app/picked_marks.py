"""Marks in the scene for what was picked, until it is done. No Qt."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from layers.measures import Place, Sketch, Spot
from twin.plan import Plan, rim

if TYPE_CHECKING:
    from app.session import Session

PICKED = "picked"


def pairs_mark(session: Session, points: Sequence[Place]) -> Sketch | None:
    """`points` local metres: a point, where it belongs (1, 1′), the next (2, 2′), with the ways between them."""
    places = _placed(session, np.array(points, np.float64).reshape(-1, 3))
    spots = tuple(Spot(place, f"{at // 2 + 1}" + "′" * (at % 2)) for at, place in enumerate(places))
    return Sketch(id=PICKED, name="", spots=spots, lines=tuple(zip(places[0::2], places[1::2]))) if spots else None


def footprint_mark(session: Session, plan: Plan, base_m: float, name: str) -> Sketch:
    """The rim of a building's footprint, local metres, at the height of its foot."""
    ends = np.pad(rim(plan), ((0, 0), (0, 0), (0, 1)), constant_values=base_m)
    places = _placed(session, ends.reshape(-1, 3))
    middle = _placed(session, np.array([[*plan.middle, base_m]]))[0]
    return Sketch(id=PICKED, name="", spots=(Spot(middle, name),), lines=tuple(zip(places[0::2], places[1::2])))


def _placed(session: Session, points: np.ndarray) -> list[Place]:
    """(n, 3) local metres to the project's CRS."""
    return [tuple(map(float, place)) for place in points + np.array(session.document.frame.origin)]
