"""The statistics panel through its widgets: counted in a thread, limited to a zone, sorted, written to files."""

from __future__ import annotations

import csv
from dataclasses import replace

import numpy as np
import pyarrow.parquet as pq
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from app import statistics_cli, theme
from app.panels.facts import MISSING
from app.panels.statistics import StatisticsPanel
from app.panels.statistics_matrix import MatrixModel, colors_told, levels_of
from app.panels.statistics_words import DAY, KINDS, exceeding
from app.session import Session
from app.statistics import Question, near_properties
from app.statistics import counted as counted_of
from app.statistics_work import SCENIC
from app.vital_groups import COLUMNS, by_column
from layers.sensor_points import SensorPoints
from layers.verdict_colors import level_colors
from layers.zones import Zones
from tests.app.made_sessions import put
from tests.app.test_vitals_panel import NOW, underpasses, zone
from tests.twin.vitals.made_pools import groups_of, pool_of
from twin import times
from twin.document import Document
from twin.layer import Source
from twin.project import Project
from twin.selection import Selection
from twin.text import set_language
from twin.vitals.catalogue import catalogue
from twin.vitals.verdict import GREY

PROPERTY = "flood.underpass_depth"
DAY_NS = 24 * times.HOUR


@pytest.fixture
def panel(on_screen):
    sensors = SensorPoints(id="depth", name="Depth", visible=False, source=Source(path="/made.csv"))
    zones = Zones(id="areas", name="Areas", visible=False, drawn=(zone("west", 0, 0, 50), zone("east", 100, 0, 50)))
    session = Session(Project(document=Document(layers=(sensors, zones))))
    put(session, sensors, underpasses())
    session.clock.go_to(NOW)
    session.zone_of_panel = [""]
    made = on_screen(StatisticsPanel(session, zone_of=lambda: session.zone_of_panel[0]), 1100, 300)
    yield made
    session.close()
    set_language("en")


def counted(panel, qtbot, **choices):
    """Choose in the boxes, and wait for the answer to just that."""
    for name, value in choices.items():
        box = panel.form.boxes[name]
        box.setCurrentIndex(box.findData(value))

    def there():
        panel.session.tick(0.0)
        panel.refresh()
        return panel.work.answered is not None and panel.work.answered == panel.form.question() and not panel.work.busy
    qtbot.waitUntil(there)
    return panel.model


def cells(model) -> list[tuple[str, ...]]:
    return [tuple(model.index(row, column).data() for column in range(model.columnCount()))
            for row in range(model.rowCount())]


def test_readings_are_counted_by_zone_and_hour_and_by_sensor(panel, qtbot):
    panel.form.threshold.setText("10")
    model = counted(panel, qtbot, span=DAY, bucket=0)
    assert panel.form.boxes["property"].currentData() == PROPERTY
    assert model.columns == ["name", "from", "count", "mean", "min", "max", "p95", "over", "completeness"]
    assert [row[0] for row in cells(model)] == ["East", "West"]
    west = cells(model)[1]
    assert west[2:6] == ("4", "11.55", "0.00", "30.00") and west[7] == "50.0 %"
    assert model.headerData(3, Qt.Orientation.Horizontal) == "Mean (cm)"
    hourly = counted(panel, qtbot, bucket=times.HOUR)
    assert hourly.rowCount() == 48 and panel.session.clock.now_ns == NOW
    panel.table.doubleClicked.emit(hourly.index(1, 0))
    assert panel.session.clock.now_ns == times.parse("2026-07-15T01:00:00+08:00")
    assert len(cells(counted(panel, qtbot, kind="datastream", bucket=0))) == 4
    assert "{share" not in panel.said.text() and "50 %" in panel.said.text()


def test_what_is_asked_next_is_no_project_without_readings(panel, qtbot):
    counted(panel, qtbot)
    panel.work.result = None
    assert not panel.work.busy and panel._words(None) == "Counting…"


def test_it_is_asked_in_words_and_counts_the_means_above_a_number(panel, qtbot):
    panel.show_about(f"{PROPERTY} datastream 1h 10")         # before it knows any property
    counted(panel, qtbot, span=DAY)
    question = panel.work.answered
    assert (question.property, question.kind, question.bucket_ns) == (PROPERTY, "datastream", times.HOUR)
    table = panel.work.result.table
    above = (table.mean > 10) & (table.completeness >= panel._needed(question))
    assert f"{int(above.sum())} means above 10" in panel.said.text()
    tabled = panel.work.result
    assert "means above 10" in exceeding(tabled, question, 0.5, "UTC")
    whole = replace(table, energy_mean=np.full_like(table.mean, 58.0), completeness=np.ones_like(table.mean))
    told = exceeding(replace(tabled, unit="dB(A)", table=whole), replace(question, threshold=55.0), 0.5, "UTC")
    assert told.startswith(f"{table.mean.size} energy means above 55"), "the mean of decibels says nothing"
    assert "on 07-1" in told


def test_what_is_asked_in_words_counts_until_its_answer_is_there_and_only_while_somebody_looks(panel, qtbot):
    assert not panel.counting
    panel.show_about(f"{PROPERTY} datastream 1h 10")
    panel.refresh()
    assert panel.counting
    counted(panel, qtbot)
    assert not panel.counting
    panel.show_about(f"{PROPERTY} datastream 1d 10")
    panel.hide()
    assert not panel.counting, "nobody waits for what nobody sees"
    panel.show()
    qtbot.waitUntil(lambda: not panel.visibleRegion().isEmpty())
    assert panel.counting
    counted(panel, qtbot)
    assert not panel.counting and panel.work.answered.bucket_ns == DAY_NS


def test_no_answer_is_waited_for_where_nothing_has_readings(on_screen, qtbot):
    session = Session(Project(document=Document(layers=())))
    made = on_screen(StatisticsPanel(session), 900, 300)
    made.show_about(f"{PROPERTY} datastream 1h 10")
    qtbot.waitUntil(lambda: made.refresh() or not made.counting)
    session.close()


def test_the_zone_is_that_of_the_scene_or_the_zone_panel(panel, qtbot):
    assert len(cells(counted(panel, qtbot, span=DAY, bucket=0))) == 2
    panel.session.selection = Selection((("areas", 0),))
    assert [row[0] for row in cells(counted(panel, qtbot))] == ["West"]
    panel.session.zone_of_panel[0] = "east"
    assert [row[0] for row in cells(counted(panel, qtbot))] == ["East"]
    assert len(cells(counted(panel, qtbot, kind="datastream"))) == 2, "the two sensors of the east"


def test_only_what_a_layer_shows_is_counted_also_where_others_observe_the_same(panel, qtbot):
    more = SensorPoints(id="more", name="More depths", source=Source(path="/more.csv"))
    panel.session.edits.commit(panel.session.document.with_layer(more), "more")
    put(panel.session, more, underpasses())
    panel.session.edits.commit(panel.session.document.with_each({"more"}, lambda x: replace(x, visible=False)), "hide")
    panel.show_about(f"{PROPERTY} datastream 1h of=more")        # before the layer is listed, and though it is hidden
    counted(panel, qtbot, span=DAY, bucket=0)
    assert panel.form.boxes["zone"].currentText() == "More depths" and panel.form.question().layer == "more"
    alone = int(panel.work.result.table.count.sum())
    counted(panel, qtbot, zone="")
    assert panel.form.question().layer == "" and int(panel.work.result.table.count.sum()) == 2 * alone > 0


def test_a_bare_number_has_no_unit(panel, qtbot):
    """It said "mean (1)"."""
    counted(panel, qtbot)
    panel.model.tabled = replace(panel.model.tabled, unit="1")
    heads = [panel.model.headerData(n, Qt.Orientation.Horizontal) for n in range(panel.model.columnCount())]
    assert "Mean" in heads and not any("(1)" in head for head in heads)


def test_an_empty_table_says_why(panel, qtbot):
    counted(panel, qtbot, span=DAY, bucket=0, kind="room")
    assert "No sensor of this property is in a room" in panel.said.text()
    without = replace(panel.session.document, layers=panel.session.document.layers[:1])
    panel.session.edits.commit(without, "no zones")
    counted(panel, qtbot, kind="zone")
    assert "no zones" in panel.said.text() and not panel.model.rowCount()


def test_a_long_table_is_sorted_beside_the_window(panel, qtbot, monkeypatch):
    from app.panels import statistics_table
    monkeypatch.setattr(statistics_table, "AT_ONCE", 1)
    model = counted(panel, qtbot, span=DAY, bucket=0, kind="datastream")
    before = cells(model)
    panel.table.sortByColumn(model.columns.index("mean"), Qt.SortOrder.DescendingOrder)
    panel.table.sortByColumn(model.columns.index("mean"), Qt.SortOrder.AscendingOrder)
    assert cells(model) == before and model.sorting, "until the tick takes it"
    qtbot.waitUntil(lambda: panel.refresh() is None and not model.sorting)
    assert [row[3] for row in cells(model)] == ["0.20", "3.00", "15.33", MISSING], "what was asked for last"


def test_sorting_leaves_what_is_not_known_at_the_end(panel, qtbot):
    model = counted(panel, qtbot, span=DAY, bucket=0, kind="datastream")
    panel.table.sortByColumn(model.columns.index("mean"), Qt.SortOrder.DescendingOrder)
    assert [row[3] for row in cells(model)] == ["15.33", "3.00", "0.20", MISSING]
    panel.table.sortByColumn(model.columns.index("name"), Qt.SortOrder.AscendingOrder)
    assert [row[0] for row in cells(model)] == ["First", "Fourth", "Second", "Third"]


def test_the_table_is_written_with_units_and_time_zone(panel, qtbot, tmp_path):
    counted(panel, qtbot, span=DAY, bucket=0)
    for name in ("a.csv", "a.parquet"):
        panel.export(tmp_path / name)
        qtbot.waitUntil(lambda: panel.refresh() is None and panel._saving is None)
    rows = list(csv.DictReader((tmp_path / "a.csv").open(encoding="utf-8")))
    assert [(r["name"], r["count"], r["unit"], r["from"]) for r in rows] == [
        ("East", "1", "cm", "2026-07-15T00:00:00+08:00"), ("West", "4", "cm", "2026-07-15T00:00:00+08:00")]
    table = pq.read_table(tmp_path / "a.parquet")
    assert {r["energy_mean"] for r in rows} == {""} and table["energy_mean"].null_count == 2, "only decibels have one"
    assert table.num_rows == 2 and table.schema.field("from").type.tz == "Asia/Shanghai"


def test_the_panel_speaks_chinese(panel, qtbot):
    counted(panel, qtbot, span=DAY, bucket=0)
    set_language("zh")
    panel.retranslate()
    model = counted(panel, qtbot)
    assert model.headerData(0, Qt.Orientation.Horizontal) == "分组" and "区west" in {row[0] for row in cells(model)}
    assert panel.form.boxes["bucket"].itemText(2) == "1 小时" and panel.form.boxes["span"].currentData() == DAY


def test_every_kind_of_groups_on_offer_is_one_that_the_scene_or_a_column_tells():
    """Storeys are told by the scene alone: looked for in a column they were nowhere."""
    assert set(KINDS) == {*SCENIC, *COLUMNS} and set(statistics_cli.KINDS) == set(KINDS)


def test_an_unknown_property_is_answered_with_near_ones():
    known = [*(f"sys.part{n}" for n in range(200)), "noise.leq", "noise.lmax", "air.pm25", "met.temp"]
    assert near_properties("noise", known) == ["noise.leq", "noise.lmax"]
    assert near_properties("PM2.5", known) == ["air.pm25"]
    assert near_properties("met.tmep", known)[0] == "met.temp"
    assert not near_properties("zzz", known)


def test_what_the_colours_mean_is_told_as_soon_as_they_are_seen(panel, qtbot):
    """It stood there only once something else was counted."""
    counted(panel, qtbot, span=DAY)
    before = panel.said.text()
    panel.matrix_button.click()
    panel.refresh()
    assert panel.said.text().startswith(before) and len(panel.said.text()) > len(before)
    panel.matrix_button.click()
    panel.refresh()
    assert panel.said.text() == before


def test_groups_stand_against_time_in_the_colours_of_their_levels(panel, qtbot):
    """The first sensor rises to 30 cm and falls silent; what is not complete is grey, whatever it says."""
    panel.show_about(f"{PROPERTY} zone 1h 10 6-8 matrix")
    counted(panel, qtbot, span=DAY)
    matrix = panel.matrix
    assert panel.grid.isVisible() and not panel.table.isVisible()
    heads = [matrix.headerData(k, Qt.Orientation.Horizontal) for k in range(matrix.columnCount())]
    assert heads == ["06:00", "07:00", "> 10"], "only the hours that are asked about"
    rows = [matrix.headerData(k, Qt.Orientation.Vertical) for k in range(matrix.rowCount())]
    assert rows == ["West", "East"], "with a number, what is most comes first"
    told = panel.work.result.table
    for row, group in enumerate(matrix.groups):
        for column, bucket in enumerate(matrix.buckets):
            lacks = not told.completeness[group, bucket] >= panel._needed(panel.work.answered)
            assert (matrix.levels[row, column] == GREY) == (lacks or np.isnan(told.mean[group, bucket]))
            back = matrix.index(row, column).data(Qt.ItemDataRole.BackgroundRole)
            assert back.getRgb()[:3] == tuple(level_colors("light")[matrix.levels[row, column]])
    theme.apply(QApplication.instance(), "light")              # under the program's style sheet
    qtbot.wait(20)
    for row, column in ((0, 0), (1, 0), (1, 1)):
        level = matrix.levels[row, column]
        cell = panel.grid.visualRect(matrix.index(row, column))
        seen = panel.grid.viewport().grab(cell).toImage().pixelColor(5, 5).getRgb()[:3]
        wanted = 0.5 * np.array(level_colors("light")[level][:3], float) + 0.5 * 255
        assert np.abs(np.array(seen) - wanted).max() < 16, "what is seen"
    panel.grid.clicked.emit(matrix.index(0, 1))
    assert panel.session.clock.now_ns == times.parse("2026-07-15T07:30:00+08:00")
    assert panel.session.selection == Selection((("areas", 0),)), "the west"
    assert [matrix.headerData(k, Qt.Orientation.Vertical) for k in range(2)] == ["West", "East"]


def test_a_matrix_that_is_asked_with_a_number_begins_with_what_is_most_and_shows_the_share_beside_the_names(
        panel, qtbot):
    """Of forty class rooms those that pass the limit stood below, and their share behind twelve hours."""
    panel.show_about(f"{PROPERTY} datastream 1h 10 matrix")
    counted(panel, qtbot, span=DAY)
    matrix, header = panel.matrix, panel.grid.horizontalHeader()
    shares = matrix._above
    known = shares[~np.isnan(shares)]
    assert len(known) > 1 and (np.diff(known) <= 0).all() and known[0] > 0 and not np.isnan(shares[0])
    assert header.logicalIndex(0) == len(matrix.buckets) and header.logicalIndex(1) == 0
    panel.form.threshold.setText("")
    counted(panel, qtbot)
    assert header.logicalIndex(0) == 0, "no number, no share"
    panel.form.threshold.setText("10")
    counted(panel, qtbot)
    assert header.logicalIndex(0) == len(matrix.buckets)


def test_a_matrix_that_is_drawn_anew_keeps_the_order_that_was_asked_for(panel, qtbot):
    """With the next chapter, or another theme, the rooms stood by name again under an arrow that said otherwise."""
    panel.show_about(f"{PROPERTY} zone 1h 10 matrix")
    counted(panel, qtbot, span=DAY)
    matrix = panel.matrix
    for order in (Qt.SortOrder.AscendingOrder, Qt.SortOrder.DescendingOrder):
        for column in (0, len(matrix.buckets)):
            panel.grid.horizontalHeader().setSortIndicator(column, order)
            before = matrix.groups.tolist()
            matrix.show(panel.work.result, panel.work.answered, 0.5, "Asia/Shanghai", catalogue(), "dark")
            assert matrix.groups.tolist() == before


def test_a_group_without_readings_stands_last_in_the_matrix(panel, qtbot):
    panel.show_about(f"{PROPERTY} zone 1h matrix")
    counted(panel, qtbot, span=DAY)
    matrix, result = panel.matrix, panel.work.result
    result.table.count[matrix.groups[0]] = 0
    matrix.show(result, panel.work.answered, 0.5, "Asia/Shanghai", catalogue(), "light")
    assert [matrix.headerData(k, Qt.Orientation.Vertical) for k in range(2)] == ["West", "East"]


def test_levels_of_a_matrix_are_the_signs_and_a_missing_hour_is_grey():
    starts = np.array([times.parse(f"2026-07-13T{hour}:00+08:00") for hour in ("09", "23")])
    levels = levels_of(np.array([[700.0, 900.0], [1200.0, np.nan]]), starts, "ppm", Question(property="bld.co2"),
                       catalogue(), "Asia/Shanghai")
    assert levels.tolist() == [[1, 2], [3, 0]]
    noise = levels_of(np.array([[60.0, 60.0]]), starts, "dB", Question(property="site.noise"), catalogue(),
                      "Asia/Shanghai")
    assert noise.tolist() == [[1, 2]], "allowed by day, not at night"
    other = levels_of(np.array([[1.0, 3.0]]), starts, "1", Question(property="made.up", threshold=2.0), catalogue(),
                      "UTC")
    assert other.tolist() == [[1, 4]]


def test_a_limit_judges_only_means_over_its_own_time_and_is_told():
    """A day's mean of dust was green under the limit for 15 minutes."""
    starts, values = np.array([NOW]), np.array([[0.302]])
    for bucket_ns, level in ((15 * times.MINUTE, 1), (times.HOUR, 0), (DAY_NS, 0)):
        question = Question(property="site.tsp", bucket_ns=bucket_ns)
        assert levels_of(values, starts, "mg/m3", question, catalogue(), "UTC").tolist() == [[level]]
        told = colors_told(question, "mg/m3", catalogue())
        assert told == "no limit of the catalogue is about such means" if not level else "▲ > 0.5 mg/m³" in told
    asked = Question(property="site.tsp", bucket_ns=DAY_NS, threshold=0.3)
    assert levels_of(values, starts, "mg/m3", asked, catalogue(), "UTC").tolist() == [[4]]
    assert colors_told(asked, "mg/m3", catalogue()) == "■ > 0.3 mg/m³"


def test_where_sensors_are_too_many_to_be_told_apart_the_colours_say_so(monkeypatch):
    monkeypatch.setattr("app.statistics.MOST_CELLS", 1)
    pool = pool_of(["bld.co2"] * 2, [[(0, 600.0)], [(0, 1232.0)]], thing=["3F", "3F"], unit=["ppm"] * 2)
    groups = by_column(pool, "thing")
    asked = Question(property="bld.co2", kind="thing", bucket_ns=times.HOUR)
    found = counted_of(pool, groups, groups, asked, "Asia/Shanghai")
    assert found.crowded and found.extremes == ()
    assert "of the mean of a group alone" in colors_told(asked, "ppm", catalogue(), found.crowded)
    assert "each sensor by itself" in colors_told(asked, "ppm", catalogue())


def test_things_are_called_by_their_sensor_where_that_is_theirs_alone():
    """The site's corners were STORY-SITE-SE in the table and "Site corner SE" everywhere else."""
    pool = pool_of(["p", "p", "p", "q"], [[(n, 1.0) for n in range(3)]] * 4, thing=["a", "b", "c", "c"],
                   name=["South", "Same", "Same", "Other"])
    groups = by_column(pool, "thing")
    asked = Question(property="p", kind="thing", bucket_ns=0)
    found = counted_of(pool, groups, groups, asked, "UTC")
    assert [(g.id, g.name) for g in found.groups.groups] == [("a", "South"), ("b", "b"), ("c", "c")]


def test_a_group_is_as_bad_in_the_matrix_as_its_worst_sensor(on_screen):
    """A storey was green in the hour in which one of its rooms was orange: "alarms are never averaged away"."""
    minutes = range(0, 60, 5)
    said = [[(m, 600.0) for m in minutes], [(m, 1232.0) for m in minutes], [(0, 1600.0)]]
    pool = pool_of(["bld.co2"] * 3, said, thing=["3F", "3F", "3F"], unit=["ppm"] * 3)
    groups = by_column(pool, "thing")
    asked = Question(property="bld.co2", kind="thing", bucket_ns=times.HOUR)
    matrix = MatrixModel()
    matrix.show(counted_of(pool, groups, groups, asked, "Asia/Shanghai"), asked, 0.3, "Asia/Shanghai", catalogue(),
                "light")
    assert matrix.levels[0, 0] == 3, "orange as room 2; room 3 says too little"
    pool = pool_of(["bld.co2"] * 2, said[:2], unit=["ppm"] * 2)
    groups = groups_of([[0, 1], [1]])                    # as many groups as sensors, and yet one of two
    matrix.show(counted_of(pool, groups, groups, replace(asked, kind="zone"), "Asia/Shanghai"), asked, 0.3,
                "Asia/Shanghai", catalogue(), "light")
    assert matrix.levels[:, 0].tolist() == [3, 3]
    cell = matrix.index(0, 0)
    assert cell.data().startswith("◆ 9") and "warning, worst 1,232" in cell.data(Qt.ItemDataRole.ToolTipRole)
