"""What the mouse and the keys do on the time ribbon. Every gesture changes the clock or the view of time, at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

from app.panels.ribbon_painting import LABEL_ROW_PX, LANE_PX
from twin.clock import INSTANT, PLAYING

if TYPE_CHECKING:
    from app.panels.ribbon import Ribbon

HANDLE_PX = 5
STEPS_FAST = 10                           # of an arrow key with Shift
SCRUB, SINCE, UNTIL, SHIFT, SECOND, PAN = "scrub", "since", "until", "shift", "second", "pan"
CURSORS = {SINCE: Qt.CursorShape.SizeHorCursor, UNTIL: Qt.CursorShape.SizeHorCursor,
           SECOND: Qt.CursorShape.SizeHorCursor, PAN: Qt.CursorShape.OpenHandCursor}


class Gestures:
    """`dragging` says what is dragged: the playhead, an end of the span, the span, the second instant, the axis."""

    def __init__(self, ribbon: Ribbon):
        self.ribbon = ribbon
        self.dragging = ""
        self._grip_ns = 0                       # from the instant under the mouse to what is dragged
        self._pressed_x = 0.0
        self._before: tuple[int, str] = (0, "")     # now and state of the clock when the button went down
        self._play_on = False                   # resume after the drag

    @property
    def session(self):
        return self.ribbon.session

    @property
    def clock(self):
        return self.ribbon.session.clock

    # -- the mouse -------------------------------------------------------------------------------------

    def press(self, event) -> None:
        button, x, y = event.button(), event.position().x(), event.position().y()
        if button == Qt.MouseButton.MiddleButton:
            self.dragging, self._pressed_x = PAN, x
        elif button == Qt.MouseButton.LeftButton and event.modifiers() & Qt.KeyboardModifier.AltModifier:
            self.dragging, self._grip_ns = SECOND, 0
            self._drag(x)
        elif button == Qt.MouseButton.LeftButton:
            self._take(x, y, bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier))

    def _take(self, x: float, y: float, shift: bool) -> None:
        ribbon, clock = self.ribbon, self.clock
        self._before = (clock.now_ns, clock.state)
        self._pressed_x = x
        self.dragging = PAN if shift else self.what(x, y)
        if self.dragging in (PAN, SECOND, SINCE):
            self._grip_ns = 0
            return
        self._play_on = clock.state == PLAYING
        clock.pause()
        self._grip_ns = clock.now_ns - ribbon.time_at(x) if self.dragging == SHIFT else 0
        marked = ribbon.marks_at(x) if y < LANE_PX else []
        if marked:
            clock.go_to(marked[0].time_ns)
        elif self.dragging != SHIFT:
            self._drag(x)

    def what(self, x: float, y: float) -> str:
        """What would be dragged at a place."""
        ribbon, clock = self.ribbon, self.clock

        def near(time_ns: int | None) -> bool:
            return time_ns is not None and abs(ribbon.x_of(time_ns) - x) <= HANDLE_PX
        if y > ribbon.height() - LABEL_ROW_PX:
            return PAN
        if clock.mode != INSTANT:
            if near(clock.now_ns):
                return UNTIL
            if near(clock.since_ns):
                return SINCE
        if near(self.session.compare_ns) and not near(clock.now_ns):
            return SECOND
        if clock.mode != INSTANT and ribbon.x_of(clock.since_ns) < x < ribbon.x_of(clock.now_ns) and y < LANE_PX:
            return SHIFT
        return SCRUB

    def move(self, event) -> None:
        x, y = event.position().x(), event.position().y()
        if self.dragging:
            self._drag(x)
            return
        cursor = CURSORS.get(self.what(x, y))
        if cursor is None and y < LANE_PX and self.ribbon.marks_at(x):
            cursor = Qt.CursorShape.PointingHandCursor
        self.ribbon.setCursor(cursor or Qt.CursorShape.ArrowCursor)

    def _drag(self, x: float) -> None:
        ribbon, clock = self.ribbon, self.clock
        if self.dragging == PAN:
            self.session.time_view.pan((self._pressed_x - x) / max(1, ribbon.width()))
            self._pressed_x = x
            return
        at = ribbon.time_at(max(0.0, min(float(ribbon.width()), x))) + self._grip_ns
        at = ribbon.jumps.snapped(at)
        if self.dragging == SINCE:
            clock.look_since(at)
        elif self.dragging == UNTIL:
            clock.look_until(max(at, clock.since_ns + 1))
        elif self.dragging == SECOND:
            self.session.compare_ns = at
        else:
            clock.go_to(at)
        clock.leaping = self.dragging != SECOND and not ribbon.shows_nights

    def release(self) -> None:
        clock = self.clock
        clock.leaping = False
        if self._play_on and clock.now_ns < clock.span_ns[1]:
            clock.play()
        self._play_on, self.dragging = False, ""

    def double_click(self) -> None:
        """Its first click has scrubbed already: the clock goes back to where it was."""
        clock = self.clock
        clock.now_ns, clock.state = self._before
        clock.leaping = False
        self._play_on, self.dragging = False, ""
        self.session.time_view.toggle_whole()
        self.ribbon.update()

    def wheel(self, event) -> None:
        delta, view = event.angleDelta(), self.session.time_view
        sideways = delta.x() or (delta.y() if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 0)
        if sideways and abs(sideways) >= abs(delta.y()):
            view.pan(-sideways / 1200.0)
        else:
            view.zoom(0.8 ** (delta.y() / 120.0), event.position().x() / max(1, self.ribbon.width()))
        self.ribbon.update()

    # -- the keys --------------------------------------------------------------------------------------

    def key(self, key: Qt.Key, modifiers: Qt.KeyboardModifier) -> bool:
        """Whether the key meant something here."""
        clock, view, jumps = self.clock, self.session.time_view, self.ribbon.jumps
        steps = STEPS_FAST if modifiers & Qt.KeyboardModifier.ShiftModifier else 1
        lo, hi = view.span_ns
        at = max(0.0, min(1.0, (clock.now_ns - lo) / max(1, hi - lo)))
        meant = {Qt.Key.Key_Left: lambda: jumps.step(-steps), Qt.Key.Key_Right: lambda: jumps.step(steps),
                 Qt.Key.Key_Up: lambda: clock.change_speed(1), Qt.Key.Key_Down: lambda: clock.change_speed(-1),
                 Qt.Key.Key_Home: lambda: clock.go_to(clock.span_ns[0] or clock.now_ns),
                 Qt.Key.Key_End: lambda: clock.go_to(clock.span_ns[1] or clock.now_ns),
                 Qt.Key.Key_PageUp: lambda: view.pan(-0.8), Qt.Key.Key_PageDown: lambda: view.pan(0.8),
                 Qt.Key.Key_Plus: lambda: view.zoom(0.8, at), Qt.Key.Key_Equal: lambda: view.zoom(0.8, at),
                 Qt.Key.Key_Minus: lambda: view.zoom(1.25, at)}.get(key)
        if meant and view.has_time:
            meant()
            self.ribbon.update()
        return meant is not None
