"""Several elevation models as one terrain: the first that knows a place goes before those after it.

One grid covers all of them, as coarse as memory asks for; where a finer model lies in it, a grid of its own shows
that place as fine as it is (`HeightGrid.parts`), with a rim that lies on the triangles of the whole. So no step and
no crack can open between them, whatever their CRS, unit, datum and spacing.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from cim import dem, warp
from twin.data import HeightGrid
from twin.detail import RIM, around, joined
from twin.frame import Frame
from twin.layer import Source
from twin.readers import Progress, Request
from twin.text import tr
from twin.trouble import Trouble

MOST_PARTS = 3                             # grids of their own; what is left is drawn finer where the camera rests
WORTH = 1.5                                # times as fine as the whole
TOGETHER = 1.1                             # the area around two models against theirs, below which they are one part


@dataclass(frozen=True)
class Member:
    file: dem.File
    blend_m: float


def read(request: Request, progress: Progress) -> HeightGrid:
    members, notes, missing = _members(request)
    frame = request.frame
    progress(0.1, 1.0, tr("Warping"))
    grid = _whole(members)
    heights = composed(members, grid)
    dem.refuse_empty(heights, request.path)
    progress(0.5, 1.0, tr("Measuring the relief"))
    whole = dem.finished(dem.height_grid(heights, grid, frame))
    parts = _parts(members, whole, frame, progress)
    native_m = min(m.file.native_m for m in members)
    shown_m = min(g.dx for g in (*parts, whole))
    progress(1.0)
    return replace(whole, parts=parts, notes=(*notes, *_spacing_notes(members, native_m, shown_m)),
                   complete=not missing, crs=members[-1].file.place.crs, crs_source=members[-1].file.place.source,
                   finer=Finer(tuple(members), native_m) if native_m * WORTH < whole.dx else None)


def _members(request: Request) -> tuple[list[Member], list[str], int]:
    """The models that can be read, the first one first; what is odd about each; how many cannot be read."""
    source = request.source
    asked = [(Source(path=d.path, crs=d.crs, height_datum=d.height_datum, unit=d.unit), d.blend_m)
             for d in source.over] + [(replace(source, over=()), 0.0)]
    members, notes, troubles = [], [], []
    for one, blend_m in asked:
        try:
            file = _looked_at(replace(request, source=one))
        except Trouble as trouble:
            troubles.append(trouble)
            notes.append(tr("{name} is left out: {why}", name=Path(one.path).name, why=str(trouble)))
            continue
        members.append(Member(file, blend_m))
        notes += [f"{Path(one.path).name}: {note}" for note in (*file.place.notes, *file.notes)]
    if not members:
        raise troubles[0]
    return members, notes, len(troubles)


def refuse_others(path: Path) -> None:
    """Raise Trouble for what is no file of heights: gone, no raster, or a picture, whose bands are colours."""
    if not path.exists():
        raise Trouble(tr("The file is not there."), way_out=tr("Put it back, or take it out of the terrain."),
                      path=str(path))
    with warp.opened(path) as src:
        if src.count >= 3 or "palette" in {band.name for band in src.colorinterp}:
            raise Trouble(tr("This is a picture: its bands are colours, not heights."),
                          way_out=tr("Add it as a layer, and it is painted on the terrain."), path=str(path))


def _looked_at(request: Request) -> dem.File:
    refuse_others(request.path)
    with warp.opened(request.path) as src:
        place = warp.place_of(request, src)
    return dem.looked_at(request, place)


def _whole(members: list[Member]) -> warp.Grid:
    """A grid over all of them with at most `dem.MOST_POSTS` posts a side; its posts are the last one's where it is
    as fine."""
    from affine import Affine
    boxes = np.array([_box(m.file.grid) for m in members])
    low, high = boxes[:, :2].min(axis=0), boxes[:, 2:].max(axis=0)
    spacing = max(min(m.file.native_m for m in members), float((high - low).max()) / (dem.MOST_POSTS - 2))
    last = members[-1].file.grid.transform
    if abs(spacing - last.a) < 0.01 * last.a:
        spacing = last.a
    west = last.c - math.ceil((last.c - low[0]) / spacing - 1e-6) * spacing
    north = last.f + math.ceil((high[1] - last.f) / spacing - 1e-6) * spacing
    cols, rows = math.ceil((high[0] - west) / spacing - 1e-6), math.ceil((north - low[1]) / spacing - 1e-6)
    return warp.Grid(Affine(spacing, 0.0, west, 0.0, -spacing, north), rows, cols, rows, cols, 1.0)


def _box(grid: warp.Grid) -> tuple[float, float, float, float]:
    t = grid.transform
    return t.c, t.f + t.e * grid.rows, t.c + t.a * grid.cols, t.f


def composed(members: list[Member], grid: warp.Grid) -> np.ndarray:
    """(rows, cols) f4 heights of all members on one grid, north first: each led over to those after it."""
    spacing = grid.transform.a
    rim = math.ceil(max(m.blend_m for m in members) / spacing) + 1          # edges just outside count too
    t = grid.transform
    wide = replace(grid, transform=t @ t.translation(-rim, -rim), rows=grid.rows + 2 * rim, cols=grid.cols + 2 * rim)
    out = np.full((wide.rows, wide.cols), np.nan, np.float32)
    for member in reversed(members):
        if not _meet(_box(member.file.grid), _box(wide)):
            continue
        heights = member.file.heights(replace(wide, decimation=max(1.0, spacing / member.file.native_m)))
        share = _share(np.isfinite(heights), member.blend_m / spacing)
        mixed = np.where(np.isfinite(out), out + (heights - out) * share, heights)
        out = np.where(np.isfinite(heights), mixed, out)
    return out[rim:-rim, rim:-rim]


def _meet(a, b) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def _share(known: np.ndarray, posts: float) -> np.ndarray:
    """(rows, cols) f4 how much of a model is taken: 0 outside, 1 from `posts` inside its edge on."""
    if posts < 0.5 or known.all() or not known.any():
        return np.ones(known.shape, np.float32)
    from scipy.ndimage import distance_transform_edt
    rows, cols = (np.flatnonzero(known.any(axis=axis)) for axis in (1, 0))
    inner = np.s_[max(0, rows[0] - 1):rows[-1] + 2, max(0, cols[0] - 1):cols[-1] + 2]
    share = np.zeros(known.shape, np.float32)
    share[inner] = np.minimum((distance_transform_edt(known[inner]) - 1.0) / posts, 1.0)
    return np.maximum(share, 0.0)


def _parts(members: list[Member], whole: HeightGrid, frame: Frame, progress: Progress) -> tuple[HeightGrid, ...]:
    """A grid of its own for each place where models are finer than the whole, the most preferred first."""
    out = []
    for box, spacing in _places(members, whole, frame)[:MOST_PARTS]:
        rim = (RIM + 2) * spacing
        out.append(_window(members, (box[0] - rim, box[1] - rim, box[2] + rim, box[3] + rim), spacing, whole, frame))
        progress(0.5 + 0.15 * len(out), 1.0)
    return tuple(out)


def _places(members: list[Member], whole: HeightGrid, frame: Frame) -> list[tuple[np.ndarray, float]]:
    """(box in the frame, metres between posts) of what is finer than the whole: sheets side by side are one, where
    that makes none of them coarser."""
    out: list[tuple[np.ndarray, float]] = []
    for member in members:
        box = np.array(_box(member.file.grid)) - np.tile(frame.origin[:2], 2)
        spacing = max(member.file.native_m, _least_spacing(box))
        if spacing * WORTH >= whole.dx:
            continue
        out.append((box, spacing))
        while (pair := next(((i, j) for j in range(len(out)) for i in range(j) if _one_place(*out[i], *out[j])), None)):
            first, second = out[pair[0]], out.pop(pair[1])
            out[pair[0]] = _around_both(first[0], second[0]), min(first[1], second[1])
    return out


def _one_place(a: np.ndarray, a_spacing: float, b: np.ndarray, b_spacing: float) -> bool:
    both, shared = _around_both(a, b), np.maximum(np.minimum(a[2:], b[2:]) - np.maximum(a[:2], b[:2]), 0.0)
    own = sum((c[2:] - c[:2]).prod() for c in (a, b)) - shared.prod()
    return (both[2:] - both[:2]).prod() <= TOGETHER * own and _least_spacing(both) <= min(a_spacing, b_spacing)


def _around_both(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    return np.concatenate([np.minimum(a[:2], b[:2]), np.maximum(a[2:], b[2:])])


def _least_spacing(box: np.ndarray) -> float:
    """Metres between posts of a grid over a box that has as many posts as are held at once."""
    return float(max(box[2:] - box[:2])) / (dem.MOST_POSTS - 2 * RIM - 4)


def _window(members, box, spacing_m: float, rest: HeightGrid, frame: Frame) -> HeightGrid:
    grid = dem.window_grid(box, spacing_m, spacing_m, frame.origin)
    return dem.finished(joined(dem.height_grid(composed(members, grid), grid, frame), around(rest, box)))


@dataclass(frozen=True)
class Finer:
    """As `dem.Finer`, of all models together."""

    members: tuple[Member, ...]
    native_m: float

    def __call__(self, box: tuple[float, float, float, float], spacing_m: float, around: HeightGrid,
                 progress: Progress) -> HeightGrid:
        progress(0.2, 1.0)
        return _window(list(self.members), box, spacing_m, around, self.members[0].file.request.frame)


def _spacing_notes(members: list[Member], native_m: float, shown_m: float) -> tuple[str, ...]:
    if len(members) == 1:
        return ()
    said = tr("{n} elevation models, the finest with posts {metres:.3g} m apart.", n=len(members), metres=native_m)
    if native_m * WORTH < shown_m:
        return (said, tr("It is shown at {metres:.3g} m, and finer where the camera rests.", metres=shown_m))
    return (said,)
