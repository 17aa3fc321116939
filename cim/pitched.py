"""Pitched roofs over footprints of four corners: gabled, hipped or pyramidal, as the table says.

Heights of the table count up to the ridge, storeys up to the eaves (as in OpenStreetMap). Where nobody says how high a
roof is, it rises at 30 degrees, by half of the house's height at most. Over other footprints a roof stays flat.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from cim.attributes import ROOF_RISE_NAMES, ROOF_SHAPE_NAMES, Heights, find, numbers
from twin.data import Mesh
from twin.text import tr

if TYPE_CHECKING:
    from cim.footprints import Rings

FLAT, GABLED, HIPPED, PYRAMIDAL = range(4)
WORDS = ((HIPPED, ("hip", "四坡", "庑殿", "歇山")), (PYRAMIDAL, ("pyramid", "攒尖", "锥")),
         (GABLED, ("gable", "saddle", "双坡", "两坡", "人字", "硬山", "悬山", "坡屋顶")))
LEVEL = ("flat", "平")                     # what flat roofs are called; other words are forms that are not drawn
SLOPE = np.tan(np.radians(30.0))
MOST = 0.5                                # of a house's height that an assumed roof takes
# Four corners, of which 0-1 and 2-3 are the short sides, and the ends 4, 5 of the ridge over them.
FACES = np.array([(1, 2, 5), (3, 0, 4), (0, 1, 4), (2, 3, 5), (1, 5, 4), (3, 4, 5)])     # the last two have the ridge
FOLDS = np.array([(4, 5), (0, 4), (1, 4), (2, 5), (3, 5)])


@dataclass(frozen=True, eq=False)
class Roofs:
    """Of each feature: `shape` (n,) u1, and `rise` (n,) f8 metres from the eaves to the ridge, NaN = unknown.

    `others`: (word, how many) of forms that are not drawn.
    """

    shape: np.ndarray
    rise: np.ndarray
    others: tuple[tuple[str, int], ...] = ()


def roofs_of(features, count: int) -> Roofs | None:
    """What a table says of its roofs; None where it says nothing, or that all of them are flat."""
    names = features.column_names if features is not None else ()
    column, rises = find(names, ROOF_SHAPE_NAMES), find(names, ROOF_RISE_NAMES)
    if not column:
        return None
    said = features.column(column).to_numpy().tolist()
    kinds = {word: _kind(str(word).casefold()) for word in set(said)}
    shape = np.array([kinds[word] for word in said], np.uint8)
    others = Counter(word for word in said if isinstance(word, str) and _undrawn(word.casefold().strip()))
    if not shape.any() and not others:
        return None
    rise = numbers(features.column(rises)) if rises else np.full(count, np.nan)
    return Roofs(shape, np.where(rise > 0.0, rise, np.nan), tuple(others.most_common()))


def _kind(word: str) -> int:
    return next((kind for kind, stems in WORDS if any(stem in word for stem in stems)), FLAT)


def _undrawn(word: str) -> bool:
    return bool(word) and _kind(word) == FLAT and not any(stem in word for stem in LEVEL)


def corners_of(xy: np.ndarray, rings: np.ndarray, polygons: np.ndarray) -> np.ndarray:
    """(p, 4) the corners of each polygon in `xy`, short sides first and third; -1 for what has not just four, is not
    convex, or has a courtyard."""
    first, sizes = rings[polygons[:-1]], np.diff(rings)[np.minimum(polygons[:-1], max(len(rings) - 2, 0))]
    plain = (np.diff(polygons) == 1) & (sizes == 4)
    out = np.where(plain[:, None], first[:, None] + np.arange(4), -1)
    corners = xy[out]
    sides = np.roll(corners, -1, axis=1) - corners
    turned = np.roll(sides, -1, axis=1)
    convex = (sides[..., 0] * turned[..., 1] - sides[..., 1] * turned[..., 0] > 1e-6).all(axis=1)
    length = np.hypot(sides[..., 0], sides[..., 1])
    other = length[:, 0] + length[:, 2] > length[:, 1] + length[:, 3]
    out[other] = np.roll(out[other], -1, axis=1)
    out[~(plain & convex)] = -1
    return out


def rises(xy: np.ndarray, corners: np.ndarray, heights: np.ndarray, said: np.ndarray) -> np.ndarray:
    """(p,) f8 metres of the roofs over `corners` (p, 4), of houses `heights` (p,) high; `said` (p,) may be NaN."""
    a, b, c, d = (xy[corners[:, i]] for i in range(4))
    short = (np.hypot(*(b - a).T) + np.hypot(*(d - c).T)) / 2
    assumed = np.minimum(short / 2 * SLOPE, heights * MOST)
    return np.where(np.isnan(said), assumed, np.minimum(said, heights))


def with_roofs(found: Heights, shapes: Rings, roofs: Roofs | None) -> Heights:
    """Heights up to the ridge: over storeys stands the roof, of several parts of a building the highest one."""
    if roofs is None or not found.storeys.any():
        return found
    corners = corners_of(shapes.xy, shapes.rings, shapes.polygons)
    sloped = (corners[:, 0] >= 0) & (roofs.shape[shapes.feature] != FLAT)
    of, unknown = shapes.feature[sloped], np.full(int(sloped.sum()), np.nan)
    most = found.metres[of] / (1.0 - MOST)                   # up to the ridge, where the roof takes its largest share
    assumed = rises(shapes.xy, corners[sloped], most, unknown)
    rise = np.zeros(len(found.metres))
    np.maximum.at(rise, of, np.where(np.isnan(roofs.rise[of]), assumed, roofs.rise[of]))
    rise[~found.storeys] = 0.0
    raised = int((rise > 0.0).sum())
    said = tr("{n} pitched roofs stand on top of the storeys, which count up to the eaves.", n=raised)
    return replace(found, metres=found.metres + rise, notes=found.notes + ((said,) if raised else ()))


def roof_mesh(xy: np.ndarray, corners: np.ndarray, shape: np.ndarray, eaves: np.ndarray, ridge: np.ndarray,
              feature: np.ndarray) -> Mesh:
    """Slopes and gables over (p, 4) `corners`, from `eaves` (p,) to `ridge` (p,) metres; edges along ridge and hips."""
    a, b, c, d = (xy[corners[:, i]] for i in range(4))
    start, end = (a + b) / 2, (c + d) / 2
    long, short = np.hypot(*(end - start).T), np.hypot(*(b - a).T)
    hipped = np.minimum(0.5, short / 2 / np.maximum(long, 1e-9))
    inward = np.select([shape == HIPPED, shape == PYRAMIDAL], [hipped, 0.5], 0.0)[:, None]
    tips = (start + inward * (end - start), end + inward * (start - end))
    flat = np.stack([a, b, c, d, *tips], axis=1)                                            # (p, 6, 2)
    high = np.concatenate([np.repeat(eaves[:, None], 4, axis=1), np.repeat(ridge[:, None], 2, axis=1)], axis=1)
    points = np.concatenate([flat, high[..., None]], axis=2)[:, FACES.ravel()].reshape(-1, 3)
    used = np.ones((len(corners), len(FACES)), bool)
    used[inward[:, 0] >= 0.5, 4:] = False                                                  # which has no length
    owner = np.repeat(feature, used.sum(axis=1)).astype(np.int32)
    points = points.reshape(-1, 3, 3)[used.ravel()].reshape(-1, 3)
    triangles = np.arange(len(points), dtype=np.int32).reshape(-1, 3)
    return Mesh(points=points.astype(np.float32), triangles=triangles, vertex_feature=np.repeat(owner, 3),
                facade=np.full((len(points), 2), np.nan, np.float32), edges=_folds(used, inward[:, 0]))


def _folds(used: np.ndarray, inward: np.ndarray) -> np.ndarray:
    """(e, 2) i4: ridge and hips among the points of the triangles that are `used` (p, 6), a gable's
    slanted edges too."""
    where = {pair: next((f, i, j) for f, face in enumerate(FACES.tolist()) for i in range(3) for j in range(3)
                        if (face[i], face[j]) == pair or (face[j], face[i]) == pair)
             for pair in map(tuple, FOLDS.tolist())}
    before = np.cumsum(used.ravel()).reshape(used.shape) - used                             # used triangles before each
    out = np.full((len(used), len(FOLDS), 2), -1, np.int64)
    for n, (face, i, j) in enumerate(where.values()):
        out[:, n] = 3 * before[:, face, None] + (i, j)
    out[inward >= 0.5, 0] = -1
    lines = out.reshape(-1, 2)
    return lines[lines[:, 0] >= 0].astype(np.int32)


def note(said: Roofs, corners: np.ndarray, feature: np.ndarray) -> tuple[str, ...]:
    """How many roofs are pitched, and how many are not by footprint or form. `feature` (p,) of each polygon."""
    wanted = said.shape[feature] != FLAT
    flat = int((wanted & (corners[:, 0] < 0)).sum())
    pitched, other = int(wanted.sum()) - flat, sum(n for _, n in said.others)
    forms = ", ".join(word for word, _ in said.others[:3]) + (" …" if len(said.others) > 3 else "")
    told = ((pitched, tr("{n} roofs are pitched, as the table says.", n=pitched)),
            (flat, tr("{n} roofs stay flat: their footprints have not just four corners.", n=flat)),
            (other, tr("{n} roofs stay flat: their forms are not drawn ({forms}).", n=other, forms=forms)))
    return tuple(words for n, words in told if n)
