"""Models taken apart: a file that does not fit into memory is read some objects at a time, and a shard made of each.

What places the objects is known only when the whole file was seen, and so are the textures of files that tell them
last: parts are put down as they come, and made into shards one after the other when the file is at its end.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from cim import citygml, cityjson
from cim.bake.inputs import Dataset, square_around
from cim.bake.metadata import wider
from cim.bake.parts import Parts
from cim.bake.quadtree import MOST_TRIANGLES
from cim.bake.shards import (
    COST,
    GEOMETRY,
    OWN,
    PLACE,
    SIZE,
    columns_of,
    place_codes,
    read_arrow,
    write_arrow,
    write_npy,
)
from cim.bake.skins import FULL, SKINS, TILE_PX, Skin, skin_of, unread
from cim.bake.weighing import texts_of
from cim.pictures import Draped, beside
from twin import readers
from twin.data import Mesh
from twin.readers import Progress, Request
from twin.text import tr
from twin.trouble import Trouble

MOST_POLYGONS = 150_000                   # of one part of a file: about 100 MB on the way
RAW = "raw"


@dataclass(frozen=True, eq=False)
class Piece:
    """Some objects of a model; `sizes` points of each polygon. `rings` as CityGML's `Looks` takes them, or `draped`."""

    mesh: Mesh
    sizes: np.ndarray | None = None
    rings: list | None = None
    draped: tuple[Draped | None, ...] = ()


def shard_shapes(data: Dataset, folder: str, progress: Progress) -> list[dict]:
    """A city or IFC model as shards `00000`, `00001`, … beside each other: every object at its highest level of detail.
    Runs in a worker."""
    readers.discover()
    model = _Model(data, Path(folder))
    for piece in model.pieces(progress):
        if isinstance(piece.mesh, Mesh) and len(piece.mesh.triangles):
            model.put_down(piece)
    if not model.count:
        raise Trouble(tr("It holds no shapes that can be baked."), path=data.source.path)
    return model.shards()


class _Model:
    """What of a model is put down so far; `folder` of the first shard, the others have the next numbers."""

    def __init__(self, data: Dataset, folder: Path):
        self.data, self.first = data, folder
        self.count, self.bad = 0, set()
        self.low, self.high = np.full(2, np.inf), np.full(2, -np.inf)
        self.kinds: dict[str, str] = {}
        self.notes: tuple[str, ...] = ()
        self.looks = None

    def pieces(self, progress: Progress) -> Iterator[Piece]:
        data = self.data
        request = Request(source=data.source, kind=data.info.kind, frame=data.frame)
        if data.source.reader == "citygml":
            yield from self._citygml(request, progress)
        elif data.source.reader == "cityjson":
            yield from self._cityjson(request, progress)
        else:
            mesh = readers.read(request, progress)
            self.notes = mesh.notes if isinstance(mesh, Mesh) else ()
            yield Piece(mesh)

    def _citygml(self, request: Request, progress: Progress) -> Iterator[Piece]:
        file = citygml.InParts(request, self.data.info.extent)
        for mesh, sizes, rings in file.parts(MOST_POLYGONS, progress):
            yield Piece(mesh, sizes, rings)
        self.notes, self.looks = file.notes(), file.looks

    def _cityjson(self, request: Request, progress: Progress) -> Iterator[Piece]:
        file = cityjson.InParts(request, self.data.info.extent)
        for mesh, shapes in file.parts(MOST_POLYGONS, progress):
            yield Piece(mesh, np.diff(shapes.rings[shapes.polygons]), draped=shapes.draped)
        self.notes = file.notes()

    def put_down(self, piece: Piece) -> None:
        """The piece as it is, in the frame, without its order on the ground and without textures told later."""
        parts = Parts.of(piece.mesh, _in_frame(piece.mesh, self.data))
        folder = self._folder(self.count) / RAW
        write_arrow(_attributes(piece.mesh, parts.count), folder / "rows.arrow")
        for name, array in parts.arrays().items():
            write_npy(array, folder / f"{name}.npy")
        for name, kind, _ in columns_of(read_arrow(folder / "rows.arrow")):
            self.kinds[name] = wider(self.kinds.get(name, "null"), kind)
        if piece.sizes is not None:
            write_npy(piece.sizes.astype(np.int64), folder / "sizes.npy")
            told = piece.rings if piece.rings is not None else [
                d and [d.picture.name, d.uv.tolist()] for d in piece.draped]
            (folder / "drape.json").write_text(json.dumps(told), encoding="utf-8")
        self.low = np.minimum(self.low, parts.points[:, :2].min(axis=0))
        self.high = np.maximum(self.high, parts.points[:, :2].max(axis=0))
        self.count += 1

    def _folder(self, number: int) -> Path:
        return self.first.with_name(f"{int(self.first.name) + number:05d}")

    def shards(self) -> list[dict]:
        """Everything that was put down, in the order of the ground; what the manifest says of it."""
        square = square_around(np.array([self.low, self.high]))
        said = [self._shard(self._folder(number), square) for number in range(self.count)]
        notes = (*self.notes, *((tr("{n} textures could not be read.", n=len(self.bad)),) if self.bad else ()))
        (east, north), (west, south) = self.high + self.data.frame.origin[:2], self.low + self.data.frame.origin[:2]
        box = [float(west), float(south), float(east), float(north)]
        return [one | {"notes": list(notes) if n == 0 else [], "box": box, "types": ["Polygon"],
                       "square": list(square)} for n, one in enumerate(said)]

    def _shard(self, folder: Path, square: tuple[float, float, float]) -> dict:
        import shutil

        import pyarrow as pa
        raw = folder / RAW
        skin = self._skin(raw)
        parts = Parts.read(raw, skin)
        codes = place_codes(parts.middle, square)
        order = np.argsort(codes, kind="stable")
        table = read_arrow(raw / "rows.arrow")
        columns = {n: _as_kind(table.column(n), self.kinds[n]) for n in table.column_names}
        columns |= {GEOMETRY: _rectangles(parts, self.data), PLACE: pa.array(codes),
                    SIZE: pa.array(parts.size.astype(np.float32)), COST: pa.array(self._cost(parts))}
        table = pa.table(columns).take(order)
        write_arrow(table, folder / "shapes.arrow")
        if parts.skin is not None:
            parts.colors = _with_means(parts, Path(self.data.source.path))
            (folder / SKINS).write_text(json.dumps(parts.skin.names, ensure_ascii=False), encoding="utf-8")
        for name, array in parts.ordered(order).items():
            write_npy(array, folder / f"{name}.npy")
        said = {"file": "shapes.arrow", "count": table.num_rows, "columns": columns_of(table),
                "skinned": parts.skin is not None}
        del table, columns, parts
        shutil.rmtree(raw, ignore_errors=True)
        return said

    def _skin(self, raw: Path) -> Skin | None:
        """Of all points of the piece, as the file numbers them."""
        if not (raw / "drape.json").exists():
            return None
        sizes, told = np.load(raw / "sizes.npy"), json.loads((raw / "drape.json").read_text(encoding="utf-8"))
        if self.looks is not None:
            rings = [(number, tuple(ids), tuple(lengths), turned) for number, ids, lengths, turned in told]
            draped = self.looks.draped(len(sizes), rings)
        else:
            pictures = {name: beside(Path(self.data.source.path), name) for name in {d[0] for d in told if d}}
            draped = [d and Draped(pictures[d[0]], np.array(d[1], np.float32)) for d in told]
        if not any(draped):
            return None
        self.bad |= unread(draped)
        return skin_of(draped, sizes)

    def _cost(self, parts: Parts) -> np.ndarray:
        """(features,) i4 triangles; a feature whose pictures would fill a tile costs as much as a tile holds."""
        cost = parts.triangles_of.astype(np.float64)
        if parts.skin is not None:
            path = Path(self.data.source.path)
            pairs = np.unique(np.stack([parts.feature, parts.skin.picture])[:, parts.skin.picture >= 0], axis=1)
            pixels = np.array([np.prod(beside(path, name).size() or (0, 0)) for name in parts.skin.names], np.float64)
            shared = pixels / np.maximum(np.bincount(pairs[1], minlength=len(pixels)), 1)
            share = np.bincount(pairs[0], shared[pairs[1]], minlength=parts.count) / (FULL * TILE_PX ** 2)
            cost = np.maximum(cost, np.minimum(share, 1.0) * MOST_TRIANGLES)
        return np.ceil(cost).astype(np.int32)


def _as_kind(column, kind: str):
    """A column as all parts of the file have it; what is no plain number is a text."""
    if str(column.type) == kind:
        return column
    return texts_of(column) if kind == "string" else column.cast(kind)


def _attributes(mesh: Mesh, count: int):
    import pyarrow as pa
    features = mesh.features if mesh.features is not None else pa.table({"id": pa.array(np.arange(count))})
    return features.select([n for n in features.column_names if n not in (GEOMETRY, *OWN)])


def _with_means(parts: Parts, path: Path) -> np.ndarray:
    """(vertices, 4) u1 with the mean of its picture where a vertex has one: that is its colour from afar."""
    colors = np.full((len(parts.points), 4), 255, np.uint8) if parts.colors is None else parts.colors.copy()
    means = np.array([np.round(beside(path, name).mean() * 255) for name in parts.skin.names], np.uint8)
    there = parts.skin.picture >= 0
    colors[there, :3] = means[parts.skin.picture[there]]
    return colors


def _in_frame(mesh: Mesh, data: Dataset) -> np.ndarray:
    points = mesh.points.astype(np.float64)
    if mesh.placement is not None:
        matrix = data.frame.matrix(mesh.placement)
        return points @ matrix[:3, :3].T + matrix[:3, 3]
    if mesh.georeference:
        raise Trouble(tr("This model does not say where on the Earth it stands."),
                      way_out=tr("Give it a georeference first."), path=data.source.path)
    return points


def _rectangles(parts: Parts, data: Dataset):
    """The rectangle around each object in the project CRS of its frame, as WKB."""
    import pyarrow as pa
    import shapely
    e, n, _ = data.frame.origin
    boxes = shapely.box(parts.low[:, 0] + e, parts.low[:, 1] + n, parts.high[:, 0] + e, parts.high[:, 1] + n)
    return pa.array(shapely.to_wkb(boxes), pa.binary())
