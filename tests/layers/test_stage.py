"""The stage draws the difference, and nothing else; one bad layer does not take the others along."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar, Literal

import pytest

from layers import stage as staging
from layers.base import VISUALS, Moment, Visual
from layers.stage import Stage
from layers.view import offscreen
from tests.layers.made_stage import MadeAssets
from twin.document import Document
from twin.layer import Group, Layer
from twin.selection import Hit


@dataclass(frozen=True, kw_only=True)
class Probe(Layer):
    kind: Literal["probe"] = "probe"
    broken: bool = False


class ProbeVisual(Visual):
    """Writes down what it is told."""

    reads: ClassVar = frozenset({"time", "selection"})
    told: ClassVar[list] = []
    measured: ClassVar[list] = []

    def update(self, layer, asset, moment, ground, why):
        if layer.broken:
            raise ValueError("a broken layer")
        self.told.append((layer.id, why))

    def bounds(self):
        self.measured.append(len(self.measured))
        return (0.0, 0.0, 0.0, 1.0, 1.0, 1.0)

    def pick(self, ray):
        return float(ray), Hit("", 1)

    def remove(self):
        self.told.append(("removed", frozenset()))


@pytest.fixture
def stage(monkeypatch):
    monkeypatch.setitem(VISUALS, "probe", ProbeVisual)
    ProbeVisual.told.clear()
    ProbeVisual.measured.clear()
    view = offscreen(32, 32)
    yield Stage(view.canvas)
    view.close()


def told():
    out = list(ProbeVisual.told)
    ProbeVisual.told.clear()
    return out


def test_only_what_differs_is_updated(stage):
    document, assets = Document(layers=(Probe(id="a", name="a"), Probe(id="b", name="b"))), MadeAssets()
    assert stage.frame(document, assets, Moment())
    assert [id for id, _ in told()] == ["a", "b"]
    assert not stage.frame(document, assets, Moment()) and told() == []

    document = document.with_layer(replace(document.layer("b"), opacity=0.5))
    assert stage.frame(document, assets, Moment())
    assert told() == [("b", frozenset({"layer"}))]

    assert stage.frame(document, assets, Moment(now_ns=5))
    assert told() == [("a", frozenset({"time"})), ("b", frozenset({"time"}))]

    assert not stage.frame(document, assets, Moment(now_ns=5, hovered=Hit("a", 1)))     # not among its reads
    assert told() == []


def test_bounds_are_measured_when_something_moved_and_not_every_frame(stage):
    document, assets = Document(layers=(Probe(id="a", name="a"), Probe(id="b", name="b"))), MadeAssets()
    stage.frame(document, assets, Moment())
    assert len(ProbeVisual.measured) == 2
    stage.frame(document, assets, Moment())
    stage.frame(document, assets, Moment(now_ns=5))
    assert len(ProbeVisual.measured) == 2 and stage.bounds() == (0.0, 0.0, 0.0, 1.0, 1.0, 1.0)
    stage.frame(document.with_layer(replace(document.layer("b"), height_offset_m=5.0)), assets, Moment(now_ns=5))
    assert len(ProbeVisual.measured) == 3


def test_a_hidden_layer_costs_nothing_and_catches_up_when_shown(stage):
    group = Group(id="g", name="g", visible=False)
    document, assets = Document(layers=(group, Probe(id="a", name="a", group="g"))), MadeAssets()
    stage.frame(document, assets, Moment())
    stage.frame(document, assets, Moment(now_ns=7))
    assert told() == []
    document = document.with_layer(replace(group, visible=True))
    assert stage.frame(document, assets, Moment(now_ns=7))
    assert [id for id, _ in told()] == ["a"]


def test_an_error_is_shown_in_its_row_and_the_others_draw(stage):
    document = Document(layers=(Probe(id="bad", name="bad", broken=True), Probe(id="good", name="good")))
    stage.frame(document, MadeAssets(), Moment())
    assert [id for id, _ in told()] == ["good"]
    assert stage.rows["bad"].state == "error" and "a broken layer" in stage.rows["bad"].error
    assert stage.rows["good"].error == ""


def test_a_new_revision_of_an_asset_is_drawn(stage):
    document, assets = Document(layers=(Probe(id="a", name="a"),)), MadeAssets({"a": object()})
    stage.frame(document, assets, Moment())
    told()
    assets.made["a"].revision += 1
    assert stage.frame(document, assets, Moment())
    assert told() == [("a", frozenset({"asset"}))]


def test_removed_layers_leave_the_scene(stage):
    document, assets = Document(layers=(Probe(id="a", name="a"),)), MadeAssets()
    stage.frame(document, assets, Moment())
    told()
    assert stage.frame(document.without(["a"]), assets, Moment())
    assert told() == [("removed", frozenset())] and stage.rows == {}


def test_hidden_layers_are_not_picked(stage):
    document, assets = Document(layers=(Probe(id="a", name="a"), Probe(id="b", name="b", visible=False))), MadeAssets()
    stage.frame(document, assets, Moment())
    assert stage.pick(3.0).layer == "a"
    stage.frame(document.with_each(["a"], lambda x: replace(x, visible=False)), assets, Moment())
    assert stage.pick(3.0) is None


def test_what_would_hold_a_window_up_comes_in_over_several_frames(stage, monkeypatch):
    monkeypatch.setattr(staging, "BUDGET_MS", -1.0)                   # spent before anything is drawn
    count, least, told_ids = 20, staging.AT_LEAST, lambda: [id for id, _ in told()]
    layers = tuple(Probe(id=str(n), name="p") for n in range(count))
    document, assets, moment = Document(layers=layers), MadeAssets({}), Moment(now_ns=1)
    assert stage.frame(document, assets, moment, whole=False) and stage.behind
    assert told_ids() == [x.id for x in layers[:least]] and set(stage.rows) == {x.id for x in layers}
    assert stage.frame(document, assets, moment, whole=False)
    assert told_ids() == [x.id for x in layers[least:2 * least]], "nothing changed, but they were waited for"
    picked = replace(moment, selection=moment.selection.only("0", 0))
    assert stage.frame(document, assets, picked, whole=False)
    assert set(told_ids()) == {x.id for x in layers}, "a look waits for nobody"
    assert not stage.behind and not stage.frame(document, assets, picked, whole=False)


def test_layers_that_waited_come_before_others_that_change_again(stage, monkeypatch):
    monkeypatch.setattr(staging, "BUDGET_MS", -1.0)
    layers = tuple(Probe(id=str(n), name="p") for n in range(2 * staging.AT_LEAST))
    stage.frame(Document(layers=layers), MadeAssets({}), Moment(now_ns=1), whole=False)
    told()
    faded = tuple(replace(x, opacity=0.5) for x in layers)
    stage.frame(Document(layers=faded), MadeAssets({}), Moment(now_ns=1), whole=False)
    assert [id for id, _ in told()] == [x.id for x in layers[staging.AT_LEAST:]]


def test_a_picture_without_a_window_is_whole(stage, monkeypatch):
    monkeypatch.setattr(staging, "BUDGET_MS", -1.0)
    layers = tuple(Probe(id=str(n), name="p") for n in range(20))
    stage.frame(Document(layers=layers), MadeAssets({}), Moment(now_ns=1))
    assert len(told()) == 20 and not stage.behind
