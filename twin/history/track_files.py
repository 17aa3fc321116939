"""Readers of tracks in CSV and Parquet; a table in which nothing moves is left to the sensor readers."""

from __future__ import annotations

from pathlib import Path

from twin.data import Tracks
from twin.history import csv_file, parts, tracks
from twin.history.columns import NAMES, plain
from twin.history.parquet_damage import damage_told
from twin.history.text_table import shape_of
from twin.layer import Source
from twin.readers import USUAL, Assumed, Info, NotMine, Progress, Request, reader
from twin.text import tr
from twin.times import zone
from twin.trouble import Trouble

SURE = 0.7                                       # more than the sensor tables: these columns say more


# -- CSV ---------------------------------------------------------------------------------------------------


def sniff_csv(path: Path, head: bytes) -> float:
    if not csv_file.sniff(path, head):
        return 0.0
    import pyarrow as pa
    shape = shape_of(path)
    if shape is None:
        return 0.0
    timely = set(NAMES["time"].split())          # a header has no types: a time is text, the rest may be numbers
    header = pa.schema([(name, pa.string() if plain(name) in timely else pa.float64()) for name in shape.names])
    return SURE if tracks.recognise(header).usable else 0.0


def inspect_csv(path: Path, source: Source, assumed: Assumed = USUAL) -> list[Info]:
    time_zone = source.time_zone or assumed.time_zone
    return [tracks.info_of(_from_csv(path, source, time_zone, assumed.crs), source, "CSV", time_zone)]


@reader("track-csv", label="Tracks of vehicles (CSV)", suffixes=csv_file.SUFFIXES, sniff=sniff_csv,
        inspect=inspect_csv, assumes=True)
def read_csv(request: Request, progress: Progress) -> Tracks:
    progress(0, 0, tr("Reading the table"))
    return _placed(request, _from_csv)


def _from_csv(path: Path, source: Source, time_zone: str, project_crs: str) -> tracks.Content:
    table, shape = csv_file.table_of(path, source.encoding)
    return tracks.content_of(table, source, time_zone, project_crs, notes=shape.notes)


# -- Parquet -----------------------------------------------------------------------------------------------


def sniff_parquet(path: Path, head: bytes) -> float:
    if head[:4] != b"PAR1":
        return 0.0
    return SURE if _usable(path) else 0.0


def _usable(path: Path) -> bool:
    import pyarrow as pa
    from pyarrow import parquet
    try:
        return tracks.recognise(parquet.read_schema(path)).usable
    except (pa.ArrowInvalid, OSError):
        return False                             # the sensor reader says what is wrong with it


def inspect_parquet(path: Path, source: Source, assumed: Assumed = USUAL) -> list[Info]:
    time_zone = source.time_zone or assumed.time_zone
    return [tracks.info_of(_from_parquet(path, source, time_zone, assumed.crs), source, "Parquet", time_zone)]


@reader("track-parquet", label="Tracks of vehicles (Parquet)", suffixes=(".parquet", ".pq"), sniff=sniff_parquet,
        inspect=inspect_parquet, assumes=True)
def read_parquet(request: Request, progress: Progress) -> Tracks:
    progress(0, 0, tr("Reading the table"))
    return _placed(request, _from_parquet)


def _from_parquet(path: Path, source: Source, time_zone: str, project_crs: str) -> tracks.Content:
    from pyarrow import parquet
    with damage_told(path):
        table = parts.must_hold(parquet.read_table(path, filters=parts.filters(path, source.part)), source.part, path)
        crs = (table.schema.metadata or {}).get(b"crs", b"").decode("utf-8", "replace")
        return tracks.content_of(table, source, time_zone, project_crs, file_crs=crs)


def _placed(request: Request, content) -> Tracks:
    source = request.source
    time_zone = source.time_zone or request.time_zone
    zone(time_zone)
    try:
        return content(request.path, source, time_zone, request.frame.crs).placed(request.frame)
    except NotMine:
        raise Trouble(tr("Nothing moves in this table."),
                      way_out=tr("Name its columns vehicle_id, time, lon, lat and speed_kmh."),
                      path=source.path) from None
