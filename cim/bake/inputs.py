"""What is to be baked: each table, model or raster of the inputs, where it lies, and what it becomes."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from cim import placing
from cim.bake.store import content_hash
from twin import readers
from twin.frame import Frame, frame_at
from twin.layer import Source
from twin.readers import Info, Progress
from twin.text import tr
from twin.trouble import Trouble

FOOTPRINTS, SHAPES, RASTER, TABLE = "footprints", "shapes", "raster", "table"
SHARD_ROWS = 40_000                       # of a vector file that one worker reads at a time
VECTOR_READERS = ("vectors", "geoparquet")


@dataclass(frozen=True, kw_only=True)
class Dataset:
    """One part of the bake; `name` is its folder or file in the store.

    `form`: "footprints" and "shapes" become tiles and a table, "table" only a table, "raster" a COG. `square`:
    west, south, side in the frame's metres, around all of it. `place`: how its numbers are read (vectors only).
    """

    name: str
    form: str
    info: Info
    source: Source
    frame: Frame = field(default_factory=Frame)
    place: placing.Georef | None = None
    square: tuple[float, float, float] = (0.0, 0.0, 1.0)
    content: str = ""

    @property
    def count(self) -> int:
        return self.info.count or 0


def look(path: str, crs: str, datum: str, geoid_m: float, progress: Progress) -> list[Dataset]:
    """Runs in a worker: the data sets of one input. Raises Trouble for what nobody can read or place."""
    readers.discover()
    source = Source(path=path, crs=crs, height_datum=datum)
    found, infos = readers.recognise(Path(path), source)
    content = content_hash(Path(path))
    made = [_dataset(info, replace(source, reader=found.name, table=info.table)) for info in infos]
    return [replace(one, content=content, frame=replace(one.frame, geoid_m=geoid_m)) for one in made]


def _dataset(info: Info, source: Source) -> Dataset:
    name = _plain_name(info.name or Path(info.path).stem)
    if info.kind in ("terrain", "imagery"):
        return Dataset(name=name, form=RASTER, info=info, source=source)
    if source.reader in VECTOR_READERS:
        form = FOOTPRINTS if info.kind == "city" else TABLE
        return _placed_rows(Dataset(name=name, form=form, info=info, source=source))
    if info.kind in ("city", "building") and source.reader not in ("tiles3d", "gltf"):
        return _placed_shapes(Dataset(name=name, form=SHAPES, info=info, source=source))
    raise Trouble(tr("This file is not baked: {format}.", format=info.format),
                  cause=tr("Footprints, city models, IFC models and rasters become tiles"),
                  way_out=tr("Leave it out."), path=info.path)


def _plain_name(name: str) -> str:
    """Fit for a folder and for an address: letters of any script, digits, and dashes."""
    return re.sub(r"[^\w.-]+", "-", name).strip("-.") or "data"


def _placed_rows(data: Dataset) -> Dataset:
    from cim import geoparquet, vectors
    whereabouts = geoparquet.whereabouts if data.source.reader == "geoparquet" else vectors.whereabouts
    place, box = whereabouts(Path(data.source.path), data.source)
    if box is None:
        raise Trouble(tr("It holds no features."), path=data.source.path)
    if not place.crs:                                        # only a project could tell more
        raise _nowhere(data.source.path)
    box = place.facing(box)
    frame = placing.own_frame(place.crs, box)
    corners = frame.to_local([box[0], box[2], box[0], box[2]], [box[1], box[1], box[3], box[3]], crs=place.crs)
    return replace(data, place=place, frame=frame, square=square_around(corners))


def _placed_shapes(data: Dataset) -> Dataset:
    info = data.info
    extent = info.extent
    middle = ((extent[0] + extent[3]) / 2, (extent[1] + extent[4]) / 2) if extent else info.place
    if not info.crs or middle is None:
        raise _nowhere(data.source.path)
    return replace(data, frame=frame_at(info.crs, *middle))


def _nowhere(path: str) -> Trouble:
    return Trouble(tr("This file does not say where on the Earth it lies."),
                   way_out=tr("Name its CRS with --crs, for example --crs EPSG:4549."), path=path)


def square_around(points: np.ndarray) -> tuple[float, float, float]:
    """West, south and side of the square around (n, 2+) points, in whole metres."""
    low, high = np.floor(points[:, :2].min(axis=0)), np.ceil(points[:, :2].max(axis=0))
    return float(low[0]), float(low[1]), float(max(*(high - low), 1.0))


def named_apart(found: list[Dataset]) -> list[Dataset]:
    """With names of their own: the second "buildings" is "buildings-2"."""
    taken: set[str] = set()
    out = []
    for data in found:
        name, n = data.name, 2
        while name.lower() in taken:
            name, n = f"{data.name}-{n}", n + 1
        taken.add(name.lower())
        out.append(replace(data, name=name))
    return out


def row_ranges(data: Dataset) -> list[tuple[int, int]]:
    """(first row, how many) that one worker reads at a time."""
    return [(first, min(SHARD_ROWS, data.count - first)) for first in range(0, max(data.count, 1), SHARD_ROWS)]
