"""Two models of the same buildings: near the camera the fine one shows, elsewhere the other, never both."""

from __future__ import annotations

import numpy as np
import pytest

from app.giving_way import Yielding
from layers.base import Moment
from layers.city import City
from layers.nearness import GivingWay, Nearness
from tests.layers.boxes import boxes
from tests.layers.made_stage import picture
from twin.assets import READY
from twin.camera import Camera
from twin.document import Document
from twin.layer import Source

RED, BLUE = "#e61414", "#1414e6"


class Held:
    """A session with these payloads, as far as `Yielding` asks."""

    def __init__(self, document, payloads):
        self.document, self.assets, self.payloads = document, self, payloads
        self.revision = 0

    def held(self, layer, frame, time_zone):
        return type("Made", (), {"payload": self.payloads[layer.id], "state": READY})


def made(reach_m=300.0, **coarse):
    """(layers, payloads): three houses along x, of which the first two have a fine model."""
    shapes = [boxes([(x, 0, 0) for x in at], [(20, 20, tall)] * len(at), id=ids)
              for at, tall, ids in (((0, 400, 800), 10, ["a", "b", "c"]), ((400, 0), 12, ["b", "a"]))]
    layers = (City(id="coarse", name="", source=Source(path="/c"), color=RED, edges=False, windows=False, **coarse),
              City(id="fine", name="", source=Source(path="/f"), color=BLUE, edges=False, windows=False,
                   reach_m=reach_m))
    return layers, dict(zip(("coarse", "fine"), shapes))


def giving_way(layers, payloads) -> dict[str, GivingWay]:
    yielding = Yielding(Held(Document(layers=layers), payloads))
    yielding.tick()
    first = yielding.now
    yielding.tick()
    assert yielding.now is first                             # nothing is found anew as long as nothing differs
    return first


def test_the_same_buildings_are_known_by_their_ids():
    found = giving_way(*made())
    assert found["coarse"].of.tolist() == [True, True, False] and found["coarse"].reach_m == 300.0
    assert "fine" not in found and giving_way(*made(reach_m=0.0)) == {}


def test_a_layer_that_is_coloured_by_its_data_keeps_its_buildings():
    found = giving_way(*made(color_by="id"))
    assert "coarse" not in found and found["fine"].of.all() and found["fine"].reach_m == np.inf


def test_of_each_building_exactly_one_model_is_there_from_everywhere():
    layers, payloads = made()
    way = giving_way(layers, payloads)
    coarse, fine = (Nearness(payloads[x.id], payloads[x.id].features.num_rows) for x in layers)
    rng = np.random.default_rng(0)
    for eye in rng.uniform((-500, -500, 0), (1200, 500, 600), (200, 3)):
        hidden = coarse.hidden(eye, 0.0, way["coarse"])
        assert (hidden[:2] != fine.hidden(eye, 300.0, None)[::-1]).all() and not hidden[2]


@pytest.mark.parametrize("height_m, near", [(150.0, True), (500.0, False)])
def test_the_scene_shows_the_fine_one_near_and_the_other_far(height_m, near):
    layers, payloads = made()
    camera = Camera(position=(10.0, 10.0, height_m), focus=(10.0, 10.0, 0.0), up=(0.0, 1.0, 0.0))
    view, pixels = picture(layers, payloads, camera=camera, moment=Moment(giving_way=giving_way(layers, payloads)))
    row, col = pixels.shape[0] // 2, pixels.shape[1] // 2
    seen = pixels[row, col].astype(int)
    view.close()
    assert (seen.argmax() == 2) == near and np.ptp(seen) > 60
