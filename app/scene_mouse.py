"""What the mouse does in the scene: orbit, pan, zoom, hold the divider of two pictures, select, and hover."""

from __future__ import annotations

import math

from PySide6.QtCore import QPoint, Qt

from app import comparing, navigation
from twin.camera import Camera
from twin.selection import Selection

NEARER = 0.15                      # of the way a double click leaves at least this, so that one keeps one's bearings
CLICK_PX = 4                       # a press that moves less than this is a click


class SceneMouse:
    """The viewport hands its mouse events over, and lets it `hover` once a frame."""

    def __init__(self, viewport):
        self.viewport, self.session, self.view = viewport, viewport.session, viewport.view
        self.rests_at: QPoint | None = None            # where to hover at the next frame
        self._hovered: tuple[QPoint, Camera] | None = None      # where it last did, and seen from where
        self._press: QPoint | None = None
        self._last: QPoint | None = None
        self._grabbed: tuple[float, float, float] | None = None
        self._drag = ""                                # "orbit", "pan" or "divider" while a button is held

    def hover(self, camera_rests: bool) -> None:
        """At most one pick a frame: after the mouse moved without a button, or the camera moved under it and rests."""
        camera = self.view.camera()
        if self.rests_at is None and camera_rests and self._hovered and self._hovered[1] != camera:
            self.rests_at = self._hovered[0]
        if self.rests_at is None or self._drag:
            return
        viewport, (x, y) = self.viewport, self.viewport.pixel(self.rests_at)
        self._hovered, self.rests_at = (self.rests_at, camera), None
        self._show_divider(x)
        hit = self.view.pick(x, y)
        viewport.cursor_point = hit.point if hit else self.view.point_at(x, y)
        if viewport.drawing is not None:
            self.session.hovered = None
            viewport.drawing.hover(self.view, x, y, hit)
            return
        named = hit if hit and hit.feature >= 0 else None
        before = self.session.hovered
        if (named and (named.layer, named.feature)) != (before and (before.layer, before.feature)):
            self.session.hovered = named

    def _show_divider(self, x: float) -> None:
        """The mouse says where the divider of two pictures can be taken hold of."""
        viewport = self.viewport
        split = viewport.cursor().shape() == Qt.CursorShape.SplitHCursor
        if self.view.panes.takes(x) != split and viewport.drawing is None and not viewport.awaits_pick:
            viewport.unsetCursor() if split else viewport.setCursor(Qt.CursorShape.SplitHCursor)

    # -- the viewport's events -------------------------------------------------------------------------

    def pressed(self, event) -> None:
        self._press = event.position().toPoint()
        self.viewport.travel.stop()
        x, y = self.viewport.pixel(self._press)
        if self.view.panes.takes(x):
            self._drag = "divider"
            return
        self._grabbed = self.view.point_at(x, y) or self.view.camera().focus
        self._drag = ""
        self.viewport.setFocus()

    def moved(self, event) -> None:
        here = event.position().toPoint()
        if self._press is None:
            self.rests_at = here
            return
        if not self._drag and (here - self._press).manhattanLength() < CLICK_PX:
            return
        if not self._drag:
            plain = event.buttons() == Qt.MouseButton.LeftButton and not event.modifiers()
            self._drag, self._last = ("orbit" if plain else "pan"), self._press
        if self._drag == "divider":
            comparing.move_divider(self.session, self.view.panes.share_at(self.viewport.pixel(here)[0]))
            return
        delta, self._last = here - self._last, here
        if self._drag == "orbit":
            camera = navigation.orbit(self.view.camera(), self._grabbed, -delta.x() * 0.30, delta.y() * 0.25)
        else:
            camera = navigation.pan(self.view.camera(), self._grabbed, self._in_plane(here))
        self.viewport.home_pending = False
        self.view.set_camera(camera)

    def released(self, event) -> None:
        press, self._press = self._press, None
        if not self._drag and press is not None and event.button() == Qt.MouseButton.LeftButton:
            self._click(press, add=bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier))
        elif not self._drag and press is not None and event.button() == Qt.MouseButton.RightButton:
            self.viewport.asked(self.view.point_at(*self.viewport.pixel(press)))
        if self._drag == "divider":
            self.session.edits.seal()
        self._drag = ""

    def double_clicked(self, event) -> None:
        viewport = self.viewport
        if viewport.drawing is not None:
            viewport.drawing.finish()
            return
        x, y = viewport.pixel(event.position().toPoint())
        if self.view.hud.legend_at(x, y) is not None:
            return
        camera, hit = self.view.camera(), self.view.pick(x, y)
        if hit and hit.feature >= 0:
            viewport.zoom_to_feature(hit.layer, hit.feature, NEARER * math.dist(camera.position, hit.point))
        elif point := self.view.point_at(x, y):
            viewport.fly_to(navigation.zoom(camera.moved_to(point), point, 0.4))

    def left(self) -> None:
        self.rests_at = self.viewport.cursor_point = self._hovered = None
        self.session.hovered = None

    def _click(self, where: QPoint, add: bool) -> None:
        x, y = self.viewport.pixel(where)
        if self.viewport.awaits_pick:
            self.viewport.give_pick(x, y)
            return
        if self._chose_legend(x, y):
            return
        hit, drawing = self.view.pick(x, y), self.viewport.drawing
        if drawing is not None:
            if (found := drawing.look(self.view, x, y, hit)) is not None:
                drawing.click(found)
            return
        selection = self.session.selection
        if hit is None or hit.feature < 0:
            self.session.selection = selection if add else Selection()
        elif add:
            self.session.selection = selection.toggled(hit.layer, hit.feature)
        else:
            self.session.selection = selection.only(hit.layer, hit.feature)
            self.session.current_layer = hit.layer             # its row is the one that is current

    def _chose_legend(self, x: float, y: float) -> bool:
        """A click on a legend means its layer, whose form has the legend to edit, and nothing that lies behind it; a
        click on an entry means to edit that one.
        """
        hud = self.view.hud
        legend, entry = hud.legend_at(x, y), hud.entry_at(x, y)
        if legend is None:
            return False
        of = self.view.legend_layer(legend, *(entry or ())[:1])
        self.session.current_layer = of or self.session.current_layer
        if of and entry is not None:
            self.viewport.chose_entry(of, *entry)
        return True

    def _in_plane(self, where: QPoint) -> tuple[float, float, float]:
        """Where the mouse's ray meets the level of the grabbed point, so that the ground sticks to the hand."""
        ray = self.view.ray(*self.viewport.pixel(where))
        direction = ray.end - ray.start
        flat = abs(direction[2]) < 1e-3 * abs(direction).max()
        share = (self._grabbed[2] - ray.start[2]) / direction[2] if not flat else -1.0
        if not 0.0 < share < 1.0:
            return self._grabbed
        return tuple(map(float, ray.start + share * direction))
