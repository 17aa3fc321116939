"""Thousands of layers: nothing is asked of them while nothing differs."""

from __future__ import annotations

from layers.base import Moment
from layers.stage import Stage
from layers.vectors import VectorLayer
from layers.view import offscreen
from tests.layers.made_stage import MadeAssets
from twin.document import Document


class Counting(MadeAssets):
    asked = 0

    def of(self, layer, frame, time_zone=""):
        self.asked += 1
        return super().of(layer, frame, time_zone)

    held = of


def test_an_idle_frame_asks_for_no_content():
    document = Document(layers=tuple(VectorLayer(id=f"v{n}", name=f"v{n}") for n in range(2000)))
    view, assets = offscreen(32, 32), Counting()
    stage = Stage(view.canvas)
    stage.frame(document, assets, Moment())
    assets.asked = 0
    assert not stage.frame(document, assets, Moment()) and assets.asked == 0
    stage.frame(document, assets, Moment(now_ns=5))
    assert assets.asked >= 2000
    view.close()
