"""The inputs taken apart: features in the order of the ground, so that a tile's features lie together on disk.

A shard is an Arrow file with a row for each feature (and, of models, arrays of their triangles). It is read by
memory mapping: a worker that makes a tile touches only what it needs, however large the city is.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path

import numpy as np

from cim.bake.inputs import FOOTPRINTS, Dataset
from twin.readers import Progress
from twin.text import tr

PLACE, SIZE, COST, GEOMETRY = "_place", "_size_m", "_cost", "geometry"
OWN = (PLACE, SIZE, COST)                 # columns of the work itself, in no result
BITS = 20                                 # of each coordinate in a feature's place


def place_codes(xy: np.ndarray, square: tuple[float, float, float]) -> np.ndarray:
    """(n,) u8 Morton codes of local metres in a square: east in the even bits, north in the odd ones."""
    west, south, side = square
    cells = np.clip((xy - (west, south)) / side * (1 << BITS), 0, (1 << BITS) - 1).astype(np.uint64)
    return _spread(cells[:, 0]) | (_spread(cells[:, 1]) << np.uint64(1))


def _spread(value: np.ndarray) -> np.ndarray:
    for shift, mask in ((16, 0x0000FFFF0000FFFF), (8, 0x00FF00FF00FF00FF), (4, 0x0F0F0F0F0F0F0F0F),
                        (2, 0x3333333333333333), (1, 0x5555555555555555)):
        value = (value | (value << np.uint64(shift))) & np.uint64(mask)
    return value


# -- rows of vector files ----------------------------------------------------------------------------------


def shard_rows(data: Dataset, first: int, count: int, folder: str, progress: Progress) -> dict:
    """Some rows of a vector file as one shard; footprints get their height."""
    import pyarrow as pa
    import shapely

    from cim import geoparquet, vectors
    module = geoparquet if data.source.reader == "geoparquet" else vectors
    features, geometries, notes = module.some_rows(Path(data.source.path), data.source, first, count)
    shapes, features, notes = _footprints(data, geometries, features, notes) if data.form == FOOTPRINTS else (
        geometries.shapes, features, notes)
    xy, size = _measured(data, shapes)
    if data.form == FOOTPRINTS:
        size = np.hypot(size, features.column("height_used_m").to_numpy())
    columns = {n: features.column(n) for n in (features.column_names if features is not None else ())
               if n not in (GEOMETRY, *OWN)}
    columns |= {GEOMETRY: pa.array(shapely.to_wkb(shapes), pa.binary()), SIZE: pa.array(size.astype(np.float32)),
                PLACE: pa.array(place_codes(xy, data.square)),
                COST: pa.array((3 * shapely.get_num_coordinates(shapes)).astype(np.int32))}
    table = pa.table(columns)
    table = table.take(np.argsort(table.column(PLACE).to_numpy(), kind="stable"))
    name = "rows.arrow"
    write_arrow(table, Path(folder) / name)
    return {"file": name, "count": table.num_rows, "notes": list(notes), "columns": columns_of(table),
            "box": [float(v) for v in shapely.total_bounds(shapes)] if len(shapes) else None,
            "types": sorted({_type_name(t) for t in np.unique(shapely.get_type_id(shapes)).tolist()})}


def _footprints(data: Dataset, geometries, features, notes):
    """Polygons facing up with their heights; what is no polygon is counted and left out."""
    import shapely

    from cim import attributes, pitched
    from cim.footprints import rings_of
    from cim.geometries import POLYGON
    from cim.placing import to_local
    parts = geometries.parts(POLYGON)
    chosen, feature = np.unique(parts.feature, return_inverse=True)
    features = None if features is None else features.take(chosen)
    polygons = shapely.orient_polygons(parts.shapes)
    found = attributes.heights(features, len(chosen))
    if (roofs := pitched.roofs_of(features, len(chosen))) is not None:
        found = pitched.with_roofs(found, rings_of(polygons, feature.ravel(), lambda xy: to_local(
            data.place, data.frame, *np.ascontiguousarray(xy.T))[:, :2]), roofs)
    features, more = attributes.with_heights(features, found), found.notes
    if len(chosen) < len(geometries.shapes):
        more += (tr("{n} features are no polygons and were skipped.", n=len(geometries.shapes) - len(chosen)),)
    several = len(chosen) < len(polygons)
    shapes = shapely.multipolygons(polygons, indices=feature.ravel()) if several else polygons
    return shapes, features, (*notes, *more)


def _measured(data: Dataset, shapes) -> tuple[np.ndarray, np.ndarray]:
    """(n, 2) the middle of each shape in the frame, and (n,) the diagonal of its box in metres."""
    import shapely

    from cim.placing import to_local
    bounds = shapely.bounds(shapes).reshape(-1, 4)
    low, high = (to_local(data.place, data.frame, *bounds[:, at].T)[:, :2] for at in ([0, 1], [2, 3]))
    return (low + high) / 2, np.hypot(*(high - low).T)


def _type_name(kind: int) -> str:
    return ("Point", "LineString", "LineString", "Polygon", "MultiPoint", "MultiLineString", "MultiPolygon",
            "GeometryCollection")[kind]


# -- files ---------------------------------------------------------------------------------------------------


def write_arrow(table, path: Path) -> None:
    import pyarrow as pa
    with _renamed(path) as temporary, pa.OSFile(str(temporary), "wb") as sink:
        with pa.ipc.new_file(sink, table.schema) as writer:
            writer.write_table(table.combine_chunks())


def read_arrow(path: Path):
    """The table, memory-mapped."""
    import pyarrow as pa
    return pa.ipc.open_file(pa.memory_map(str(path))).read_all()


def write_npy(array: np.ndarray, path: Path) -> None:
    with _renamed(path) as temporary, open(temporary, "wb") as file:
        np.save(file, array, allow_pickle=False)


class _renamed:
    def __init__(self, path: Path):
        self.path, self.temporary = path, path.with_name(f".{secrets.token_hex(4)}.part")

    def __enter__(self) -> Path:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        return self.temporary

    def __exit__(self, kind, error, trace) -> None:
        if kind is None:
            os.replace(self.temporary, self.path)
        self.temporary.unlink(missing_ok=True)


def columns_of(table) -> list[list]:
    """[name, Arrow type, how many nulls] of every attribute."""
    return [[name, str(column.type), column.null_count] for name, column in zip(table.column_names, table.columns)
            if name not in (GEOMETRY, *OWN)]
