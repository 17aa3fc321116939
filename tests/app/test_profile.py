"""A section from clicks to numbers: drawn in the scene, kept in the project, shown, saved, and on the command line."""

from __future__ import annotations

import csv
import gc
import io
import itertools
import json
import threading
import weakref
from dataclasses import replace

import numpy as np
import pytest
import rasterio
import shapely
from PySide6.QtCore import QPoint, QPointF, Qt
from rasterio.transform import from_bounds

from app import dialogs, profiles
from app.cli import main
from app.discover import layer_types
from app.panels.profile_panel import ProfilePanel
from app.session import Session
from layers.city import City
from layers.networks import Networks
from layers.profile import ProfileLine
from layers.terrain import Terrain
from layers.tiles import Tiles
from tests.app.made_sessions import put
from tests.app.test_cli import citytwin
from tests.cim.made_vectors import write
from twin.assets import LOADING, READY
from twin.camera import Camera
from twin.data import Mesh
from twin.document import Document
from twin.layer import Source
from twin.profile import Trench
from twin.profile_solids import SolidCut
from twin.project import Project, load, save
from twin.tile_tree import Detail, Nodes, Shown, TileTree

ABOVE = Camera(position=(0.0, 0.0, 120.0), focus=(0.0, 0.0, 0.0), up=(0.0, 1.0, 0.0))
LINE = ((616990.0, 3471000.0), (617010.0, 3471000.0))


@pytest.fixture
def project(tmp_path):
    """Flat ground at 4 m; a water pipe of 600 mm whose crown lies at 2.80 m, and a sewer 3 m beside it."""
    layer_types()
    with rasterio.open(tmp_path / "ground.tif", "w", driver="GTiff", width=20, height=20, count=1, dtype="float32",
                       crs="EPSG:4549", transform=from_bounds(616900, 3470900, 617100, 3471100, 20, 20)) as file:
        file.write(np.full((20, 20), 4.0, np.float32), 1)
    lines = [shapely.LineString([(x, 3470980, z), (x, 3471020, z)]) for x, z in ((617000, 2.8), (617003, 0.9))]
    write(tmp_path / "pipes.gpkg", lines,
          {"name": ["W-1", "S-1"], "kind": ["water", "sewer"], "diameter_mm": [600, 800],
           "z_ref": ["crown", "invert"], "datum": ["1985", "1985"]}, "GPKG", kind="LineString Z")
    sources = [Source(path=str(tmp_path / name)) for name in ("ground.tif", "pipes.gpkg")]
    document = Document(layers=(Terrain(id="t", name="t", source=sources[0], exaggeration=3.0),
                                Networks(id="n", name="Pipes", source=sources[1])))
    return Project(document=document, path=tmp_path / "p.twin.json")


@pytest.fixture
def session(project):
    made = Session(project)
    made.settle()
    yield made
    made.close()


@pytest.fixture
def viewport(session, viewport_from):
    return viewport_from(session, ABOVE)


@pytest.fixture
def panel(session, viewport, on_screen):
    return on_screen(ProfilePanel(session, viewport), 900, 320)


def with_line(session, **fields) -> ProfileLine:
    layer = ProfileLine(id="p", name="Trench", line=LINE, **fields)
    session.edits.commit(session.document.with_layer(layer), "New profile")
    return layer


def settled(panel) -> None:
    panel.refresh()
    panel.cutter.wait()
    panel.refresh()


def test_clicks_become_a_profile_that_undo_takes_back(session, viewport, panel, qtbot):
    panel.draw()
    for x, y in ((100, 120), (200, 120)):
        qtbot.mouseClick(viewport, Qt.MouseButton.LeftButton, pos=QPoint(x, y))
    assert session.sketch is not None and len(session.sketch.line) == 2
    assert session.document.layer("sketch") is None                           # shown, not in the project
    viewport.frame(0.02)
    assert viewport.stage.rows["sketch"].error == ""
    qtbot.mouseClick(viewport, Qt.MouseButton.LeftButton, pos=QPoint(200, 160))
    qtbot.mouseDClick(viewport, Qt.MouseButton.LeftButton, pos=QPoint(200, 160))
    assert session.sketch is None and viewport.drawing is None
    layer = session.document.layers[0]
    assert layer.kind == "profile" and len(layer.line) == 3
    assert abs(layer.line[0][1] - 3471000) < 5                                # what was clicked, in the project's CRS
    settled(panel)
    assert panel.choice.currentData() == layer.id and panel.table.rowCount() == 2
    session.edits.undo()
    settled(panel)
    assert session.document.layer(layer.id) is None and panel.split.isHidden()


def test_a_tall_house_leaves_the_picture_before_pipes_become_specks(session, panel):
    with_line(session)
    settled(panel)
    walls = np.array([[(12.0, 4.0), (12.0, 44.0)], [(12.0, 44.0), (16.0, 44.0)]])
    tall = SolidCut("b", 0, "building", "", walls)
    panel.plot.show_profile(replace(panel.cutter.result, solids=(tall,)), "light")
    (left, right), (foot, top) = panel.plot.viewRange()
    assert foot < 0.9 and 4.5 < top < 44.0 and right - left == pytest.approx(20.0, rel=0.1)
    panel.plot.show_profile(replace(panel.cutter.result, solids=(tall,), pipes=()), "light")
    assert panel.plot.viewRange()[1][1] > 44.0                                # nothing is buried that would suffer
    panel.plot.show_profile(replace(panel.cutter.result, solids=(tall,)), "light")
    for times in (2.0, 5.0):
        shown = top - foot
        panel.plot.exaggerate(times)
        (left, right), (foot, top) = panel.plot.viewRange()
        assert foot < 0.9 and top > 4.5 and left < 0.1 and right > 19.9
        assert top - foot <= shown + 1e-6                                     # heights never get smaller by it


def test_houses_in_tiles_are_cut_as_they_are_drawn(session, panel):
    tiles = Tiles(id="k", name="Tiles", source=Source(path="/data/tileset.json"), height_offset_m=1.0)
    nodes = Nodes(np.zeros((0, 6)), np.zeros(0), np.zeros(0, bool), np.zeros(0, np.int32), (), ())
    session.edits.commit(session.document.with_layer(tiles), "Add")
    put(session, tiles, TileTree(nodes=nodes, box=None))
    with_line(session)
    settled(panel)
    assert not panel.cutter.result.solids and "of 1 tiled layer only what is drawn" in panel.readout.text()
    corners = np.array([(-5, -2, 4), (5, -2, 4), (5, 2, 4), (-5, -2, 14), (5, -2, 14), (5, 2, 14)], np.float32)
    mesh = Mesh(points=corners, triangles=np.array([(0, 1, 2), (3, 4, 5)], np.int32),
                vertex_feature=np.zeros(6, np.int32), count=1)
    asset = session.asset("k")
    asset.detail, asset.revision = Detail((Shown(0, mesh, np.array([7])),)), asset.revision + 1
    settled(panel)
    house, = panel.cutter.result.solids
    assert (house.layer, house.feature, house.what) == ("k", 7, "building")
    assert house.lines[..., 1].max() == pytest.approx(15.0)


def test_what_was_cut_last_lives_as_long_as_it_is_compared_with(session):
    """Payloads are told apart by where they lie: the tiles of another moment could lie where these did."""
    cutter, drawn = profiles.Cutter(), Detail()
    frame = session.document.frame
    content = profiles.Content(profiles.true_ground(session), ((Tiles(id="k", name="k"), drawn),), frame, (id(drawn),))
    cutter.ask(content, profiles.course_of(with_line(session), frame), Trench())
    cutter.wait()
    alive = weakref.ref(drawn)
    del drawn, content
    gc.collect()
    assert alive() is not None
    cutter.forget()
    gc.collect()
    assert alive() is None


def test_nobody_waits_for_ever_for_a_section(session, monkeypatch):
    ended = threading.Event()
    monkeypatch.setattr(profiles, "cut", lambda *_: ended.wait(30.0))
    cutter = profiles.Cutter()
    cutter.ask(profiles.content_of(session), profiles.course_of(with_line(session), session.document.frame), Trench())
    with pytest.raises(TimeoutError):
        cutter.wait(0.05)
    ended.set()
    cutter.wait()
    assert not cutter.busy


def test_no_lines_are_drawn_inside_a_house(session, panel):
    """Each triangle of its roof left a line down to the ground."""
    with_line(session)
    settled(panel)
    walls_and_roof = np.array([[(6.0, 4.0), (6.0, 14.0)], [(6.0, 14.0), (9.0, 14.0)], [(9.0, 14.0), (13.0, 14.0)],
                               [(13.0, 14.0), (13.0, 4.0)]])
    house = SolidCut("b", 0, "building", "", walls_and_roof)
    panel.plot.show_profile(replace(panel.cutter.result, solids=(house,), pipes=()), "light")
    paths = [item.path() for item in panel.plot._items if item.pen().color().alpha() and item.zValue() == 2]
    lines = [pair for path in paths
             for pair in itertools.pairwise(map(path.elementAt, range(path.elementCount()))) if pair[1].isLineTo()]
    assert {a.x for a, b in lines if a.x == b.x} == {6.0, 13.0}
    assert any(item.brush().color().alpha() and item.path().contains(QPointF(9.0, 10.0))
               for item in panel.plot._items if item.zValue() == 2)


def test_all_of_a_profile_is_seen_in_the_least_height_that_a_panel_gets(session, panel):
    """At 1280x720 its axis and what it says of the place under the mouse were below the edge of the dock."""
    with_line(session)
    settled(panel)
    assert panel.minimumSizeHint().height() <= 166


def test_a_double_click_on_a_pipe_of_the_table_flies_to_where_the_line_meets_it(session, viewport, panel):
    with_line(session)
    settled(panel)
    panel.table.cellDoubleClicked.emit(1, 0)
    place = session.document.frame.to_local(617003.0, 3471000.0)[0]
    assert viewport.travel.aim.focus[:2] == pytest.approx(place[:2], abs=0.1)


def test_escape_and_too_few_points_leave_nothing(session, viewport, panel, qtbot):
    for key in (Qt.Key.Key_Escape, Qt.Key.Key_Return):
        panel.draw()
        qtbot.mouseClick(viewport, Qt.MouseButton.LeftButton, pos=QPoint(100, 120))
        qtbot.keyClick(viewport, key)
        assert viewport.drawing is None and session.sketch is None
    assert not any(x.kind == "profile" for x in session.document.layers)


def test_the_panel_shows_true_metres_whatever_the_scene_exaggerates(session, panel):
    with_line(session, trench_depth_m=1.5)
    settled(panel)
    water, sewer = panel.cutter.result.pipes
    assert water.cover_m == pytest.approx(1.20, abs=0.01) and water.distance_m == pytest.approx(10.0, abs=0.01)
    assert sewer.crown_m == pytest.approx(1.7, abs=0.01)
    assert sewer.clear_m == pytest.approx(np.hypot(3, 1.2) - 0.7, abs=0.01)
    assert panel.table.item(0, 4).text() == "1.20" and panel.table.item(0, 8).text() == "-0.30"
    panel.table.cellClicked.emit(1, 0)
    assert session.selection.last == ("n", 1)
    panel.refresh()
    assert panel.table.currentRow() == 1


def test_exaggeration_and_trench_are_edits(session, panel):
    with_line(session)
    settled(panel)
    panel.exaggeration.setValue(40)
    panel.depth.setValue(2.0)
    settled(panel)
    layer = session.document.layer("p")
    assert (layer.exaggeration, layer.trench_depth_m) == (4.0, 2.0)
    assert not panel.table.isColumnHidden(8)
    width, height = panel.plot.getPlotItem().vb.viewPixelSize()
    assert width / height == pytest.approx(4.0, rel=0.02)                     # a metre up is four times one along
    session.edits.undo()
    assert session.document.layer("p").trench_depth_m == 0.0


def test_heights_of_unknown_meaning_are_never_silent(session, panel, tmp_path):
    line = shapely.LineString([(617006, 3470980, 2.0), (617006, 3471020, 2.0)])
    path = write(tmp_path / "silent.gpkg", [line], {"name": ["X"], "diameter_mm": [300]}, "GPKG", kind="LineString Z")
    silent = Networks(id="x", name="Silent", source=Source(path=str(path)))
    session.edits.commit(session.document.with_layer(silent), "Add")
    session.settle()
    with_line(session)
    settled(panel)
    assert [row["heights_stated"] for row in profiles.project_rows(panel.cutter.result, session.document.frame)] == [
        True, True, False]
    assert "1 of them with heights of unknown meaning" in panel.readout.text()
    assert panel.table.item(2, 4).toolTip() and not panel.table.item(0, 4).toolTip()
    told = replace(silent, heights="crown", datum="1985")
    session.edits.commit(session.document.with_layer(told), "Say")
    settled(panel)
    assert "unknown meaning" not in panel.readout.text() and panel.table.item(2, 4).text() == "2.00"


def test_pipes_that_are_still_read_are_not_silently_none(session, panel):
    with_line(session)
    asset = session.asset("n")
    payload, asset.payload, asset.state = asset.payload, None, LOADING
    settled(panel)
    assert "0 pipes" in panel.readout.text() and "Still being read: Pipes" in panel.readout.text()
    asset.payload, asset.state = payload, READY
    asset.revision += 1
    settled(panel)
    assert "2 pipes" in panel.readout.text() and "Still" not in panel.readout.text()


def test_hover_reads_height_cover_and_pipe(session, panel):
    with_line(session)
    settled(panel)
    pipe = panel.plot.pipe_at(10.0, 2.5)
    assert pipe.name == "W-1" and panel.plot.pipe_at(3.0, 2.5) is None
    panel._say(10.0, 2.5, pipe)
    assert all(word in panel.readout.text() for word in ("10.00 m", "depth 1.50", "W-1", "DN600", "cover 1.20"))


def test_files_of_the_panel(session, panel, tmp_path, monkeypatch):
    with_line(session)
    settled(panel)
    monkeypatch.setattr(dialogs, "save_file", lambda *_: tmp_path / "out.csv")
    panel.save_csv()
    table = list(csv.DictReader(io.StringIO((tmp_path / "out.csv").read_text("utf-8-sig"))))
    assert [(r["name"], r["cover_m"]) for r in table] == [("W-1", "1.2"), ("S-1", "2.3")]
    monkeypatch.setattr(dialogs, "save_file", lambda *_: tmp_path / "out.png")
    panel.save_png()
    assert (tmp_path / "out.png").read_bytes()[:4] == b"\x89PNG"


def test_a_profile_is_saved_and_an_idle_panel_asks_nothing(session, panel, tmp_path, monkeypatch):
    with_line(session)
    settled(panel)
    session.save(tmp_path / "p.twin.json")
    assert load(tmp_path / "p.twin.json").document.layer("p").line == LINE
    monkeypatch.setattr(profiles, "content_of", lambda session: pytest.fail("nothing changed"))
    for _ in range(3):
        panel.refresh()


def test_a_hidden_layer_is_not_cut(session, panel):
    with_line(session)
    settled(panel)
    hidden = session.document.with_each(["n"], lambda x: replace(x, visible=False))
    session.edits.commit(hidden, "Hide")
    settled(panel)
    assert panel.cutter.result.pipes == ()


def test_the_command_line_says_the_same(session, tmp_path):
    with_line(session, trench_depth_m=1.5)
    session.save(tmp_path / "p.twin.json")
    said = json.loads(citytwin("profile", tmp_path / "p.twin.json", "--line", "616990,3471000 617010,3471000",
                               "--json").stdout)
    scale = session.document.frame.grid_scale(617000.0, 3471000.0)
    assert said["length_m"] == round(20.0 / scale, 3) == 19.997 and said["terrain"][0] == [0.0, 4.0]
    assert said["pipes"][0]["cover_m"] == pytest.approx(1.20, abs=0.01)
    lonlat = session.document.frame.to_lonlat([[-10.0, 0, 0], [10.0, 0, 0]])
    line = " ".join(f"{x:.9f},{y:.9f}" for x, y, _ in lonlat)
    table = citytwin("profile", tmp_path / "p.twin.json", "--line", line, "--crs", "EPSG:4326", "--csv").stdout
    rows = list(csv.DictReader(io.StringIO(table)))
    assert float(rows[0]["distance_m"]) == pytest.approx(10.0, abs=0.01) and rows[0]["nearest"] == "S-1"
    named = json.loads(citytwin("profile", tmp_path / "p.twin.json", "--layer", "Trench", "--json").stdout)
    assert named["trench"] == {"depth_m": 1.5, "width_m": 1.0}
    assert named["pipes"][0]["trench_gap_m"] == pytest.approx(-0.3, abs=0.01)
    wrong = citytwin("profile", tmp_path / "p.twin.json", "--layer", "Nowhere", check=1)
    assert "Trench" in wrong.stderr
    citytwin("profile", tmp_path / "p.twin.json", "--line", "1,2", check=2)


def test_a_courtyard_that_the_line_crosses_is_no_house_in_the_json(project, tmp_path):
    yard = shapely.box(616992, 3470980, 617008, 3471020) - shapely.box(616996, 3470990, 617004, 3471010)
    write(tmp_path / "houses.gpkg", [yard], {"name": ["Court"], "height_m": [12.0]}, "GPKG")
    houses = City(id="c", name="Houses", source=Source(path=str(tmp_path / "houses.gpkg")))
    save(replace(project, document=project.document.with_layer(houses)), tmp_path / "p.twin.json")
    said = json.loads(citytwin("profile", tmp_path / "p.twin.json", "--line", "616990,3471000 617010,3471000",
                               "--json").stdout)
    spans = [(s["from_m"], s["to_m"], s["top_m"]) for s in said["solids"]]
    assert np.array(spans) == pytest.approx(np.array([(2.0, 6.0, 16.0), (14.0, 18.0, 16.0)]), abs=0.005)


def test_the_command_line_says_that_it_cuts_no_tiles(session, tmp_path, monkeypatch, capsys):
    session.save(tmp_path / "p.twin.json")
    whole = profiles.content_of
    tiles = (Tiles(id="k", name="Tiles"), Detail())
    monkeypatch.setattr(profiles, "content_of", lambda asked: replace(whole(asked), layers=(tiles,)))
    assert main(["profile", str(tmp_path / "p.twin.json"), "--line", "616990,3471000 617010,3471000", "--json"]) == 0
    out, err = capsys.readouterr()
    assert "1 tiled layer" in err and json.loads(out)["solids"] == []


def test_the_example_of_the_command_crosses_pipes_of_the_sample(samples, tmp_path):
    layer_types()
    sample = load(samples / "jiading.twin.json")
    kept = tuple(x for x in sample.document.layers if x.kind in ("terrain", "networks"))
    save(replace(sample, document=replace(sample.document, layers=kept, scenarios=())), tmp_path / "ground.twin.json")
    said = citytwin("profile", "--help").stdout
    line = " ".join(said.split()).split("For example")[1].split('"')[1]
    table = citytwin("profile", tmp_path / "ground.twin.json", "--line", line).stdout
    rows = {row["name"]: row for row in csv.DictReader(io.StringIO(table))}
    assert {"gas", "water", "sewer"} <= {row["kind"] for row in rows.values()}
    assert float(rows["water-1"]["cover_m"]) == pytest.approx(1.2, abs=0.01)
