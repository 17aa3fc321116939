"""Trajectories as pNEUMA publishes them: one row per vehicle, as long as its drive.

    track_id; type; traveled_d; avg_speed; lat; lon; speed; lon_acc; lat_acc; time; lat; lon; speed; …

The times are seconds since the recording began; when that was, the file's name says (20181024_d1_0830_0900.csv).
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from twin import times
from twin.history import places, starts, tracks
from twin.layer import Source
from twin.readers import USUAL, Assumed, Info, NotMine, Progress, Request, reader
from twin.text import tr
from twin.trouble import Trouble

FIXED, EACH = 4, 6                               # columns of a vehicle, and of each of its fixes


def sniff(path: Path, head: bytes) -> float:
    first = head.split(b"\n", 1)[0].lower().replace(b" ", b"")
    return 0.95 if first.startswith(b"track_id;type;traveled_d;avg_speed;lat;lon;speed") else 0.0


def content_of(path: Path, source: Source, time_zone: str) -> tracks.Content:
    names, modes, rows, cut = [], [], [], 0
    with open(path, encoding=source.encoding or "utf-8", errors="replace") as file:
        next(file, "")
        for line in file:
            cells = [cell.strip() for cell in line.rstrip("\n").rstrip("; \r").split(";")]
            fixes = _fixes(cells)
            if fixes is None:
                cut += bool(line.strip())
                continue
            names.append(cells[0])
            modes.append(cells[1].lower())
            rows.append(fixes)
    if not rows:
        raise NotMine
    start_ns, told = _start_of(path, source, time_zone)
    every = np.concatenate(rows)
    where = places.Places(every[:, 1], every[:, 0], source.crs or "EPSG:4326", "user" if source.crs else "file")
    lost = (tr("{n} rows could not be read and were left out.", n=cut),) if cut else ()
    return tracks.Content(names=names, modes=modes, things=np.repeat(np.arange(len(rows), dtype=np.int32),
                                                                     [len(r) for r in rows]),
                          times_ns=start_ns + np.round(every[:, 5] * 1e9).astype(np.int64), where=where,
                          speed=every[:, 2], kmh=1.0, notes=(*told, *lost))


def _fixes(cells: list[str]) -> np.ndarray | None:
    """(k, 6) lat, lon, speed, accelerations, seconds; None for a row that was cut off or holds no numbers."""
    count, rest = divmod(len(cells) - FIXED, EACH)
    if count < 1 or rest:
        return None
    try:
        out = np.array(cells[FIXED:], np.float64).reshape(count, EACH)
    except ValueError:
        return None
    good = (np.abs(out[:, 0]) <= 90) & (np.abs(out[:, 1]) <= 180) & np.isfinite(out[:, 5])
    return out[good] if good.any() else None


def _start_of(path: Path, source: Source, time_zone: str) -> tuple[int, tuple[str, ...]]:
    """When the recording began (ns), and what to say of it."""
    if source.begins:
        start = times.parse(source.begins, time_zone)
        return start, (starts.counted_from(start, time_zone),)
    start = starts.named_start(path, time_zone)
    if start is None:
        return 0, (undated(),)
    return start, (tr("It begins at {time}, by its name, read in {zone}.", time=times.iso(start, time_zone),
                      zone=time_zone),)


def undated() -> str:
    return tr("The file does not say when it was recorded: its times count from 1970-01-01.")


def inspect(path: Path, source: Source, assumed: Assumed = USUAL) -> list[Info]:
    time_zone = source.time_zone or assumed.time_zone
    return [tracks.info_of(content_of(path, source, time_zone), source, "pNEUMA", time_zone)]


@reader("track-pneuma", label="Trajectories (pNEUMA)", suffixes=(".csv",), sniff=sniff, inspect=inspect, assumes=True)
def read(request: Request, progress: Progress):
    progress(0, 0, tr("Reading the table"))
    try:
        content = content_of(request.path, request.source, request.source.time_zone or request.time_zone)
    except NotMine:
        raise Trouble(tr("No row of this file holds a drive."), path=request.source.path,
                      way_out=tr("Copy or export it again.")) from None
    return content.placed(request.frame)
