"""The committed sample: small, complete, labelled synthetic, and what the generator writes today."""

from __future__ import annotations

import json

import numpy as np
import pyogrio.raw
import pytest
import shapely
from shapely import affinity

from data_samples import geography as geo
from data_samples import orthophoto, readings, relief, sensor_places, underground, vector_files
from data_samples.generate import generate
from data_samples.office import write_office
from data_samples.plan import SCHOOL_ANGLE_DEG, make_plan, office_at, school_at
from data_samples.project_file import NAME
from data_samples.school import write_school
from data_samples.school_plan import footprint
from twin.trouble import Trouble


@pytest.fixture(scope="module")
def plan():
    return make_plan()


@pytest.fixture(scope="module")
def in_office(tmp_path_factory):
    path = tmp_path_factory.mktemp("office") / "office.ifc"
    return path, write_office(path, office_at(), 3.06)


def test_it_is_small(samples):
    size = sum(p.stat().st_size for p in samples.iterdir() if p.is_file() and p.suffix != ".py")
    assert 5e6 < size < 25e6


def test_the_project_opens_and_its_files_are_there(samples):
    from pathlib import Path

    from app.discover import layer_types
    from twin.project import load

    layer_types()
    project = load(samples / NAME)
    sourced = [layer for layer in project.document.layers if layer.source]
    assert {x.kind for x in sourced} >= {
        "terrain",
        "imagery",
        "city",
        "building",
        "vectors",
        "zones",
        "sensors",
    }
    for layer in sourced:
        assert layer.synthetic and layer.name_zh
        assert Path(layer.source.path).exists()
    known = {layer.id for layer in project.document.layers}
    assert len(project.document.scenes) >= 4
    assert all(set(scene.visible) <= known and scene.camera for scene in project.document.scenes)


def test_the_project_names_no_place_of_this_machine(samples):
    text = (samples / NAME).read_text(encoding="utf-8")
    assert str(samples.parent) not in text
    assert json.loads(text)["frame"]["crs"] == geo.CRS


def test_vector_files_are_what_the_generator_writes(samples, plan, tmp_path):
    vector_files.water(tmp_path / "water.geojson", plan)
    vector_files.roads(tmp_path / "roads.geojson", plan)
    vector_files.zones(tmp_path / "zones.geojson")
    for name in ("water.geojson", "roads.geojson", "zones.geojson"):
        assert (tmp_path / name).read_bytes() == (samples / name).read_bytes()
        assert all(
            f["properties"]["synthetic"] for f in json.loads((samples / name).read_text("utf-8"))["features"]
        )


def test_the_underground_is_what_the_generator_writes(samples, plan, tmp_path):
    underground.write(tmp_path, relief.heights(plan))
    written = sorted(p.name for p in tmp_path.iterdir())
    assert "pipes.geojson" in written and len(written) == 5
    for name in written:
        assert (tmp_path / name).read_bytes() == (samples / name).read_bytes()
    rows = [f["properties"] for f in json.loads((samples / "pipes.geojson").read_text("utf-8"))["features"]]
    assert {r["kind"] for r in rows} == {"water", "sewer", "rain", "gas", "power", "telecom", "heat"}
    assert all(r["synthetic"] and r["z_ref"] in ("crown", "axis", "invert") and r["datum"] for r in rows)


def test_buildings_are_what_the_generator_writes(samples, plan):
    import pyogrio.raw

    meta, _, wkb, fields = pyogrio.raw.read(samples / "buildings.fgb")
    column = dict(zip(meta["fields"], fields))
    assert meta["crs"] == geo.CRS
    order = np.argsort(column["id"])
    houses = [h for h in plan.houses if not h.model]
    assert [h.model for h in plan.houses if h.model] == ["school.ifc"]
    assert column["height_m"][order] == pytest.approx([h.height_m for h in houses], abs=0.01)
    areas = shapely.area(shapely.from_wkb(wkb))[order]
    assert areas == pytest.approx([h.shape.area for h in houses], rel=0.01, abs=1.0)
    assert column["synthetic"].all()
    assert "上海保利大剧院" in set(column["name"])


def test_terrain_is_what_the_generator_writes_and_has_water_below(samples, plan):
    import rasterio

    with rasterio.open(samples / "terrain.tif") as file:
        stored = file.read(1)
        assert file.crs.to_epsg() == 4549 and file.tags()["SYNTHETIC"] == "yes"
    made = relief.heights(plan)
    assert np.allclose(stored, made, atol=0.021)
    assert not (stored == -9999).any()
    ground = relief.GroundAt(stored)
    centre = plan.waters[0].shape.representative_point()
    assert ground([(centre.x, centre.y)])[0] < geo.WATER_LEVEL_M
    assert 2.0 < ground([office_at()])[0] < 5.0


def test_pictures_cover_what_they_say(samples):
    import rasterio

    for name, bounds in (("basemap.tif", geo.DETAIL), ("basemap_district.tif", geo.EXTENT),
                         (orthophoto.NAME, orthophoto.bounds())):
        with rasterio.open(samples / name) as file:
            assert tuple(file.bounds) == pytest.approx(bounds)
            assert file.count == 3 and file.overviews(1) and file.tags()["SYNTHETIC"] == "yes"


def test_the_orthophoto_shows_the_plan_from_above(samples, plan):
    import rasterio

    with rasterio.open(samples / orthophoto.NAME) as file:
        assert file.profile["compress"] == "jpeg" and file.tags(ns="IMAGE_STRUCTURE")["LAYOUT"] == "COG"
        seen = shapely.box(*file.bounds)

        def light(places) -> np.ndarray:
            """Mean red, green and blue at these places."""
            return np.mean(list(file.sample(places)), axis=0)

        lake = plan.waters[0].shape.buffer(-20)
        water = light(shapely.get_coordinates(lake).tolist())
        assert water[2] > water[0], "water is blue"
        lawns = [s.representative_point() for k, s in plan.site.patches if k == "field" and s.within(seen)]
        lawn = light([(p.x, p.y) for p in lawns])
        assert lawn[1] > lawn[0] and lawn[1] > lawn[2], "grass is green"
        tall = [h for h in plan.houses if h.height_m > 60 and h.shape.buffer(60).within(seen)]
        away = [np.array((-1, 1)) * (np.sqrt(h.shape.area) / 2 + 12) for h in tall]
        centres = [np.array((h.shape.centroid.x, h.shape.centroid.y)) for h in tall]
        shade = light([tuple(c + way) for c, way in zip(centres, away)]).mean()
        assert shade < 0.8 * light([tuple(c - way) for c, way in zip(centres, away)]).mean(), "lit from the south-east"


def test_the_office_is_the_same_every_time(in_office, tmp_path):
    path, sensors = in_office
    again = write_office(tmp_path / "again.ifc", office_at(), 3.06)
    assert (tmp_path / "again.ifc").read_bytes() == path.read_bytes()
    assert again == sensors


def test_the_office_has_rooms_sensors_and_a_place(samples):
    import csv

    import ifcopenshell
    import ifcopenshell.util.element as element

    model = ifcopenshell.open(str(samples / "office.ifc"))
    conversion = model.by_type("IfcMapConversion")[0]
    assert model.schema == "IFC4" and model.by_type("IfcProjectedCRS")[0].Name == geo.CRS
    assert np.degrees(np.arctan2(conversion.XAxisOrdinate, conversion.XAxisAbscissa)) == pytest.approx(12.0)
    rooms = {s.Name: s.GlobalId for s in model.by_type("IfcSpace")}
    assert "5-12" in rooms and sum(name[2:].isdigit() for name in rooms) >= 60
    assert len({r.GlobalId for r in model.by_type("IfcRoot")}) == len(model.by_type("IfcRoot"))
    assert all(element.get_pset(d, "Pset_DoorCommon", "FireRating") for d in model.by_type("IfcDoor"))
    with open(samples / "sensors.csv", encoding="utf-8") as file:
        listed = {row["id"]: row for row in csv.DictReader(file) if row["room"]}
    assert {s.Tag for s in model.by_type("IfcSensor")} == set(listed)
    assert all(rooms[row["room"]] == row["room_guid"] for row in listed.values())


def test_the_school_stands_alone_at_its_place_and_is_what_the_generator_writes(samples, tmp_path):
    import csv

    import ifcopenshell

    model, office = (ifcopenshell.open(str(samples / name)) for name in ("school.ifc", "office.ifc"))
    placed = model.by_type("IfcMapConversion")[0]
    floor_m = placed.OrthogonalHeight
    write_school(tmp_path / "school.ifc", school_at(), floor_m)
    assert (tmp_path / "school.ifc").read_bytes() == (samples / "school.ifc").read_bytes()
    guids = {r.GlobalId for r in model.by_type("IfcRoot")}
    assert not guids & {r.GlobalId for r in office.by_type("IfcRoot")}, "a sensor's room is one room"
    assert len(model.by_type("IfcBuildingStorey")) == 3 and len(model.by_type("IfcStair")) == 4
    names = {s.Name: s.LongName for s in model.by_type("IfcSpace")}
    assert sum("Classroom" in long for long in names.values()) >= 30 and "Sports hall" in names["1-H"]
    turn = affinity.rotate(footprint(), SCHOOL_ANGLE_DEG, origin=(0, 0))
    ground = affinity.translate(turn, placed.Eastings, placed.Northings)
    _, _, wkb, _ = pyogrio.raw.read(samples / "buildings.fgb", columns=[], bbox=ground.buffer(150.0).bounds)
    houses = shapely.from_wkb(wkb)
    assert len(houses) and not shapely.intersects(houses, ground).any(), "no footprint stands in it"
    with open(samples / "stories.csv", encoding="utf-8") as file:
        listed = [row for row in csv.DictReader(file) if row["thing"].startswith("STORY-EDU-")]
    assert {s.Tag for s in model.by_type("IfcSensor")} <= {row["id"] for row in listed}
    assert {row["room_guid"] for row in listed} <= guids
    assert all(ground.contains(shapely.Point(float(row["x"]), float(row["y"]))) for row in listed)


@pytest.mark.parametrize("name", ["office.ifc", "school.ifc"])
def test_every_shape_of_the_houses_can_be_built(samples, name):
    import ifcopenshell
    import ifcopenshell.geom as geom

    model = ifcopenshell.open(str(samples / name))
    iterator = geom.iterator(geom.settings(), model, 1, geometry_library="hybrid-cgal-simple-opencascade")
    built = set()
    assert iterator.initialize()
    while True:
        shape = iterator.get()
        assert len(shape.geometry.faces) >= 12
        built.add(shape.guid)
        if not iterator.next():
            break
    assert built == {p.GlobalId for p in model.by_type("IfcProduct") if p.Representation}


def test_sensor_list_is_what_the_generator_writes(samples, plan, in_office, tmp_path):
    found = [*sensor_places.city_sensors(plan), *in_office[1]]
    readings.write_sensors(tmp_path / "sensors.csv", found, 3.06)
    ours = (tmp_path / "sensors.csv").read_text("utf-8").splitlines()
    theirs = (samples / "sensors.csv").read_text("utf-8").splitlines()
    assert [line.split(",")[0] for line in ours] == [line.split(",")[0] for line in theirs]


def test_an_unknown_scale_is_refused(tmp_path):
    with pytest.raises(Trouble):
        generate(tmp_path, scale="galaxy")


def test_a_folder_that_cannot_be_is_refused(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(Trouble):
        generate(tmp_path / "file" / "folder")


def test_the_roofs_round_the_lake_are_of_the_footprints_by_id_and_stand_where_they_do(samples):
    city = json.loads((samples / "lakeside.city.json").read_text())
    _, _, wkb, fields = pyogrio.raw.read(samples / "buildings.fgb", columns=["id", "height_m"])
    shapes = dict(zip(fields[0].tolist(), zip(shapely.from_wkb(wkb), fields[1].tolist())))
    steps = np.array(city["vertices"]) * city["transform"]["scale"] + city["transform"]["translate"]
    roofs = set()
    for id, thing in city["CityObjects"].items():
        shape, height_m = shapes[id]
        geometry, = thing["geometry"]
        assert len(geometry["boundaries"]) == len(geometry["semantics"]["values"])
        assert {s["type"] for s in geometry["semantics"]["surfaces"]} == {"RoofSurface", "WallSurface", "GroundSurface"}
        corners = steps[[v for rings in geometry["boundaries"] for ring in rings for v in ring]]
        assert shape.buffer(3.0).contains(shapely.MultiPoint(corners[:, :2])), id
        assert 0.0 <= np.ptp(corners[:, 2]) - height_m < 6.5
        roofs.add(thing["attributes"]["roof"])
    assert roofs == {"flat", "gable", "hip"} and len(city["CityObjects"]) > 200


def test_progress_says_what_is_being_made(tmp_path, monkeypatch):
    """Each stage once, the shares rising; here only the first one is made."""
    from data_samples import generate as generator

    told = []
    monkeypatch.setattr(generator, "make_plan", lambda: (_ for _ in ()).throw(OSError("stop")))
    with pytest.raises(Trouble):
        generate(tmp_path, progress=lambda *said: told.append(said))
    assert told == [(0.0, 1.0, "Plan of the city")]
