"""3D Tiles as a tree that the scene streams: recognised, described, opened, and its parts read in workers."""

from __future__ import annotations

import tempfile
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from cim import placing
from cim.gltf import notes_of
from cim.tile_content import Placer, tile_mesh
from cim.tile_heights import heights_of
from cim.tile_nodes import EVERYWHERE, FAULTS, IDENTITY, Content, Link, Opener, SubtreeLink, broken
from cim.tile_source import Folder, Server, Unreachable
from cim.tiles3d_file import pieces_in
from twin.data import Mesh
from twin.layer import Source
from twin.outlines import Outlines
from twin.readers import Progress, Request
from twin.text import tr
from twin.tile_tree import Opened, Read, TileTree, Want
from twin.trouble import Trouble


@dataclass(frozen=True)
class Loader:
    """Reads what is wanted of a tree, one after the other. Runs in a worker."""

    opener: Opener
    placer: Placer
    on_ground: bool = False               # heights count from the ground of the scene

    def __call__(self, wants: tuple[Want, ...], progress: Progress) -> None:
        for number, want in enumerate(wants):
            progress(number, len(wants))
            progress.part(self._opened(want) if want.opening else self._read(want))

    def _opened(self, want: Want) -> Opened:
        try:
            what = want.what
            return Opened(want.node, self.opener.subtree(what) if isinstance(what, SubtreeLink)
                          else self.opener.file(what))
        except (*FAULTS, Trouble) as error:
            return Opened(want.node, error=broken(error))

    def _read(self, want: Want) -> Read:
        content: Content = want.what
        try:
            pieces, skipped = [], Counter()
            for name in content.names:
                pieces += pieces_in(self.opener.source.read(name), Path(name), skipped)
            mesh = tile_mesh(pieces, np.array(content.transform).reshape(4, 4), self.placer)
            return Read(want.node, replace(mesh, base=_bases(mesh)) if self.on_ground and mesh.count else mesh,
                        skipped=tuple(sorted((+skipped).items())))
        except (*FAULTS, Trouble) as error:
            return Read(want.node, error=broken(error))


    @staticmethod
    def notes(skipped: Counter) -> tuple[str, ...]:
        """What parts left out, in sentences for the layer's row."""
        known = {"points", "lines", "faces", "library", "basisu", "unreadable", "dots", "instances", "binary",
                 "feature_pictures"}
        more = tuple(tr("{n} tiles of type {kind} are not shown.", n=n, kind=kind)
                     for kind, n in sorted(skipped.items()) if kind not in known)
        if skipped["binary"]:
            more += (tr("{n} binary columns of batch tables are not shown.", n=skipped["binary"]),)
        return (*notes_of(skipped, None), *more)


def _bases(mesh: Mesh) -> np.ndarray:
    """(features, 2) f4 the mean of each feature's corners, where its ground height is taken."""
    count = np.maximum(np.bincount(mesh.vertex_feature, minlength=mesh.count), 1)
    sums = [np.bincount(mesh.vertex_feature, mesh.points[:, i], minlength=mesh.count) for i in range(2)]
    return (np.stack(sums, axis=1) / count[:, None]).astype(np.float32)


def open_tree(request: Request, source: Folder | Server, name: str, located: bool, baked: dict) -> TileTree:
    """The tiles of the first file. `name` in full, as `source` knows it; `baked`: see `baked_of`."""
    heights = heights_of(request.source, request.frame, baked, located)
    on_ground = bool(baked.get("on_ground"))
    opener = Opener(source, request.frame, located, heights)
    nodes = opener.file(Link(name, IDENTITY, True))
    box = (*map(float, nodes.box[:, :3].min(axis=0)), *map(float, nodes.box[:, 3:].max(axis=0)))
    box = None if box == EVERYWHERE else box
    placer = Placer(request.frame, located, heights)
    return TileTree(nodes=nodes, box=box, loader=Loader(opener, placer, on_ground), on_ground=on_ground,
                    notes=(heights.note,) if heights.note else ())


def beside(path: Path, said: dict, request: Request) -> dict:
    """What a bake put beside its tileset, as fields of a `TileTree`: all attributes, and where each feature lies."""
    told = baked_of(said)
    table_path = path.parent / str(told.get("table", ""))
    if not told.get("table") or not table_path.is_relative_to(path.parent) or not table_path.is_file():
        return {}
    return _table(table_path, request)


def beside_at(server: Server, said: dict, request: Request) -> dict:
    """As `beside`, from a server."""
    told = baked_of(said)
    if not told.get("table"):
        return {}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "features.parquet"
        try:
            path.write_bytes(server.read(server.resolve(server.url, str(told["table"]))))
        except Unreachable:
            return {}
        return _table(path, request)


def baked_of(said: dict) -> dict:
    """What a bake of ours says of its tileset; {} of others."""
    return (said["asset"].get("extras") or {}).get("citytwin") or {}


def _table(table_path: Path, request: Request) -> dict:
    import pyarrow.parquet as pq
    import shapely

    from cim import geoparquet
    source = Source(path=str(table_path))
    place, _ = geoparquet.whereabouts(table_path, source)
    table = pq.read_table(table_path)
    shapes = shapely.from_wkb(table.column("geometry").to_numpy(zero_copy_only=False))
    bounds = shapely.bounds(shapes)
    low, high = (placing.to_local(place, request.frame, *bounds[:, at].T)[:, :2] for at in ([0, 1], [2, 3]))
    box = np.concatenate([low, high], axis=1).astype(np.float32)
    return {"features": table.drop_columns(["geometry"]), "rows": "_row", "row_box": box, "count": table.num_rows,
            "outlines": _outlines(shapes, lambda x, y: placing.to_local(place, request.frame, x, y)[:, :2])}


def _outlines(shapes: np.ndarray, to_local) -> Outlines:
    """Of what has an area."""
    import shapely
    parts, feature = shapely.get_parts(shapes, return_index=True)
    areas = np.flatnonzero(shapely.get_type_id(parts) == shapely.GeometryType.POLYGON)
    rings, of = shapely.get_rings(parts[areas], return_index=True)
    corners, ring = shapely.get_coordinates(rings, return_index=True)
    points = to_local(corners[:, 0], corners[:, 1]).astype(np.float32) if len(corners) else np.zeros((0, 2), np.float32)
    return Outlines(points, np.searchsorted(ring, np.arange(len(rings) + 1)).astype(np.int32),
                    feature[areas][of].astype(np.int32), len(shapes))
