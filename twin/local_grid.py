"""Plane systems that no register knows, as a text like any CRS: fitted to control points, or with the axes exchanged.

`fitted:EPSG:4549 x,y=E,N x,y=E,N …`: a file's numbers at two or more points whose place in a known CRS somebody knows.
A turn, a scale and a shift lead over (Helmert). Whether a city grid writes the northing first, three points tell; of
two, a word before them may: `fitted:EPSG:4549 yx x,y=E,N …`.
`swapped:EPSG:4549`: the CRS with its two numbers the other way round.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from twin.text import tr
from twin.trouble import Trouble

FITTED, SWAPPED = "fitted:", "swapped:"
FEWEST, MOST = 2, 4                        # control points
APART = 1.0                                # units between two of them, or they give no direction
NUMBER = r"[-+]?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?"
POINT = re.compile(rf"({NUMBER}),({NUMBER})=({NUMBER}),({NUMBER})")
ORDER = re.compile(r"\s(xy|yx)(?=\s|$)")
UNITS_M = (1.0, 1000.0, 0.1, 0.01, 0.001, 0.3048, 0.0254)    # that a plane system may count in
MOST_OFF = 0.02                            # of a unit: no projection stretches a city as much


@dataclass(frozen=True)
class ControlPoint:
    """`x`, `y`: the file's numbers in its own order; `easting`, `northing`: where that is in the known CRS."""

    x: float
    y: float
    easting: float
    northing: float


@dataclass(frozen=True, eq=False)
class Fit:
    """`matrix` (2, 3) f8 from a file's numbers to the known CRS. `residuals_m` (points,): what is left at each."""

    base: str
    points: tuple[ControlPoint, ...]
    matrix: np.ndarray
    residuals_m: np.ndarray
    northing_first: bool

    @property
    def scale(self) -> float:
        return float(np.hypot(*self.matrix[:, 0]))

    @property
    def turn_deg(self) -> float:
        """Of the grid's east, counter-clockwise."""
        along = self.matrix[:, 1 if self.northing_first else 0]
        return float(np.degrees(np.arctan2(along[1], along[0])))


def is_local(crs: str) -> bool:
    return crs.startswith((FITTED, SWAPPED))


def text_of(base: str, points, order: str = "") -> str:
    """`order`: "xy" or "yx" (northing first); "" = what fits better."""
    pairs = ([float(v) for v in (p.x, p.y, p.easting, p.northing)] for p in points)
    return FITTED + " ".join([base, *filter(None, [order]), *(f"{x!r},{y!r}={e!r},{n!r}" for x, y, e, n in pairs)])


def points_of(crs: str) -> tuple[ControlPoint, ...]:
    """The control points of a text; none of any other CRS."""
    if not crs.startswith(FITTED):
        return ()
    return tuple(ControlPoint(*map(float, found.groups())) for found in POINT.finditer(crs))


def base_of(crs: str) -> str:
    """The known CRS beneath a text of this module."""
    return crs[len(SWAPPED):] if crs.startswith(SWAPPED) else ORDER.sub("", POINT.sub("", crs[len(FITTED):])).strip()


def order_of(crs: str) -> str:
    """"xy", "yx" or "" (as it fits better)."""
    found = ORDER.search(POINT.sub("", crs)) if crs.startswith(FITTED) else None
    return found[1] if found else ""


def to_base(crs: str, x, y) -> tuple[np.ndarray, np.ndarray]:
    """A file's numbers as those of the known CRS, easting first."""
    x, y = np.asarray(x, np.float64), np.asarray(y, np.float64)
    if crs.startswith(SWAPPED):
        return y, x
    m = fitted(crs).matrix
    return m[0, 0] * x + m[0, 1] * y + m[0, 2], m[1, 0] * x + m[1, 1] * y + m[1, 2]


@lru_cache(maxsize=64)
def fitted(crs: str) -> Fit:
    """Raises Trouble where the points give no direction."""
    return fit(base_of(crs), points_of(crs), order_of(crs))


def fit(base: str, points: tuple[ControlPoint, ...], order: str = "") -> Fit:
    """The better of both orders of the axes where none is said: by what is left, and of two points, which leave
    nothing, by the lesser turn. Raises Trouble where the points are too few or too near, or fit no unit of length."""
    if len(points) < FEWEST:
        raise Trouble(tr("A local grid needs two control points or more."), cause=tr("There are {n}", n=len(points)),
                      way_out=tr("Give the file's numbers and the place of another point."))
    here = np.array([(p.x, p.y) for p in points])
    there = np.array([(p.easting, p.northing) for p in points])
    for some in (here, there):
        if np.hypot(*(some - some.mean(axis=0)).T).max() < APART / 2:
            raise Trouble(tr("The control points lie on each other."), way_out=tr("Choose points far from each other."))
    fits = []
    for northing_first in (False, True):
        matrix = _helmert(here[:, ::-1] if northing_first else here, there)
        if northing_first:
            matrix = matrix[:, [1, 0, 2]]
        off = np.hypot(*(here @ matrix[:, :2].T + matrix[:, 2] - there).T)
        fits.append(Fit(base, tuple(points), matrix, off, northing_first))
    found = _better(*fits, order)
    if not any(abs(found.scale / unit - 1.0) < MOST_OFF for unit in UNITS_M):
        raise Trouble(tr("These control points do not belong together."),
                      cause=tr("One unit of the file would be {size} m long", size=f"{found.scale:,.4g}"),
                      way_out=tr("Look for a digit too many or too few, exchanged points, or numbers in degrees."))
    return found


def _better(plain: Fit, turned: Fit, order: str) -> Fit:
    if order:
        return turned if order == "yx" else plain
    fits, points = (plain, turned), plain.points
    left = [float(np.sqrt((f.residuals_m ** 2).mean())) for f in fits]
    if len(points) == FEWEST or max(left) < 2.0 * min(left) + 1e-6:
        return plain if abs(plain.turn_deg) <= abs(turned.turn_deg) else turned
    return plain if left[0] <= left[1] else turned


def _helmert(here: np.ndarray, there: np.ndarray) -> np.ndarray:
    """(2, 3) f8 turn, scale and shift with the least squares of what is left; about the middle, to keep digits."""
    a, b = here - here.mean(axis=0), there - there.mean(axis=0)
    size = (a ** 2).sum()
    cos = (a * b).sum() / size
    sin = (a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0]).sum() / size
    turn = np.array([[cos, -sin], [sin, cos]])
    return np.column_stack([turn, there.mean(axis=0) - turn @ here.mean(axis=0)])
