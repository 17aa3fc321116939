"""Marks in the scene for what was picked, gone to or asked about, for a while. No Qt."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from cim.touching import outline_of
from layers.measures import Place, Sketch, Spot
from layers.profile import ProfileLine
from twin.ground import Ground
from twin.layer import Layer
from twin.plan import Plan, rim

if TYPE_CHECKING:
    from app.nearby import Area
    from app.session import Session

PICKED, GONE_TO, ASKED = "picked", "gone-to", "asked-in"
PLACE_PX = 14.0


def pairs_mark(session: Session, points: Sequence[Place]) -> Sketch | None:
    """`points` local metres: a point, where it belongs (1, 1′), the next (2, 2′), with the ways between them."""
    places = _placed(session, np.array(points, np.float64).reshape(-1, 3))
    spots = tuple(Spot(place, f"{at // 2 + 1}" + "′" * (at % 2)) for at, place in enumerate(places))
    return Sketch(id=PICKED, name="", spots=spots, lines=tuple(zip(places[0::2], places[1::2]))) if spots else None


def place_mark(session: Session, point: Place, words: str = "", id: str = GONE_TO) -> Sketch:
    """A place that was gone to or asked about, local metres, over whatever stands before it."""
    spot = Spot(_placed(session, np.array([point], np.float64))[0], words)
    return Sketch(id=id, name="", spots=(spot,), spot_px=PLACE_PX)


def asked_mark(session: Session, area: Area, ground: Ground) -> Layer | None:
    """What was asked about: a place, or the outline of what was drawn and of what is near it; None for shapes of a
    layer, which are seen anyway.
    """
    drawn = area.shapes[0]
    if any(part.layer for part in area.shapes):
        return None
    if drawn.shapes.shape[1] == 1:
        x, y = drawn.shapes[0, 0]
        return place_mark(session, (x, y, float(ground.height_at([[x, y]])[0])), id=ASKED)
    ends = outline_of(list(area.shapes), area.within_m) + session.document.frame.origin[:2]
    return ProfileLine(id=ASKED, name="", line=tuple(map(tuple, ends.tolist())), lettered=False)


def footprint_mark(session: Session, plan: Plan, base_m: float, name: str) -> Sketch:
    """The rim of a building's footprint, local metres, at the height of its foot."""
    ends = np.pad(rim(plan), ((0, 0), (0, 0), (0, 1)), constant_values=base_m)
    places = _placed(session, ends.reshape(-1, 3))
    middle = _placed(session, np.array([[*plan.middle, base_m]]))[0]
    return Sketch(id=PICKED, name="", spots=(Spot(middle, name),), lines=tuple(zip(places[0::2], places[1::2])))


def _placed(session: Session, points: np.ndarray) -> list[Place]:
    """(n, 3) local metres to the project's CRS."""
    return [tuple(map(float, place)) for place in points + np.array(session.document.frame.origin)]
