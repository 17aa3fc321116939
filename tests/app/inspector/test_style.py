"""The style form and the legend through their real widgets."""

from __future__ import annotations

from dataclasses import replace

import pyarrow as pa
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QColorDialog, QSlider

from app.discover import layer_types
from app.panels import editors
from app.panels.field_spec import effective, field_specs
from app.panels.legend_view import LINE_PX, LegendView
from app.panels.slider_scale import from_share, to_share
from app.panels.style import EDITORS, StyleForm, StylePanel
from layers.base import VISUALS
from layers.legend import Legend
from tests.app.made_sessions import sensor_session
from tests.layers.pictures import square, together
from tests.layers.test_flat_pictures import dots
from twin.layer import LAYER_TYPES

layer_types()

KINDS = sorted(LAYER_TYPES)


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
    editor.slider.triggerAction(QSlider.SliderAction.SliderPageStepSub)          # a click beside the handle
    assert editor.spin.value() == pytest.approx(0.9)


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


def test_a_legend_entry_gets_a_colour_of_its_own_and_back(qtbot):
    session = sensor_session()
    panel = StylePanel(session)
    qtbot.addWidget(panel)
    panel.show_layer("city")
    panel.legend.recolor = panel.recolor
    panel.legend.show_legend(Legend(title="use", entries=(((1, 2, 3), "Homes"), ((4, 5, 6), "Offices  7")),
                                    keys=("home", "office"), counts=(5, 7)), "light")
    assert panel.legend.entry_at(5) is None and panel.legend.entry_at(45) == 1
    qtbot.mouseClick(panel.legend, Qt.MouseButton.LeftButton, pos=QPoint(6, 45))
    dialog = panel.findChild(QColorDialog)
    assert dialog.windowTitle() == "Offices", "as the legend says it, not the code of the file"
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


def test_a_terrain_offers_a_ramp_only_where_it_paints_with_it():
    layer = LAYER_TYPES["terrain"](id="t", name="T")
    offered = {by for by in ("plain", "elevation", "slope", "aspect", "hillshade")
               if effective("colormap", replace(layer, color_by=by))}
    assert offered == {"elevation", "slope"}


def test_sensors_coloured_by_their_age_have_no_scale_of_values():
    layer = LAYER_TYPES["sensors"](id="s", name="S")
    silent = {"colormap", "low", "high", "over", "label"}
    assert all(effective(name, layer) for name in silent)
    aged = replace(layer, color_by="device age")
    assert not any(effective(name, aged) for name in silent) and effective("stale_minutes", aged)


def test_a_column_of_words_offers_no_scale_of_numbers(qtbot):
    layer = LAYER_TYPES["city"](id="c", name="c", steps="equal")
    table = pa.table({"use": ["office", "school"], "height_m": [3.0, 6.0]})
    form = StyleForm(type(layer), lambda spec, value: None, lambda: None)
    qtbot.addWidget(form)
    for column, shown in (("use", False), ("height_m", True)):
        form.show_layer(replace(layer, color_by=column), table)
        for name in ("colormap", "steps", "step_count", "low", "high"):
            assert form.editors[name].isVisibleTo(form) == shown, (column, name)


@pytest.mark.parametrize("made, symbol, shown, gone", [
    (dots([(0, 0, 0)], name=["a"]), "dot", ["size_px", "symbol", "color_by"], ["width_px", "fill_opacity", "in_time"]),
    (dots([(0, 0, 0)], until=["2026-07-15"]), "tree", ["symbol", "in_time"], ["size_px", "color_by", "ruled"]),
    (together([square(300)], pa.table({"name": ["a"]})), "dot", ["width_px", "fill_opacity"], ["size_px", "symbol"]),
    (None, "dot", ["width_px", "fill_opacity", "size_px", "symbol", "in_time"], []),
])
def test_fields_of_other_geometry_than_the_layer_has_are_not_offered(qtbot, made, symbol, shown, gone):
    layer = LAYER_TYPES["vectors"](id="v", name="v", symbol=symbol)
    form = StyleForm(type(layer), lambda spec, value: None, lambda: None)
    qtbot.addWidget(form)
    form.show_layer(layer, None, VISUALS["vectors"].idle_fields(layer, made))
    for name in (*shown, *gone):
        assert form.editors[name].isVisibleTo(form) == form.labels[name].isVisibleTo(form) == (name in shown), name


def test_a_long_legend_unfolds(qtbot):
    legend = LegendView("light")
    qtbot.addWidget(legend)
    legend.show_legend(Legend(title="use", entries=tuple(((n, n, n), f"class {n}") for n in range(60))), "light")
    folded = legend.height()
    more = (legend._listed() + 1) * LINE_PX + 4
    assert legend.is_more(more) and legend.entry_at(more) is None
    qtbot.mouseClick(legend, Qt.MouseButton.LeftButton, pos=QPoint(6, more))
    assert legend.height() > folded and not legend.is_more(more) and len(legend._entries()) == 60


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


def test_what_a_model_is_coloured_by_is_told_in_words(qtbot):
    form = StyleForm(LAYER_TYPES["building"], lambda spec, value: None, lambda: None)
    qtbot.addWidget(form)
    editor = form.editors["color_by"]
    editor.offer(("class", "predefined_type", "long_name", "Pset_WallCommon.FireRating"))
    assert [editor.combo.itemText(i) for i in range(editor.combo.count())] == [
        "None", "Colours of the file", "Class", "Predefined type", "Long name", "Pset_WallCommon.FireRating"]
