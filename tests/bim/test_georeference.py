"""What a file says about its place: every source, what each means to the millimetre, and what is odd about it."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pyproj
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bim import georeference
from bim import reader as ifc
from bim.open import open_model
from tests.bim.made_georeferences import EAST, HEIGHT, NORTH, TURN, Made
from twin.frame import Frame
from twin.judging import judge
from twin.layer import Source
from twin.passport import Candidate, Passport
from twin.placing import placement_in, placements_of
from twin.readers import Progress, Request

VECTOR = np.array([10.0, 20.0, 3.0])                     # local metres, and where the domain notes put it
THERE = (618947.0539, 3470477.1553, 7.5)


def passport(made: Made | Path, **more) -> Passport:
    return georeference.passport(made.model if isinstance(made, Made) else open_model(made).model, **more)


def place(said: Passport, point, source: str = "", frame: Frame | None = None) -> np.ndarray:
    """Where a point of the model (metres) comes to lie: easting, northing, height in the project."""
    frame = frame or Frame()
    placement = placements_of(said, frame)[source or said.candidates[0].source]
    return frame.to_project((frame.matrix(placement) @ [*point, 1.0])[None, :3])[0]


def load(path: Path, frame: Frame | None = None, **source):
    return ifc.read(Request(source=Source(path=str(path), **source), kind="building", frame=frame or Frame()),
                    Progress())


# -- the sources, to the millimetre --------------------------------------------------------------------------


def conversion(unit_m):
    return Made("IFC4", unit_m).converted()


def scaled(unit_m):
    made = Made("IFC4X3", unit_m)
    return made.converted(kind="IfcMapConversionScaled", FactorX=1.0, FactorY=1.0, FactorZ=1.0)


def property_sets(unit_m):
    return Made("IFC2X3", unit_m).sets()


def sets_in_another_case_on_the_site(unit_m):
    return Made("IFC2X3", unit_m).sets("IfcSite", "EPset_MAPConversion", "epset_projectedcrs")


SOURCES = {f.__name__: f for f in (conversion, scaled, property_sets, sets_in_another_case_on_the_site)}


@pytest.mark.parametrize("unit_m", [1.0, 0.001])
@pytest.mark.parametrize("source", SOURCES)
def test_the_vector_of_the_domain_notes(source, unit_m):
    said = passport(SOURCES[source](unit_m))
    assert place(said, VECTOR) == pytest.approx(THERE, abs=1e-3)
    first = said.candidates[0]
    assert (first.crs, first.logeoref, said.level, said.warnings) == ("EPSG:4549", 50, 50, ())
    assert (first.lon, first.lat) == pytest.approx((121.25, 31.35), abs=1e-8)
    assert first.grid_rotation_deg == pytest.approx(TURN) and first.scale == pytest.approx(1.0)


def test_the_whole_file_stands_where_the_vector_says(tmp_path):
    mesh = load(Made("IFC4X3", 0.001).converted().box((10000.0, 20000.0, 3000.0)).write(tmp_path / "a.ifc"))
    local = Frame().matrix(mesh.placement) @ [*VECTOR, 1.0]
    assert Frame().to_project(local[None, :3])[0] == pytest.approx(THERE, abs=1e-3)
    assert mesh.plan.area_m2 == pytest.approx(96.0, rel=0.15) and mesh.plan.base_m == pytest.approx(3.0)


def test_a_rigid_operation_has_no_turn_and_knows_lengths_and_angles():
    made = Made("IFC4X3")
    new = made.model.create_entity
    new("IfcRigidOperation", SourceCRS=made.context, TargetCRS=made.crs(), Height=4.5,
        FirstCoordinate=new("IfcLengthMeasure", EAST), SecondCoordinate=new("IfcLengthMeasure", NORTH))
    assert place(passport(made), VECTOR) == pytest.approx((EAST + 10, NORTH + 20, 7.5), abs=1e-3)
    made = Made("IFC4X3")
    new = made.model.create_entity
    new("IfcRigidOperation", SourceCRS=made.context, Height=4.5, TargetCRS=new("IfcGeographicCRS", Name="EPSG:4490"),
        FirstCoordinate=new("IfcPlaneAngleMeasure", math.radians(31.35)),
        SecondCoordinate=new("IfcPlaneAngleMeasure", math.radians(121.25)))
    said = passport(made)
    assert place(said, (0, 0, 0)) == pytest.approx((EAST, NORTH, 4.5), abs=1e-3)
    assert (said.candidates[0].lon, said.candidates[0].lat) == pytest.approx((121.25, 31.35), abs=1e-9)


def test_a_surveyors_factors_shorten_the_plan_and_leave_the_heights():
    made = Made("IFC4X3").converted(kind="IfcMapConversionScaled", FactorX=0.9996, FactorY=0.9996, FactorZ=1.0,
                                    XAxisAbscissa=1.0, XAxisOrdinate=0.0)
    assert place(passport(made), (100.0, 0.0, 50.0)) == pytest.approx((EAST + 99.96, NORTH, HEIGHT + 50), abs=1e-3)


def test_the_world_coordinate_system_is_the_point_that_the_conversion_is_about():
    made = Made("IFC4")
    made.context.WorldCoordinateSystem = made.axes((100.0, 50.0, 2.0))
    made.converted(XAxisAbscissa=1.0, XAxisOrdinate=0.0)
    assert place(passport(made), (100.0, 50.0, 2.0)) == pytest.approx((EAST, NORTH, HEIGHT), abs=1e-3)


@settings(max_examples=25, deadline=None)
@given(st.sampled_from(["EPSG:32651", "EPSG:4528", "EPSG:3857", "EPSG:4549+5737"]), st.floats(120.7, 121.9),
       st.floats(30.8, 31.9), st.floats(-180, 180), st.floats(-350, 350), st.floats(-350, 350))
def test_any_conversion_agrees_with_proj_to_a_millimetre(crs, lon, lat, turn, x, y):
    """The map conversion by hand, then PROJ, for a point 500 m from the middle of the model."""
    to_crs = pyproj.Transformer.from_crs("EPSG:4326", crs, always_xy=True)
    to_project = pyproj.Transformer.from_crs(crs, "EPSG:4549", always_xy=True)
    east, north = to_crs.transform(lon, lat)
    said = Candidate(source="a", crs=crs, easting=east, northing=north, height=3.0, grid_rotation_deg=turn,
                     scale=1.1712 if crs == "EPSG:3857" else 1.0)
    cos, sin = said.scale * math.cos(math.radians(turn)), said.scale * math.sin(math.radians(turn))
    wanted = to_project.transform(east + cos * x - sin * y, north + sin * x + cos * y)
    frame = Frame()
    placement = placement_in(said, frame, 90.0)
    got = frame.to_project((frame.matrix(placement) @ [x, y, 0.0, 1.0])[None, :3])[0]
    if crs != "EPSG:3857":                                # there true size goes before the map's
        assert got[:2] == pytest.approx(wanted, abs=1e-3)
    assert got[2] == pytest.approx(3.0)


@settings(max_examples=25, deadline=None)
@given(st.floats(-60_000, 60_000), st.floats(-60_000, 60_000), st.floats(-180, 180))
def test_geometry_far_from_its_origin_keeps_the_millimetre(x, y, turn):
    to_project = pyproj.Transformer.from_crs("EPSG:32651", "EPSG:4549", always_xy=True)
    said = Candidate(source="a", crs="EPSG:32651", easting=333535.0, northing=3469714.0, grid_rotation_deg=turn)
    about, offset = (x, y, 0.0), (round(x), round(y), 0.0)
    frame = Frame()
    placement = placement_in(said, frame, 90.0, about, offset)
    point = np.array([x + 120.0, y - 80.0])
    cos, sin = math.cos(math.radians(turn)), math.sin(math.radians(turn))
    wanted = to_project.transform(said.easting + cos * point[0] - sin * point[1],
                                  said.northing + sin * point[0] + cos * point[1])
    local = frame.matrix(placement) @ [*(point - offset[:2]), 0.0, 1.0]
    assert frame.to_project(local[None, :3])[0, :2] == pytest.approx(wanted, abs=1e-3)


def test_degrees_are_turned_by_true_north_and_the_grids_convergence():
    """True north lies 30 degrees from y; the grid's north 0.65 degrees west of true north here."""
    said = passport(Made("IFC4").degrees().north(math.cos(math.radians(60)), math.sin(math.radians(60))))
    candidate, = said.candidates
    assert (candidate.source, candidate.logeoref, said.true_north_deg) == ("RefLatitude/RefLongitude", 20,
                                                                          pytest.approx(60.0))
    placement = placements_of(said, Frame())[candidate.source]
    assert placement.rotation_deg == pytest.approx(30.0 + 0.6504, abs=1e-3)
    assert (placement.easting, placement.northing) == pytest.approx((EAST, NORTH), abs=1e-3)


@pytest.mark.parametrize("parts, degrees", [((31, 21, 16, 584400), 31.3546067778), ((31, 21, 16), 31.3544444444),
                                            ((-87, -38, -21, -839999), -87.6394), ((0, -7, -34, -450321), -0.1262362)])
def test_degrees_minutes_seconds(parts, degrees):
    from bim.site_place import degrees as read
    assert read(parts) == pytest.approx(degrees, abs=1e-6)


# -- coordinates in the geometry -----------------------------------------------------------------------------


def test_a_far_site_is_a_candidate_in_the_projects_crs(tmp_path):
    made = Made("IFC2X3", 0.001)
    made.site.ObjectPlacement = made.placed((EAST * 1000, NORTH * 1000, 4500.0))
    mesh = load(made.box((1000.0, 0.0, 0.0)).write(tmp_path / "far.ifc"))
    said = Passport.from_dict(mesh.georeference)
    assert said.candidates[0].source == "IfcSite placement" and said.level == 30
    assert (said.candidates[0].easting, said.candidates[0].northing) == pytest.approx((EAST, NORTH), abs=1e-6)
    assert mesh.georeference["chosen"] == "IfcSite placement"
    middle = Frame().matrix(mesh.placement) @ [*mesh.points.mean(axis=0), 1.0]
    assert Frame().to_project(middle[None, :3])[0] == pytest.approx((EAST + 1, NORTH, HEIGHT + 3), abs=2e-3)


def test_coordinates_inside_the_shapes_are_found_and_a_zone_number_names_the_crs():
    said = passport(Made("IFC4").box(shape_at=(40_618_946.0, NORTH, 0.0)))
    candidate, = said.candidates
    assert (candidate.source, candidate.crs) == ("coordinates", "EPSG:4528")
    assert place(said, (40_618_946.4432, NORTH, 2.0)) == pytest.approx((EAST, NORTH, 2.0), abs=1e-3)
    assert any("zone number" in w for w in said.warnings)


def test_georeferenced_twice_is_told_and_both_are_offered():
    said = passport(Made("IFC4").converted().box((EAST, NORTH, 0.0)))
    assert [c.source for c in said.candidates] == ["IfcMapConversion", "coordinates"]
    assert any("twice" in w for w in said.warnings) and said.candidates[0].doubtful
    assert place(said, (EAST, NORTH, 0.0), "coordinates") == pytest.approx((EAST, NORTH, 0.0), abs=1e-3)


def test_a_conversion_that_changes_nothing_over_map_coordinates_is_right(shared):
    said = passport(shared / "ifc" / "gherkin" / "na-grf003-railway_with_georeferencing.ifc")
    assert [c.source for c in said.candidates] == ["IfcMapConversion"] and not said.warnings


# -- what is odd ---------------------------------------------------------------------------------------------


def made_of(**how):
    def make():
        made = Made(how.get("schema", "IFC4"), how.get("unit_m", 1.0))
        crs = made.crs(**how["crs"]) if "crs" in how else None
        return made.converted(crs=crs, **how.get("said", {}))
    return make


def _only_crs():
    made = Made()
    made.crs()
    return made


ODD = {
    "swapped": (made_of(said={"east": NORTH, "north": EAST}), "swapped"),
    "millimetres with a metre CRS": (made_of(unit_m=0.001, crs={"unit": "millimetre"}, said={
        "east": EAST * 1000, "north": NORTH * 1000, "height": HEIGHT * 1000, "Scale": 1.0}), "millimetres"),
    "millimetres that claim to be metres": (made_of(unit_m=0.001, said={
        "east": EAST * 1000, "north": NORTH * 1000, "height": HEIGHT * 1000, "Scale": 1.0}), "millimetres"),
    "no scale": (made_of(unit_m=0.001, said={"Scale": None}), "no scale"),
    "scale 1000": (made_of(unit_m=0.001, said={"Scale": 1000.0}), "upside down"),
    "scale of no sense": (made_of(said={"Scale": 3.0}), "3 times its size"),
    "unknown code": (made_of(crs={"name": "EPSG:1234"}), "EPSG:1234"),
    "no CRS": (made_of(crs={"name": ""}), "names no CRS"),
    "city system": (made_of(crs={"name": "上海2000坐标系"}), "not public"),
    "zero": (made_of(said={"east": 0.0, "north": 0.0}), "nobody has set"),
    "elsewhere": (made_of(said={"east": 5e6, "north": 9e6}), "outside the area"),
    "zone number": (made_of(said={"east": 40e6 + EAST}), "zone number"),
    "Null Island": (lambda: Made().degrees((0, 0, 0), (0, 0, 0)), "Null Island"),
    "a default city": (lambda: Made().degrees((42, 12, 46, 800000), (-71, -1, -58, -800000)), "Boston"),
    "to the minute": (lambda: Made().degrees((31, 21, 0), (121, 15, 0)), "minute only"),
    "contradiction": (lambda: Made().converted().degrees((41, 52, 27), (-87, -38, -21)), "contradict"),
    "two norths": (lambda: Made().converted().north(0.6, 0.8), "TrueNorth"),
    "elevation in metres": (lambda: Made(unit_m=0.001).degrees(elevation=113.7), "RefElevation"),
    "CRS alone": (_only_crs, "no map conversion"),
    "nothing": (Made, "does not say"),
}


@pytest.mark.parametrize("what", ODD)
def test_oddities_are_told(what):
    make, words = ODD[what]
    warnings = passport(make()).warnings
    assert any(words in w for w in warnings), warnings


@pytest.mark.parametrize("what", ["swapped", "millimetres with a metre CRS", "millimetres that claim to be metres",
                                  "no scale", "scale 1000", "scale of no sense", "zone number"])
def test_what_was_meant_is_among_the_candidates(what):
    said = passport(ODD[what][0]())
    places = [place(said, VECTOR, c.source) for c in said.candidates if c.source in placements_of(said, Frame())]
    assert any(at == pytest.approx(THERE, abs=2e-3) for at in places), places


def test_a_crs_that_the_user_names_goes_before_the_files():
    said = passport(ODD["city system"][0](), crs_override="EPSG:4549")
    assert place(said, VECTOR) == pytest.approx(THERE, abs=1e-3) and not said.warnings


def test_a_name_that_proj_does_not_know_is_read_from_its_well_known_text():
    made = Made("IFC4X3")
    crs = made.crs("Jiading works grid")
    made.model.create_entity("IfcWellKnownText", WellKnownText=pyproj.CRS.from_epsg(4549).to_wkt(),
                             CoordinateReferenceSystem=crs)
    said = passport(made.converted(crs=crs))
    assert place(said, VECTOR) == pytest.approx(THERE, abs=1e-3)
    assert any("well-known text" in w for w in said.warnings)


@pytest.mark.parametrize("vertical, datum, height", [
    ("吴淞高程", "wusong", HEIGHT - 1.66), ("EPSG:5737", "1985", HEIGHT), ("", "", HEIGHT)])
def test_the_files_height_datum_is_known_by_name(vertical, datum, height):
    made = Made()
    said = passport(made.converted(crs=made.crs(VerticalDatum=vertical or None)))
    assert said.candidates[0].height_datum == datum
    assert place(said, (0, 0, 0))[2] == pytest.approx(height)


def test_the_projects_own_number_for_wusong_and_the_users_datum_are_followed():
    frame = Frame(wusong_to_1985_m=-1.62)
    said = passport(Made().converted())
    assert placements_of(said, frame, height_datum="wusong")["IfcMapConversion"].height == pytest.approx(HEIGHT - 1.62)
    assert placements_of(said, Frame(height_datum="wusong"), height_datum="1985")["IfcMapConversion"].height == \
        pytest.approx(HEIGHT + 1.66)


# -- real files ------------------------------------------------------------------------------------------------

GHERKIN = {
    "grf001": ("differ from each other", "some of the model's contexts"), "grf002": ("CRS",),
    "grf003": ("no map conversion",), "grf004": ("not known",), "grf005": ("scale",),
    "grf007": ("not one of heights",), "grf008": ("IfcPositiveLengthMeasure",),
}
# Files of these rules that pass them must not get the words of a failure.
PASSING = {"grf001": GHERKIN["grf001"], "grf007": GHERKIN["grf007"], "grf008": GHERKIN["grf008"],
           "grf002": ("not known", "should begin with"), "grf004": ("is not known",),
           "grf005": ("off the ratio", "no scale")}


def test_every_failing_file_of_the_validation_service_gets_its_warning(shared):
    files = sorted((shared / "ifc" / "gherkin").glob("fail-grf*.ifc"))
    silent = [path.name for path in files
              if not any(words in w for w in passport(path).warnings for words in GHERKIN[path.name[5:11]])]
    assert len(files) > 14 and not silent, silent


def test_passing_files_of_the_validation_service_are_not_accused(shared):
    accused = [(path.name, w) for rule, words in PASSING.items()
               for path in (shared / "ifc" / "gherkin").glob(f"pass-{rule}*.ifc")
               for w in passport(path).warnings if any(word in w for word in words)]
    assert not accused


def test_the_duplex_names_luxembourg_and_chicago_and_both_are_told(shared):
    info, = ifc.inspect(shared / "ifc" / "Duplex_A_georeferenced.ifc", Source(path=""))
    said = info.extra["georeference"]
    assert said["chosen"] == "ePSet_MapConversion"
    assert any("contradict" in w for w in said["warnings"]) and any("Chicago" in w for w in said["warnings"])
    places = {c["source"]: (c["lon"], c["lat"]) for c in said["candidates"]}
    assert places["ePSet_MapConversion"] == pytest.approx((6.122, 49.629), abs=0.01)
    assert places["RefLatitude/RefLongitude"] == pytest.approx((-87.6394, 41.8744), abs=0.001)


def test_info_has_the_promised_keys(shared):
    info, = ifc.inspect(shared / "ifc" / "pcert_Infra-Road.ifc", Source(path=""))
    said = info.extra["georeference"]
    assert {"candidates", "chosen", "reason", "warnings"} <= set(said)
    assert {"source", "crs", "easting", "northing", "height", "scale", "grid_rotation_deg", "lon", "lat"} <= set(
        said["candidates"][0])
    assert said["candidates"][0]["easting"] == pytest.approx(729011.2259, abs=1e-3)
    assert Passport.from_dict(said).candidates[0].source == said["chosen"] == "IfcMapConversion"


def test_placements_that_hang_on_each_other_end():
    made = Made().box((1.0, 2.0, 3.0))
    wall = made.model.by_type("IfcWall")[0].ObjectPlacement
    wall.PlacementRelTo = wall
    assert passport(made).candidates == ()


NAMES = ["EPSG:4549", "EPSG:4549+5737", "EPSG:2277", "EPSG:4326", "EPSG:4978", "EPSG:5703", "EPSG:3857", "EPSG:32651",
         "", "4549", "EPSG:", "+proj=utm +zone=51", "+proj=geocent", 'LOCAL_CS["works",UNIT["metre",1]]', "上海2000",
         "\x00"]
WILD = st.sampled_from([0.0, -0.0, 1.0, -29302.26, 618946.4432, 3470454.803, 40618946.0, 3.4e9, -1e12, 1e300])


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(NAMES), WILD, WILD, WILD, st.sampled_from([None, 0.0, 1e-9, 0.001, 1.0, -1.0, 1e300]),
       st.sampled_from([1.0, 0.001]), st.sampled_from([None, "metre", "millimetre"]),
       st.sampled_from([None, (0, 0), (91, 0, 0), (31, 21, 16, 584400), (-31, -21, 0)]), WILD)
def test_whatever_a_file_writes_there_is_a_passport(name, x, y, z, scale, unit_m, map_unit, parts, far):
    made = Made("IFC4", unit_m)
    made.converted(x, y, z, crs=made.crs(name, map_unit, VerticalDatum=name or None, GeodeticDatum=name or None),
                   Scale=scale).degrees(parts, parts, z).north(x, y)
    said = passport(made.box((far, 0.0, 0.0)))
    placements = placements_of(said, Frame())
    assert all(np.isfinite(Frame().matrix(p)).all() for p in placements.values())
    verdict = judge(said, placements, Frame(), np.zeros(3))
    assert verdict.chosen in (None, *placements)
    json.dumps(said.as_dict())


@pytest.mark.parametrize("kind", ["IfcConversionBasedUnit", "IfcContextDependentUnit", "IfcDerivedUnit"])
def test_unusual_map_units_are_read_or_left_out(kind):
    made = Made("IFC4")
    new = made.model.create_entity
    dimensions = new("IfcDimensionalExponents", 1, 0, 0, 0, 0, 0, 0)
    if kind == "IfcConversionBasedUnit":
        metre = new("IfcSIUnit", UnitType="LENGTHUNIT", Name="METRE")
        unit = new(kind, Dimensions=dimensions, UnitType="LENGTHUNIT", Name="FOOT", ConversionFactor=new(
            "IfcMeasureWithUnit", ValueComponent=new("IfcReal", 0.3048), UnitComponent=metre))
    elif kind == "IfcContextDependentUnit":
        unit = new(kind, Dimensions=dimensions, UnitType="LENGTHUNIT", Name="CHAIN")
    else:
        unit = None
    crs = made.crs(unit=None)
    crs.MapUnit = unit
    factor = 0.3048 if kind == "IfcConversionBasedUnit" else 1.0
    said = passport(made.converted(EAST / factor, NORTH / factor, HEIGHT / factor, crs=crs, Scale=1 / factor))
    assert place(said, VECTOR) == pytest.approx(THERE, abs=1e-3)


def test_what_holds_in_this_project_is_among_the_notes_of_the_model(tmp_path):
    mesh = load(Made("IFC4").degrees().box().write(tmp_path / "a.ifc"))
    assert any("kilometre" in note for note in mesh.notes) and any("level 20" in note for note in mesh.notes)
