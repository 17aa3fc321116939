"""glTF, GLB and OBJ models: no place of their own, so they stand where the user puts them."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from pathlib import Path

from cim import gltf_file, obj_file
from cim.pieces import Piece, extent, model_mesh, up_from_y
from twin.data import Mesh
from twin.layer import Source
from twin.readers import Info, NotMine, Progress, Request, reader
from twin.text import tr
from twin.trouble import Trouble

Z_UP = "z-up"                             # Source.part of an OBJ whose height is its third number
LARGE_M = 20_000.0                        # a model wider than this is in millimetres, or has a place of its own


def sniff(path: Path, head: bytes) -> float:
    text = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    if head[:4] == b"glTF":
        return 0.95
    if text[:1] == b"{":
        return 0.9 if b'"asset"' in head and (b'"meshes"' in head or b'"buffers"' in head or b'"scenes"' in head) and (
            b'"geometricError"' not in head) else 0.0
    return 0.85 if path.suffix.lower() == ".obj" and re.search(rb"^(?:v|mtllib|o|g) ", head, re.MULTILINE) else 0.0


def inspect(path: Path, source: Source) -> list[Info]:
    pieces, notes = _load(path, source)
    return [Info(path=str(path), kind="building", format=_format(path), name=path.stem, extent=extent(pieces),
                 count=len(pieces), units="m", crs_source="none", notes=notes)]


def _format(path: Path) -> str:
    return "OBJ" if path.suffix.lower() == ".obj" else "glTF 2.0"


def _load(path: Path, source: Source) -> tuple[list[Piece], tuple[str, ...]]:
    if path.suffix.lower() == ".obj":
        pieces, skipped = obj_file.load(path)
        if source.part != Z_UP:
            pieces = [replace(p, points=up_from_y(p.points)) for p in pieces]
    else:
        found = gltf_file.load(path.read_bytes(), path)
        pieces, skipped = [p for p in found.pieces if not p.dots], found.skipped
        skipped["points"] += len(found.pieces) - len(pieces)
    if not pieces:
        raise Trouble(tr("This model holds no triangles."), cause=tr("Only points, lines or nothing at all"),
                      way_out=tr("Export it again with its surfaces."), path=str(path))
    return pieces, notes_of(skipped, extent(pieces))


def notes_of(skipped: Counter, box) -> tuple[str, ...]:
    said = {"points": tr("{n} sets of points are not shown.", n=skipped["points"]),
            "dots": tr("{n} points are more than one tile shows.", n=f"{skipped['dots']:,}"),
            "lines": tr("{n} sets of lines are not shown.", n=skipped["lines"]),
            "faces": tr("{n} faces name points that do not exist and were skipped.", n=skipped["faces"]),
            "library": tr("The material library beside it is not there: colours are grey."),
            "basisu": tr("{n} textures are packed as KTX2 and left white: `pip install citytwin[packed]` shows them.",
                         n=skipped["basisu"]),
            "instances": tr("{n} instances are too many for one tile and are not shown.", n=skipped["instances"]),
            "feature_pictures": tr("{n} parts tell their features by a texture (EXT_mesh_features) that could not be "
                                   "read: each part is one object.", n=skipped["feature_pictures"]),
            "unreadable": tr("{n} textures could not be read.", n=skipped["unreadable"])}
    notes = tuple(said[name] for name in said if skipped[name])
    if box and max(box[3] - box[0], box[4] - box[1]) > LARGE_M:
        notes += (tr("It is {km:,.0f} km wide: its unit may not be the metre; set the scale where it is placed.",
                     km=max(box[3] - box[0], box[4] - box[1]) / 1000),)
    return notes


@reader("gltf", label="glTF, OBJ", suffixes=(".glb", ".gltf", ".obj"), sniff=sniff, inspect=inspect)
def read(request: Request, progress: Progress) -> Mesh:
    """`Mesh` in the model's own metres, z up, a feature per part; the layer's placement puts it down."""
    progress(0.0, 1.0, tr("Reading objects"))
    if request.kind != "building":
        raise NotMine
    pieces, notes = _load(request.path, request.source)
    progress(1.0)
    return replace(model_mesh(pieces), crs_source="none", notes=notes)
