"""Panels that have nothing to show say why, and the way out: nothing is there, or its files are gone."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtWidgets import QLabel

from app.panels.incidents import IncidentPanel
from app.panels.indicators import IndicatorPanel
from app.panels.scenarios import SEEN_TICKS, ScenarioPanel
from app.panels.statistics import StatisticsPanel
from app.panels.systems import SystemsPanel
from app.panels.vitals import VitalsPanel
from app.session import Session
from app.unread import lost_readings
from layers.incidents import Incidents
from layers.sensor_points import SensorPoints
from layers.zones import Zones
from tests.app.made_sessions import put
from tests.app.test_vitals_panel import underpasses
from twin.document import Document
from twin.layer import Source
from twin.project import Project
from twin.scenario import Chapter, Scenario
from twin.text import set_language

STORY = Scenario(id="rain", name="Rainstorm", end="2026-07-15T08:00+08:00", visible=("depth", "areas"),
                 chapters=(Chapter(time="2026-07-15T06:00+08:00", title="It rains"),))
EMPTY, LOST = (), (SensorPoints(id="depth", name="Depth", source=Source(path="/gone/made.csv")),
                   Zones(id="areas", name="Areas", source=Source(path="/gone/areas.geojson")),
                   Incidents(id="cases", name="Cases", source=Source(path="/gone/made.incidents.jsonl")))


@pytest.fixture
def made(qtbot):
    """A session whose files have been looked for."""
    sessions = []

    def make(layers) -> Session:
        session = Session(Project(document=Document(layers=layers, scenarios=(STORY,) if layers else ())))
        sessions.append(session)
        for layer in layers:
            session.asset(layer.id)
        session.settle(60)
        return session
    yield make
    for session in sessions:
        session.close()
    set_language("en")


def said(panel, label, session, qtbot) -> str:
    """What it says when it has nothing left to wait for."""
    def quiet() -> bool:
        session.tick(0.0)
        panel.refresh()
        return not session.assets.loading and label.text() not in ("", "Counting…", "Being computed")
    qtbot.waitUntil(quiet, timeout=60_000)
    for _ in range(3):
        session.tick(0.0)
        panel.refresh()
    return label.text()


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("panel", [VitalsPanel, StatisticsPanel, IndicatorPanel])
def test_no_readings_and_files_that_are_gone_are_two_things(panel, language, made, on_screen, qtbot):
    set_language(language)
    words = {"en": ("No layer of this project has readings", "menu File", "1 of 1 layers of sensors could not be read",
                    "Find the file…"),
             "zh": ("没有含读数的图层", "“文件”菜单", "1 个传感器图层中有 1 个无法读取", "查找文件…")}[language]
    for layers, expected, other in ((EMPTY, words[:2], words[2]), (LOST, words[2:], words[0])):
        session = made(layers)
        shown = on_screen(panel(session, None), 340, 800)
        told = said(shown, getattr(shown, "summary", None) or shown.said, session, qtbot)
        assert all(part in told for part in expected) and other not in told, told


def test_zones_that_are_gone_are_not_called_none(made, on_screen, qtbot):
    session = made(LOST)
    panel = on_screen(VitalsPanel(session, None), 340, 800)
    assert "1 of 1 layers of zones could not be read" in said(panel, panel.summary, session, qtbot)
    assert not panel.fly.isEnabled()


def test_readings_that_are_missing_beside_others_are_counted(made):
    other = replace(LOST[0], id="other", source=Source(path="/made.csv"))
    session = Session(Project(document=Document(layers=(other, LOST[0]))))
    put(session, other, underpasses())
    session.asset("depth")
    session.settle(60)
    assert lost_readings(session) == "1 of 2 layers of sensors could not be read"
    session.close()


@pytest.mark.parametrize("layers, words, event", [(EMPTY, "No incident has been opened", "No rules yet"),
                                                  (LOST, "The journal of incidents could not be read", "No rules yet")])
def test_no_incidents_say_how_one_begins_or_that_the_journal_is_gone(layers, words, event, made, on_screen):
    panel = on_screen(IncidentPanel(made(layers)), 1100, 300)
    assert words in panel.detail.steps.text() and panel.detail.title.text() == ""
    panel.tabs.setCurrentIndex(1)
    assert event in panel.said.text()


def test_where_no_layer_shows_a_system_the_panel_says_where_one_sees_them(made, on_screen):
    panel = on_screen(SystemsPanel(made(EMPTY)), 300, 600)
    assert panel.summary.text().startswith("148 systems: 0 of 114") and "sample project" in panel.summary.text()


def test_a_story_whose_files_are_gone_says_so(made, on_screen):
    empty = on_screen(ScenarioPanel(made(EMPTY)), 340, 600)
    assert any("sample project" in label.text() for label in empty.findChildren(QLabel))
    session = made(LOST)
    panel = on_screen(ScenarioPanel(session), 340, 600)
    panel.toggle("rain")
    session.settle(60)
    for _ in range(SEEN_TICKS + 2):
        session.tick(0.0)
        panel.before_frame()
        panel.refresh()
    assert panel.lost.isVisible() and panel.lost.text().startswith("2 of 2 layers that are shown here")
