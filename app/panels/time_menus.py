"""The menus of the timeline: what is looked at, where to jump, bookmarks, and the second instant."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPoint
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QInputDialog, QMenu

from app import comparing, timing
from app.counting import LAYERS, NONE, ZONES
from app.jumping import CHANGE, DATA, EVENT, Jumps
from app.session import Session
from app.vital_groups import polygons
from twin import times
from twin.clock import CUMULATIVE, INSTANT, MODES, SPAN
from twin.comparison import VIEWS
from twin.text import language, tr

MODE_WORDS = {INSTANT: "An instant", SPAN: "A span of time", CUMULATIVE: "Everything since the start"}
MODE_ICONS = {INSTANT: "time-instant", SPAN: "time-span", CUMULATIVE: "time-cumulative"}
ROW_WORDS = {NONE: "No rows", LAYERS: "A row for each layer", ZONES: "A row for each zone"}
JUMP_WORDS = {(DATA, 1): "Next reading", (DATA, -1): "Previous reading", (CHANGE, 1): "Next change",
              (CHANGE, -1): "Previous change", (EVENT, 1): "Next event", (EVENT, -1): "Previous event"}
JUMP_KEYS = {(DATA, 1): "Ctrl+.", (DATA, -1): "Ctrl+,", (CHANGE, 1): ">", (CHANGE, -1): "<", (EVENT, 1): "]",
             (EVENT, -1): "["}


def fill_modes(menu: QMenu, session: Session) -> None:
    menu.clear()
    for mode in MODES:
        _checked(menu, tr(MODE_WORDS[mode]), session.clock.mode == mode, lambda _, m=mode: timing.look_at(session, m))


def fill_jumps(menu: QMenu, session: Session, jumps: Jumps) -> None:
    menu.clear()
    for (what, direction), words in JUMP_WORDS.items():
        if direction > 0 and not menu.isEmpty():
            menu.addSeparator()
        action = menu.addAction(f"{tr(words)}\t{JUMP_KEYS[what, direction]}",
                                lambda w=what, d=direction: jumps.go(w, d))
        action.setEnabled(what != EVENT or bool(session.marks.all()))
    menu.addSeparator()
    _checked(menu, tr("Snap to readings"), session.snap, lambda on: setattr(session, "snap", on))


def fill_rows(menu: QMenu, session: Session) -> None:
    """Rows over the ribbon, and which zone alone is counted."""
    menu.clear()
    for by, words in ROW_WORDS.items():
        _checked(menu, tr(words), session.rows_by == by, lambda _, b=by: setattr(session, "rows_by", b)).setEnabled(
            by != ZONES or bool(polygons(session)))
    menu.addSeparator()
    selected = session.selection.last
    zone = next((g for g, _ in polygons(session) if (g.layer, g.feature) == selected), None) if selected else None
    menu.addAction(tr("Count “{name}” alone", name=zone.title(language())) if zone
                   else tr("Count the selected zone alone"),
                   lambda: setattr(session, "counted_zone", zone.id)).setEnabled(zone is not None)
    menu.addAction(tr("Count everywhere"),
                   lambda: setattr(session, "counted_zone", "")).setEnabled(bool(session.counted_zone))


def fill_bookmarks(menu: QMenu, session: Session) -> None:
    menu.clear()
    menu.addAction(tr("Bookmark this instant") + "\tCtrl+B",
                   lambda: timing.bookmark(session, session.clock.now_ns)).setEnabled(session.clock.now_ns != 0)
    bookmarks = session.document.bookmarks
    if not bookmarks:
        return
    menu.addSeparator()
    for bookmark in bookmarks:
        when = times.readable(times.parse(bookmark.time, session.document.time_zone), session.document.shown_zone)[:16]
        title = bookmark.title(language())
        menu.addAction(title if title == when else f"{title}\t{when}",
                       lambda b=bookmark: timing.go_to_bookmark(session, b))
    menu.addSeparator()
    rename, remove = menu.addMenu(tr("Rename")), menu.addMenu(tr("Remove"))
    for bookmark in bookmarks:
        rename.addAction(bookmark.title(language()), lambda b=bookmark: _rename(menu, session, b))
        remove.addAction(bookmark.title(language()), lambda b=bookmark: timing.remove_bookmark(session, b.id))


def _rename(menu: QMenu, session: Session, bookmark) -> None:
    name, sure = QInputDialog.getText(menu.parentWidget(), tr("Rename bookmark"), tr("Name"),
                                      text=bookmark.title(language()))
    if sure and name.strip():
        timing.rename_bookmark(session, bookmark.id, name.strip(), language())


def fill_second(menu: QMenu, session: Session) -> None:
    """The second instant: "B" on the ribbon."""
    menu.clear()
    now, second = session.clock.now_ns, session.compare_ns
    menu.addAction(tr("Compare with this instant (B)") + "\tCtrl+Shift+B",
                   lambda: timing.compare_with(session, now)).setEnabled(now != 0)
    for words, back in ((tr("Compare with an hour before"), times.HOUR),
                        (tr("Compare with a day before"), times.DAY),
                        (tr("Compare with a week before"), 7 * times.DAY)):
        menu.addAction(words, lambda b=back: timing.compare_with(session, now - b)).setEnabled(now != 0)
    menu.addSeparator()
    for view, words in list(VIEWS.items())[1:]:
        _checked(menu, tr(words), comparing.shown(session) == view,
                 lambda on, view=view: comparing.show_comparison(session, view if on else "")).setEnabled(now != 0)
    menu.addSeparator()
    _checked(menu, tr("Colour sensors by their change since B"), timing.shows_change(session),
             lambda on: timing.show_change(session, on))
    menu.addAction(tr("Swap the two instants"), lambda: timing.swap(session)).setEnabled(second is not None)
    menu.addAction(tr("Remove the second instant"),
                   lambda: timing.compare_with(session, None)).setEnabled(second is not None)


def at_place(session: Session, time_ns: int, place: QPoint, parent) -> None:
    """What a right click on the ribbon offers for the instant under it."""
    menu = QMenu(parent)
    title = menu.addAction(times.readable(time_ns, session.document.shown_zone, seconds=True)[:19])
    title.setEnabled(False)
    menu.addSeparator()
    clock, view = session.clock, session.time_view
    menu.addAction(tr("Go there"), lambda: clock.go_to(time_ns))
    menu.addAction(tr("Bookmark it"), lambda: timing.bookmark(session, time_ns))
    menu.addAction(tr("Compare with it (B)"), lambda: timing.compare_with(session, time_ns))
    menu.addAction(tr("Look at the time since then"), lambda: clock.look_since(time_ns)).setEnabled(
        time_ns < clock.now_ns)
    menu.addSeparator()
    if clock.mode != INSTANT and clock.now_ns > clock.since_ns:
        menu.addAction(tr("Zoom to the span"), lambda: view.show(clock.since_ns, clock.now_ns))
    menu.addAction(tr("Zoom to the data around now"), lambda: view.show(*view.home_ns))
    menu.addAction(tr("Zoom to all data"), lambda: view.show(*view.all_ns))
    near_ns = (view.span_ns[1] - view.span_ns[0]) // 150
    for mark in session.marks.between(time_ns - near_ns, time_ns + near_ns):
        if mark.kind == "bookmark":
            menu.addAction(tr("Remove bookmark “{name}”", name=mark.text),
                           lambda id=mark.id: timing.remove_bookmark(session, id))
    menu.popup(place)


def _checked(menu: QMenu, words: str, on: bool, run: Callable[[bool], None]) -> QAction:
    action = menu.addAction(words)
    action.setCheckable(True)
    action.setChecked(on)
    action.triggered.connect(run)
    return action
