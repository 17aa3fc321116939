"""The second instant that is compared with."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from app import comparing, timing
from app.panels.ribbon_painting import LANE_PX
from tests.app.made_sessions import DAY_START
from tests.app.slider.made import LEFT, drag, place, tick
from twin.comparison import Comparison
from twin.times import DAY, HOUR, MINUTE, iso


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


def test_a_view_that_is_seen_no_more_is_shown_again_not_put_away(session):
    """The layers of one side were undone: the next choice of the view did nothing that one saw."""
    held = replace(session.document.comparison, view="side", only_a=("a",))
    session.edits.commit(replace(session.document, comparison=held), "Compare")
    session.edits.commit(replace(session.document, comparison=replace(held, only_a=())), "Both sides")
    assert comparing.shown(session) == "" and session.compare_ns is None
    comparing.toggle(session, "side")
    assert comparing.shown(session) == "side" and session.compare_ns is not None
    comparing.toggle(session, "side")
    assert comparing.shown(session) == ""


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


def test_layers_are_given_to_one_side_each_and_the_scene_is_swiped(session):
    comparing.show_on(session, ("sensors",), "a")
    comparing.show_on(session, ("other",), "b")
    held = session.document.comparison
    assert (held.view, held.only_a, held.only_b) == ("swipe", ("sensors",), ("other",)) and session.compare_ns is None
    comparing.show_on(session, ("sensors",), "b")
    assert session.document.comparison.only_b == ("other", "sensors") and comparing.side_of(session, "sensors") == "b"
    comparing.show_on(session, ("sensors", "other"), "")
    assert session.document.comparison == Comparison() and comparing.side_of(session, "sensors") == ""
