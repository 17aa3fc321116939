"""Zones as wide as a district: outline and name are there at once, the fill when it is cut to the ground."""

from __future__ import annotations

import threading

import numpy as np
import pyarrow as pa

from layers.base import Moment
from layers.flat import Draped
from layers.terrain import Terrain
from layers.view import offscreen
from layers.zones import Zones
from tests.layers.made_stage import MadeAssets
from tests.layers.pictures import square, together
from tests.layers.test_flat_pictures import bumpy
from twin.document import Document

GROUND, WIDE = Terrain(id="t", name="t"), Zones(id="z", name="z", fill_opacity=0.5)


def district(side_m: float):
    return together([square(side_m / 2)], pa.table({"name": ["A"]}))


def test_the_fill_is_cut_beside_the_frames_and_the_one_before_stays_on_another_ground(qtbot, monkeypatch):
    view = offscreen(200, 200)
    view.canvas.at_once = False
    go, cut, threads = threading.Event(), Draped.fills.func, []

    def slowly(shape):
        threads.append(threading.current_thread())
        go.wait(30)
        return cut(shape)

    monkeypatch.setattr(Draped.fills, "func", slowly)
    payloads = {"t": bumpy(), "z": district(4000.0)}
    assets, document = MadeAssets(payloads), Document(layers=(GROUND, WIDE))

    def frame():
        view.frame(document, assets, Moment())
        return view.stage.visual("z")

    zones = frame()
    assert zones._line and not zones._fill and zones._labels.words
    go.set()
    qtbot.waitUntil(lambda: zones.news)
    frame()
    first = zones._fill
    assert first and not zones.news and threading.main_thread() not in threads
    go.clear()
    other = Document(layers=(Terrain(id="t", name="t", exaggeration=2.0), WIDE))
    view.frame(other, assets, Moment())
    assert zones._fill is first and view.canvas.scene.HasViewProp(first)
    go.set()
    qtbot.waitUntil(lambda: zones.news)
    view.frame(other, assets, Moment())
    assert zones._fill is not first and not view.canvas.scene.HasViewProp(first)
    assert np.ptp(np.asarray(zones._shape.fills.points)[:, 2]) > 15.0, "on the ground as it is now"
    view.close()
