"""GeoTIFF, SRTM .hgt and ASCII grids: recognised by content as terrain or imagery."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from cim import dem, imagery, mosaic, placing, warp
from twin.data import HeightGrid, Imagery
from twin.layer import Source
from twin.readers import Info, NotMine, Progress, Request, reader
from twin.text import tr

TIFF = (b"II*\x00", b"MM\x00*", b"II+\x00", b"MM\x00+")
HGT_BYTES = {2 * n * n for n in (1201, 3601, 7201)} | {2 * 1201 * 601, 2 * 3601 * 1801}
LOOK_PIXELS = 512                         # rows and columns that are read at most to see whether there is data


@dataclass(frozen=True)
class Nature:
    """What a raster is: `kind` "terrain" or "imagery", with the reason where it is a guess."""

    kind: str
    notes: tuple[str, ...] = ()


def sniff(path: Path, head: bytes) -> float:
    if head[:4] in TIFF:
        return 0.9
    suffix = path.suffix.lower()
    if suffix == ".hgt" and path.stat().st_size in HGT_BYTES:
        return 0.9
    if head[:4] == b"PK\x03\x04" and warp.members(path):
        return 0.8
    return 0.8 if head[:5].lower() == b"ncols" else 0.0


def nature_of(src) -> Nature:
    """Terrain is one band of numbers; imagery is colour, a palette, or one band of bytes."""
    from rasterio.enums import ColorInterp
    if ColorInterp.palette in src.colorinterp:
        return Nature("imagery")
    colours = src.count - (ColorInterp.alpha in src.colorinterp)
    kind, whole = src.dtypes[0], np.dtype(src.dtypes[0]).kind in "iu"
    if colours >= 3:
        return Nature("imagery")
    if colours == 2:
        return Nature("terrain", (tr("It has two bands; the first is taken as heights."),))
    if kind == "uint8":
        return Nature("imagery", (tr("One band of bytes: taken as a grey picture, not as heights (a guess)."),))
    if whole and kind.startswith("u"):
        return Nature("terrain", (tr("One band of unsigned numbers: taken as heights (a guess)."),))
    return Nature("terrain")


def inspect(path: Path, source: Source) -> list[Info]:
    with warp.opened(path) as src:
        if not src.count:
            raise NotMine
        nature = nature_of(src)
        box = warp.file_box(src)
        place = placing.georef(source, *warp.stated_crs(src), None if src.transform.is_identity and not src.gcps[0]
                               else box, degrees=max(abs(src.res[0]), abs(src.res[1])) < 0.1)
        low, high, notes = _height_range(src, nature)
        empty = () if _holds_data(src) else (tr("It holds no data at all: every cell is marked as missing."),)
        return [Info(
            path=str(path), kind=nature.kind, format=_format(src, path), name=path.name.split(".")[0],
            crs=place.crs, crs_source=place.source, extent=(box[0], box[1], low, box[2], box[3], high),
            count=src.width * src.height, units="m" if nature.kind == "terrain" else "",
            notes=(*nature.notes, *place.notes, *notes, *empty))]


def _format(src, path: Path) -> str:
    name = {"GTiff": "GeoTIFF", "SRTMHGT": "SRTM HGT", "AAIGrid": "ASCII grid"}.get(src.driver, src.driver)
    return f"{name} (zip)" if path.suffix.lower() == ".zip" else name


def _holds_data(src) -> bool:
    """Whether any cell of a thinned reading has data."""
    step = max(1.0, src.width / LOOK_PIXELS, src.height / LOOK_PIXELS)
    shape = (src.count, math.ceil(src.height / step), math.ceil(src.width / step))
    return not np.ma.getmaskarray(src.read(out_shape=shape, masked=True)).all()


def _height_range(src, nature: Nature) -> tuple[float | None, float | None, tuple[str, ...]]:
    """Lowest and highest height in metres, None where unknown, and what is odd."""
    if nature.kind != "terrain":
        return None, None, ()
    seen = dem.look(src)
    notes = (*seen.notes, *dem.unit_of(src).notes)
    if not seen.known.size:
        return None, None, notes
    if seen.step > 1:
        notes += (tr("The height range was taken from one post in {n}.", n=seen.step ** 2),)
    low, high = (dem.metres(src, float(v)) for v in (seen.known.min(), seen.known.max()))
    return min(low, high), max(low, high), notes


@reader("raster", label="GeoTIFF, HGT, ASCII grid", suffixes=(".tif", ".tiff", ".hgt", ".hgt.zip", ".asc"),
        sniff=sniff, inspect=inspect)
def read(request: Request, progress: Progress) -> HeightGrid | Imagery:
    """A `HeightGrid` or an `Imagery` in the project CRS, thinned to what a screen can use."""
    progress(0.0, 1.0, tr("Opening"))
    with warp.opened(request.path) as src:
        nature = nature_of(src)
        place = warp.place_of(request, src)
        box, shifted = warp.file_box(src), warp.shift_notes(place, src)
    kind = request.kind if request.kind in ("terrain", "imagery") else nature.kind
    if kind == "terrain" and request.source.over:
        return mosaic.read(request, progress)
    if kind != nature.kind:
        nature = Nature(kind)
    payload = dem.read(request, place, progress) if kind == "terrain" else imagery.read(request, place, progress)
    notes = (*nature.notes, *place.notes, *shifted, *payload.notes, *placing.far_notes(place, request.frame, box))
    return replace(payload, notes=notes, crs=place.crs, crs_source=place.source)
