"""Formats that are recognised but not read yet: a clear word and the way out instead of a riddle."""

from __future__ import annotations

import gzip
from dataclasses import dataclass
from pathlib import Path

from twin.layer import Source
from twin.readers import Info, Progress, Request, reader
from twin.text import tr
from twin.trouble import Trouble


@dataclass(frozen=True)
class Format:
    name: str
    way_out: str                          # English; translated when it is shown


TILE = Format("3D Tiles", "Open the tileset.json that names this tile.")
QUANTIZED = Format("Quantized mesh", "Open the GeoTIFF elevation model that the tiles were made from.")


def format_of(path: Path, head: bytes) -> Format | None:
    """What the file is, by its first bytes; None where it is nothing of these."""
    if head[:4] in (b"b3dm", b"i3dm", b"pnts", b"cmpt", b"subt"):
        return TILE
    return QUANTIZED if path.suffix.lower() == ".terrain" and _is_quantized(head) else None


def _is_quantized(head: bytes) -> bool:
    """A header of 88 bytes (perhaps gzipped); its first three doubles are a place near the Earth's surface."""
    import struct
    import zlib
    if head[:2] == b"\x1f\x8b":
        try:
            head = zlib.decompressobj(16 + zlib.MAX_WBITS).decompress(head)
        except (zlib.error, gzip.BadGzipFile):
            return False
    if len(head) < 88:
        return False
    radius = sum(v * v for v in struct.unpack("<3d", head[:24])) ** 0.5
    return 6.2e6 < radius < 6.5e6


def sniff(path: Path, head: bytes) -> float:
    return 0.9 if format_of(path, head) else 0.0


def inspect(path: Path, source: Source) -> list[Info]:
    raise trouble(path)


def trouble(path: Path) -> Trouble:
    with open(path, "rb") as file:
        found = format_of(path, file.read(65536))
    name = found.name if found else path.suffix
    return Trouble(tr("This is {format}, which is recognised but not read yet.", format=name),
                   way_out=tr(found.way_out) if found else "", path=str(path))


@reader("notyet", label="Single tiles (recognised only)", suffixes=(), sniff=sniff, inspect=inspect)
def read(request: Request, progress: Progress):
    """Always raises Trouble."""
    raise trouble(request.path)
