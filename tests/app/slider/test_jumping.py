"""Jumps to the next reading, change or event; scrubbing that lands on readings."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from PySide6.QtTest import QTest

from app.jumping import CHANGE, DATA, EVENT, Jumps, changes
from app.panels.timeline import Timeline
from tests.app.made_sessions import DAY_START, INTERVAL_NS
from tests.app.slider.made import LEFT, Told, jump, place, tick
from twin.marks import Mark
from twin.selection import Selection
from twin.times import HOUR, MINUTE


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


def test_the_ribbon_turns_to_an_event_outside_the_data_and_back(timeline, session, qtbot):
    tick(timeline)
    home = session.time_view.span_ns
    inside, outside = DAY_START + 9 * HOUR, home[1] + 30 * HOUR
    session.marks.providers["told"] = Told(Mark(inside, "in"), Mark(outside, "out"))
    session.clock.go_to(inside)
    tick(timeline)
    assert session.time_view.span_ns == home
    jump(timeline, qtbot, EVENT, 1)
    tick(timeline)
    tick(timeline)
    low, high = session.time_view.span_ns
    assert low < session.clock.now_ns == outside < high and high - low == home[1] - home[0]
    jump(timeline, qtbot, EVENT, -1)
    tick(timeline)
    assert session.clock.now_ns == inside and session.time_view.span_ns == home
    session.time_view.show(home[0], home[0] + HOUR)
    jump(timeline, qtbot, EVENT, 1)
    jump(timeline, qtbot, EVENT, -1)
    low, high = session.time_view.span_ns
    assert low < inside < high and high - low == HOUR, "what was zoomed stays so"


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
