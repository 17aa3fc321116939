"""The dashboard through its real widgets, and `citytwin indicators`."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest

from app import indicators
from app.indicators import actuals, studies_of
from app.panels.entry_dialog import EntryDialog
from app.panels.indicators import IndicatorPanel
from app.session import Session
from layers.incidents import Incidents
from layers.sensor_points import SensorPoints
from layers.vectors import VectorLayer
from layers.zones import Zones
from tests.app.made_sessions import put
from tests.app.test_cli import citytwin
from tests.app.test_vitals_panel import NOW, MadeViewport, lines, ticked
from tests.conftest import SAMPLES
from tests.layers.pictures import square, together
from twin.data import Sensors, Vectors
from twin.document import Document
from twin.history.replay import build
from twin.incidents.incident import Entry, Incident
from twin.incidents.journal_file import Cases
from twin.layer import Source
from twin.project import Project
from twin.trouble import Trouble
from twin.vitals.catalogue import catalogue
from twin.vitals.indicators import indicators as plan


@pytest.fixture
def session():
    layer = SensorPoints(id="sites", name="Sites", visible=False, source=Source(path="/made.csv"))
    made = Session(Project(document=Document(layers=(layer,))))
    history, _ = build(np.arange(3, dtype=np.int32), np.full(3, NOW - 60 * 10**9), np.array([1, 1, 0], np.float32), 3)
    features = pa.table({"id": ["a", "b", "c"], "thing": ["a", "b", "c"], "property": ["site.monitored"] * 3,
                         "unit": ["1"] * 3, "name": ["A", "B", "C"]})
    put(made, layer, Sensors(features=features, positions=np.array([[0, 0, 0], [9, 9, 0], [500, 400, 0]], np.float32),
                             history=history, count=3))
    made.clock.go_to(NOW)
    yield made
    made.close()


@pytest.fixture
def panel(session, on_screen):
    panel = on_screen(IndicatorPanel(session, MadeViewport()), 340, 800)
    ticked(panel)
    return panel


def test_all_35_are_there_and_what_the_scene_tells_is_computed(panel):
    rows = lines(panel)
    assert len(rows) == 35 and len(panel.list.lines.lines) == 35 + 4
    sites = rows["35"]
    assert (sites.value, sites.word, sites.level) == ("66.67", "not reached", 4) and "= 100 %" in sites.remark
    assert rows["33"].value == "—" and rows["33"].level == 0
    assert "33 without a value" in panel.summary.text()


def test_21_is_walked_by_those_of_the_central_urban_area_and_told_by_no_terminal(session, monkeypatch):
    """It said 88.8 % by terminals, and 40.8 % of the whole district after somebody had looked at the study."""
    def circle():
        return next(a for i, a in actuals(session, None, None) if i.number == 21)

    assert np.isnan(circle().value) and "Reach on foot" in circle().note
    walked = VectorLayer(id="walked", name="On foot", source=Source(path="/reach.fgb"))
    towns = Zones(id="towns", name="Towns", visible=False, source=Source(path="/towns.geojson"))
    session.edits.commit(session.document.with_layer(towns).with_layer(walked), "Walk")
    table = pa.table({"within": [True, False, False], "people": [30.0, 10.0, 960.0], "walk_min": [3.0, 20.0, 40.0]})
    put(session, walked, Vectors(features=table, count=3, point_feature=np.arange(3),
                                 points=np.array([[0, 0, 0], [50, 0, 0], [900, 0, 0]], np.float32)))
    assert circle().value == pytest.approx(3.0) and "no zone is marked" in circle().note
    marks = pa.table({"name": ["Core", "Rim"], "central": [True, False]})
    put(session, towns, together([square(100), square(100, at=(900, 0))], marks))
    session.tick(0.0)
    found = circle()
    assert found.value == pytest.approx(75.0) and found.note == "40 people in Core"
    assert found.objects == (("walked", 1),), "whoever is beyond is lit, of those who count"
    assert studies_of(session.document) == ("walked",)
    monkeypatch.setattr(indicators, "polygons_of", None)
    assert circle().value == found.value, "a clock that goes on works nothing out anew"
    monkeypatch.undo()
    put(session, towns, together([square(100), square(100, at=(900, 0))], pa.table({"central": ["no", "是"]})))
    session.tick(0.0)
    assert circle().value == 0.0 and circle().note.startswith("960 people"), "another file, which says it in words"


def test_34_counts_the_kinds_of_incidents_that_were_brought_to_a_close(session):
    def journal(*closed: tuple[str, str, int | None]) -> Cases:
        """(id, rule, when it was closed)."""
        def step(id: str, state: str, time_ns: int) -> Entry:
            return Entry(seq=1, incident=id, kind="state", state=state, time_ns=time_ns, written_ns=0)

        incidents = tuple(
            Incident(id=id, title=id, level=3, rule=rule, layer="", streams=(), place=None, synthetic=True, entries=(),
                     steps=(step(id, "found", NOW - 60), *([step(id, "closed", end)] if end else [])))
            for id, rule, end in closed)
        return Cases(incidents=incidents, count=len(incidents))

    layer = Incidents(id="cases", name="Cases", source=Source(path="/made.jsonl"))
    session.edits.commit(replace(session.document, layers=(*session.document.layers, layer)), "Add")
    put(session, layer, journal(("a", "rain", NOW - 9), ("b", "rain", NOW - 8), ("c", "fire", None),
                                ("d", "dust", NOW + 9)))
    told = {i.number: actual for i, actual in indicators.actuals(session, None, None)}[34]
    assert (told.value, told.computed, told.objects) == (1.0, True, (("cases", 2), ("cases", 3)))
    session.clock.go_to(NOW + 10)
    assert {i.number: a for i, a in indicators.actuals(session, None, None)}[34].value == 2.0
    session.clock.go_to(NOW - 100)
    assert {i.number: a for i, a in indicators.actuals(session, None, None)}[34].value == 0.0
    session.edits.undo()
    assert {i.number: a.note for i, a in indicators.actuals(session, None, None)}[34] == "To be entered by hand"


def test_nothing_is_counted_before_it_is_known(session, on_screen):
    panel = on_screen(IndicatorPanel(session, MadeViewport()), 340, 800)
    panel.refresh()
    assert panel.summary.text().endswith("computing…") and lines(panel)["35"].word == "computing…"
    ticked(panel)
    assert "33 without a value" in panel.summary.text() and lines(panel)["33"].word == "no value"


def test_the_failing_site_is_lit_and_flown_to(panel):
    panel.list.choose("35")
    assert f"vital sign {catalogue().sign('site.coverage').name} over" in panel.opened.text()
    assert panel.causes.isEnabled()
    panel.causes.click()
    assert panel.session.selection.items == (("sites", 2),) and panel.session.document.layer("sites").visible
    assert panel.viewport.areas[-1][0] == 440


def test_a_value_is_entered_with_date_and_source_and_taken_back(panel):
    panel.list.choose("33")
    dialog = EntryDialog(next(i for i in plan() if i.number == 33), NOW, "Asia/Shanghai", panel)
    assert not dialog.keep.isEnabled()
    dialog.value.setValue(31)
    dialog.source.setText("Annual report")
    assert dialog.keep.isEnabled()
    indicators.enter(panel.session, 33, *dialog.values())
    ticked(panel)
    assert lines(panel)["33"].word == "reached" and "Annual report" in panel.opened.text()
    panel._fill_entries()
    panel.entries.menu().actions()[0].trigger()
    assert panel.session.document.vitals.indicators == ()
    panel.session.edits.undo()
    assert panel.session.document.vitals.indicators[0].value == 31


def test_a_rise_says_from_what_and_since_when_and_a_unit_speaks_the_language(panel):
    """The arrow alone told nobody what rose; the dialog asked in English for so many 亿元."""
    eight = next(i for i in plan() if i.number == 8)
    assert EntryDialog(eight, NOW, "Asia/Shanghai", panel).value.suffix() == " x 100 million CNY"
    panel.list.choose("6")
    for value, date in ((12.5, "2024-12-31"), (13.75, "2025-12-31")):
        indicators.enter(panel.session, 6, value, date, "Statistics office", "")
        ticked(panel)
        waiting = date.startswith("2024")
        assert (lines(panel)["6"].word == "one date only") is waiting
    assert lines(panel)["6"].trend == 1 and lines(panel)["6"].word == "reached"
    assert "+1.25 since 2024-12-31, when it was 12.5 %" in panel.opened.text()


def test_what_cannot_be_kept_is_refused(session):
    for wrong in ((99, 1.0, "2026-01-01", "x"), (1, 1.0, "2026-01-01", " "), (1, 1.0, "soon", "x")):
        with pytest.raises(Trouble):
            indicators.enter(session, *wrong)


def test_the_command_line_tells_and_keeps(tmp_path):
    for name in ("jiading.twin.json", "sensors.parquet", "sensors.csv", "zones.geojson", "district.geojson",
                 "jiading.incidents.jsonl"):
        shutil.copy(SAMPLES / name, tmp_path / name)
    project = tmp_path / "jiading.twin.json"
    done = citytwin("indicators", project, "--enter", "33", "30", "--date", "2026-07-01", "--source", "Report",
                    "--time", "2026-07-15T06:41", "--json")
    said = json.loads(done.stdout)
    rows = {r["number"]: r for r in said["indicators"]}
    assert said["synthetic"] is True
    assert said["count"] == 35 and rows[33]["actual"] == 30 and rows[33]["reached"] and rows[33]["source"] == "Report"
    assert rows[4]["computed"] and rows[4]["actual"] > 1000 and rows[4]["reached"] is False
    assert rows[34]["computed"] and rows[34]["actual"] == 0, "the flood was just found, by the journal"
    again = json.loads(citytwin("indicators", project, "--json", "--time", "2026-06-15").stdout)
    assert {r["number"]: r["actual"] for r in again["indicators"]}[33] is None
    plain = citytwin("indicators", project, "--time", "2026-06-15").stdout
    assert "≈ 500 Mbps" in plain and not any(x in plain for x in ("左右", "个", "万")), "English has no Chinese targets"
    citytwin("indicators", project, "--enter", "x", "30", check=1)
