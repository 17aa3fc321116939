"""The camera goes along with a vehicle: behind it or above it, while one still turns and zooms as one likes.

Each frame moves the camera by what the vehicle moved and, behind it, turns it after the vehicle's heading. Where the
vehicle is not known the camera waits, and flies to it when it comes back.
"""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from app import navigation
from twin.camera import Camera
from twin.clock import PLAYING
from twin.data import Tracks
from twin.times import SECOND

CHASE, TOP = "chase", "top"
CHASE_M, CHASE_TILT_DEG, TOP_M = 60.0, 28.0, 240.0        # so high, no tree at the road stands before the eye
FARTHEST_M = 400.0                               # a camera farther away flies near first
LOOK_UP_M = 1.5                                  # above the wheels is what one looks at
TURN_SECS = 0.5                                  # of real time until the camera has turned most of the way after it
JUMP_M = 250.0                                   # the clock was moved: fly there
FLIGHT_SECS = 0.6


class Following:
    """`move` is called by the viewport before each frame; False = over."""

    def __init__(self, session, viewport, layer: str, row: int, view: str = CHASE):
        self.session, self.viewport, self.layer, self.row, self.view = session, viewport, layer, row, view
        self.ended = lambda: None                        # called when it is over
        self._motion = self._of = None
        self._place: np.ndarray | None = None            # where it was at the last frame
        self._heading_deg = 0.0
        self._turn_deg = 0.0                             # that the camera still has to turn

    @property
    def name(self) -> str:
        payload = self._payload()
        return str(payload.features.column("name")[self.row].as_py()) if payload else ""

    def _payload(self) -> Tracks | None:
        asset = self.session.held(self.layer)
        payload = asset.payload if asset else None
        known = isinstance(payload, Tracks) and payload.history is not None and self.row < payload.count
        return payload if known else None

    def place(self) -> tuple[np.ndarray, float] | None:
        """(where it is, its heading) at the clock's time; None where it is not known."""
        payload, layer = self._payload(), self.session.document.layer(self.layer)
        if payload is None or layer is None:
            return None
        if self._of is not payload.history:
            self._of, self._motion = payload.history, payload.history.only(self.row)
        gap_ns, hold_ns = (round(s * SECOND) for s in (layer.gap_secs, layer.hold_secs))
        fleet = self._motion.at(self.session.clock.now_ns, gap_ns, max(gap_ns, hold_ns))
        if fleet.presence[0] <= 0.0:
            return None
        visual = self.viewport.stage.visual(self.layer)
        if visual is not None and not visual.grounded:       # a story follows it before its first picture
            return None
        there = visual.standing(fleet.places)[0] if visual is not None else np.nan_to_num(fleet.places[0])
        return np.add(there, (0.0, 0.0, LOOK_UP_M)), float(fleet.drawn_deg[0])

    def move(self, dt_secs: float) -> bool:
        if self.session.document.layer(self.layer) is None:
            return False
        found = self.place()
        if found is None:
            self._place = None
            return True
        place, heading_deg = found
        before, self._place = self._place, place
        if before is None or (math.dist(before, place) > JUMP_M and self.session.clock.state != PLAYING):
            self._begin(heading_deg)
            return True
        self._turn_deg += (heading_deg - self._heading_deg + 180.0) % 360.0 - 180.0 if self.view == CHASE else 0.0
        self._heading_deg = heading_deg
        turn_deg = self._turn_deg * (1.0 - math.exp(-3.0 * dt_secs / TURN_SECS))
        self._turn_deg -= turn_deg
        self.viewport.travel.carry(lambda camera: _carried(camera, before, place, turn_deg))
        return True

    def _begin(self, heading_deg: float) -> None:
        self._heading_deg, self._turn_deg = heading_deg, 0.0
        camera, place = self.viewport.camera(), tuple(map(float, self._place))
        if self.view == TOP:
            looks_down = camera.tilt_deg > 60.0 and 50.0 < camera.distance < 4 * TOP_M
            high_m = camera.distance if looks_down else TOP_M
            to = navigation.top_view(replace(Camera.looking_at(place, distance=high_m, azimuth_deg=0.0, tilt_deg=80.0,
                                                               view_angle_deg=camera.view_angle_deg)))
        else:
            near_m = camera.distance if CHASE_M / 3 < camera.distance < FARTHEST_M else CHASE_M
            to = Camera.looking_at(place, distance=near_m, azimuth_deg=heading_deg, tilt_deg=CHASE_TILT_DEG,
                                   view_angle_deg=camera.view_angle_deg)
        self.viewport.fly(to, FLIGHT_SECS)


def _carried(camera: Camera, before, place, turn_deg: float) -> Camera:
    """The same look at the vehicle where it is now, turned about it clockwise."""
    shift = np.subtract(place, before)
    moved = replace(camera, position=tuple(map(float, np.add(camera.position, shift))),
                    focus=tuple(map(float, np.add(camera.focus, shift))))
    return navigation.orbit(moved, tuple(map(float, place)), -turn_deg, 0.0) if abs(turn_deg) > 1e-4 else moved
