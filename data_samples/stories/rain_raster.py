"""The rain of the story as a radar saw it, led to what the gauges said: 1 km and 6 minutes, over the whole district.

A front that comes from the west; two steps never arrived.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from data_samples import geography as geo
from data_samples.stories import rain
from data_samples.stories.kit import clock, every, through

NAME = "rain.tif"
STEP_MIN = 6
WEST_SOUTH, CELL_M, COLS, ROWS = (604_000.0, 3_456_000.0), 1000.0, 28, 31
FIRST, LAST = "05:00:00", "08:54:00"
LOST = ("08:18:00", "08:24:00")
WAY_MIN_PER_KM = 1.9                             # of the front, eastward
REACH_M = 1600.0                                 # of what a gauge says about its surroundings
SCALE = 0.1                                      # mm/h


def starts() -> np.ndarray:
    """Of the steps that arrived, on Shanghai's clock."""
    all_steps = every(rain.DAY + FIRST, rain.DAY + LAST, STEP_MIN * 60)
    return all_steps[~np.isin(all_steps, [clock(rain.DAY + lost) for lost in LOST])]


def cell_of(at: tuple[float, float]) -> tuple[int, int]:
    """(row, column), row 0 south."""
    return tuple(int((v - v0) // CELL_M) for v, v0 in ((at[1], WEST_SOUTH[1]), (at[0], WEST_SOUTH[0])))


def rates() -> np.ndarray:
    """(steps, rows, cols) mm/h, row 0 south."""
    east = WEST_SOUTH[0] + (np.arange(COLS) + 0.5) * CELL_M - rain.UNDERPASS[0]
    north = WEST_SOUTH[1] + (np.arange(ROWS) + 0.5) * CELL_M - rain.UNDERPASS[1]
    x, y = (grid / 1000.0 for grid in np.meshgrid(east, north))
    out = []
    for step in starts():
        middle = step + np.timedelta64(STEP_MIN * 30, "s")
        moved_km = float((middle - clock(rain.DAY + "06:20:00")) / np.timedelta64(1, "m")) / WAY_MIN_PER_KM
        out.append(_led(_front(middle, x, y, moved_km), step))
    return np.stack(out)


def _front(middle, x: np.ndarray, y: np.ndarray, moved_km: float) -> np.ndarray:
    """What falls where the front is; `x`, `y` km from the underpass. Cells of rain move along with it."""
    late = (x * WAY_MIN_PER_KM * 60.0).astype("timedelta64[s]")
    base = through((middle - late).reshape(-1), [(rain.DAY + c, v) for c, v in rain.RAIN]).reshape(x.shape)
    along = x - moved_km * 0.35
    cells = (np.sin(along * 0.62 + 1.1 * np.sin(y * 0.41)) + np.sin(y * 0.55 - along * 0.23 + 0.7)
             + 0.6 * np.sin(along * 1.31 + y * 0.93)) / 2.6
    wide = np.exp(-((y + 2.0 + 0.12 * x) / 13.0) ** 2)
    return np.maximum(base * wide * (0.84 + 0.3 * cells) - 0.9, 0.0)


def _led(seen: np.ndarray, step) -> np.ndarray:
    """Every gauge's mean of the step holds in its cell, and less and less around it."""
    at = [(rain.UNDERPASS[0] + e, rain.UNDERPASS[1] + n) for _, e, n in rain.GAUGES]
    cells = [cell_of(one) for one in at]
    middles = np.array([(WEST_SOUTH[0] + (c + 0.5) * CELL_M, WEST_SOUTH[1] + (r + 0.5) * CELL_M) for r, c in cells])
    told = np.array([mean_of(name, step) for name, *_ in rain.GAUGES])
    off = told - np.array([seen[cell] for cell in cells])
    near = _nearness(middles, middles)
    grid = np.stack(np.meshgrid(WEST_SOUTH[0] + (np.arange(COLS) + 0.5) * CELL_M,
                                WEST_SOUTH[1] + (np.arange(ROWS) + 0.5) * CELL_M), axis=-1).reshape(-1, 2)
    return np.maximum(seen + (_nearness(grid, middles) @ np.linalg.solve(near, off)).reshape(seen.shape), 0.0)


def _nearness(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    return np.exp(-((a[:, None] - b[None]) ** 2).sum(axis=2) / REACH_M**2)


_gauges: dict[str, rain.Said] = {}


def mean_of(gauge: str, step) -> float:
    """mm/h, over the minutes of a step."""
    if not _gauges:
        _gauges.update({one.id: one for one in rain.said() if one.observed == "met.rain"})
    said = _gauges[f"STORY-{gauge}.met.rain"]
    inside = (said.times >= step) & (said.times < step + np.timedelta64(STEP_MIN, "m"))
    return float(said.values[inside].mean())


def write(folder: Path) -> None:
    import rasterio
    from rasterio.transform import from_origin

    steps, counts = starts(), (rates() / SCALE).round().astype(np.int16)
    with rasterio.open(folder / NAME, "w", driver="GTiff", height=ROWS, width=COLS, count=len(steps), dtype="int16",
                       crs=geo.CRS, transform=from_origin(WEST_SOUTH[0], WEST_SOUTH[1] + ROWS * CELL_M, CELL_M, CELL_M),
                       compress="DEFLATE", predictor=2, zlevel=9, nodata=-1, interleave="pixel") as file:
        file.write(counts[:, ::-1])
        file.scales, file.units = (SCALE,) * len(steps), ("mm/h",) * len(steps)
        for n, step in enumerate(steps, start=1):
            file.set_band_description(n, f"{str(step)[:19]}+08:00")
        file.update_tags(SYNTHETIC="yes", title="Synthetic rain by radar", SOURCE=geo.SOURCE)
