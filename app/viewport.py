"""The viewport: VTK in a Qt widget, mouse and keys turned into cameras, selection and picks.

The only module of `app` that touches VTK. It never renders by itself: it marks its view as due, and
the loop renders at most once a frame.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage
from vtkmodules.qt.QVTKRenderWindowInteractor import QVTKRenderWindowInteractor

from app import comparing, navigation
from app.session import Session
from layers.view import View
from twin.camera import Camera
from twin.data import Bounds
from twin.selection import Hit, Selection

NEARER = 0.15                      # of the way a double click leaves at least this, so that one keeps one's bearings
MOST_NOTCHES = 6.0                 # of the wheel within one frame: on a slow machine nobody sees where they lead
CLICK_PX = 4                       # a press that moves less than this is a click
SLOW_MS = 60.0                     # full frames slower than this are not drawn while the camera moves
REST_SECS = 0.25                   # how long the camera rests before the whole picture is drawn again
FLY_KEYS = {Qt.Key.Key_W: (1, 0, 0), Qt.Key.Key_S: (-1, 0, 0), Qt.Key.Key_A: (0, -1, 0), Qt.Key.Key_D: (0, 1, 0),
            Qt.Key.Key_Q: (0, 0, -1), Qt.Key.Key_E: (0, 0, 1)}


class Viewport(QVTKRenderWindowInteractor):
    """Left drag orbits about what is under the mouse, right or middle drag pans, the wheel zooms to the cursor.

    Click selects (Ctrl adds), double-click flies there, W A S D Q E fly.
    """

    def __init__(self, session: Session, parent=None):
        super().__init__(parent)
        self.session = session
        self.view = View(self.GetRenderWindow())
        self.view.canvas.at_once = False
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumSize(240, 180)
        self.cursor_point: tuple[float, float, float] | None = None
        self.frame_ms = 0.0
        self._full_ms = 0.0                            # of the last frame with everything in it
        self._rested_secs = REST_SECS
        self._rested_at: Camera | None = None
        self.home_pending = True                       # look at the content once it is there
        self._mouse: QPoint | None = None              # where to hover at the next frame
        self._press: QPoint | None = None
        self._grabbed: tuple[float, float, float] | None = None
        self._drag = ""
        self._keys: set[Qt.Key] = set()
        self._notches, self._wheel_at = 0.0, (0.0, 0.0)
        self._flight: tuple[Camera, Camera, float, float] | None = None
        self._pick_once: Callable | None = None
        self._pick_look: Callable | None = None
        self._pointed: Hit | None = None
        self.asked = lambda point: None                # called with the point of a right click
        self.following = None                          # app.following.Following that moves the camera; None = nobody
        self.drawing = None                            # app.drawing.Drawing that takes the clicks; None = nobody draws

    # -- what the rest of the app asks -----------------------------------------------------------------

    @property
    def canvas(self):
        return self.view.canvas

    @property
    def stage(self):
        return self.view.stage

    def camera(self) -> Camera:
        return self.view.camera()

    def set_camera(self, camera: Camera) -> None:
        self._flight = None
        self.follow(None)
        self.home_pending = False
        self.view.set_camera(camera)

    def fly_to(self, camera: Camera, secs: float = 0.6) -> None:
        """Go there within `secs` of real time, and follow nothing any more."""
        self.follow(None)
        self.fly(camera, secs)

    def fly(self, camera: Camera, secs: float) -> None:
        self.home_pending = False
        self._flight = (self.camera(), camera, time.monotonic(), secs)

    def follow(self, following) -> None:
        """Let `following` move the camera from here on; None = nobody."""
        before, self.following = self.following, following
        if before is not None:
            before.ended()
        if following is not None:
            self.setFocus()                            # where Escape is heard

    def carry(self, change: Callable[[Camera], Camera]) -> None:
        """Change the camera, and both ends of a flight that is under way."""
        if self._flight:
            start, end, since, secs = self._flight
            self._flight = (change(start), change(end), since, secs)
        else:
            self.view.set_camera(change(self.camera()))

    def home(self) -> None:
        self.fly_to(self.session.view.camera or self.view.home())

    def north_up(self) -> None:
        self.fly_to(navigation.north_up(self.camera()))

    def top_view(self) -> None:
        self.fly_to(navigation.top_view(self.camera()))

    def zoom_to(self, ids: set[str]) -> None:
        """Fly to what these layers show."""
        self._fly_to_box(self.stage.bounds(ids))

    def zoom_to_feature(self, layer: str, feature: int, nearest_m: float = 0.0) -> None:
        """Fly to a feature, but no nearer to it than `nearest_m`."""
        visual = self.stage.visual(layer)
        if visual:
            self._fly_to_box(visual.feature_bounds(feature) or visual.bounds(), nearest_m)

    def zoom_to_area(self, x0: float, y0: float, x1: float, y1: float) -> None:
        """Fly to a piece of the ground, local metres."""
        z = float(self.stage.ground.height_at([((x0 + x1) / 2, (y0 + y1) / 2)])[0])
        self._fly_to_box((x0, y0, z, x1, y1, z + 10.0))

    def _fly_to_box(self, box: Bounds | None, nearest_m: float = 0.0) -> None:
        if box:
            camera = self.camera()
            framed = Camera.framing(box, azimuth_deg=camera.azimuth_deg, view_angle_deg=camera.view_angle_deg,
                                    tilt_deg=max(20.0, min(60.0, camera.tilt_deg)))
            self.fly_to(navigation.zoom(framed, framed.focus, max(1.0, nearest_m / framed.distance)))

    def pick_once(self, callback: Callable, corners: bool = False) -> None:
        """Give the point of the next click (local metres) to `callback`; Esc gives it None.

        With `corners` a click near the corner of a building means the corner.
        """
        def look(x: float, y: float):
            hit = self.view.pick_corner(x, y) if corners else None
            return hit.point if hit else self.view.point_at(x, y)
        self._await(callback, look)

    def pick_of(self, layers: Iterable[str], callback: Callable, corners: bool = False) -> None:
        """Give the next hit on one of these layers, whatever stands before it; Esc gives None."""
        pick, only = self.view.pick_corner if corners else self.view.pick, frozenset(layers)
        self._await(callback, lambda x, y: pick(x, y, only))

    def _await(self, callback: Callable, look: Callable) -> None:
        self._pick_once, self._pick_look = callback, look
        self.setCursor(Qt.CursorShape.CrossCursor)

    def draw(self, drawing) -> None:
        """Give clicks, moves and ends to a `Drawing` from here on; None gives them back."""
        self.drawing = drawing
        self.setCursor(Qt.CursorShape.CrossCursor) if drawing is not None else self.unsetCursor()
        self.setFocus()

    def cancel_pick(self) -> bool:
        """Give up the click that is waited for; False where none is."""
        callback, self._pick_once = self._pick_once, None
        if callback:
            self.unsetCursor()
            callback(None)
        return callback is not None

    def centre_point(self) -> tuple[float, float, float]:
        """What the middle of the picture shows."""
        width, height = self.canvas.size
        return self.view.point_at(width / 2, height / 2) or self.camera().focus

    def save_picture(self, path: Path) -> None:
        picture = self.view.picture()
        rows, columns, _ = picture.shape
        QImage(picture.data, columns, rows, columns * 3, QImage.Format.Format_RGB888).save(str(path))

    # -- the frame -------------------------------------------------------------------------------------

    def frame(self, dt_secs: float) -> bool:
        """Called by the loop once per tick: move, hover, and render if anything differs."""
        self._move(dt_secs)
        self._hover()
        if self.drawing is not None:
            self.drawing.tick()
        self._rest(dt_secs)
        start = time.perf_counter()
        rendered = self.view.frame(self.session.shown, self.session.assets, self.session.moment())
        if rendered:
            self.frame_ms = (time.perf_counter() - start) * 1000.0
            if not self.canvas.hurried:
                self._full_ms = self.frame_ms
        return rendered

    def _rest(self, dt_secs: float) -> None:
        """While the camera moves on a slow machine the picture is drawn without what can wait."""
        camera = self.camera()
        self._rested_secs = self._rested_secs + dt_secs if camera == self._rested_at else 0.0
        self._rested_at = camera
        self.view.hurry(self._rested_secs < REST_SECS and self._full_ms > SLOW_MS)

    def _move(self, dt_secs: float) -> None:
        if self.home_pending and self.stage.bounds():
            self.view.set_camera(self.session.view.camera or self.view.home())
            self.home_pending = bool(self.session.assets.loading and not self.session.view.camera)
        if self.following is not None and not self.following.move(dt_secs):
            self.follow(None)
        if self._flight:
            start, end, since, secs = self._flight
            share = min(1.0, (time.monotonic() - since) / max(secs, 1e-3))
            self.view.set_camera(navigation.between(start, end, share))
            if share >= 1.0:
                self._flight = None
        if self._notches:
            toward = self.view.point_at(*self._wheel_at) or self.camera().focus
            self.view.set_camera(navigation.zoom(self.camera(), toward, 0.85 ** self._notches))
            self._notches = 0.0
        if self._keys:
            camera = self.camera()
            pace = max(camera.distance, 5.0) * dt_secs * (2.0 if Qt.Key.Key_Shift in self._keys else 0.7)
            steps = [FLY_KEYS[key] for key in self._keys if key in FLY_KEYS]
            self.view.set_camera(navigation.fly(camera, *(pace * sum(step[i] for step in steps) for i in range(3))))

    def _hover(self) -> None:
        """At most one pick a frame, and only after the mouse moved without a button."""
        if self._mouse is None or self._drag:
            return
        x, y = self._pixel(self._mouse)
        self._mouse = None
        self._show_divider(x)
        hit = self._pointed = self.view.pick(x, y)
        self.cursor_point = hit.point if hit else self.view.point_at(x, y)
        if self.drawing is not None:
            self.drawing.hover(self.view, x, y, hit)
            return
        named = hit if hit and hit.feature >= 0 else None
        before = self.session.hovered
        if (named and (named.layer, named.feature)) != (before and (before.layer, before.feature)):
            self.session.hovered = named

    def _show_divider(self, x: float) -> None:
        """The mouse says where the divider of two pictures can be taken hold of."""
        split = self.cursor().shape() == Qt.CursorShape.SplitHCursor
        if self.view.panes.takes(x) != split and self.drawing is None and not self._pick_once:
            self.unsetCursor() if split else self.setCursor(Qt.CursorShape.SplitHCursor)

    # -- mouse -----------------------------------------------------------------------------------------

    def mousePressEvent(self, event):
        self._press = event.position().toPoint()
        self._flight = None
        if self.view.panes.takes(self._pixel(self._press)[0]):
            self._drag = "divider"
            return
        self._grabbed = self.view.point_at(*self._pixel(self._press)) or self.camera().focus
        self._drag = ""
        self.setFocus()

    def mouseMoveEvent(self, event):
        here = event.position().toPoint()
        if self._press is None:
            self._mouse = here
            return
        if not self._drag and (here - self._press).manhattanLength() < CLICK_PX:
            return
        if not self._drag:
            plain = event.buttons() == Qt.MouseButton.LeftButton and not event.modifiers()
            self._drag, self._last = ("orbit" if plain else "pan"), self._press
        if self._drag == "divider":
            comparing.move_divider(self.session, self.view.panes.share_at(self._pixel(here)[0]))
            return
        delta, self._last = here - self._last, here
        if self._drag == "orbit":
            camera = navigation.orbit(self.camera(), self._grabbed, -delta.x() * 0.30, delta.y() * 0.25)
        else:
            camera = navigation.pan(self.camera(), self._grabbed, self._in_plane(here))
        self.home_pending = False
        self.view.set_camera(camera)

    def mouseReleaseEvent(self, event):
        press, self._press = self._press, None
        if not self._drag and press is not None and event.button() == Qt.MouseButton.LeftButton:
            self._click(press, add=bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier))
        elif not self._drag and press is not None and event.button() == Qt.MouseButton.RightButton:
            self.asked(self.view.point_at(*self._pixel(press)))
        if self._drag == "divider":
            self.session.edits.seal()
        self._drag = ""

    def mouseDoubleClickEvent(self, event):
        if self.drawing is not None:
            self.drawing.finish()
            return
        x, y = self._pixel(event.position().toPoint())
        hit = self.view.pick(x, y)
        if hit and hit.feature >= 0:
            self.zoom_to_feature(hit.layer, hit.feature, NEARER * math.dist(self.camera().position, hit.point))
        elif point := self.view.point_at(x, y):
            camera = self.camera().moved_to(point)
            self.fly_to(navigation.zoom(camera, point, 0.4))

    def wheelEvent(self, event):
        """Only collected: the next frame looks once for what is under the mouse."""
        self._notches = max(-MOST_NOTCHES, min(MOST_NOTCHES, self._notches + event.angleDelta().y() / 120.0))
        self._wheel_at = self._pixel(event.position().toPoint())
        self._flight = None
        self.home_pending = False

    def leaveEvent(self, event):
        self._mouse = self.cursor_point = None
        self.session.hovered = None

    def _click(self, where: QPoint, add: bool) -> None:
        x, y = self._pixel(where)
        if self._pick_once:
            self._give_pick(x, y)
            return
        if self.drawing is not None:
            if (found := self.drawing.look(self.view, x, y, self.view.pick(x, y))) is not None:
                self.drawing.click(found)
            return
        hit = self.view.pick(x, y)
        selection = self.session.selection
        if hit is None or hit.feature < 0:
            self.session.selection = selection if add else Selection()
        elif add:
            self.session.selection = selection.toggled(hit.layer, hit.feature)
        else:
            self.session.selection = selection.only(hit.layer, hit.feature)

    def _give_pick(self, x: float, y: float) -> None:
        """A click that meets nothing of what is asked for is passed over."""
        found = self._pick_look(x, y)
        if found is not None:
            callback, self._pick_once = self._pick_once, None
            self.unsetCursor()
            callback(found)

    def _in_plane(self, where: QPoint) -> tuple[float, float, float]:
        """Where the mouse's ray meets the level of the grabbed point, so that the ground sticks to the hand."""
        ray = self.view.ray(*self._pixel(where))
        direction = ray.end - ray.start
        flat = abs(direction[2]) < 1e-3 * abs(direction).max()
        share = (self._grabbed[2] - ray.start[2]) / direction[2] if not flat else -1.0
        if not 0.0 < share < 1.0:
            return self._grabbed
        return tuple(map(float, ray.start + share * direction))

    def _pixel(self, where: QPoint) -> tuple[float, float]:
        """Widget coordinates to device pixels with the origin at the lower left."""
        ratio = self._getPixelRatio()
        return where.x() * ratio, self.canvas.size[1] - 1 - where.y() * ratio

    # -- keys ------------------------------------------------------------------------------------------

    def keyPressEvent(self, event):
        if event.key() in FLY_KEYS or event.key() == Qt.Key.Key_Shift:
            self._flight = None
            self._keys.add(Qt.Key(event.key()))
        elif event.key() == Qt.Key.Key_Escape:
            self._escape()
        elif self.drawing is not None and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.drawing.finish()
        elif self.drawing is not None and event.key() == Qt.Key.Key_Backspace:
            self.drawing.back()
        else:
            event.ignore()

    def keyReleaseEvent(self, event):
        if not event.isAutoRepeat():
            self._keys.discard(Qt.Key(event.key()))

    def focusOutEvent(self, event):
        self._keys.clear()

    def _escape(self) -> None:
        if self.drawing is not None:
            self.drawing.cancel()
        elif self.cancel_pick():
            return
        elif self.following is not None:
            self.follow(None)
        else:
            self.session.selection = Selection()

    # -- Qt and VTK --------------------------------------------------------------------------------------

    def _getPixelRatio(self):
        """VTK asks the screen under the mouse, which is wrong with mixed densities."""
        return self.devicePixelRatioF()

    def enterEvent(self, event):
        """VTK's own interactor hears nothing: cameras are values here."""

    def paintEvent(self, event):
        """Qt wants the widget again: let the next frame render it."""
        self.view.due = True

    def resizeEvent(self, event):
        super().resizeEvent(event)
        self.canvas.pixel_ratio = self._getPixelRatio()
        self.view.due = True

    def close_view(self) -> None:
        """Free the context before Qt destroys the window (an unclosed one crashes at exit)."""
        self.view.close()
        self.Finalize()
