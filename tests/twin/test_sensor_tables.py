"""Sensor tables of many shapes: what is recognised, what is counted, where things stand."""

from __future__ import annotations

import math

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from twin import readers, times
from twin.frame import Frame
from twin.history import csv_file, parquet_file
from twin.history.columns import property_and_unit
from twin.history.stamps import to_utc
from twin.layer import Source
from twin.trouble import Trouble

FRAME = Frame()
P = (618946.4432 - 617000.0, 3470454.8030 - 3471000.0)          # 121.25 E 31.35 N in the frame


def written(tmp_path, text, name="table.csv", encoding="utf-8"):
    path = tmp_path / name
    path.write_bytes(text.encode(encoding))
    return path


def read(path, time_zone="Asia/Shanghai", **source):
    module = parquet_file if path.suffix == ".parquet" else csv_file
    request = readers.Request(source=Source(path=str(path), **source), kind="sensors", frame=FRAME, time_zone=time_zone)
    return module.read(request, readers.Progress())


def column(sensors, name):
    return sensors.features.column(name).to_pylist()


def said(sensors, *words):
    return [note for note in sensors.notes if all(word in note for word in words)]


def at(sensors, stamp):
    return sensors.history.latest_at(times.parse(stamp))


def test_a_long_table_with_properties_units_and_places(tmp_path):
    path = written(tmp_path, "time,sensor_id,parameter,value,unit,lon,lat\n"
                             "2026-07-15 06:00,A,PM2.5,10,ug/m3,121.25,31.35\n"
                             "2026-07-15 06:00,A,noise,50,dB,121.25,31.35\n"
                             "2026-07-15 06:05,B,PM2.5,,ug/m3,121.25,31.35\n"
                             "2026-07-15 06:05,A,PM2.5,-999,ug/m3,121.25,31.35\n"
                             "2026-07-15 06:10,B,PM2.5,7.5,ug/m3,121.25,31.35\n")
    sensors = read(path)
    assert column(sensors, "id") == ["A/PM2.5", "A/noise", "B/PM2.5"]
    assert column(sensors, "property") == ["PM2.5", "noise", "PM2.5"]
    assert column(sensors, "unit") == ["µg/m³", "dB", "µg/m³"]
    np.testing.assert_allclose(sensors.positions[:, :2], [P] * 3, atol=1e-3)
    assert np.isnan(sensors.positions[:, 2]).all()               # on the ground
    values, ages = at(sensors, "2026-07-15T06:07:00+08:00")
    assert values[0] == 10 and ages[0] == 7 * times.MINUTE       # held over the placeholder
    assert math.isnan(values[2]) and ages[2] == -1               # an empty cell is not a zero
    assert said(sensors, "1 value is missing") and said(sensors, "1 value is a placeholder")


def test_names_and_heights_in_every_row_are_those_of_the_thing(tmp_path):
    path = written(tmp_path, "time,sensor_id,name,parameter,value,lon,lat,elevation,高度\n"
                             "2026-07-15 06:00,A,Roof,PM2.5,10,121.25,31.35,,1.5\n"
                             "2026-07-15 06:00,A,Roof,noise,50,121.25,31.35,21.5,1.5\n"
                             "2026-07-15 06:05,B,,PM2.5,11,121.25,31.35,,\n")
    sensors = read(path)
    assert column(sensors, "name") == ["Roof", "Roof", "B/PM2.5"]
    assert column(sensors, "elevation_m") == [21.5, 21.5, None] and column(sensors, "height_m") == [1.5, 1.5, None]
    np.testing.assert_allclose(sensors.positions[:, 2], [21.5, 21.5, np.nan])


def test_a_wide_table_has_a_datastream_per_column(tmp_path):
    path = written(tmp_path, "时间,温度(℃),湿度(%),备注\n"
                             "2026-07-15 06:00:00,25.5,80,晴\n2026-07-15 06:01:00,25.6,,雨\n",
                   encoding="gb18030")
    sensors = read(path)
    assert column(sensors, "id") == ["温度", "湿度"] and column(sensors, "unit") == ["°C", "%"]
    assert said(sensors, "GB18030") and said(sensors, "备注")
    assert sensors.history.series(1)[1].tolist() == [80.0]


def test_chinese_long_table_with_chinese_stamps(tmp_path):
    path = written(tmp_path, "采集时间,测点编号,监测值\n"
                             "2026年7月15日 6时41分,甲-1,3.5\n2026年7月15日 6时42分,甲-1,3.6\n")
    sensors = read(path)
    assert column(sensors, "id") == ["甲-1"]
    assert sensors.history.span_ns[0] == times.parse("2026-07-15T06:41:00+08:00")


@pytest.mark.parametrize(("stamp", "zone", "instant"), [
    ("2026-07-15 06:41", "Asia/Shanghai", "2026-07-14T22:41:00+00:00"),
    ("2026-07-15 06:41", "UTC", "2026-07-15T06:41:00+00:00"),
    ("2026-07-15T06:41:00.250Z", "Asia/Shanghai", "2026-07-15T06:41:00.25+00:00"),
    ("2026-07-15T06:41:00+02:00", "Asia/Shanghai", "2026-07-15T04:41:00+00:00"),
    ("2026-07-15 06:41 PM", "UTC", "2026-07-15T18:41:00+00:00"),
    ("2026/7/15 6:41", "UTC", "2026-07-15T06:41:00+00:00"),
    ("15.07.2026 06:41", "UTC", "2026-07-15T06:41:00+00:00"),
    ("1784097660", "Asia/Shanghai", "2026-07-15T06:41:00+00:00"),
    ("1784097660000", "Asia/Shanghai", "2026-07-15T06:41:00+00:00"),
    ("202607150641", "UTC", "2026-07-15T06:41:00+00:00"),
])
def test_stamps(tmp_path, stamp, zone, instant):
    sensors = read(written(tmp_path, f"time,id,value\n{stamp},A,1\n{stamp},B,2\n"), time_zone=zone)
    assert times.iso(sensors.history.span_ns[0], "UTC") == times.iso(times.parse(instant), "UTC")


def test_the_zone_of_the_source_goes_before_that_of_the_project(tmp_path):
    path = written(tmp_path, "time,id,value\n2026-07-15 06:41,A,1\n")
    sensors = read(path, time_zone="Asia/Shanghai")
    other = read(path, **{"time_zone": "Asia/Shanghai"})
    request = readers.Request(source=Source(path=str(path), time_zone="Europe/Berlin"), kind="sensors", frame=FRAME)
    berlin = csv_file.read(request, readers.Progress())
    assert sensors.history.span_ns == other.history.span_ns
    assert berlin.history.span_ns[0] == times.parse("2026-07-15T06:41:00+02:00")
    assert said(berlin, "Europe/Berlin")


def test_local_stamps_over_a_clock_change_follow_the_zone():
    local = np.array([times.parse(t, "UTC") for t in ("2026-03-29T01:30:00", "2026-03-29T03:30:00")])
    assert np.diff(to_utc(local, "Europe/Berlin")) == times.HOUR


def test_northing_in_x_and_zone_numbers_are_told_by_size(tmp_path):
    swapped = read(written(tmp_path, "id,X,Y\nA,3470454.8030,618946.4432\n", "swapped.csv"))
    numbered = read(written(tmp_path, "id,x,y\nA,40618946.4432,3470454.8030\n", "numbered.csv"))
    latlon = read(written(tmp_path, "id,lon,lat\nA,31.35,121.25\n", "latlon.csv"))
    for sensors in (swapped, numbered, latlon):
        np.testing.assert_allclose(sensors.positions[0, :2], P, atol=2e-3)
    assert said(swapped, "northing") and numbered.crs == "EPSG:4528" and said(latlon, "exchanged")


def test_metres_of_an_unknown_city_system_are_not_guessed(tmp_path):
    sensors = read(written(tmp_path, "id,x,y\nA,-29302.26,9871.89\nB,-29000.1,9800.2\n"))
    assert np.isnan(sensors.positions).all() and said(sensors, "set the CRS")


def test_a_long_parquet_with_its_list_of_sensors(tmp_path):
    stamps = [times.parse("2026-07-15T00:00:00+08:00") + k * 5 * times.MINUTE for k in (0, 0, 1, 1)]
    pq.write_table(pa.table({"time": pa.array(stamps, pa.timestamp("ns", "UTC")), "datastream": ["b", "new", "a", "b"],
                             "value": pa.array([1.0, 2.0, 3.0, None], pa.float32())}), tmp_path / "sensors.parquet")
    written(tmp_path, "id,name,name_zh,thing,property,unit,interval_secs,x,y,z,zone,room\n"
                      "a,Roof,屋顶,t1,temperature,degC,300,618946.4432,3470454.8030,2.5,lake,\n"
                      "b,Hall,大厅,t2,temperature,degC,300,618946.4432,3470454.8030,,lake,1.01\n", "sensors.csv")
    sensors = read(tmp_path / "sensors.parquet")
    assert column(sensors, "id") == ["a", "b", "new"] and column(sensors, "name_zh")[:2] == ["屋顶", "大厅"]
    assert column(sensors, "height_m") == [2.5, None, None] and column(sensors, "unit")[0] == "°C"
    assert "zone" in sensors.features.column_names and "room" in sensors.features.column_names
    assert np.isfinite(sensors.positions[:2, :2]).all() and np.isnan(sensors.positions[2]).all()
    assert said(sensors, "1 of 3 sensors have no place")
    assert at(sensors, "2026-07-15T01:00:00+08:00")[0].tolist() == [3.0, 1.0, 2.0]
    info = parquet_file.inspect(tmp_path / "sensors.parquet", Source(path=str(tmp_path / "sensors.parquet")))[0]
    assert info.count == 3 and info.suggest == {"observed": "temperature"}
    assert info.time_span == ("2026-07-15T00:00:00+08:00", "2026-07-15T00:05:00+08:00")


def test_a_list_of_things_places_their_datastreams(tmp_path):
    path = written(tmp_path, "time,station,PM2.5,NO2\n2026-07-15 06:00,S1,1,2\n")
    places = written(tmp_path, "station,lon,lat\nS1,121.25,31.35\n", "places.csv")
    sensors = read(path, positions=str(places))
    assert column(sensors, "id") == ["S1/PM2.5", "S1/NO2"]
    np.testing.assert_allclose(sensors.positions[:, :2], [P] * 2, atol=1e-3)


def test_what_moves_has_no_place(tmp_path):
    path = written(tmp_path, "time,id,lon,lat,value\n"
                             "2026-07-15 06:00,A,121.2,31.3,1\n2026-07-15 06:01,A,121.3,31.3,2\n")
    sensors = read(path)
    assert np.isnan(sensors.positions).all() and said(sensors, "1 thing moves")


def test_a_damaged_workbook_with_the_name_of_a_text_table_says_so(tmp_path):
    path = tmp_path / "readings.csv"
    path.write_bytes(b"PK\x03\x04" + bytes(100))
    assert csv_file.sniff(path, path.read_bytes()) > 0.5
    with pytest.raises(Trouble, match="workbook could not be read"):
        csv_file.inspect(path, Source(path=str(path)))


def test_tables_without_time_and_place_are_declined(tmp_path):
    with pytest.raises(readers.NotMine):
        path = written(tmp_path, "task,cost\ndig,3\nfill,4\n")
        csv_file.inspect(path, Source(path=str(path)))


def test_ragged_lines_and_words_among_numbers_are_counted(tmp_path):
    path = written(tmp_path, "time;id;value\n" + "".join(f"2026-07-15 06:{m:02};A;1,5\n" for m in range(20))
                   + "2026-07-15 07:00;A\n2026-07-15 07:01;A;broken\n")
    sensors = read(path)
    assert said(sensors, "1 line has another number") and said(sensors, "1 value is missing")
    assert sensors.history.series(0)[1].tolist() == [1.5] * 20


def test_damaged_parquet_is_a_clear_trouble(tmp_path):
    path = tmp_path / "cut.parquet"
    path.write_bytes(b"PAR1" + bytes(50))
    with pytest.raises(Trouble, match="damaged"):
        read(path)


@pytest.mark.parametrize(("name", "expected"), [
    ("PM2.5 (ug/m3)", ("PM2.5", "µg/m³")), ("温度（℃）", ("温度", "°C")), ("LEQ dB -A", ("LEQ", "dB")),
    ("LAeq (dB(A))", ("LAeq", "dB(A)")), ("Noise dB(A)", ("Noise", "dB(A)")),
    ("speed", ("speed", "")), ("flow [m3/s]", ("flow", "m³/s"))])
def test_units_in_names(name, expected):
    assert property_and_unit(name) == expected


# -- real files -------------------------------------------------------------------------------------


@pytest.mark.realdata
def test_prsa_split_time_columns(shared):
    sensors = read(next((shared / "sensors" / "prsa_beijing").glob("*Shunyi*")))
    assert column(sensors, "thing") == ["Shunyi"] * 11 and "PM2.5" in column(sensors, "property")
    assert times.iso(sensors.history.span_ns[0]) == "2013-03-01T00:00:00+08:00"
    assert times.iso(sensors.history.span_ns[1]) == "2017-02-28T23:00:00+08:00"
    assert said(sensors, "8040 values are missing") and said(sensors, "wd")
    assert (sensors.history.interval_ns == times.HOUR).all()


@pytest.mark.realdata
def test_airnow_sentinels_quality_and_the_clock_change_that_never_was(shared):
    sensors = read(shared / "sensors" / "shanghai_pm25" / "Shanghai_PM2.5_2015_YTD.csv")
    assert said(sensors, "207 values are placeholders") and said(sensors, "168 values are marked invalid")
    assert said(sensors, "daylight saving", "2015-03-08 03:00") and said(sensors, "1 reading repeats")
    assert column(sensors, "unit") == ["µg/m³"] and sensors.history.series(0)[1].min() >= -10
    assert at(sensors, "2015-01-01T01:30:00+08:00")[0].tolist() == [32.0]


@pytest.mark.realdata
def test_nab_occupancy_noise_and_lists(shared):
    folder = shared / "sensors"
    assert said(read(folder / "nab" / "speed_t4013.csv"), "gaps; the longest lasts 3.5 d")
    office = read(folder / "occupancy" / "datatraining.txt")
    assert said(office, "one column short")
    assert column(office, "id") == ["Temperature", "Humidity", "Light", "CO2", "HumidityRatio", "Occupancy"]
    assert column(read(folder / "noise" / "noisemonitor_test_data_laeq1m.csv"), "unit") == ["dB"]
    for name, count in (("metr_la", 207), ("pems_bay", 325)):
        path = folder / "traffic" / f"{name}_sensor_locations.csv"
        info = csv_file.inspect(path, Source(path=str(path)))[0]
        assert info.count == count and info.crs == "EPSG:4326" and info.time_span is None
        assert -123 < info.extent[0] < -118 and 34 <= info.extent[1] < 38


def test_a_new_layer_calls_a_value_stale_after_three_missed_readings(tmp_path):
    path = tmp_path / "hourly.csv"
    path.write_text("timestamp,value\n" + "".join(f"2026-07-15 {h:02d}:00:00,{h}\n" for h in range(24)))
    info = csv_file.inspect(path, Source(path=str(path)))[0]
    assert info.suggest["stale_minutes"] == 180.0


def test_fractions_of_a_second_are_kept_in_texts_without_a_zone(tmp_path):
    table = pa.table({"time": ["2026-07-15T08:00:00.250", "2026-07-15T08:00:01,000000001", "2026-07-15T08:00:02"],
                      "sensor": ["a", "a", "a"], "value": [1.0, 2.0, 3.0]})
    pq.write_table(table, tmp_path / "t.parquet")
    start = times.parse("2026-07-15T08:00:00+08:00")
    stamps = read(tmp_path / "t.parquet").history.series(0)[0] - start
    assert stamps.tolist() == [times.SECOND // 4, times.SECOND + 1, 2 * times.SECOND]
