"""The day in the data: the story that the sample tells, and its honest gaps."""

from __future__ import annotations

import numpy as np
import pytest

from data_samples import readings, signals
from data_samples.district import sensors as district_sensors
from data_samples.district import write_buildings
from data_samples.district import write_sensors as write_many
from data_samples.plan import make_plan
from data_samples.sensor_places import PROPERTIES, city_sensors


@pytest.fixture(scope="module")
def day():
    plan = make_plan()
    sensors = city_sensors(plan)
    return plan, sensors, readings.values_of(sensors)


def rows_of(sensors, observed):
    return [i for i, s in enumerate(sensors) if s.observed == observed]


def test_there_are_a_thousand_sensors_of_ten_kinds(day):
    _, sensors, values = day
    assert len(sensors) >= 1000 and len({s.observed for s in sensors}) >= 10
    assert len({s.id for s in sensors}) == len(sensors)
    assert values.shape == (len(sensors), 288) and np.isfinite(values).all()


def test_the_night_is_quiet_and_the_morning_loud(day):
    _, sensors, values = day
    noise = values[rows_of(sensors, "noise.leq")]
    assert noise[:, :48].max() < 45.0
    assert noise[:, 94:104].mean() > noise[:, :48].mean() + 10


def test_the_underpass_at_the_lake_floods_at_the_stated_minute_and_drains(day):
    _, sensors, values = day
    depth = values[[s.id for s in sensors].index(readings.HERO)]
    at_641 = depth[(6 * 60 + 41) // 5]
    assert at_641 > 25.0
    assert depth[6 * 12] == 0.0 and depth[14 * 12] < 1.0


def test_the_shower_moves_from_west_to_east(day):
    _, sensors, values = day
    gauges = rows_of(sensors, "met.rain")
    x = np.array([sensors[i].at[0] for i in gauges])
    first = np.argmax(values[gauges] > 1.0, axis=1)
    assert np.corrcoef(x, first)[0, 1] > 0.9
    assert values[gauges][:, : 6 * 12].max() == 0.0 and values[gauges][:, 7 * 12 + 8 :].max() == 0.0


def test_people_fill_the_rooms_by_day_only():
    from data_samples.sensor_places import Sensor

    rooms = [Sensor(f"r{k}", f"r{k}", "bld.co2", "", "", (0, 0), 1.4, 0.8) for k in range(8)]
    ppm = signals.co2(rooms, np.random.default_rng(1))
    assert ppm[:, :72].max() < 520 and ppm[:, 126:140].mean() > 700


def test_readings_have_honest_gaps_and_are_sorted(day, tmp_path):
    import pyarrow.parquet as pq

    _, sensors, _ = day
    rows = readings.write_readings(tmp_path / "sensors.parquet", sensors)
    table = pq.read_table(tmp_path / "sensors.parquet")
    assert 0.9 * len(sensors) * 288 < rows < 0.99 * len(sensors) * 288
    ids = np.array(table.column("datastream").to_pylist())
    time = table.column("time").to_numpy()
    assert (ids[1:] >= ids[:-1]).all()
    assert (np.diff(time.astype("i8"))[ids[1:] == ids[:-1]] > 0).all()
    assert set(ids) < {s.id for s in sensors}, "some are dead all day"
    assert np.isfinite(table.column("value").to_numpy()).all()
    assert set(table.column("quality").to_pylist()) == {"good", "suspect"}
    assert table.schema.metadata[b"synthetic"] == b"true"
    assert str(time.min())[:16] == "2026-07-14T16:00"


def test_written_twice_is_the_same(day, tmp_path):
    _, sensors, _ = day
    for name in ("a.parquet", "b.parquet"):
        readings.write_readings(tmp_path / name, sensors[:200])
    assert (tmp_path / "a.parquet").read_bytes() == (tmp_path / "b.parquet").read_bytes()


def test_the_district_scale_keeps_its_counts(day, tmp_path):
    import pyarrow.parquet as pq
    import pyogrio

    plan = day[0]
    write_buildings(tmp_path / "buildings.fgb", plan, 4000)
    assert pyogrio.read_info(tmp_path / "buildings.fgb")["features"] == 4000
    found = district_sensors(plan, 1300)
    assert len(found) == 1300 and {s.observed for s in found} <= set(PROPERTIES)
    rows = write_many(tmp_path, found)
    assert pq.read_metadata(tmp_path / "sensors.parquet").num_rows == rows > 1300 * 288 * 0.9
