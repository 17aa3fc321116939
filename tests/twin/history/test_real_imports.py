"""Public tables as their publishers gave them: every row accounted for, and readings that are known."""

from __future__ import annotations

import pytest

from tests.twin.history.made_imports import SHANGHAI, said, sums
from twin.history import json_file
from twin.history.importing import bring
from twin.history.store import Store
from twin.layer import Source


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "city.history"


def checked(shared, folder, name, zone=SHANGHAI):
    return bring(shared / "sensors" / name, folder, zone)


@pytest.mark.realdata
def test_prsa(shared, folder):
    report = checked(shared, folder, "prsa_beijing/PRSA_Data_Shunyi_20130301-20170228.csv")
    assert (report.rows, report.kept, report.missing) == (35064, 377664, 8040) and report.rejected == 0
    pm25 = said(folder, "Shunyi/PM2.5")
    assert pm25[:2] == [("2013-03-01T00:00:00+08:00", 3.0), ("2013-03-01T01:00:00+08:00", 12.0)]
    assert said(folder, "Shunyi/WSPM")[0] == ("2013-03-01T00:00:00+08:00", 9.3)


@pytest.mark.realdata
@pytest.mark.parametrize(("year", "rows", "missing", "suspect", "double"), [
    (2013, 8760, 117, 56, "2013-03-10T03:00:00+08:00"), (2014, 8760, 61, 40, "2014-03-09T03:00:00+08:00"),
    (2015, 8760, 207, 168, "2015-03-08T03:00:00+08:00"), (2016, 8784, 91, 147, "2016-03-13T03:00:00+08:00"),
    (2017, 8760, 114, 137, "2017-03-12T03:00:00+08:00"), (2019, 8729, 42, 26, "2019-03-10T03:00:00+08:00")])
def test_shanghai_pm25(shared, folder, year, rows, missing, suspect, double):
    report = checked(shared, folder, f"shanghai_pm25/Shanghai_PM2.5_{year}_YTD.csv")
    assert (report.rows, report.missing, report.duplicates, report.rejected) == (rows, missing, 1, 0) and sums(report)
    assert any("daylight saving" in note and double[:10] in note for note in report.notes)
    with Store(folder) as store:
        _, values, quality = store.series("Shanghai/PM2.5 - Principal")
    assert len(values) == report.kept and values.min() > -999 and int((quality > 0).sum()) == suspect


@pytest.mark.realdata
def test_nab_occupancy_and_noise(shared, folder):
    rows = {"TravelTime_387": 2500, "ambient_temperature_system_failure": 7267, "nyc_taxi": 10320, "speed_7578": 1127,
            "occupancy_6005": 2380, "speed_6005": 2500, "TravelTime_451": 2162, "speed_t4013": 2495}
    for name, count in rows.items():
        report = checked(shared, folder, f"nab/{name}.csv", "America/New_York")
        assert report.rows == count and sums(report)
    assert said(folder, "nyc_taxi", "America/New_York")[0] == ("2014-07-01T00:00:00-04:00", 10844.0)
    report = checked(shared, folder, "occupancy/datatraining.txt")
    assert (report.rows, report.kept) == (8143, 48858)
    assert said(folder, "CO2")[0] == ("2015-02-04T17:51:00+08:00", 721.25)
    report = checked(shared, folder, "noise/noisemonitor_test_data_laeq1m.csv")
    assert report.rows == report.kept == 16470
    assert said(folder, "LEQ")[0] == ("2025-03-21T00:00:30+08:00", 47.36041774214498)


@pytest.mark.realdata
def test_usgs_water(shared, folder):
    report = checked(shared, folder, "water/usgs_waterservices_iv.txt")
    assert report.kept == 20 and sums(report)
    assert said(folder, "01491000/00060", "UTC")[0] == ("2019-02-14T05:00:00+00:00", 974.0)
    with Store(folder) as store:
        stream = store.look().number_of("01491000/00060").stream
    assert (stream.unit, round(stream.x, 4), stream.property) == ("ft3/s", -75.7858, "Streamflow")
    assert checked(shared, folder, "water/usgs_waterservices_dv.txt").kept == 4
    mock = checked(shared, folder, "water/usgs_nwis_iv_mock.json")
    assert mock.kept == 2 and mock.notes == (), "it has no places, so nothing is said of columns for them"


@pytest.mark.parametrize("name", ["usgs_waterservices_iv.txt", "usgs_waterservices_dv.txt", "usgs_nwis_iv_mock.json"])
def test_water_in_json_opens_as_it_imports(shared, name):
    path = shared / "sensors" / "water" / name
    (info,) = json_file.inspect(path, Source(path=str(path)))
    assert (info.kind, info.format) == ("sensors", "WaterML") and info.time_span
