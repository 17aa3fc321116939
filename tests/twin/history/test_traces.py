"""Traces in GPX, pNEUMA and GTFS-realtime, as things that move."""

from __future__ import annotations

import zipfile

import numpy as np
import pytest

from twin import readers, times
from twin.feeds.gtfs_rt import positions
from twin.frame import Frame, frame_at
from twin.layer import Source
from twin.readers import NotMine
from twin.times import SECOND
from twin.trouble import Trouble

readers.discover()
NOON = times.parse("2026-07-15T12:00:00Z")
GPX = """<?xml version="1.0" encoding="UTF-8"?>
<gpx version="{version}" creator="test" xmlns="http://www.topografix.com/GPX/{path}" xmlns:x="urn:x">
<wpt lat="31.35" lon="121.25"><name>start</name></wpt>{tracks}</gpx>"""
LAW = "2026-07-15T12:00:{:02d}Z"


def point(secs, lon, more="", time=None):
    said = LAW.format(secs) if time is None else time
    return f'<trkpt lat="31.35" lon="{lon:.6f}"><ele>12.5</ele>{f"<time>{said}</time>" * bool(said)}{more}</trkpt>'


def gpx(path, tracks, version="1.1"):
    path.write_text(GPX.format(version=version, path=version.replace(".", "/"), tracks=tracks), encoding="utf-8")
    return path


def read(path, frame=None, **source):
    return readers.read(readers.Request(source=Source(path=str(path), **source), kind="vehicles",
                                        frame=frame or Frame()), readers.Progress())


def test_segments_of_a_gpx_track_are_not_joined(tmp_path):
    one = "".join(point(s, 121.25 + s * 1e-4) for s in (0, 5)) + "</trkseg><trkseg>" + \
        "".join(point(s, 121.26 + s * 1e-4) for s in (10, 15))
    path = gpx(tmp_path / "walk.gpx", f"<trk><name>walk</name><type>bike</type><trkseg>{one}</trkseg></trk>"
                                      f"<trk><name>walk</name><trkseg>{point(0, 121.3)}</trkseg></trk>")
    info, = readers.inspect(path)
    assert (info.kind, info.format, info.count, info.crs) == ("vehicles", "GPX", 2, "EPSG:4326")
    tracks = read(path)
    assert tracks.features.column("name").to_pylist() == ["walk", "walk 2"]
    assert tracks.features.column("mode").to_pylist() == ["bike", ""]
    at = [tracks.history.at(NOON + round(s * SECOND), 60 * SECOND, 120 * SECOND).places[0, 0]
          for s in (2.5, 5, 7.5, 10)]
    start = Frame().to_local(121.25, 31.35, crs="EPSG:4326")[0, 0]
    metres = Frame().to_local(121.2505, 31.35, crs="EPSG:4326")[0, 0] - start
    assert at[0] - start == pytest.approx(metres / 2, abs=0.05)
    assert at[1] == at[2] and at[3] - at[2] > 700                  # held where the record was interrupted
    assert tracks.history.positions[0, 2] == 12.5


def test_gpx_1_0_says_speed_and_course_and_extensions_of_1_1_too(tmp_path):
    said = "<speed>10</speed><course>359</course>"
    plain = gpx(tmp_path / "a.gpx", f"<trk><trkseg>{point(0, 121.25, said)}{point(5, 121.2505, said)}</trkseg></trk>",
                "1.0")
    deep = "<extensions><x:TrackPointExtension><x:speed>10</x:speed></x:TrackPointExtension></extensions>"
    other = gpx(tmp_path / "b.gpx", f"<trk><trkseg>{point(0, 121.25, deep)}{point(5, 121.2505, deep)}</trkseg></trk>")
    tracks = read(plain)
    assert tracks.history.speed_kmh.tolist() == [36.0, 36.0] and tracks.features.column("id").to_pylist() == ["a"]
    assert 358 < tracks.history.heading_deg[0] < 360
    assert read(other).history.speed_kmh.tolist() == [36.0, 36.0]


def test_points_of_a_gpx_file_that_cannot_be_used_are_counted(tmp_path):
    rows = point(0, 121.25) + point(1, 121.25, time="") + point(2, 900.0) + point(3, 121.25, time="noon") + \
        point(4, 121.26, time="2026-07-15T20:00:04")
    tracks = read(gpx(tmp_path / "t.gpx", f"<trk><trkseg>{rows}</trkseg></trk>"))
    assert len(tracks.history.times_ns) == 2 and tracks.history.times_ns[1] == NOON + 4 * SECOND
    assert [note[:8] for note in tracks.notes] == ["1 waypoi", "1 point ", "2 points", "The time"]


def test_a_gpx_file_without_times_or_cut_off(tmp_path):
    rows = point(0, 121.25, time="") + point(1, 121.26, time="")
    path = gpx(tmp_path / "t.gpx", f"<trk><trkseg>{rows}</trkseg></trk>")
    with pytest.raises(NotMine):
        readers.READERS["track-gpx"].inspect(path, Source(path=str(path)), readers.USUAL)
    infos = readers.inspect(path)                                  # lines and points on a map
    assert [(info.kind, info.table) for info in infos] == [("vectors", "waypoints"), ("vectors", "tracks")]
    with pytest.raises(Trouble, match="has times"):
        read(path, reader="track-gpx")
    whole = gpx(tmp_path / "c.gpx", f"<trk><trkseg>{point(0, 121.25)}</trkseg></trk>").read_text()
    (tmp_path / "c.gpx").write_text(whole[:-20])
    with pytest.raises(Trouble, match="cut off"):
        read(tmp_path / "c.gpx")


ROWS = """track_id; type; traveled_d; avg_speed; lat; lon; speed; lon_acc; lat_acc; time
1; Car; 48.85; 9.77; 37.977391; 23.737688; 36.0; 0.0; 0.0; 0.0; 37.977481; 23.737688; 36.0; 0.0; 0.0; 1.0;
2; Bus; 0; 0; 37.977; 23.737; 1.0; 0.0; 0.0; 0.0;
3; Car; 1; 1; 37.9
"""


def test_rows_of_pneuma_are_as_long_as_their_drives(tmp_path):
    path = tmp_path / "20181024_d1_0830_0900.csv"
    path.write_text(ROWS)
    info, = readers.inspect(path, None, readers.Assumed("EPSG:4326", "Europe/Athens"))
    assert (info.kind, info.format, info.count) == ("vehicles", "pNEUMA", 2)
    assert info.time_span[0] == "2018-10-24T08:30:00+03:00"
    tracks = read(path, frame_at("EPSG:4326", 23.737, 37.977), time_zone="Europe/Athens")
    assert tracks.features.column("mode").to_pylist() == ["car", "bus"] and len(tracks.history.times_ns) == 3
    assert tracks.history.speed_kmh[0] == 36.0 and any(note.startswith("1 row ") for note in tracks.notes)
    plain = path.rename(tmp_path / "drone.csv")
    assert read(plain, frame_at("EPSG:4326", 23.737, 37.977)).history.times_ns[0] == 0


def message(when, lon, late=None):
    from google.transit.gtfs_realtime_pb2 import FeedMessage
    out = FeedMessage()
    out.header.gtfs_realtime_version, out.header.timestamp = "2.0", when // SECOND
    vehicle = out.entity.add(id="1").vehicle
    vehicle.vehicle.id, vehicle.trip.trip_id, vehicle.trip.route_id = "bus", "t", "R"
    vehicle.position.longitude, vehicle.position.latitude, vehicle.position.speed = lon, 31.35, 10.0
    vehicle.occupancy_status = vehicle.OccupancyStatus.FULL
    if late is not None:
        update = out.entity.add(id="2").trip_update
        update.trip.trip_id = "t"
        update.stop_time_update.add().arrival.delay = late
    return out.SerializeToString()


def test_saved_messages_of_gtfs_realtime_are_one_drive(tmp_path):
    with zipfile.ZipFile(tmp_path / "day.zip", "w") as file:
        for n in range(3):
            file.writestr(f"{n}.pb", message(NOON + 30 * n * SECOND, 121.25 + n * 0.003, late=60 * n))
    info, = readers.inspect(tmp_path / "day.zip")
    assert (info.kind, info.format, info.count, info.extra["fixes"]) == ("vehicles", "GTFS-realtime", 1, 3)
    tracks = read(tmp_path / "day.zip")
    fleet = tracks.history.at(NOON + 15 * SECOND, 60 * SECOND, 120 * SECOND)
    assert (fleet.measures["load"][0], fleet.measures["delay"][0], fleet.speed_kmh[0]) == (100.0, 30.0, 36.0)
    assert tracks.features.column("route").to_pylist() == ["R"]


def test_a_message_without_vehicles_says_so(tmp_path):
    from google.transit.gtfs_realtime_pb2 import FeedMessage
    empty = FeedMessage()
    empty.header.gtfs_realtime_version = "2.0"
    (tmp_path / "alerts.pb").write_bytes(empty.SerializeToString() + b"")
    with pytest.raises(Trouble, match="no vehicle"):
        read(tmp_path / "alerts.pb", reader="track-gtfs-rt")


def test_a_trip_without_a_vehicle_says_how_late_it_is_and_one_with_a_vehicle_once():
    found = positions(message(NOON, 121.25, late=90), NOON, set())
    assert dict(zip(found.ids, found.values))["bus/delay"] == 90.0 and "t/delay" not in found.ids
    from google.transit.gtfs_realtime_pb2 import FeedMessage
    told = FeedMessage()
    told.header.gtfs_realtime_version, told.header.timestamp = "2.0", NOON // SECOND
    update = told.entity.add(id="1").trip_update
    update.trip.trip_id, update.delay = "t9", 120
    alone = positions(told.SerializeToString(), NOON, set())
    assert (alone.ids, alone.values, alone.streams[0].moving) == (["t9/delay"], [120.0], False)


@pytest.mark.realdata
def test_positions_of_a_campus_bus(shared):
    frame = frame_at("EPSG:4326", -82.41, 28.06)
    tracks = read(shared / "sensors" / "gtfs" / "bullrunner-vehicle-positions", frame)
    assert tracks.count == 10 and set(tracks.features.column("route").to_pylist()) >= {"B", "C", "F"}
    assert tracks.history.span_ns[0] == times.parse("2017-09-13T14:52:55Z")
    assert np.isfinite(tracks.history.measures["load"]).any()
    timeless = read(shared / "sensors" / "gtfs" / "vehicle_position.pb", frame)
    assert timeless.count == 1 and "no time" in timeless.notes[0]
