"""The frame: any CRS to local metres in float64. Axis order and height datum are settled here.

Everything outside VTK is float64; `to_local` subtracts the origin, and only then may a reader cast
to float32 (at a northing of 3.47e6 a float32 step is 0.25 m). Axis order is always easting/longitude
first (`always_xy`), whatever the registry says. PROJ passes heights through unchanged, so a vertical
datum is a plain offset here.
"""

from __future__ import annotations

import math
import os
from dataclasses import dataclass

import numpy as np

from twin import china_offset, local_grid, ways
from twin.layer import Placement
from twin.text import tr
from twin.trouble import Trouble
from twin.ways import WGS84, crs_of

JIADING = "EPSG:4549"                       # CGCS2000 / 3-degree Gauss-Kruger CM 120E
# Metres to add to a height of this datum to reach 1985 (Shanghai: twin/frame.py names the doubt, +-0.1 m).
TO_1985_M = {"1985": 0.0, "wusong": -1.66, "ellipsoid": 0.0}


@dataclass(frozen=True, kw_only=True)
class Frame:
    """Project CRS, origin (easting, northing, height in it) and height datum.

    An empty `crs` is an engineering frame: metres with no place on the Earth. `wusong_to_1985_m` is the
    project's own number: benchmarks differ from town to town, and they sink. `geoid_m`: how high the zero of 1985 lies
    above the ellipsoid here (no grid of it is public in China); 0 = not known, and ellipsoid heights stay as they are.
    """

    crs: str = JIADING
    origin: tuple[float, float, float] = (617000.0, 3471000.0, 0.0)
    height_datum: str = "1985"
    wusong_to_1985_m: float = TO_1985_M["wusong"]
    geoid_m: float = 0.0

    def to_local(self, x, y, z=0.0, *, crs: str = "", height_datum: str = "") -> np.ndarray:
        """Coordinates in `crs` ("" = the project's) to (n, 3) float64 metres from the origin.

        Raises Trouble where PROJ has no answer (swapped axes, a place outside the CRS).
        """
        x, y, z = np.broadcast_arrays(*(np.asarray(v, np.float64) for v in (x, y, z)))
        if crs and self.crs and not same_crs(crs, self.crs):
            x, y = _transform(crs, self.crs, x, y)
        out = np.stack([np.ravel(x), np.ravel(y), np.ravel(z)], axis=1)
        out -= self.origin
        out[:, 2] += self.height_shift_m(height_datum)
        return out

    def to_project(self, points: np.ndarray) -> np.ndarray:
        """(n, 3) local metres to easting, northing, height in the project CRS."""
        return np.atleast_2d(np.asarray(points, np.float64)) + self.origin

    def to_lonlat(self, points: np.ndarray) -> np.ndarray:
        """(n, 3) local metres to longitude, latitude (WGS 84 degrees), height; NaN in an engineering frame."""
        out = self.to_project(points)
        if not self.crs:
            out[:, :2] = np.nan
            return out
        out[:, 0], out[:, 1] = _transform(self.crs, WGS84, out[:, 0], out[:, 1], strict=False)
        return out

    def from_origin_m(self, point: np.ndarray) -> float:
        """Metres from the origin to a local point (3,), over the Earth: far away a projection's metres are not true.
        In its plane where the frame has no place on the Earth.
        """
        return self.between_m(np.zeros(3), point)

    def between_m(self, one: np.ndarray, other: np.ndarray) -> float:
        """The same from any local point (3,) to another."""
        here, there = self.to_lonlat(np.array([one, other], np.float64))[:, :2]
        if not np.isfinite([here, there]).all():
            return math.hypot(other[0] - one[0], other[1] - one[1])
        return metres_between(here, there)

    def matrix(self, placement: Placement) -> np.ndarray:
        """(4, 4) float64 from a model's own metres to local metres, for a placement in the project CRS."""
        turn = math.radians(placement.rotation_deg)
        cos, sin = math.cos(turn) * placement.scale, math.sin(turn) * placement.scale
        place = np.subtract((placement.easting, placement.northing, placement.height), self.origin)
        out = np.eye(4)
        up = placement.scale if placement.height_scale is None else placement.height_scale
        out[:3, :3] = [[cos, -sin, 0.0], [sin, cos, 0.0], [0.0, 0.0, up]]
        out[:3, 3] = place
        return out

    def height_shift_m(self, datum: str) -> float:
        """Metres to add to heights of `datum` ("" = the project's own)."""
        if not datum or datum == self.height_datum:
            return 0.0
        to_1985_m = {**TO_1985_M, "wusong": self.wusong_to_1985_m, "ellipsoid": -self.geoid_m}
        return to_1985_m[datum] - to_1985_m[self.height_datum]

    def above_ellipsoid_m(self) -> float:
        """Metres to add to heights of the project's datum."""
        return -self.height_shift_m("ellipsoid")

    def convergence_deg(self, easting: float, northing: float) -> float:
        """Grid convergence: az_grid = az_true - convergence (positive east of the central meridian).

        0 where the projection has none, far outside its area.
        """
        if not self.crs:
            return 0.0
        lon, lat = _transform(self.crs, WGS84, np.array([easting]), np.array([northing]))
        found = float(ways.projection(self.crs).get_factors(lon[0], lat[0]).meridian_convergence)
        return found if math.isfinite(found) else 0.0

    def grid_scale(self, easting: float, northing: float) -> float:
        """Metres of the grid in a true metre there; 1 in an engineering frame and where the projection has none."""
        if not self.crs:
            return 1.0
        lon, lat = _transform(self.crs, WGS84, np.array([easting]), np.array([northing]), strict=False)
        if not (np.isfinite(lon[0]) and np.isfinite(lat[0])):
            return 1.0
        found = float(ways.projection(self.crs).get_factors(lon[0], lat[0]).meridional_scale)
        return found if math.isfinite(found) and found > 0 else 1.0

    def rotation_from(self, crs: str, x: float, y: float) -> tuple[float, float]:
        """Rotation (degrees counter-clockwise) and scale (of metres) of `crs`'s grid in this frame at (x, y)."""
        if not crs or not self.crs or same_crs(crs, self.crs):
            return 0.0, 1.0
        step = 10.0 / axis_unit_m(crs)
        a, b = self.to_local([x - step, x + step], [y, y], crs=crs)[:, :2]
        dx, dy = b - a
        return math.degrees(math.atan2(dy, dx)), math.hypot(dx, dy) / 20.0


def start_proj() -> None:
    """Forget PROJ and GDAL folders that other programs left in the environment (they break pyproj)."""
    for name in ("PROJ_LIB", "PROJ_DATA", "GDAL_DATA", "GDAL_DRIVER_PATH"):
        os.environ.pop(name, None)


def warm_proj() -> None:
    """Open PROJ's database, and find the way that most projects need: a tenth of a second."""
    ways.transformer(WGS84, JIADING)


def check_proj() -> None:
    """Compare one known point; raise Trouble where PROJ is broken.

    121.25 E 31.35 N is E 618946.4432 N 3470454.8030 in EPSG:4549.
    """
    x, y = _transform(WGS84, JIADING, np.array([121.25]), np.array([31.35]))
    if math.hypot(x[0] - 618946.4432, y[0] - 3470454.8030) > 0.001:
        raise Trouble(tr("The coordinate library PROJ gives wrong coordinates."),
                      cause=tr("121.25 E 31.35 N came out as {x:.3f}, {y:.3f}", x=x[0], y=y[0]),
                      way_out=tr("Unset PROJ_DATA and PROJ_LIB and reinstall pyproj."))


def crs_label(crs: str) -> str:
    """A short readable name of a CRS, for rows and status bars."""
    if not crs:
        return tr("local metres")
    if crs in china_offset.NAMES:
        return tr("{name} (shifted by a Chinese web map)", name=crs)
    if crs.startswith(local_grid.SWAPPED):
        return tr("{name}, northing first", name=crs_label(local_grid.base_of(crs)))
    if local_grid.is_local(crs):
        return tr("grid of its own, by {n} control points", n=len(local_grid.points_of(crs)))
    known = crs_of(crs)
    authority = known.to_authority(min_confidence=70)
    return f"{':'.join(authority)} {known.name}" if authority else known.name


def normal_crs(crs: str) -> str:
    """"EPSG:n" where PROJ is sure of the code, else the text itself. Raises Trouble when unreadable."""
    if shifted := china_offset.shifted_name(crs):
        return shifted
    if local_grid.is_local(crs):
        base, points = normal_crs(local_grid.base_of(crs)), local_grid.points_of(crs)
        if crs.startswith(local_grid.SWAPPED):
            return local_grid.SWAPPED + base
        local_grid.fit(base, points)                         # raises where they give no place
        return local_grid.text_of(base, points, local_grid.order_of(crs))
    authority = crs_of(crs).to_authority(min_confidence=100)
    return ":".join(authority) if authority else crs


def same_crs(a: str, b: str) -> bool:
    if any(crs in china_offset.NAMES or local_grid.is_local(crs) for crs in (a, b)):
        return a == b
    return a == b or ways.same(a, b)


def is_geographic(crs: str) -> bool:
    return bool(crs) and crs_of(crs).is_geographic


def axis_unit_m(crs: str) -> float:
    """Metres in the unit of a projected CRS's plane; 1 for degrees and for no CRS."""
    if not crs or is_geographic(crs):
        return 1.0
    known = crs_of(crs)
    return float((known.sub_crs_list[0] if known.is_compound else known).axis_info[0].unit_conversion_factor)


def lonlat_of(crs: str, x: float, y: float) -> tuple[float, float] | None:
    """WGS 84 degrees of a place in `crs`; None where PROJ has no answer."""
    lon, lat = _transform(crs, WGS84, np.array([x], float), np.array([y], float), strict=False)
    usable = np.isfinite([lon[0], lat[0]]).all() and abs(lat[0]) <= 90.0
    return (float(lon[0]), float(lat[0])) if usable else None


def metres_between(here, there) -> float:
    """Over the Earth, from one longitude and latitude to another."""
    import pyproj
    return float(pyproj.Geod(ellps="WGS84").inv(*here, *there)[2])


def in_area(crs: str, x: float, y: float, margin_deg: float = 3.0) -> bool:
    """Whether a place lies in the area that a CRS is made for, or within a margin of it."""
    lonlat, area = lonlat_of(crs, x, y), crs_of(crs).area_of_use
    if lonlat is None or area is None:
        return lonlat is not None
    lon, lat = lonlat
    east = area.east + 360.0 if area.east < area.west else area.east
    inside = any(area.west - margin_deg <= lon + turn <= east + margin_deg for turn in (0.0, 360.0))
    return inside and area.south - margin_deg <= lat <= area.north + margin_deg


def is_vertical(crs: str) -> bool:
    return crs_of(crs).is_vertical


def is_map(crs: str) -> bool:
    """Whether a CRS has places on the Earth in its plane: not heights alone, not geocentric, not a works grid."""
    known = crs_of(crs)
    plane = known.sub_crs_list[0] if known.is_compound else known
    return plane.is_projected or plane.is_geographic


def frame_at(crs: str, x: float, y: float, z: float = 0.0) -> Frame:
    """A frame for a new project whose first file lies at (x, y) in `crs`.

    A metric projected CRS is kept; anything else becomes the UTM zone of the place.
    """
    if not crs:
        return Frame(crs="", origin=(round(x), round(y), 0.0))
    if local_grid.is_local(crs):
        x, y = map(float, local_grid.to_base(crs, x, y))
        crs = local_grid.base_of(crs)
    known = crs_of(crs)
    horizontal = known.sub_crs_list[0] if known.is_compound else known
    metric = horizontal.is_projected and all(
        abs(axis.unit_conversion_factor - 1.0) < 1e-9 for axis in horizontal.axis_info[:2])
    web_mercator = horizontal.to_epsg() == 3857
    if metric and not web_mercator:
        authority = horizontal.to_authority(min_confidence=100)
        name = ":".join(authority) if authority else horizontal.to_wkt()
        return Frame(crs=name, origin=(round(x), round(y), 0.0))
    lon, lat = _transform(crs, WGS84, np.array([x], float), np.array([y], float))
    if 120.4 <= lon[0] < 121.7 and 30.5 <= lat[0] <= 32.0:
        utm = JIADING
    else:
        zone = int((lon[0] + 180) // 6) % 60 + 1
        utm = f"EPSG:{(32600 if lat[0] >= 0 else 32700) + zone}"
    e, n = _transform(WGS84, utm, lon, lat)
    return Frame(crs=utm, origin=(round(float(e[0])), round(float(n[0])), 0.0))


def _transform(source: str, target: str, x, y, strict: bool = True):
    if source in china_offset.NAMES:
        x, y = china_offset.to_wgs84(source, x, y)
    elif local_grid.is_local(source):
        x, y = local_grid.to_base(source, x, y)
    x, y = ways.turned(source, target, np.asarray(x), np.asarray(y))
    x, y = np.asarray(x, np.float64), np.asarray(y, np.float64)
    if strict and x.size and not (np.isfinite(x).all() and np.isfinite(y).all()):
        bad = int((~(np.isfinite(x) & np.isfinite(y))).sum())
        raise Trouble(tr("{bad} of {all} coordinates have no place in the project's CRS.", bad=bad, all=x.size),
                      cause=tr("{source} to {target} gave no finite result", source=source, target=target),
                      way_out=tr("Check the file's CRS and whether its axes are swapped (northing first)."))
    return x, y
