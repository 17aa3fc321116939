"""Where sensors stand: pairs of coordinates whose kind and order are told by their size."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twin.frame import JIADING, Frame, is_geographic
from twin.history.columns import Roles
from twin.text import tr
from twin.trouble import Trouble


@dataclass(frozen=True, eq=False)
class Places:
    """`x`, `y` (n,) f8 east first, in `crs`; NaN = unknown. `crs` "" = of no known system."""

    x: np.ndarray
    y: np.ndarray
    crs: str = ""
    crs_source: str = ""
    notes: tuple[str, ...] = ()

    @property
    def known(self) -> np.ndarray:
        return np.isfinite(self.x) & np.isfinite(self.y)

    def to_local(self, frame: Frame) -> np.ndarray:
        """(n, 3) f4 metres from the origin, z NaN: on the ground."""
        out = np.full((len(self.x), 3), np.nan, np.float32)
        known = self.known
        if known.any() and (self.crs or not frame.crs):
            if self.crs and not frame.crs:
                raise Trouble(tr("The project has no place on the Earth, but these sensors have one."),
                              way_out=tr("Give the project a CRS, or the sensors local coordinates."))
            out[known, :2] = frame.to_local(self.x[known], self.y[known], crs=self.crs)[:, :2]
        return out


def numbers(column) -> np.ndarray:
    """(n,) f8 of an Arrow column; NaN where there is no number."""
    import pyarrow as pa
    import pyarrow.compute as pc
    column = column.combine_chunks() if hasattr(column, "combine_chunks") else column
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
        text = pc.utf8_trim_whitespace(column)
        real = pc.match_substring_regex(text, r"^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$")
        column = pc.if_else(real, text, pa.scalar(None, text.type))
    if pa.types.is_boolean(column.type):
        column = column.cast("int8")
    return np.array(column.cast("float64", safe=False).fill_null(np.nan), dtype=np.float64)


def places_of(table, roles: Roles, crs: str = "", project_crs: str = JIADING) -> Places:
    """The places of a table's rows. `crs` is what the user set; "" = found by size."""
    degrees = bool(roles.lon and roles.lat)
    names = (roles.lon, roles.lat) if degrees else (roles.x, roles.y)
    x, y = (numbers(table.column(name)) for name in names)
    if crs:
        return _ordered(x, y, crs, "user")
    if degrees or (_most(x, 180) and _most(y, 180)):
        return _degrees(x, y, "file" if degrees else "assumed", named=degrees)
    return _metres(x, y, project_crs)


def _degrees(x, y, source: str, named: bool) -> Places:
    notes = () if named else (tr("The coordinates were taken for longitude and latitude by their size."),)
    if not _most(y, 90) and _most(x, 90):
        x, y = y, x
        notes = (*notes, tr("Longitude and latitude were found exchanged, by their size."))
    outside = (np.abs(x) > 180) | (np.abs(y) > 90)
    if outside.any():
        x, y = np.where(outside, np.nan, x), np.where(outside, np.nan, y)
        notes = (*notes, tr("{n} coordinates lie outside the Earth and were left out.", n=int(outside.sum())))
    return Places(x, y, "EPSG:4326", source, notes)


def _metres(x, y, project_crs: str) -> Places:
    places = _ordered(x, y, "", "assumed")
    easting, northing = _middle(places.x), _middle(places.y)
    if easting > 1e7:
        zone_number = int(easting // 1e6)
        crs = f"EPSG:{4513 + zone_number - 25}" if 25 <= zone_number <= 45 else ""
    else:
        far = northing > 1.0e6 and 1e5 < easting < 1e6
        crs = (project_crs or JIADING) if far else ""
    if not crs and project_crs:
        note = tr("The coordinates are metres of a system that the file does not name: set the CRS of the layer.")
        return Places(places.x, places.y, "", "", (*places.notes, note))
    named = (tr("The CRS was taken for {crs} by the size of the coordinates.", crs=crs),) if crs else ()
    return Places(places.x, places.y, crs, "assumed" if crs else "", (*places.notes, *named))


def _ordered(x, y, crs: str, source: str) -> Places:
    """East first: Chinese surveyors write X for the northing."""
    east, north = _middle(x), _middle(y)
    metres = 1.0e6 < east < 1e7 and (1e5 < north < 1e6 or north > 1e7)
    degrees = bool(crs) and is_geographic(crs) and abs(north) > 90 >= abs(east)
    swapped = metres or degrees
    if not swapped:
        return Places(x, y, crs, source)
    return Places(y, x, crs, source, (tr("X is the northing here: the axes were exchanged, by their size."),))


def _most(values: np.ndarray, limit: float) -> bool:
    real = np.abs(values[np.isfinite(values)])
    return len(real) > 0 and float((real <= limit).mean()) > 0.9


def _middle(values: np.ndarray) -> float:
    real = values[np.isfinite(values)]
    return float(np.median(real)) if len(real) else 0.0
