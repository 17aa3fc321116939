"""The viewport: VTK in a Qt widget, mouse and keys turned into cameras, selection and picks.

The only module of `app` that touches VTK. It never renders by itself: it marks its view as due, and
the loop renders at most once a frame.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from pathlib import Path

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage
from vtkmodules.qt.QVTKRenderWindowInteractor import QVTKRenderWindowInteractor

from app import navigation
from app.resting import Resting
from app.scene_mouse import SceneMouse
from app.session import Session
from app.travel import KEYS, Travel
from layers.view import View
from twin.camera import Camera
from twin.data import Bounds, together
from twin.selection import Selection

FINE = 2                           # times as many pixels each way has a picture for a report


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
        self._drawn = None                             # the document of the last frame
        self.home_pending = True                       # look at the content once it is there
        self._homed: tuple | None = None               # camera, size and content as it was looked at by itself
        self.travel, self.mouse, self.resting = Travel(self.view), SceneMouse(self), Resting(self.view)
        self._pick_once: Callable | None = None
        self._pick_look: Callable | None = None
        self.asked = lambda point: None                # called with the point of a right click
        self.chose_entry = lambda layer, entry, words: None      # of a legend, and whether its words were clicked
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
        self.travel.stop()
        self.follow(None)
        self.home_pending = False
        self.view.set_camera(camera)

    def fly_to(self, camera: Camera, secs: float = 0.6) -> None:
        """Go there within `secs` of real time, and follow nothing any more."""
        self.follow(None)
        self.fly(camera, secs)

    def fly(self, camera: Camera, secs: float) -> None:
        self.home_pending = False
        self.travel.fly(camera, secs)

    def follow(self, following) -> None:
        """Let `following` move the camera from here on; None = nobody."""
        before, self.following = self.following, following
        if before is not None:
            before.ended()
        if following is not None:
            self.setFocus()                            # where Escape is heard

    def home(self) -> None:
        self.fly_to(self.session.view.camera or self.view.home())

    def north_up(self) -> None:
        self.fly_to(navigation.north_up(self.camera()))

    def top_view(self) -> None:
        self.fly_to(navigation.top_view(self.camera()))

    def zoom_to(self, ids: set[str]) -> None:
        """Fly to what these layers show, where one picture can show it."""
        self._fly_to_box(together(self.stage.box(id) for id in ids))

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
        """Give the next hit on one of these layers, whatever stands before it (on any, where none is named); Esc gives
        None.
        """
        pick, only = self.view.pick_corner if corners else self.view.pick, frozenset(layers)
        self._await(callback, lambda x, y: pick(x, y, only))

    def _await(self, callback: Callable, look: Callable) -> None:
        self.cancel_pick()                                     # who waited before must not wait for ever
        self._pick_once, self._pick_look = callback, look
        self.setCursor(Qt.CursorShape.CrossCursor)

    @property
    def awaits_pick(self) -> bool:
        return self._pick_once is not None

    def give_pick(self, x: float, y: float) -> None:
        """The click that is waited for; one that meets nothing of what is asked for is passed over."""
        found = self._pick_look(x, y)
        if found is not None:
            callback, self._pick_once = self._pick_once, None
            self.unsetCursor()
            callback(found)

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

    def save_picture(self, path: Path, fine: bool = False) -> bool:
        """What is seen; `fine`: drawn once more with twice as many pixels each way, as a report wants it. False where
        it could not be written.
        """
        view, session = self.view, self.session
        picture = view.fine_picture(session.shown, session.assets, session.moment(), FINE) if fine else view.picture()
        rows, columns, _ = picture.shape
        return QImage(picture.data, columns, rows, columns * 3, QImage.Format.Format_RGB888).save(str(path))

    # -- the frame -------------------------------------------------------------------------------------

    def frame(self, dt_secs: float) -> bool:
        """Called by the loop once per tick: move, hover, and render if anything differs."""
        self._move(dt_secs)
        self.resting.look(dt_secs)
        self.mouse.hover(self.resting.rests)
        if self.drawing is not None:
            self.drawing.tick()
        start = time.perf_counter()
        shown = self.session.shown
        self.view.current_layer = self.session.current_layer
        rendered = self.view.frame(shown, self.session.assets, self.session.moment())
        self._drawn = shown
        if rendered:
            self.frame_ms = (time.perf_counter() - start) * 1000.0
            self.resting.drawn(self.frame_ms)
        return rendered

    def _as_seen(self) -> tuple:
        return self.camera(), self.canvas.size, self.stage.bounds()

    def frame_again(self) -> None:
        """What came by itself was put elsewhere: it is framed there, unless somebody looked elsewhere meanwhile."""
        if self._homed is not None and self._homed[0] == self.camera():
            self.home_pending = True

    def _home_again(self) -> None:
        """The window took another shape before anybody looked elsewhere: what came by itself is framed anew."""
        camera, _, bounds = self._homed
        self._homed = None
        if (self.camera(), self.stage.bounds()) == (camera, bounds):
            self.view.set_camera(self.view.home())
            self._homed = self._as_seen()

    def _move(self, dt_secs: float) -> None:
        if self.home_pending and (self.session.view.camera or self.stage.bounds()):
            self.view.set_camera(self.session.view.camera or self.view.home())
            coming = self.session.assets.loading or self.stage.behind or self._drawn is not self.session.shown
            self.home_pending = bool(coming and not self.session.view.camera)
            self._homed = None if self.session.view.camera else self._as_seen()
        elif self._homed is not None and self._homed[1] != self.canvas.size:
            self._home_again()
        if self.following is not None and not self.following.move(dt_secs):
            self.follow(None)
        self.travel.move(dt_secs)

    # -- mouse and keys ---------------------------------------------------------------------------------

    def pixel(self, where: QPoint) -> tuple[float, float]:
        """Widget coordinates to device pixels with the origin at the lower left."""
        ratio = self._getPixelRatio()
        return where.x() * ratio, self.canvas.size[1] - 1 - where.y() * ratio

    def mousePressEvent(self, event):
        self.mouse.pressed(event)

    def mouseMoveEvent(self, event):
        self.mouse.moved(event)

    def mouseReleaseEvent(self, event):
        self.mouse.released(event)

    def mouseDoubleClickEvent(self, event):
        self.mouse.double_clicked(event)

    def leaveEvent(self, event):
        self.mouse.left()

    def wheelEvent(self, event):
        self.travel.wheel(event.angleDelta().y() / 120.0, self.pixel(event.position().toPoint()))
        self.home_pending = False

    def keyPressEvent(self, event):
        if event.key() in KEYS:
            self.travel.press(Qt.Key(event.key()))
        elif event.key() == Qt.Key.Key_Escape:
            self._escape()
        elif self.drawing is not None and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.drawing.finish()
        elif self.drawing is not None and event.key() == Qt.Key.Key_Backspace:
            self.drawing.back()
        else:
            event.ignore()

    def keyReleaseEvent(self, event):
        if not event.isAutoRepeat() and Qt.Key(event.key()) in self.travel.keys:
            self.travel.keys.discard(Qt.Key(event.key()))
            if not self.travel.keys:
                self.view.set_camera(navigation.refocused(self.camera(), self.centre_point()))

    def focusOutEvent(self, event):
        self.travel.keys.clear()

    def _escape(self) -> None:
        if self.drawing is not None:
            self.drawing.cancel()
        elif self.cancel_pick():
            return
        elif self.following is not None:
            self.follow(None)
        else:
            self.session.selection = Selection()
            self.session.gone_to = self.session.asked_in = None

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
