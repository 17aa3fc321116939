"""Comparing in the scene: swipe, side by side, difference; and the second instant that it needs."""

from __future__ import annotations

from dataclasses import replace

from app.session import Session
from twin import times

BACK = (times.DAY, times.HOUR, 10 * times.MINUTE)        # how far before the clock the second instant is looked for


def show_comparison(session: Session, view: str) -> None:
    """One of `twin.comparison.VIEWS`, as one edit; a second instant is set where there is none."""
    held = session.document.comparison
    if view and session.compare_ns is None and not (held.only_a or held.only_b):
        session.compare_ns = _earlier(session)
    session.edits.commit(replace(session.document, comparison=replace(held, view=view)), "Compare")
    session.edits.seal()


def toggle(session: Session, view: str) -> None:
    show_comparison(session, "" if session.document.comparison.view == view else view)


def move_divider(session: Session, share: float) -> None:
    """One edit for a whole drag; `Edits.seal` ends it."""
    held, share = session.document.comparison, min(0.98, max(0.02, round(share, 4)))
    session.edits.commit(replace(session.document, comparison=replace(held, divider=share)),
                         "Move the divider", merge="comparison.divider")


def _earlier(session: Session) -> int:
    """A day before the clock where there are readings then, else less; at the least their beginning."""
    now, span = session.clock.now_ns, session.data_span_ns
    return next((now - back for back in BACK if now - back >= span[0]), min(span[0] or now, now))
