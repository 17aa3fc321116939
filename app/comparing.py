"""Comparing in the scene: swipe, side by side, difference; and the second instant that it needs."""

from __future__ import annotations

from dataclasses import replace

from app import jumping
from app.session import Session
from twin import times
from twin.comparison import SWIPE

BACK = (times.DAY, times.HOUR, 10 * times.MINUTE)        # how far before the clock the second instant is looked for
FRESH_NS = times.HOUR                                    # what was said within this before it, still stands then


def show_comparison(session: Session, view: str) -> None:
    """One of `twin.comparison.VIEWS`, as one edit; a second instant is set where there is none."""
    held = session.document.comparison
    if view and session.compare_ns is None and not (held.only_a or held.only_b):
        session.compare_ns = _earlier(session)
    session.edits.commit(replace(session.document, comparison=replace(held, view=view)), "Compare")
    session.edits.seal()


def shown(session: Session) -> str:
    """The view that is seen: without a second instant or layers of one side there is nothing to compare."""
    held = session.document.comparison
    return held.view if session.compare_ns is not None or held.only_a or held.only_b else ""


def toggle(session: Session, view: str) -> None:
    show_comparison(session, "" if shown(session) == view else view)


def show_on(session: Session, ids: tuple[str, ...], side: str) -> None:
    """Layers on side "a" or "b" alone, or on both (""); a scene that compared nothing is swiped then."""
    held = session.document.comparison
    only = {name: tuple(id for id in getattr(held, f"only_{name}") if id not in ids) + (ids if side == name else ())
            for name in "ab"}
    needless = not any(only.values()) and session.compare_ns is None
    view = "" if needless else held.view if held.halved or not side else SWIPE
    session.edits.commit(replace(session.document, comparison=replace(held, view=view, only_a=only["a"],
                                                                      only_b=only["b"])), "Compare")
    session.edits.seal()


def side_of(session: Session, id: str) -> str:
    """The one side that shows a layer: "a" or "b"; "" = both."""
    held = session.document.comparison
    return "a" if id in held.only_a else "b" if id in held.only_b else ""


def move_divider(session: Session, share: float) -> None:
    """One edit for a whole drag; `Edits.seal` ends it."""
    held, share = session.document.comparison, min(0.98, max(0.02, round(share, 4)))
    session.edits.commit(replace(session.document, comparison=replace(held, divider=share)),
                         "Move the divider", merge="comparison.divider")


def _earlier(session: Session) -> int:
    """A day before the clock where something was said then, else less; else the last reading before, at the least the
    beginning of all: an instant in a gap would compare with nothing."""
    now, among = session.clock.now_ns, jumping.sources(session)
    for back in BACK:
        if (said := _said(among, now - back)) is not None and now - back - said <= FRESH_NS:
            return now - back
    before = _said(among, now - BACK[-1])
    first = session.data_span_ns[0]
    return before if before is not None else min(first or now, now)


def _said(among: jumping.Sources, time_ns: int) -> int | None:
    """The newest instant until then at which what is shown said anything."""
    return max((t for history, _ in among if (t := history.reading_until(time_ns)) is not None), default=None)
