"""A mesh whose features are coloured through one table: faces, translucent faces, lines, and picks.

City and building share it. It keeps three actors at most, whatever the number of features.
"""

from __future__ import annotations

import numpy as np
from vtkmodules.util.numpy_support import numpy_to_vtk
from vtkmodules.vtkCommonDataModel import vtkPolyData
from vtkmodules.vtkCommonMath import vtkMatrix4x4
from vtkmodules.vtkRenderingCore import vtkActor

from layers.base import Ray, Visual
from layers.caps import Caps, clip
from layers.colour_table import GHOST, LINE, ColourTable, Extra
from layers.facade import FACADE, carry_walls, set_windows, wall_places
from layers.geometry import actor_of, poly_data
from layers.pick import MeshPicker
from layers.sections import cap, in_axes_of, kept
from layers.shading import apply_drape
from layers.shape import Shape
from layers.through import MOST_TRIANGLES, through_actor
from layers.wall_shading import place_in_frame, takes_sun
from twin.data import Bounds, Mesh, box
from twin.selection import Hit
from twin.sun import Sun

EDGE_REACH_M = 1800.0                              # lines fade out up to here, or a far city turns black
GHOST_STEP = -0.0006                               # translucent faces lie behind what is solid in the same place
MOST_SHAPES = 64                                   # kept of what the mouse went over, to snap to
EDGE_TONE = 0.66                                   # of the feature's own colour

# Lines are one pixel at any distance: their share of a far house grows, so they fade.
_EDGE = Extra(paint=f"""  float edgeWay = 1.0 / gl_FragCoord.w;
  opacity = 0.8 * (1.0 - smoothstep({0.15 * EDGE_REACH_M}, {EDGE_REACH_M}, edgeWay));
  if (opacity < 0.02) discard;
""")


class Solid:
    """Draws `mesh` with its `points` (n, 3) f4 through `visual`. A new mesh is a new Solid."""

    def __init__(self, visual: Visual, mesh: Mesh, points: np.ndarray, count: int, *, matrix: np.ndarray | None = None):
        """`matrix` (4, 4) f8 places the points in the frame; None = they are there."""
        self.visual, self.mesh, self.points, self.count = visual, mesh, points, count
        self._base = points
        self.matrix = np.eye(4) if matrix is None else matrix
        self.table = ColourTable(visual.canvas, count + len(mesh.tint_feature))     # the tints after the features
        self.picker: MeshPicker | None = None
        self.through = np.zeros(count, bool)                 # picked only where nothing else lies along the ray
        self._shapes: tuple[tuple, dict[int, Shape]] = ((), {})        # where all stands; what was snapped to
        self._owners: tuple | None = None
        self._lift: np.ndarray | None = None                 # (features,) f4 metres up in the mesh's own axes
        self._walls = wall_places(points, mesh.vertex_feature, mesh.facade, count)
        self._row = mesh.vertex_feature if mesh.vertex_tint is None else np.where(
            mesh.vertex_tint < 0, mesh.vertex_feature, count + mesh.vertex_tint).astype(np.int32)
        self._windows = (False, Sun(180.0, 40.0))
        self._data = poly_data(points)
        self._ghost: vtkActor | None = None
        self._through: vtkActor | None = None
        self._marked: tuple[int, ...] = ()
        self._planes = np.zeros((0, 4))                      # n·p <= d is kept; where the actors stand
        self._cut_key: tuple = ()
        self._caps = Caps(self.table, self._place, visual.drop)
        self._faces = self._face_actor()
        self._edges = True
        self._lines = self._line_actor() if mesh.edges is not None and len(mesh.edges) else None

    # -- how it looks --------------------------------------------------------------------------------

    @property
    def drawn(self) -> np.ndarray:
        """(features,) bool: which are not hidden."""
        return self.table.colors[:self.count, 3] > 0

    def paint(self, rgba: np.ndarray, tints: np.ndarray | None = None) -> None:
        """`rgba` (features, 4) u1; alpha 0 hides a feature, 255 is solid. `tints` (t, 4) u1 of the mesh's tints;
        None = as their features.
        """
        rgba = np.concatenate([rgba, rgba[self.mesh.tint_feature] if tints is None else tints])
        alpha = rgba[:, 3]
        if self._ghost is None and ((alpha > 0) & (alpha < 255)).any():
            self._ghost = self._face_actor(GHOST)
        self.table.set(rgba)

    def lift(self, up_m: np.ndarray | None) -> None:
        """Draw every feature `up_m` (features,) f4 higher than the mesh says; None = as it says."""
        if _equal(up_m, self._lift):
            return
        self._lift = up_m
        self.points = self._base
        if up_m is not None:
            self.points = self._base.copy()
            self.points[:, 2] += up_m[self.mesh.vertex_feature]
        held = self._data.GetPoints()                        # all actors share it
        held.SetData(numpy_to_vtk(np.ascontiguousarray(self.points), deep=False))
        held.Modified()
        for actor in (*self._face_actors(), self._lines, self._through):
            if actor:
                actor.GetMapper().GetInput().Modified()

    def stand(self, matrix: np.ndarray) -> None:
        """Place the points elsewhere: `matrix` (4, 4) f8. Nothing is uploaded again."""
        self.matrix = matrix
        for actor in (*self._face_actors(), self._lines, self._through):
            if actor:
                self._stand(actor)

    def cut(self, planes: np.ndarray) -> None:
        """Draw only what lies at n·p <= d of all `planes` (k, 4), told in the frame, with the faces that this cuts."""
        key = (planes.tobytes(), self.matrix.tobytes(), id(self.points), self._ghost is None, self._through is None)
        if key == self._cut_key:
            return
        moved, self._cut_key = key[:3] != self._cut_key[:3], key
        self._planes = planes
        for actor in (*self._face_actors(), self._lines, self._through):
            if actor:
                clip(actor, planes)
        if moved and len(planes):
            own = in_axes_of(planes, self.matrix)
            caps = [cap(self.points, self.mesh.triangles, self.mesh.vertex_feature, plane) for plane in own]
            self._caps.show(caps, own, planes)
            self.table.set(self.table.colors)
        elif not len(planes):
            self._caps.clear()

    def windows(self, shown: bool, sun: Sun) -> None:
        self._windows = (shown, sun)
        for actor in self._face_actors():
            set_windows(actor, shown, sun)

    def even_light(self, even: bool) -> None:
        """Colours that mean something are told apart on the shady side too."""
        for actor in self._face_actors():
            actor.GetProperty().SetAmbient(0.68 if even else 0.36)
            actor.GetProperty().SetDiffuse(0.36 if even else 0.8)

    def edges(self, shown: bool, daylight: float) -> None:
        """Lines carry no light of their own: at night they are as dark as what they outline."""
        if self._lines is None:
            return
        self._lines.GetProperty().SetDiffuse(EDGE_TONE * (0.22 + 0.78 * daylight))
        if shown != self._edges:
            self._edges = shown
            (self.visual.add if shown else self.visual.drop)(self._lines)

    def mark(self, features: tuple[int, ...]) -> None:
        """Let these be seen through what hides them."""
        drawn = tuple(f for f in features if f < self.count and self.drawn[f])
        if drawn == self._marked:
            return
        self._marked = drawn
        if self._through:
            self.visual.drop(self._through)
            self._through = None
        cells = self.mesh.triangles[np.isin(self.mesh.vertex_feature[self.mesh.triangles[:, 0]], drawn)]
        if self.table.shader and 0 < len(cells) <= MOST_TRIANGLES:
            self._through = self._place(through_actor(self._data, cells), self.visual.canvas.overlay)

    def _face_actor(self, role: str = "solid") -> vtkActor:
        data = self._share()
        actor = actor_of(data)
        self.table.attach(actor, data, self._row, self.mesh.triangles, role=role, extra=FACADE)
        if self.table.shader:
            carry_walls(actor, data, self._walls, False)
            set_windows(actor, *self._windows)
            if role == GHOST:
                apply_drape(actor, GHOST_STEP)               # rooms end where walls begin: the wall wins
        return self._place(actor)

    def _line_actor(self) -> vtkActor:
        data = self._share()
        actor = actor_of(data, lit=False)
        actor.GetProperty().SetAmbient(0.0)
        actor.GetProperty().SetDiffuse(EDGE_TONE)
        self.table.attach(actor, data, self._row, self.mesh.edges, role=LINE, extra=_EDGE)
        if self.table.shader:
            apply_drape(actor, 0.0008)
        return self._place(actor)

    def _share(self) -> vtkPolyData:
        data = vtkPolyData()
        data.SetPoints(self._data.GetPoints())
        return data

    def _place(self, actor: vtkActor, renderer=None) -> vtkActor:
        actor.GetProperty().SetInterpolationToFlat()
        self._stand(actor)
        self.visual.add(actor, renderer)
        return actor

    def _stand(self, actor: vtkActor) -> None:
        if actor.GetUserMatrix() is None and np.array_equal(self.matrix, np.eye(4)):
            return
        placed = vtkMatrix4x4()
        placed.DeepCopy(self.matrix.ravel())
        actor.SetUserMatrix(placed)
        if takes_sun(actor):
            place_in_frame(actor, self.matrix)

    def _face_actors(self) -> list[vtkActor]:
        return [a for a in (self._faces, self._ghost) if a]

    def remove(self) -> None:
        for actor in (*self._face_actors(), self._lines, self._through):
            if actor:
                self.visual.drop(actor)
        self._caps.clear()

    # -- what it is asked ----------------------------------------------------------------------------

    def settle(self) -> None:
        """The mesh will not grow any more: make it pickable."""
        if self.picker is None:
            self.picker = MeshPicker(self._base, self.mesh.triangles, self.mesh.vertex_feature)

    def pick(self, ray: Ray) -> tuple[float, Hit] | None:
        if self.picker is None or not self.picker.ready:
            return None
        back = np.linalg.inv(self.matrix)
        start, end = ((np.append(p, 1.0) @ back.T)[:3] for p in (ray.start, ray.end))
        drawn = self.drawn
        found = self._nearest(start, end, drawn & ~self.through) or self._nearest(start, end, drawn & self.through)
        if found is None:
            return None
        share, feature = found
        along = np.asarray(ray.end) - ray.start
        point = ray.start + share * along
        return float(share * np.linalg.norm(along)), Hit("", feature, tuple(map(float, point)))

    def _nearest(self, start: np.ndarray, end: np.ndarray, drawn: np.ndarray) -> tuple[float, int] | None:
        """(share of the way, feature): the search tree knows no lift, so the ray is lowered once per height."""
        if not drawn.any():
            return None
        planes = in_axes_of(self._planes, self.matrix)
        hits = [face] if (face := self._caps.pick(start, end, drawn)) else []
        heights = np.zeros(1) if self._lift is None else np.unique(self._lift[drawn])
        for height in heights:
            down = np.array([0.0, 0.0, float(height)])
            lowered = np.column_stack([planes[:, :3], planes[:, 3] - planes[:, :3] @ down])
            there = drawn if self._lift is None else drawn & (self._lift == height)
            if found := self.picker.pick(start - down, end - down, there, lowered):
                hits.append(found[:2])
        return min(hits, default=None)

    def corner(self, ray: Ray, hit: Hit, reach_px: float) -> tuple[float, float, float] | None:
        """Of the vertices within reach of the ray's pixel, the nearest to where it hit: one that is seen."""
        mine = self.points[self.mesh.vertex_feature == hit.feature].astype(np.float64)
        placed = mine @ self.matrix[:3, :3].T + self.matrix[:3, 3]
        seen = ray.project(placed)
        near = placed[np.hypot(seen[:, 0] - ray.pixel[0], seen[:, 1] - ray.pixel[1]) <= reach_px]
        if not len(near):
            return None
        return tuple(map(float, near[np.linalg.norm(near - hit.point, axis=1).argmin()]))

    def shape(self, feature: int) -> Shape:
        """Kept while nothing moves: it is asked for at every move of the mouse."""
        stands = (id(self.points), self.matrix.tobytes(), self._planes.tobytes())
        if stands != self._shapes[0] or len(self._shapes[1]) > MOST_SHAPES:
            self._shapes = stands, {}
        held = self._shapes[1]
        if feature not in held:
            corners = self.points[self._cells(feature)].astype(np.float64)
            held[feature] = Shape(corners @ self.matrix[:3, :3].T + self.matrix[:3, 3], self._planes)
        return held[feature]

    def _cells(self, feature: int) -> np.ndarray:
        """(m, 3) triangles of one feature; sorted by feature once, where they are not already."""
        if self._owners is None:
            owner = self.mesh.vertex_feature[self.mesh.triangles[:, 0]]
            order = None if (owner[1:] >= owner[:-1]).all() else np.argsort(owner, kind="stable")
            self._owners = owner if order is None else owner[order], order
        owner, order = self._owners
        first, last = np.searchsorted(owner, (feature, feature + 1))
        return self.mesh.triangles[first:last] if order is None else self.mesh.triangles[order[first:last]]

    def bounds(self) -> Bounds | None:
        """Of all features that are not hidden, as far as nothing is cut away."""
        drawn = self.drawn
        points = self.points if drawn.all() else self.points[drawn[self.mesh.vertex_feature]]
        if len(self._planes):
            left = points[kept(points, in_axes_of(self._planes, self.matrix))]
            points = np.concatenate([left, *self._caps.corners()])
        return self._box(points)

    def whole(self) -> Bounds | None:
        """Of everything, hidden or cut away too."""
        return self._box(self.points)

    def feature_bounds(self, feature) -> Bounds | None:
        """Of one feature or several."""
        return self._box(self.points[np.isin(self.mesh.vertex_feature, feature)])

    def _box(self, points: np.ndarray) -> Bounds | None:
        extent = box(points)
        if extent is None or np.array_equal(self.matrix, np.eye(4)):
            return extent
        corners = np.array([[extent[3 * (i & 1)], extent[1 + 3 * (i >> 1 & 1)], extent[2 + 3 * (i >> 2)], 1.0]
                            for i in range(8)])
        return box((corners @ self.matrix.T)[:, :3])


def _equal(a: np.ndarray | None, b: np.ndarray | None) -> bool:
    return a is b or (a is not None and b is not None and np.array_equal(a, b))
