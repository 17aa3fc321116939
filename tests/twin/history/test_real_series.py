"""Every real series that lies in the shared data, as it is imported: what was read of each."""

from __future__ import annotations

from pathlib import Path

import pytest

from twin.history.bare_places import is_bare
from twin.history.importing import bring
from twin.history.plan import Choice
from twin.history.store import Store
from twin.trouble import Trouble

# File -> rows, kept, duplicates, missing, datastreams; nothing of them is rejected or out of order.
SERIES = {
    "gps/pneuma_athens_sparsify.csv": (23293, 69879, 0, 0, 150),
    "gtfs/bullrunner-vehicle-positions": (10, 40, 0, 0, 40),
    "gtfs/vehicle_position.pb": (1, 2, 0, 0, 2),
    "nab/TravelTime_387.csv": (2500, 2500, 0, 0, 1),
    "nab/TravelTime_451.csv": (2162, 2162, 0, 0, 1),
    "nab/ambient_temperature_system_failure.csv": (7267, 7267, 0, 0, 1),
    "nab/nyc_taxi.csv": (10320, 10320, 0, 0, 1),
    "nab/occupancy_6005.csv": (2380, 2380, 0, 0, 1),
    "nab/speed_6005.csv": (2500, 2500, 0, 0, 1),
    "nab/speed_7578.csv": (1127, 1127, 0, 0, 1),
    "nab/speed_t4013.csv": (2495, 2494, 1, 0, 1),
    "noise/noisemonitor_test_data_laeq1m.csv": (16470, 16470, 0, 0, 1),
    "occupancy/datatraining.txt": (8143, 48858, 0, 0, 6),
    "prsa_beijing/PRSA_Data_Aotizhongxin_20130301-20170228.csv": (35064, 378514, 0, 7190, 11),
    "prsa_beijing/PRSA_Data_Dongsi_20130301-20170228.csv": (35064, 378182, 0, 7522, 11),
    "prsa_beijing/PRSA_Data_Shunyi_20130301-20170228.csv": (35064, 377664, 0, 8040, 11),
    "prsa_beijing/PRSA_Data_Tiantan_20130301-20170228.csv": (35064, 380505, 0, 5199, 11),
    "shanghai_pm25/Shanghai_PM2.5_2013_YTD.csv": (8760, 8642, 1, 117, 1),
    "shanghai_pm25/Shanghai_PM2.5_2014_YTD.csv": (8760, 8698, 1, 61, 1),
    "shanghai_pm25/Shanghai_PM2.5_2015_YTD.csv": (8760, 8552, 1, 207, 1),
    "shanghai_pm25/Shanghai_PM2.5_2016_YTD.csv": (8784, 8692, 1, 91, 1),
    "shanghai_pm25/Shanghai_PM2.5_2017_YTD.csv": (8760, 8645, 1, 114, 1),
    "shanghai_pm25/Shanghai_PM2.5_2019_YTD.csv": (8729, 8686, 1, 42, 1),
    "water/usgs_nwis_iv_mock.json": (2, 2, 0, 0, 2),
    "water/usgs_waterservices_dv.txt": (4, 4, 0, 0, 2),
    "water/usgs_waterservices_iv.txt": (20, 20, 0, 0, 4),
}
# No readings: a timetable and labels are refused in words, places of sensors are kept without readings.
OTHERS = {"gtfs/bullrunner-gtfs.zip": "timetable", "nab/combined_windows.json": "no readings"}
PLACES = {"traffic/metr_la_sensor_locations.csv": 207, "traffic/pems_bay_sensor_locations.csv": 325}


@pytest.fixture(scope="module")
def brought(tmp_path_factory):
    """Each into a store of its own."""
    folder, made = tmp_path_factory.mktemp("real"), {}

    def bring_once(path: Path):
        store = folder / f"{path.name}.history"
        if path not in made:
            choice = Choice(start="2018-10-24T08:30+03:00") if path.parent.name == "gps" else Choice()
            made[path] = bring(path, store, "Asia/Shanghai", choice)
        return made[path], store
    return bring_once


@pytest.mark.realdata
def test_the_list_is_of_every_file(shared):
    root = shared / "sensors"
    files = {path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file()}
    assert files == SERIES.keys() | OTHERS.keys() | PLACES.keys()


@pytest.mark.realdata
@pytest.mark.parametrize("name", SERIES)
def test_what_is_read_of_it(shared, brought, name):
    report, _ = brought(shared / "sensors" / name)
    assert (report.rows, report.kept, report.duplicates, report.missing, report.datastreams) == SERIES[name]
    assert report.rejected == report.out_of_order == 0


@pytest.mark.realdata
@pytest.mark.parametrize("name", OTHERS)
def test_what_has_no_readings_says_so(shared, tmp_path, name):
    with pytest.raises(Trouble, match=OTHERS[name]):
        bring(shared / "sensors" / name, tmp_path / "x.history", "Asia/Shanghai")
    assert not any(tmp_path.iterdir())


@pytest.mark.realdata
@pytest.mark.parametrize("name", PLACES)
def test_places_of_sensors_are_kept(shared, brought, name):
    report, folder = brought(shared / "sensors" / name)
    count = PLACES[name]
    assert (report.rows, report.kept, report.rejected, report.datastreams) == (count, count, 0, count)
    with Store(folder) as store:
        assert all(is_bare(k.stream) and k.stream.x is not None for k in store.look().known)


@pytest.mark.realdata
@pytest.mark.parametrize("name", ["nab/nyc_taxi.csv", "shanghai_pm25/Shanghai_PM2.5_2013_YTD.csv"])
def test_rows_are_what_a_plain_reading_of_the_text_counts(shared, brought, name):
    path = shared / "sensors" / name
    lines = [line for line in path.read_text(encoding="utf-8-sig").splitlines()[1:] if line.strip()]
    report, store = brought(path)
    assert report.rows == len(lines) == report.kept + report.duplicates + report.missing + report.rejected
    with Store(store) as opened:
        assert opened.describe()["readings"] == report.kept
