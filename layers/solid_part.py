"""Consecutive features of a solid as actors: faces, translucent faces and lines, coloured through one table."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from vtkmodules.vtkCommonCore import vtkPoints
from vtkmodules.vtkCommonDataModel import vtkPolyData
from vtkmodules.vtkCommonMath import vtkMatrix4x4
from vtkmodules.vtkRenderingCore import vtkActor, vtkTexture

from layers.base import Visual
from layers.caps import clip
from layers.colour_table import GHOST, LINE, SOLID, ColourTable, Extra
from layers.facade import FACADE, NO_WINDOWS, carry_walls, set_windows, wall_places
from layers.geometry import actor_of, lent
from layers.pictured import PICTURED, carry_pictures, joined, show_pictures
from layers.shading import apply_drape
from layers.wall_shading import place_in_frame, takes_sun
from twin.data import Mesh
from twin.sun import Sun

EDGE_REACH_M = 1800.0                              # lines fade out up to here, or a far city turns black
GHOST_STEP = -0.0006                               # translucent faces lie behind what is solid in the same place
EDGE_TONE = 0.66                                   # of the feature's own colour

# Lines are one pixel at any distance: their share of a far house grows, so they fade.
_EDGE = Extra(paint=f"""  float edgeWay = 1.0 / gl_FragCoord.w;
  opacity = 0.8 * (1.0 - smoothstep({0.15 * EDGE_REACH_M}, {EDGE_REACH_M}, edgeWay));
  if (opacity < 0.02) discard;
""")


@dataclass(frozen=True)
class Extent:
    """How much of a mesh there is: rows of its arrays."""

    points: int = 0
    triangles: int = 0
    edges: int = 0
    features: int = 0
    tints: int = 0

    @classmethod
    def of(cls, mesh: Mesh, count: int) -> Extent:
        return cls(len(mesh.points), len(mesh.triangles), len(mesh.edges) if mesh.edges is not None else 0, count,
                   len(mesh.tint_feature))


class SolidPart:
    """What lies between two extents of a mesh. Its arrays are shared with VTK, not copied."""

    def __init__(self, visual: Visual, mesh: Mesh, points: np.ndarray, start: Extent, stop: Extent, matrix: np.ndarray,
                 texture: vtkTexture | None = None, walls: np.ndarray | None = None):
        """`texture`: of the mesh's pictures, where they can be shown. `walls`: `wall_places` of the whole mesh, where
        they are known.
        """
        self.visual, self.start, self.stop, self.matrix = visual, start, stop, matrix
        features = stop.features - start.features
        self.table = ColourTable(visual.canvas, features + stop.tints - start.tints)     # the tints after the features
        self._row = self._rows(mesh, features)
        self._triangles = _shifted(mesh.triangles[start.triangles:stop.triangles], start.points)
        own = slice(start.points, stop.points)
        self._walls = walls[own] if walls is not None else wall_places(
            points[own], mesh.vertex_feature[own] - np.int32(start.features),
            None if mesh.facade is None else mesh.facade[own], features)
        self._texture, self._pictures = texture, None
        if texture is not None:
            self._pictures = mesh.pictures.uv[own], mesh.pictures.rect[own]
            plain = (mesh.pictures.rect[own, 2] == 0.0)
            self._walls = np.column_stack([np.where(plain, self._walls[:, 0], np.float32(NO_WINDOWS)),
                                           self._walls[:, 1]])
        self._pictures_shown = False
        self._windows = (False, Sun(180.0, 40.0))
        self._points = vtkPoints()                           # all actors share them
        self.place(points)
        self._ghost: vtkActor | None = None
        self._faces = self._face_actor(SOLID)
        self._lines = None
        if stop.edges > start.edges:
            self._lines = self._line_actor(_shifted(mesh.edges[start.edges:stop.edges], start.points))

    def _rows(self, mesh: Mesh, features: int) -> np.ndarray:
        """(n,) i4 into the table."""
        own = slice(self.start.points, self.stop.points)
        feature = mesh.vertex_feature[own] - np.int32(self.start.features)
        if mesh.vertex_tint is None:
            return feature
        tint = mesh.vertex_tint[own]
        return np.where(tint < 0, feature, features - self.start.tints + tint).astype(np.int32)

    @property
    def faces(self) -> list[vtkActor]:
        return [a for a in (self._faces, self._ghost) if a]

    @property
    def actors(self) -> list[vtkActor]:
        return [*self.faces, *([self._lines] if self._lines else [])]

    def place(self, points: np.ndarray) -> None:
        """Draw the vertices of the whole mesh here: `points` (n, 3) f4."""
        held = np.ascontiguousarray(points[self.start.points:self.stop.points], np.float32)
        self._points.SetData(lent(held))
        self._points.Modified()

    def paint(self, rgba: np.ndarray, tints: np.ndarray) -> None:
        """`rgba` (features, 4) and `tints` (tints, 4) u1 of the whole mesh."""
        mine = np.concatenate([rgba[self.start.features:self.stop.features], tints[self.start.tints:self.stop.tints]])
        alpha = mine[:, 3]
        if self._ghost is None and ((alpha > 0) & (alpha < 255)).any():
            self._ghost = self._face_actor(GHOST)
        self.table.set(mine)

    def stand(self, matrix: np.ndarray) -> None:
        self.matrix = matrix
        for actor in self.actors:
            stand(actor, matrix)

    def clip(self, planes: np.ndarray) -> None:
        for actor in self.actors:
            clip(actor, planes)

    def moved(self) -> None:
        """The points are others: actors that were drawn must be told."""
        for actor in self.actors:
            actor.GetMapper().GetInput().Modified()

    def windows(self, shown: bool, sun: Sun) -> None:
        self._windows = (shown, sun)
        for actor in self.faces:
            set_windows(actor, shown, sun)

    def pictures(self, shown: bool) -> None:
        if self._pictures and shown != self._pictures_shown:
            self._pictures_shown = shown
            for actor in self.faces:
                show_pictures(actor, shown)

    def edges(self, shown: bool, changed: bool, daylight: float) -> None:
        if self._lines is None:
            return
        self._lines.GetProperty().SetDiffuse(EDGE_TONE * (0.22 + 0.78 * daylight))
        if changed:
            (self.visual.add if shown else self.visual.drop)(self._lines)

    def remove(self) -> None:
        for actor in self.actors:
            self.visual.drop(actor)

    def _face_actor(self, role: str) -> vtkActor:
        data = self._share()
        actor = actor_of(data)
        extra = joined(PICTURED, FACADE) if self._pictures else FACADE
        self.table.attach(actor, data, self._row, self._triangles, role=role, extra=extra)
        if self._pictures:
            carry_pictures(actor, data, *self._pictures, self._texture)
            show_pictures(actor, self._pictures_shown)
        if self.table.shader:
            carry_walls(actor, data, self._walls, False)
            set_windows(actor, *self._windows)
            if role == GHOST:
                apply_drape(actor, GHOST_STEP)               # rooms end where walls begin: the wall wins
        return put(self.visual, actor, self.matrix)

    def _line_actor(self, edges: np.ndarray) -> vtkActor:
        data = self._share()
        actor = actor_of(data, lit=False)
        actor.GetProperty().SetAmbient(0.0)
        actor.GetProperty().SetDiffuse(EDGE_TONE)
        self.table.attach(actor, data, self._row, edges, role=LINE, extra=_EDGE)
        if self.table.shader:
            apply_drape(actor, 0.0008)
        return put(self.visual, actor, self.matrix)

    def _share(self) -> vtkPolyData:
        data = vtkPolyData()
        data.SetPoints(self._points)
        return data


def _shifted(cells: np.ndarray, first: int) -> np.ndarray:
    return cells - np.asarray(first, cells.dtype) if first else cells


def put(visual: Visual, actor: vtkActor, matrix: np.ndarray, renderer=None) -> vtkActor:
    """Into the scene, where `matrix` (4, 4) f8 places its points."""
    actor.GetProperty().SetInterpolationToFlat()
    stand(actor, matrix)
    visual.add(actor, renderer)
    return actor


def stand(actor: vtkActor, matrix: np.ndarray) -> None:
    if actor.GetUserMatrix() is None and np.array_equal(matrix, np.eye(4)):
        return
    placed = vtkMatrix4x4()
    placed.DeepCopy(matrix.ravel())
    actor.SetUserMatrix(placed)
    if takes_sun(actor):
        place_in_frame(actor, matrix)
