"""A place that is judged again: when a model comes, when the city around it comes, when the project is saved."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from app import siting
from app.panels.inspector import Inspector
from app.session import Session
from layers.building import Building
from layers.city import City
from tests.app.made_sessions import put
from tests.app.passport.made_house import DEGREES, E0, FRAME, N0, SWAPPED, Eye, city, house, model
from twin.document import Document
from twin.layer import Placement, Source
from twin.passport import Passport
from twin.placing import foot_of, matrix_of, placements_of
from twin.project import Project, load


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


def test_what_was_put_beside_a_model_speaks_for_no_place_of_it(session):
    """A house in Germany was told to stand where it does since one of London was beside it, which was there by it."""
    session.edits.commit(session.document.without(["city", "ground"]), "Remove")
    neighbour = Building(id="beside", name="Beside", source=Source(path="/d/beside.ifc"),
                         placement=Placement(easting=E0 + 130, northing=N0 + 50, height=5.0))
    session.edits.commit(session.document.with_layer(neighbour), "Add")
    put(session, neighbour, replace(model(), placement=None, placements={}))
    assert not siting.surroundings_of(session, "house").boxes
    put(session, replace(neighbour, placement=None), model())
    session.edits.commit(session.document.with_layer(replace(neighbour, placement=None)), "By its file")
    assert siting.surroundings_of(session, "house").models


def test_the_choice_and_the_correction_live_in_the_project_file(panel, session, tmp_path):
    panel.form.spins["height"].setValue(9.25)
    session.save(tmp_path / "p.twin.json")
    again = load(tmp_path / "p.twin.json").document
    assert again.layer("house") == replace(house(session), source=again.layer("house").source)
    assert again.layer("house").placement.height == 9.25 and again.layer("house").georeference == SWAPPED


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
