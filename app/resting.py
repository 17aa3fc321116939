"""On a slow machine the picture of a moving camera is drawn without what can wait."""

from __future__ import annotations

from layers.view import View
from twin.camera import Camera

SLOW_MS = 60.0                     # full frames slower than this are not drawn while the camera moves
REST_SECS = 0.25                   # how long the camera rests before the whole picture is drawn again


class Resting:
    """`look` before each frame, `drawn` after it."""

    def __init__(self, view: View):
        self.view = view
        self.full_ms = 0.0                             # of the last frame with everything in it
        self._secs = REST_SECS
        self._at: Camera | None = None

    def look(self, dt_secs: float) -> None:
        camera = self.view.camera()
        self._secs = self._secs + dt_secs if camera == self._at else 0.0
        self._at = camera
        self.view.hurry(not self.rests and self.full_ms > SLOW_MS)

    @property
    def rests(self) -> bool:
        return self._secs >= REST_SECS

    def drawn(self, frame_ms: float) -> None:
        if not self.view.canvas.hurried:
            self.full_ms = frame_ms
