"""Models that do not say where they stand: beside what is there, or with the other parts of their building."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest

from app import siting
from app.adding import add_files
from app.discover import layer_types
from app.neighbours import GAP_M, in_water, parts_of_one
from app.session import Session
from layers.building import Building
from layers.vectors import VectorLayer
from tests.app.made_sessions import put
from tests.layers.boxes import boxes
from twin.data import Vectors
from twin.document import Document
from twin.layer import Placement, Source
from twin.passport import Candidate, Passport
from twin.placing import matrix_of, placed_box
from twin.project import Project
from twin.text import set_language

layer_types()


def model(size=(10.0, 8.0, 3.0), guid="a", storeys=("EG", "OG")):
    """Two storeys; it says nothing of its place."""
    return replace(boxes([[100, 50, 0], [100, 50, 3]], [list(size)] * 2, guid=[f"{guid}1", f"{guid}2"],
                         storey=list(storeys), storey_elevation_m=[0.0, 3.0], **{"class": ["IfcWall"] * 2}),
                   georeference=Passport().as_dict())


@pytest.fixture
def session():
    """Layers "a", "b" and "c", the first of which stands about the origin."""
    set_language("en")
    layers = tuple(Building(id=id, name=f"House {id}", source=Source(path=f"/data/{id}.ifc")) for id in "abc")
    made = Session(Project(document=Document(layers=layers)))
    x, y, z = made.document.frame.origin
    first = replace(layers[0], placement=Placement(easting=x, northing=y, height=z, rotation_deg=90.0))
    made.edits.commit(made.document.with_layer(first), "Place")
    yield made
    made.close()


def place(session, **models) -> list[str]:
    """What was told while these came, one after the other."""
    told: list[str] = []
    for id, mesh in models.items():
        put(session, session.document.layer(id), mesh)
    for id in list(models)[1:]:
        document = siting.sited(session, id, (0.0, 0.0, 0.0), told.append)
        session.edits.commit(document, "Place")
    return told


def test_one_after_the_other_stand_beside_each_other_and_that_is_told(session):
    told = place(session, a=model(), b=model(guid="b", storeys=("1", "2")), c=model(guid="c", storeys=("x", "y")))
    frame = session.document.frame
    a, b, c = (placed_box(session.asset(x.id).payload, x, frame) for x in session.document.layers)
    assert b[0] - a[3] == pytest.approx(GAP_M, abs=1e-3) and c[0] - b[3] == pytest.approx(GAP_M, abs=1e-3)
    assert told == [f"House {id} does not say where it stands: it was put beside House a. Move it, or set its position."
                    for id in "bc"]


def test_where_no_ground_is_known_one_stands_as_high_as_the_one_it_is_put_beside(session):
    """A house without a place, opened at once with one that stands on a hill by its file, was 292 m under it."""
    first = session.document.layer("a")
    session.edits.commit(session.document.with_layer(
        replace(first, placement=replace(first.placement, height=first.placement.height + 292.0))), "Place")
    place(session, a=model(), b=model(guid="b", storeys=("1", "2")))
    a, b = (placed_box(session.asset(x).payload, session.document.layer(x), session.document.frame) for x in "ab")
    assert b[2] == pytest.approx(a[2], abs=1e-3) == 292.0


def test_what_the_file_puts_too_far_away_is_not_said_to_be_without_a_place(session):
    lisbon = Passport(candidates=(Candidate(source="RefLatitude/RefLongitude", logeoref=20, crs="EPSG:4326",
                                            easting=-9.1, northing=38.7, lon=-9.1, lat=38.7),))
    there = model(guid="b", storeys=("x", "y"))
    told = place(session, a=model(), b=replace(there, georeference=lisbon.as_dict()))
    assert told == ["House b would be too far away by its file: it was put beside House a. "
                    "Move it, or set its position."]


def test_a_copy_of_the_same_model_stands_beside_it(session):
    assert "beside House a" in place(session, a=model(), b=model())[0]


def test_disciplines_of_one_building_stand_in_one_place(session):
    told = place(session, a=model(), b=model(size=(9.0, 8.0, 2.5), guid="b"))
    one, other = (matrix_of(session.asset(id).payload, session.document.layer(id).placement, session.document.frame)
                  for id in "ab")
    assert np.allclose(one, other, atol=1e-3) and "a part of the same building" in told[0]


def test_storeys_in_files_of_their_own_stand_upon_each_other(session):
    upper = boxes([[100, 50, 6]], [[9.0, 8.0, 3.0]], guid=["u"], storey=["2"], storey_elevation_m=[6.0],
                  **{"class": ["IfcWall"]})
    told = place(session, a=model(), b=replace(upper, georeference=Passport().as_dict()))
    one, other = (matrix_of(session.asset(id).payload, session.document.layer(id).placement, session.document.frame)
                  for id in "ab")
    assert np.allclose(one, other, atol=1e-3) and "a part of the same building" in told[0]
    assert siting.lowest_first(session, ["b", "a"]) == ["a", "b"]


def test_walls_of_a_storey_stand_under_the_roof_of_their_outline(session):
    """Neither the storeys' names nor the heights meet: the roof's file goes from the ground to the ridge."""
    roof = boxes([[100, 50, 5]], [[10.5, 8.5, 13.0]], guid=["r"], storey=["roof"], storey_elevation_m=[9.0],
                 **{"class": ["IfcSlab"]})
    told = place(session, a=replace(roof, georeference=Passport().as_dict()), b=model(guid="b", storeys=("BEG", "1")))
    one, other = (matrix_of(session.asset(id).payload, session.document.layer(id).placement, session.document.frame)
                  for id in "ab")
    assert np.allclose(one, other, atol=1e-3) and "a part of the same building" in told[0]


def test_a_model_on_the_bed_of_a_lake_is_told(session):
    document = session.document
    maps = [VectorLayer(id=id, name=id, source=Source(path=f"/data/{id}.geojson")) for id in ("waters", "parks")]
    layers = (*document.layers, *maps)
    session.edits.commit(replace(document, layers=layers), "Add layers")
    square = np.array([[-60, -60, 0], [60, -60, 0], [60, 60, 0], [-60, 60, 0]], np.float32)
    for id, kind in (("waters", "lake"), ("parks", "park")):
        put(session, session.document.layer(id), Vectors(
            fill_points=square, fill_triangles=np.array([[0, 1, 2], [0, 2, 3]], np.int32),
            fill_feature=np.zeros(4, np.int32), features=pa.table({"name": ["Long Lake"], "kind": [kind]})))
    told = place(session, a=model(), b=model(guid="b", storeys=("1", "2")))
    assert told[1] == "House b stands in water, on its bed: Long Lake. Move it, or set its position."
    far = replace(session.document.layer("b"), placement=Placement(
        easting=session.document.frame.origin[0] + 90.0, northing=session.document.frame.origin[1]))
    assert in_water(session, far, session.asset("b").payload) == ""


def test_where_nothing_is_in_the_way_it_stands_where_one_looks(session):
    put(session, session.document.layer("a"), model())
    put(session, session.document.layer("b"), model(guid="b", storeys=("1", "2")))
    told: list[str] = []
    siting.sited(session, "b", (500.0, 0.0, 0.0), told.append)
    assert told == []


@pytest.fixture
def real():
    made = Session()
    yield made
    made.close()


def sited_boxes(session, paths) -> list:
    """Boxes of files that come in together."""
    new = add_files(session, paths)
    session.settle()
    siting.sited_all(session, new)
    return [placed_box(session.asset(id).payload, session.document.layer(id), session.document.frame) for id in new]


def test_real_models_without_a_place_are_not_inside_each_other(real, shared):
    first, second = sited_boxes(real, [shared / "ifc/Ifc4_SampleHouse.ifc", shared / "ifc/IfcOpenHouse_IFC4.ifc"])
    assert any(first[i + 3] <= second[i] or second[i + 3] <= first[i] for i in (0, 1))
    assert not parts_of_one(*(real.asset(layer.id).payload for layer in real.document.layers))


def test_walls_without_a_place_stand_under_the_roof_that_has_one(real, shared):
    """Schependomlaan by trades: only the roof's file gives latitude and longitude."""
    folder = shared / "ifc/schependomlaan"
    walls, roof = sited_boxes(real, [folder / "XELLA-Begane_grond.ifc", folder / "ROOT-kapconstructie.ifczip"])
    assert all(roof[i] < walls[i] and walls[i + 3] < roof[i + 3] for i in (0, 1))
