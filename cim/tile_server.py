"""3D Tiles of a server: a small file of the user's names it, and the scene streams from there."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np

from cim import placing
from cim.tile_nodes import FAULTS, broken
from cim.tile_reader import baked_of, beside_at, open_tree
from cim.tile_source import MARK, Server, named_server
from cim.tiles3d import GEODETIC, extent_of, whereabouts
from twin.layer import Source
from twin.readers import Info, Progress, Request, reader
from twin.text import tr
from twin.tile_tree import TileTree
from twin.trouble import Trouble

SUFFIX = ".tiles.json"


def sniff(path: Path, head: bytes) -> float:
    return 0.99 if head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"{" and f'"{MARK}"'.encode() in head else 0.0


def inspect(path: Path, source: Source) -> list[Info]:
    server = named_server(path)
    said, lonlat = _root(server, path)
    place = placing.georef(source, GEODETIC if lonlat else "", "file", None)
    return [Info(path=str(path), kind="tiles", format=f"3D Tiles {said['asset']['version']} ({tr('server')})",
                 name=path.name.removesuffix(SUFFIX), crs=place.crs, crs_source=place.source,
                 extent=extent_of(lonlat), units="m",
                 notes=(*place.notes, tr("It is read from {url}.", url=server.url.partition("?")[0])),
                 suggest={"faces": "material", "windows": False, "edges": False})]


def _root(server: Server, path: Path) -> tuple[dict, tuple[float, ...] | None]:
    """The first file of a server and where it lies. Raises Trouble with what the server said."""
    try:
        said = json.loads(server.read(server.url, always=True).decode("utf-8-sig"))
        root = said["root"]
        transform = np.array(root.get("transform") or np.eye(4).ravel(), np.float64).reshape(4, 4).T
        return said, whereabouts(root.get("boundingVolume") or {}, transform)
    except FAULTS as error:
        raise Trouble(tr("The tile server cannot be read."), cause=broken(error),
                      way_out=tr("Check its address in the file, the network, and whether it needs a token."),
                      path=str(path)) from None


@reader("tile-server", label="3D Tiles server", suffixes=(SUFFIX,), sniff=sniff, inspect=inspect)
def read(request: Request, progress: Progress) -> TileTree:
    server = named_server(request.path)
    said, lonlat = _root(server, request.path)
    try:
        tree = open_tree(request, server, server.url, lonlat is not None, baked_of(said))
        more = beside_at(server, said, request)
    except FAULTS as error:
        raise Trouble(tr("This 3D Tiles tileset is broken or cut short."), cause=broken(error),
                      path=str(request.path)) from None
    place = placing.georef(request.source, GEODETIC if lonlat else "", "file", None, request.frame)
    return replace(tree, crs=place.crs, crs_source=place.source, **more)
