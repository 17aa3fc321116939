"""The timeline through its real widgets."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest

from app import counting
from app.panels import ribbon
from app.panels.coverage import _count, bin_edges, typical_interval_ns
from app.panels.ribbon_painting import LABEL_ROW_PX, LANE_PX
from app.panels.timeline import Timeline
from layers.sensor_points import SensorPoints
from layers.sun_path import SunPath
from layers.vehicles import Vehicles
from tests.app.made_sessions import DAY_START, MadeHistory, put, sensor_session, sensors_payload
from twin.clock import FOLLOWING, PAUSED, PLAYING
from twin.data import Tracks
from twin.frame import Frame
from twin.history.motion import motion_of
from twin.history.timetable import Timetable
from twin.layer import Source
from twin.times import DAY, HOUR, SECOND, iso, parse


@pytest.fixture
def timeline(on_screen, session):
    return on_screen(Timeline(session), 1000, 72)


def ribbon_point(timeline, time_ns) -> QPoint:
    return QPoint(round(timeline.ribbon.x_of(time_ns)), 10)


def test_typing_a_time_moves_the_clock(timeline, session):
    line = timeline.entry.line
    QTest.mouseClick(line, Qt.MouseButton.LeftButton)      # takes it all: what is typed replaces it
    QTest.keyClicks(line, "18:30")
    timeline.refresh()                                     # the tick must not overwrite what is being typed
    assert line.text() == "18:30"
    QTest.keyClick(line, Qt.Key.Key_Return)
    assert iso(session.clock.now_ns) == "2026-07-15T18:30:00+08:00"
    timeline.refresh()
    assert line.text() == "2026-07-15 18:30"


def test_what_is_no_time_stays_and_says_so(timeline, session):
    before, line = session.clock.now_ns, timeline.entry.line
    line.selectAll()
    QTest.keyClicks(line, "tea time")
    QTest.keyClick(line, Qt.Key.Key_Return)
    assert session.clock.now_ns == before
    assert line.text() == "tea time" and "not a time" in line.toolTip()
    QTest.keyClick(line, Qt.Key.Key_Escape)
    assert line.text() == "2026-07-15 06:41"


def test_dragging_the_ribbon_scrubs_without_an_edit(timeline, session):
    ribbon = timeline.ribbon
    QTest.mousePress(ribbon, Qt.MouseButton.LeftButton, pos=ribbon_point(timeline, DAY_START + 3 * HOUR))
    QTest.mouseMove(ribbon, ribbon_point(timeline, DAY_START + 12 * HOUR))
    QTest.mouseRelease(ribbon, Qt.MouseButton.LeftButton)
    assert abs(session.clock.now_ns - (DAY_START + 12 * HOUR)) < HOUR // 10
    assert session.edits.revision == 0 and not session.edits.undo_label


def test_ten_drag_events_are_one_change_for_the_tick(timeline, session):
    """What a frame compares is the clock: ten events between two ticks leave it one new instant."""
    seen, ribbon = [session.moment().now_ns], timeline.ribbon
    QTest.mousePress(ribbon, Qt.MouseButton.LeftButton, pos=ribbon_point(timeline, DAY_START + HOUR))
    for hour in range(2, 12):
        QTest.mouseMove(ribbon, ribbon_point(timeline, DAY_START + hour * HOUR))
    timeline.refresh()
    seen.append(session.moment().now_ns)
    QTest.mouseRelease(ribbon, Qt.MouseButton.LeftButton)
    timeline.refresh()
    seen.append(session.moment().now_ns)
    assert len(set(seen)) == 2
    assert abs(seen[-1] - (DAY_START + 11 * HOUR)) < HOUR // 10


def test_playing_goes_on_after_a_drag(timeline, session):
    session.clock.play()
    QTest.mousePress(timeline.ribbon, Qt.MouseButton.LeftButton, pos=QPoint(200, 10))
    assert session.clock.state == PAUSED
    QTest.mouseRelease(timeline.ribbon, Qt.MouseButton.LeftButton, pos=QPoint(200, 10))
    assert session.clock.state == PLAYING


def wheel(ribbon, x: int, notches: int) -> None:
    event = QWheelEvent(QPointF(x, 10), ribbon.mapToGlobal(QPointF(x, 10)), QPoint(), QPoint(0, 120 * notches),
                        Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False)
    ribbon.wheelEvent(event)


def test_the_wheel_zooms_about_the_cursor_and_a_double_click_shows_all(timeline):
    ribbon = timeline.ribbon
    whole, x = ribbon.view_ns, 600
    still = ribbon.time_at(x)
    wheel(ribbon, x, 5)
    timeline.refresh()
    assert ribbon.view_ns[1] - ribbon.view_ns[0] < (whole[1] - whole[0]) / 2
    assert abs(ribbon.time_at(x) - still) < HOUR // 60
    QTest.mouseDClick(ribbon, Qt.MouseButton.LeftButton, pos=QPoint(x, 10))
    timeline.refresh()
    assert ribbon.view_ns == whole


def test_the_ribbon_counts_readings_and_shows_the_gap(qtbot, timeline):
    coverage = timeline.ribbon.coverage

    def counted():
        timeline.refresh()
        assert coverage.counts.sum() == 288 + 252 + 287
    qtbot.waitUntil(lambda: coverage.counts.any() or timeline.refresh() is not None)
    counted()
    quiet = (coverage.edges_ns[:-1] >= DAY_START + 9 * HOUR) & (coverage.edges_ns[1:] <= DAY_START + 12 * HOUR)
    loud = coverage.edges_ns[1:] <= DAY_START + 9 * HOUR
    assert 0 < coverage.counts[quiet].max() < coverage.counts[loud].min()


def test_what_reports_seldom_has_no_gaps_beside_what_reports_often():
    """Five-minute sensors beside a vehicle that reports every ten seconds for half an hour."""
    seldom, often = MadeHistory(), MadeHistory()
    instants = DAY_START + 8 * HOUR + np.arange(180, dtype=np.int64) * 10 * SECOND
    often.rows, often.interval_ns = [(instants, np.ones(180, np.float32))], np.array([10 * SECOND])
    edges = bin_edges(seldom.span_ns, 480, typical_interval_ns([seldom, often]))
    sources = tuple(counting.Source(SimpleNamespace(history=h), (), None) for h in (seldom, often))
    counts = _count(counting.Question(sources=sources), edges)[-1]
    inner = counts[(edges[:-1] > DAY_START + HOUR) & (edges[1:] < DAY_START + 23 * HOUR)]
    assert inner.min() > 0 and counts.sum() == pytest.approx(288 + 252 + 287 + 180, abs=3)
    quiet = (edges[:-1] > DAY_START + 10 * HOUR) & (edges[1:] < DAY_START + 11 * HOUR)
    loud = (edges[:-1] > DAY_START + 2 * HOUR) & (edges[1:] < DAY_START + 3 * HOUR)
    assert counts[quiet].mean() < 0.8 * counts[loud].mean()


def test_buttons_and_keys(timeline, session):
    start, end = session.clock.span_ns
    QTest.mouseClick(timeline.buttons["last"], Qt.MouseButton.LeftButton)
    assert session.clock.now_ns == end
    QTest.mouseClick(timeline.buttons["first"], Qt.MouseButton.LeftButton)
    QTest.keyClick(timeline.ribbon, Qt.Key.Key_Right)
    assert session.clock.now_ns == start + session.clock.step_ns
    QTest.mouseClick(timeline.buttons["play"], Qt.MouseButton.LeftButton)
    assert session.clock.state == PLAYING
    QTest.mouseClick(timeline.live, Qt.MouseButton.LeftButton)
    timeline.refresh()
    assert session.clock.state == FOLLOWING and timeline.live.isChecked()
    session.clock.go_to(start)
    timeline.refresh()
    assert not timeline.live.isChecked()


def test_a_speed_and_a_step_can_be_typed(timeline, session):
    for box, typed in ((timeline.speed, "2 h/s"), (timeline.step, "90 s")):
        box.lineEdit().selectAll()
        QTest.keyClicks(box.lineEdit(), typed)
        QTest.keyClick(box.lineEdit(), Qt.Key.Key_Return)
    assert session.clock.speed == 7200.0
    assert session.clock.step_ns == 90 * 10**9
    timeline.refresh()
    assert timeline.speed.currentText() == "2 h per second"


def test_the_zone_is_an_edit_and_changes_how_times_are_written_not_what_was_measured(timeline, session):
    read = [session.asset(layer.id) for layer in session.document.layers]
    timeline.entry.zone_button.choose("UTC")
    assert session.edits.undo_label == "Time zone"
    timeline.refresh()
    assert timeline.entry.line.text() == "2026-07-14 22:41"
    assert timeline.entry.zone_button.text() == "+00:00"
    assert [session.asset(layer.id) for layer in session.document.layers] == read      # nothing is read again
    assert session.moment().time_zone == "Asia/Shanghai" and session.moment().shown_zone == "UTC"
    session.edits.undo()
    assert session.document.shown_zone == "Asia/Shanghai"


def test_the_shown_zone_becomes_the_projects_own_where_that_is_asked(timeline, session):
    button = timeline.entry.zone_button
    button.choose("Europe/Berlin")
    button.menu().aboutToShow.emit()
    kept = next(a for a in button.menu().actions() if a.text() == "Make it the project's zone")
    kept.trigger()
    assert session.document.time_zone == session.document.shown_zone == "Europe/Berlin"
    assert session.document.clock_zone == ""
    button.menu().aboutToShow.emit()
    checked = [a.text() for a in button.menu().actions() if a.isChecked()]
    assert checked == ["Project: Europe/Berlin"]


def test_the_search_of_the_zone_menu_has_the_focus_and_says_when_nothing_is_found(timeline, qtbot, monkeypatch):
    button, told = timeline.entry.zone_button, []
    monkeypatch.setattr("app.panels.time_entry.QToolTip.showText", lambda at, words, *_: told.append(words))
    button.menu().popup(button.mapToGlobal(button.rect().topLeft()))
    line = button.search
    qtbot.waitUntil(line.hasFocus)
    QTest.keyClicks(line, "atlantis")
    line.returnPressed.emit()
    line.setText("new")
    line.returnPressed.emit()
    button.menu().close()
    assert told[0] == "No time zone has a name like this." and "time zones have this" in told[1]


def test_without_time_series_it_says_so_and_does_nothing(qtbot):
    session = sensor_session(empty=True)
    bar = Timeline(session)
    qtbot.addWidget(bar)
    bar.show()
    bar.refresh()
    assert not bar.ribbon.has_data and not bar.live.isEnabled() and not bar.buttons["play"].isEnabled()
    QTest.mouseClick(bar.ribbon, Qt.MouseButton.LeftButton)
    assert session.clock.now_ns == 0
    session.close()


def test_nights_lie_where_the_sun_is_down(timeline):
    noon = DAY_START + DAY // 2
    nights = timeline.ribbon.nights()
    assert nights and not any(start <= noon < end for start, end, _ in nights)
    assert any(start <= DAY_START + HOUR < end for start, end, _ in nights)


YEAR_2019 = (parse("2019-01-01T00:00:00+08:00"), parse("2019-12-31T00:00:00+08:00"))


def add_readings(session, span_ns):
    """Another sensor layer, as an edit, with its readings read."""
    layer = SensorPoints(id="other", name="Other", source=Source(path="/data/other.csv"))
    payload = sensors_payload()
    payload.history.span_ns = span_ns
    session.edits.commit(session.document.with_layer(layer), "Add layers")
    put(session, layer, payload)


def tick(timeline):
    timeline.session.tick(0.0)
    timeline.refresh()


def test_readings_of_another_year_leave_what_one_looks_at_and_undo_takes_them_out_of_all(timeline, session):
    ribbon = timeline.ribbon
    day = ribbon.view_ns
    add_readings(session, YEAR_2019)
    tick(timeline)
    assert ribbon.view_ns == day == session.clock.span_ns
    QTest.mouseDClick(ribbon, Qt.MouseButton.LeftButton, pos=QPoint(300, 10))
    tick(timeline)
    assert ribbon.view_ns == (YEAR_2019[0], day[1]), "from home, all there is"
    session.edits.undo()
    tick(timeline)
    assert ribbon.view_ns == day == ribbon.all_ns


def test_years_around_the_day_one_looks_at_do_not_shrink_it(timeline, session):
    ribbon = timeline.ribbon
    day, years = ribbon.view_ns, (YEAR_2019[0], ribbon.view_ns[1] + 300 * DAY)
    tick(timeline)
    add_readings(session, years)
    tick(timeline)
    assert ribbon.view_ns == day and session.clock.span_ns == years
    QTest.mouseDClick(ribbon, Qt.MouseButton.LeftButton, pos=QPoint(300, 10))
    tick(timeline)
    assert ribbon.view_ns == years
    session.edits.undo()
    tick(timeline)
    assert ribbon.view_ns == day


def test_a_project_that_is_opened_shows_all_that_belongs_together(qtbot, session):
    """Its layers come in one by one; the first of them is not what somebody looks at."""
    bar = Timeline(session)
    qtbot.addWidget(bar)
    years = (YEAR_2019[0], session.clock.span_ns[1])
    add_readings(session, years)
    session.tick(0.0)
    bar.refresh()
    assert bar.ribbon.view_ns == years


def test_a_double_click_moves_no_clock(timeline, session):
    now = session.clock.now_ns
    for state in (PAUSED, PLAYING, FOLLOWING):
        session.clock.state = state
        QTest.mouseClick(timeline.ribbon, Qt.MouseButton.LeftButton, pos=QPoint(900, 10))
        QTest.mouseDClick(timeline.ribbon, Qt.MouseButton.LeftButton, pos=QPoint(900, 10))
        QTest.mouseRelease(timeline.ribbon, Qt.MouseButton.LeftButton, pos=QPoint(900, 10))
        assert (session.clock.now_ns, session.clock.state) == (now, state)


def test_now_outside_the_data_does_not_stretch_the_ribbon_and_is_pointed_to(timeline, session):
    ribbon = timeline.ribbon
    day = ribbon.view_ns
    session.clock.go_to(YEAR_2019[0])
    tick(timeline)
    assert ribbon.view_ns == day
    edge = ribbon.grab().toImage().pixelColor(6, (ribbon.height() - LABEL_ROW_PX + LANE_PX) // 2)
    assert edge == ribbon.ink("accent")


def test_the_ribbon_says_what_its_colours_mean(qtbot, timeline):
    ribbon = timeline.ribbon
    qtbot.waitUntil(lambda: timeline.refresh() is None and ribbon.coverage.counts.any())
    assert "readings in" in ribbon._tip(DAY_START + 14 * HOUR) and "Night" not in ribbon._tip(DAY_START + 14 * HOUR)
    assert "Night (shaded)" in ribbon._tip(DAY_START + 2 * HOUR)


def test_live_follows_what_was_said_and_no_timetable_of_next_year(session):
    newest = session.newest_ns()
    motion, _ = motion_of(np.zeros(2, int), np.array([6, 7]) * HOUR, np.zeros((2, 3)), 1)
    table = Timetable(**vars(motion), services=np.zeros(1, int), days_ns=DAY_START + np.arange(400) * DAY,
                      day_offsets=np.array([0, 400]))
    layer = Vehicles(id="bus", name="Buses", source=Source(path="/data/gtfs.zip"))
    session.edits.commit(session.document.with_layer(layer), "Add")
    put(session, layer, Tracks(history=table, count=1))
    assert table.span_ns[1] > newest == session.newest_ns()


def test_an_instant_is_data_too(on_screen, session):
    timeline = on_screen(Timeline(session), 1000, 72)
    session.clock.set_span(DAY_START, DAY_START)
    timeline.refresh()
    assert timeline.ribbon.has_data and timeline.buttons["play"].isEnabled()
    session.clock.set_span(0, 0)
    timeline.refresh()
    assert not timeline.ribbon.has_data


def test_days_that_fly_past_keep_a_steady_light(timeline, session):
    clock = session.clock
    frame = Frame(crs="EPSG:4549", origin=(618_000.0, 3_470_000.0, 0.0))
    session.edits.commit(replace(session.document, frame=frame), "")
    clock.go_to(DAY_START + HOUR)
    night = session.sun()
    clock.set_speed(3600.0)
    clock.play()
    assert session.sun() == night and night.elevation_deg < -20, "a day of 24 s is seen"
    clock.set_speed(86_400.0)
    mornings = []
    for _ in range(8):
        clock.now_ns += 5 * HOUR
        mornings.append(session.sun())
    assert {round(sun.elevation_deg) for sun in mornings} == {60}, "ten o'clock by the sun"
    timeline.refresh()
    assert "morning" in timeline.speed.toolTip()
    session.edits.commit(session.document.with_layer(SunPath(id="path", name="Path")), "")
    assert session.sun().elevation_deg != pytest.approx(60, abs=2), "whoever shows its path wants the sun itself"
    clock.pause()
    assert session.sun() == session._sun.over(session.document.frame, clock.now_ns), "a still picture tells the hour"


def test_dragging_over_much_time_keeps_a_steady_light(timeline, session, monkeypatch):
    QTest.mousePress(timeline.ribbon, Qt.MouseButton.LeftButton, pos=ribbon_point(timeline, DAY_START + HOUR))
    assert not session.clock.hurries, "the ribbon shows one day and its night"
    QTest.mouseRelease(timeline.ribbon, Qt.MouseButton.LeftButton)
    monkeypatch.setattr(ribbon, "MOST_NIGHTS_NS", DAY // 2)
    QTest.mousePress(timeline.ribbon, Qt.MouseButton.LeftButton, pos=ribbon_point(timeline, DAY_START + 2 * HOUR))
    assert session.clock.hurries
    QTest.mouseRelease(timeline.ribbon, Qt.MouseButton.LeftButton)
    assert not session.clock.hurries
