"""Lines, areas and buildings in the colours of what is measured on them; they stay, only their colours change.

The same answers as the discs and the columns of a sensor layer (`paint`, `pick`, `remove`, `table`, `known`).
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from vtkmodules.util.numpy_support import vtk_to_numpy
from vtkmodules.vtkRenderingCore import vtkActor

from layers import flat
from layers.base import Ray, Visual
from layers.drape import BASE, LINE_STEP
from layers.flat import COARSE, WIDE_STEP, draped, is_wide
from layers.geometry import actor_of, poly_data
from layers.houses import standing
from layers.mesh_features import feature_count
from layers.solid import Solid
from twin.data import Bounds, Mesh, Sensors, Vectors

FILL_OPACITY, AREA_LINE_PX, LINE_PX = 0.62, 1.2, 4.0


class Painted:
    """`colors` (rows, 4) u1 of the datastreams shown, as a `ColourTable` holds them for discs."""

    def __init__(self, rows: int):
        self.colors = np.zeros((rows, 4), np.uint8)


def shapes_of(visual: Visual, payload: Sensors, rows: np.ndarray, ground, lift_m: float) -> Flat | Buildings:
    """What the datastreams `rows` belong to: buildings where they have some, else their lines and areas."""
    if len(payload.building_of) and (payload.building_of[rows] >= 0).any():
        return Buildings(visual, payload.buildings, payload.building_of[rows], ground, lift_m)
    wanted = payload.shape_of[rows] if len(payload.shape_of) else np.full(len(rows), -1, np.int32)
    return Flat(visual, payload.shapes, wanted, ground, lift_m)


class _Shapes:
    def __init__(self, feature_of: np.ndarray, features: int):
        self.table = Painted(len(feature_of))
        self.known = feature_of >= 0
        self._feature_of = feature_of
        self.row_of = np.full(features, -1, np.intp)         # the datastream that a feature shows
        self.row_of[feature_of[self.known]] = np.flatnonzero(self.known)

    def by_feature(self, colors: np.ndarray) -> np.ndarray:
        """(features, 4) u1; features of which nothing is measured are not there (alpha 0)."""
        out = np.zeros((len(self.row_of), 4), np.uint8)
        shown = self.row_of >= 0
        out[shown] = colors[self.row_of[shown]]
        return out

    def row(self, feature: int) -> int:
        return int(self.row_of[feature]) if 0 <= feature < len(self.row_of) else -1


class Flat(_Shapes):
    """Lines and areas on the ground."""

    def __init__(self, visual: Visual, data: Vectors, feature_of: np.ndarray, ground, lift_m: float):
        super().__init__(feature_of, _features(data))
        data = only(data, self.row_of >= 0)
        self._wide = is_wide(data)
        self.visual, self.shape = visual, draped(data, ground, lift_m, COARSE if self._wide else 1.0)
        fills, lines = self.shape.fills, self.shape
        self._parts: list[tuple[vtkActor, np.ndarray, np.ndarray, float]] = []     # actor, colours, features, step
        if len(fills.triangles):
            self._add(poly_data(fills.points, triangles=fills.triangles, colors=_blank(fills.points)), fills.feature,
                      0.0, FILL_OPACITY)
        if len(lines.line_points):
            feature = np.repeat(data.line_feature, np.diff(lines.line_offsets))
            actor = self._add(poly_data(lines.line_points, offsets=lines.line_offsets,
                                        colors=_blank(lines.line_points)), feature, LINE_STEP, 1.0)
            width = AREA_LINE_PX if len(fills.triangles) else LINE_PX
            actor.GetProperty().SetLineWidth(width * visual.canvas.pixel_ratio)
        self.actor = self._parts[0][0] if self._parts else actor_of(poly_data(np.zeros((0, 3))))
        self.triangles = len(fills.triangles)

    def _add(self, data, feature: np.ndarray, step: float, opacity: float) -> vtkActor:
        actor = actor_of(data, lit=False, colors=True)
        actor.GetProperty().SetOpacity(opacity)
        self._parts.append((actor, vtk_to_numpy(data.GetPointData().GetScalars()), feature, step))
        self.visual.lay(actor, BASE + step + (WIDE_STEP if self._wide else 0.0))
        return actor

    def fade(self, opacity: float) -> None:
        for actor, _, _, step in self._parts:
            actor.GetProperty().SetOpacity(opacity * (1.0 if step else FILL_OPACITY))

    def paint(self, colors: np.ndarray) -> None:
        of_feature = self.by_feature(colors)[:, :3]
        for actor, held, feature, _ in self._parts:
            held[:] = of_feature[feature]
            scalars = actor.GetMapper().GetInput().GetPointData().GetScalars()
            scalars.Modified()
            actor.GetMapper().GetInput().Modified()

    def pick(self, ray: Ray) -> tuple[float, int] | None:
        reach = flat.REACH_PX * self.visual.canvas.pixel_ratio
        found = flat.pick_lines(self.shape, ray, reach) or flat.pick_fills(self.shape, ray)
        row = self.row(found[1].feature) if found else -1
        return (found[0], row) if row >= 0 else None

    def bounds(self) -> Bounds | None:
        return self.shape.bounds()

    def feature_bounds(self, row: int) -> Bounds | None:
        return self.shape.feature_bounds(int(self._feature_of[row])) if self.known[row] else None

    def remove(self) -> None:
        for actor, *_ in self._parts:
            self.visual.drop(actor)


class Buildings(_Shapes):
    """Extruded footprints, a little larger than the houses of the city that they stand for."""

    def __init__(self, visual: Visual, mesh: Mesh, feature_of: np.ndarray, ground, lift_m: float):
        super().__init__(feature_of, feature_count(mesh))
        self.solid = Solid(visual, mesh, standing(mesh, ground, lift_m), feature_count(mesh))
        self.solid.settle()
        self.actor = self.solid.faces()[0]
        self.triangles = len(mesh.triangles)

    def fade(self, opacity: float) -> None:
        """Solid colours carry their own alpha."""

    def paint(self, colors: np.ndarray) -> None:
        of_feature = self.by_feature(colors)
        of_feature[of_feature[:, 3] > 0, 3] = 255
        self.solid.paint(of_feature)

    def pick(self, ray: Ray) -> tuple[float, int] | None:
        found = self.solid.pick(ray)
        row = self.row(found[1].feature) if found else -1
        return (found[0], row) if row >= 0 else None

    def bounds(self) -> Bounds | None:
        return self.solid.bounds()

    def feature_bounds(self, row: int) -> Bounds | None:
        return self.solid.places.bounds_of(int(self._feature_of[row])) if self.known[row] else None

    def remove(self) -> None:
        self.solid.remove()


def _features(data: Vectors) -> int:
    if data.features is not None:
        return data.features.num_rows
    return 1 + max((int(a.max()) for a in (data.line_feature, data.fill_feature) if len(a)), default=-1)


def only(data: Vectors, wanted: np.ndarray) -> Vectors:
    """Lines and fills of the features where `wanted` (features,) is true; features keep their numbers."""
    lines = wanted[data.line_feature]
    spans = np.diff(data.line_offsets)
    corners = wanted[data.fill_feature]
    place = np.cumsum(corners) - 1                           # of each kept corner among the kept ones
    triangles = data.fill_triangles[corners[data.fill_triangles[:, 0]]]
    return replace(data, line_points=data.line_points[np.repeat(lines, spans)],
                   line_offsets=np.concatenate([[0], np.cumsum(spans[lines])]).astype(np.int64),
                   line_feature=data.line_feature[lines], fill_points=data.fill_points[corners],
                   fill_feature=data.fill_feature[corners], fill_triangles=place[triangles].astype(np.int32))


def _blank(points: np.ndarray) -> np.ndarray:
    return np.zeros((len(points), 3), np.uint8)
