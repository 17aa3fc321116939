"""Linked charts through their widgets, and what they are made of."""

from __future__ import annotations

from dataclasses import replace
from threading import Event

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from app import charting
from app.charted import FIRST_LOOK, Line, difference
from app.charting import histogram, limits_of
from app.panels.charts import Charts
from app.panels.linked_plot import LinkedPlot
from app.reading_export import as_table, rows_of, write
from layers.sensor_points import SensorPoints
from tests.app.made_sessions import DAY_START, put
from twin.frame import Frame
from twin.history import store_reader
from twin.history.store import Store
from twin.history.writer import Writer
from twin.incidents.rule import AlarmRule
from twin.layer import Source
from twin.readers import Progress, Request
from twin.selection import Selection
from twin.sensors import SUSPECT, Batch, Datastream
from twin.times import DAY, HOUR, MINUTE, SECOND

ALL = Selection((("sensors", 0), ("sensors", 1), ("sensors", 2)))


@pytest.fixture
def charts(qtbot, on_screen, session):
    session.selection = ALL
    session.time_view.refresh()
    told = []
    made = on_screen(Charts(session, tell=lambda words, tone="note": told.append((tone, words))), 1000, 340)
    made.told = told
    settle(qtbot, made)
    yield made
    made.close()


def settle(qtbot, charts):
    """Until everything that was asked for is there."""
    qtbot.waitUntil(lambda: charts.refresh() is None and not charts.charting.busy and not charts.exporting.active
                    and charts._beside is None)
    charts.refresh()


# -- lines ----------------------------------------------------------------------------------------------


def test_two_units_never_share_an_axis_and_all_share_the_time(charts, session):
    assert charts.units == ["°C", "%"]
    first, second = charts.plots[:2]
    assert len(first.lines) == 2 and len(second.lines) == 1
    assert first.view_ns == second.view_ns == session.time_view.span_ns
    assert first.getAxis("left").labelText == "°C"
    _, y = first.lines[1].getData()
    assert np.isnan(y).any(), "the pause from 09:00 to 12:00 is a gap"


def test_zoom_goes_both_ways_between_slider_and_charts_until_they_are_let_loose(charts, session):
    session.time_view.show(DAY_START + 6 * HOUR, DAY_START + 8 * HOUR)
    charts.refresh()
    assert charts.plots[0].view_ns == session.time_view.span_ns == charts.plots[1].view_ns
    charts.plots[1].setXRange(10 * 3600, 12 * 3600, padding=0)          # the user's wheel
    charts.refresh()
    assert session.time_view.span_ns == (DAY_START + 10 * HOUR, DAY_START + 12 * HOUR) == charts.plots[0].view_ns
    QTest.mouseClick(charts.tools["link"], Qt.MouseButton.LeftButton)
    session.time_view.show(DAY_START, DAY_START + HOUR)
    charts.refresh()
    assert charts.plots[0].view_ns == (DAY_START + 10 * HOUR, DAY_START + 12 * HOUR)


def test_pinned_charts_keep_their_sensors_and_take_more(qtbot, charts, session):
    session.selection = Selection((("sensors", 0),))
    settle(qtbot, charts)
    assert [line.row for line in charts.charting.lines] == [0]
    QTest.mouseClick(charts.tools["pin"], Qt.MouseButton.LeftButton)
    session.selection = Selection((("sensors", 2),))
    settle(qtbot, charts)
    assert [line.row for line in charts.charting.lines] == [0]
    QTest.mouseClick(charts.tools["add"], Qt.MouseButton.LeftButton)
    settle(qtbot, charts)
    assert [line.row for line in charts.charting.lines] == [0, 2] and charts.units == ["°C", "%"]
    charts.keys.setCurrentItem(charts.keys.topLevelItem(0))
    QTest.keyClick(charts.keys, Qt.Key.Key_Delete)
    settle(qtbot, charts)
    assert [line.row for line in charts.charting.lines] == [2] and not charts.plots[1].isVisible()


def test_nothing_cannot_be_pinned_and_what_is_kept_can_go(qtbot, charts, session):
    """Who pressed + before anything was selected saw an empty chart from then on, whatever was selected."""
    session.selection = Selection()
    settle(qtbot, charts)
    for tool in ("add", "pin"):
        charts.tools[tool].click()
        charts.refresh()
        assert charts.charting.pinned is None and not charts.tools["pin"].isChecked()
    session.selection = Selection((("sensors", 0),))
    settle(qtbot, charts)
    assert [line.row for line in charts.charting.lines] == [0]
    session.current_layer = "city"
    charts.charting.remove(("sensors", 0))
    settle(qtbot, charts)
    assert not charts.charting.lines and "let the pin go" in charts.empty.text()


def test_the_few_sensors_of_a_chosen_layer_are_charted(qtbot, charts, session, monkeypatch):
    """Sensors without a place cannot be clicked in the scene. Its own ones: the third of the table is another's."""
    session.selection, session.current_layer = Selection(), "sensors"
    settle(qtbot, charts)
    assert [line.row for line in charts.charting.lines] == [0, 1]
    session.selection = Selection((("sensors", 1),))
    settle(qtbot, charts)
    assert [line.row for line in charts.charting.lines] == [1]
    session.selection, session.current_layer = Selection((("city", 0),)), "sensors"
    session.selection = Selection((("city", 1),))
    settle(qtbot, charts)
    assert not charts.charting.lines, "a house that is looked at has no readings"
    monkeypatch.setattr(charting, "FEW", 1)
    session.selection, session.current_layer = Selection(), "sensors"
    settle(qtbot, charts)
    assert not charts.charting.lines


def test_what_of_a_huge_selection_is_charted_is_found_once_and_not_at_every_tick(qtbot, charts, session, monkeypatch):
    """A hundred thousand houses of a filter held the window up for seconds, at every tick."""
    asked = []
    monkeypatch.setattr(charts.charting, "_payload",
                        lambda layer, whole=charts.charting._payload: asked.append(layer) or whole(layer))
    session.selection = Selection((*(("houses", n) for n in range(20_000)), ("sensors", 1)))
    settle(qtbot, charts)
    assert [line.row for line in charts.charting.lines] == [1] and len(asked) < 30
    asked.clear()
    charts.refresh()
    assert "houses" not in asked
    assert session.selection.within({"sensors"}) == Selection((("sensors", 1),))


def test_keys_say_what_is_said_now_and_the_cursor_stands_there(charts, session):
    session.clock.go_to(DAY_START + 9 * HOUR)
    charts.refresh()
    assert charts.keys.topLevelItem(0).text(1) == "25 °C"
    assert charts.plots[0].time_of(charts.plots[0].cursor.value()) == DAY_START + 9 * HOUR
    session.compare_ns = DAY_START + HOUR
    charts.refresh()
    assert charts.plots[1].second.isVisible() and charts.plots[1].second.value() == 3600


def test_an_earlier_time_lies_beneath_or_is_taken_off(qtbot, charts):
    charts.shift.taken(2 * HOUR)
    settle(qtbot, charts)
    assert len(charts.plots[1].lines) == 2
    line = charts.charting.lines[0]
    assert line.then.instants[0] == DAY_START + 2 * HOUR and line.then.values[0] == line.values[0]
    charts.tools["difference"].click()
    settle(qtbot, charts)
    lines = charts.charting.lines
    assert len(charts.plots[1].lines) == 1 and lines[0].difference
    at = np.flatnonzero(lines[1].instants == DAY_START + 5 * HOUR)[0]
    assert lines[1].values[at] == pytest.approx(2.0), "it rises by one an hour"
    assert charts.plots[0].getAxis("left").labelText == "Δ °C"
    charts.turn_to("histogram")
    settle(qtbot, charts)
    assert charts.histograms[0].getAxis("bottom").labelText == "Δ °C"


@pytest.mark.parametrize("difference", [False, True])
def test_where_nothing_was_said_so_much_earlier_the_charts_say_so(qtbot, charts, difference):
    charts.tools["difference"].setChecked(difference)
    charts.shift.taken(7 * DAY)
    settle(qtbot, charts)
    lines = len(charts.charting.lines)
    assert charts.said.text() == f"{lines} of {lines} said nothing 7 d before"
    charts.shift.taken(2 * HOUR)
    settle(qtbot, charts)
    assert charts.said.text() == ""


def test_thresholds_are_bands_beyond_the_limits(qtbot, charts, session):
    rule = AlarmRule(id="r", layer="sensors", name="Hot", observed="temperature", yellow=28.0, red=30.0)
    session.edits.commit(session.document.with_rule(rule), "Rule")
    settle(qtbot, charts)
    plot = charts.plots[0]
    plot.setYRange(20.0, 35.0, padding=0)
    top = plot.getViewBox().viewRange()[1][1]
    warm, hot = (tuple(band.getRegion()) for band in plot.bands)
    assert warm == (28.0, 30.0) and hot[0] == 30.0 and hot[1] > top
    assert not charts.plots[1].bands
    cold = replace(rule, direction="below", yellow=5.0, red=0.0)
    only = replace(session.document, rules=(cold,))
    assert limits_of(list(charts.charting.lines[:1]), only) == ((1, 0.0, 5.0), (3, -np.inf, 0.0))


def test_a_band_far_below_what_is_seen_colours_nothing_of_it(qtbot):
    """A water main at 0.46 MPa stood on red from edge to edge, whose limit is 0.05 MPa."""
    plot = LinkedPlot()
    qtbot.addWidget(plot)
    plot.resize(900, 160)
    plot.show()
    qtbot.waitExposed(plot)
    plot.getViewBox().setRange(xRange=(0, 3600), yRange=(0.24, 0.55), padding=0)

    def seen():
        return plot.grab().toImage().pixelColor(450, 80).name()

    empty = seen()
    plot.show_limits(((1, 0.1, 0.14), (2, 0.05, 0.1), (3, -np.inf, 0.05)), "", "light")
    assert seen() == empty
    plot.show_limits(((3, -np.inf, 0.5),), "", "light")
    assert seen() != empty, "what it is for"
    plot.getViewBox().setRange(yRange=(0.7, 0.9), padding=0)
    assert seen() == empty


def test_without_a_rule_the_limits_of_the_vital_sign_are_the_bands_with_their_source(charts, session):
    """A chart of PM2.5 had no band until somebody wrote an alarm rule."""
    def line(property: str, unit: str, **more) -> Line:
        return Line("sensors", 0, "a", "a", property, unit, MINUTE, 900.0, **more)
    fine = line("pm25", "µg/m³")
    bands, words = charts.charting.bands_of([fine])
    assert bands == ((1, 35.0, 75.0), (2, 75.0, 115.0), (3, 115.0, np.inf))
    assert "HJ 633-2012" in words and "no alarm rule" in words
    for others in ([line("pm25", "mg/m³")], [line("pm25", "µg/m³", shift_ns=HOUR, difference=True)],
                   [fine, line("PM10", "µg/m³")], [line("met.rain", "mm")], [line("pm25x", "µg/m³")]):
        assert charts.charting.bands_of(others) == ((), ""), "another unit, a difference, two signs, a sum, no sign"
    assert charts.charting.bands_of([line("water.do", "mg/L")])[0] == (
        (1, 3.0, 5.0), (2, 2.0, 3.0), (3, -np.inf, 2.0))
    inside = charts.charting.bands_of([line("bld.humidity", "%")])[0]
    assert inside[:3] == ((1, 80, 85), (2, 85, 90), (3, 90, np.inf)) and inside[-1] == (3, -np.inf, 30)
    bands, words = charts.charting.bands_of([line("Leq", "dB(A)")])
    assert bands[0] == (1, 70, 75) and "by day" in words, "class 4a, where none is said"
    rule = AlarmRule(id="r", layer="sensors", name="Foul", observed="pm25", yellow=60.0, red=90.0)
    session.edits.commit(session.document.with_rule(rule), "Rule")
    assert charts.charting.bands_of([fine]) == (((1, 60.0, 90.0), (3, 90.0, np.inf)), "")


def test_the_plot_says_whose_limits_its_bands_are(charts):
    plot = charts.plots[0]
    plot.show_limits(((1, 35.0, 75.0),), "Limits of <PM2.5>", "dark")
    title = plot.getPlotItem().titleLabel
    assert title.isVisible() and "&lt;PM2.5&gt;" in title.text and plot.toolTip() == "Limits of <PM2.5>"
    plot.show_limits((), "", "dark")
    assert not title.isVisible() and not plot.toolTip() and not plot.bands


def test_sensors_of_long_names_are_told_apart_by_the_ends_of_their_names(charts, session):
    """Three sensors were "上海市嘉定区安亭…5 · pm25", three times: the property stood twice at the end."""
    payload = session.asset("sensors").payload
    long = "上海市嘉定区安亭镇曹安公路与墨玉路交叉口东北侧综合杆环境空气质量自动监测微型站一体化传感器"
    features = payload.features
    ids = [f"{long}{n}/{p}" for n, p in enumerate(features.column("property").to_pylist())]
    payload = replace(payload, features=features.set_column(features.schema.get_field_index("name"), "name", [ids]))
    put(session, session.document.layer("sensors"), payload)
    names = [charts.charting._named("sensors", row).name for row in range(2)]
    assert [name.split(" · ")[0] for name in names] == [f"{long}0", f"{long}1"]
    assert charts.table.textElideMode() == Qt.TextElideMode.ElideMiddle == charts.keys.textElideMode()


# -- histogram, table, export -----------------------------------------------------------------------------


def test_the_histogram_counts_what_is_visible(qtbot, charts, session):
    charts.turn_to("histogram")
    session.time_view.show(DAY_START, DAY_START + 6 * HOUR)
    settle(qtbot, charts)
    edges, counts = histogram(charts.charting.lines[:2], session.time_view.span_ns)
    assert counts.sum(axis=1).tolist() == [73, 73] and edges[0] <= 18.0 <= edges[-1]
    assert [len(plot.curves) for plot in charts.histograms] == [2, 1]


def test_the_table_lists_readings_with_age_and_quality_and_a_double_click_goes_there(qtbot, charts, session):
    charts.turn_to("readings")
    session.time_view.show(DAY_START + 15 * HOUR, DAY_START + 15 * HOUR + 10 * MINUTE)
    session.clock.go_to(DAY_START + 15 * HOUR + 7 * MINUTE)
    settle(qtbot, charts)
    model = charts.model
    rows = [[model.data(model.index(r, c)) for c in range(6)] for r in range(model.rowCount())]
    assert len(rows) == 9 and rows[-1] == ["2026-07-15 15:00:00+08:00", "Hall · humidity", "—", "%", "7 min ago",
                                           "missing"]
    assert rows[0][4] == "—", "what lies after now has no age yet"
    charts.table.doubleClicked.emit(model.index(8, 0))
    assert session.clock.now_ns == DAY_START + 15 * HOUR


@pytest.fixture
def long_series(session):
    """A sensor with so many readings that some are drawn before the rest; the greatest is none of these."""
    count = 20 * FIRST_LOOK + 7
    instants = DAY_START + np.arange(count, dtype=np.int64) * SECOND
    values = (20 + np.sin(np.arange(count) / 9e3)).astype(np.float32)
    values[1_234_5 * 7 + 1] = 99.0
    session.asset("sensors").payload.history.rows[0] = (instants, values)
    return instants, values


@pytest.mark.parametrize("difference", [False, True])
def test_a_long_series_is_drawn_at_once_and_then_whole(qtbot, charts, session, long_series, monkeypatch, tmp_path,
                                                       difference):
    gate, whole = Event(), charting.whole
    monkeypatch.setattr(charting, "whole", lambda first: gate.wait(60) and whole(first))
    session.selection = Selection((("sensors", 2),))
    qtbot.waitUntil(lambda: charts.refresh() is None and charts.charting.busy)
    session.selection = Selection((("sensors", 0),))
    charts.compare(HOUR)
    charts.charting.difference = difference
    qtbot.waitUntil(lambda: charts.refresh() is None and [x.row for x in charts.charting.lines] == [0]
                    and charts.charting.lines[0].shift_ns == HOUR)
    line = charts.charting.lines[0]
    assert charts.charting.busy and FIRST_LOOK <= len(line.instants) < 2 * FIRST_LOOK and line.difference == difference
    assert len(line.thinned.cuts) == 0 or difference, "what is not looked at yet is no gap"
    charts.export(tmp_path / "all.csv")
    charts.refresh()
    assert charts.exporting.active and not charts.exporting.writing, "what is exported is all of it"
    assert charts.said.text() == (
        f"{len(line.instants):,} of {len(long_series[0]):,} readings are drawn; the rest is being prepared…")
    gate.set()
    qtbot.waitUntil(lambda: charts.refresh() is None and (tmp_path / "all.csv").exists())
    settle(qtbot, charts)
    line, (instants, values) = charts.charting.lines[0], long_series
    assert len(line.instants) == len(instants)
    span = int(instants[0]), int(instants[-1])
    assert np.nanmax(line.thinned.drawable(span, 300)[1]) > 78, "the greatest is not lost"
    assert np.array_equal(line.values, whole_difference(instants, values) if difference else values, equal_nan=True)
    monkeypatch.setattr(session.asset("sensors").payload.history, "series", None)
    charts.compare(2 * HOUR)
    settle(qtbot, charts)
    assert charts.charting.lines[0].shift_ns == 2 * HOUR, "beside another time the same readings are not read again"


def whole_difference(instants, values):
    return difference(instants, values, HOUR, round(15 * MINUTE))


def test_of_a_store_the_suspect_readings_are_marked_and_listed_too(qtbot, charts, tmp_path, session):
    folder = tmp_path / "x.history"
    with Writer(folder) as writer:
        writer.append(Batch(ids=("a",), streams=np.zeros(3, np.int32), times_ns=DAY_START + np.arange(3) * HOUR,
                            values=np.array([1.0, 99.0, 3.0]), quality=np.array([0, SUSPECT, 0], np.int8)),
                      [Datastream(id="a", unit="m")])
        writer.seal()
    layer = SensorPoints(id="stored", name="Stored", source=Source(path=str(folder)))
    payload = store_reader.read(Request(source=layer.source, kind="sensors", frame=Frame()), Progress())
    session.edits.commit(session.document.with_layer(layer), "Add")
    put(session, layer, payload)
    session.selection = Selection((("stored", 0),))
    qtbot.waitUntil(lambda: settle(qtbot, charts) is None and [x.stream for x in charts.charting.lines] == ["a"])
    (marks, at, _), plot = charts.plots[0].suspects[0], charts.plots[0]
    assert plot.time_of(at[0]) == DAY_START + HOUR and 2.5 < marks.getData()[1][0] < 99.0, "at the end of the axis"
    plot.setYRange(0, 200)
    assert marks.getData()[1].tolist() == [99.0]
    assert "1 suspect" in charts.keys.topLevelItem(0).toolTip(0)
    instants, values = payload.history.series(0)
    line = Line("stored", 0, "a", "a", "", "m", HOUR, 900.0, instants, values)
    assert len(rows_of(line, (0, 1 << 62))[0]) == 2
    parts = [(line, rows_of(line, (0, 1 << 62), layer.source))]
    table = as_table(parts, "UTC")
    assert table.column("quality").to_pylist() == ["ok", "suspect", "ok"]
    assert write(table, tmp_path / "a.csv") == 3
    with Store(folder) as store:
        assert store.series("a")[2].tolist() == [0, 1, 0]
