"""Geometries of a vector file, repaired, taken apart and counted."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twin.text import tr

POINT, LINE, POLYGON = 0, 1, 3            # shapely type numbers of the simple kinds (2 is a linear ring)


@dataclass(frozen=True)
class Parts:
    """Simple geometries of one kind: shapely objects (n,) and the feature (row) of each."""

    shapes: np.ndarray
    feature: np.ndarray


@dataclass(frozen=True)
class Geometries:
    """`rows`: which rows of the file have a geometry, in order; features count through these.

    `shapes` (len(rows),) shapely geometries in the file's CRS, valid.
    """

    shapes: np.ndarray
    rows: np.ndarray
    notes: tuple[str, ...]

    @property
    def box(self):
        import shapely
        return tuple(map(float, shapely.total_bounds(self.shapes))) if len(self.shapes) else None

    def parts(self, kind: int) -> Parts:
        """The points, lines or polygons, collections taken apart."""
        import shapely
        feature = np.arange(len(self.shapes))
        shapes, feature = _exploded(self.shapes, feature)
        chosen = shapely.get_type_id(shapes) == kind
        return Parts(shapes[chosen], feature[chosen])


def _exploded(shapes: np.ndarray, feature: np.ndarray):
    """Multi-geometries and (nested) collections into simple ones."""
    import shapely
    while (shapely.get_type_id(shapes) > POLYGON).any():
        shapes, index = shapely.get_parts(shapes, return_index=True)
        feature = feature[index]
    return shapes, feature


def repaired(wkb) -> Geometries:
    """Geometries out of a WKB column; null, unreadable, empty and infinite ones are skipped and counted."""
    import shapely
    raw = wkb.to_numpy(zero_copy_only=False)
    null = np.array([value is None for value in raw], bool)
    shapes = shapely.from_wkb(np.where(null, None, raw), on_invalid="ignore")
    unreadable = ~null & shapely.is_missing(shapes)
    empty = ~null & ~unreadable & shapely.is_empty(shapes)
    keep = ~(null | unreadable | empty)
    infinite = np.zeros(len(raw), bool)
    infinite[keep] = ~np.isfinite(shapely.bounds(shapes[keep])).all(axis=1)
    keep &= ~infinite
    shapes, notes = _valid(shapes[keep])
    whole = ~shapely.is_empty(shapes)
    rows = np.flatnonzero(keep)[whole]
    n, undecoded, beyond = (int(which.sum()) for which in (null | empty, unreadable, infinite))
    skipped = ((n, tr("{n} features have no geometry and were skipped.", n=n)),
               (undecoded, tr("{n} geometries could not be decoded and were skipped.", n=undecoded)),
               (beyond, tr("{n} features have infinite coordinates and were skipped.", n=beyond)))
    lost = (tr("{n} degenerate geometries were skipped.", n=int((~whole).sum())),) if not whole.all() else ()
    return Geometries(shapes[whole], rows, (*(words for count, words in skipped if count), *notes, *lost))


def _valid(shapes: np.ndarray) -> tuple[np.ndarray, tuple[str, ...]]:
    """Invalid polygons made valid, keeping only their areas; lines that are points dropped."""
    import shapely
    wrong = ~shapely.is_valid(shapes)
    if not wrong.any():
        return shapes, ()
    mended = shapely.make_valid(shapes[wrong])
    areal = np.isin(shapely.get_type_id(shapes[wrong]), (POLYGON, 6))
    mended[areal] = [_areas(shape) for shape in mended[areal]]
    shapes = shapes.copy()
    shapes[wrong] = mended
    n = int((~shapely.is_empty(mended)).sum())           # what nothing is left of is counted as degenerate
    return shapes, (tr("{n} invalid geometries were repaired.", n=n),) if n else ()


def _areas(shape):
    """The polygons of a repaired polygon; repairing may leave lines and points beside them."""
    import shapely
    parts, _ = _exploded(np.array([shape], object), np.zeros(1, np.int64))
    return shapely.multipolygons(parts[shapely.get_type_id(parts) == POLYGON])
