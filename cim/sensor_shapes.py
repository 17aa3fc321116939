"""Readings over lines, areas and buildings: a table of readings, and a vector file with what they belong to.

Asked for by name only (`Source.reader`), with the file of shapes in `Source.shapes`. A shape's `id` is the `thing` of
its datastreams. Polygons with a height are buildings.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from cim import attributes, vector_files, vectors
from twin.data import Mesh, Sensors, Vectors
from twin.history import parquet_file
from twin.layer import Source
from twin.readers import USUAL, Assumed, Info, Progress, Request, reader
from twin.text import tr
from twin.trouble import Trouble

NAME = "sensor-shapes"


def sniff(path: Path, head: bytes) -> float:
    """No file alone is one of these: the project names the two that belong together."""
    return 0.0


def inspect(path: Path, source: Source, assumed: Assumed = USUAL) -> list[Info]:
    return parquet_file.inspect(path, source, assumed)


@reader(NAME, label="Readings over shapes", suffixes=(".parquet", ".pq"), sniff=sniff, inspect=inspect, assumes=True)
def read(request: Request, progress: Progress) -> Sensors:
    path = request.source.shapes
    if not Path(path).is_file():
        raise Trouble(tr("The file of the shapes is not there."), way_out=tr("Put it back, or choose another one."),
                      path=path)
    sensors = parquet_file.read(request, progress)
    shapes, buildings = _shapes(replace(request, source=Source(path=path), kind="vectors"))
    things = _words(sensors.features, "thing")
    shape_of, building_of = _places(things, shapes), _places(things, buildings)
    return replace(sensors, shapes=shapes, shape_of=shape_of, buildings=buildings, building_of=building_of,
                   notes=(*sensors.notes, *shapes.notes, *buildings.notes))


def _shapes(request: Request) -> tuple[Vectors, Mesh]:
    """(lines and areas, buildings)."""
    table = vector_files.tables(request.path, request.source)[0]
    rows, wkb = vector_files.read_rows(table, request.path)
    height = attributes.find(rows.column_names, attributes.HEIGHT_NAMES)
    tall = np.zeros(len(rows), bool)
    if height:
        values = rows.column(height).to_numpy(zero_copy_only=False).astype(np.float64)
        tall = np.isfinite(values) & (values > 0)
    return (_payload(request, table, rows.filter(~tall), wkb.filter(~tall)),
            _payload(replace(request, kind="city"), table, rows.filter(tall), wkb.filter(tall)))


def _payload(request: Request, table: vector_files.Table, rows, wkb):
    from cim.geometries import repaired
    geometries = repaired(wkb)
    if not len(geometries.shapes):
        return Mesh() if request.kind == "city" else Vectors()
    features, _ = attributes.plain(rows.take(geometries.rows), table.encoding)
    place = vectors.place_of(request, table, geometries.box)
    payload = vectors.payload_of(request, geometries, features, place)
    return replace(payload, features=payload.features or features, notes=(*place.notes, *geometries.notes))


def _places(things: list[str], shapes: Vectors | Mesh) -> np.ndarray:
    """(datastreams,) i4: which shape has the name of each datastream's thing; -1 = none."""
    of = {name: row for row, name in enumerate(_words(shapes.features, "id"))} if shapes.features is not None else {}
    return np.array([of.get(thing, -1) for thing in things], np.int32)


def _words(table, column: str) -> list[str]:
    if table is None or column not in table.column_names:
        raise Trouble(tr("The shapes cannot be told apart."), cause=tr("There is no column {name}", name=column),
                      way_out=tr("Give every shape the name of the thing whose readings it shows."))
    return ["" if v is None else str(v) for v in table.column(column).to_pylist()]
