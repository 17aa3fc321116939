"""GeoParquet 1.0 and 1.1: the same features as from any vector file, without GDAL."""

from __future__ import annotations

import json
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np

from cim import attributes, placing, vectors
from cim.shifted import proposal
from twin.data import Mesh, Vectors
from twin.layer import Source
from twin.readers import Info, NotMine, Progress, Request, reader
from twin.text import tr
from twin.trouble import Trouble

LONLAT = "OGC:CRS84"                      # what the standard means where a file states no CRS


def sniff(path: Path, head: bytes) -> float:
    """Above the readers of sensor tables, which take any Parquet; the footer decides in `inspect`."""
    return 0.9 if head[:4] == b"PAR1" and _says_geo(path) else 0.0


def _says_geo(path: Path) -> bool:
    """Whether the footer at the end of the file has the key; only its last megabyte is looked at."""
    size = path.stat().st_size
    with open(path, "rb") as file:
        file.seek(max(0, size - 1_000_000))
        return b"primary_column" in file.read()


@contextmanager
def _troubled(path: Path):
    import pyarrow as pa
    try:
        yield
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError, OSError, KeyError, ValueError, TypeError,
            AttributeError) as error:
        raise Trouble(tr("This GeoParquet file could not be read."), cause=f"{type(error).__name__}: {error}"[:200],
                      way_out=tr("Copy or export it again."), path=str(path)) from None


def _described(path: Path):
    """(parquet file, name of the geometry column, what the standard's metadata says about it)."""
    import pyarrow.parquet as pq
    file = pq.ParquetFile(path)
    said = json.loads((file.schema_arrow.metadata or {}).get(b"geo", b"null"))
    if not said:
        raise NotMine
    name = said["primary_column"]
    column = said["columns"][name]
    if column.get("encoding", "WKB").upper() != "WKB":
        raise Trouble(tr("This GeoParquet file stores its geometry as {name}.", name=column["encoding"]),
                      cause=tr("WKB is read"), way_out=tr("Write it again with geometry_encoding='WKB'."),
                      path=str(path))
    return file, name, column


def _stated(column: dict) -> tuple[str, str]:
    """(CRS, who says it): missing means longitude and latitude, null means unknown."""
    if "crs" not in column:
        return LONLAT, "standard"
    crs = column["crs"]
    if crs is None:
        return "", ""
    known = crs.get("id") or {}
    return (f"{known['authority']}:{known['code']}" if known else json.dumps(crs)), "file"


def inspect(path: Path, source: Source) -> list[Info]:
    from cim.geometries import repaired
    with _troubled(path):
        file, name, column = _described(path)
        names = [n for n in file.schema_arrow.names if n not in (name, "bbox")]
        box = _box(column) or _measured(file, name)
        count = file.metadata.num_rows
        quick = count and path.stat().st_size <= vectors.QUICK_BYTES
        odd = repaired(file.read([name]).column(0)).notes if quick else ()
    place = placing.georef(source, *_stated(column), box, turnable=True)
    geometry = vectors.told_type(" ".join(column.get("geometry_types", ())), lambda: _some(file, name))
    kind = vectors.kind_of(geometry, names, path.stem)
    empty = () if count else (tr("It holds no features."),)
    return [Info(path=str(path), kind=kind, format="GeoParquet", name=path.stem, crs=place.crs,
                 crs_source=place.source, extent=vectors.extent_of(place, box),
                 count=count, units=vectors.units_of(kind, geometry),
                 notes=(*place.notes, *proposal(place, box, names, path.stem), *odd, *empty),
                 suggest=vectors.suggested(kind, names))]


def whereabouts(path: Path, source: Source) -> tuple[placing.Georef, placing.Box | None]:
    """As `cim.vectors.whereabouts`."""
    with _troubled(path):
        file, name, column = _described(path)
        box = _box(column) or _measured(file, name)
    return placing.georef(source, *_stated(column), box, turnable=True), box


def some_rows(path: Path, source: Source, first: int, count: int):
    """As `cim.vectors.some_rows`."""
    from cim.geometries import repaired
    with _troubled(path):
        file, name, _ = _described(path)
        ends = np.cumsum([0, *(file.metadata.row_group(i).num_rows for i in range(file.num_row_groups))])
        groups = [i for i in range(file.num_row_groups) if ends[i] < first + count and ends[i + 1] > first]
        table = file.read_row_groups(groups, [n for n in file.schema_arrow.names if n != "bbox"])
        table = table.slice(first - ends[groups[0]] if groups else 0, count)
    geometries = repaired(table.column(name))
    features, odd = attributes.plain(table.drop_columns([name]).take(geometries.rows), None)
    return features, geometries, (*geometries.notes, *odd)


def _some(file, name: str):
    """The first shapes, as WKB."""
    first = next(file.iter_batches(vectors.LOOKED_AT, columns=[name]), None)
    return [] if first is None else first.column(0).to_numpy(zero_copy_only=False)


def _box(column: dict) -> placing.Box | None:
    box = column.get("bbox")
    if not box or not np.isfinite(box).all():
        return None
    return tuple(map(float, box if len(box) == 4 else (box[0], box[1], box[3], box[4])))


def _measured(file, name: str) -> placing.Box | None:
    """Of the shapes themselves, where the metadata has no box."""
    import shapely
    bounds = shapely.total_bounds(shapely.from_wkb(file.read([name]).column(0).to_numpy(zero_copy_only=False)
                                                   if file.metadata.num_rows else np.zeros(0, object)))
    return tuple(map(float, bounds)) if np.isfinite(bounds).all() else None


@reader("geoparquet", label="GeoParquet", suffixes=(".parquet", ".geoparquet", ".pq"), sniff=sniff, inspect=inspect)
def read(request: Request, progress: Progress) -> Vectors | Mesh:
    """As `cim.vectors.read`."""
    from cim.geometries import repaired
    path = request.path
    progress(0.0, 1.0, tr("Reading features"))
    with _troubled(path):
        file, name, column = _described(path)
        table = file.read([n for n in file.schema_arrow.names if n != "bbox"])
        wkb = table.column(name)
    progress(0.3, 1.0, tr("Checking geometries"))
    geometries = repaired(wkb)
    features, odd = attributes.plain(table.drop_columns([name]).take(geometries.rows), None)
    place = placing.georef(request.source, *_stated(column), geometries.box, request.frame, turnable=True)
    if geometries.box is not None:
        place = placing.require_place(place, geometries.box, str(path))
    progress(0.5, 1.0, tr("Building shapes"))
    payload = vectors.payload_of(request, geometries, features, place)
    empty = () if table.num_rows else (tr("It holds no features."),)
    progress(1.0)
    names = features.column_names if features is not None else ()
    return replace(payload, features=payload.features or features, crs=place.crs, crs_source=place.source, notes=(
        *place.notes, *proposal(place, geometries.box, names, path.stem), *geometries.notes, *odd, *payload.notes,
        *empty, *placing.far_notes(place, request.frame, geometries.box)))
