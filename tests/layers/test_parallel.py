"""The parallel projection: the same picture at the focus, no vanishing, and picks that meet what is seen."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.navigation import parallel, zoom
from layers.building import Building
from tests.layers.boxes import boxes
from tests.layers.made_stage import picture
from twin.camera import Camera

# A low box and a high tower of the same plan, seen from above.
MESH = boxes([[-30, -5, 0], [20, -5, 0]], [[10, 10, 1], [10, 10, 60]])
ABOVE = Camera(position=(0.0, 0.0, 150.0), focus=(0.0, 0.0, 0.0), up=(0.0, 1.0, 0.0))


def columns(camera) -> tuple[int, int]:
    """Pixels that the two boxes take in the middle row."""
    view, _ = picture([Building(id="b", name="b", edges=False)], {"b": MESH}, camera=camera)
    hits = [view.pick(x + 0.5, 120.0) for x in range(320)]
    features = np.array([hit.feature if hit else -1 for hit in hits])
    view.close()
    return int((features == 0).sum()), int((features == 1).sum())


def test_what_is_nearer_is_no_larger_and_picks_meet_it():
    near, high = columns(ABOVE)
    assert high > near * 1.3
    flat = columns(parallel(ABOVE, True))
    assert flat[0] == pytest.approx(flat[1], abs=1) and flat[0] == pytest.approx(240 / ABOVE.height_m * 10, abs=1.5)


def test_the_picture_follows_the_camera_value():
    wide = columns(parallel(ABOVE, True))
    near = columns(zoom(parallel(ABOVE, True), (-25.0, 0.0, 0.0), 0.5))
    assert near[0] == pytest.approx(2 * wide[0], abs=2)


@given(st.floats(10, 5000), st.floats(0, 360), st.floats(5, 85), st.floats(0.2, 4.0))
def test_there_and_back_is_the_same_view(distance, azimuth, tilt, factor):
    camera = Camera.looking_at((5.0, 6.0, 7.0), distance=distance, azimuth_deg=azimuth, tilt_deg=tilt)
    flat = parallel(camera, True)
    assert flat.height_m == pytest.approx(camera.height_m)
    assert parallel(flat, False).position == pytest.approx(camera.position, rel=1e-6, abs=1e-6)
    nearer = zoom(flat, camera.focus, factor)
    assert parallel(nearer, False).distance == pytest.approx(distance * factor, rel=1e-6)


def test_what_lies_behind_the_eye_at_the_lower_edge_is_drawn():
    """A parallel picture looks from its whole plane: the ground below the eye's own depth belongs to it."""
    plate = boxes([[-4000, -4000, -1]], [[8000, 8000, 1]])
    low = parallel(Camera.looking_at((0, 0, 0), distance=1500.0, azimuth_deg=20.0, tilt_deg=9.0), True)
    view, _ = picture([Building(id="b", name="b", edges=False)], {"b": plate}, camera=low)
    hits = [view.pick(160.5, y + 0.5) for y in (2, 40, 100)]
    view.close()
    assert all(hit is not None and hit.feature == 0 for hit in hits)
    heights = [hit.point[2] for hit in hits]
    assert heights == pytest.approx([0.0] * 3, abs=1.0)
