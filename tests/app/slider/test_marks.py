"""Marks on the axis and bookmarks."""

from __future__ import annotations

from PySide6.QtCore import QPoint
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu

from app import timing
from app.jumping import EVENT
from app.panels import time_menus
from app.panels.ribbon_painting import LANE_PX, grouped
from tests.app.made_sessions import DAY_START
from tests.app.slider.made import LEFT, Told, jump, tick
from twin.incidents.rule import AlarmRule
from twin.marks import ALARM, Mark
from twin.times import HOUR, MINUTE, parse


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
