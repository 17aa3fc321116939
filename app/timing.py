"""What one does with instants: bookmark them, look at a stretch of time, compare with a second one."""

from __future__ import annotations

from dataclasses import replace

from app.session import Session
from twin import times
from twin.clock import INSTANT, SPAN
from twin.document import Bookmark, Document
from twin.layer import new_id


def bookmark(session: Session, time_ns: int, name: str = "") -> Bookmark:
    """Keep an instant in the project, as an edit; named by its time where no name is given."""
    zone = session.document.time_zone
    there = next((b for b in session.document.bookmarks if times.parse(b.time, zone) == time_ns), None)
    if there and not name:
        return there                                 # asked for once more
    name = name or times.readable(time_ns, zone)[:16]
    made = Bookmark(id=new_id("bookmark"), name=name, time=times.iso(time_ns, zone))
    _commit(session, session.document.with_bookmark(made), "Bookmark")
    return made


def rename_bookmark(session: Session, id: str, name: str, language: str) -> None:
    """In the language that is spoken; the other name stays."""
    kept = next(b for b in session.document.bookmarks if b.id == id)
    named = replace(kept, name_zh=name) if language == "zh" else replace(kept, name=name)
    _commit(session, session.document.with_bookmark(named), "Rename bookmark")


def remove_bookmark(session: Session, id: str) -> None:
    _commit(session, session.document.without_bookmark(id), "Remove bookmark")


def go_to_bookmark(session: Session, bookmark: Bookmark) -> None:
    session.clock.go_to(times.parse(bookmark.time, session.document.time_zone))


def instant(document: Document, text: str) -> int:
    """ISO 8601, or the name of a bookmark. Raises Trouble."""
    named = next((b for b in document.bookmarks if text in (b.id, b.name, b.name_zh)), None)
    return times.parse(named.time if named else text, document.time_zone)


def look_at(session: Session, mode: str) -> None:
    """An instant, a span or everything since; a span is at first a twelfth of what is visible, in whole steps."""
    clock, (lo, hi) = session.clock, session.time_view.span_ns
    if mode == SPAN and clock.mode == INSTANT and hi > lo and not lo <= clock.now_ns - clock.length_ns:
        clock.length_ns = max(clock.step_ns, (hi - lo) // 12 // clock.step_ns * clock.step_ns)
    clock.mode, clock.anchor_ns = mode, 0


def compare_with(session: Session, time_ns: int | None) -> None:
    """Set or clear the second instant; without one the scene compares no longer, unless it compares layers."""
    session.compare_ns = time_ns
    held = session.document.comparison
    if time_ns is None and held.view and not (held.only_a or held.only_b):
        _commit(session, replace(session.document, comparison=replace(held, view="")), "Compare")


def swap(session: Session) -> None:
    """Go to the second instant and keep this one for it."""
    if session.compare_ns is not None:
        session.compare_ns, now = session.clock.now_ns, session.compare_ns
        session.clock.go_to(now)


def shows_change(session: Session) -> bool:
    """Whether every layer of sensors that is shown is coloured by its change since the second instant."""
    layers = _sensors(session)
    return bool(layers) and all(layer.color_by == "change" for layer in layers)


def show_change(session: Session, on: bool) -> None:
    """Colour the shown layers of sensors by their change, or by their values again: one edit."""
    if on and session.compare_ns is None:
        session.compare_ns = session.clock.now_ns
    ids = [layer.id for layer in _sensors(session)]
    colored = session.document.with_each(ids, lambda x: replace(x, color_by="change" if on else "value"))
    _commit(session, colored, "Colour by")


def _sensors(session: Session) -> list:
    return [x for x in session.document.layers if x.kind == "sensors" and session.document.shown(x)]


def _commit(session: Session, document, label: str) -> None:
    session.edits.commit(document, label)
    session.edits.seal()
