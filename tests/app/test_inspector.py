"""The inspector through its real widgets: attributes, style form, chart."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pyarrow as pa
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QColorDialog

from app.discover import layer_types
from app.panels import editors, element_properties, facts
from app.panels.attributes import WAITING
from app.panels.field_spec import field_specs
from app.panels.inspector import Inspector
from app.panels.legend_view import LINE_PX, LegendView
from app.panels.slider_scale import from_share, to_share
from app.panels.style import EDITORS, StyleForm, StylePanel
from app.panels.table_model import TableModel
from layers.base import VISUALS, Visual
from layers.building import Building
from layers.legend import Legend
from layers.vectors import VectorLayer
from tests.app.made_sessions import DAY_START, city_payload, made_properties, put, sensor_session
from twin.data import Vectors
from twin.frame import Frame
from twin.layer import LAYER_TYPES, Source
from twin.selection import Selection
from twin.text import set_language
from twin.times import HOUR, MINUTE, parse
from twin.trouble import Trouble
from twin.value_words import ValueWord

layer_types()
KINDS = sorted(LAYER_TYPES)


@pytest.fixture
def session(session, monkeypatch):
    for kind in ("sensors", "city"):
        monkeypatch.setitem(VISUALS, kind, Visual)
    return session


@pytest.fixture
def inspector(on_screen, session):
    return on_screen(Inspector(session), 320, 900)


def read(qtbot, inspector) -> None:
    """Refresh until the readings of what is selected are there."""
    def there() -> bool:
        inspector.refresh()
        return not inspector.chart.busy and WAITING not in shown(inspector).values()
    qtbot.waitUntil(there, timeout=30_000)


def shown(inspector) -> dict[str, str]:
    return {row.key or row.label: row.value for row in inspector.attributes.table.facts.rows}


# -- attributes -------------------------------------------------------------------------------------


def test_nothing_selected_says_what_to_do(inspector):
    assert "Nothing is selected" in inspector.attributes.title.text()
    assert not inspector.attributes.table.isVisible()


def test_a_feature_shows_every_attribute_and_a_dash_for_null(inspector, session):
    session.selection = Selection((("city", 2),))
    inspector.refresh()
    assert inspector.attributes.title.text() == "House 2"
    assert shown(inspector)["height"] == "—" and shown(inspector)["floors"] == "2"
    session.selection = Selection((("city", 0),))
    inspector.refresh()
    assert shown(inspector)["height"] == "9.1"               # float32, and not 9.100000381


def test_attributes_are_copied(inspector, session):
    session.selection = Selection((("city", 0),))
    inspector.refresh()
    QTest.mouseClick(inspector.attributes.copy, Qt.MouseButton.LeftButton)
    assert "Use\thome" in QGuiApplication.clipboard().text().splitlines()
    inspector.attributes.table.selectRow(0)
    inspector.attributes.table.copy_value.trigger()
    assert QGuiApplication.clipboard().text() == "House 0"


def test_the_filter_narrows(inspector, session):
    session.selection = Selection((("city", 0),))
    inspector.refresh()
    QTest.keyClicks(inspector.attributes.filter, "hei")
    assert list(shown(inspector)) == ["height"]


def test_several_features_show_what_they_share(inspector, session):
    session.selection = Selection((("city", 0), ("city", 1)))
    inspector.refresh()
    assert inspector.attributes.title.text() == "2 selected"
    assert shown(inspector)["use"] == "home" and shown(inspector)["tags"] == "a"
    assert shown(inspector)["name"] == "(differs)"


def test_a_sensor_shows_its_value_and_how_old_it_is(qtbot, inspector, session):
    session.selection = Selection((("sensors", 1),))
    read(qtbot, inspector)
    assert shown(inspector)["value"] == "24.6667 °C" and shown(inspector)["state"] == "ok"
    assert shown(inspector)["age"] == "1 min ago"
    session.clock.go_to(DAY_START + 11 * HOUR)
    inspector.refresh()
    assert shown(inspector)["state"] == "stale"
    session.clock.go_to(DAY_START - MINUTE)
    inspector.refresh()
    assert shown(inspector)["state"] == "no data" and shown(inspector)["value"] == "—"


def test_the_current_layer_tells_its_facts(inspector, session):
    session.current_layer = "sensors"
    inspector.refresh()
    said = shown(inspector)
    assert said["source"] == "/data/made.csv" and said["count"] == "3" and "EPSG:4549" in said["crs"]
    assert "ynthetic" in said["synthetic"]
    assert "2 rows without a time" in inspector.attributes.notes.text()


def test_what_has_no_heights_of_its_own_is_not_said_to_lie_at_zero():
    place = np.array([[3.0, 4.0, 0.0]], np.float32)
    flat, high = (Vectors(count=1, points=place, has_z=has) for has in (False, True))
    layer, frame = VectorLayer(id="v", name="v"), Frame(origin=(0, 0, 0))
    said = [{row.key: row.value for row in facts.payload_rows(p, frame, "UTC", layer)} for p in (flat, high)]
    assert said[0]["height"] == "On the ground" and said[1]["height"] == "0.0 – 0.0 m"


def test_a_reported_missing_value_is_no_data():
    series = (np.array([1, 2], np.int64), np.array([5, np.nan], np.float32))
    assert facts.reading_at(series, 2, 60).state == "no data"


def test_property_sets_come_from_a_worker(qtbot, inspector, session, monkeypatch):
    monkeypatch.setattr(element_properties, "reader", lambda: made_properties)
    walls = Building(id="walls", name="Walls", source=Source(path="/data/walls.ifc"))
    session.edits.commit(session.document.with_layer(walls), "Add")
    put(session, walls, replace(city_payload(), features=pa.table({"name": ["Wall 1"], "guid": ["3vB2"]})))
    session.selection = Selection((("walls", 0),))
    inspector.refresh()
    assert shown(inspector)["guid"] == "3vB2"

    def answered():
        session.tick(0.0)
        inspector.refresh()
        return "Pset_WallCommon.FireRating" in shown(inspector)
    qtbot.waitUntil(answered, timeout=30_000)
    assert shown(inspector)["Pset_WallCommon.FireRating"] == "F90" and shown(inspector)["GlobalId"] == "3vB2"
    assert shown(inspector)["Pset_WallCommon.Width"] == "0.24 m" and "guid" not in shown(inspector)
    rows = {row.key: row for row in inspector.attributes.table.facts.rows}
    assert rows["Pset_WallCommon.Width"].label == "Width ↑" and rows["Pset_WallCommon.Width"].tip == "From the type"
    assert rows["Relations.Contained in"].link == "0storey" and rows["Relations.Contained in"].column == ""
    table = inspector.attributes.table
    table.selectRow([row.key for row in table.facts.rows].index("Pset_WallCommon.FireRating"))
    table.color_row.trigger()
    assert session.document.layer("walls").color_by == "Pset_WallCommon.FireRating"
    session.selection = Selection((("city", 0),))
    inspector.refresh()
    inspector.refresh()
    assert "Pset_WallCommon.FireRating" not in shown(inspector)


# -- style ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_every_layer_type_has_a_form_that_commits_the_right_field(qtbot, kind):
    """Each editor says the value it was given back under its own field's name, and takes every default."""
    layer = LAYER_TYPES[kind](id="x", name="X")
    said = []
    form = StyleForm(type(layer), lambda spec, value: said.append((spec.name, value)), lambda: None)
    qtbot.addWidget(form)
    form.show_layer(layer, None)
    assert not said                                            # showing is no edit
    assert {spec.name for spec in field_specs(type(layer))} == set(form.editors)
    for spec in form.specs:
        other = another(spec)
        form.editors[spec.name].take(other)
        assert said.pop() == (spec.name, other)
        form.show_layer(replace(layer, **{spec.name: other}), None)
        assert not said
        assert type(form.editors[spec.name]) is EDITORS[spec.editor]


def another(spec):
    if spec.base is bool:
        return not spec.default
    if spec.choices:
        return spec.choices[-1]
    if spec.base in (float, int):
        low = 0.0 if spec.low is None else spec.low
        return low + 3.0 if spec.high is None else (low + spec.high) / 2
    return "#123456" if spec.role == "color" else "vik"


def test_a_slider_drag_is_one_edit_and_undo_brings_the_widget_back(inspector, session):
    session.current_layer = "city"
    inspector.refresh()
    form = inspector.style_panel.form
    editor = form.editors["opacity"]
    editor.slider.setSliderDown(True)
    for tick in (900, 700, 400):
        editor.slider.setValue(tick)
        inspector.refresh()
    editor.slider.setSliderDown(False)
    assert session.document.layer("city").opacity == pytest.approx(0.4)
    assert session.edits.undo_label == "Opacity"
    session.edits.undo()
    inspector.refresh()
    assert session.document.layer("city").opacity == 1.0
    assert editor.spin.value() == 1.0 and editor.slider.value() == editors.SLIDER_TICKS
    assert form is inspector.style_panel.form and not session.edits.undo_label


def test_a_combo_offers_columns_and_commits(inspector, session):
    session.current_layer = "city"
    inspector.refresh()
    combo = inspector.style_panel.form.editors["color_by"].combo
    offered = [combo.itemData(i) for i in range(combo.count())]
    assert offered == ["", "name", "use", "height", "storey", "floors", "tags"]
    combo.setCurrentIndex(offered.index("use"))
    combo.activated.emit(offered.index("use"))
    assert session.document.layer("city").color_by == "use"


def test_an_optional_number_is_typed_and_cleared(inspector, session):
    session.current_layer = "city"
    inspector.refresh()
    line = inspector.style_panel.form.editors["low"].line
    QTest.keyClicks(line, "-2.5")
    assert session.document.layer("city").low is None          # half typed is no edit
    QTest.keyClick(line, Qt.Key.Key_Return)
    assert session.document.layer("city").low == -2.5
    line.clear()
    assert session.document.layer("city").low is None


def test_back_to_the_default(inspector, session):
    session.current_layer = "city"
    session.edits.commit(session.document.with_layer(replace(session.document.layer("city"), edges=False)), "Edges")
    inspector.refresh()
    form = inspector.style_panel.form
    assert not form.resets["edges"].isHidden() and form.resets["opacity"].isHidden()
    QTest.mouseClick(form.resets["edges"], Qt.MouseButton.LeftButton)
    inspector.refresh()
    assert session.document.layer("city").edges is True and form.editors["edges"].box.isChecked()


@pytest.mark.parametrize("kind", KINDS)
def test_sliders_reach_both_ends_and_every_default(kind):
    for spec in field_specs(LAYER_TYPES[kind]):
        if spec.editor == "slider":
            assert from_share(spec, 0.0) == spec.low and from_share(spec, 1.0) == spec.high
            assert from_share(spec, to_share(spec, spec.default)) == pytest.approx(spec.default)


# -- chart ------------------------------------------------------------------------------------------


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


def test_an_error_can_be_read_to_its_end(inspector, session):
    layer = session.document.layer("city")
    put(session, layer, None)
    session.asset("city").error = Trouble("This is a format that is recognised but not read.",
                                          cause="It is of a version that came long after this program was written",
                                          way_out="Convert it to CityJSON and open that.", path="/data/a.gml")
    inspector.resize(300, 700)
    session.current_layer = "city"
    inspector.refresh()
    error = inspector.attributes.error
    assert error.isVisibleTo(inspector) and error.text().endswith("Convert it to CityJSON and open that.")
    assert error.heightForWidth(error.width()) > 2 * error.fontMetrics().height(), "over several lines"


def test_known_columns_are_called_in_words_and_lengths_are_no_arithmetic_dust():
    features = pa.table({"storey_elevation_m": [-1.804778549e-15], "interval_secs": [300], "property": ["noise.leq"],
                         "Own_Key": ["x"]})
    set_language("zh")
    try:
        rows = {row.key: row for row in facts.feature_rows(features, 0, "UTC")}
    finally:
        set_language("en")
    assert rows["storey_elevation_m"].value == "0" and rows["storey_elevation_m"].label == "楼层标高 (m)"
    assert rows["interval_secs"].label == "间隔 (s)" and rows["property"].value == "等效声级 Leq"
    assert rows["Own_Key"].label == "Own_Key"


def test_codes_are_called_as_the_project_says_and_no_others():
    words = (ValueWord(value="office", name="Office", name_zh="办公", columns=("use",)),)
    features = pa.table({"use": ["office"], "owner": ["office"], "kind": ["lake"]})
    set_language("zh")
    try:
        rows = {row.key: row for row in facts.feature_rows(features, 0, "UTC", words)}
        model = TableModel()
        model.words = words
        model.show(features, np.arange(1))
        shown = [model.data(model.index(0, n)) for n in range(3)]
    finally:
        set_language("en")
    assert (rows["use"].value, rows["use"].tip) == ("办公", "use: office")
    assert rows["owner"].value == "office" and rows["kind"].value == "lake"
    assert shown == ["办公 (office)", "office", "lake"]


def test_a_tree_without_a_name_is_called_by_its_species():
    trees = pa.table({"species": ["camphor", None], "height_m": [7.0, 8.0]})
    assert [facts.title_of(trees, row) for row in (0, 1)] == ["camphor 1", "Feature 2"]


def test_a_feature_is_called_by_its_name_in_the_other_language_before_its_id():
    lakes = pa.table({"id": ["w1", "w2", "w3"], "name_zh": ["远香湖", "横沥", None], "name_en": [None, "Hengli", None]})
    assert [facts.title_of(lakes, row) for row in range(3)] == ["远香湖", "Hengli", "w3"]


def test_a_legend_entry_gets_a_colour_of_its_own_and_back(qtbot):
    session = sensor_session()
    panel = StylePanel(session)
    qtbot.addWidget(panel)
    panel.show_layer("city")
    panel.legend.recolor = panel.recolor
    panel.legend.show_legend(Legend(title="use", entries=(((1, 2, 3), "home"), ((4, 5, 6), "office"))), "light")
    assert panel.legend.entry_at(5) is None and panel.legend.entry_at(45) == 1
    qtbot.mouseClick(panel.legend, Qt.MouseButton.LeftButton, pos=QPoint(6, 45))
    dialog = panel.findChild(QColorDialog)
    dialog.setCurrentColor(QColor("#ff8800"))
    dialog.accept()
    assert session.document.layer("city").own_colors == (("office", "#ff8800"),)
    qtbot.mouseClick(panel.legend, Qt.MouseButton.RightButton, pos=QPoint(6, 45))
    assert session.document.layer("city").own_colors == ()
    session.edits.undo()
    assert session.document.layer("city").own_colors == (("office", "#ff8800"),)
    session.close()


def test_only_rows_that_have_an_effect_are_offered(qtbot):
    session = sensor_session()
    panel = StylePanel(session)
    qtbot.addWidget(panel)
    panel.show()

    def offered(**fields):
        city = replace(session.document.layer("city"), **fields)
        session.edits.commit(session.document.with_layer(city), "Style")
        panel.show_layer("city")
        return {name for name, label in panel.form.labels.items() if not label.isHidden()}
    scale = {"colormap", "steps", "low", "high"}
    assert not offered(color_by="") & {*scale, "step_count"}
    assert offered(color_by="height_m") & {*scale, "step_count"} == scale
    assert "step_count" in offered(color_by="height_m", steps="equal")
    assert not panel.form.editors["step_count"].isHidden()
    session.close()


def test_a_long_legend_unfolds(qtbot):
    legend = LegendView("light")
    qtbot.addWidget(legend)
    legend.show_legend(Legend(title="use", entries=tuple(((n, n, n), f"class {n}") for n in range(60))), "light")
    folded = legend.height()
    more = (legend._listed() + 1) * LINE_PX + 4
    assert legend.is_more(more) and legend.entry_at(more) is None
    qtbot.mouseClick(legend, Qt.MouseButton.LeftButton, pos=QPoint(6, more))
    assert legend.height() > folded and not legend.is_more(more) and len(legend._entries()) == 60


def test_a_grid_has_points_and_no_features_in_the_inspector_and_in_its_row(session):
    from app.panels.facts import payload_rows
    from app.panels.layer_facts import facts_of
    from layers.layer_row import Row
    from layers.terrain import Terrain
    from twin.data import HeightGrid
    grid = HeightGrid(heights=np.zeros((3, 4), np.float32), count=12)
    first = payload_rows(grid, Frame(), "UTC", Terrain(id="t", name="t"))[0]
    assert (first.label, first.value) == ("Grid points", "12")
    asset = SimpleNamespace(state="ready", payload=grid, error=None, fraction=None)
    shown = SimpleNamespace(document=session.document, hosts=session.hosts,
                            assets=SimpleNamespace(held=lambda *_: asset))
    for row in (None, Row("ready", features=1)):
        assert facts_of(shown, Terrain(id="t", name="t"), row).count == 0, "hidden or drawn"


def test_a_title_too_long_for_its_line_keeps_its_unit(qtbot):
    from layers.legend_picture import short_title
    long = Legend(title="Lowest windows of all houses · Hours of sun", unit="hours", ramp=((0, 0, 0), (255, 255, 255)))
    view = LegendView("light")
    qtbot.addWidget(view)
    view.resize(160, 80)
    view.show_legend(long, "light")
    for words in (view.title_words(), short_title(long, 12, 196)):
        assert words.startswith("Lowest") and "…" in words and words.endswith("(hours)")
    assert short_title(Legend(title="Noise", unit="dB"), 12, 196) == "Noise  (dB)"


def test_a_format_is_called_as_info_calls_it():
    import cim.cityjson  # noqa: F401  (a city model may end in ".json" too)
    layer = VectorLayer(id="a", name="a", source=Source(path="/data/trees.fgb"))
    assert facts.format_of(layer) == "FlatGeobuf"
    assert facts.format_of(replace(layer, source=Source(path="/data/trees.xyz9"))) == "XYZ9"
    assert facts.format_of(replace(layer, source=Source(path="/data/stops.geojson", reader="vectors"))) == "GeoJSON"
    assert facts.format_of(replace(layer, source=Source(path="/data/stops.json", reader="vectors"))) == "GeoJSON"
    assert facts.format_of(replace(layer, source=Source(path="/data/city.json", reader="cityjson"))) == "CityJSON"
    assert facts.format_of(replace(layer, source=Source(path="/data/dem.tif"))) == "GeoTIFF"
