"""Where the features of a solid stand: their own points, lifted, cut by planes and placed in the frame."""

from __future__ import annotations

import numpy as np

from layers.base import Ray
from layers.beside import Beside
from layers.feature_boxes import FeatureBoxes
from layers.feature_triangles import FeatureTriangles
from layers.sections import in_axes_of, kept
from layers.shape import Shape
from twin.data import Bounds, Mesh, box
from twin.selection import Hit

MOST_SHAPES = 64                                   # kept of what the mouse went over, to snap to


class Places:
    """`base` (n, 3) f4 as the mesh says, `points` as they are drawn; `matrix` (4, 4) f8 brings them into the frame."""

    def __init__(self, mesh: Mesh, points: np.ndarray, count: int, matrix: np.ndarray | None, boxing: Beside,
                 triangles: FeatureTriangles | None = None):
        """`matrix` None = the points are told in the frame. `boxing` measures many features beside the frames."""
        self.boxing = boxing
        self.matrix = np.eye(4) if matrix is None else matrix
        self.planes = np.zeros((0, 4))                       # n·p <= d is kept; told in the frame
        self._shapes: tuple[tuple, dict[int, Shape]] = ((), {})        # where all stands; what was snapped to
        self.triangles = triangles or FeatureTriangles(mesh)
        self.take(mesh, points, count)

    def take(self, mesh: Mesh, points: np.ndarray, count: int) -> None:
        """Another mesh with `points` of `count` features, nothing lifted yet."""
        self.mesh, self.count = mesh, count
        self.base = self.points = points
        self.lift_m: np.ndarray | None = None                # (features,) f4 up in the mesh's own axes
        if self.triangles.mesh is not mesh:
            self.triangles = FeatureTriangles(mesh)
        self._boxes: FeatureBoxes | None = None
        self._framed: tuple[FeatureBoxes, np.ndarray, np.ndarray] | None = None          # with the matrix between them
        self._boxes_asked = False
        self.boxing.forget()

    @property
    def own_planes(self) -> np.ndarray:
        """(k, 4) as the mesh's own axes see them."""
        return in_axes_of(self.planes, self.matrix)

    def within(self, ray: Ray) -> tuple[np.ndarray, np.ndarray]:
        """Start and end of a ray as the mesh's own axes see them."""
        back = np.linalg.inv(self.matrix)
        start, end = ((np.append(p, 1.0) @ back.T)[:3] for p in (ray.start, ray.end))
        return start, end

    def in_frame(self, points: np.ndarray) -> np.ndarray:
        """(n, 3) f8."""
        return points.astype(np.float64) @ self.matrix[:3, :3].T + self.matrix[:3, 3]

    def corner(self, ray: Ray, hit: Hit, reach_px: float) -> tuple[float, float, float] | None:
        """Of the vertices within reach of the ray's pixel, the nearest to where it hit: one that is seen."""
        placed = self.in_frame(self.points[self.mesh.vertex_feature == hit.feature])
        seen = ray.project(placed)
        near = placed[np.hypot(seen[:, 0] - ray.pixel[0], seen[:, 1] - ray.pixel[1]) <= reach_px]
        if not len(near):
            return None
        return tuple(map(float, near[np.linalg.norm(near - hit.point, axis=1).argmin()]))

    def shape(self, feature: int) -> Shape:
        """Kept while nothing moves: it is asked for at every move of the mouse."""
        stands = (id(self.points), self.matrix.tobytes(), self.planes.tobytes())
        if stands != self._shapes[0] or len(self._shapes[1]) > MOST_SHAPES:
            self._shapes = stands, {}
        held = self._shapes[1]
        if feature not in held:
            held[feature] = Shape(self.in_frame(self.points[self.triangles.of(feature)]), self.planes)
        return held[feature]

    # -- boxes -----------------------------------------------------------------------------------------

    def bounds(self, drawn: np.ndarray, cut_faces: list[np.ndarray]) -> Bounds | None:
        """Of those that are `drawn`, (features,) bool, as far as nothing is cut away, and of `cut_faces` (n, 3) f4.

        Of everything, as long as the features of a large mesh are not measured.
        """
        boxes = self._boxes_or_ask()
        if boxes is None:
            return self.whole()
        if not len(self.planes):
            return self._placed(boxes.union(drawn, self.lift_m))
        planes = self.own_planes
        inside, touched = boxes.sides(planes, self.lift_m)
        part = (drawn & touched)[self.mesh.vertex_feature]
        left = self.points[part]
        found = [left[kept(left, planes)], *boxes.corners(drawn & inside, self.lift_m), *cut_faces]
        return self._placed(box(np.concatenate(found)))

    def whole(self) -> Bounds | None:
        """Of everything, hidden or cut away too."""
        return self._placed(box(self.points))

    def bounds_of(self, feature) -> Bounds | None:
        """Of one feature or several."""
        asked = np.zeros(self.count, bool)
        asked[np.asarray(feature, np.int64)] = True
        return self._placed(self._feature_boxes().union(asked, self.lift_m))

    def boxes_in_frame(self) -> np.ndarray | None:
        """(features, 6) f4 of all, as they stand without a lift; None as long as a large mesh is not measured."""
        boxes = self._boxes_or_ask()
        if boxes is None:
            return None
        if self._framed is None or self._framed[0] is not boxes or self._framed[1] is not self.matrix:
            middle, half = (boxes.low + boxes.high) / 2, (boxes.high - boxes.low) / 2
            middle, half = self.in_frame(middle), half @ np.abs(self.matrix[:3, :3]).T
            self._framed = boxes, self.matrix, np.concatenate([middle - half, middle + half], axis=1).astype(np.float32)
        return self._framed[2]

    def _boxes_or_ask(self) -> FeatureBoxes | None:
        if self._boxes is None:
            base, feature, count = self.base, self.mesh.vertex_feature, self.count
            if not self._boxes_asked:
                self._boxes_asked = True
                self.boxing.ask(lambda: FeatureBoxes(base, feature, count), len(base))
            self._boxes = self.boxing.take()
        return self._boxes

    def _feature_boxes(self) -> FeatureBoxes:
        if self._boxes is None:
            self._boxes = FeatureBoxes(self.base, self.mesh.vertex_feature, self.count)
        return self._boxes

    def _placed(self, extent: Bounds | None) -> Bounds | None:
        if extent is None or np.array_equal(self.matrix, np.eye(4)):
            return extent
        corners = np.array([[extent[3 * (i & 1)], extent[1 + 3 * (i >> 1 & 1)], extent[2 + 3 * (i >> 2)], 1.0]
                            for i in range(8)])
        return box((corners @ self.matrix.T)[:, :3])


def lifted(base: np.ndarray, feature: np.ndarray, up_m: np.ndarray | None) -> np.ndarray:
    """(n, 3) f4 `base` with each vertex as much higher as its feature, `up_m` (features,); None = as it is."""
    if up_m is None:
        return base
    points = base.copy()
    points[:, 2] += up_m[feature]
    return points
