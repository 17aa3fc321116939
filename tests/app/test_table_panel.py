"""The attribute table through its own widgets: filter, order, selection both ways, statistics, CSV."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest
from PySide6.QtCore import QItemSelectionModel, Qt

from app import dialogs
from app.panels.table_model import TableModel
from app.panels.table_panel import TablePanel
from app.panels.table_selection import spans_of
from app.panels.table_words import statistics_text
from tests.app.made_sessions import sensor_session
from twin import tabling
from twin.selection import Selection
from twin.tabling import Statistics
from twin.text import set_language
from twin.value_words import ValueWord


@pytest.fixture
def panel(qtbot):
    session = sensor_session()
    panel = TablePanel(session)
    qtbot.addWidget(panel)
    panel.resize(900, 400)
    panel.show()
    panel.show_layer("city")
    yield panel
    session.close()


def until(qtbot, panel, condition):
    def done():
        panel.refresh()
        assert condition()
    qtbot.waitUntil(done)


def shown(panel, column):
    at = panel.model.columns.index(column)
    return [panel.model.index(r, at).data() for r in range(panel.model.rowCount())]


def test_a_filter_is_typed_and_its_mistakes_are_told(panel, qtbot):
    assert panel.model.rowCount() == 6 and "6 of 6" in panel.said.text()
    qtbot.keyClicks(panel.line, "height > 10 and use = 'home'")
    qtbot.keyClick(panel.line, Qt.Key.Key_Return)
    until(qtbot, panel, lambda: panel.model.rowCount() == 2)
    assert shown(panel, "name") == ["House 1", "House 3"] and shown(panel, "height") == ["12", "30.25"]
    assert "2 of 6" in panel.said.text()
    panel.line.setText("hight > 3")
    panel.ask()
    until(qtbot, panel, lambda: "hight" in panel.said.text())
    assert panel.said.property("role") == "danger" and panel.model.rowCount() == 2
    assert panel.said.text().startswith("Houses: ")
    assert panel.stats.isHidden()                            # both would not fit in a row
    panel.line.clear()
    until(qtbot, panel, lambda: panel.model.rowCount() == 6)
    assert not panel.stats.isHidden()


def test_a_click_on_a_head_sorts_and_counts(panel, qtbot):
    header, at = panel.view.horizontalHeader(), panel.model.columns.index("floors")
    for first in ("1", "16", "3"):                           # ascending, descending, as in the file
        qtbot.mouseClick(header.viewport(), Qt.MouseButton.LeftButton,
                         pos=_middle(header, at))
        until(qtbot, panel, lambda first=first: shown(panel, "floors")[0] == first)
    until(qtbot, panel, lambda: panel.stats.text().startswith("Storeys: "))
    assert "6 values" in panel.stats.text() and "greatest 16" in panel.stats.text()


def test_statistics_are_those_of_the_layer_that_is_shown(panel, qtbot):
    panel._sort_by(panel.model.columns.index("floors"))
    until(qtbot, panel, lambda: panel.stats.text().startswith("Storeys"))
    panel.show_layer("sensors")
    assert panel.model.rowCount() and panel.stats.text().startswith("Click a column")


def test_words_of_the_project_are_asked_for_as_they_are_shown(panel, qtbot):
    said = ValueWord(value="home", name="Dwelling", name_zh="住宅")
    panel.session.edits.commit(replace(panel.session.document, words=(said,)), "Words")
    panel.line.setText("用途 = '住宅'")
    panel.ask()
    until(qtbot, panel, lambda: panel.model.rowCount() == 5)
    panel.line.setText("use = 'Dwelling'")
    panel.ask()
    until(qtbot, panel, lambda: panel.model.rowCount() == 0)
    assert panel.said.text() == "Houses: 0 of 6 rows. Write use = 'home'."


def test_a_wrong_filter_sorts_nothing_and_leaves_the_arrow(panel, qtbot):
    header, floors, height = panel.view.horizontalHeader(), *map(panel.model.columns.index, ("floors", "height"))
    panel._sort_by(floors)
    until(qtbot, panel, lambda: shown(panel, "floors")[0] == "1")
    panel.line.setText("hight > 3")
    panel._sort_by(height)
    until(qtbot, panel, lambda: "hight" in panel.said.text())
    assert shown(panel, "floors")[0] == "1" and header.isSortIndicatorShown()
    assert (header.sortIndicatorSection(), header.sortIndicatorOrder()) == (floors, Qt.SortOrder.AscendingOrder)


def test_all_of_the_table_is_seen_in_the_height_that_a_low_window_gives(panel):
    """At 1280x720 its last line, the statistics, lay below the edge of the dock."""
    assert panel.minimumSizeHint().height() <= 208


def test_the_hint_names_a_column_that_is_there(panel):
    assert panel.line.placeholderText().endswith(tabling.example(panel.session.asset("city").payload.features))
    panel.show_layer("")
    assert panel.line.placeholderText() == "Filter: a condition"


def _middle(header, at):
    from PySide6.QtCore import QPoint
    return QPoint(header.sectionViewportPosition(at) + header.sectionSize(at) // 2, header.height() // 2)


def test_rows_select_in_the_scene_and_the_scene_selects_rows(panel, qtbot):
    rows = panel.view.selectionModel()
    rows.select(panel.model.index(2, 0), QItemSelectionModel.SelectionFlag.ClearAndSelect
                | QItemSelectionModel.SelectionFlag.Rows)
    assert panel.session.selection.features("city") == (2,)
    panel.session.selection = Selection((("city", 4), ("city", 5), ("sensors", 0)))
    panel.refresh()
    assert sorted({i.row() for i in rows.selectedRows()}) == [4, 5]
    assert panel.session.selection.features("sensors") == (0,)                   # showing is no selecting
    panel.only.setChecked(True)
    assert shown(panel, "name") == ["House 4", "House 5"]
    panel.only.setChecked(False)
    assert panel.model.rowCount() == 6


def test_what_is_selected_in_many_places_is_shown_without_qts_own_selection(panel, qtbot, monkeypatch):
    """Qt compares every run of selected rows with every other one: of 300,000 houses for half a minute."""
    monkeypatch.setattr("app.panels.table_selection.MOST_SPANS", 2)
    panel.session.selection = Selection((("city", 0), ("city", 2), ("city", 4)))
    panel.refresh()

    def shown_selected():
        own = {index.row() for index in panel.view.selectionModel().selectedRows()}
        role = Qt.ItemDataRole.BackgroundRole
        return own | {row for row in range(6) if panel.model.index(row, 0).data(role) is not None}
    assert not panel.view.selectionModel().hasSelection() and shown_selected() == {0, 2, 4}

    def click(row, modifier):
        where = panel.view.visualRect(panel.model.index(row, 0)).center()
        qtbot.mouseClick(panel.view.viewport(), Qt.MouseButton.LeftButton, modifier, where)
        panel.refresh()
    click(1, Qt.KeyboardModifier.ControlModifier)
    assert panel.session.selection.features("city") == (0, 1, 2, 4) and shown_selected() == {0, 1, 2, 4}
    click(4, Qt.KeyboardModifier.NoModifier)
    assert panel.session.selection.features("city") == (4,) and shown_selected() == {4}


def test_a_table_of_which_every_row_is_selected_stays_where_it_is(panel, qtbot, monkeypatch):
    gone = []
    monkeypatch.setattr(panel.view, "scrollTo", lambda index, *_: gone.append(index.row()))
    qtbot.mouseClick(panel.take, Qt.MouseButton.LeftButton)
    panel.refresh()
    assert len(panel.session.selection.features("city")) == 6 and not gone
    panel.session.selection = Selection((("city", 4),))
    panel.refresh()
    assert gone == [4]


def test_selection_follows_the_order_that_is_shown(panel, qtbot):
    panel._sort_by(panel.model.columns.index("floors"))
    until(qtbot, panel, lambda: shown(panel, "floors")[0] == "1")
    panel.view.selectRow(0)
    assert panel.session.selection.features("city") == (4,)
    qtbot.mouseClick(panel.take, Qt.MouseButton.LeftButton)
    assert panel.session.selection.features("city") == (4, 2, 0, 1, 3, 5)


def test_statistics_are_told_in_words_with_the_unit_and_no_idle_decimals():
    found = Statistics(count=3, missing=0, distinct=3, numbers={"least": 3.125, "greatest": 250.0, "mean": 87.51138,
                                                                "deviation": 0.123456}, commonest=())
    assert statistics_text("height_m", found) == (
        "Height: 3 values · 0 missing · 3 different · least 3.125 m · greatest 250 m · mean 87.51 m"
        " · standard deviation 0.1235 m")


def test_a_table_is_saved_under_the_shown_name_of_its_layer(panel, monkeypatch):
    asked = []
    monkeypatch.setattr(dialogs, "save_file", lambda parent, folder, name, kinds: asked.append(name))
    panel.save_csv()
    set_language("zh")
    panel.save_csv()
    set_language("en")
    assert asked == ["Houses.csv", "房屋.csv"]


def test_what_is_shown_is_saved(panel, qtbot, tmp_path, monkeypatch):
    path = tmp_path / "houses.csv"
    monkeypatch.setattr(dialogs, "save_file", lambda *_: path)
    panel.line.setText("floors > 9")
    panel.ask()
    until(qtbot, panel, lambda: panel.model.rowCount() == 2)
    qtbot.mouseClick(panel.save, Qt.MouseButton.LeftButton)
    until(qtbot, panel, lambda: str(path) in panel.said.text())
    assert path.read_text(encoding="utf-8-sig").count("\n") == 3


def test_a_layer_that_goes_leaves_an_empty_table(panel):
    panel.session.edits.commit(panel.session.document.without({"city"}), "Remove")
    panel.refresh()
    assert panel.model.rowCount() == 0 and not panel.save.isEnabled()


def test_the_model_asks_only_for_what_is_seen():
    model = TableModel()
    n = 300_000
    model.show(pa.table({"v": np.arange(n)}), np.arange(n)[::-1])
    assert model.rowCount() == n and model.index(0, 0).data() == "299999"
    assert model.rows_of([n - 1, 0, n + 5]).tolist() == [0, n - 1] and model.features([0]) == [n - 1]


def test_runs_of_rows():
    assert spans_of(np.array([1, 2, 3, 7, 9, 10])) == [(1, 3), (7, 7), (9, 10)] and spans_of(np.zeros(0, int)) == []


def test_what_was_typed_is_asked_before_it_is_selected(panel, qtbot):
    qtbot.keyClicks(panel.line, "use = 'home'")
    panel.take.click()
    until(qtbot, panel, lambda: len(panel.session.selection.features("city")) > 0)
    assert panel.model.rowCount() == len(panel.session.selection.features("city")) == 5


def test_a_layer_lists_the_sensors_of_its_property_only(panel):
    from dataclasses import replace
    session = panel.session
    payload = session.asset("sensors").payload
    names = payload.features.column("property").to_pylist()
    panel.show_layer("sensors")
    assert set(shown(panel, "property")) == {names[0]}
    other = next(name for name in names if name != names[0])
    layer = replace(session.document.layer("sensors"), observed=other)
    session.edits.commit(session.document.with_layer(layer), "Style")
    panel.refresh()
    assert panel.model.rowCount() == names.count(other) and set(shown(panel, "property")) == {other}
    assert f"{names.count(other)} of {names.count(other)} row" in panel.said.text()


def test_a_layer_of_several_properties_lists_them_all():
    from layers.sensor_points import SensorPoints
    from layers.sensor_values import listed_rows
    from layers.wind import Wind
    from tests.app.made_sessions import sensors_payload
    payload = sensors_payload()
    assert len(listed_rows(SensorPoints(id="s", name="s"), payload)) == 2
    assert len(listed_rows(Wind(id="w", name="w"), payload)) == 3
