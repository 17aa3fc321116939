"""The plan of the sample city: what stands where, and that nothing stands in the way of anything else."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from data_samples import geography as geo
from data_samples import streets
from data_samples.curves import smooth_line
from data_samples.plan import make_plan, office_at
from data_samples.vector_files import zone_shapes


@pytest.fixture(scope="module")
def plan():
    return make_plan()


@pytest.fixture(scope="module")
def footprints(plan):
    return shapely.STRtree([h.shape for h in plan.houses])


def test_the_same_plan_twice(plan):
    again = make_plan()
    assert [h.height_m for h in again.houses] == [h.height_m for h in plan.houses]
    assert (
        shapely.to_wkb([h.shape for h in again.houses]).tolist()
        == shapely.to_wkb([h.shape for h in plan.houses]).tolist()
    )


def test_some_thousand_buildings_round_the_lake(plan):
    middle = shapely.Point(geo.CENTRE.world(*geo.LAKE_UV)[0]).buffer(3200)
    near = [h for h in plan.houses if middle.contains(h.shape)]
    assert len(near) >= 2500
    assert {h.use for h in near} >= {"residential", "office", "commercial", "school", "industrial", "culture"}
    assert any(len(h.shape.interiors) for h in near), "courtyards have holes"
    assert all(h.height_m > 2.5 and h.floors >= 1 for h in plan.houses)


def test_no_building_stands_on_a_road(plan, footprints):
    assert footprints.query([r.surface for r in plan.roads], "intersects").shape[1] == 0


def test_no_building_stands_in_water(plan, footprints):
    assert footprints.query([w.shape for w in plan.waters], "intersects").shape[1] == 0


@pytest.mark.parametrize("kind", ["pool", "grove", "track", "field", "court"])
def test_no_building_stands_on_green_or_sports_ground(plan, footprints, kind):
    grounds = [shape for k, shape in plan.site.patches if k == kind]
    pairs = footprints.query(grounds, "intersects").T
    assert len(grounds) > 50
    assert not [i for i, j in pairs if grounds[i].intersection(footprints.geometries[j]).area > 1.0]


def test_parks_and_banks_hold_nothing_but_pavilions(plan, footprints):
    parks = [b.shape for b in plan.blocks if b.use == "park"]
    assert {plan.houses[j].use for j in footprints.query(parks, "intersects")[1]} <= {"culture"}
    assert footprints.query(shapely.get_parts(plan.banks), "intersects").shape[1] == 0


def test_buildings_overlap_only_where_a_tower_stands_on_its_podium(plan, footprints):
    shapes = footprints.geometries
    pairs = [(i, j) for i, j in footprints.query(shapes, "intersects").T if i < j]
    for i, j in pairs:
        if shapes[i].intersection(shapes[j]).area > 1.0:
            assert plan.houses[i].block == plan.houses[j].block
            assert shapes[i].buffer(0.5).contains(shapes[j])


def test_the_lake_has_its_published_area_and_an_island(plan):
    lake = plan.waters[0]
    assert lake.name_zh == "远香湖"
    assert lake.shape.area / 1e4 == pytest.approx(geo.LAKE_AREA_HA, abs=0.01)
    assert len(lake.shape.interiors) >= 1


def test_the_office_stands_free_at_the_shore(plan, footprints):
    spot = shapely.Point(office_at()).buffer(27)
    assert len(footprints.query(spot, "intersects")) == 0
    assert not plan.waters[0].shape.intersects(spot)
    assert plan.waters[0].shape.distance(spot) < 150


def test_the_metro_passes_through_its_stations():
    for (_, _, line), names in zip(streets.metro_lines(), (geo.METRO_MAIN, geo.METRO_BRANCH)):
        for name in names:
            assert shapely.LineString(line).distance(shapely.Point(geo.STATIONS[name][1])) < 1.0


def test_zones_have_the_areas_that_are_stated():
    shapes = zone_shapes()
    assert shapes["zone.yuanxiang"].area / 1e6 == pytest.approx(4.56, abs=0.02)
    assert shapes["zone.anting"].area / 1e6 == pytest.approx(35.2, abs=0.6)


@pytest.mark.parametrize("closed", [False, True])
def test_a_smooth_line_passes_through_its_points(closed):
    points = np.array([(0.0, 0.0), (100.0, 30.0), (200.0, -20.0), (310.0, 60.0)])
    line = shapely.LineString(smooth_line(points, 5.0, closed=closed))
    assert max(line.distance(shapely.Point(p)) for p in points) < 1e-6
