"""What of time is looked at, jumps, bookmarks, the second instant: through the timeline's widgets and commands."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from types import SimpleNamespace
from unittest.mock import MagicMock

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu, QToolButton, QWidget

from app import comparing, timing
from app.jumping import CHANGE, DATA, EVENT, Jumps, changes
from app.panels import time_menus
from app.panels.calendar import DataCalendar, page
from app.panels.ribbon_painting import LANE_PX, grouped
from app.panels.ribbon_rows import NAMES_PX, ROW_PX
from app.panels.timeline import Timeline
from app.session import Session
from tests.app.made_sessions import DAY_START, INTERVAL_NS
from twin import text
from twin.clock import CUMULATIVE, INSTANT, PLAYING, SPAN, Clock
from twin.incidents.rule import AlarmRule
from twin.marks import ALARM, Mark
from twin.selection import Selection
from twin.times import DAY, HOUR, MINUTE, SECOND, iso, parse

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def timeline(on_screen, session):
    return on_screen(Timeline(session), 1000, 90)


class Told:
    def __init__(self, *marks):
        self.told = marks

    def state(self):
        return self.told

    def marks(self):
        return self.told


def tick(timeline):
    timeline.session.tick(0.0)
    timeline.refresh()


def drag(widget, start: QPoint, end: QPoint, modifiers=Qt.KeyboardModifier.NoModifier):
    QTest.mousePress(widget, LEFT, modifiers, start)
    QTest.mouseMove(widget, end)
    QTest.mouseRelease(widget, LEFT, modifiers, end)


def place(ribbon, time_ns, y=20) -> QPoint:
    return QPoint(round(ribbon.x_of(time_ns)), y)


def jump(timeline, qtbot, what, direction):
    timeline.jumps.go(what, direction)
    qtbot.waitUntil(lambda: timeline.jumps.refresh() is None and not timeline.jumps.busy)


# -- what is looked at ------------------------------------------------------------------------------------


def test_a_span_has_handles_and_travels_along(timeline, session):
    ribbon, clock = timeline.ribbon, session.clock
    clock.go_to(DAY_START + 12 * HOUR)
    timing.look_at(session, SPAN)
    clock.length_ns = 2 * HOUR
    tick(timeline)
    drag(ribbon, place(ribbon, clock.since_ns), place(ribbon, DAY_START + 6 * HOUR))
    assert clock.now_ns == DAY_START + 12 * HOUR and abs(clock.length_ns - 6 * HOUR) < 3 * MINUTE
    drag(ribbon, place(ribbon, clock.now_ns), place(ribbon, DAY_START + 15 * HOUR))
    assert abs(clock.length_ns - 9 * HOUR) < 4 * MINUTE and abs(clock.now_ns - DAY_START - 15 * HOUR) < 2 * MINUTE
    length = clock.length_ns
    drag(ribbon, place(ribbon, DAY_START + 10 * HOUR, 4), place(ribbon, DAY_START + 12 * HOUR, 4))    # by its bar
    assert clock.length_ns == length and abs(clock.now_ns - DAY_START - 17 * HOUR) < 4 * MINUTE
    clock.play()
    clock.tick(6.0)
    assert clock.length_ns == length and clock.since_ns == clock.now_ns - length
    assert session.moment().since_ns == clock.since_ns


def test_everything_since_the_start_or_since_a_chosen_instant(timeline, session):
    clock = session.clock
    timing.look_at(session, CUMULATIVE)
    assert clock.since_ns == DAY_START
    clock.look_since(DAY_START + 3 * HOUR)
    assert clock.since_ns == DAY_START + 3 * HOUR
    clock.go_to(DAY_START + HOUR)
    assert clock.since_ns == clock.now_ns
    timing.look_at(session, INSTANT)
    assert session.moment().since_ns is None


def test_the_modes_are_a_menu_and_the_length_is_typed(timeline, session):
    menu = QMenu()
    time_menus.fill_modes(menu, session)
    menu.actions()[1].trigger()
    tick(timeline)
    assert session.clock.mode == SPAN and timeline.length.isVisible()
    timeline.length.lineEdit().selectAll()
    QTest.keyClicks(timeline.length.lineEdit(), "90 min")
    QTest.keyClick(timeline.length.lineEdit(), Qt.Key.Key_Return)
    assert session.clock.length_ns == 90 * MINUTE


def test_what_is_looked_at_is_saved_and_opened_again(session, tmp_path):
    session.clock.mode, session.clock.length_ns, session.snap = SPAN, 2 * HOUR, True
    session.compare_ns = DAY_START + HOUR
    path = tmp_path / "p.twin.json"
    session.save(path)
    other = Session()
    other.open(path)
    assert (other.clock.mode, other.clock.length_ns, other.snap) == (SPAN, 2 * HOUR, True)
    assert other.compare_ns == DAY_START + HOUR and other.moment().compare_ns == other.compare_ns
    other.close()


def test_the_speed_is_that_of_the_clock_whatever_the_frames_are():
    """Half a minute at 10 min a second in frames of 16 ms, of 2.3 s, and mixed: the same instant."""
    ends = []
    for frames in ([0.016] * 1875, [2.3] * 13 + [0.1], [0.5, 0.016, 4.0] * 6 + [2.904]):
        clock = Clock(now_ns=DAY_START, span_ns=(DAY_START, DAY_START + 30 * DAY), state=PLAYING, speed=600.0)
        for dt in frames:
            clock.tick(dt)
        ends.append(clock.now_ns)
    assert max(ends) - min(ends) < SECOND // 1000 and abs(ends[0] - DAY_START - 300 * MINUTE) < SECOND // 1000


def test_a_frame_of_seconds_takes_no_time_from_the_clock(session, monkeypatch):
    from app import loop as looping

    class Still(MagicMock):
        def frame(self, dt_secs):
            assert dt_secs <= 1.0
            return False
    monkeypatch.setattr(looping, "Shading", MagicMock())
    monkeypatch.setattr(looping, "Detail", MagicMock())
    monkeypatch.setattr(looping, "Streaming", MagicMock())
    instants = iter([0.0, 5.0, 5.0, 205.0, 205.0])
    monkeypatch.setattr(looping, "time", SimpleNamespace(monotonic=lambda: next(instants)))
    session.clock.play()
    before, looped = session.clock.now_ns, looping.Loop(session, Still(), [])
    looped.tick()
    assert session.clock.now_ns - before == 5 * 600 * SECOND
    looped.tick()                                              # 200 s: the machine slept
    assert session.clock.now_ns - before == 5 * 600 * SECOND


# -- the axis ---------------------------------------------------------------------------------------------


def test_the_axis_zooms_to_seconds_and_is_dragged(timeline, session):
    ribbon, view = timeline.ribbon, session.time_view
    for _ in range(80):
        view.zoom(0.8, 0.5)
    assert view.span_ns[1] - view.span_ns[0] == 2 * SECOND
    view.show(DAY_START + 6 * HOUR, DAY_START + 8 * HOUR)
    now = session.clock.now_ns
    y, quarter = ribbon.height() - 5, ribbon.width() // 4
    drag(ribbon, QPoint(500, y), QPoint(500 - quarter, y))
    assert session.clock.now_ns == now and abs(view.span_ns[0] - DAY_START - 6 * HOUR - 30 * MINUTE) < MINUTE
    drag(ribbon, QPoint(500, 20), QPoint(500 + quarter, 20), Qt.KeyboardModifier.ShiftModifier)
    assert session.clock.now_ns == now and abs(view.span_ns[0] - DAY_START - 6 * HOUR) < MINUTE


def test_keys_step_change_speed_and_turn_pages(timeline, session):
    ribbon, clock = timeline.ribbon, session.clock
    clock.go_to(DAY_START)
    QTest.keyClick(ribbon, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    assert clock.now_ns == DAY_START + 10 * clock.step_ns
    QTest.keyClick(ribbon, Qt.Key.Key_Up)
    assert clock.speed == 1800.0
    QTest.keyClick(ribbon, Qt.Key.Key_Down)
    QTest.keyClick(ribbon, Qt.Key.Key_Down)
    assert clock.speed == 300.0
    session.time_view.show(DAY_START, DAY_START + 2 * HOUR)
    QTest.keyClick(ribbon, Qt.Key.Key_PageDown)
    assert session.time_view.span_ns[0] == DAY_START + 96 * MINUTE


# -- jumping and snapping -----------------------------------------------------------------------------------


def test_the_next_reading_is_that_of_what_is_selected(timeline, session, qtbot):
    session.clock.go_to(DAY_START + 9 * HOUR - MINUTE)
    jump(timeline, qtbot, DATA, 1)
    assert session.clock.now_ns == DAY_START + 9 * HOUR
    session.selection = Selection((("sensors", 1),))              # it says nothing from 09:00 to 12:00
    jump(timeline, qtbot, DATA, 1)
    assert session.clock.now_ns == DAY_START + 12 * HOUR
    jump(timeline, qtbot, DATA, -1)
    assert session.clock.now_ns == DAY_START + 9 * HOUR - INTERVAL_NS


def test_the_next_change_skips_what_stays_the_same(timeline, session, qtbot):
    instants, values = session.timed_layers()[0][1].history.rows[0]
    session.timed_layers()[0][1].history.rows[0] = (instants, np.repeat(values[::24], 24))
    session.selection = Selection((("sensors", 0),))
    session.clock.go_to(DAY_START + 30 * MINUTE)
    jump(timeline, qtbot, CHANGE, 1)
    assert session.clock.now_ns == DAY_START + 2 * HOUR
    jump(timeline, qtbot, CHANGE, 1)
    jump(timeline, qtbot, CHANGE, -1)
    assert session.clock.now_ns == DAY_START + 2 * HOUR
    session.selection = Selection()                              # all of them: another sensor changes at every stamp
    jump(timeline, qtbot, CHANGE, 1)
    assert session.clock.now_ns == DAY_START + 2 * HOUR + INTERVAL_NS


def test_nothing_more_on_a_side_is_told_and_moves_nothing(on_screen, session, qtbot):
    told = []
    timeline = on_screen(Timeline(session, tell=told.append), 1000, 90)
    session.clock.go_to(session.clock.span_ns[1])
    for what in (DATA, CHANGE, EVENT):
        jump(timeline, qtbot, what, 1)
    assert session.clock.now_ns == session.clock.span_ns[1] and len(told) == 3


def test_a_change_is_another_value_or_the_begin_or_end_of_none():
    nan = np.nan
    assert changes(np.array([1, 1, 2, nan, nan, 2])).tolist() == [False, False, True, True, False, True]


def test_scrubbing_and_stepping_land_on_readings_when_they_shall(timeline, session, qtbot):
    ribbon, clock = timeline.ribbon, session.clock
    session.snap = True
    QTest.mouseClick(ribbon, LEFT, pos=place(ribbon, DAY_START + 3 * HOUR + 2 * MINUTE))
    assert (clock.now_ns - DAY_START) % INTERVAL_NS == 0
    session.selection = Selection((("sensors", 1),))
    qtbot.waitUntil(lambda: timeline.jumps._selected_stamps() is not None)
    clock.go_to(DAY_START + 9 * HOUR - INTERVAL_NS)
    timeline.jumps.step(1)
    assert clock.now_ns == DAY_START + 12 * HOUR, "a step is too short to reach the next reading"
    timeline.jumps.step(-1)
    assert clock.now_ns == DAY_START + 9 * HOUR - INTERVAL_NS


def test_hidden_layers_are_not_jumped_to(session):
    hidden = session.document.with_each(["sensors"], lambda x: replace(x, visible=False))
    session.edits.commit(hidden, "Hide")
    jumps = Jumps(session)
    session.snap = True
    assert jumps.snapped(DAY_START + 7) == DAY_START + 7


# -- marks and bookmarks ------------------------------------------------------------------------------------


def test_marks_are_drawn_named_and_clicked(timeline, session):
    ribbon = timeline.ribbon
    at = DAY_START + 10 * HOUR
    session.marks.providers["made"] = Told(Mark(at, "Underpass closed", "incident", ALARM, at + HOUR))
    tick(timeline)
    danger = ribbon.ink("danger").rgb()
    image = ribbon.grab().toImage()
    assert image.pixelColor(round(ribbon.x_of(at)), 4).rgb() == danger
    assert image.pixelColor(round(ribbon.x_of(at + 30 * MINUTE)), LANE_PX - 3).red() > 180
    assert "Underpass closed" in ribbon._tip(at) and "11:00" in ribbon._tip(at + 30 * MINUTE)
    QTest.mouseClick(ribbon, LEFT, pos=QPoint(round(ribbon.x_of(at)) + 3, 4))
    assert session.clock.now_ns == at


def test_marks_on_one_another_are_one():
    marks = tuple(Mark(t, str(t)) for t in (0, 3, 6, 20, 40))
    assert [len(group) for group in grouped(marks, float)] == [3, 1, 1]


def test_what_a_rule_finds_stands_on_the_axis(session, qtbot):
    """Humidity swings about 50 %: above 52 it is too moist, four times a day."""
    rule = AlarmRule(id="r", layer="sensors", name="Too moist", observed="humidity", red=52.0)
    session.edits.commit(session.document.with_rule(rule), "Rule")
    session.settle(10.0)
    found = session.marks.all()
    assert len(found) == 4 and {(m.text, m.level) for m in found} == {("Too moist · Hall", ALARM)}
    assert all(DAY_START < m.time_ns < m.end_ns for m in found)
    session.edits.undo()
    assert session.marks.all() == ()


def test_bookmarks_are_edits_with_a_menu_and_events_to_jump_to(timeline, session, qtbot):
    session.clock.go_to(DAY_START + 8 * HOUR)
    menu = QMenu()
    time_menus.fill_bookmarks(menu, session)
    menu.actions()[0].trigger()
    made, = session.document.bookmarks
    assert made.name == "2026-07-15 08:00" and session.edits.undo_label == "Bookmark"
    timing.rename_bookmark(session, made.id, "Rush hour", "en")
    timing.rename_bookmark(session, made.id, "早高峰", "zh")
    made, = session.document.bookmarks
    assert (made.name, made.name_zh) == ("Rush hour", "早高峰")
    session.clock.go_to(DAY_START)
    jump(timeline, qtbot, EVENT, 1)
    assert session.clock.now_ns == DAY_START + 8 * HOUR
    timing.remove_bookmark(session, made.id)
    assert not session.document.bookmarks
    session.edits.undo()
    time_menus.fill_bookmarks(menu, session)
    session.clock.go_to(DAY_START)
    next(a for a in menu.actions() if a.text().startswith("Rush hour")).trigger()
    assert session.clock.now_ns == parse(made.time)


def test_a_right_click_offers_what_can_be_done_with_an_instant(timeline, session):
    at = DAY_START + 4 * HOUR
    timing.bookmark(session, at, "Early")
    timeline.ribbon.asked(at, timeline.mapToGlobal(QPoint(100, 10)))
    menu = next(m for m in timeline.findChildren(QMenu) if m.isVisible())
    by_words = {a.text(): a for a in menu.actions()}
    by_words["Compare with it (B)"].trigger()
    by_words["Look at the time since then"].trigger()
    by_words["Remove bookmark “Early”"].trigger()
    menu.close()
    assert session.compare_ns == at and session.clock.since_ns == at and not session.document.bookmarks


# -- the second instant -------------------------------------------------------------------------------------


def test_the_second_instant_is_set_dragged_swapped_and_coloured_by(timeline, session):
    ribbon, clock = timeline.ribbon, session.clock
    QTest.mouseClick(ribbon, LEFT, Qt.KeyboardModifier.AltModifier, place(ribbon, DAY_START + 3 * HOUR))
    now = clock.now_ns
    assert abs(session.compare_ns - DAY_START - 3 * HOUR) < 2 * MINUTE and iso(now)[11:16] == "06:41"
    drag(ribbon, place(ribbon, session.compare_ns), place(ribbon, DAY_START + 4 * HOUR))
    assert abs(session.compare_ns - DAY_START - 4 * HOUR) < 2 * MINUTE and clock.now_ns == now
    second = session.compare_ns
    timing.swap(session)
    assert (clock.now_ns, session.compare_ns) == (second, now)
    timing.show_change(session, True)
    assert session.document.layer("sensors").color_by == "change" and timing.shows_change(session)
    session.edits.undo()
    assert not timing.shows_change(session)
    tick(timeline)
    seen = ribbon.grab().toImage().pixelColor(round(ribbon.x_of(session.compare_ns)) - 5, LANE_PX // 2)
    assert seen.rgb() == ribbon.ink("text").rgb()


# -- rows and calendar ----------------------------------------------------------------------------------------


def test_rows_show_every_layer_and_scrub(timeline, session, qtbot):
    timeline.by_layer.click()
    qtbot.waitUntil(lambda: timeline.refresh() is None and timeline.ribbon.coverage.counts.any())
    rows = timeline.rows
    assert [title for _, title in rows.layers()] == ["Weather"]
    tip = rows.tip(NAMES_PX + timeline.ribbon.x_of(DAY_START + 2 * HOUR), ROW_PX / 2)
    assert tip.startswith("Weather") and "readings in" in tip
    QTest.mouseClick(rows, LEFT, pos=QPoint(NAMES_PX + round(timeline.ribbon.x_of(DAY_START + 2 * HOUR)), 5))
    assert abs(session.clock.now_ns - DAY_START - 2 * HOUR) < 3 * MINUTE
    timeline.by_layer.click()
    assert not rows.isVisible()


def test_the_calendar_marks_days_with_readings_and_with_events(qtbot, session):
    timing.bookmark(session, DAY_START + 3 * DAY)
    calendar = DataCalendar(session)
    qtbot.addWidget(calendar)
    calendar.show_now()
    qtbot.waitUntil(lambda: calendar.refresh() is None and bool(calendar.counts))
    assert calendar.counts == {date(2026, 7, 15): 288 + 252 + 287} and calendar.marked == {date(2026, 7, 18)}
    calendar.setCurrentPage(2026, 9)
    qtbot.waitUntil(lambda: calendar.refresh() is None and not calendar.counts)
    calendar.close_down()


def test_the_calendar_names_the_year_first_in_chinese(qtbot, session):
    calendar = DataCalendar(session)
    qtbot.addWidget(calendar)
    bar = calendar.findChild(QWidget, "qt_calendar_navigationbar")
    month, year = (bar.findChild(QToolButton, f"qt_calendar_{name}button") for name in ("month", "year"))
    row = bar.layout()
    for language, first in (("zh", year), ("en", month), ("zh", year)):
        text.set_language(language)
        calendar.show_now()
        assert min((month, year), key=row.indexOf) is first
    text.set_language("en")
    calendar.close_down()


def test_without_a_second_instant_the_scene_compares_no_longer(session):
    for view in ("difference", "swipe"):
        comparing.show_comparison(session, view)
        assert session.compare_ns is not None and session.document.comparison.view == view
        timing.compare_with(session, None)
        assert session.document.comparison.view == ""
    layered = replace(session.document.comparison, view="swipe", only_a=("a",))
    session.edits.commit(replace(session.document, comparison=layered), "Compare")
    timing.compare_with(session, None)
    assert session.document.comparison == layered, "layers need no second instant"


def test_the_second_instant_is_one_that_has_readings(session, monkeypatch):
    """A day and an hour before there is a gap: ten minutes before, there was a reading."""
    now = session.clock.now_ns
    said = [now - 3 * DAY, now - 12 * MINUTE, now]
    history = SimpleNamespace(reading_until=lambda t: max((s for s in said if s <= t), default=None))
    for gone, expected in ((0, now - 10 * MINUTE), (1, now - 3 * DAY)):
        monkeypatch.setattr(comparing.jumping, "sources", lambda _: [(history, ())])
        session.compare_ns = None
        comparing.show_comparison(session, "swipe")
        assert session.compare_ns == expected
        comparing.show_comparison(session, "")
        del said[1:1 + (gone == 0)]


def test_a_page_of_the_calendar_holds_its_month():
    days = page(2026, 2)
    assert date(2026, 2, 1) in days and date(2026, 2, 28) in days and days == sorted(days)
