"""On a slow machine the moving picture is lighter, and the resting one is whole again."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.discover import layer_types
from app.resting import REST_SECS, SLOW_MS
from app.session import Session
from app.viewport import Viewport
from twin.camera import Camera

layer_types()


@pytest.fixture
def viewport(qtbot):
    session = Session()
    made = Viewport(session)
    made.resize(320, 240)
    made.show()
    qtbot.waitExposed(made)
    yield made
    made.close_view()
    session.close()


def moved(viewport: Viewport, full_ms: float) -> bool:
    """Draw a resting frame that took `full_ms`, move the camera, draw again: was that one hurried?"""
    viewport.frame(1.0)
    viewport.resting.full_ms = full_ms
    camera = viewport.camera()
    viewport.set_camera(Camera(position=(*camera.position[:2], camera.position[2] + 10.0), focus=camera.focus))
    viewport.frame(0.016)
    return viewport.canvas.hurried


def test_a_slow_picture_is_hurried_until_the_camera_rests(viewport):
    assert moved(viewport, SLOW_MS * 3)
    assert not viewport.frame(REST_SECS / 2)
    assert viewport.canvas.hurried
    assert viewport.frame(REST_SECS)                       # the whole picture, once
    assert not viewport.canvas.hurried
    assert not viewport.frame(REST_SECS)


def test_a_quick_picture_is_always_whole(viewport):
    assert not moved(viewport, SLOW_MS / 3)


def test_what_is_under_a_still_mouse_is_asked_again_when_the_camera_rests_elsewhere(viewport):
    viewport.frame(1.0)
    viewport.mouse.rests_at = viewport.rect().center()
    viewport.frame(1.0)
    before, camera = viewport.cursor_point, viewport.camera()
    shift = (40.0, 0.0, 0.0)
    viewport.set_camera(replace(camera, position=tuple(p + s for p, s in zip(camera.position, shift)),
                                focus=tuple(f + s for f, s in zip(camera.focus, shift))))
    viewport.frame(0.016)
    assert viewport.cursor_point == before, "not while it moves"
    viewport.frame(REST_SECS)
    viewport.frame(0.016)
    assert viewport.cursor_point[0] == pytest.approx(before[0] + 40.0, abs=0.01)
    viewport.mouse.left()
    viewport.set_camera(camera)
    viewport.frame(REST_SECS)
    viewport.frame(REST_SECS)
    assert viewport.cursor_point is None, "the mouse is somewhere else"
