"""Colours by rules, from the style form to pixels, legend and project file; words of a legend's entries."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest
import shapely
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QLineEdit

from app.cli import main
from app.discover import layer_types
from app.panels.style import StylePanel
from app.session import Session
from layers.city import City
from layers.vectors import VectorLayer
from layers.view import offscreen
from tests.layers.pictures import above
from twin.document import Document
from twin.layer import Source
from twin.project import Project, load, save
from twin.ruling import ColorRule, ruled
from twin.value_words import ValueWord

layer_types()
TABLE = pa.table({"height": [3.0, 30.0, 80.0, None], "use": ["home", "office", "home", "office"]})
TALL = ColorRule(where="height > 50", color="#ff0000", label="Tall")
OFFICE = ColorRule(where="use = 'office'", color="#0000ff")
ELSE = ColorRule(color="#00ff00", label="Rest")


def test_the_first_rule_that_holds_counts_and_else_takes_what_is_left():
    assert ruled(TABLE, (TALL, OFFICE, ELSE)).of.tolist() == [2, 1, 0, 1]
    assert ruled(TABLE, (ELSE, OFFICE, TALL)).of.tolist() == [0, 1, 2, 1]          # wherever else stands
    assert ruled(TABLE, (TALL,)).of.tolist() == [-1, -1, 0, -1]
    assert ruled(TABLE, (ColorRule(where="height > 1"), TALL)).of.tolist() == [0, 0, 0, -1]


def test_rules_know_what_another_table_says_of_the_same_things():
    homes = pa.table({"id": ["a", "b", "c"], "use": ["home", "home", "office"]})
    walks = pa.table({"building": ["b", "a"], "walk_min": [7.0, 22.0], "use": ["ignored", "ignored"]})
    near, lived = ColorRule(where="walk_min <= 15"), ColorRule(where="walk_min > 15 AND use = 'home'")
    assert ruled(homes, (near, lived, ELSE), None, walks).of.tolist() == [1, 0, 2]
    assert ruled(homes, (near, ELSE)).of.tolist() == [1, 1, 1], "as long as nobody has read it"


def test_a_rule_that_cannot_be_understood_takes_nothing_and_says_why():
    found = ruled(TABLE, (ColorRule(where="hight > 3"), ColorRule(where="1 = 1; DROP"), ELSE))
    assert found.of.tolist() == [2] * 4 and found.counts() == [0, 0, 4]
    assert "hight" in found.errors[0] and "semicolon" in found.errors[1] and found.errors[2] == ""


@pytest.fixture
def session(tmp_path):
    """Four squares of 100 m in a row, as areas and as buildings."""
    def square(n, props):
        x, y = 617000 - 200 + 100 * n, 3471000
        ring = [[x, y], [x + 90, y], [x + 90, y + 90], [x, y + 90], [x, y]]
        return {"type": "Feature", "properties": props, "geometry": {"type": "Polygon", "coordinates": [ring]}}

    features = [square(n, {"height": h, "use": u}) for n, (h, u) in enumerate(zip(*TABLE.to_pydict().values()))]
    path = tmp_path / "areas.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    rules = {"ruled": True, "rules": (TALL, OFFICE, ELSE)}
    source = Source(path=str(path), crs="EPSG:4549")
    document = Document(layers=(VectorLayer(id="v", name="v", source=source, fill_opacity=1.0, **rules),
                                City(id="c", name="c", source=source, visible=False, **rules)))
    session = Session(Project(document=document))
    session.settle()
    yield session
    session.close()


def colors(session) -> list[int]:
    """Of each square the channel that is strongest, as it is drawn from above."""
    view = offscreen(400, 400)
    try:
        view.set_camera(above(500.0))
        view.frame(session.shown, session.assets, session.moment())
        view.render(session.shown, session.moment())
        picture = view.picture().astype(int)
        ray = view.ray(0, 0)
        at = [ray.project(np.array([[-200 + 100 * n + 45, 45, 0.0]]))[0] for n in range(4)]
        seen = [picture[399 - int(v), int(u)] for u, v, _ in at]
        assert all(np.ptp(color) > 60 for color in seen), seen
        return [int(color.argmax()) for color in seen]
    finally:
        view.close()


@pytest.mark.parametrize("shown", ["v", "c"])
def test_areas_and_buildings_have_the_colours_of_their_rules(session, shown):
    document = session.document
    for id in ("v", "c"):
        document = document.with_layer(replace(document.layer(id), visible=id == shown))
    session.edits.commit(document, "x")
    session.settle()
    assert colors(session) == [1, 2, 0, 2]


def test_rules_are_edited_in_the_form_and_saved(session, qtbot, tmp_path):
    panel = StylePanel(session)
    qtbot.addWidget(panel)
    panel.resize(320, 900)
    panel.show()

    def tick():
        session.settle()
        panel.show_layer("v")

    tick()
    rows = panel.section.rows
    assert [row.said.text().split()[0] for row in rows] == ["1", "2", "1"]
    rows[1].where.selectAll()
    qtbot.keyClicks(rows[1].where, "hight > 1")
    qtbot.keyClick(rows[1].where, Qt.Key.Key_Return)
    tick()
    assert "hight" in rows[1].said.text() and session.document.layer("v").rules[1].where == "hight > 1"
    qtbot.keyClick(rows[1].where, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert rows[1].where.text() == "use = 'office'"                     # what is undone in the line, Enter takes
    qtbot.keyClick(rows[1].where, Qt.Key.Key_Return)
    assert session.document.layer("v").rules[1].where == "use = 'office'"
    session.edits.undo()
    session.edits.undo()
    panel.section.add.click()
    assert [rule.where for rule in session.document.layer("v").rules] == ["height > 50", "use = 'office'", "1 = 1", ""]
    tick()
    panel.section.rows[2].buttons["arrow-up"].click()
    tick()
    panel.section.rows[0].buttons["remove"].click()
    tick()
    assert [rule.where for rule in session.document.layer("v").rules] == ["1 = 1", "use = 'office'", ""]
    session.save(tmp_path / "p.twin.json")
    assert load(tmp_path / "p.twin.json").document.layer("v") == session.document.layer("v")


def test_words_of_an_entry_are_written_in_the_legend(session, qtbot):
    panel = StylePanel(session)
    qtbot.addWidget(panel)
    panel.resize(320, 900)
    panel.show()
    panel.show_layer("v")
    view = offscreen(64, 64)
    view.frame(session.shown, session.assets, session.moment())
    legend = view.stage.visual("v").legend(session.document.layer("v"), session.asset("v"), session.moment())
    view.close()
    assert [words for _, words in legend.entries] == ["Tall", "use = 'office'", "Rest"]
    panel.legend.recolor, panel.legend.relabel = panel.recolor, panel.relabel
    panel.legend.show_legend(legend, "light")
    panel.legend.resize(300, 120)
    qtbot.mouseClick(panel.legend, Qt.MouseButton.LeftButton, pos=QPoint(80, 50))
    line = panel.legend.findChild(QLineEdit)
    line.selectAll()
    qtbot.keyClicks(line, "Offices")
    qtbot.keyClick(line, Qt.Key.Key_Return)
    assert session.document.layer("v").rules[1].label == "Offices"
    panel.layer = session.document.layer("v")
    panel.recolor("1", "")                                   # a rule has no automatic colour
    assert session.document.layer("v").rules[1].color == "#0000ff"


def test_a_class_of_a_column_keeps_its_words_when_it_is_called_otherwise(session):
    from app.legend_edits import recolored, relabelled
    layer = replace(session.document.layer("v"), ruled=False, color_by="use")
    layer = recolored(relabelled(layer, "home", "Dwellings"), "home", "#ff0000")
    session.edits.commit(session.document.with_layer(layer), "x")
    assert colors(session)[0] == colors(session)[2] == 0
    view = offscreen(64, 64)
    view.frame(session.shown, session.assets, session.moment())
    legend = view.stage.visual("v").legend(layer, session.asset("v"), session.moment())
    view.close()
    entry = dict(zip(legend.keys, legend.entries))["home"]
    assert entry == ((255, 0, 0), "Dwellings")
    assert relabelled(layer, "home", "").own_labels == ()


def test_a_class_is_called_as_the_project_calls_its_code(session):
    layer = replace(session.document.layer("v"), ruled=False, color_by="use")
    words = (ValueWord(value="home", name="Dwellings", columns=("use",)),)
    session.edits.commit(replace(session.document.with_layer(layer), words=words), "x")
    view = offscreen(64, 64)
    view.frame(session.shown, session.assets, session.moment())
    legend = view.stage.visual("v").legend(layer, session.asset("v"), session.moment())
    view.close()
    assert legend.title == "Use" and dict(zip(legend.keys, legend.entries))["home"][1] == "Dwellings"


def test_the_command_line_takes_no_rule_that_the_layer_cannot_understand(tmp_path, capsys):
    from tests.cim.made_vectors import write
    shape = shapely.box(618900, 3470400, 618990, 3470500)
    houses = write(tmp_path / "houses.gpkg", [shape], {"height_m": [9.0]}, "GPKG")
    layers = (City(id="c", name="Houses", source=Source(path=str(houses))),
              City(id="gone", name="Gone", source=Source(path=str(tmp_path / "gone.gpkg"))))
    path = tmp_path / "p.twin.json"
    save(Project(document=Document(layers=layers)), path)
    before = path.read_bytes()
    rule = ["--rule", "height_q > 60 => #cc6677 Tall"]
    assert main(["style", str(path), "--layer", "c", *rule]) == 1
    assert "height_q > 60" in (said := capsys.readouterr().err) and "no column “height_q”" in said
    assert path.read_bytes() == before
    assert main(["style", str(path), "--layer", "c", "--rule", "height_m > 60 => #cc6677 Tall"]) == 0
    assert not capsys.readouterr().err and load(path).document.layer("c").rules[0].where == "height_m > 60"
    for field in ("color_by", "label_by"):
        assert main(["style", str(path), "--layer", "c", "--set", f"{field}=nosuch"]) == 1
        assert "nosuch" in (said := capsys.readouterr().err) and "height_m" in said
    assert main(["style", str(path), "--layer", "c", "--set", "color_by=height_m", "--set", "label_by="]) == 0
    capsys.readouterr()
    assert main(["style", str(path), "--layer", "gone", *rule]) == 0
    assert "could not be tried" in capsys.readouterr().err and load(path).document.layer("gone").ruled
