"""The trees of a layer, in full and plain: made beside the frames, for a district has tens of thousands."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from vtkmodules.vtkCommonDataModel import vtkPolyData
from vtkmodules.vtkRenderingCore import vtkActor

from layers.base import Ray, Visual
from layers.beside import MadeBeside
from layers.flat import Draped
from layers.geometry import actor_of, poly_data, tinted
from layers.palette import Rgb
from layers.trees import pick_crown, tree_colors, tree_mesh, tree_sizes
from layers.wall_shading import carry_crowns
from twin.selection import Hit

VERTICES = 60                                      # of a tree, about
SHARE_OF_TINT = 10                                 # other colours alone are so many times less work


@dataclass(frozen=True, eq=False)
class _Made:
    shape: Draped                                  # its points are their feet
    heights: np.ndarray                            # (trees,) metres
    crowns: np.ndarray                             # (trees,) metres across
    full: vtkPolyData
    plain: vtkPolyData


class Wood(MadeBeside):
    """Two objects: trees in full, and plain ones while the camera is hurried. What stood before stays until the new
    ones are made, unless it is of other data.
    """

    def __init__(self, visual: Visual):
        super().__init__(visual.canvas)
        self.visual = visual
        self._made: _Made | None = None
        self._actors: list[vtkActor] = []

    @property
    def there(self) -> bool:
        return self._made is not None

    @property
    def triangles(self) -> int:
        return self._made.full.GetNumberOfPolys() if self._made else 0

    def grow(self, shape: Draped, crown: Rgb, trunk: Rgb, opacity: float) -> None:
        """A tree for every point of `shape`; called with every update, and cheap where nothing differs."""
        if self._made and self._made.shape.source is not shape.source:
            self._take_away()
        asked = (shape, crown, trunk)
        if asked != self._asked:
            self._asked, former, rows = asked, self._made, len(shape.points) * VERTICES
            if former and former.shape is shape:
                self._beside.ask(lambda: _tinted(former, crown, trunk), rows // SHARE_OF_TINT)
            else:
                self._beside.ask(lambda: _made(shape, crown, trunk), rows)
        if (made := self._beside.take()) is not None:
            self._take_away()
            self._made = made
            self._actors = [_actor(made.full), _actor(made.plain)]
            self.put()
        for actor in self._actors:
            actor.GetProperty().SetOpacity(opacity)

    def put(self) -> None:
        """Into the scene: again, where all of the visual was taken out of it."""
        for actor in self._actors:
            self.visual.add(actor)

    def clear(self) -> None:
        self._beside.forget()
        self._asked = ()
        self._take_away()

    def _take_away(self) -> None:
        for actor in self._actors:
            self.visual.drop(actor)
        self._actors, self._made = [], None

    def camera_moved(self) -> None:
        for actor, plain in zip(self._actors, (False, True)):
            actor.SetVisibility(self.visual.shown and self.visual.canvas.hurried == plain)

    def pick(self, ray: Ray) -> tuple[float, Hit] | None:
        """Of a tree one aims at the crown."""
        start, end = np.asarray(ray.start, np.float64), np.asarray(ray.end, np.float64)
        found = pick_crown(start, end, self._made.shape.points, self._made.heights, self._made.crowns)
        if found is None:
            return None
        away, tree = found
        point = start + away * (end - start) / np.linalg.norm(end - start)
        return away, Hit("", int(self._made.shape.source.point_feature[tree]), tuple(map(float, point)))


def _made(shape: Draped, crown: Rgb, trunk: Rgb) -> _Made:
    sizes = tree_sizes(shape.source)
    both = []
    for plain in (False, True):
        points, triangles, normals, leaves = tree_mesh(shape.points, *sizes, crown, trunk, plain)
        both.append(poly_data(points, triangles=triangles, normals=normals, colors=leaves))
    return _Made(shape, *sizes, *both)


def _tinted(made: _Made, crown: Rgb, trunk: Rgb) -> _Made:
    """The same trees in other colours."""
    full, plain = (tinted(data, tree_colors(len(made.heights), crown, trunk, few))
                   for data, few in ((made.full, False), (made.plain, True)))
    return replace(made, full=full, plain=plain)


def _actor(data: vtkPolyData) -> vtkActor:
    actor = actor_of(data, colors=True)
    actor.GetProperty().SetAmbient(0.36)
    actor.GetProperty().SetDiffuse(0.74)
    carry_crowns(actor)
    return actor
