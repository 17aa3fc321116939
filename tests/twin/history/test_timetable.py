"""GTFS feeds: where every trip is by the clock of its agency, against the rules of the standard."""

from __future__ import annotations

import zipfile
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twin import readers, times
from twin.feeds.gtfs_rt import positions
from twin.frame import Frame, frame_at
from twin.history.gtfs_ways import Shape, stops_along, timed
from twin.history.motion import motion_of
from twin.history.timetable import Timetable
from twin.history.trip_places import TripPlaces, timetables_of
from twin.layer import Source
from twin.readers import NotMine
from twin.times import DAY, HOUR, MINUTE, SECOND
from twin.trouble import Trouble

readers.discover()
FOREVER = 400 * DAY
METRE = 1 / 111_195.0                            # degrees of latitude
BASE = {
    "agency": "agency_name,agency_timezone\nA,Asia/Shanghai",
    "routes": "route_id,route_short_name,route_type\nr,R1,3",
    "stops": "stop_id,stop_lat,stop_lon\n" + "\n".join(f"s{k},{31.35 + 1000 * k * METRE:.8f},121.25" for k in range(3)),
    "trips": "route_id,service_id,trip_id,trip_headsign\nr,w,t,North",
    "stop_times": "trip_id,arrival_time,departure_time,stop_id,stop_sequence\n"
                  "t,7:00:00,7:00:00,s0,1\nt,07:02:00,07:03:00,s1,2\nt,07:05:00,07:05:00,s2,9",
    "calendar": "service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,start_date,end_date\n"
                "w,1,1,1,1,1,0,0,20260713,20260724",
}


def feed(path, folder="", **changed):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name, text in {**BASE, **changed}.items():
            file.writestr(f"{folder}{name}.txt", "﻿" + text + "\n")
    return path


def read(path, frame=None):
    return readers.read(readers.Request(source=Source(path=str(path)), kind="vehicles", frame=frame or Frame()),
                        readers.Progress())


def north(tracks, when, row=0):
    """Metres from the first stop; None where the trip does not run."""
    fleet = tracks.history.at(times.parse(when), FOREVER, FOREVER)
    if fleet.presence[row] == 0:
        return None
    start = Frame().to_local(121.25, 31.35, crs="EPSG:4326")[0]
    return round(float(fleet.places[row, 1] - start[1]))


def test_a_trip_drives_by_the_clock_on_its_days(tmp_path):
    path = feed(tmp_path / "f.zip", folder="feed/")
    info, = readers.inspect(path)
    assert (info.kind, info.format, info.count, info.extra["agency_time_zone"]) == ("vehicles", "GTFS", 1,
                                                                                   "Asia/Shanghai")
    tracks = read(path)
    assert tracks.features.to_pylist()[0]["name"] == "R1 · North · t"
    said = [north(tracks, f"2026-07-15T07:{at}+08:00") for at in ("01:00", "02:30", "04:00", "05:00", "05:01")]
    assert said == [pytest.approx(500, abs=2), pytest.approx(998, abs=3), pytest.approx(1497, abs=4),
                    pytest.approx(1996, abs=5), None]
    assert north(tracks, "2026-07-18T07:01:00+08:00") is None                       # Saturday
    assert tracks.history.span_ns == (times.parse("2026-07-13T07:00:00+08:00"),
                                      times.parse("2026-07-24T07:05:00+08:00"))


def test_exceptions_of_the_calendar(tmp_path):
    tracks = read(feed(tmp_path / "f.zip", calendar_dates="service_id,date,exception_type\nw,20260718,1\nw,20260715,2"))
    assert north(tracks, "2026-07-18T07:01:00+08:00") is not None
    assert north(tracks, "2026-07-15T07:01:00+08:00") is None


def test_times_past_midnight_belong_to_the_day_before(tmp_path):
    late = BASE["stop_times"].replace("7:00:00,7:00:00", "23:59:00,23:59:00").replace("07:02", "24:01").replace(
        "07:03", "24:02").replace("07:05", "25:04")
    tracks = read(feed(tmp_path / "f.zip", stop_times=late))
    assert north(tracks, "2026-07-16T00:00:00+08:00") == pytest.approx(500, abs=2)
    assert north(tracks, "2026-07-18T00:33:00+08:00") == pytest.approx(1497, abs=4)    # Friday's, on Saturday
    assert north(tracks, "2026-07-13T00:33:00+08:00") is None                          # Sunday has none


def test_a_change_of_the_clocks_shifts_no_trip(tmp_path):
    path = feed(tmp_path / "f.zip", agency="agency_name,agency_timezone\nA,Europe/Berlin",
                calendar_dates="service_id,date,exception_type\nw,20260329,1")
    assert north(read(path), "2026-03-29T07:01:00+02:00") == pytest.approx(500, abs=2)


def test_frequencies_depart_again_and_again(tmp_path):
    tracks = read(feed(tmp_path / "f.zip", frequencies="trip_id,start_time,end_time,headway_secs, exact_times\n"
                                                       "t,08:00:00,09:00:00,600,0"))
    assert tracks.count == 6 and tracks.features.column("name")[1].as_py() == "R1 · North · 08:10"
    assert north(tracks, "2026-07-15T08:11:00+08:00", row=1) == pytest.approx(500, abs=2)
    assert north(tracks, "2026-07-15T07:01:00+08:00") is None
    day = times.parse("2026-07-15T00:00:00+08:00")
    assert tracks.history.coverage(np.array([day, day + 8 * HOUR, day + 9 * HOUR, day + DAY])).tolist() == [0, 6, 0]


def test_missing_and_standing_times_follow_from_the_distances(tmp_path):
    rows = BASE["stop_times"].replace("07:02:00,07:03:00", ",")
    tracks = read(feed(tmp_path / "f.zip", stop_times=rows))
    assert north(tracks, "2026-07-15T07:02:30+08:00") == pytest.approx(998, abs=3)
    assert any(note.startswith("1 stop time is missing") for note in tracks.notes)
    same = read(feed(tmp_path / "g.zip", stop_times=BASE["stop_times"].replace("07:02:00,07:03:00", "7:00:00,7:00:00")))
    assert same.history.speed_kmh.max() < 30


def test_what_cannot_be_driven_is_counted_and_a_feed_without_anything_declined(tmp_path):
    tracks = read(feed(tmp_path / "f.zip", trips=BASE["trips"] + "\nr,w,ghost,x\nr,never,t2,x",
                       stop_times=BASE["stop_times"] + "\nt2,08:00:00,08:00:00,s0,1\nt2,08:10:00,08:10:00,s1,2"
                                                       "\nt,08:00:00,08:00:00,nowhere,10"))
    assert tracks.count == 1
    assert [note.split(" ", 1)[0] for note in tracks.notes[:3]] == ["1", "1", "1"]
    path = feed(tmp_path / "none.zip", trips=BASE["trips"].replace("r,w,t", "r,never,t"))
    with pytest.raises(NotMine):
        readers.READERS["track-gtfs"].inspect(path, Source(path=str(path)), readers.USUAL)
    damaged = feed(tmp_path / "bad.zip").read_bytes()
    (tmp_path / "bad.zip").write_bytes(damaged.replace(b"stop_times.txt", b"stop_timez.txt"))
    with pytest.raises(Trouble, match="not recognised"):
        readers.inspect(tmp_path / "bad.zip")


def test_a_loop_passes_its_first_stop_twice():
    ring = np.array([[0, 0], [1000, 0], [1000, 1000], [0, 1000], [0, 0]]) * METRE
    stops = np.array([[0, 5], [995, 500], [3, 990], [5, 0]]) * METRE
    along = stops_along(Shape.of(ring), stops, np.full(4, np.nan))
    assert along == pytest.approx([0, 1500, 3000, 4000], abs=12)
    told = Shape.of(ring, np.array([0.0, 1, 2, 3, 4]))
    assert stops_along(told, stops, np.array([0, 1.5, 3, 4])) == pytest.approx([0, 1500, 3000, 4000], abs=1)


@given(st.lists(st.one_of(st.none(), st.integers(0, 600)), min_size=2, max_size=9))
@settings(max_examples=200, deadline=None)
def test_times_always_get_on(said):
    arrives = np.array([np.nan if s is None else s for s in said])
    come, go, _ = timed(np.arange(len(said)) * 100.0, arrives, arrives)
    if np.isfinite(come).all():
        assert (come <= go).all() and (come[1:] >= go[:-1]).all()
    else:
        known = [s for s in said if s is not None]
        assert len(known) < 2 or any(b <= a for a, b in pairwise(known))


STARTS = st.lists(st.tuples(st.integers(0, 30 * 60), st.integers(1, 300), st.integers(0, 1)), min_size=1, max_size=6)


@given(STARTS, st.sets(st.integers(0, 9), min_size=1), st.integers(-1, 12 * 24 * 60))
@settings(max_examples=150, deadline=None)
def test_the_timetable_agrees_with_looking_at_every_day(trips, days, minute):
    """Trips (start and length in minutes, service) of two services: on `days`, and on the others up to 9."""
    services = [sorted(days), sorted(set(range(10)) - days)]
    secs = np.array([m for start, length, _ in trips for m in (start, start + length)]) * 60
    motion, _ = motion_of(np.repeat(np.arange(len(trips)), 2), secs * SECOND,
                          np.array([(x, 0.0, 0.0) for _ in trips for x in (0.0, 100.0)]), len(trips))
    table = Timetable(**vars(motion), services=np.array([s for *_, s in trips]),
                      days_ns=np.array([d * DAY for s in services for d in s], np.int64),
                      day_offsets=np.cumsum([0, *map(len, services)]))
    now = minute * MINUTE
    fleet = table.at(now, FOREVER, FOREVER)
    departures = sorted(d * DAY + start * MINUTE for start, _, s in trips for d in services[s])
    for row, (start, length, service) in enumerate(trips):
        runs = [now - d * DAY for d in services[service]
                if start * MINUTE <= now - d * DAY <= (start + length) * MINUTE]
        assert (fleet.presence[row] > 0) == bool(runs)
        if runs:
            assert fleet.places[row, 0] == pytest.approx((min(runs) / MINUTE - start) / length * 100, abs=0.01)
    edges = np.array([-1, 3 * 24 * 60, minute]) * MINUTE
    assert table.departed(edges).tolist() == [sum(d < edge for d in departures) for edge in edges]
    assert table.reading_until(now) == max((d for d in departures if d <= now), default=None)
    assert table.reading_after(now) == min((d for d in departures if d > now), default=None)


@pytest.mark.realdata
def test_a_campus_bus(shared):
    path = shared / "sensors" / "gtfs" / "bullrunner-gtfs.zip"
    info, = readers.inspect(path)
    assert (info.count, info.extra["trips"], info.extra["stops"]) == (1101, 15, 125)
    tracks = read(path, frame_at("EPSG:4326", -82.41, 28.06))
    now = times.parse("2017-09-13T09:05:00-04:00")
    fleet = tracks.history.at(now, FOREVER, FOREVER)
    assert (fleet.presence > 0).sum() == 17
    assert np.abs(fleet.places[fleet.presence > 0, :2]).max() < 5000
    assert not (tracks.history.at(times.parse("2017-09-13T05:00:00-04:00"), FOREVER, FOREVER).presence > 0).any()


def updates(*late: tuple[str, str, int]) -> bytes:
    """A message of GTFS-realtime that says of trips when (ISO 8601) they are how late (s), and nothing more."""
    from google.transit.gtfs_realtime_pb2 import FeedMessage
    out = FeedMessage()
    out.header.gtfs_realtime_version = "2.0"
    for n, (trip, when, secs) in enumerate(late):
        update = out.entity.add(id=str(n)).trip_update
        update.trip.trip_id, update.timestamp = trip, times.parse(when) // times.SECOND
        update.stop_time_update.add().arrival.delay = secs
    return out.SerializeToString()


def test_a_trip_that_only_says_how_late_it_is_is_where_its_timetable_puts_it(tmp_path):
    path = feed(tmp_path / "feed.zip")
    timely = read(path)
    when = "2026-07-15T07:03:30+08:00"
    (tmp_path / "updates.pb").write_bytes(updates(("t", when, 0), ("strange", when, 0)))
    drawn = read(tmp_path / "updates.pb")
    late = "2026-07-15T07:05:30+08:00"
    (tmp_path / "later.pb").write_bytes(updates(("t", late, 120)))
    assert north(timely, when) > 1000
    assert north(drawn, when) == north(read(tmp_path / "later.pb"), late) == north(timely, when)
    assert [any(words in note for note in drawn.notes) for words in ("its delay do", "not under way")] == [True, True]


def test_the_feed_places_trips_by_the_timetables_of_the_project(tmp_path):
    feed(tmp_path / "feed.zip")
    project = tmp_path / "p.twin.json"
    project.write_text('{"layers": [{"kind": "vehicles", "source": {"path": "feed.zip"}}], "time_zone": "UTC"}')
    paths, zone = timetables_of(project)
    body, now = updates(("t", "2026-07-15T07:05:00+08:00", 120)), times.parse("2026-07-15T07:05:00+08:00")
    assert positions(body, now, set()).ids == ["t/delay"]
    found = positions(body, now, set(), TripPlaces(paths, zone))
    told = dict(zip(found.ids, found.values))
    assert told["t/longitude"] == pytest.approx(121.25, abs=1e-4)
    assert told["t/latitude"] == pytest.approx(31.359, abs=1e-3)
    assert all(stream.moving and stream.more["placed_by"] == "timetable" for stream in found.streams)
    (tmp_path / "feed.zip").unlink()
    assert timetables_of(project) == ((), "UTC")
