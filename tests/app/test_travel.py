"""Flying by keys: how fast, where the ground is near."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from PySide6.QtCore import Qt

from app.travel import Travel
from twin.camera import Camera


class Seen:
    """A view of level ground at 3 m."""

    def __init__(self, camera: Camera):
        self.now = camera
        self.stage = SimpleNamespace(ground=SimpleNamespace(height_at=lambda xy: np.full(len(xy), 3.0)))

    def camera(self) -> Camera:
        return self.now

    def set_camera(self, camera: Camera) -> None:
        self.now = camera


def flown(key, secs: float, frame_secs: float, *more) -> Camera:
    """From 150 m over the ground, looking at something 260 m away."""
    view = Seen(Camera(position=(0.0, -212.0, 153.0), focus=(0.0, 0.0, 3.0)))
    travel = Travel(view)
    for each in (key, *more):
        travel.press(each)
    for _ in range(round(secs / frame_secs)):
        travel.move(frame_secs)
    return view.now


@pytest.mark.parametrize("frame_secs", [0.02, 0.5, 2.0])
def test_one_dives_through_the_ground_slowly_also_where_frames_are_slow(frame_secs):
    heights = [flown(Qt.Key.Key_Q, secs, frame_secs).position[2] for secs in (2.0, 4.0, 8.0)]
    assert heights == sorted(heights, reverse=True)
    assert heights[0] < 60.0 and heights[1] > -10.0 and -60.0 < heights[2] < 3.0


def test_one_rises_as_fast_as_what_one_looks_at_is_far_away_and_goes_ahead_as_before():
    assert flown(Qt.Key.Key_E, 1.0, 0.02).position[2] == pytest.approx(153.0 + 150.0, rel=0.1)
    ahead = flown(Qt.Key.Key_W, 1.0, 0.02).position
    assert ahead[1] + 212.0 == pytest.approx(0.7 * np.hypot(212.0, 150.0), rel=0.01) and ahead[2] == 153.0
    assert flown(Qt.Key.Key_W, 1.0, 0.02, Qt.Key.Key_Shift).position[1] > ahead[1] + 300.0
