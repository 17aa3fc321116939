"""Rasters over time through project file, slider, chart, inspector, status bar and command line."""

from __future__ import annotations

import json

import numpy as np
import pytest

from app.cli import main
from app.discover import layer_types
from app.panels.attributes import AttributePanel
from app.panels.charts import Charts
from app.panels.raster_dialog import RasterDialog
from app.panels.status import StatusBar
from app.session import Session
from layers.raster_series import Rasters
from tests.cim.test_raster_series import SIX, at, steps, tiff
from twin.data import RasterSeries
from twin.project import load
from twin.selection import Hit, Selection
from twin.text import set_language


@pytest.fixture
def session(tmp_path, qtbot):
    layer_types()
    set_language("en")
    tiff(tmp_path / "rain.tif", steps(), scale=0.1)
    made = Session()
    from app.adding import add_files
    add_files(made, [tmp_path / "rain.tif"])
    made.settle()
    made.clock.go_to(at("06:07:00"))
    made.tick(0.0)
    yield made
    made.close()


def test_a_dropped_file_becomes_a_layer_with_a_time(session, tmp_path):
    layer, = session.document.layers
    assert isinstance(layer, Rasters) and isinstance(session.asset(layer.id).payload, RasterSeries)
    assert [id for id, _ in session.timed_layers()] == [layer.id]
    assert session.clock.span_ns == (at("06:00:00"), at("06:24:00"))
    session.save(tmp_path / "p.twin.json")
    assert load(tmp_path / "p.twin.json").document.layers == session.document.layers


def test_a_cell_is_charted_and_told(session, on_screen, qtbot):
    id = session.document.layers[0].id
    session.selection = Selection(((id, 4),))
    charts = on_screen(Charts(session), 900, 300)
    qtbot.waitUntil(lambda: charts.refresh() is None and bool(charts.charting.lines) and not charts.charting.busy,
                    timeout=60_000)
    line, = charts.charting.lines
    assert line.unit == "mm/h" and np.allclose(line.values, [0.1, 10.1, 20.1]) and "E 618,500 N 3,471,500" in line.name
    panel = AttributePanel(session)
    qtbot.addWidget(panel)

    def rows() -> dict:
        panel.show_layer(id)
        return {row.key: row.value for row in panel.table.facts.rows}
    qtbot.waitUntil(lambda: rows().get("value") == "10.1 mm/h")
    assert panel.title.text() == "E 618,500 N 3,471,500"
    session.clock.go_to(at("06:14:00"))                      # the step that never came
    assert "stale" in rows()["state"]
    charts.close()


def test_the_status_bar_says_what_falls_under_the_mouse(session, on_screen):
    status = on_screen(StatusBar(session), 900, 28)
    session.hovered = Hit(session.document.layers[0].id, 4, (0.0, 0.0, 0.0))
    status.refresh()
    assert status.selected.toolTip().endswith("10.1 mm/h") or "10.1 mm/h" in status.selected.text()
    session.clock.go_to(at("06:14:00"))
    status.refresh()
    assert "no data" in (status.selected.toolTip() + status.selected.text())


def test_the_dialog_says_what_the_numbers_mean(session, qtbot):
    layer = session.document.layers[0]
    dialog = RasterDialog(None, session, layer)
    qtbot.addWidget(dialog)
    dialog.unit.setCurrentIndex(dialog.unit.findData("mm"))
    dialog.steps.setCurrentIndex(dialog.steps.findData("end"))
    dialog.accept()
    session.settle()
    series = session.asset(layer.id).payload
    assert np.isclose(series.history.at_cell(4, at("06:05:00")), 101.0)      # 10.1 mm in 6 minutes, up to 06:06
    session.edits.undo()
    assert session.document.layers == (layer,)


def test_on_the_command_line(session, tmp_path, capsys):
    project = tmp_path / "p.twin.json"
    session.save(project)

    def said(*more):
        assert main(["rasters", str(project), *more, "--json"]) == 0
        return json.loads(capsys.readouterr().out)["rasters"][0]
    told = said("--time", SIX[1], "--at", "618500,3471500")
    assert told["steps"] == 3 and told["gaps"] == 1 and told["step"] == [SIX[1], "2026-07-15T06:12:00+08:00"]
    assert told["value"] == pytest.approx(10.1) and told["max"] == pytest.approx(10.5)
    assert said("--time", "2026-07-15T06:12:00+08:00", "--at", "618500,3471500", "--sum", "0.2")["value"] == \
        pytest.approx(1.02)
    assert said("--time", "2026-07-15T06:13:00+08:00")["step"] is None
    assert said("--unit", "mm", "--time", SIX[1])["max"] == pytest.approx(105.0)
    assert load(project).document.layers[0].source.unit == "mm"
    assert main(["info", str(tmp_path / "rain.tif"), "--json"]) == 0
    info = json.loads(capsys.readouterr().out)
    info = info[0] if isinstance(info, list) else info.get("files", [info])[0]
    assert info["kind"] == "rasters" and info["time_span"][0] == SIX[0]
