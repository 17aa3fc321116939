"""What a chart shows as a file: in units and zone, told of while it is written, whole or not at all."""

from __future__ import annotations

import csv
from threading import Event

import numpy as np
import pyarrow.parquet as pq
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from app import reading_export
from app.charted import Line
from app.reading_export import Going, as_table, rows_of, write
from tests.app.made_sessions import DAY_START
from tests.app.test_charts import charts, settle  # noqa: F401  (a fixture)
from twin.times import HOUR, MINUTE


def test_what_is_seen_is_exported_with_units_and_zone(qtbot, charts, session, tmp_path):  # noqa: F811
    session.time_view.show(DAY_START + HOUR, DAY_START + HOUR + 5 * MINUTE)
    settle(qtbot, charts)
    charts.export(tmp_path / "seen.csv")
    settle(qtbot, charts)
    rows = list(csv.DictReader(open(tmp_path / "seen.csv", encoding="utf-8")))
    assert len(rows) == 6 and charts.told[-1][0] == "note" and "6" in charts.told[-1][1]
    assert rows[0] == {"time": "2026-07-15T01:00:00+08:00", "datastream": "t-1",
                       "name": "Lake gauge · temperature", "property": "temperature", "unit": "°C",
                       "value": rows[0]["value"], "quality": "ok"}
    charts.export(tmp_path / "seen.parquet")
    settle(qtbot, charts)
    table = pq.read_table(tmp_path / "seen.parquet")
    assert table.num_rows == 6 and table.schema.field("time").type.tz == "Asia/Shanghai"
    charts.export(tmp_path / "nowhere" / "seen.csv")
    settle(qtbot, charts)
    assert charts.told[-1][0] == "error" and "nowhere" in charts.told[-1][1]


def test_what_is_drawn_beneath_is_exported_where_it_is_seen(qtbot, charts, session, tmp_path):  # noqa: F811
    charts.compare(HOUR)
    session.time_view.show(DAY_START + 2 * HOUR, DAY_START + 2 * HOUR + 5 * MINUTE)
    settle(qtbot, charts)
    charts.export(tmp_path / "seen.csv")
    settle(qtbot, charts)
    rows = list(csv.DictReader(open(tmp_path / "seen.csv", encoding="utf-8")))
    mine = [row for row in rows if row["datastream"] == "t-1"]
    assert [row["name"] for row in mine] == ["Lake gauge · temperature"] * 2 + ["Lake gauge · temperature (-1 h)"] * 2
    assert [row["time"] for row in mine[:2]] == [row["time"] for row in mine[2:]]
    line = next(x for x in charts.charting.lines if x.stream == "t-1")
    then = line.values[np.searchsorted(line.instants, DAY_START + HOUR)]
    assert float(mine[2]["value"]) == pytest.approx(float(then))
    charts.turn_to("readings")
    settle(qtbot, charts)
    charts.export(tmp_path / "table.csv")
    settle(qtbot, charts)
    assert sum(1 for _ in open(tmp_path / "table.csv", encoding="utf-8")) == len(rows) // 2 + 1, "as the table lists"


def test_a_long_export_says_how_far_it_is_and_its_button_stops_it(qtbot, charts, tmp_path, session, monkeypatch):  # noqa: F811
    """Only a grey button told of it."""
    told, gate, begun, count = [], Event(), Event(), Going.count

    def slow(going, rows):
        begun.set()
        assert gate.wait(60)
        count(going, rows)
    monkeypatch.setattr(Going, "count", slow)
    charts.tell = lambda words, tone="note": told.append(words)
    settle(qtbot, charts)
    charts.export(tmp_path / "stopped.csv")
    qtbot.waitUntil(lambda: charts.refresh() is None and begun.is_set())
    charts.refresh()
    total = charts.exporting.going.total
    assert total > 0 and charts.said.text() == f"Exporting: 0 of {total:,} readings"
    assert charts.tools["export"].isEnabled() and "Stop" in charts.tools["export"].toolTip()
    QTest.mouseClick(charts.tools["export"], Qt.MouseButton.LeftButton)
    gate.set()
    qtbot.waitUntil(lambda: charts.refresh() is None and not charts.exporting.active)
    assert told == ["The export was stopped; nothing was written."] and not list(tmp_path.glob("*.csv*"))
    assert not list(tmp_path.glob(".*.part")) and "Export" in charts.tools["export"].toolTip()
    charts.export(tmp_path / "whole.csv")
    qtbot.waitUntil(lambda: charts.refresh() is None and (tmp_path / "whole.csv").exists())
    qtbot.waitUntil(lambda: charts.refresh() is None and not charts.exporting.active)
    assert len((tmp_path / "whole.csv").read_text().splitlines()) == total + 1


def test_a_file_written_in_pieces_is_the_file_written_at_once(tmp_path, monkeypatch):
    monkeypatch.setattr(reading_export, "ROWS_AT_ONCE", 7)
    instants = DAY_START + np.arange(40) * MINUTE
    lines = [Line("l", n, f"s{n}", f"s{n}", "", "m", MINUTE, 900.0, instants, np.arange(40, dtype=np.float32))
             for n in range(2)]
    for end in ("csv", "parquet"):
        rows, _ = reading_export.export([(x, None) for x in lines], (0, 1 << 62), "Asia/Shanghai",
                                        tmp_path / f"a.{end}")
        assert rows == 80
        write(as_table([(x, rows_of(x, (0, 1 << 62))) for x in lines], "Asia/Shanghai"), tmp_path / f"b.{end}")
    assert (tmp_path / "a.csv").read_text() == (tmp_path / "b.csv").read_text()
    assert pq.read_table(tmp_path / "a.parquet").equals(pq.read_table(tmp_path / "b.parquet"))
