"""The choice among a model's sources: by the city and the terrain that are there."""

from __future__ import annotations

import numpy as np
import pytest

from twin.data import HeightGrid
from twin.frame import Frame
from twin.ground import Ground, Surface
from twin.judging import Surroundings, away_from, judge
from twin.passport import LATITUDE, Candidate, Passport
from twin.placing import placements_of

FRAME = Frame()
E0, N0, _ = FRAME.origin
FOOT = np.zeros(3)
CITY = ((-500.0, -500.0, 0.0, 500.0, 500.0, 40.0),)


def conversion(east, north, source="IfcMapConversion", **more) -> Candidate:
    return Candidate(source=source, crs="EPSG:4549", easting=E0 + east, northing=N0 + north, grid_rotation_deg=0.0,
                     **more)


def degrees(east, north) -> Candidate:
    lon, lat, _ = FRAME.to_lonlat([[east, north, 0.0]])[0]
    return Candidate(source="RefLatitude/RefLongitude", crs="EPSG:4326", easting=lon, northing=lat, lon=lon, lat=lat,
                     logeoref=LATITUDE)


def judged(*candidates, boxes=CITY, ground=None, models=False):
    said = Passport(candidates=candidates)
    return judge(said, placements_of(said, FRAME), FRAME, FOOT, Surroundings(boxes, ground or Ground(), models))


def flat(height: float) -> Ground:
    return Ground((Surface(HeightGrid(heights=np.full((3, 3), height, np.float32), x0=-1000, y0=-1000, dx=1000,
                                      dy=1000)),))


def test_in_the_city_the_most_exact_source_wins():
    verdict = judged(conversion(10, 20), degrees(300, 0))
    assert verdict.chosen == "IfcMapConversion" and "most exact" in verdict.reason
    assert [s.away_m for s in verdict.standings] == [0.0, 0.0]


@pytest.mark.parametrize("candidates", [
    [conversion(10, 20)], [conversion(10, 20), degrees(300, 0)], [conversion(645_000, 0), degrees(300, 0)],
    [conversion(80_000, 0)]])
def test_other_models_alone_are_no_city(candidates):
    with_city, with_models = judged(*candidates), judged(*candidates, models=True)
    assert with_models.chosen == with_city.chosen and (with_models.beside, with_city.beside) == ("models", "city")
    assert "city" in with_city.reason and "city" not in with_models.reason and "model" in with_models.reason


def test_a_source_that_leads_elsewhere_gives_way_to_one_that_leads_here():
    verdict = judged(conversion(645_000, 0), degrees(300, 0))
    assert verdict.chosen == "RefLatitude/RefLongitude" and "IfcMapConversion would put it 6" in verdict.reason
    assert any("not used" in w for w in verdict.warnings) and any("kilometre" in w for w in verdict.warnings)


def test_a_far_source_lies_equally_far_before_and_after_a_city_is_read():
    """The notes of the file and the passport speak of one place."""
    lonely, beside = (judged(degrees(-4_000_000, 500_000), boxes=boxes) for boxes in ((), CITY))
    (far,), (also,) = lonely.standings, beside.standings
    assert far.away_m == also.away_m == pytest.approx(FRAME.from_origin_m(np.array([-4e6, 5e5, 0.0])), rel=1e-9)
    assert lonely.warnings == beside.warnings and "km" in lonely.warnings[0]


def test_of_two_conversions_the_one_in_the_city():
    verdict = judged(conversion(90_000, 0), conversion(30, 40, "IfcMapConversion 2"))
    assert verdict.chosen == "IfcMapConversion 2"


def test_swapped_numbers_are_taken_where_only_they_lead_here():
    meant = conversion(0, 0, "IfcMapConversion (swapped)", swapped=True)
    verdict = judged(conversion(900_000, 0, doubtful=True), meant)
    assert verdict.chosen == "IfcMapConversion (swapped)" and any("exchanged" in w for w in verdict.warnings)


def test_without_a_city_the_order_of_the_file_holds_and_the_far_side_of_the_earth_does_not():
    assert judged(conversion(80_000, 0), degrees(0, 0), boxes=()).chosen == "IfcMapConversion"
    assert judged(conversion(1_500_000, 0), boxes=()).chosen is None
    assert judged(degrees(250_000, 0), boxes=()).chosen is None
    assert "nothing" not in judged(boxes=()).reason and judged(boxes=()).chosen is None


def test_large_coordinates_without_a_crs_are_the_projects_only_near_it():
    bare = Candidate(source="coordinates", easting=E0 + 50, northing=N0, grid_rotation_deg=0.0, logeoref=30)
    verdict = judged(bare)
    assert verdict.chosen == "coordinates" and any("taken for the project" in w for w in verdict.warnings)
    assert judged(Candidate(source="coordinates", easting=4e5, northing=4.5e6, grid_rotation_deg=0.0)).chosen is None


@pytest.mark.parametrize("height, words", [(250.0, "above the terrain"), (-250.0, "below the terrain"),
                                           (1.7, "Wusong"), (0.3, None)])
def test_heights_are_held_against_the_terrain(height, words):
    verdict = judged(conversion(0, 0, height=4.0 + height), ground=flat(4.0))
    assert verdict.standings[0].over_ground_m == pytest.approx(height, abs=1e-4)
    assert (not verdict.warnings) if words is None else any(words in w for w in verdict.warnings)


def test_outside_the_terrain_nothing_is_said_about_heights():
    assert judged(conversion(5000, 0, height=90.0), ground=flat(4.0)).standings[0].over_ground_m is None


def test_away_is_measured_from_the_nearest_box():
    boxes = (*CITY, (2000.0, 0.0, 0.0, 2100.0, 10.0, 0.0))
    assert away_from(np.array([503.0, 504.0, 0.0]), boxes) == pytest.approx(5.0)
    assert away_from(np.array([2050.0, 5.0, 0.0]), boxes) == 0.0
    assert away_from(np.array([30.0, 40.0, 0.0]), ()) == 50.0
