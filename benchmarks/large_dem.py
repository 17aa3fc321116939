"""A 1 m elevation model of the district against the same ground at 10 m: opening both, and a window where one looks.

Makes the files on the fly (463 million posts by default: 21,500 a side), with overviews, as decimetres.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import tempfile
import time
from multiprocessing import get_context
from pathlib import Path

import numpy as np

SIDE_M = 21_500
ROWS = 1024                                # written at a time


def write(path: Path, spacing_m: int, side_m: int) -> None:
    """Waves and ripples that every spacing sees alike."""
    import rasterio
    from rasterio.transform import from_origin
    posts = side_m // spacing_m
    x = (np.arange(posts, dtype=np.float32) + 0.5) * spacing_m
    east = 20 * np.sin(x / 900) + 4 * np.sin(x / 31)
    with rasterio.open(path, "w", driver="GTiff", width=posts, height=posts, count=1, dtype="int16", crs="EPSG:4549",
                       transform=from_origin(606_000, 3_482_000, spacing_m, spacing_m), tiled=True, blockxsize=512,
                       blockysize=512, compress="deflate", zlevel=1, predictor=2) as out:
        out.scales, out.units = (0.1,), ("m",)
        for row in range(0, posts, ROWS):
            y = (np.arange(row, min(row + ROWS, posts), dtype=np.float32) + 0.5) * spacing_m
            heights = (300 + east[None] + 25 * np.cos(y / 700)[:, None] + 3 * np.cos(y / 23)[:, None]) * 10
            out.write(heights.astype(np.int16), 1, window=((row, row + len(y)), (0, posts)))
        out.build_overviews([2 ** n for n in range(1, 7) if posts >> n > 256])


def opened(path: Path) -> tuple[float, object]:
    """(seconds, grid) of the reader."""
    from cim import raster
    from twin.frame import Frame
    from twin.layer import Source
    from twin.readers import Progress, Request
    request = Request(source=Source(path=str(path)), kind="terrain", frame=Frame())
    start = time.perf_counter()
    grid = raster.read(request, Progress())
    return time.perf_counter() - start, grid


def main(side_m: int = SIDE_M) -> dict:
    from twin.detail import POSTS, around
    from twin.readers import Progress
    with tempfile.TemporaryDirectory() as folder:
        fine, coarse = Path(folder) / "one.tif", Path(folder) / "ten.tif"
        start = time.perf_counter()
        for path, spacing_m in ((fine, 1), (coarse, 10)):    # elsewhere, so that its memory is not counted
            writer = get_context("spawn").Process(target=write, args=(path, spacing_m, side_m))
            writer.start()
            writer.join()
        made = time.perf_counter() - start
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        ten_secs, _ = opened(coarse)
        one_secs, one = opened(fine)
        box = (-500.0, -500.0, -500.0 + POSTS - 1, -500.0 + POSTS - 1)
        start = time.perf_counter()
        window = one.finer(box, one.finer.native_m, around(one, box), Progress())
        window_secs = time.perf_counter() - start
        after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return {"posts": (side_m ** 2), "file_mb": round(os.path.getsize(fine) / 1e6, 1), "made_secs": round(made, 1),
                "open_10_m_secs": round(ten_secs, 2), "open_1_m_secs": round(one_secs, 2),
                "ratio": round(one_secs / ten_secs, 2), "window_1_m_secs": round(window_secs, 2),
                "window_posts": int(window.heights.size), "posts_in_memory": int(one.heights.size),
                "memory_grew_mb": round((after - before) / 1024, 1)}


if __name__ == "__main__":
    print(json.dumps(main(*map(int, sys.argv[1:]))))
