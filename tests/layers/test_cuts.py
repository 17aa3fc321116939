"""An excavation in the scene: seen, without cracks, picked and draped on at its floor, and taken back."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from layers.terrain import Terrain
from layers.vectors import VectorLayer
from tests.layers.pictures import scene, square
from twin.camera import Camera
from twin.cuts import Cut
from twin.data import HeightGrid, Vectors
from twin.document import Document

E, N, _ = ORIGIN = Document().frame.origin
PIT = Cut(ring=((E - 20, N - 15), (E + 20, N - 15), (E + 20, N + 15), (E - 20, N + 15)), floor_m=-6.0)
FAR = Cut(ring=((E + 60, N + 60), (E + 75, N + 60), (E + 75, N + 75)), floor_m=0.0)
RED = np.array([230, 20, 20])


def hills() -> HeightGrid:
    x, y = np.meshgrid(np.arange(65), np.arange(65))
    return HeightGrid(heights=(4 + np.sin(x / 2) + np.cos(y / 3)).astype(np.float32), x0=-800.0, y0=-800.0, dx=25.0,
                      dy=25.0)


def below() -> Vectors:
    """A red plane far below everything: whoever sees it looks through a crack."""
    plane = square(2000.0)
    plane["fill_points"] = plane["fill_points"].copy()
    plane["fill_points"][:, 2] = -200.0
    return Vectors(**{**plane, "has_z": True})


def look(azimuth: float, tilt: float, distance: float, focus=(0.0, 0.0, 0.0)) -> Camera:
    return Camera.looking_at(focus, distance=distance, azimuth_deg=azimuth, tilt_deg=tilt)


@pytest.mark.parametrize("camera", [look(0, 60, 120), look(40, 25, 90), look(200, 12, 70), look(310, 45, 400),
                                    look(90, 35, 45, (0, 0, -4))])
def test_no_crack_opens_between_pit_and_ground(camera):
    layers = [VectorLayer(id="v", name="v", color="#e61414", fill_opacity=1.0),
              Terrain(id="t", name="t", cuts=(PIT, FAR))]
    with scene(layers, {"t": hills(), "v": below()}, camera) as shot:
        shot.view.stage.atmosphere.far_ground.actor.GetProperty().SetOpacity(0.0)
        picture = shot.draw(origin=ORIGIN).astype(int)
        horizon = shot.pixel(0, 0, 0)[0]
    seen = picture[max(0, horizon - 60):]
    red = (seen[..., 0] > 120) & (seen[..., 1] < 70) & (seen[..., 2] < 70)
    assert not red.any(), f"{red.sum()} pixels show what lies below"


def test_the_red_plane_would_be_seen():
    layers = [VectorLayer(id="v", name="v", color="#e61414", fill_opacity=1.0), Terrain(id="t", name="t", opacity=0.2)]
    with scene(layers, {"t": hills(), "v": below()}, look(0, 60, 120)) as shot:
        seen = shot.draw(origin=ORIGIN).astype(int)[200, 200]
    assert seen[0] > seen[1] + 60


def test_the_pit_is_deeper_on_the_picture_and_undo_fills_it():
    plain, cut = Terrain(id="t", name="t"), Terrain(id="t", name="t", cuts=(PIT,))
    with scene([cut], {"t": hills()}, look(0, 50, 120)) as shot:
        shot.draw(origin=ORIGIN)
        assert shot.view.stage.ground.height_at([[0, 0]])[0] == pytest.approx(-6.0)
        hit = shot.view.stage.pick(shot.view.ray(*_pixel(shot, 0, 0, -6.0)))
        assert hit.layer == "t" and hit.point[2] == pytest.approx(-6.0, abs=0.05)
        with_pit = shot.pixels.astype(int)
        earth = shot.color(0, 0, -6.0)
        assert earth[0] > earth[2] + 20                                       # brown, whatever lies on the ground
        shot.document = replace(shot.document, layers=(plain,))
        without = shot.draw(origin=ORIGIN).astype(int)
        assert np.abs(with_pit - without).max(axis=2).mean() > 1.0
        assert shot.view.stage.ground.height_at([[0, 0]])[0] > 3.0
        assert len(shot.view.stage.ground.surfaces) == 1


def _pixel(shot, x, y, z):
    u, v, _ = shot.view.ray(0, 0).project(np.array([[x, y, z]]))[0]
    return float(u), float(v)


def test_what_lies_flat_goes_down_into_the_pit():
    data = Vectors(**{**square(100.0), "count": 1})
    line = Vectors(line_points=np.array([[-90, 0, 0], [90, 0, 0]], np.float32), line_offsets=np.array([0, 2]),
                   line_feature=np.zeros(1, np.int32), count=1)
    layers = [Terrain(id="t", name="t", cuts=(PIT,)), VectorLayer(id="f", name="f"), VectorLayer(id="l", name="l")]
    with scene(layers, {"t": hills(), "f": data, "l": line}, look(0, 50, 200)) as shot:
        shot.draw(origin=ORIGIN)
        for id, points in (("f", "fills"), ("l", "line_points")):
            shape = shot.view.stage.visual(id)._shape
            at = shape.fills.points if points == "fills" else shape.line_points
            inside = (np.abs(at[:, 0]) < 18) & (np.abs(at[:, 1]) < 13)
            assert inside.any() and np.allclose(at[inside, 2], -6.0, atol=0.05)
        assert len(shot.view.stage.visual("f")._shape.fills.triangles) < 20_000
