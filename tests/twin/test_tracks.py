"""Tables of vehicles are told from tables of stations, and read with whatever their columns say."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import parquet

from twin import readers, times
from twin.frame import Frame
from twin.layer import Source
from twin.trouble import Trouble

readers.discover()
START = times.parse("2026-07-15T07:30:00+08:00")
COLUMNS = "vehicle_id,time,lon,lat,speed_kmh,heading_deg,mode,soc"


def table(path: Path, rows: list[str], header: str = COLUMNS) -> Path:
    path.write_text("\n".join([header, *rows]), encoding="utf-8")
    return path


def drive(name: str, mode: str = "car", soc: str = "", east: float = 0.0) -> list[str]:
    """Due north at 36 km/h, a fix every 5 s for a minute."""
    return [f"{name},2026-07-15T07:30:{5 * k:02d}+08:00,{121.25 + east:.6f},{31.35 + 50 * k / 110_860:.7f},36,0,{mode},"
            f"{soc}" for k in range(12)]


def read(path: Path, **source):
    return readers.read(readers.Request(source=Source(path=str(path), **source), kind="vehicles", frame=Frame()),
                        readers.Progress())


def test_a_csv_of_vehicles_is_recognised_and_placed(tmp_path):
    path = table(tmp_path / "morning.csv", [*drive("A", soc="80"), *drive("B", "bus", east=0.01)])
    info, = readers.inspect(path)
    assert (info.kind, info.format, info.count, info.crs) == ("vehicles", "CSV", 2, "EPSG:4326")
    assert info.time_span == ("2026-07-15T07:30:00+08:00", "2026-07-15T07:30:55+08:00")
    assert info.suggest["gap_secs"] == 15.0
    tracks = read(path)
    assert tracks.features.column("mode").to_pylist() == ["car", "bus"]
    expected = Frame().to_local(121.25, 31.35, crs="EPSG:4326")[0]
    fleet = tracks.history.at(START, 10 * times.SECOND, 60 * times.SECOND)
    assert fleet.places[0, :2] == pytest.approx(expected[:2], abs=0.02)
    assert fleet.measures["charge"][0] == 80 and np.isnan(fleet.measures["charge"][1])


def test_parquet_says_its_crs_and_any_order_of_rows_will_do(tmp_path):
    secs = np.array([10, 0, 5])
    made = pa.table({"vehicle": ["x"] * 3, "time": pa.array(START + secs * times.SECOND, pa.timestamp("ns", tz="UTC")),
                     "x": 617000.0 + secs * 10, "y": np.full(3, 3471000.0), "speed_m_s": np.full(3, 10.0)})
    path = tmp_path / "tracks.parquet"
    parquet.write_table(made.replace_schema_metadata({"crs": "EPSG:4549"}), path)
    info, = readers.inspect(path)
    assert (info.kind, info.crs, info.crs_source) == ("vehicles", "EPSG:4549", "file")
    tracks = read(path)
    assert tracks.history.positions[:, 0].tolist() == [0.0, 50.0, 100.0]
    assert tracks.history.speed_kmh == pytest.approx([36.0] * 3)


def test_stations_that_repeat_their_place_stay_sensors(tmp_path):
    rows = [f"S{k},2026-07-15T07:{m:02d}:00+08:00,121.2{k},31.35,{40 + k}" for k in range(3) for m in range(5)]
    path = table(tmp_path / "loops.csv", rows, "sensor_id,time,lon,lat,speed")
    assert readers.inspect(path)[0].kind == "sensors"


@pytest.mark.parametrize("speed, unit", [(10.0, "m/s"), (36.0, "km/h")])
def test_a_speed_without_a_unit_is_told_by_the_distances(tmp_path, speed, unit):
    rows = [",".join([*row.split(",")[:4], str(speed)]) for row in drive("A")]
    tracks = read(table(tmp_path / "t.csv", rows, "vehicle_id,time,lon,lat,speed"))
    assert tracks.history.speed_kmh == pytest.approx([36.0] * 12, rel=0.01)
    assert any(unit in note for note in tracks.notes)


def test_chinese_columns_and_rows_that_cannot_be_used_are_counted(tmp_path):
    rows = [",".join(row.split(",")[:5]) for row in drive("沪A1")]
    rows += ["沪A1,,121.25,31.35,30", "沪A1,2026-07-15T07:31:20+08:00,,,30"]
    tracks = read(table(tmp_path / "t.csv", rows, "车牌号,时间,经度,纬度,车速(km/h)"))
    assert tracks.count == 1 and len(tracks.history.times_ns) == 12
    assert any(note.startswith("2 rows") for note in tracks.notes)


def test_gaps_are_counted(tmp_path):
    rows = [row for k, row in enumerate(drive("A")) if not 3 <= k <= 8]
    assert any(note.startswith("1 gap:") for note in read(table(tmp_path / "t.csv", rows)).notes)


def test_a_table_that_no_longer_moves_says_so(tmp_path):
    path = table(tmp_path / "t.csv", [drive("A")[0]] * 3)
    with pytest.raises(Trouble, match="Nothing moves"):
        read(path, reader="track-csv")


@pytest.mark.realdata
def test_trajectories_of_athens(shared):
    path = shared / "sensors" / "gps" / "pneuma_athens_sparsify.csv"
    info, = readers.inspect(path)
    assert (info.kind, info.count) == ("vehicles", 50)
    tracks = readers.read(readers.Request(
        source=Source(path=str(path)), kind="vehicles",
        frame=Frame(crs="EPSG:32634", origin=(740000.0, 4208000.0, 0.0))), readers.Progress())
    assert len(tracks.history.times_ns) > 20_000 and np.nanmax(tracks.history.speed_kmh) < 200


def test_what_a_file_does_not_say_is_as_the_project_says(tmp_path):
    rows = [f"A,2026-07-15T07:30:0{k},{500000 + 50 * k},3471000,36" for k in range(5)]
    path = table(tmp_path / "t.csv", rows, "vehicle_id,time,x,y,speed_kmh")
    info, = readers.inspect(path, None, readers.Assumed("EPSG:32651", "UTC"))
    assert info.crs == "EPSG:32651" and info.time_span[0] == "2026-07-15T07:30:00+00:00"
    assert readers.inspect(path)[0].time_span[0] == "2026-07-15T07:30:00+08:00"
