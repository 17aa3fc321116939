"""Who reaches a facility: along the streets, by people, with a facility that does not exist yet."""

from __future__ import annotations

import json
from types import SimpleNamespace

import pytest

from app.cli import main
from app.discover import layer_types
from app.panels.reach_dialog import ReachDialog
from app.session import Session
from layers.city import City
from layers.vectors import VectorLayer
from layers.zones import Zones
from twin.camera import Camera
from twin.document import Document
from twin.frame import Frame
from twin.layer import Source
from twin.project import Project, load, save
from twin.vitals.choices import DrawnZone


@pytest.fixture
def project(tmp_path):
    """A street of 3 km with a motorway across the fields, a clinic at its west end, and three houses."""
    layer_types()
    frame = Frame()
    e, n, _ = frame.origin

    def file(name, features):
        path = tmp_path / f"{name}.geojson"
        path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), "utf-8")
        return Source(path=str(path), crs=frame.crs)

    def feature(kind, coordinates, **properties):
        move = lambda c: [c[0] + e, c[1] + n] if not isinstance(c[0], list) else [move(x) for x in c]  # noqa: E731
        return {"type": "Feature", "properties": properties,
                "geometry": {"type": kind, "coordinates": move(coordinates)}}

    def house(x, people, zone):
        ring = [[x, 10], [x + 10, 10], [x + 10, 20], [x, 20], [x, 10]]
        return feature("Polygon", [ring], id=f"h{x}", height=12, population=people, zone=zone)

    streets = file("streets", [feature("LineString", [[0, 0], [3000, 0]], **{"class": "tertiary"}),
                               feature("LineString", [[0, 0], [2900, 300]], **{"class": "motorway"})])
    clinic = file("clinic", [feature("Point", [0, 0], name="Clinic")])
    houses = file("houses", [house(500, 30, "west"), house(1500, 50, "west"), house(2900, 20, "east"),
                             house(2950, 0, "east")])
    layers = (VectorLayer(id="streets", name="Streets", source=streets),
              VectorLayer(id="clinic", name="Clinic", source=clinic),
              City(id="houses", name="Houses", source=houses, synthetic=True),
              Zones(id="zones", name="Zones", drawn=tuple(
                  DrawnZone(id=id, name=name, corners=tuple((x + e, y + n) for x, y in (
                      (x0, -50), (x1, -50), (x1, 50), (x0, 50)))) for id, name, x0, x1 in (
                          ("w", "The west", 0, 2000), ("x", "Nobody's", 5000, 6000)))))
    path = tmp_path / "a.twin.json"
    save(Project(document=Document(frame=frame, layers=layers)), path)
    return path, (e, n)


def report(capsys, path, tmp_path, *more):
    assert main(["reach", str(path), "--streets", "Streets", "--to", "Clinic", "--of", "houses",
                 "--out", str(tmp_path / "out"), "--json", *more]) == 0
    return json.loads(capsys.readouterr().out)


def assert_the_added_one_can_be_seen(path, place):
    import pyogrio
    import shapely
    meta, _, shapes, fields = pyogrio.raw.read(path)
    (point,) = shapely.from_wkb(shapes)
    assert (point.x, point.y) == pytest.approx(place, abs=0.01) and point.z > 1.0, "above the roofs"
    named = dict(zip(meta["fields"], fields))
    assert (named["name"][0], named["name_zh"][0]) == ("Proposed", "拟建")


def test_by_people_along_streets_and_what_if(project, tmp_path, capsys):
    path, (e, n) = project
    now = report(capsys, path, tmp_path)
    assert now["limit_m"] == 1080.0 and now["buildings"] == 3, "a house without people is no dwelling"
    assert now["covered_percent"] == pytest.approx(30.0) and now["out_of_reach"] == 0
    assert now["zones"]["west"]["covered_percent"] == pytest.approx(37.5) and now["people_known"]
    assert now["areas"] == [{"name": "The west", "place": ["zones", 0], "people": 80.0, "buildings": 2,
                             "covered_percent": 37.5}], "those in which somebody lives"
    then = report(capsys, path, tmp_path, "--add", f"{e + 2000},{n}")
    assert then["covered_percent"] == pytest.approx(100.0) and then["added"] == 1
    assert_the_added_one_can_be_seen(tmp_path / "out" / "proposed.fgb", (e + 2000, n))
    assert report(capsys, path, tmp_path, "--minutes", "30")["covered_percent"] == pytest.approx(80.0)
    import pyogrio
    meta, _, _, fields = pyogrio.raw.read(tmp_path / "out" / "reach.fgb")
    column = dict(zip(meta["fields"], fields))
    walk = dict(zip(column["building"], column["walk_m"]))
    assert walk["h500"] == pytest.approx(505 + 15, abs=3), "not along the motorway"
    assert set(column["nearest"]) == {"Clinic"} and column["synthetic"].all()


def test_layers_of_no_use_are_named(project, tmp_path, capsys):
    path, _ = project
    for wrong in (["--streets", "clinic"], ["--of", "streets"], ["--to", "nothing"]):
        assert main(["reach", str(path), "--streets", "streets", "--to", "clinic", "--of", "houses", *wrong,
                     "--out", str(tmp_path / "x")]) == 1
    said = capsys.readouterr().err
    assert "no lines" in said and "no buildings" in said and "nothing" in said


def test_the_dialog_offers_what_can_serve_and_adds_a_layer(project, qtbot):
    from PySide6.QtWidgets import QWidget
    session = Session(load(project[0]))
    session.settle(60)
    owner = QWidget()
    qtbot.addWidget(owner)
    told = []
    owner.session, owner.panels, owner.tell = session, [], lambda words, *_: told.append(words)
    owner.docking = SimpleNamespace(show=lambda name, *_: told.append(name))
    owner.viewport = SimpleNamespace(camera=lambda: Camera(position=(0.0, -500.0, 300.0), focus=(2000.0, 0.0, 0.0)))
    try:
        dialog = ReachDialog(owner)
        assert dialog.streets.count() == 1 and dialog.facilities.count() == 1 and dialog.dwellings.count() == 1
        dialog.added.setChecked(True)
        dialog.go.click()
        qtbot.waitUntil(lambda: [session.tick(0.0), [p.refresh() for p in list(owner.panels)], bool(told)][-1],
                        timeout=60_000)
        assert told.pop(0) == "results" and "100.0 % of 100 people" in told[0]
        assert session.document.layers[0].color_by == "walk_min"
        assert "along the streets" in told[0]
        assert session.document.layers[0].rules[-1].label == "no street leads there"
        session.settle(60)
        assert session.asset(session.document.layers[0].id).payload.count == 3
        proposed = session.document.layers[1]
        assert (proposed.name, proposed.label_by) == ("Proposed", "name")
        assert session.asset(proposed.id).payload.count == 1
        houses = session.document.layer("houses")
        session.settle(60)
        assert session.rulings.now["houses"].of.tolist() == [0, 0, 0, 4], "the last house is nobody's"
        assert houses.joined == session.document.layers[0].id and houses.rules[4].label == "nobody lives there"
    finally:
        session.close()


def test_coverage_is_told_zone_by_zone_and_against_what_was_before():
    from app.study_tables import reach_table
    from twin.vitals.verdict import GREEN, GREY, RED
    area = {"name": "North", "place": ("zones", 2), "people": 80.0, "buildings": 2, "covered_percent": 96.0}
    empty = area | {"name": "South", "place": ("zones", 3), "people": 0.0, "covered_percent": None}
    before = {"minutes": 15.0, "facilities": 1, "people": 100.0, "buildings": 3, "covered_percent": 30.0,
              "areas": [area | {"covered_percent": 40.0}]}
    table = reach_table(before | {"facilities": 2, "covered_percent": 90.0, "areas": [area, empty]}, before)
    assert [row[3:5] for row in table.rows] == [(90.0, 30.0), (96.0, 40.0), (None, None)]
    assert table.levels == (RED, GREEN, GREY) and table.places == (None, ("zones", 2), ("zones", 3))
    assert len(reach_table(before).columns) == len(table.columns) - 1


def test_who_jumps_to_the_chapter_of_one_more_has_what_it_is_compared_with(project):
    from app.scenario_reach import ReachStep
    from twin.scenario import Walk
    path, (e, n) = project
    session = Session(load(path))
    try:
        step = ReachStep(session, lambda before, after: session.edits.commit(after, "Add a study"))
        walk = Walk(streets="streets", facilities="clinic", dwellings="houses", added=((e + 2000.0, n),))
        step.want(walk)
        step.settle()
        assert not step.trouble and step.report["covered_percent"] == pytest.approx(100.0)
        (table,) = session.study_tables
        assert "Before (%)" in [words for words, _ in table.columns]
        assert table.rows[0][3] == pytest.approx(100.0) and table.rows[0][4] == pytest.approx(30.0)
        added = len(session.document.layers)
        step.want(Walk(streets="streets", facilities="clinic", dwellings="houses"))
        assert step.report["covered_percent"] == pytest.approx(30.0), "there at once"
        assert len(session.document.layers) == added + 1
    finally:
        session.close()
