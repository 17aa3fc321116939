"""What moves the camera by itself: flights, the wheel, and the keys one flies with."""

from __future__ import annotations

import math
import time
from collections.abc import Callable

from PySide6.QtCore import Qt

from app import navigation
from layers.view import View
from twin.camera import Camera

MOST_NOTCHES = 6.0                 # of the wheel within one frame: on a slow machine nobody sees where they lead
LEAST_M = 5.0                      # one flies as if something were so far away
FLY_KEYS = {Qt.Key.Key_W: (1, 0, 0), Qt.Key.Key_S: (-1, 0, 0), Qt.Key.Key_A: (0, -1, 0), Qt.Key.Key_D: (0, 1, 0),
            Qt.Key.Key_Q: (0, 0, -1), Qt.Key.Key_E: (0, 0, 1)}
KEYS = {*FLY_KEYS, Qt.Key.Key_Shift}


class Travel:
    """`move` goes one frame further; whatever is told in between is only collected."""

    def __init__(self, view: View):
        self.view = view
        self.keys: set[Qt.Key] = set()                 # of `KEYS`, held down
        self._notches, self._wheel_at = 0.0, (0.0, 0.0)
        self._flight: tuple[Camera, Camera, float, float] | None = None

    @property
    def aim(self) -> Camera | None:
        """Where the flight that is under way ends."""
        return self._flight[1] if self._flight else None

    def fly(self, camera: Camera, secs: float) -> None:
        """Be there in `secs` of real time."""
        self._flight = (self.view.camera(), camera, time.monotonic(), secs)

    def stop(self) -> None:
        """Go no further than here."""
        self._flight = None

    def carry(self, change: Callable[[Camera], Camera]) -> None:
        """Change the camera, and both ends of a flight that is under way."""
        if self._flight:
            start, end, since, secs = self._flight
            self._flight = (change(start), change(end), since, secs)
        else:
            self.view.set_camera(change(self.view.camera()))

    def wheel(self, notches: float, at: tuple[float, float]) -> None:
        """The wheel turned over this device pixel: the next frame looks once for what is there."""
        self._notches = max(-MOST_NOTCHES, min(MOST_NOTCHES, self._notches + notches))
        self._wheel_at = at
        self._flight = None

    def press(self, key: Qt.Key) -> None:
        self._flight = None
        self.keys.add(key)

    def move(self, dt_secs: float) -> None:
        if self._flight:
            start, end, since, secs = self._flight
            share = min(1.0, (time.monotonic() - since) / max(secs, 1e-3))
            self.view.set_camera(navigation.between(start, end, share))
            if share >= 1.0:
                self._flight = None
        if self._notches:
            toward = self.view.point_at(*self._wheel_at) or self.view.camera().focus
            self.view.set_camera(navigation.zoom(self.view.camera(), toward, 0.85 ** self._notches))
            self._notches = 0.0
        if self.keys:
            self._fly_on(dt_secs)

    def _fly_on(self, dt_secs: float) -> None:
        """As the keys say: over the ground by how far one looks, up and down by how far the ground is too, so that
        one comes through it slowly and is not hundreds of metres under the pipes at once."""
        camera = self.view.camera()
        rate = dt_secs * (2.0 if Qt.Key.Key_Shift in self.keys else 0.7)
        ground = float(self.view.stage.ground.height_at([camera.position[:2]])[0])
        away = max(camera.distance, LEAST_M)
        up = max(min(away, abs(camera.position[2] - ground)), LEAST_M)
        paces = (away * rate, away * rate, up * (1.0 - math.exp(-rate)))
        steps = [FLY_KEYS[key] for key in self.keys if key in FLY_KEYS]
        self.view.set_camera(navigation.fly(camera, *(pace * sum(step[i] for step in steps)
                                                      for i, pace in enumerate(paces))))
