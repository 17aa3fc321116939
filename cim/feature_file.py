"""Writing features: results as a file that any GIS opens (FlatGeobuf)."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np

from twin.text import tr
from twin.trouble import Trouble


def write_points(path: Path, points: np.ndarray, columns: dict[str, np.ndarray], crs: str) -> None:
    """`points` (n, 3) easting, northing, height in `crs`. Raises Trouble."""
    import shapely
    _write(path, shapely.points(points), "Point Z", columns, crs)


def write_cells(path: Path, middles: np.ndarray, side_m: float, columns: dict[str, np.ndarray], crs: str) -> None:
    """Squares of `side_m` about `middles` (n, 2). Raises Trouble."""
    import shapely
    half = side_m / 2
    x, y = middles[:, 0], middles[:, 1]
    _write(path, shapely.box(x - half, y - half, x + half, y + half), "Polygon", columns, crs)


def _write(path: Path, shapes: np.ndarray, kind: str, columns: dict[str, np.ndarray], crs: str) -> None:
    import pyogrio
    import pyogrio.raw
    import shapely
    temporary = path.with_name(f".{path.stem}.{os.getpid()}.part{path.suffix}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        pyogrio.raw.write(str(temporary), shapely.to_wkb(shapes), list(columns.values()), list(columns),
                          geometry_type=kind, crs=crs, driver="FlatGeobuf")
        os.replace(temporary, path)
    except (pyogrio.errors.DataSourceError, OSError) as error:
        temporary.unlink(missing_ok=True)
        raise Trouble(tr("The file could not be written."), cause=str(error),
                      way_out=tr("Choose another folder or free some space; nothing was overwritten."),
                      path=str(path)) from None
