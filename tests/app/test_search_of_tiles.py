"""Searches know cities in tiles and what moves: of a bake every house wherever the camera looks, of other tilesets what
is drawn, of vehicles where they are now.
"""

from __future__ import annotations

import json
import shutil
from dataclasses import replace

import numpy as np
import pytest
import shapely
from PySide6.QtWidgets import QWidget

from app.discover import layer_types
from app.hidden import elsewhen, tell_if_hidden
from app.nearby import Area, area_of
from app.panels.found import FoundPanel
from app.panels.go_to import GoTo
from app.panels.table_panel import TablePanel
from app.place_names import PlaceNames
from app.seen_above import middle_of
from app.session import Session
from app.streaming import Streaming
from cim.bake.run import Order, bake
from layers.points import Points
from layers.terrain import Terrain
from layers.tiles import Tiles
from layers.vectors import VectorLayer
from layers.vehicles import Vehicles
from tests.app.made_sessions import put
from tests.app.test_nearby import E, N, settled
from tests.cim.made_vectors import write
from twin.camera import Camera
from twin.data import HeightGrid
from twin.document import Document
from twin.layer import Source
from twin.project import Project
from twin.readers import Progress
from twin.times import SECOND

ABOVE = Camera(position=(0.0, 0.0, 600.0), focus=(0.0, 0.0, 0.0), up=(0.0, 1.0, 0.0))
ALL = Area.inside(np.array([(-500.0, -500), (500, -500), (500, 500), (-500, 500)]))
START = int(np.datetime64("2026-07-15T00:00:00", "ns").astype(np.int64))        # 08:00 in Shanghai


@pytest.fixture(scope="module")
def baked(tmp_path_factory):
    """A house with a courtyard about the origin, twenty plain ones in a row at y = 200."""
    folder = tmp_path_factory.mktemp("tiles")
    yard = shapely.box(E - 30, N - 30, E + 30, N + 30) - shapely.box(E - 10, N - 10, E + 10, N + 10)
    row = [shapely.box(E + x - 5, N + 195, E + x + 5, N + 205) for x in range(-200, 200, 20)]
    write(folder / "houses.gpkg", [yard, *row], {"name": ["Yard House"] + [f"h{n}" for n in range(20)],
                                                 "height": [12.0] + [6.0] * 20}, "GPKG")
    bake(Order(inputs=(str(folder / "houses.gpkg"),), out=str(folder / "out"), workers=1), Progress())
    return folder / "out"


def opened(*layers) -> Session:
    layer_types()
    session = Session(Project(document=Document(layers=layers)))
    session.settle()
    return session


@pytest.fixture
def session(baked, tmp_path):
    rows = ["id,time,x,y,mode"] + [f"{name},2026-07-15T08:00:{second:02d}+08:00,{E + x},{N + y},bus"
                                   for name, x, y, speed in (("bus", 0, 0, 10), ("other", -400, 0, 5))
                                   for second, x in ((s, x + speed * s) for s in range(0, 50, 10))]
    (tmp_path / "buses.csv").write_text("\n".join(rows).replace("id,", "vehicle,"), encoding="utf-8")
    made = opened(Tiles(id="t", name="City", source=Source(path=str(baked / "tileset.json"))),
                  Vehicles(id="v", name="Buses", source=Source(path=str(tmp_path / "buses.csv"), crs="EPSG:4549")))
    made.clock.go_to(START)
    yield made
    made.close()


@pytest.fixture
def viewport(session, viewport_from):
    return viewport_from(session, ABOVE)


@pytest.fixture
def panel(session, viewport, on_screen):
    return on_screen(FoundPanel(session, viewport), 700, 240)


def asked(session, panel, area) -> set:
    panel.ask("area", area)
    settled(session, panel)
    return {(thing.layer, thing.name) for thing in panel.found}


def test_every_house_of_a_baked_city_is_found_by_its_outline(session, panel):
    assert asked(session, panel, Area.inside(np.array([(-205.0, 190), (-150, 190), (-150, 210), (-205, 210)]))) == {
        ("t", "h0"), ("t", "h1"), ("t", "h2")}
    assert len(asked(session, panel, ALL)) == 23
    assert asked(session, panel, Area.at((20.0, 20.0), 0.3)) == {("t", "Yard House")}
    assert asked(session, panel, Area.at((5.0, -5.0), 0.3)) == set(), "it stands in the courtyard"
    assert "tiled" not in panel.words.text()


def test_what_touches_a_tiled_house_and_where_it_stands(session, panel):
    layer, names = session.document.layer("t"), session.asset("t").payload.features.column("name").to_pylist()
    yard, first = names.index("Yard House"), names.index("h0")
    assert area_of(session, layer, (first,)).box() == pytest.approx((-205, 195, -195, 205), abs=0.05)
    assert middle_of(session, layer, yard)[:2] == pytest.approx((0.0, 0.0), abs=0.05)
    panel.ask("near", area_of(session, layer, (first,), 12.0))
    settled(session, panel)
    assert {thing.name for thing in panel.found} == {"h0", "h1"}


def test_vehicles_are_found_where_they_are_now_and_are_gone_to(session, panel):
    place = Area.at((100.0, 0.0), 1.0)
    assert asked(session, panel, place) == set()
    session.clock.go_to(START + 10 * SECOND)
    assert asked(session, panel, place) == {("v", "bus")}
    assert asked(session, panel, Area.at((104.0, 1.0), 0.1)) == {("v", "bus")}, "its body is 11.5 m long, 2.55 m wide"
    assert asked(session, panel, Area.at((104.0, 2.0), 0.1)) == set()
    names = PlaceNames(session)
    names.settle()
    assert [place.members for place in names.places("bus")] == [(("v", 0),)]
    assert middle_of(session, session.document.layer("v"), 0)[:2] == pytest.approx((100.0, 0.0), abs=0.05)


def test_a_vehicle_that_is_elsewhen_shows_its_way_and_says_when(session, viewport, qtbot):
    session.clock.go_to(START + 3600 * SECOND)
    names, told = PlaceNames(session), []
    names.settle()
    window = QWidget()
    qtbot.addWidget(window)
    window.session, window.viewport, window.tell = session, viewport, lambda *said: told.append(said)
    palette = GoTo(session, viewport, names, window)
    palette.went = lambda layer, feature: tell_if_hidden(window, layer, feature)
    viewport.frame(0.0)
    assert viewport.stage.visual("v").feature_bounds(0)[::3] == pytest.approx((0.0, 1000.0), abs=0.1)
    palette._show(names.places("bus")[0])
    assert session.selection.items == (("v", 0),)
    assert told[0][0] == "bus is not there at this time."
    told[0][2][0][1]()
    assert session.clock.now_ns == START + 40 * SECOND
    assert elsewhen(session, session.document.layer("v"), 0) is None


@pytest.mark.parametrize("layer, row, middle", [("t", "h3", (-140.0, 200.0)), ("v", "other", (-400.0, 0.0))])
def test_a_double_click_on_a_row_goes_to_it_whatever_the_layer(session, viewport, on_screen, layer, row, middle):
    table = on_screen(TablePanel(session, viewport), 700, 240)
    table.show_layer(layer)
    viewport.frame(0.0)
    at = session.asset(layer).payload.features.column("name").to_pylist().index(row)
    table._zoom(int(table.model.rows_of([at])[0]))
    assert viewport.travel.aim.focus[:2] == pytest.approx(middle, abs=1.0)


def test_what_lies_on_the_ground_is_as_high_as_that_at_the_place(tmp_path, viewport_from, on_screen):
    """Of a district it was the highest ground of the whole, above what stood there."""
    write(tmp_path / "zone.gpkg", [shapely.box(E - 80, N - 80, E + 80, N + 80)], {"name": ["zone"]}, "GPKG")
    ground = Terrain(id="g", name="Ground", source=Source(path="/data/made.tif"))
    session = opened(VectorLayer(id="z", name="Zone", source=Source(path=str(tmp_path / "zone.gpkg"))))
    session.edits.commit(session.document.with_layer(ground), "Add")
    east = np.broadcast_to(np.linspace(-5.0, 15.0, 21, dtype=np.float32), (21, 21)).copy()        # 5 m at the middle
    put(session, ground, HeightGrid(heights=east, x0=-100.0, y0=-100.0, dx=10.0, dy=10.0))
    panel = on_screen(FoundPanel(session, viewport_from(session, ABOVE)), 700, 240)
    panel.ask_here((20.0, 0.0, 0.0), 1.0)
    settled(session, panel)
    assert {t.layer: t.top_m for t in panel.found} == {"z": pytest.approx(7.0), "g": pytest.approx(7.0)}
    session.close()


def test_here_lists_roof_and_bus_with_their_tops(session, panel, viewport):
    streaming = Streaming(session)
    viewport.frame(0.0)
    streaming.settle(viewport.canvas.ground.sight(), viewport.stage.ground)
    viewport.frame(0.0)
    session.clock.go_to(START + 2 * SECOND)           # the bus drives through the house
    viewport.frame(0.0)
    panel.ask_here((20.0, 0.0, 0.0), 0.5)
    settled(session, panel)
    assert [(t.name, round(t.top_m, 1)) for t in panel.found] == [("Yard House", 12.0), ("bus", 3.1)]


def test_houses_in_tiles_bear_their_names(session, viewport, qtbot):
    layer = session.document.layer("t")
    session.edits.commit(session.document.with_layer(replace(layer, label_by="name")), "Label")
    viewport.frame(0.0)
    Streaming(session).settle(viewport.canvas.ground.sight(), viewport.stage.ground)
    visual = viewport.stage.visual("t")

    def named():
        viewport.frame(0.0)
        return not visual._words.busy and "Yard House" in visual._words.shown
    qtbot.waitUntil(named)
    session.edits.undo()
    qtbot.waitUntil(lambda: viewport.frame(0.0) is not None and not visual._words.shown)


def test_of_a_tileset_of_others_counts_what_is_drawn_and_it_says_so(baked, tmp_path, viewport_from, on_screen):
    """As ours, without the table beside it."""
    folder = shutil.copytree(baked, tmp_path / "foreign")
    said = json.loads((folder / "tileset.json").read_text())
    said["asset"].pop("extras", None)
    said["asset"].pop("generator", None)
    (folder / "tileset.json").write_text(json.dumps(said))
    session = opened(Tiles(id="t", name="City", source=Source(path=str(folder / "tileset.json")), tolerance_px=0.5))
    try:
        viewport = viewport_from(session, ABOVE)
        panel = on_screen(FoundPanel(session, viewport), 700, 240)
        assert session.asset("t").payload.outlines is None
        assert asked(session, panel, ALL) == set() and "only what is drawn" in panel.words.text()
        viewport.frame(0.0)
        Streaming(session).settle(viewport.canvas.ground.sight(), viewport.stage.ground)
        viewport.frame(0.0)
        assert ("t", "Yard House") in asked(session, panel, Area.at((20.0, 20.0), 0.3))
        assert asked(session, panel, Area.at((0.0, 0.0), 0.3)) == set()
        payload, away = session.asset("t").payload, replace(ABOVE, position=(9e4, 0, 600.0), focus=(9e4, 0.0, 0.0))
        row = payload.features.column("name").to_pylist().index("Yard House")
        session.asset("t").detail = None
        viewport.set_camera(away)
        viewport.frame(0.0)
        assert viewport.stage.visual("t").feature_bounds(row)[:2] == pytest.approx((-30, -30), abs=0.05)
    finally:
        session.close()


def test_measured_points_are_in_the_list_by_the_highest_of_them(tmp_path, viewport_from, on_screen):
    import laspy
    header = laspy.LasHeader(point_format=3, version="1.2")
    header.offsets, header.scales = (E, N, 0.0), (0.001, 0.001, 0.001)
    cloud = laspy.LasData(header)
    cloud.x, cloud.y = E + np.array([0.0, 0.2, 5.0]), N + np.array([0.0, 0.1, 5.0])
    cloud.z = np.array([3.0, 7.5, 30.0])
    cloud.write(str(tmp_path / "trees.las"))
    session = opened(Points(id="p", name="Trees", source=Source(path=str(tmp_path / "trees.las"), crs="EPSG:4549")))
    try:
        panel = on_screen(FoundPanel(session, viewport_from(session, ABOVE)), 700, 240)
        panel.ask_here((0.0, 0.0, 0.0), 1.0)
        settled(session, panel)
        assert [(thing.layer, round(thing.top_m, 2)) for thing in panel.found] == [("p", 7.5)]
    finally:
        session.close()
