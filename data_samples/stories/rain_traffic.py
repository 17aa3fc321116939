"""Who drives through the underpass in the rain: cars that still pass, two that are caught, and the pump truck."""

from __future__ import annotations

from math import atan2, degrees
from pathlib import Path

import numpy as np

from data_samples import underpass
from data_samples.stories.kit import clock
from data_samples.stories.rain import DAY
from twin.frame import Frame

NAME = "stories_vehicles.parquet"
STEP_SECS = 2
LANES_M = {True: -6.2, False: 6.2}             # to the left of the middle, for who drives on along the highway or back
PASSING = ("05:32:10", "05:36:40", "05:41:20", "05:47:30", "05:52:00", "05:58:15", "06:03:40", "06:08:20", "06:11:10",
           "06:15:30", "06:20:05", "06:25:40", "06:31:20", "08:01:30", "08:03:10", "08:06:40")
FAR_M, SPEED_M_S = 420.0, 11.0
# Caught: until when they stand where (metres along, across), and when they are towed out.
CAUGHT = (("CAR-A", "car", "06:36:30", (7.0, -6.2), "07:44:00", True), ("CAR-B", "car", "06:38:10", (-4.0, 6.2), "07:47:00", False))
TRUCK = ("PUMP-1", "truck", "07:05:00", (-34.0, -6.2), "08:08:00", True)


def write(folder: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq
    rows = []
    for number, start in enumerate(PASSING):
        on = number % 3 != 1
        reach = FAR_M if on else -FAR_M
        secs = 2 * FAR_M / (SPEED_M_S * (0.62 if start > "06:05" and start < "07" else 1.0))
        rows += _fixes(f"PASS-{number + 1:02d}", "car", [(0.0, -reach, LANES_M[on]), (secs, reach, LANES_M[on])], start)
    for id, mode, stand, (along, across), leave, on in (*CAUGHT, TRUCK):
        come = FAR_M / SPEED_M_S
        reach = -FAR_M if on else FAR_M
        stay = (clock(DAY + leave) - clock(DAY + stand)) / np.timedelta64(1, "s")
        out = reach if id.startswith("PUMP") else -reach
        corners = [(0.0, reach, across), (come, along, across), (come + stay, along, across),
                   (come + stay + 70.0, out, across)]
        rows += _fixes(id, mode, corners, stand, -come)
    columns = list(zip(*rows))
    names = ("vehicle_id", "mode", "time", "lon", "lat", "speed_kmh", "heading_deg")
    table = pa.table(dict(zip(names, map(pa.array, columns))))
    table = table.set_column(2, "time", table["time"].cast(pa.timestamp("ns", tz="UTC")))
    about = {"synthetic": "true", "title": "Synthetic stories of citytwin", "crs": "EPSG:4326"}
    pq.write_table(table.replace_schema_metadata(about), folder / NAME, compression="zstd", compression_level=12)


def _fixes(id: str, mode: str, corners, start: str, shift_secs: float = 0.0) -> list[tuple]:
    """One row every other second along straight lines through (seconds, metres along, metres across)."""
    secs, along, across = (np.array(values, float) for values in zip(*corners))
    at = np.arange(secs[0], secs[-1], STEP_SECS)
    places = underpass.world(np.interp(at, secs, along), np.interp(at, secs, across))
    frame = Frame()
    lonlat = frame.to_lonlat(np.column_stack([places, np.zeros(len(at))]) - frame.origin)
    moved = np.diff(places, axis=0, append=places[-1:])
    speed = np.hypot(*moved.T) / STEP_SECS
    north = frame.convergence_deg(*underpass.MIDDLE)
    heading, said = [], 0.0
    for (dx, dy), v in zip(moved, speed):                    # who stands keeps the heading
        said = degrees(atan2(dx, dy)) if v > 0.1 else said
        heading.append(round((said + north) % 360.0, 1))
    first = clock(DAY + start) - np.timedelta64(8, "h") + np.timedelta64(round(shift_secs * 1000), "ms")
    times = first + (at * 1000).astype("timedelta64[ms]").astype("timedelta64[ns]")
    return list(zip([id] * len(at), [mode] * len(at), times.astype("datetime64[ns]"), np.round(lonlat[:, 0], 7),
                    np.round(lonlat[:, 1], 7), np.round(speed * 3.6, 1), heading))
