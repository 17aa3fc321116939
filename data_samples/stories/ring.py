"""One ring and three roads in the morning: robotaxis, buses and a platoon, what the roadside hears, and a stopped car."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from data_samples import geography as geo
from data_samples import streets, vehicles
from data_samples.plan import Plan
from data_samples.turning import there_and_back
from data_samples.vehicles import Drive
from twin.frame import Frame

TRACKS, ROADSIDE = "ring.parquet", "roadside.geojson"
START, SECS, STEP = "2026-07-14T23:45:00", 2760, 2          # UTC: 07:45 to 08:31 in Shanghai
WARNED = ("2026-07-15T08:12:00+08:00", "2026-07-15T08:20:00+08:00")
WARNED_AT_S = 27 * 60                                        # after START
TAXIS, BUSES, TRUCKS = 12, 8, 4
TAXI_M_S, BUS_M_S, TRUCK_M_S = 8.0, 7.0, 12.0
GAP_M, LENGTH_M = 22.0, 9.0                                  # of the platoon, bumper to bumper; and a truck
GREEN_AT_S, BEFORE_GREEN_M = WARNED_AT_S + 78.0, 1876.6      # the second bus then, along 白银路: its signal is green for it
LANE_FROM_M, LANE_LONG_M = 9000.0, 8200.0                    # the platoon's, along 沪宜公路
PLATOON_AT_S, PLATOON_AT_M = 36 * 60.0, 4900.0               # when it is told of, on the way out
STOPPED_M = 1700.0                                           # along the ring
STOPS_S, GOES_S = WARNED_AT_S - 25, WARNED_AT_S + 480        # the car that the roadside warns of; it goes when the warning ends
ROLLS_S = 60                                                 # that it is seen before and after
BRAKING = (3, 4)                                             # the taxis that come upon the stopped car
STOPS = ((-900.0, "Lakeside school", "湖畔学校"), (-300.0, "Yumin South Road", "裕民南路"),
         (500.0, "Yuanxiang Lake", "远香湖"))         # u on 白银路
CROSSINGS = (-234.0, 100.0, 430.0, 760.0)                    # v of 裕民南路's junctions with sensing; the first: 白银路


def write(folder: Path, plan: Plan) -> None:
    _write_tracks(folder / TRACKS, plan)
    _write_roadside(folder / ROADSIDE, plan)


def stopped_at() -> np.ndarray:
    """(2,) where the car stands, on the right-hand lane of the ring."""
    way = vehicles._right_of(streets.ring())
    return np.array(_at(way, np.array([STOPPED_M])))[:, 0]


def _write_tracks(path: Path, plan: Plan) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq
    secs = np.arange(0, SECS, STEP, dtype=float)
    seen = secs[(secs >= STOPS_S - ROLLS_S) & (secs <= GOES_S + ROLLS_S)]
    driven = [*_taxis(secs), *_buses(secs, plan), *_platoon(secs, plan), _stopping(seen)]
    modes = ["robotaxi"] * TAXIS + ["bus"] * BUSES + ["truck"] * TRUCKS + ["car"]
    names = [*(f"TAXI-{k + 1:02d}" for k in range(TAXIS)), *(f"BUS-{k + 1:02d}" for k in range(BUSES)),
             *(f"PLATOON-{k + 1}" for k in range(TRUCKS)), "STOPPED-CAR"]
    frame = Frame()
    x, y = (np.concatenate([getattr(d, name) for d in driven]) for name in ("x", "y"))
    place = frame.to_lonlat(np.stack([x, y, np.zeros(len(x))], axis=1) - frame.origin)
    north = frame.convergence_deg(float(x.mean()), float(y.mean()))
    heading = (np.concatenate([d.heading_deg for d in driven]) + north) % 360.0
    fixes = [len(d.x) for d in driven]
    vehicle = np.repeat(np.arange(len(driven), dtype=np.int32), fixes)
    told = np.concatenate([np.tile(secs, len(driven) - 1), seen])
    time = np.datetime64(START, "ns") + (told * 1e9).astype("timedelta64[ns]")
    table = pa.table({
        "vehicle_id": pa.DictionaryArray.from_arrays(vehicle, names),
        "mode": pa.DictionaryArray.from_arrays(vehicle, modes)
        .cast("string").dictionary_encode(),
        "time": pa.array(time, pa.timestamp("ns", tz="UTC")),
        "lon": np.round(place[:, 0], 6), "lat": np.round(place[:, 1], 6),
        "speed_kmh": np.round(np.concatenate([d.speed_m_s for d in driven]) * 3.6, 1).astype(np.float32),
        "heading_deg": np.round(heading).astype(np.float32)})
    about = {"synthetic": "true", "title": "Synthetic sample data of citytwin", "crs": "EPSG:4326"}
    pq.write_table(table.replace_schema_metadata(about), path, compression="zstd", compression_level=19,
                   use_dictionary=["vehicle_id", "mode", "speed_kmh", "heading_deg"],
                   column_encoding={"time": "DELTA_BINARY_PACKED", "lon": "BYTE_STREAM_SPLIT",
                                    "lat": "BYTE_STREAM_SPLIT"})


def _taxis(secs: np.ndarray) -> list[Drive]:
    """Round the ring, a third of a kilometre apart; all pass the stopped car on the left, and two of them brake for it."""
    way, out = vehicles._right_of(streets.ring()), []
    length = float(np.linalg.norm(np.diff(way, axis=0), axis=1).sum())
    for k in range(TAXIS):
        speed = np.full(len(secs), TAXI_M_S) * (1 + 0.05 * np.sin(secs / 60 + k))
        if k in BRAKING:
            since = secs - WARNED_AT_S - 6.0 * (k - BRAKING[0])
            speed *= 1.0 - 0.65 * np.clip(np.minimum(since / 6.0, (60.0 - since) / 10.0), 0.0, 1.0)
        gone = np.concatenate([[0.0], np.cumsum(speed[:-1] * STEP)])
        start = k * length / TAXIS
        if k in BRAKING:                                     # 120 m before the car when the warning comes
            gone_then = float(np.interp(WARNED_AT_S, secs, gone))
            start = STOPPED_M - 120.0 - 30.0 * (k - BRAKING[0]) - gone_then
        drive = _drive(way, start + gone, speed)
        out.append(_aside(drive, secs, (start + gone) % length))
    return out


def _stopping(secs: np.ndarray) -> Drive:
    """The car that the warning is about: it rolls to a stop on its lane, stands, and drives on."""
    speed = TAXI_M_S * np.clip(np.maximum((STOPS_S - secs) / 10.0, (secs - GOES_S) / 10.0), 0.0, 1.0)
    gone = np.concatenate([[0.0], np.cumsum(speed[:-1] * STEP)])
    gone -= np.interp(STOPS_S, secs, gone)
    return _drive(vehicles._right_of(streets.ring()), STOPPED_M + gone, speed)


def _aside(drive: Drive, secs: np.ndarray, along: np.ndarray) -> Drive:
    """One lane to the left from 70 m before the stopped car to 40 m behind it, while it stands there."""
    near = np.minimum((along - STOPPED_M + 70.0) / 25.0, (STOPPED_M + 40.0 - along) / 25.0)
    stands = np.minimum((secs - STOPS_S + 10.0) / 10.0, (GOES_S + 10.0 - secs) / 10.0)
    share = np.clip(np.minimum(near, stands), 0.0, 1.0)
    turn = np.radians(drive.heading_deg)
    left = 3.4 * share
    return Drive(drive.x - left * np.cos(turn), drive.y + left * np.sin(turn), drive.heading_deg, drive.speed_m_s,
                 drive.charge)


def _buses(secs: np.ndarray, plan: Plan) -> list[Drive]:
    """There and back on 白银路; half a minute at a stop every 600 m. The second is before the junction at `GREEN_AT_S`."""
    road = next(r.line for r in plan.roads if r.name_zh == "白银路" and len(r.line) > 2)
    course, out = there_and_back(road), []
    for k in range(BUSES):
        wanted = np.where((secs + 17 * k) % 120.0 < 30.0, 0.0, BUS_M_S)
        there = BEFORE_GREEN_M + (k - 1) * course.length_m / BUSES
        gone, speed = course.gone(secs, wanted, GREEN_AT_S, there)
        out.append(_drive(course.line, gone, speed))
    return out


def _platoon(secs: np.ndarray, plan: Plan) -> list[Drive]:
    """To and fro on a lane of 沪宜公路, one speed for all; the gap breathes by half a metre. No turn while it is told of."""
    road = next(r.line for r in plan.roads if r.name_zh == "沪宜公路")
    along = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(road, axis=0), axis=1))])
    course = there_and_back(road[(along >= LANE_FROM_M) & (along <= LANE_FROM_M + LANE_LONG_M)])
    tail = TRUCKS * (GAP_M + LENGTH_M)
    lead, speed = course.gone(secs, np.full(len(secs), TRUCK_M_S), PLATOON_AT_S, PLATOON_AT_M, tail)
    behind = [k * (GAP_M + LENGTH_M) + 0.5 * np.sin(secs / 45.0 + k) * (k > 0) for k in range(TRUCKS)]
    return [_drive(course.line, lead - gap, speed) for gap in behind]


def _drive(way: np.ndarray, gone: np.ndarray, speed: np.ndarray) -> Drive:
    x, y = _at(way, gone)
    ahead_x, ahead_y = _at(way, gone + 1.0)
    heading = np.degrees(np.arctan2(ahead_x - x, ahead_y - y)) % 360.0
    return Drive(x, y, heading, speed, np.full(len(gone), np.nan))


def _at(way: np.ndarray, gone: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    length = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(way, axis=0), axis=1))])
    at = gone % length[-1]
    return np.interp(at, length, way[:, 0]), np.interp(at, length, way[:, 1])


def platoon_at(plan: Plan, secs: float) -> tuple[float, float]:
    """Easting and northing of the platoon's second truck, seconds after `START`."""
    drive = _platoon(np.arange(0, SECS, STEP, dtype=float), plan)[1]
    return float(drive.x[int(secs / STEP)]), float(drive.y[int(secs / STEP)])


def _write_roadside(path: Path, plan: Plan) -> None:
    """A unit and a signal at each junction of 裕民南路 with sensing, the warning that the second unit gives, and the
    stops of the buses.
    """
    features = []
    for n, v in enumerate(CROSSINGS):
        about = {"name": f"RSU {n + 1}", "name_zh": f"路侧单元{n + 1}"}
        features.append(_feature(f"rsu-{n + 1}", "unit", geo.CENTRE.world(-553, v + 12)[0], range_m=300.0, **about))
        features.append(_feature(f"signal-{n + 1}", "signal", geo.CENTRE.world(-565, v)[0], name=f"Signal {n + 1}",
                                 name_zh=f"信号灯{n + 1}", cycle_s=90.0, green_s=40.0, amber_s=3.0, offset_s=18.0 * n,
                                 **({"priority": "bus", "priority_m": 120.0} if n == 0 else {})))
    features.append(_feature("stopped-car", "warning", stopped_at(), name="Stopped car ahead", name_zh="前方静止车辆",
                             **{"from": WARNED[0], "until": WARNED[1]}, radius_m=120.0))
    road = np.asarray(next(r.line for r in plan.roads if r.name_zh == "白银路" and len(r.line) > 2))
    for n, (u, name, name_zh) in enumerate(STOPS):
        off = np.linalg.norm(road - geo.CENTRE.world(u, CROSSINGS[0])[0], axis=1)
        features.append(_feature(f"stop-{n + 1}", "stop", road[np.argmin(off)], name=name, name_zh=f"{name_zh}站",
                                 serves="bus"))
    body = {"type": "FeatureCollection", "features": features,
            "crs": {"type": "name", "properties": {"name": f"urn:ogc:def:crs:{geo.CRS.replace(':', '::')}"}}}
    path.write_text(json.dumps(body, ensure_ascii=False) + "\n", "utf-8")


def _feature(id: str, kind: str, place, **about) -> dict:
    return {"type": "Feature", "properties": {"id": id, "kind": kind, "synthetic": True, **about},
            "geometry": {"type": "Point", "coordinates": [round(float(c), 2) for c in place]}}
