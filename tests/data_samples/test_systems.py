"""The data of the systems: every one has some, it behaves like the thing, and it is what the generator writes today."""

from __future__ import annotations

import csv
import itertools

import numpy as np
import pyarrow.parquet as pq
import pytest
import shapely

from data_samples.plan import make_plan
from data_samples.systems import files, fleet, places
from data_samples.systems.curves import CURVES
from data_samples.systems.layers import item_group
from data_samples.systems.table import ELSEWHERE, FLEETS, SCENES, SHARED, SPECS
from twin.layer import SYSTEM_COLUMN
from twin.systems.catalogue import systems
from twin.systems.properties import properties
from twin.vitals.catalogue import catalogue

BY_KEY = {spec.key: spec for spec in SPECS}


@pytest.fixture(scope="module")
def ground():
    return places.Ground(make_plan())


@pytest.fixture(scope="module")
def listed(samples):
    return pq.read_table(samples / files.DATASTREAMS).to_pylist()


def test_every_system_with_a_place_is_provided_for_once():
    provided = [*BY_KEY, *FLEETS, *ELSEWHERE, *SCENES, *SHARED]
    assert sorted(provided) == sorted(s.key for s in systems().values() if s.spatial)
    assert all(m.observed in properties() and m.curve in CURVES for spec in SPECS for m in spec.measures)
    assert item_group(6) == SCENES["06.01"]


def test_the_files_say_synthetic_and_hold_all_systems(samples, listed):
    for name in (files.READINGS, files.DATASTREAMS, fleet.NAME):
        assert pq.read_schema(samples / name).metadata[b"synthetic"] == b"true"
    assert {row[SYSTEM_COLUMN] for row in listed} == set(BY_KEY) and all(row["synthetic"] for row in listed)
    told = pq.ParquetFile(samples / files.READINGS)
    assert told.num_row_groups == len(SPECS) and told.metadata.num_rows > 500_000
    assert set(pq.read_table(samples / fleet.NAME, columns=[SYSTEM_COLUMN]).column(0).to_pylist()) == set(FLEETS)


@pytest.mark.parametrize("key", ["23.05", "18.04", "06.07", "17.02", "22.10"])
def test_the_readings_are_what_the_generator_writes(samples, ground, key):
    made = files.make(ground, BY_KEY[key])
    schema = pq.read_schema(samples / files.READINGS)
    ours = files._readings(made, schema)
    theirs = pq.read_table(samples / files.READINGS, filters=[(SYSTEM_COLUMN, "==", key)])
    for name in ("time", "datastream", "value"):
        assert ours.column(name).to_pylist() == theirs.column(name).to_pylist()


def test_the_things_stand_where_such_things_stand(ground, listed):
    district = ground.outline.buffer(700)
    inside = [row for row in listed if row[SYSTEM_COLUMN] not in ("22.13", "06.10")]
    at = shapely.points([(row["x"], row["y"]) for row in inside])
    assert shapely.contains(district, at).mean() > 0.999
    schools = shapely.STRtree([h.shape for h in ground.plan.houses if h.use == "school"])
    found = places.FAMILIES["school_houses"](ground, 14, files.rng_of("x"))
    assert all(len(schools.query(thing.shape, "intersects")) and thing.height_m > 3 for thing in found)
    waters = shapely.union_all([w.shape.buffer(5) for w in ground.plan.waters])
    stations = places.FAMILIES["river_points"](ground, 9, files.rng_of("y"))
    assert all(waters.contains(shapely.Point(p.at)) for p in stations)


# What no sensor of a demonstration zone says, because there is nothing of the kind in it.
ABSENT = {"zone.yuanxiang": {"energy.pue", "noise.leq_3", "traffic.speed_express"},
          "zone.anting": {"traffic.av_takeover", "ug.sewer_fill", "bld.rh"},
          "zone.jiabao": {"traffic.av_takeover", "ug.sewer_fill", "bld.rh", "crowd.metro", "ug.metro_settle",
                          "flood.underpass_depth", "flood.underpass_rate", "traffic.speed_express"}}
BY_STREET = {"traffic.speed_arterial", "noise.leq_4a", "energy.building_eui"}        # of the new city's streets


def test_every_vital_sign_is_observed_in_the_demonstration_zones(samples, ground, listed):
    with open(samples / "sensors.csv", encoding="utf-8") as file:
        rows = [*listed, *csv.DictReader(file)]
    for name, zone in ground.zones.items():
        inside = [row for row in rows if zone.contains(shapely.Point(float(row["x"]), float(row["y"])))]
        said = {(row["property"], row.get("noise_class") or "", row.get("road_class") or "") for row in inside}
        missing = {sign.id for sign in catalogue().signs
                   if sign.properties and not any(_feeds(sign, *s) for s in said)}
        assert missing - BY_STREET == ABSENT[name] - BY_STREET, name


def _feeds(sign, observed: str, noise_class: str, road_class: str) -> bool:
    if observed not in sign.properties:
        return False
    if sign.select is None:
        return True
    stated = {"noise_class": noise_class, "road_class": road_class}.get(sign.select.column, "")
    return stated == sign.select.value if stated else sign.select.unstated


def test_values_keep_their_range_and_the_day(ground):
    office, lockers, air = (files.make(ground, BY_KEY[key]) for key in ("17.02", "18.06", "23.05"))
    for made in (office, lockers, air):
        for k, m in enumerate(made.spec.measures):
            assert made.values[:, k].min() >= m.low - 1e-3 and made.values[:, k].max() <= m.high + 1e-3
    co2 = office.values[:, 0]
    assert co2[:, 36:72].max() < 560 and co2[:, 120:138].mean() > 800, "empty at night, full in lessons"
    ozone = air.values[:, 4]
    assert ozone[:, 160:185].mean() > 3 * ozone[:, :50].mean(), "the sun makes it"


def test_some_things_are_dead_and_some_fall_silent(ground):
    made = files.make(ground, BY_KEY["02.01"])
    share = made.kept.mean(axis=1)
    assert (share == 0).any() and ((share > 0.4) & (share < 0.95)).any() and (share > 0.98).mean() > 0.7
    told_once = files.make(ground, BY_KEY["18.04"])
    assert told_once.kept.all()


def test_the_platoon_keeps_together(ground):
    secs = np.arange(0, 1200, 15.0)
    drives = fleet._platoon(ground, 4, 40.0, secs)
    gaps = [np.hypot(a.x - b.x, a.y - b.y) for a, b in itertools.pairwise(drives)]
    assert all(15 < gap.min() and gap.max() < 32 for gap in gaps)


def test_what_is_counted_is_whole(samples, listed):
    """There were 16.86 service providers on the plan's dashboard."""
    observed = {row["id"]: row["property"] for row in listed}
    table = pq.read_table(samples / files.READINGS)
    values, names = table["value"].to_numpy(), np.array([observed[id] for id in table["datastream"].to_pylist()])
    for name in ("park.providers", "visits", "ring.vehicles", "crowd.count"):
        some = values[(names == name) & np.isfinite(values)]
        assert len(some) and (some % 1 == 0).all(), name
    assert (values[names == "traffic.sat"] % 1 != 0).any(), "a degree of saturation is no count"
