"""Digging from the window: a drawn polygon, under a model, the list of excavations; undone and saved."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import rasterio
from PySide6.QtCore import Qt
from rasterio.transform import from_bounds

from app.discover import layer_types
from app.excavating import cut_in, nothing_dug, terrain_under, under_model
from app.panels.cuts_dialog import CutsDialog
from app.profiles import Cutter, content_of
from app.session import Session
from layers.building import Building
from layers.terrain import Terrain
from twin.course import Course
from twin.document import Document
from twin.ground import Ground, surfaces_of
from twin.layer import Source
from twin.profile import Trench
from twin.project import Project, load, source_of
from twin.trouble import Trouble

RING = np.array([(-20.0, -10.0), (20.0, -10.0), (20.0, 10.0), (-20.0, 10.0)])


@pytest.fixture
def session(tmp_path):
    layer_types()
    with rasterio.open(tmp_path / "ground.tif", "w", driver="GTiff", width=40, height=40, count=1, dtype="float32",
                       crs="EPSG:4549", transform=from_bounds(616800, 3470800, 617200, 3471200, 40, 40)) as file:
        file.write(np.full((40, 40), 4.0, np.float32), 1)
    made = Session(Project(document=Document(layers=(
        Terrain(id="t", name="t", source=Source(path=str(tmp_path / "ground.tif"))),))))
    made.settle()
    yield made
    made.close()


def height(session, x, y) -> float:
    return float(Ground(tuple(surfaces_of(session.document, session.assets))).height_at([[x, y]])[0])


def test_a_polygon_is_dug_out_and_undo_fills_it(session, tmp_path):
    document, terrain = cut_in(session, RING)
    session.edits.commit(document, "Excavation")
    assert terrain.cuts[0].floor_m == 1.0 and height(session, 0, 0) == pytest.approx(1.0)   # 3 m below, as is usual
    assert height(session, 30, 0) == pytest.approx(4.0)
    session.save(tmp_path / "p.twin.json")
    assert load(tmp_path / "p.twin.json").document.layer("t").cuts == terrain.cuts
    session.edits.undo()
    assert height(session, 0, 0) == pytest.approx(4.0)


def test_a_profile_shows_the_pit(session):
    session.edits.commit(cut_in(session, RING, 1.5)[0], "Excavation")
    cutter = Cutter()
    cutter.ask(content_of(session), Course.through([(-40, 0), (40, 0)]), Trench())
    cutter.wait()
    found = cutter.result
    inside = np.abs(found.distance_m - 40) < 19
    assert np.allclose(found.ground_m[inside], 1.5) and found.ground_m[0] == pytest.approx(4.0)


@pytest.mark.parametrize("floor_m, said", [(4.2, True), (3.0, False)])
def test_an_excavation_that_takes_nothing_away_says_so(session, floor_m, said):
    """Under a model that stands on the ground it had 0 m3, without a word."""
    document, terrain = cut_in(session, RING, floor_m)
    session.edits.commit(document, "Excavation")
    assert bool(nothing_dug(session, terrain, terrain.cuts[-1])) == said


def test_nothing_is_dug_where_no_terrain_is(session):
    with pytest.raises(Trouble):
        cut_in(session, RING + 5000.0)
    session.edits.commit(session.document.with_each(["t"], lambda x: replace(x, visible=False)), "Hide")
    with pytest.raises(Trouble):
        terrain_under(session, (0.0, 0.0))


def test_under_a_model_down_to_its_foot(session, samples):
    layer = Building(id="b", name="Office", source=source_of(samples / "office.ifc"))
    session.edits.commit(session.document.with_layer(layer), "Add")
    session.settle()
    from app import siting
    siting.sited_all(session, ["b"])
    ring, floor_m = under_model(session, session.document.layer("b"))
    assert len(ring) >= 4 and -10.0 < floor_m < 4.0
    size = np.ptp(ring, axis=0)
    assert 30 < size.max() < 130                                              # the office is 74 x 46 m at most


def test_the_list_changes_floors_names_and_removes(session, qtbot):
    session.edits.commit(cut_in(session, RING, 1.0)[0], "Excavation")
    session.edits.commit(cut_in(session, RING + 60.0, 2.0)[0], "Excavation")
    dialog = CutsDialog(None, session, "t")
    qtbot.addWidget(dialog)
    dialog.show()
    assert dialog.table.rowCount() == 2
    assert float(dialog.table.item(0, 3).text().replace(",", "")) == pytest.approx(40 * 20 * 3, rel=0.03)
    dialog.table.cellWidget(0, 1).setValue(-2.0)
    assert height(session, 0, 0) == pytest.approx(-2.0)
    dialog.table.item(0, 0).setText("Pit A")
    assert session.document.layer("t").cuts[0].name == "Pit A"
    qtbot.mouseClick(dialog.table.cellWidget(1, 4), Qt.MouseButton.LeftButton)
    assert len(session.document.layer("t").cuts) == 1 and dialog.table.rowCount() == 1
    session.edits.undo()
    assert len(session.document.layer("t").cuts) == 2
    qtbot.waitUntil(lambda: dialog.table.rowCount() == 2)    # and the list follows
    session.edits.undo()
    session.edits.undo()
    session.edits.undo()
    dialog.table.cellWidget(1, 1).setValue(-5.0)             # of a row that was undone just now
    qtbot.waitUntil(lambda: dialog.table.rowCount() == 1)
    assert [cut.floor_m for cut in session.document.layer("t").cuts] == [1.0]
