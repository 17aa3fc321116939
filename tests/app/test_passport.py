"""The place of a model through real widgets: sources, trying out, corrections by hand, two points, undo, saving."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from app import siting, standing
from app.city_index import index_of
from app.discover import layer_types
from app.panels import passport_words
from app.panels.inspector import Inspector
from app.session import Session
from app.two_points import TwoPoints
from layers.building import Building
from layers.city import City
from layers.terrain import Terrain
from tests.app.made_sessions import put
from tests.twin.test_plan import block
from twin.data import HeightGrid, Mesh
from twin.document import Document
from twin.frame import Frame
from twin.judging import judge
from twin.layer import Source
from twin.passport import LATITUDE, Candidate, Passport
from twin.placing import foot_of, matrix_of, placements_of
from twin.plan import plan_of
from twin.project import Project, load
from twin.selection import Hit
from twin.text import set_language

layer_types()
FRAME = Frame()
E0, N0, _ = FRAME.origin
MODEL = "IfcMapConversion"
SWAPPED = "IfcMapConversion (swapped)"
DEGREES = "RefLatitude/RefLongitude"


def model() -> Mesh:
    """A house of 20 x 10 m whose file has three sources; the first leads 4,000 km away."""
    points, triangles = block(0, 0, 0, 20, 10, 6)
    lon, lat, _ = FRAME.to_lonlat([[300.0, 200.0, 0.0]])[0]
    right = Candidate(source=SWAPPED, crs="EPSG:4549", easting=E0 + 100, northing=N0 + 50, height=5.0,
                      grid_rotation_deg=30.0, swapped=True)
    said = Passport(candidates=(
        replace(right, source=MODEL, easting=right.northing, northing=right.easting, swapped=False, doubtful=True),
        right,
        Candidate(source=DEGREES, crs="EPSG:4326", easting=lon, northing=lat, lon=lon, lat=lat, logeoref=LATITUDE)),
        warnings=("Eastings and northings look swapped.",), level=50)
    mesh = Mesh(points=points.astype(np.float32), triangles=triangles.astype(np.int32), count=1,
                vertex_feature=np.zeros(8, np.int32), features=pa.table({"class": ["IfcWall"], "guid": ["x"]}))
    places = placements_of(said, FRAME)
    verdict = judge(said, places, FRAME, np.zeros(3))
    return replace(mesh, placements=places, placement=places.get(verdict.chosen), plan=plan_of(mesh),
                   georeference=said.as_dict() | {"chosen": verdict.chosen, "reason": "", "offset": [0.0, 0.0, 0.0]})


def city() -> Mesh:
    """Where the house belongs (feature 1, turned 40 degrees) and a neighbour."""
    one, two = block(-60, 30, 0, 15, 15, 9), block(100, 60, 0, 20, 10, 6, 40.0)
    return Mesh(points=np.concatenate([one[0], two[0]]).astype(np.float32), count=2,
                triangles=np.concatenate([one[1], two[1] + 8]).astype(np.int32),
                vertex_feature=np.repeat([0, 1], 8).astype(np.int32), features=pa.table({"name": ["Shop", "Hall"]}))


@pytest.fixture
def session():
    layers = (Terrain(id="ground", name="Ground", source=Source(path="/d/dem.tif")),
              City(id="city", name="City", source=Source(path="/d/city.json")),
              Building(id="house", name="House", source=Source(path="/d/house.ifc"), georeference=SWAPPED))
    made = Session(Project(document=Document(layers=layers)))
    flat = HeightGrid(heights=np.full((3, 3), 4.0, np.float32), x0=-1000, y0=-1000, dx=1000, dy=1000)
    for layer, payload in zip(layers, (flat, city(), model())):
        put(made, layer, payload)
    index_of(made.asset("city").payload).wait()
    made.current_layer = "house"
    yield made
    made.close()
    set_language("en")


class Eye:
    """Stands for the viewport: what is clicked is given by the test."""

    def __init__(self, session):
        self.session, self.waiting, self.only, self.flights = session, None, None, []
        self.stage = type("Stage", (), {"visual": lambda self, id: None})()

    def pick_once(self, callback, corners=False):
        self.waiting, self.only = callback, None

    def pick_of(self, layers, callback, corners=False):
        self.waiting, self.only = callback, set(layers)

    def cancel_pick(self):
        callback, self.waiting = self.waiting, None
        callback(None)

    def click(self, point, layer="", feature=0) -> bool:
        """False where the click was passed over."""
        if point is not None and self.only is not None and layer not in self.only:
            return False
        callback, self.waiting = self.waiting, None
        callback(Hit(layer, feature, point) if point is not None and self.only is not None else point)
        return True

    def camera(self):
        return "before"

    def fly_to(self, camera):
        self.flights.append(camera)

    def zoom_to(self, ids):
        self.flights.append(ids)

    def setFocus(self):
        pass


@pytest.fixture
def inspector(qtbot, session):
    made = Inspector(session, Eye(session))
    qtbot.addWidget(made)
    made.resize(300, 900)
    made.show()
    made.refresh()
    return made


@pytest.fixture
def panel(inspector):
    return inspector.passport


def house(session):
    return session.document.layer("house")


def value(panel, key) -> str:
    return next(r.value for r in panel.table.facts.rows if r.key == key)


# -- what it shows ---------------------------------------------------------------------------------------------


def test_the_sources_the_choice_and_what_is_odd(panel):
    assert [row.name.text() for row in panel.candidates.rows] == [
        MODEL, f"{MODEL}, E and N exchanged", "Latitude and longitude of the site"]
    assert [row.marked for row in panel.candidates.rows] == [False, True, False]
    assert "km away" in panel.candidates.rows[0].standing.text()
    assert panel.candidates.rows[1].standing.text() == "in the city  ·  1.00 m over the terrain"
    assert "would put it" in panel.reason.text() and "swapped" in panel.warnings.text()
    assert "exchanged" in panel.warnings.text()


def test_what_is_left_over_against_terrain_and_city(panel):
    assert value(panel, "ground") == "1.00 m over the terrain"
    assert value(panel, "building") == "Hall" and value(panel, "overlap").startswith("overlaps")
    assert float(value(panel, "turn").rstrip("°")) == pytest.approx(10.0, abs=0.1)
    assert value(panel, "convergence").startswith("+0.6")


def test_a_layer_that_is_no_model_has_no_such_section(inspector, session):
    assert inspector.sections["Position"].isVisible()
    session.current_layer = "city"
    inspector.refresh()
    assert not inspector.sections["Position"].isVisible()


def test_chinese_and_dark(inspector, panel, session):
    set_language("zh")
    inspector.retranslate()
    session.theme = "dark"
    inspector.retheme()
    inspector.refresh()
    words = [panel.form.buttons[n].text() for n in panel.form.buttons] + [panel.headline.text(), panel.reason.text()]
    words += [panel.form.labels[n].text() for n in panel.form.labels]
    assert all(any("\u4e00" <= c <= "\u9fff" for c in w) for w in words), words


def test_nothing_is_cut_off_in_a_narrow_panel(inspector, panel, qtbot):
    inspector.resize(inspector.minimumWidth(), 720)
    qtbot.wait(30)
    room = inspector.viewport().width()
    for widget in (*panel.form.buttons.values(), panel.form.datums, *panel.form.spins.values(), panel.headline,
                   *panel.candidates.rows):
        at = widget.mapTo(inspector.widget(), widget.rect().topRight())
        assert at.x() <= room and widget.width() >= widget.minimumSizeHint().width(), widget.accessibleName()


# -- trying out --------------------------------------------------------------------------------------------------


def test_a_click_tries_a_source_out_in_the_scene_and_changes_no_document(panel, inspector, session):
    before = session.document
    QTest.mouseClick(panel.candidates.rows[2], Qt.MouseButton.LeftButton)
    assert session.document is before and session.shown.layer("house").georeference == DEGREES
    inspector.refresh()
    assert panel.bar.isVisible() and "Latitude" in panel.bar.words.text() and panel.candidates.rows[2].marked
    assert panel.viewport.flights == [{"house"}] and session.shown.layer("city").opacity < 0.5
    panel.bar.buttons["Cancel"].click()
    inspector.refresh()
    assert session.shown is before and not panel.bar.isVisible() and panel.viewport.flights[-1] == "before"


def test_accepting_is_one_edit_that_undo_takes_back(panel, inspector, session):
    QTest.mouseClick(panel.candidates.rows[2], Qt.MouseButton.LeftButton)
    inspector.refresh()
    panel.bar.buttons["Accept"].click()
    inspector.refresh()
    assert house(session).georeference == DEGREES and house(session).placement is None
    assert session.edits.undo_label == "Place" and session.preview is None
    session.edits.undo()
    inspector.refresh()
    assert house(session).georeference == SWAPPED and panel.candidates.rows[1].marked


def test_another_layer_or_an_undo_ends_what_was_tried_out(panel, inspector, session):
    panel.form.spins["height"].setValue(7.0)
    inspector.refresh()
    panel.try_out(DEGREES)
    session.edits.undo()
    inspector.refresh()
    assert session.preview is None
    panel.try_out(DEGREES)
    session.current_layer = "city"
    inspector.refresh()
    assert session.preview is None


def test_the_keyboard_reaches_the_sources(panel, session):
    panel.candidates.rows[2].setFocus()
    QTest.keyClick(panel.candidates.rows[2], Qt.Key.Key_Return)
    assert session.preview.georeference == DEGREES


# -- by hand -----------------------------------------------------------------------------------------------------


def test_numbers_are_edits_that_merge_until_they_are_sealed(panel, inspector, session):
    spin = panel.form.spins["easting"]
    start = spin.value()
    for step in (1.0, 2.0, 3.5):
        spin.setValue(start + step)
        inspector.refresh()
    panel.form.sealed()
    assert house(session).placement.easting == pytest.approx(E0 + 103.5)
    assert house(session).placement.rotation_deg == pytest.approx(30.0)
    assert panel.candidates.rows[0].name.text() == "By hand" and "best" in panel.reason.text()
    session.edits.undo()
    inspector.refresh()
    assert house(session).placement is None and spin.value() == pytest.approx(start) and not session.edits.undo_label


def test_turning_is_about_the_middle_of_the_house(panel, inspector, session):
    mesh = session.asset("house").payload
    middle = matrix_of(mesh, panel.site.place, FRAME) @ [*foot_of(mesh), 1.0]
    panel.form.spins["rotation_deg"].setValue(75.0)
    inspector.refresh()
    place = house(session).placement
    assert place.rotation_deg == pytest.approx(75.0)
    assert (matrix_of(mesh, place, FRAME) @ [*foot_of(mesh), 1.0])[:3] == pytest.approx(middle[:3], abs=1e-3)


def test_it_is_dropped_to_the_terrain_and_put_onto_the_building(panel, inspector, session):
    panel.form.buttons["drop"].click()
    inspector.refresh()
    assert value(panel, "ground") == "0.00 m over the terrain" and not session.preview
    panel.form.buttons["fit"].click()
    inspector.refresh()
    found = panel.site.against.found
    assert found.overlap > 0.9 and abs(found.turned_deg) < 0.1 and math.hypot(found.east_m, found.north_m) < 0.5
    session.edits.undo()
    session.edits.undo()
    assert house(session).placement is None


def test_onto_the_building_turns_by_a_quarter_where_that_fits_better(panel, inspector, session):
    panel.form.spins["rotation_deg"].setValue(-60.0)            # the walls of both are parallel after 10 degrees
    inspector.refresh()
    panel.form.buttons["fit"].click()
    inspector.refresh()
    assert panel.site.against.found.overlap > 0.9


def test_accept_comes_into_sight_when_something_is_tried_out_from_below(inspector, panel, session, qtbot):
    inspector.resize(300, 400)
    inspector.ensureWidgetVisible(panel.form.buttons["swap"])
    qtbot.wait(20)
    panel.form.buttons["swap"].click()
    inspector.refresh()
    accept = panel.bar.buttons["Accept"]
    qtbot.waitUntil(lambda: inspector.viewport().rect().contains(
        accept.mapTo(inspector.viewport(), accept.rect().center())), timeout=30_000)


def test_exchanging_east_and_north_is_tried_out_first(panel, inspector, session):
    panel.try_out(MODEL)
    inspector.refresh()
    panel.form.buttons["swap"].click()
    assert session.document.layer("house").placement is None
    assert session.preview.placement.easting == pytest.approx(E0 + 100)
    panel.accept()
    assert house(session).placement.northing == pytest.approx(N0 + 50)


def test_two_points_of_the_model_and_two_of_the_scene(panel, inspector, session):
    mesh, eye = session.asset("house").payload, panel.viewport
    corners = [(matrix_of(mesh, panel.site.place, FRAME) @ [*c, 1.0])[:3] for c in ((0, 0, 0), (20, 0, 0))]
    goal = [(10.0, 10.0, 4.0), (10.0, 30.0, 4.0)]
    panel.form.buttons["two-points"].click()
    assert not eye.click(corners[0], "ground"), "the first point must be one of the model"
    for corner, there in zip(corners, goal):
        assert session.shown.layer("house").visible and session.shown.layer("city").opacity < 0.5
        assert eye.click(corner, "house")
        inspector.refresh()
        assert not session.shown.layer("house").visible, "it is out of the way while its place is clicked"
        assert eye.click(there, "ground")
    inspector.refresh()
    assert "0.000 m" in panel.bar.words.text() and session.preview is not None
    panel.accept()
    place = house(session).placement
    assert place.rotation_deg == pytest.approx(90.0) and place.scale == pytest.approx(1.0)
    assert matrix_of(mesh, place, FRAME)[:3, 3] == pytest.approx(goal[0], abs=1e-3)


def test_two_points_on_one_spot_and_escape_change_nothing(panel, session):
    said = []
    for points in ([(0, 0, 0), (5, 5, 0), (0.1, 0, 0), (9, 9, 0)], [(0, 0, 0), None]):
        tool = TwoPoints(session, panel.viewport, panel.site, lambda layer, words: said.append((layer, words)))
        tool.ask()
        for point in points:
            panel.viewport.click(point, "house")
    assert [layer for layer, _ in said] == [None, None] and "too near" in said[0][1]
    assert session.shown is session.document


def test_looking_at_another_layer_gives_the_points_up(panel, inspector, session):
    panel.form.buttons["two-points"].click()
    panel.viewport.click((1.0, 2.0, 3.0), "house")
    session.current_layer = "city"
    inspector.refresh()
    assert panel.points is None and session.shown is session.document


def test_a_picked_place_and_a_picked_building(panel, inspector, session):
    panel.form.buttons["compare"].click()
    assert not panel.viewport.click((0, 0, 0), "house") and panel.viewport.click((0, 0, 0), "city", 0)
    inspector.refresh()
    assert value(panel, "building") == "Shop" and value(panel, "overlap").endswith("m apart")
    panel.form.buttons["pick"].click()
    panel.viewport.click((40.0, -20.0, 4.0))
    mesh = session.asset("house").payload
    foot = matrix_of(mesh, house(session).placement, FRAME) @ [*foot_of(mesh), 1.0]
    assert foot[:3] == pytest.approx((40.0, -20.0, 4.0), abs=1e-3)


def test_the_height_datum_and_the_crs_are_said_of_the_file(panel, inspector, session):
    panel.form.datums.activated.emit(panel.form.datums.findData("wusong"))
    assert house(session).source.height_datum == "wusong"
    session.edits.undo()
    inspector.refresh()
    panel.form.crs_line.setText("EPSG:32651")
    panel.form.crs_line.setModified(True)
    panel.form.crs_line.editingFinished.emit()
    assert house(session).source.crs == "EPSG:32651"
    session.edits.undo()
    inspector.refresh()
    panel._crs("no such thing")
    assert "not known" in panel.hint.text() and house(session).source.crs == ""


def test_the_projects_number_for_wusong_shows_where_it_matters(panel, session):
    site = standing.site_of(session, house(session))
    assert not passport_words.in_wusong(site)
    assert passport_words.in_wusong(replace(site, layer=replace(
        site.layer, source=replace(site.layer.source, height_datum="wusong"))))
    panel.form.show_wusong(-1.66)
    panel.form.wusong_spin.setValue(-1.62)
    panel.form.wusong_spin.editingFinished.emit()
    assert session.document.frame.wusong_to_1985_m == -1.62


# -- siting and saving ---------------------------------------------------------------------------------------------


def test_a_new_model_is_sited_by_what_stands_around_it(session):
    session.edits.commit(session.document.with_layer(replace(house(session), georeference="")), "x")
    document = siting.sited(session, "house", (0.0, 0.0, 0.0))
    assert document is None or document.layer("house").georeference == SWAPPED
    assert siting.verdict_of(session, house(session), session.asset("house").payload).chosen == SWAPPED


def test_a_model_without_any_source_stands_where_one_looks(session):
    mesh = replace(session.asset("house").payload, placement=None, placements={}, georeference=Passport().as_dict())
    put(session, house(session), mesh)
    document = siting.sited(session, "house", (12.0, 34.0, 4.0))
    place = document.layer("house").placement
    assert (matrix_of(mesh, place, FRAME) @ [*foot_of(mesh), 1.0])[:3] == pytest.approx((12.0, 34.0, 4.0), abs=1e-3)


def test_the_choice_and_the_correction_live_in_the_project_file(panel, session, tmp_path):
    panel.form.spins["height"].setValue(9.25)
    session.save(tmp_path / "p.twin.json")
    again = load(tmp_path / "p.twin.json").document
    assert again.layer("house") == replace(house(session), source=again.layer("house").source)
    assert again.layer("house").placement.height == 9.25 and again.layer("house").georeference == SWAPPED


# -- judged again ------------------------------------------------------------------------------------------------


@pytest.fixture
def alone(qtbot):
    """The house in a project without anything around it, and the panel about it."""
    layer = Building(id="house", name="House", source=Source(path="/d/house.ifc"))
    session = Session(Project(document=Document(layers=(layer,))))
    put(session, layer, model())
    session.current_layer = "house"
    made = Inspector(session, Eye(session))
    qtbot.addWidget(made)
    made.resize(300, 900)
    made.show()
    session.tick(0.0)
    made.refresh()
    yield made.passport, made
    session.close()


def load_city(session, east_m, id="city"):
    moved = city()
    layer = City(id=id, name="City", source=Source(path=f"/d/{id}.json"))
    session.edits.commit(session.document.with_layer(layer), "Add")
    put(session, layer, replace(moved, points=moved.points + np.float32([east_m, 0.0, 0.0])))
    session.tick(0.0)


def test_a_city_that_is_loaded_later_lets_the_place_be_judged_again_and_moves_nothing(alone):
    """By its own numbers the house stands 100 m from the origin; the city lies where its degrees put it."""
    panel, inspector = alone
    session = panel.session
    assert panel.site.source == SWAPPED and not panel.again.isVisible() and not session.rejudging.news
    lon, lat, _ = FRAME.to_lonlat([[60_300.0, 200.0, 0.0]])[0]
    said = Passport.from_dict(session.asset("house").payload.georeference)
    far = replace(said.candidate(DEGREES), easting=lon, northing=lat, lon=lon, lat=lat)
    said = replace(said, candidates=(*said.candidates[:2], far))
    mesh = replace(model(), placements=placements_of(said, FRAME), georeference=said.as_dict() | {
        "chosen": SWAPPED, "reason": "", "offset": [0.0, 0.0, 0.0]})
    session.asset("house").payload, session.asset("house").revision = mesh, 7
    session.tick(0.0)
    before = session.document
    load_city(session, 60_000.0)
    inspector.refresh()
    assert session.document.layer("house") is before.layer("house"), "never moved in silence"
    assert panel.again.isVisible() and "Latitude and longitude of the site" in panel.again.words.text()
    QTest.mouseClick(panel.again.buttons["Try it out"], Qt.MouseButton.LeftButton)
    inspector.refresh()
    assert session.preview.georeference == DEGREES and not panel.again.isVisible(), "tried out, not yet taken"
    panel.accept()
    session.tick(0.0)
    inspector.refresh()
    assert house(session).georeference == DEGREES and not session.rejudging.news and not panel.again.isVisible()
    session.edits.undo()
    assert house(session).georeference == ""


def test_a_model_that_is_kept_where_it_is_is_told_once(alone):
    panel, inspector = alone
    load_city(panel.session, 0.0)
    inspector.refresh()
    assert not panel.again.isVisible(), "the city lies where the model stands"
    panel.session.edits.commit(panel.session.document.without(["city"]), "Remove")
    load_city(panel.session, 90_000.0, "other")            # the degrees lead 200 m nearer to it
    inspector.refresh()
    assert panel.again.isVisible() and panel.session.rejudging.news["house"].chosen == DEGREES
    before = panel.session.document
    QTest.mouseClick(panel.again.buttons["Keep it here"], Qt.MouseButton.LeftButton)
    for _ in range(2):
        panel.session.tick(0.0)
        inspector.refresh()
    assert not panel.again.isVisible() and panel.session.document is before


def test_opening_tells_what_was_judged_again(session):
    from app.opening import Opening
    from app.rejudging import News
    told = []
    opening = Opening(session, lambda: (0, 0, 0), lambda *a: told.append(a), lambda *a: None)
    session.rejudging.news["house"] = News(DEGREES, "It is nearer.")
    session.current_layer = "city"
    for _ in range(3):
        opening.refresh()
    assert len(told) == 1 and "House" in told[0][0] and told[0][1] == "warning"
    told[0][2][0][1]()
    assert session.current_layer == "house"
