"""One picture of a session: canvas, stage and hud together, in a window or without one."""

from __future__ import annotations

import math
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import numpy as np
from vtkmodules.util.numpy_support import vtk_to_numpy
from vtkmodules.vtkCommonCore import vtkUnsignedCharArray
from vtkmodules.vtkRenderingCore import vtkRenderWindow

from layers.base import Moment, Ray
from layers.canvas import Canvas
from layers.ground_hits import ground_point
from layers.hud import Hud, time_words
from layers.legend import Legend, added_up, gathered, lit_first, told_together
from layers.legend_sight import LegendSight
from layers.panes import Panes, Side
from layers.stage import Stage
from layers.two_sides import joined
from twin.assets import Assets
from twin.camera import Camera
from twin.comparison import SIDE
from twin.data import Bounds, together
from twin.document import Document
from twin.ground import Ground
from twin.selection import Hit
from twin.text import tr

FAR_M = 150_000.0
CORNER_PX = 14.0                   # so near to a corner, a pick means the corner
TALL_M = 400.0                      # what may stand at the lower edge of a picture
PARALLEL_DEPTH = 20.0               # times the height of a parallel picture, behind what it looks at
NEAR_M = 200_000.0                 # layers farther from the origin than this are not looked at first
# What home shows of an empty project: the plain about its origin up to the horizon.
EMPTY = Camera.looking_at((0.0, 0.0, 0.0), distance=2500.0, azimuth_deg=20.0, tilt_deg=13.0)


class View:
    """Draws a document at a moment into a render window. `frame` renders at most once."""

    def __init__(self, window: vtkRenderWindow):
        self.window = window
        self.canvas = Canvas(window)
        self.stage = Stage(self.canvas)
        self.panes = Panes(self.canvas)                              # below the hud
        self.hud = Hud(self.canvas)
        self.due = True
        self._seen: tuple = ()
        self.told: list[tuple[str, Legend]] = []             # layer and legend, as the picture has them
        self._sighted = LegendSight()
        self._came: dict[str, int] = {}                      # shown layers, by when they came
        self.current_layer = ""                              # whose legend goes before others, as if it were selected
        self._sides: tuple[Side, Side] | None = None                 # of a comparison, and what they are made of
        self._of_second: list[tuple[str, Legend]] = []
        self._over: list[tuple[float, float, float, float]] = []     # boxes of the hud as it was drawn last
        self._assets: Assets | None = None
        self._compared: tuple = ()
        self.second_ground: Ground | None = None                     # of side B; None while there is one picture
        self.canvas.set_camera(EMPTY)

    def frame(self, document: Document, assets: Assets, moment: Moment) -> bool:
        """Update what differs and render if anything did. True when it rendered."""
        self.canvas.theme = moment.theme
        self._assets, self._sides = assets, self.panes.of(document, moment)
        self.canvas.in_turn = self._sides is not None
        if self._sides is None:
            self.second_ground = None
            self.panes.look(second=False)
            dirty = self.stage.frame(document, assets, moment, whole=self.canvas.at_once)
        else:
            compared = (document, id(assets), assets.revision, moment)
            dirty = self.stage.frame(self._sides[0].document, assets, moment) | (compared != self._compared)
            dirty |= self.stage.news_of(self._sides[1].document)
            self._compared = compared
        seen = (self.current_layer, self.canvas.size, moment.theme, moment.language, moment.now_ns, moment.since_ns,
                moment.compare_ns, moment.shown_zone, moment.story, document.layers,
                document.comparison)
        if not (dirty or self.due or seen != self._seen):
            return False
        self._seen = seen
        self.render(document, moment)
        return True

    def render(self, document: Document, moment: Moment) -> None:
        self.due = False
        camera = self.canvas.camera()
        self._set_clipping(camera)
        if self._sides is not None:
            self._render_second()
        has_time = moment.now_ns > 0 and any(_timed(layer) for layer in document.layers)
        seen = [(id, legend) for id, legend in self._by_rank(document, moment)
                if self.sees(self.stage.box(id)) and not self.buried(self.stage.box(id))]
        sight, moving = self.canvas.ground.sight(), self.canvas.hurried
        self.told = self._sighted.told(told_together(added_up(seen)), self.stage.visual, sight, moving)
        self.hud.update(
            legends=gathered([legend for _, legend in self.told]),
            azimuth_deg=camera.azimuth_deg, metres_per_pixel=self.metres_per_pixel(camera), theme=moment.theme,
            time_text=time_words(moment) if has_time else "",
            mark=tr("Synthetic data") if self.stage.synthetic(document) else "", story=moment.story,
            halved=self._sides is not None,
            split_px=self.panes.divider_px if self.panes.comparison.view == SIDE else 0)
        self.panes.dress(self._sides, moment.theme, self.canvas.hud_boxes)
        if self._sides is not None:
            self._over = [*self.canvas.hud_boxes, *self.panes.boxes()]
            self.canvas.hud_boxes += [*self.panes.boxes(), self.panes.taken_by_other(second=False)]
        self.stage.camera_moved()                                    # labels keep clear of the hud
        with self.canvas.part(*self.panes.part(second=False)):
            self.window.Render()

    def ground_of(self, second: bool) -> Ground:
        """What side B shows has a ground of its own."""
        return self.second_ground if second and self.second_ground is not None else self.stage.ground

    def legend_layer(self, legend: Legend, entry: int = -1) -> str:
        """The layer of a legend that stands in the picture; of a line among those that are gathered, its own."""
        alone = [id for id, own in self.told if own.alone]
        return next((id for id, own in self.told if own == legend), alone[entry] if 0 <= entry < len(alone) else "")

    def legends(self) -> list[tuple[str, Legend]]:
        """(layer id, legend) of what is seen; of both sides where two are."""
        mine = self.stage.legends()
        return mine if self._sides is None else joined(mine, self._of_second)

    def _by_rank(self, document: Document, moment: Moment) -> list[tuple[str, Legend]]:
        """The legends, first those that one looks at: of what is selected or current, then of what was shown last."""
        newest = max(self._came.values(), default=-1) + 1                  # those of a project came together
        shown = [layer.id for layer in document.layers if document.shown(layer)]
        self._came = {id: self._came.get(id, newest) for id in shown}
        return lit_first(self.legends(), moment.selection.layers | {self.current_layer}, self._came)

    def _render_second(self) -> None:
        """Keep a picture of B; nobody sees it before A's stands beside it."""
        a, b = self._sides
        self.panes.look(second=True)
        self.stage.frame(b.document, self._assets, b.moment)
        self.second_ground = self.stage.ground
        self._of_second = self.stage.legends()
        self.canvas.hud_boxes = [*self._over, self.panes.taken_by_other(second=True)]
        self.stage.camera_moved()
        self.canvas.hud.DrawOff()
        self.window.SwapBuffersOff()
        self.window.SetFrameBlitModeToNoBlit()
        with self.canvas.part(*self.panes.part(second=True)):
            self.window.Render()
        self.panes.take(self._pixels(front=False))
        self.window.SetFrameBlitModeToBlitToHardware()
        self.window.SwapBuffersOn()
        self.canvas.hud.DrawOn()
        self.panes.look(second=False)
        self.stage.frame(a.document, self._assets, a.moment)

    # -- camera --------------------------------------------------------------------------------------

    def camera(self) -> Camera:
        return self.canvas.camera()

    def set_camera(self, camera: Camera) -> None:
        if camera != self.canvas.camera():
            self.canvas.set_camera(camera)
            self.due = True

    def hurry(self, hurried: bool) -> None:
        """Draw less while the camera moves; the end of it draws the whole picture again."""
        if hurried != self.canvas.hurried:
            self.canvas.hurry(hurried)
            self.due = True

    def home(self) -> Camera:
        """A camera that sees everything that is shown; what lies so far away that all would be dots is left aside."""
        boxes = self.stage.boxes()
        near = [box for box in boxes if max(abs(box[0] + box[3]), abs(box[1] + box[4])) / 2 < NEAR_M]
        box = together(near or boxes)
        return Camera.framing(box, aspect=self.canvas.size[0] / max(self.canvas.size[1], 1)) if box else EMPTY

    def sees(self, box: Bounds | None) -> bool:
        """Whether a part of the box may lie in the picture."""
        if box is None:
            return False
        corners = np.array([(x, y, z, 1.0) for x in box[0::3] for y in box[1::3] for z in box[2::3]])
        clip = corners @ self._forward().T
        w = clip[:, 3:]
        return not ((clip[:, :3] > w).all(axis=0) | (clip[:, :3] < -w).all(axis=0)).any()

    def buried(self, box: Bounds | None) -> bool:
        """Whether the box lies below a ground that nothing can be seen through, and the eye above it."""
        if box is None or not self.canvas.ground.closed:
            return False
        eye, middle = self.camera().position, ((box[0] + box[3]) / 2, (box[1] + box[4]) / 2)
        over_eye, over_box = self.stage.ground.height_at(np.array([eye[:2], middle]), missing=-np.inf)
        return eye[2] > over_eye and box[5] < over_box

    def _forward(self) -> np.ndarray:
        """(4, 4) from the scene into clip coordinates."""
        aspect = self.canvas.size[0] / max(self.canvas.size[1], 1)
        camera = self.canvas.scene.GetActiveCamera()
        return np.array(_matrix(camera.GetCompositeProjectionTransformMatrix(aspect, -1, 1)))

    def metres_per_pixel(self, camera: Camera) -> float:
        """At the camera's focus, device pixels."""
        return camera.height_m / max(self.canvas.size[1], 1)

    def _set_clipping(self, camera: Camera) -> None:
        """Near by how far the eye is from what it looks at and from the ground, so that near things are not cut.

        VTK's own range goes by the bounds of everything drawn; with a horizon in the scene its near plane
        would cut a room's walls away. Parallel depth is as coarse near as far: there the range is no deeper than it
        must be.
        """
        x, y, z = camera.position
        above = z - float(self.stage.ground.height_at(np.array([[x, y]]))[0])
        near = max(0.05, min(camera.distance, max(abs(above), 2.0)) * 0.05)
        far = max(FAR_M, camera.distance * 4)
        if camera.parallel_m > 0:
            far = camera.distance + max(PARALLEL_DEPTH * camera.parallel_m, 500.0)
            near = min(near, _foreground(camera, above))
        self.canvas.scene.GetActiveCamera().SetClippingRange(near, far)

    # -- picking -------------------------------------------------------------------------------------

    def ray(self, x: float, y: float) -> Ray:
        """Through device pixel (x, y), origin at the lower left."""
        width, height = self.canvas.size
        x = self.panes.in_a(x)
        camera = self.canvas.scene.GetActiveCamera()
        forward = self._forward()
        back = np.linalg.inv(forward)
        ndc = np.array([[2 * (x + 0.5) / width - 1, 2 * (y + 0.5) / height - 1, depth, 1.0] for depth in (-1, 1)])
        ends = ndc @ back.T
        ends = ends[:, :3] / ends[:, 3:]
        eye = np.array(camera.GetPosition())

        def project(points: np.ndarray) -> np.ndarray:
            points = np.asarray(points, np.float64)
            clip = np.concatenate([points, np.ones((len(points), 1))], axis=1) @ forward.T
            w = np.where(clip[:, 3] > 1e-9, clip[:, 3], np.nan)
            return np.stack([(clip[:, 0] / w + 1) / 2 * width, (clip[:, 1] / w + 1) / 2 * height,
                             np.linalg.norm(points - eye, axis=1)], axis=1)

        along = ends[1] - ends[0]
        start = ends[0] if camera.GetParallelProjection() else eye
        return Ray(start=start, end=start + along / np.linalg.norm(along) * FAR_M, pixel=(x, y), project=project)

    def pick(self, x: float, y: float, only: frozenset[str] = frozenset()) -> Hit | None:
        """What is seen at a device pixel; `only` looks through all layers but those named."""
        with self._side_at(x):
            return self.stage.pick(self.ray(x, y), only)

    def pick_corner(self, x: float, y: float, only: frozenset[str] = frozenset(), reach_px: float = CORNER_PX,
                    ) -> Hit | None:
        """As `pick`, drawn to a corner of what was hit where one is near."""
        ray = self.ray(x, y)
        with self._side_at(x):
            hit = self.stage.pick(ray, only)
            return replace(hit, point=self.stage.corner(ray, hit, reach_px * self.canvas.pixel_ratio)) if hit else None

    def point_at(self, x: float, y: float) -> tuple[float, float, float] | None:
        """Where the ray meets something: what is drawn, else the ground, else a plane (Stage.rest_m)."""
        with self._side_at(x):
            hit = self.stage.pick(self.ray(x, y))
            return hit.point if hit else ground_point(self.stage.ground, self.ray(x, y), self.stage.rest_m)

    @contextmanager
    def _side_at(self, x: float) -> Iterator[None]:
        """Ask the stage as the side shows it that is seen at a device pixel, where the two show other layers."""
        a, b = self._sides or (None, None)
        if b is None or a.document is b.document or x < self.panes.divider_px:
            yield
            return
        self.stage.frame(b.document, self._assets, b.moment)
        try:
            yield
        finally:
            self.stage.frame(a.document, self._assets, a.moment)

    # -- pictures ------------------------------------------------------------------------------------

    def picture(self) -> np.ndarray:
        """(rows, columns, 3) u1 of the last render, row 0 at the top."""
        return self._pixels(front=True)

    def fine_picture(self, document: Document, assets: Assets, moment: Moment, times: int = 2) -> np.ndarray:
        """The same drawn once more, beside the window, with `times` as many pixels for everything in it."""
        size, ratio = self.canvas.size, self.canvas.pixel_ratio
        self.window.SetUseOffScreenBuffers(True)
        try:
            self.window.SetSize(*(times * side for side in size))
            self.canvas.pixel_ratio, self.due = times * ratio, True
            self.frame(document, assets, moment)
            return self._pixels(front=False)
        finally:
            self.window.SetSize(*size)
            self.window.SetUseOffScreenBuffers(False)
            self.canvas.pixel_ratio, self.due = ratio, True

    def _pixels(self, front: bool) -> np.ndarray:
        width, height = self.canvas.size
        pixels = vtkUnsignedCharArray()
        self.window.GetRGBACharPixelData(0, 0, width - 1, height - 1, int(front), pixels)
        return np.ascontiguousarray(vtk_to_numpy(pixels).reshape(height, width, 4)[::-1, :, :3])

    def close(self) -> None:
        self.stage.clear()
        self.window.Finalize()


def offscreen(width: int, height: int) -> View:
    """A view without a window or a display (EGL, or what the platform offers)."""
    if sys.platform == "linux" and not os.environ.get("DISPLAY"):
        os.environ.setdefault("VTK_DEFAULT_OPENGL_WINDOW", "vtkEGLRenderWindow")     # do not even ask for X
    window = vtkRenderWindow()
    window.SetOffScreenRendering(True)
    window.SetSize(width, height)
    return View(window)


def _matrix(matrix) -> list[list[float]]:
    return [[matrix.GetElement(row, column) for column in range(4)] for row in range(4)]


def _foreground(camera: Camera, above_m: float) -> float:
    """Metres ahead of a parallel camera where what stands at the lower edge of the picture begins; behind the eye, and
    negative, where the ground itself does: nobody stands at the eye of such a picture. Infinite where the camera does
    not look down, and below the ground.
    """
    tilt = math.radians(camera.tilt_deg)
    if tilt <= 0.0 or above_m <= 0.0:
        return math.inf
    ground = (above_m - math.cos(tilt) * camera.parallel_m / 2) / math.sin(tilt)
    return ground - TALL_M / math.sin(tilt) if ground < 0 else math.inf


def _timed(layer) -> bool:
    """Whether what it shows depends on the clock."""
    return layer.timed or getattr(layer, "schedule", None) is not None
