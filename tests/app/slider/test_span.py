"""What of time is looked at: spans, all since an instant, the axis and its keys."""

from __future__ import annotations

from types import SimpleNamespace
from unittest.mock import MagicMock

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu

from app import timing
from app.panels import time_menus
from app.session import Session
from app.time_view import TimeView
from tests.app.made_sessions import DAY_START
from tests.app.slider.made import drag, place, tick
from twin.clock import CUMULATIVE, INSTANT, PLAYING, SPAN, Clock
from twin.times import DAY, HOUR, MINUTE, SECOND


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


def test_a_jump_that_shows_a_layer_of_a_week_leaves_the_day_that_was_looked_at():
    day, week = (DAY_START, DAY_START + DAY), (DAY_START - 2 * DAY, DAY_START + 5 * DAY)

    def seen(jumps: bool, now_ns: int, edited: bool = False) -> tuple[int, int]:
        clock = SimpleNamespace(now_ns=DAY_START + HOUR, span_ns=day, state=PLAYING)
        session = SimpleNamespace(clock=clock, edits=object(), document=object(), data_span_ns=week,
                                  assets=SimpleNamespace(loading=[]))
        view = TimeView(session)
        view.refresh()
        assert view.span_ns == day
        session.clock.now_ns = now_ns
        if jumps:
            view.keep()
        if edited:
            session.document = object()
        session.clock.span_ns = week                         # the layer has been read
        view.refresh()
        view.refresh()
        return view.span_ns

    assert seen(True, DAY_START + 14 * HOUR) == day
    assert seen(False, DAY_START + 14 * HOUR) == week, "who shows a layer sees its data"
    assert seen(True, DAY_START + 14 * HOUR, edited=True) == week
    assert seen(True, DAY_START + 3 * DAY) == week, "the day does not hold it"


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


def test_who_follows_live_sees_what_came_before_and_who_plays_what_comes(timeline, session):
    view, clock = session.time_view, session.clock
    clock.go_to(DAY_START + HOUR)
    view.refresh()
    view.show(DAY_START, DAY_START + 2 * HOUR)
    clock.go_to(DAY_START + 9 * HOUR)
    view.refresh()
    assert view.span_ns[0] == DAY_START + 9 * HOUR - 12 * MINUTE
    clock.follow()
    clock.tick(0.0, newest_ns=DAY_START + 23 * HOUR)
    view.refresh()
    assert view.span_ns[1] == DAY_START + 23 * HOUR + 12 * MINUTE


def test_live_is_not_pulled_along_by_a_clock_that_is_ahead(monkeypatch):
    from app import live
    now = DAY_START + 12 * HOUR
    monkeypatch.setattr(live.time, "time_ns", lambda: now)

    def said(*instants):
        return SimpleNamespace(span_ns=(DAY_START, max(instants)),
                               reading_until=lambda t: max((x for x in instants if x <= t), default=None))
    right, ahead = said(now - 5 * SECOND), said(now - 4 * SECOND, now + 10 * MINUTE)
    assert live.newest_said([right, ahead]) == now - 4 * SECOND
    assert live.newest_said([right]) == now - 5 * SECOND and live.newest_said([]) is None
    assert live.newest_said([said(now + 30 * DAY)]) == now + 30 * DAY          # a forecast, or made up: nothing else is
