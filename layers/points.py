"""Point clouds: a budget of points, spent where the camera is near; coloured by what was measured."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

import numpy as np
from annotated_types import Ge, Le
from vtkmodules.util.numpy_support import numpy_to_vtk, numpy_to_vtkIdTypeArray
from vtkmodules.vtkCommonDataModel import vtkCellArray
from vtkmodules.vtkRenderingCore import vtkActor

from layers.attributes import themed
from layers.base import Ray, Visual, visual_of
from layers.geometry import actor_of, poly_data
from layers.legend import Legend
from layers.ramps import colored, ramp
from layers.sight_boxes import crossed
from twin.data import PointCloud, box
from twin.layer import Layer, layer_type, styled
from twin.selection import Hit
from twin.text import tr

# Classes of the LAS standard: colour and English name.
CLASSES: dict[int, tuple[tuple[int, int, int], str]] = {
    0: ((170, 170, 170), "Never classified"), 1: ((190, 190, 190), "Unclassified"), 2: ((166, 140, 104), "Ground"),
    3: ((196, 214, 140), "Low vegetation"), 4: ((134, 178, 100), "Medium vegetation"),
    5: ((72, 132, 72), "High vegetation"), 6: ((200, 104, 84), "Buildings"), 7: ((230, 60, 200), "Noise"),
    8: ((150, 150, 120), "Key point"), 9: ((84, 148, 200), "Water"), 10: ((110, 90, 120), "Rail"),
    11: ((104, 104, 110), "Road"), 13: ((222, 180, 60), "Wire"), 14: ((222, 180, 60), "Wire"),
    15: ((150, 110, 60), "Tower"), 17: ((140, 140, 170), "Bridge"), 18: ((230, 60, 200), "Noise")}
UNKNOWN = ((120, 120, 120), "Other")
REACH_PX = 6.0
NEAREST_M = 5.0                                    # nearer cells count as this near
PERCENTILES = (2.0, 98.0)                          # the ramp's ends, so that single birds and pits do not set it


@layer_type
@dataclass(frozen=True, kw_only=True)
class Points(Layer):
    kind: Literal["points"] = "points"
    color_by: Literal["auto", "rgb", "class", "intensity", "height", "plain"] = styled("auto", "Colour by")
    colormap: str = styled("batlow", "Colours", role="colormap")
    color: str = styled("#8a8f98", "Colour", role="color")
    size_px: Annotated[float, Ge(1.0), Le(20.0)] = styled(2.0, "Point size", unit="px", step=0.5)
    budget_millions: Annotated[float, Ge(0.1), Le(20.0)] = styled(
        1.5, "Most points drawn", unit="M", step=0.1, help="Spent where the camera is near")


@visual_of("points")
class PointsVisual(Visual):
    """One actor. Which points are drawn is a list of rows, written anew when the camera has moved enough."""

    reads: ClassVar = frozenset({"theme", "language"})

    def __init__(self, canvas):
        super().__init__(canvas)
        self._cloud: PointCloud | None = None
        self._actor: vtkActor | None = None
        self._legend: Legend | None = None
        self._drawn = np.zeros(0, np.int64)        # points drawn of each cell
        self._most = 0
        self._lift = 0.0

    def update(self, layer: Points, asset, moment, ground, why) -> None:
        cloud = asset.payload if asset else None
        if not isinstance(cloud, PointCloud) or not len(cloud.points):
            self._clear()
            return
        if cloud is not self._cloud:
            self._clear()
            self._cloud = cloud
            self._actor = actor_of(poly_data(cloud.points), lit=False, colors=True)
            self.add(self._actor)
        colors, self._legend = cloud_colors(cloud, layer, moment.theme)
        data = self._actor.GetMapper().GetInput()
        data.GetPointData().SetScalars(numpy_to_vtk(colors, deep=True))
        look = self._actor.GetProperty()
        look.SetPointSize(layer.size_px * self.canvas.pixel_ratio)
        look.SetOpacity(layer.opacity)
        self._lift = layer.height_offset_m
        self._actor.SetPosition(0.0, 0.0, self._lift)
        self._most = round(layer.budget_millions * 1e6)
        self._choose()

    def _clear(self) -> None:
        self.remove()
        self._cloud = self._actor = self._legend = None
        self._drawn = np.zeros(0, np.int64)

    def camera_moved(self) -> None:
        if self._actor is not None:
            self._choose()

    def _choose(self) -> None:
        """Write the rows to draw, where a cell's share has changed by a tenth."""
        wanted = shares(np.diff(self._cloud.cells), self._distances(), self._most)
        if len(wanted) == len(self._drawn) and (np.abs(wanted - self._drawn) <= 0.1 * self._drawn).all():
            return
        self._drawn = wanted
        rows = leading(self._cloud.cells[:-1], wanted)
        verts = vtkCellArray()
        verts.SetData(numpy_to_vtkIdTypeArray(np.array([0, len(rows)], np.int64), deep=True),
                      numpy_to_vtkIdTypeArray(rows, deep=True))
        data = self._actor.GetMapper().GetInput()
        data.SetVerts(verts)
        data.Modified()

    def _distances(self) -> np.ndarray:
        """(cells,) metres from the camera to the nearest point of each cell's box."""
        eye = np.array(self.canvas.scene.GetActiveCamera().GetPosition()) - (0.0, 0.0, self._lift)
        boxes = self._cloud.boxes
        outside = np.maximum(np.maximum(boxes[:, :3] - eye, eye - boxes[:, 3:]), 0.0)
        return np.linalg.norm(outside, axis=1)

    # -- what the stage asks ---------------------------------------------------------------------------

    def legend(self, layer, asset, moment):
        return self._legend

    def bounds(self):
        found = self._cloud.bounds() if self._cloud else None
        return None if found is None else (*found[:2], found[2] + self._lift, *found[3:5], found[5] + self._lift)

    def feature_bounds(self, feature):
        return box(self._cloud.points[[feature]] + np.float32([0, 0, self._lift])) if self._cloud else None

    def stats(self):
        return (len(self._cloud.points) if self._cloud else 0), 0

    def pick(self, ray: Ray):
        """The drawn point nearest to the camera among those within a few pixels of the mouse."""
        if self._cloud is None:
            return None
        near = np.flatnonzero(crossed(self._cloud.boxes + np.float32([0, 0, self._lift] * 2), ray))
        rows = leading(self._cloud.cells[near], self._drawn[near])
        if not len(rows):
            return None
        points = self._cloud.points[rows] + np.float32([0, 0, self._lift])
        seen = ray.project(points)
        reach = REACH_PX * self.canvas.pixel_ratio
        close = np.hypot(seen[:, 0] - ray.pixel[0], seen[:, 1] - ray.pixel[1]) <= reach
        if not close.any():
            return None
        at = int(np.argmin(np.where(close, seen[:, 2], np.inf)))
        return float(seen[at, 2]), Hit("", int(rows[at]), tuple(map(float, points[at])))


def shares(sizes: np.ndarray, metres: np.ndarray, most: int) -> np.ndarray:
    """(cells,) points to draw of each cell: as dense on the screen everywhere as `most` allows."""
    if sizes.sum() <= most:
        return sizes
    weight = 1.0 / np.maximum(metres, NEAREST_M) ** 2
    low, high = 0.0, float((sizes / weight).max())
    for _ in range(40):
        middle = (low + high) / 2
        low, high = (middle, high) if np.minimum(sizes, middle * weight).sum() <= most else (low, middle)
    return np.minimum(sizes, np.floor(low * weight)).astype(np.int64)


def leading(starts: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """The first `counts` rows from each of `starts`, as one list."""
    total = np.cumsum(counts)
    if not len(total) or not total[-1]:
        return np.zeros(0, np.int64)
    return np.arange(total[-1]) + np.repeat(starts - (total - counts), counts)


# -- colours ---------------------------------------------------------------------------------------------


def cloud_colors(cloud: PointCloud, layer: Points, theme: str) -> tuple[np.ndarray, Legend | None]:
    """(n, 3) u1 and what they mean; what the file does not have falls back to the plain colour."""
    by = layer.color_by
    if by == "auto":
        several = cloud.classes is not None and len(np.unique(cloud.classes)) > 1
        by = "rgb" if cloud.rgb is not None else "class" if several else "height"
    if by == "rgb" and cloud.rgb is not None:
        return cloud.rgb, None
    if by == "class" and cloud.classes is not None:
        return _by_class(cloud.classes)
    if by == "intensity" and cloud.intensity is not None:
        return _by_number(cloud.intensity, tr("Intensity"), "", layer.colormap)
    if by == "height":
        return _by_number(cloud.points[:, 2], tr("Height"), "m", layer.colormap)
    return np.tile(np.array(themed(layer.color, theme), np.uint8), (len(cloud.points), 1)), None


def _by_class(classes: np.ndarray) -> tuple[np.ndarray, Legend]:
    table = np.array([CLASSES.get(i, UNKNOWN)[0] for i in range(256)], np.uint8)
    found = [CLASSES.get(int(i), UNKNOWN) for i in np.unique(classes)]
    entries = tuple(dict.fromkeys((color, tr(name)) for color, name in found))
    return table[classes], Legend(title=tr("Class"), entries=entries)


def _by_number(values: np.ndarray, title: str, unit: str, colormap: str) -> tuple[np.ndarray, Legend]:
    low, high = map(float, np.percentile(values[::max(1, len(values) // 200_000)], PERCENTILES))
    high = high if high > low else low + 1.0
    colors = colored(values, colormap, low, high, (128, 128, 128))
    return np.ascontiguousarray(colors, np.uint8), Legend(
        title=title, unit=unit, low=low, high=high, ramp=tuple(map(tuple, ramp(colormap, 32).tolist())))
