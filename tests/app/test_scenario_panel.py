"""The panel of scenarios through its widgets: played by a click, told by the clock, kept in sight."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt

from app.panels.scenarios import ScenarioPanel
from tests.app.made_stories import EYE, HOME, LAYER, RAIN, Eye, rain_session
from twin import times
from twin.scenario import Chapter


@pytest.fixture
def session(samples):
    made = rain_session(samples)
    yield made
    made.close()


class Watching:
    """A session that tells when the player first asks it something."""

    def __init__(self, session, asked):
        object.__setattr__(self, "_of", (session, asked))

    def __getattr__(self, name):
        session, asked = self._of
        asked()
        return getattr(session, name)

    def __setattr__(self, name, value):
        setattr(self._of[0], name, value)


def tick(panel, times=4):
    """As the loop does, with pictures in between."""
    for _ in range(times):
        panel.before_frame()
        panel.refresh()


def test_one_click_plays_it_and_the_clock_tells_the_chapters(session, qtbot):
    eye = Eye()
    panel = ScenarioPanel(session, eye)
    qtbot.addWidget(panel)
    panel.show()
    tick(panel)
    before, clock = session.document, session.clock
    clock.speed, clock.loop, was_ns, was_chosen = 60.0, True, clock.now_ns, session.selection
    session.time_view.show(was_ns - times.DAY, was_ns + times.DAY)
    qtbot.mouseClick(panel.buttons["rain"], Qt.MouseButton.LeftButton)
    assert session.clock.state == "playing" and session.clock.speed == 300.0
    assert session.clock.now_ns == times.parse("2026-07-15T06:00+08:00")
    assert session.time_view.span_ns == (times.parse("2026-07-15T06:00+08:00"), times.parse(RAIN.end))
    assert session.story == ("It rains", "62 mm in an hour") and eye.flights == [EYE]
    assert not session.document.layer("water").visible and session.document.layer(LAYER).size_px == 20.0

    tick(panel)
    session.clock.go_to(times.parse("2026-07-15T06:41:30+08:00"))
    tick(panel)
    assert session.story[0] == "25 cm" and eye.flights == [EYE], "no camera: it stays"
    assert [i for i, row in enumerate(panel.chapters) if row.isChecked()] == [1]
    (layer, row), = session.selection.items
    assert session.asset(layer).payload.features.column("id")[row].as_py() == "UP-001.flood.underpass_depth"
    panel.chapters[0].click()
    tick(panel)
    assert session.story[0] == "It rains"

    session.clock.go_to(times.parse("2026-07-15T09:00+08:00"))
    tick(panel)
    assert session.clock.state == "paused" and session.clock.now_ns == times.parse(RAIN.end)
    session.clock.go_to(times.parse("2026-07-13T00:00+08:00"))          # where play starts over with data that ended
    session.clock.play()
    tick(panel)
    assert session.clock.now_ns == times.parse("2026-07-15T06:00+08:00") and session.story[0] == "It rains"
    qtbot.mouseClick(panel.buttons["rain"], Qt.MouseButton.LeftButton)
    assert session.document is before and session.story is None
    assert (clock.now_ns, clock.speed, clock.loop, session.selection) == (was_ns, 60.0, True, was_chosen)
    assert eye.flights[-1] == HOME and session.time_view.span_ns == (was_ns - times.DAY, was_ns + times.DAY)
    session.edits.undo()
    session.edits.undo()
    assert session.document is before


def test_play_is_seen_to_be_taken_and_a_second_click_meanwhile_does_not_end_it(session, qtbot):
    panel = ScenarioPanel(session)
    qtbot.addWidget(panel)
    panel.show()
    tick(panel)
    water = replace(RAIN, visible=("g.city", "water"), settings={})
    session.edits.commit(replace(session.document, scenarios=(water,)), "Another story")
    session.assets.clear()
    tick(panel)
    seen = []
    panel.player.session = Watching(session, lambda: seen.append(panel.buttons["rain"].text()))
    qtbot.mouseClick(panel.buttons["rain"], Qt.MouseButton.LeftButton)
    assert seen[0] == "Loading…", "before anything else is done"
    assert panel.player.waiting and session.clock.state == "paused" and session.story[0] == "It rains"
    tick(panel)
    assert panel.player.waiting and not panel.buttons["rain"].isEnabled()
    assert panel.buttons["rain"].parent().property("playing") and len(panel.chapters) == 2
    qtbot.mouseClick(panel.buttons["rain"], Qt.MouseButton.LeftButton)
    assert panel.player.scenario is water
    session.settle(240)
    panel.before_frame()
    panel.refresh()
    assert session.clock.state == "playing" and session.clock.now_ns == times.parse("2026-07-15T06:00+08:00")
    qtbot.mouseClick(panel.buttons["rain"], Qt.MouseButton.LeftButton)
    assert panel.player.scenario is water, "clicked during the first picture"
    tick(panel)
    assert panel.buttons["rain"].text() == "End"
    qtbot.mouseClick(panel.buttons["rain"], Qt.MouseButton.LeftButton)
    assert panel.player.scenario is None


def test_a_picture_tells_the_chapter_of_its_own_instant(session, qtbot, monkeypatch):
    from types import SimpleNamespace
    from unittest.mock import MagicMock

    from app import loop as looping
    for name in ("Shading", "Detail", "Streaming"):
        monkeypatch.setattr(looping, name, MagicMock())
    instants = iter(x for i in range(20) for x in (60.0 * i / 2, 60.0 * i / 2))         # pictures that take 30 s
    monkeypatch.setattr(looping, "time", SimpleNamespace(monotonic=lambda: next(instants)))
    panel, pictures = ScenarioPanel(session), []
    qtbot.addWidget(panel)

    class View(MagicMock):
        def frame(self, dt_secs):
            pictures.append((session.clock.now_ns, session.story[0]))
            return True
    panel.player.play("rain")
    session.clock.go_to(times.parse("2026-07-15T06:40+08:00"))
    loop = looping.Loop(session, View(), [panel])
    for _ in range(3):
        loop.tick()
    second = times.parse("2026-07-15T06:41+08:00")
    assert [told for _, told in pictures] == ["25 cm" if now >= second else "It rains" for now, _ in pictures]
    assert pictures[-1][1] == "25 cm" and pictures[-1][0] < second + 10 * times.MINUTE, "slow pictures skip nothing"


def test_the_panel_of_stories_asks_the_panels_that_its_chapter_opened(session, qtbot):
    from types import SimpleNamespace

    from PySide6.QtWidgets import QMainWindow

    from app.scenario_steps import panels_of
    window = QMainWindow()
    qtbot.addWidget(window)
    panel = ScenarioPanel(session)
    window.setCentralWidget(panel)
    there = {"statistics": SimpleNamespace(counting=True), "charts": SimpleNamespace()}
    window.docking = SimpleNamespace(panel=there.__getitem__)
    assert not panel.player.counting(), "no chapter is told"
    for opens, counting in ((("charts",), False), (("charts", "statistics/site.tsp thing 15min"), True)):
        panel.player.chapter = replace(RAIN.chapters[0], opens=opens)
        assert panel.player.counting() is counting
    assert panels_of(panel.player.chapter) == ["charts", "statistics"]


def test_the_table_of_an_earlier_chapter_makes_room_for_the_panel_of_the_next(session, qtbot):
    """The table of the streets took the height of the dashboard that the next chapter tells of."""
    from types import SimpleNamespace

    from PySide6.QtWidgets import QMainWindow, QWidget
    window = QMainWindow()
    qtbot.addWidget(window)
    panel = ScenarioPanel(session)
    window.setCentralWidget(panel)
    of = {name: QWidget(window) for name in ("charts", "results", "indicators", "statistics")}
    told = SimpleNamespace(show_about=lambda about: None)
    window.docking = SimpleNamespace(of=of, panel=lambda name: told, show=lambda name, _: (of[name].show(), told)[1])
    for name in of:
        of[name].setVisible(name == "statistics")
    window.show()
    for opens, brought in ((("charts",), {"charts"}), ((), {"charts"}), (("results",), {"charts", "results"}),
                           ((), {"charts", "results"}), (("indicators/21",), {"charts", "indicators"})):
        panel._open(replace(RAIN.chapters[0], opens=opens))
        assert {name for name in of if not of[name].isHidden()} == {"statistics", *brought}, "the user's own stays"
    panel._close()
    assert {name for name in of if not of[name].isHidden()} == {"statistics"}


def test_the_chapter_that_is_told_stays_in_sight_when_the_panel_becomes_lower(session, qtbot):
    from PySide6.QtCore import QPoint
    many = replace(RAIN, chapters=tuple(
        Chapter(time=f"2026-07-15T06:{n:02d}+08:00", title=f"Chapter {n}") for n in range(30)))
    session.edits.commit(replace(session.document, scenarios=(many,)), "many")
    panel = ScenarioPanel(session)
    qtbot.addWidget(panel)
    panel.resize(300, 1200)
    panel.show()
    panel.player.play("rain")
    tick(panel)
    qtbot.waitUntil(lambda: panel.widget().height() > 900 and bool(panel.chapters[-1].width()), timeout=60_000)

    def in_sight() -> bool:
        lit, = (row for row in panel.chapters if row.isChecked())
        top = lit.mapTo(panel.viewport(), QPoint(0, 0)).y()
        return 0 <= top and top + lit.height() <= panel.viewport().height()
    session.clock.go_to(times.parse("2026-07-15T06:20:30+08:00"))
    qtbot.waitUntil(lambda: tick(panel) is None and in_sight(), timeout=60_000)
    panel.resize(300, 180)                                    # a table opens below
    qtbot.waitUntil(lambda: tick(panel) is None and in_sight(), timeout=60_000)
    session.clock.go_to(times.parse("2026-07-15T06:01:30+08:00"))
    qtbot.waitUntil(lambda: tick(panel) is None and in_sight(), timeout=60_000)
    panel.verticalScrollBar().setValue(panel.verticalScrollBar().maximum())
    tick(panel)
    assert not in_sight(), "whoever looks elsewhere is left there"


def test_a_story_that_began_while_its_panel_was_closed_is_in_sight_when_that_opens(session, qtbot):
    others = tuple(replace(RAIN, id=f"other-{n}", name=f"Other {n}") for n in range(12))
    session.edits.commit(replace(session.document, scenarios=(*others, RAIN)), "many")
    panel = ScenarioPanel(session)
    qtbot.addWidget(panel)
    panel.resize(300, 180)
    panel.player.play("rain")
    tick(panel, 9)
    panel.show()

    def in_sight() -> bool:
        top = panel.chapters[0].mapTo(panel.viewport(), panel.rect().topLeft()).y() if panel.chapters else -1
        return tick(panel) is None and 0 < top < panel.viewport().height()
    qtbot.waitUntil(in_sight, timeout=60_000)
