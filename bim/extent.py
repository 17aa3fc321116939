"""The extent of a model in the CRS that its file names, or in its own metres where it names none."""

from __future__ import annotations

import numpy as np

from twin.data import Mesh, box
from twin.frame import Frame
from twin.layer import Placement
from twin.readers import Info


def frame_about(info: Info) -> Frame:
    """A frame in metres around the place that the file states; the usual one where it states none."""
    if not info.crs or info.place is None:
        return Frame()
    x, y = info.place[:2]
    if _in_degrees(info.crs):
        return Frame(crs=f"+proj=tmerc +lat_0={y:.6f} +lon_0={x:.6f} +ellps=WGS84 +units=m", origin=(0.0, 0.0, 0.0))
    return Frame(crs=info.crs, origin=(float(x), float(y), 0.0))


def extent_of(mesh: Mesh, place: Placement | None, info: Info, frame: Frame) -> tuple[float, ...] | None:
    """[min x, min y, min z, max x, max y, max z]; None where nothing is drawn or the place cannot be had."""
    if not len(mesh.points) or (info.crs and place is None):
        return None
    if not info.crs:
        return box(mesh.points)
    matrix = frame.matrix(place)
    points = frame.to_project(mesh.points.astype(np.float64) @ matrix[:3, :3].T + matrix[:3, 3])
    if _in_degrees(info.crs):
        points[:, :2] = frame.to_lonlat(points - frame.origin)[:, :2]
    return box(points) if np.isfinite(points).all() else None


def _in_degrees(crs: str) -> bool:
    import pyproj
    return pyproj.CRS.from_user_input(crs).is_geographic
