"""The inputs taken apart: features in the order of the ground, so that a tile's features lie together on disk.

A shard is an Arrow file with a row for each feature (and, of models, arrays of their triangles). It is read by
memory mapping: a worker that makes a tile touches only what it needs, however large the city is.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path

import numpy as np

from cim.bake.inputs import FOOTPRINTS, Dataset, square_around
from cim.city_shapes import lod_rank
from twin import readers
from twin.data import Mesh
from twin.readers import Progress, Request
from twin.text import tr
from twin.trouble import Trouble

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
    shapes, features, notes = _footprints(geometries, features, notes) if data.form == FOOTPRINTS else (
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


def _footprints(geometries, features, notes):
    """Polygons facing up with their heights; what is no polygon is counted and left out."""
    import pyarrow as pa
    import shapely

    from cim import attributes
    from cim.geometries import POLYGON
    parts = geometries.parts(POLYGON)
    chosen, feature = np.unique(parts.feature, return_inverse=True)
    features = None if features is None else features.take(chosen)
    heights, more = attributes.heights(features, len(chosen))
    if len(chosen) < len(geometries.shapes):
        more += (tr("{n} features are no polygons and were skipped.", n=len(geometries.shapes) - len(chosen)),)
    polygons = shapely.orient_polygons(parts.shapes)
    several = len(chosen) < len(polygons)
    shapes = shapely.multipolygons(polygons, indices=feature.ravel()) if several else polygons
    used = pa.array(heights.astype(np.float32))
    features = pa.table({"height_used_m": used}) if features is None else features.append_column("height_used_m", used)
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


# -- models --------------------------------------------------------------------------------------------------


def shard_shapes(data: Dataset, folder: str, progress: Progress) -> dict:
    """A whole city or IFC model as one shard: every object at its highest level of detail."""
    import pyarrow as pa

    readers.discover()
    mesh = readers.read(Request(source=data.source, kind=data.info.kind, frame=data.frame), progress)
    if not isinstance(mesh, Mesh) or not len(mesh.triangles):
        raise Trouble(tr("It holds no shapes that can be baked."), path=data.source.path)
    points = _in_frame(mesh, data)
    square = square_around(points)
    parts = _Parts(mesh, points)
    codes = place_codes(parts.middle, square)
    order = np.argsort(codes, kind="stable")
    features = mesh.features if mesh.features is not None else pa.table({"id": pa.array(np.arange(parts.count))})
    columns = {n: features.column(n) for n in features.column_names if n not in (GEOMETRY, *OWN)}
    columns |= {GEOMETRY: _rectangles(parts, data), PLACE: pa.array(codes),
                SIZE: pa.array(parts.size.astype(np.float32)), COST: pa.array(parts.triangles_of.astype(np.int32))}
    table = pa.table(columns).take(order)
    name = "shapes.arrow"
    write_arrow(table, Path(folder) / name)
    for part, array in parts.ordered(order).items():
        write_npy(array, Path(folder) / f"{part}.npy")
    east, north = (np.array([parts.low[:, i].min(), parts.high[:, i].max()]) + data.frame.origin[i] for i in (0, 1))
    return {"file": name, "count": table.num_rows, "notes": list(mesh.notes), "columns": columns_of(table),
            "box": [float(east[0]), float(north[0]), float(east[1]), float(north[1])], "types": ["Polygon"],
            "square": list(square)}


def _in_frame(mesh: Mesh, data: Dataset) -> np.ndarray:
    points = mesh.points.astype(np.float64)
    if mesh.placement is not None:
        matrix = data.frame.matrix(mesh.placement)
        return points @ matrix[:3, :3].T + matrix[:3, 3]
    if mesh.georeference:
        raise Trouble(tr("This model does not say where on the Earth it stands."),
                      way_out=tr("Give it a georeference first."), path=data.source.path)
    return points


class _Parts:
    """The vertices and triangles of a mesh by feature, only of each feature's highest level of detail."""

    def __init__(self, mesh: Mesh, points: np.ndarray):
        self.count = max(mesh.count, int(mesh.vertex_feature.max()) + 1,
                         mesh.features.num_rows if mesh.features is not None else 0)
        kept = _highest(mesh, self.count)[mesh.triangles[:, 0]]
        self.triangles = mesh.triangles[kept]
        used = np.unique(self.triangles)
        self.points, self.feature = points[used], mesh.vertex_feature[used]
        colors = _colors(mesh)
        self.colors = None if colors is None else colors[used]
        back = np.zeros(len(points), np.int64)
        back[used] = np.arange(len(used))
        self.triangles = back[self.triangles]
        self.triangles_of = np.bincount(self.feature[self.triangles[:, 0]], minlength=self.count)
        self.low, self.high = np.full((self.count, 3), np.inf), np.full((self.count, 3), -np.inf)
        np.minimum.at(self.low, self.feature, self.points)
        np.maximum.at(self.high, self.feature, self.points)
        bare = ~np.isfinite(self.low[:, 0])                  # rows without a shape stay in the table
        self.low[bare] = self.high[bare] = self.points.mean(axis=0)
        self.size = np.where(bare, 0.0, np.linalg.norm(self.high - self.low, axis=1))

    @property
    def middle(self) -> np.ndarray:
        return (self.low[:, :2] + self.high[:, :2]) / 2

    def ordered(self, order: np.ndarray) -> dict[str, np.ndarray]:
        """`points` f8, `triangles` from the feature's first vertex, `vertex_at` and `triangle_at` (features + 1,)."""
        rank = np.empty(self.count, np.int64)
        rank[order] = np.arange(self.count)
        vertex_rank = rank[self.feature]
        vertices = np.argsort(vertex_rank, kind="stable")
        place = np.empty(len(vertices), np.int64)
        place[vertices] = np.arange(len(vertices))
        triangle_rank = vertex_rank[self.triangles[:, 0]]
        cells = np.argsort(triangle_rank, kind="stable")
        vertex_at = np.searchsorted(vertex_rank[vertices], np.arange(self.count + 1))
        triangles = place[self.triangles[cells]] - vertex_at[triangle_rank[cells]][:, None]
        out = {"points": self.points[vertices], "triangles": triangles.astype(np.int32), "vertex_at": vertex_at,
               "triangle_at": np.searchsorted(triangle_rank[cells], np.arange(self.count + 1))}
        return out if self.colors is None else out | {"colors": self.colors[vertices]}


def _highest(mesh: Mesh, count: int) -> np.ndarray:
    """(vertices,) bool: of the highest level of its feature."""
    if mesh.vertex_surface is None or not mesh.surfaces:
        return np.ones(len(mesh.points), bool)
    rank = np.array([lod_rank(s.lod)[0] for s in mesh.surfaces])[mesh.vertex_surface]
    highest = np.full(count, -np.inf)
    np.maximum.at(highest, mesh.vertex_feature, rank)
    return rank == highest[mesh.vertex_feature]


def _colors(mesh: Mesh) -> np.ndarray | None:
    """(vertices, 4) u1 as the file says; None where it says nothing."""
    own = [s.color for s in mesh.surfaces]
    if mesh.colors is None and not any(own):
        return None
    rgba = np.full((len(mesh.points), 4), 255, np.uint8)
    if mesh.colors is not None:
        rgba[:] = mesh.colors[mesh.vertex_feature]
    if mesh.vertex_tint is not None:
        tinted = mesh.vertex_tint >= 0
        rgba[tinted] = mesh.tint_colors[mesh.vertex_tint[tinted]]
    if any(own):
        known = np.array([c is not None for c in own])[mesh.vertex_surface]
        rgba[known, :3] = np.array([c or (255, 255, 255) for c in own], np.uint8)[mesh.vertex_surface[known]]
    return rgba


def _rectangles(parts: _Parts, data: Dataset):
    """The rectangle around each object in the project CRS of its frame, as WKB."""
    import pyarrow as pa
    import shapely
    e, n, _ = data.frame.origin
    boxes = shapely.box(parts.low[:, 0] + e, parts.low[:, 1] + n, parts.high[:, 0] + e, parts.high[:, 1] + n)
    return pa.array(shapely.to_wkb(boxes), pa.binary())


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
