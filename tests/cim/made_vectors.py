"""Small vector files and requests that the tests of `cim` share."""

from __future__ import annotations

import warnings

import numpy as np
import pyogrio.raw
import shapely

from twin.frame import Frame
from twin.layer import Source
from twin.readers import Progress, Request


def request(path, kind: str, frame: Frame | None = None, **source) -> Request:
    return Request(source=Source(path=str(path), **source), kind=kind, frame=frame or Frame())


def read(reader, path, kind: str, frame: Frame | None = None, **source):
    return reader.read(request(path, kind, frame, **source), Progress())


def write(path, shapes, fields: dict, driver: str, crs: str | None = "EPSG:4549", kind: str = "Polygon", **more):
    """`fields`: name -> list of values; text as str, numbers as float or int."""
    data = [np.array(v, object) if any(isinstance(x, str) for x in v) else np.array(v) for v in fields.values()]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)      # some tests want a file without CRS
        pyogrio.raw.write(path, geometry=shapely.to_wkb(np.asarray(shapes, object)), field_data=data,
                          fields=list(fields), geometry_type=kind, crs=crs, driver=driver, **more)
    return path


def volume_by_x(points: np.ndarray, triangles: np.ndarray) -> float:
    """Cubic metres enclosed, from the x parts of the faces alone: level faces do not count."""
    a, b, c = (points[triangles[:, i]].astype(np.float64) for i in range(3))
    return float((np.cross(b - a, c - a)[:, 0] / 2 * (a + b + c)[:, 0] / 3).sum())


def volume_by_z(points: np.ndarray, triangles: np.ndarray) -> float:
    """Cubic metres above z = 0, from the z parts of the faces: a missing floor at 0 does not count."""
    a, b, c = (points[triangles[:, i]].astype(np.float64) for i in range(3))
    return float((np.cross(b - a, c - a)[:, 2] / 2 * (a + b + c)[:, 2] / 3).sum())
