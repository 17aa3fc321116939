"""CRS, and the ways between them, as PROJ knows them: looked for once in each process."""

from __future__ import annotations

import warnings
from functools import cache

import numpy as np

from twin import china_offset, local_grid
from twin.text import tr
from twin.trouble import Trouble

WGS84 = "EPSG:4326"
TURNS_DEG = -360.0, 0.0, 360.0


@cache
def crs_of(text: str):
    import pyproj
    try:
        return pyproj.CRS.from_user_input(_registered(text))
    except pyproj.exceptions.CRSError as error:
        raise Trouble(tr("The coordinate reference system {name} is not known.", name=text[:60]),
                      cause=str(error)[:200],
                      way_out=tr("Name it by its EPSG code, such as EPSG:4549.")) from None


def _registered(crs: str) -> str:
    """What PROJ knows beneath a name of our own."""
    if crs in china_offset.NAMES:
        return china_offset.WGS84
    return local_grid.base_of(crs) if local_grid.is_local(crs) else crs


@cache
def same(a: str, b: str) -> bool:
    one, other = (c.sub_crs_list[0] if c.is_compound else c for c in (crs_of(a), crs_of(b)))
    if one.equals(other, ignore_axis_order=True):
        return True
    codes = one.to_epsg(), other.to_epsg()
    return codes[0] is not None and codes[0] == codes[1]


@cache
def transformer(source: str, target: str):
    """PROJ's way. Where all ways are for one area the best is taken at once: to have them weighed anew at every place
    takes four times as long to prepare.
    """
    import pyproj
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")                      # it tells of grids that are not there
        ways = pyproj.transformer.TransformerGroup(crs_of(source), crs_of(target), always_xy=True)
    areas = {way.area_of_use and way.area_of_use.bounds for way in ways.transformers}
    if ways.best_available and not ways.unavailable_operations and len(areas) == 1:
        return ways.transformers[0]
    return pyproj.Transformer.from_crs(crs_of(source), crs_of(target), always_xy=True)


@cache
def apart(a: str, b: str) -> bool:
    """Whether two CRS of different datums are made for different parts of the Earth. PROJ looks long for a way between
    such, and comes back with one that is a hundred metres off: it leaves out the shift of either datum.
    """
    if crs_of(a).geodetic_crs == crs_of(b).geodetic_crs:
        return False
    one, other = (crs_of(crs).area_of_use for crs in (a, b))
    return one is not None and other is not None and not (
        one.south <= other.north and other.south <= one.north and
        any(one.west + turn <= _east(other) and other.west <= _east(one) + turn for turn in TURNS_DEG))


def _east(area) -> float:
    """Never less than its west."""
    return area.east + 360.0 if area.east < area.west else area.east


def turned(source: str, target: str, x: np.ndarray, y: np.ndarray):
    """To WGS 84 goes the way back from it: PROJ takes up to a tenth of a second to find a way. From one CRS to another
    that is far apart one goes over it.
    """
    if target == WGS84:
        return transformer(target, source).transform(x, y, direction="INVERSE")
    if source != WGS84 and apart(source, target):
        return turned(WGS84, target, *turned(source, WGS84, x, y))
    return transformer(source, target).transform(x, y)


@cache
def projection(crs: str):
    import pyproj
    known = crs_of(crs)
    return pyproj.Proj(known.sub_crs_list[0] if known.is_compound else known)
