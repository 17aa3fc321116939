"""A mesh whose features are coloured through a table: faces, translucent faces, lines, and picks.

City and building share it. It keeps three actors at most, whatever the number of features; while a mesh grows, three
for each part that came.
"""

from __future__ import annotations

import numpy as np
from vtkmodules.vtkRenderingCore import vtkActor

from layers.base import Ray, Visual
from layers.beside import Beside
from layers.caps import Caps, clip
from layers.colour_table import shader_tables
from layers.feature_triangles import FeatureTriangles
from layers.pick import MeshPicker
from layers.pictured import texture_of
from layers.sections import cap
from layers.shading import keep_readable
from layers.solid_part import Extent, SolidPart, put, stand
from layers.solid_places import Places, lifted
from layers.solid_slices import end_of_slice
from layers.through import MOST_TRIANGLES, through_actor
from twin.data import Bounds, Mesh
from twin.selection import Hit
from twin.sun import Sun

SAMPLED = 61                                       # every so manieth vertex is compared
POINTS_PER_ROW = 8                                 # lifted in the time that a cut takes for one triangle


class Solid:
    """Draws `mesh` with its `points` (n, 3) f4 through `visual`. A new mesh is a new Solid; one that grew is given to
    `grow`. What takes long is computed beside the frame: `news` says that a result waits to be shown. Its `places` know
    where the features stand.
    """

    def __init__(self, visual: Visual, mesh: Mesh, points: np.ndarray, count: int, *, matrix: np.ndarray | None = None,
                 slices: int = 1, walls: np.ndarray | None = None, triangles: FeatureTriangles | None = None):
        """`matrix` (4, 4) f8 places the points in the frame; None = they are there. In a window a large mesh comes in
        `slices` at most, one with every `paint`. `walls` (n, 2) f4: its `wall_places`, and its `triangles`, where they
        are known.
        """
        self.visual, self._slices = visual, 1 if visual.canvas.at_once else slices
        self._walls = walls
        self.places = Places(mesh, points, count, matrix, Beside(visual.canvas), triangles)
        self.colors = np.zeros((count, 4), np.uint8)
        self.drawn = np.zeros(count, bool)                   # which are not hidden
        self.parts: list[SolidPart] = []
        self.picker: MeshPicker | None = None
        self.through = np.zeros(count, bool)                 # picked only where nothing else lies along the ray
        self._lift_asked: np.ndarray | None = None
        self._unmoved: list[SolidPart] = []                  # drawn where they stood before the last lift
        self._windows = (False, Sun(180.0, 40.0))
        self._texture = texture_of(mesh.pictures) if mesh.pictures and shader_tables(visual.canvas) else None
        self.pictured = np.zeros(count, bool)                # which features show a texture where that is wanted
        self._pictures_shown = False
        if self._texture:
            self.pictured[mesh.vertex_feature[mesh.pictures.rect[:, 2] != 0.0]] = True
        self._through: vtkActor | None = None
        self._marked = np.zeros(0, np.int64)
        self._clipped: set[vtkActor] = set()
        self._cut_key: tuple = ()
        self._caps = Caps(visual.canvas, lambda actor: put(visual, actor, self.matrix), visual.drop)
        self._lifting, self._capping = Beside(visual.canvas), Beside(visual.canvas)
        self._edges = True
        self._appended = False                               # in this frame
        self._append()

    mesh = property(lambda self: self.places.mesh)
    count = property(lambda self: self.places.count)
    points = property(lambda self: self.places.points)
    matrix = property(lambda self: self.places.matrix)

    def grow(self, mesh: Mesh, count: int) -> None:
        """The same mesh with more at its end: only that is made."""
        self._adopt(mesh, count)
        self._append()

    def holds(self, mesh: Mesh) -> bool:
        """Whether `mesh`, which came whole, is what grew here: the last part tells, and samples of the rest."""
        mine = self.mesh
        return (mine.grows is not None and Extent.of(mesh, self.count) == Extent.of(mine, self.count)
                and np.array_equal(mesh.points[::SAMPLED], self.places.base[::SAMPLED])
                and np.array_equal(mesh.vertex_feature[-SAMPLED:], mine.vertex_feature[-SAMPLED:]))

    def keep(self, mesh: Mesh, count: int) -> None:
        """What is drawn is this mesh (see `holds`): nothing is made again."""
        self._adopt(mesh, count)

    def _adopt(self, mesh: Mesh, count: int) -> None:
        self.places.take(mesh, mesh.points, count)
        self._lift_asked = None
        self._lifting.forget()

    @property
    def _lacks(self) -> bool:
        """Some of the mesh is not drawn yet."""
        return self.parts[-1].stop != Extent.of(self.mesh, self.count)

    def _append(self) -> None:
        start, stop = self.parts[-1].stop if self.parts else Extent(), Extent.of(self.mesh, self.count)
        if self._slices > 1:
            stop = end_of_slice(self.places.triangles, start, stop, self._slices)
        part = SolidPart(self.visual, self.mesh, self.points, start, stop, self.matrix, self._texture, self._walls)
        part.pictures(self._pictures_shown)
        part.windows(*self._windows)
        if not self._edges:
            part.edges(False, True, 1.0)
        self.parts.append(part)
        self._appended = True

    @property
    def news(self) -> bool:
        return self._lacks or bool(self._unmoved) or self._lifting.news or self._capping.news or self.places.boxing.news

    # -- how it looks --------------------------------------------------------------------------------

    def paint(self, rgba: np.ndarray, tints: np.ndarray | None = None) -> None:
        """`rgba` (features, 4) u1; alpha 0 hides a feature, 255 is solid. `tints` (t, 4) u1 of the mesh's tints;
        None = as their features.
        """
        if self._lacks and not self._appended:
            self._append()
        self._appended = False
        self.colors, self.drawn = rgba, rgba[:, 3] > 0
        tints = rgba[self.mesh.tint_feature] if tints is None else tints
        for part in self.parts:
            part.paint(rgba, tints)
        self._caps.paint(rgba)

    def lift(self, up_m: np.ndarray | None) -> None:
        """Draw every feature `up_m` (features,) f4 higher than the mesh says; None = as it says.

        What came slice by slice moves slice by slice.
        """
        if not _equal(up_m, self._lift_asked):
            self._lift_asked = up_m
            base, feature = self.places.base, self.mesh.vertex_feature
            self._lifting.ask(lambda: (up_m, lifted(base, feature, up_m)), len(base) // POINTS_PER_ROW)
        if (made := self._lifting.take()) is not None:
            self.places.lift_m, self.places.points = made
            self._stand_elsewhere()
        self.move_on()

    def move(self, points: np.ndarray) -> None:
        """The same features with their `points` (n, 3) f4 elsewhere, each moved as a whole; `move_on` follows."""
        self.places.take(self.mesh, points, self.count)
        self._lift_asked, self.picker = None, None
        self._lifting.forget()
        self._stand_elsewhere()

    def _stand_elsewhere(self) -> None:
        self._unmoved += [part for part in self.parts if part not in self._unmoved]          # a drag starves no part
        self._unmark()

    def move_on(self) -> None:
        """Of what stands elsewhere now, draw there as much as a frame can take."""
        now = self._unmoved[:1] if self._slices > 1 else self._unmoved
        self._unmoved = self._unmoved[len(now):]
        for part in now:
            part.place(self.points)
            part.moved()

    def stand(self, matrix: np.ndarray) -> None:
        """Place the points elsewhere: `matrix` (4, 4) f8. Nothing is uploaded again."""
        self.places.matrix = matrix
        for part in self.parts:
            part.stand(matrix)
        if self._through:
            stand(self._through, matrix)

    def cut(self, planes: np.ndarray) -> None:
        """Draw only what lies at n·p <= d of all `planes` (k, 4), told in the frame, with the faces that this cuts.

        The planes cut at once; the cut faces follow.
        """
        key = (planes.tobytes(), self.matrix.tobytes(), id(self.points))
        moved, self._cut_key = key != self._cut_key, key
        if moved:
            self.places.planes = planes
            self._clipped.clear()
            self._unmark()                                   # marked again within the new planes
            self._caps.clear()
            self._capping.forget()
            if len(planes):
                self._ask_caps(self.places.own_planes)
        self._clip()
        if (made := self._capping.take()) is not None:
            own, caps = made
            self._caps.show(caps, own, planes, self.colors)

    def _ask_caps(self, planes: np.ndarray) -> None:
        points, triangles, feature = self.points, self.mesh.triangles, self.mesh.vertex_feature
        self._capping.ask(lambda: (planes, [cap(points, triangles, feature, plane) for plane in planes]),
                          len(triangles))

    def _clip(self) -> None:
        """Actors come late: ghosts with the first translucent feature, parts while a mesh grows."""
        for actor in self._actors():
            if actor not in self._clipped:
                clip(actor, self.places.planes)
                self._clipped.add(actor)

    def _actors(self) -> list[vtkActor]:
        return [actor for part in self.parts for actor in part.actors]

    def windows(self, shown: bool, sun: Sun) -> None:
        self._windows = (shown, sun)
        for part in self.parts:
            part.windows(shown, sun)

    def pictures(self, shown: bool) -> None:
        """Faces with a texture show it, times the colour that they are painted in."""
        self._pictures_shown = shown
        for part in self.parts:
            part.pictures(shown)

    def tinted(self, colors: np.ndarray) -> np.ndarray:
        """`colors` (features, 3) u1 of the file, for features with a texture what that is multiplied by."""
        if not self.pictured.any():
            return colors
        return np.where(self.pictured[:, None], self.mesh.pictures.tints, colors)

    def even_light(self, even: bool) -> None:
        """Colours that mean something are told apart on the shady side, and at night."""
        for actor in self.faces():
            actor.GetProperty().SetAmbient(0.68 if even else 0.36)
            actor.GetProperty().SetDiffuse(0.36 if even else 0.8)
            keep_readable(actor, even)

    def edges(self, shown: bool, daylight: float) -> None:
        """Lines carry no light of their own: at night they are as dark as what they outline."""
        changed, self._edges = shown != self._edges, shown
        for part in self.parts:
            part.edges(shown, changed, daylight)

    def mark(self, features: tuple[int, ...]) -> None:
        """Let these be seen through what hides them."""
        asked = np.array(features, np.int64)
        asked = asked[asked < self.count]
        asked = asked[self.drawn[asked]]
        if np.array_equal(asked, self._marked):
            return
        self._unmark()
        self._marked = asked
        cells = self.places.triangles.of_some(asked, MOST_TRIANGLES)
        if self.parts[0].table.shader and len(cells):
            actor = through_actor(self.points, cells)
            self._through = put(self.visual, actor, self.matrix, self.visual.canvas.overlay)
            clip(actor, self.places.planes)

    def _unmark(self) -> None:
        self._marked = np.zeros(0, np.int64)
        if self._through:
            self.visual.drop(self._through)
            self._through = None

    def faces(self) -> list[vtkActor]:
        return [actor for part in self.parts for actor in part.faces]

    def remove(self) -> None:
        for part in self.parts:
            part.remove()
        self._unmark()
        self._caps.clear()

    # -- what it is asked ----------------------------------------------------------------------------

    def settle(self) -> None:
        """The mesh will not grow any more: make it pickable."""
        if self.picker is None:
            self.picker = MeshPicker(self.places.base, self.mesh.triangles, self.mesh.vertex_feature)

    def pick(self, ray: Ray) -> tuple[float, Hit] | None:
        if self.picker is None or not self.picker.ready:
            return None
        (start, end), drawn = self.places.within(ray), self.drawn
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
        planes, lift_m = self.places.own_planes, self.places.lift_m
        hits = [face] if (face := self._caps.pick(start, end, drawn)) else []
        heights = np.zeros(1) if lift_m is None else np.unique(lift_m[drawn])
        for height in heights:
            down = np.array([0.0, 0.0, float(height)])
            lowered = np.column_stack([planes[:, :3], planes[:, 3] - planes[:, :3] @ down])
            there = drawn if lift_m is None else drawn & (lift_m == height)
            if found := self.picker.pick(start - down, end - down, there, lowered):
                hits.append(found[:2])
        return min(hits, default=None)

    def bounds(self) -> Bounds | None:
        """Of all features that are not hidden, as far as nothing is cut away."""
        return self.places.bounds(self.drawn, self._caps.corners() if len(self.places.planes) else [])


def _equal(a: np.ndarray | None, b: np.ndarray | None) -> bool:
    return a is b or (a is not None and b is not None and np.array_equal(a, b))
