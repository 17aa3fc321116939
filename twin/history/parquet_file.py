"""Sensor tables in Parquet, read row group by row group; a companion CSV may say where the sensors stand."""

from __future__ import annotations

from pathlib import Path

from twin import times
from twin.data import Sensors
from twin.history.columns import Roles, recognise
from twin.history.csv_file import table_of
from twin.history.parquet_damage import damage_told
from twin.history.tables import Content, companion_of, content_of, info_of
from twin.layer import Source
from twin.readers import USUAL, Assumed, Info, NotMine, Progress, Request, reader
from twin.text import tr
from twin.times import zone
from twin.trouble import Trouble

INSPECT_ROWS = 2_000_000                       # of a longer file only some is looked at


def sniff(path: Path, head: bytes) -> float:
    return 0.6 if head[:4] == b"PAR1" else 0.0


def inspect(path: Path, source: Source, assumed: Assumed = USUAL) -> list[Info]:
    time_zone = source.time_zone or assumed.time_zone
    with damage_told(path):
        file, roles = _opened(path)
    content = _content(path, source, time_zone, assumed.crs, Progress(), most=INSPECT_ROWS)
    info = info_of(content, source, "Parquet", time_zone)
    if file.metadata.num_rows > INSPECT_ROWS:
        from dataclasses import replace
        note = tr("A long table: {n} of {total} rows were looked at.", n=f"{INSPECT_ROWS:,}",
                  total=f"{file.metadata.num_rows:,}")
        info = replace(info, notes=(note, *info.notes), time_span=_span(file, roles, time_zone) or info.time_span,
                       extra={**info.extra, "readings": file.metadata.num_rows * max(1, len(roles.values))})
    return [info]


@reader("sensor-parquet", label="Sensor tables (Parquet)", suffixes=(".parquet", ".pq"), sniff=sniff,
        inspect=inspect, assumes=True)
def read(request: Request, progress: Progress) -> Sensors:
    source = request.source
    time_zone = source.time_zone or request.time_zone
    try:
        return _content(request.path, source, time_zone, request.frame.crs, progress).placed(request.frame)
    except NotMine:
        raise Trouble(tr("This table has neither readings with a time nor places of sensors."),
                      way_out=tr("Name its columns time, id and value, or lon and lat."),
                      path=source.path) from None


def _opened(path: Path):
    """(ParquetFile, Roles). Raises NotMine for a table of geometry."""
    from pyarrow import parquet
    file = parquet.ParquetFile(path)
    if b"geo" in (file.metadata.metadata or {}):
        raise NotMine
    roles = recognise(file.schema_arrow)
    return parquet.ParquetFile(path, read_dictionary=[n for n in (roles.key, roles.observed, roles.unit) if n]), roles


def _content(path: Path, source: Source, time_zone: str, project_crs: str, progress: Progress,
             most: int = 0) -> Content:
    zone(time_zone)
    beside = companion_of(path, source)
    companion = _companion(beside) if beside else None
    with damage_told(path):
        file, roles = _opened(path)
        return content_of(_batches(file, roles, progress, most), roles, source, time_zone, companion, project_crs)


def _companion(path: Path):
    """The table of datastreams, itself text, a workbook or Parquet."""
    from pyarrow import parquet
    with open(path, "rb") as file:
        columnar = file.read(4) == b"PAR1"
    if not columnar:
        return table_of(path)[0]
    with damage_told(path):
        return parquet.read_table(path)


def _batches(file, roles: Roles, progress: Progress, most: int):
    """The needed columns of each row group, with the progress in rows."""
    total, done = file.metadata.num_rows, 0
    names = list(roles.needed) if roles.timed else None
    for group in range(file.num_row_groups):
        if most and done >= most:
            return
        progress(done, total * 1.25, tr("Reading the readings"))
        table = file.read_row_group(group, columns=names)
        done += len(table)
        yield table.slice(0, most) if most else table
    progress(done, total * 1.25, tr("Sorting the readings"))


def _span(file, roles: Roles, time_zone: str) -> tuple[str, str] | None:
    """First and last instant by the statistics of the row groups, where they are there and zoned."""
    import pyarrow as pa
    type_ = file.schema_arrow.field(roles.time).type if roles.time else None
    if type_ is None or not pa.types.is_timestamp(type_) or type_.tz is None:
        return None
    column = file.schema_arrow.names.index(roles.time)
    facts = [file.metadata.row_group(g).column(column).statistics for g in range(file.num_row_groups)]
    if not all(f is not None and f.has_min_max for f in facts):
        return None
    first, last = min(f.min for f in facts), max(f.max for f in facts)
    return times.iso(times.from_datetime(first), time_zone), times.iso(times.from_datetime(last), time_zone)
