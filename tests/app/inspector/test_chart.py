"""The chart of the inspector: gaps, cursor, units, copies."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest

from app.discover import layer_types
from tests.app.inspector.made_inspector import read
from twin.selection import Selection
from twin.times import HOUR, parse

layer_types()


def test_the_chart_breaks_at_the_gap_and_its_cursor_is_now(qtbot, inspector, session):
    session.selection = Selection((("sensors", 1),))
    read(qtbot, inspector)
    plot = inspector.chart.plots[0]
    _, drawn = plot.lines[0].getData()
    assert np.isnan(drawn).sum() == 1
    assert plot.time_of(plot.cursor.value()) == session.clock.now_ns
    session.clock.go_to(parse("2026-07-15T12:00:00+08:00"))
    read(qtbot, inspector)
    assert plot.time_of(plot.cursor.value()) == session.clock.now_ns


def test_dragging_the_cursor_scrubs(qtbot, inspector, session):
    session.selection = Selection((("sensors", 0),))
    read(qtbot, inspector)
    plot = inspector.chart.plots[0]
    plot.cursor.setValue(7200.0)
    plot.cursor.sigDragged.emit(plot.cursor)
    assert session.clock.now_ns == plot.base_ns + 2 * HOUR


def test_every_unit_has_a_plot_of_its_own_in_step_with_the_others(qtbot, inspector, session):
    session.selection = Selection((("sensors", 0), ("sensors", 2), ("sensors", 1)))
    read(qtbot, inspector)
    first, second = inspector.chart.plots
    assert [p.getAxis("left").labelText for p in (first, second)] == ["°C", "%"]
    assert [len(p.lines) for p in (first, second)] == [2, 1] and first.base_ns == second.base_ns
    first.setXRange(3600, 7200, padding=0)
    assert second.view_ns == first.view_ns
    session.selection = Selection((("sensors", 2),))
    read(qtbot, inspector)
    assert first.isVisibleTo(inspector) and not second.isVisibleTo(inspector)
    assert first.getAxis("left").labelText == "%"


def test_the_chart_is_copied_as_csv(qtbot, inspector, session):
    session.selection = Selection((("sensors", 0), ("sensors", 1)))
    read(qtbot, inspector)
    QTest.mouseClick(inspector.chart.copy, Qt.MouseButton.LeftButton)
    read(qtbot, inspector)
    lines = QGuiApplication.clipboard().text().splitlines()
    assert lines[0] == "time,Lake gauge · temperature [°C],North roof · temperature [°C]"
    ten = next(line for line in lines if line.startswith("2026-07-15T10:00:00+08:00"))
    assert ten.endswith(",")                                    # the quiet sensor said nothing at ten


def test_eight_lines_at_most_and_the_rest_is_counted(qtbot, inspector, session):
    assert inspector.chart.charting.most == 8
    inspector.chart.charting.most = 2
    session.selection = Selection(tuple(("sensors", row) for row in range(3)))
    read(qtbot, inspector)
    assert [line.row for line in inspector.chart.lines] == [1, 2] and "1 more" in inspector.chart.more.text()
