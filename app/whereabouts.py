"""Where the numbers of a file may lie: every reading of them that has a place, with how far that is. No Qt.

Nothing here decides. The reader's own guess is one of the readings; a person looks at the map and accepts one.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

import numpy as np

from twin import china_offset, local_grid, readers
from twin.document import Document
from twin.frame import JIADING, Frame, crs_label, frame_at, is_geographic, lonlat_of, normal_crs
from twin.layer import Layer, Source
from twin.readers import Info, Progress
from twin.text import tr
from twin.trouble import Trouble

PLANES = (JIADING, "EPSG:32651", "EPSG:4548", "EPSG:4550", "EPSG:3857")
USUAL = (JIADING, "EPSG:4528", "EPSG:32651", "EPSG:4490", "EPSG:4326", "EPSG:3857")     # to choose from by name
GEOGRAPHIC = ("EPSG:4326", *china_offset.NAMES)
FARTHEST_M = 3_000_000.0                   # from the project: a reading beyond is not worth showing
CITY_GRID_M = (60_000.0, 80_000.0)
WEB_MERCATOR = ("EPSG:3857", "EPSG:102100", "EPSG:900913", "ESRI:102100")
COMPARED = ("vectors", "zones", "city", "networks", "imagery")
SAME = 0.2                                 # of the shift: sides that are nearer to each other are the same
Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Reading:
    """`crs` as a source takes it. `ring` (n, 2) local metres: the outline of the file's box, where it would lie."""

    crs: str
    ring: np.ndarray
    lonlat: tuple[float, float]
    away_m: float                          # from the middle of what is there

    @property
    def label(self) -> str:
        return crs_label(self.crs)


@dataclass(frozen=True)
class Numbers:
    """`box`: min x, min y, max x, max y as the file writes them; None where it has none. `infos`: what it says."""

    box: Box | None
    infos: tuple[Info, ...]


def numbers_of(path: str, source: Source, frame_crs: str, progress: Progress) -> Numbers:
    """Runs in a worker. A CRS that is set keeps a reader from turning the numbers round."""
    readers.discover()
    assumed = readers.Assumed(frame_crs)
    _, raw = readers.recognise(Path(path), replace(source, crs=frame_crs or JIADING), assumed)
    _, infos = readers.recognise(Path(path), replace(source, crs=""), assumed)
    raw = [info for info in raw if not source.table or info.table == source.table] or raw
    box = box_of(raw[0]) if raw else None
    return Numbers(box if box and all(map(math.isfinite, box)) else None, tuple(infos))


def readings(box: Box, frame: Frame, middle: tuple[float, float] = (0.0, 0.0), stated: str = "") -> list[Reading]:
    """All readings of a box near the project, the nearest first; `stated` is what the file itself says."""
    tried = dict.fromkeys(filter(None, (stated, *_codes(box, frame))))
    found = [one for crs in tried if (one := reading(crs, box, frame, middle)) is not None]
    return sorted((one for one in found if one.away_m < FARTHEST_M), key=lambda one: one.away_m)


def reading(crs: str, box: Box, frame: Frame, middle: tuple[float, float] = (0.0, 0.0)) -> Reading | None:
    """One reading; None where the numbers have no place in it."""
    along = np.linspace(0.0, 1.0, 9)[:-1]
    x = np.concatenate([along, np.ones(8), 1 - along, np.zeros(8)]) * (box[2] - box[0]) + box[0]
    y = np.concatenate([np.zeros(8), along, np.ones(8), 1 - along]) * (box[3] - box[1]) + box[1]
    try:
        crs = normal_crs(crs)
        ring = frame.to_local(x, y, crs=crs)[:, :2]
        there = lonlat_of(crs, (box[0] + box[2]) / 2, (box[1] + box[3]) / 2)
    except Trouble:
        return None
    if there is None or not np.isfinite(ring).all():
        return None
    centre = (ring.min(axis=0) + ring.max(axis=0)) / 2
    return Reading(crs, ring, there, float(math.dist(centre, middle)))


def reference(frame: Frame) -> Frame:
    """What readings are measured against: the project's frame, or, where that has no place on the Earth, Jiading's."""
    return frame if frame.crs else Frame()


def settled(document: Document, layer: Layer, crs: str, box: Box | None) -> Document:
    """The document with a layer read in `crs`. A project without a system gets one by it, as its first file would have
    given it; where the layer's numbers stay as they are, so does everything that was put beside them.
    """
    fresh = document.with_layer(replace(layer, source=replace(layer.source, crs=crs)))
    old = document.frame
    if old.crs or not crs or box is None:
        return fresh
    there = frame_at(crs, (box[0] + box[2]) / 2, (box[1] + box[3]) / 2)
    origin = old.origin if there.crs == crs else (*there.origin[:2], old.origin[2])
    return replace(fresh, frame=replace(old, crs=there.crs, origin=origin))


def as_read(bounds, frame: Frame, crs: str, middle: tuple[float, float] = (0.0, 0.0)) -> Reading | None:
    """Where a file lies that was read already; `bounds` of its payload, local metres. None where the project itself
    has no place on the Earth.
    """
    if not frame.crs:
        return None
    x0, y0, x1, y1 = bounds[0], bounds[1], bounds[3], bounds[4]
    ring = np.array([(x0, y0), (x1, y0), (x1, y1), (x0, y1)], np.float64)
    lon, lat, _ = frame.to_lonlat([[*ring.mean(axis=0), 0.0]])[0]
    return Reading(crs, ring, (float(lon), float(lat)), float(math.dist(ring.mean(axis=0), middle)))


def shifted_like(session, id: str) -> tuple[str, Layer] | None:
    """(GCJ-02 or BD-09, the layer whose extent it then has) of degrees that lie aside from what is there by just what
    that system shifts; None where nothing of the kind is seen."""
    document, asset = session.document, session.held(id)
    layer, payload = document.layer(id), asset.payload if asset else None
    if layer is None or layer.source is None or layer.source.crs or payload is None or payload.bounds() is None:
        return None
    if not payload.crs or payload.crs in china_offset.NAMES or not is_geographic(payload.crs):
        return None
    mine, others = _sides(payload.bounds()), _extents(session, id)
    for system in china_offset.NAMES:
        back = _taken_back(system, mine, document.frame)
        shift_m = float(np.abs(back - mine).max())
        for other, sides in others:
            if shift_m > 0 and np.abs(back - sides).max() < SAME * shift_m and np.abs(mine - sides).max() > shift_m / 2:
                return system, other
    return None


def _sides(bounds) -> np.ndarray:
    return np.array([bounds[0], bounds[1], bounds[3], bounds[4]])


def _extents(session, id: str) -> list[tuple[Layer, np.ndarray]]:
    found = []
    for other in session.document.layers:
        asset = session.held(other.id) if other.id != id and other.kind in COMPARED else None
        if asset and asset.payload is not None and (bounds := asset.payload.bounds()) is not None:
            found.append((other, _sides(bounds)))
    return found


def _taken_back(system: str, sides: np.ndarray, frame: Frame) -> np.ndarray:
    """The sides of a box that was read as WGS 84, where its corners lie in the shifted system."""
    corners = np.array([(sides[0], sides[1], 0.0), (sides[2], sides[3], 0.0)])
    lonlat = frame.to_lonlat(corners)
    return frame.to_local(lonlat[:, 0], lonlat[:, 1], crs=system)[:, :2].ravel()


def _codes(box: Box, frame: Frame):
    """The systems that numbers of this size may be in, both ways round."""
    from cim.placing import zone_numbered
    swapped = (box[1], box[0], box[3], box[2])
    for turned, one in ((False, box), (True, swapped)):
        codes = []
        if max(abs(one[0]), abs(one[2])) <= 180.0 and max(abs(one[1]), abs(one[3])) <= 90.0:
            codes += GEOGRAPHIC
        elif zoned := zone_numbered(one):
            codes += [zoned, "EPSG:3857"]
        else:
            codes += [frame.crs, *PLANES]
        yield from (local_grid.SWAPPED + crs if turned else crs for crs in codes if crs)


def like_city_grid(box: Box) -> bool:
    """Whether metres may count from the middle of Shanghai; its grid is known only by a PROJ string or points."""
    small = all(max(abs(box[i]), abs(box[i + 2])) < most for i, most in enumerate(CITY_GRID_M))
    return small and max(map(abs, box)) > 360.0


def mislabelled(crs: str, box: Box | None) -> bool:
    """Whether numbers of the size of the city grid's call themselves web Mercator: a common wrong label, as that would
    be in the sea off Africa."""
    return box is not None and crs in WEB_MERCATOR and like_city_grid(box)


def box_of(info: Info) -> Box | None:
    """In the numbers of the file."""
    extent = info.extent
    return None if extent is None else tuple(float(extent[i]) for i in (0, 1, len(extent) // 2, len(extent) // 2 + 1))


@lru_cache(maxsize=256)
def nearer_otherwise(bounds: tuple[float, ...], crs: str, frame: Frame, within_m: float) -> bool:
    """Whether a payload that lies far away as it was read (`bounds` in local metres) would lie within `within_m` of the
    project by another reading of its numbers, or may be in the city grid: then its label is to be doubted.
    """
    if not crs or not frame.crs:
        return False
    try:
        corners = Frame(crs=crs, origin=(0.0, 0.0, 0.0)).to_local(
            np.array([bounds[0], bounds[3]]) + frame.origin[0], np.array([bounds[1], bounds[4]]) + frame.origin[1],
            crs=frame.crs)[:, :2]
    except Trouble:
        return False
    box = tuple(map(float, corners.ravel()))
    return mislabelled(crs, box) or any(one.away_m < within_m and one.crs != normal_crs(crs)
                                        for one in readings(box, frame, stated=crs))


def numbers_said(box: Box) -> tuple[str, str, str, str]:
    """Of x from, x to, y from, y to: degrees to a tenth of a metre, metres to a centimetre."""
    digits = 6 if max(map(abs, box)) <= 360.0 else 2
    return tuple(f"{box[n]:,.{digits}f}" for n in (0, 2, 1, 3))


def where_words(one: Reading, frame: Frame) -> str:
    """Where a reading lies, and how far from what the project (`frame`) shows, where that has a place."""
    lon, lat = one.lonlat
    if not frame.crs:
        return tr("{lat:.4f}° N {lon:.4f}° E", lat=lat, lon=lon)
    return tr("{lat:.4f}° N {lon:.4f}° E, {away} from the middle of the project", lat=lat, lon=lon,
              away=f"{one.away_m:,.0f} m" if one.away_m < 10_000 else f"{one.away_m / 1000:,.0f} km")


def frame_for(box: Box, infos: tuple[Info, ...]) -> Frame:
    """Where there is no project: a frame at the place that the file's own reading has."""
    crs = next((info.crs for info in infos if info.crs), "")
    x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    return frame_at(crs, x, y) if crs and lonlat_of(crs, x, y) else Frame()
