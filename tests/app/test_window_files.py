"""Files that come into the whole window: opened, dropped, mended, placed, and framed where they lie."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtTest import QTest

from app.discover import layer_types
from layers.building import Building
from tests.app.made_sessions import put
from tests.app.made_windows import opened, settle, street
from tests.bim.made_georeferences import EAST, Made
from tests.layers.boxes import boxes
from twin.document import Document
from twin.frame import Frame
from twin.layer import Placement, Source
from twin.placing import foot_of, matrix_of

layer_types()


@pytest.fixture
def line(tmp_path) -> Path:
    return street(tmp_path)


def test_good_and_broken_files_come_in_as_one_edit(window, qtbot, line, tmp_path):
    broken = tmp_path / "broken.bin"
    broken.write_bytes(b"\x00\x01\x02 nobody knows me")
    opened(window, qtbot, [line, broken])
    kinds = [x.kind for x in window.session.document.layers]
    assert kinds == ["vectors", "unread"]

    def facts():
        return {x.kind: window.layers.model.facts(x.id) for x in window.session.document.layers}

    qtbot.waitUntil(lambda: facts()["vectors"].count == 1)      # once it is drawn
    told = facts()
    assert told["unread"].tone == "danger" and told["unread"].message and told["unread"].action == "reload"
    assert told["vectors"].message == ""
    window.actions_.refresh()
    assert window.actions_.of["undo"].text() == "Undo: Add layers (2)"
    window.actions_.of["undo"].trigger()
    assert window.session.document == Document()


def test_a_mended_file_is_read_by_reload(window, qtbot, line, tmp_path):
    late = tmp_path / "late.geojson"
    late.write_bytes(b"not yet")
    opened(window, qtbot, [late])
    id = window.session.document.layers[0].id
    late.write_bytes(line.read_bytes())
    window.layers.choose([id])
    window.actions_.of["reload"].trigger()
    settle(window, qtbot)
    assert [x.kind for x in window.session.document.layers] == ["vectors"]


def test_files_are_dropped_on_the_window(window, qtbot, line):
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(line))])
    event = QDropEvent(QPointF(600, 300), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton,
                       Qt.KeyboardModifier.NoModifier)
    window.dropEvent(event)
    settle(window, qtbot)
    assert [x.name for x in window.session.document.layers] == ["street"]


def test_a_building_without_a_place_is_put_there_and_undone_in_one_step(window, qtbot, line, shared):
    opened(window, qtbot, [line])
    opened(window, qtbot, [shared / "ifc" / "AC20-FZK-Haus.ifc"])
    house = window.session.document.layers[0]
    assert house.placement is not None
    facts = window.layers.model.facts(house.id)
    assert facts.action == "place" and facts.message == "Put here: where the file puts it is too far away."
    window.filing.place(house.id)
    window.viewport._pick_once((120.0, -40.0, 3.0))
    moved, mesh = window.session.document.layer(house.id).placement, window.session.asset(house.id).payload
    foot = matrix_of(mesh, moved, window.session.document.frame) @ [*foot_of(mesh), 1.0]
    assert foot[:3] == pytest.approx((120.0, -40.0, 3.0), abs=1e-3), "the middle of its foot stands where the click was"
    window.undo()
    window.undo()
    assert [x.kind for x in window.session.document.layers] == ["vectors"]


def test_a_new_model_takes_the_source_that_leads_here_and_others_are_tried_out(window, qtbot, line, tmp_path):
    """Its map conversion was written for another town; its latitude and longitude lie on the street."""
    wrong = Made("IFC4").converted(EAST + 120_000.0).degrees((31, 21, 10), (121, 15, 10), 4.0)
    opened(window, qtbot, [line])
    opened(window, qtbot, [wrong.box((5.0, 5.0, 0.0)).write(tmp_path / "house.ifc")])
    house = window.session.document.layers[0]
    assert (house.georeference, house.placement) == ("RefLatitude/RefLongitude", None)
    here = window.viewport.stage.bounds({house.id})
    assert abs(here[0]) < 2000 and abs(here[1]) < 2000
    panel = window.inspector.passport
    qtbot.waitUntil(lambda: panel.site is not None)
    QTest.mouseClick(panel.candidates.rows[0], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.viewport.stage.bounds({house.id})[0] > 100_000)
    panel.bar.buttons["Cancel"].click()
    qtbot.waitUntil(lambda: window.viewport.stage.bounds({house.id}) == here)
    window.undo()
    assert [x.kind for x in window.session.document.layers] == ["vectors"], "siting is part of adding"


def test_what_lies_far_away_says_so_and_can_be_gone_to(window, qtbot, line, shared):
    opened(window, qtbot, [line])
    opened(window, qtbot, [shared / "city" / "delft.city.json"])
    far = window.session.document.layers[0]
    assert window.layers.model.facts(far.id).action == "move"
    window.filing.act("move", far.id)
    settle(window, qtbot)
    assert "28992" in window.session.document.frame.crs or "7415" in window.session.document.frame.crs
    assert window.layers.model.facts(far.id).action == ""


def test_what_is_put_aside_as_soon_as_it_is_read_is_framed_where_it_stands(window, qtbot):
    """The camera was chosen for the place of the frame before: of three storeys it saw two."""
    viewport, first = window.viewport, boxes([[0, 0, 0]], [[10, 10, 3]])
    layer = Building(id="b", name="House", edges=False, source=Source(path="/d/house.ifc"),
                     placement=Placement(easting=0.0, northing=0.0))
    document = Document(frame=Frame(crs="", origin=(0.0, 0.0, 0.0)), layers=(layer,))
    window.loop.stop()
    window.session.edits.commit(document, "Add layers")
    put(window.session, layer, first)
    viewport.home_pending = True
    while viewport.home_pending or not viewport.stage.bounds():
        viewport.frame(0.0)
    away = replace(layer, placement=Placement(easting=300.0, northing=0.0, height=20.0))
    window.session.edits.commit(document.with_layer(away), "Add layers")
    window.filing.opening.placed()
    while viewport.home_pending:
        viewport.frame(0.0)
    assert viewport.stage.bounds()[0] == pytest.approx(295.0, abs=1.0)
    assert viewport.camera() == viewport.view.home()
    elsewhere = viewport.view.home().moved_to((0.0, 0.0, 0.0))
    viewport.set_camera(elsewhere)
    window.filing.opening.placed()
    viewport.frame(0.0)
    assert viewport.camera() == elsewhere


def test_what_came_by_itself_is_framed_anew_while_the_window_takes_its_shape(window, line, qtbot):
    viewport = window.viewport
    window.filing.opening.add([line])
    qtbot.waitUntil(lambda: bool(viewport.stage.bounds()) and not viewport.home_pending, timeout=60_000)

    def shaped(width: int, height: int) -> None:
        before = viewport.canvas.size
        window.resize(width, height)
        qtbot.waitUntil(lambda: viewport.canvas.size != before)
        viewport._move(0.0)
    shaped(1500, 640)
    assert viewport.camera().distance == pytest.approx(viewport.view.home().distance)
    viewport.set_camera(replace(viewport.camera(), view_angle_deg=20.0))
    looked_at = viewport.camera()
    shaped(1000, 700)
    assert viewport.camera() == looked_at, "who looks elsewhere stays there"
