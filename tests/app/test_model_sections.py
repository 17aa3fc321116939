"""Sections through the panel: made, moved, turned, removed, each one edit."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from app.discover import layer_types
from app.panels.model_sections import SectionBar, add_cut, cut_box, cuts_of, set_cuts, towards
from layers.view import offscreen
from tests.app.made_models import model_session
from twin.camera import Camera

layer_types()


class Scene:
    """What the bar asks of a viewport."""

    def __init__(self, view):
        self.stage = view.stage


@pytest.fixture
def session():
    made = model_session()
    yield made
    made.close()


@pytest.fixture
def bar(qtbot, session):
    view = offscreen(160, 120)
    view.frame(session.document, session.assets, session.moment())
    made = SectionBar(session, Scene(view))
    qtbot.addWidget(made)
    yield made
    view.close()


def test_a_section_is_moved_turned_and_removed(bar, session):
    assert not bar.isVisibleTo(None)
    add_cut(session, (5.0, 5.0, 1.5), (0.0, 0.0, 1.0))
    bar.refresh()
    assert bar.isVisibleTo(bar.parent()) and bar.which.count() == 1
    before = cuts_of(session)[0].height
    bar.slider.setSliderDown(True)
    bar.slider.setValue(900)
    bar.refresh()
    bar.slider.setValue(1000)
    bar.slider.setSliderDown(False)
    bar.refresh()
    assert cuts_of(session)[0].height - before == pytest.approx(3.4 - 1.5, abs=0.02), "just above the top of the house"
    session.edits.undo()
    bar.refresh()
    assert cuts_of(session)[0].height == before, "one drag, one undo"
    bar.flip.click()
    assert cuts_of(session)[0].normal == (0.0, 0.0, -1.0)
    bar.refresh()
    bar.remove.click()
    bar.refresh()
    assert cuts_of(session) == () and bar.isHidden()


def test_a_box_keeps_what_lies_in_it(session):
    cut_box(session, (1.0, 2.0, 0.0, 3.0, 4.0, 2.5))
    view = offscreen(160, 120)
    view.frame(session.document, session.assets, session.moment())
    assert len(cuts_of(session)) == 6 and session.edits.undo_label == "Section box"
    box = view.stage.bounds()
    assert box is None or (box[0] >= 0.7 and box[3] <= 3.3)
    view.close()
    set_cuts(session, (), "Remove sections")
    assert cuts_of(session) == ()


def test_each_side_of_a_box_has_its_name(session, bar):
    """Six were called "Section 1" to "Section 6"."""
    cut_box(session, (1.0, 2.0, 0.0, 3.0, 4.0, 2.5))
    bar.refresh()
    assert [bar.which.itemText(n).partition(" · ")[2] for n in range(6)] == [
        "East", "North", "Top", "West", "South", "Bottom"]
    bar.which.setCurrentIndex(0)
    bar.flip.click()
    bar.refresh()
    assert bar.which.currentText() == "Section 1 · West"


def test_a_click_beside_the_models_says_so_and_the_next_one_counts(session):
    from app.actions import COMMANDS
    from twin.selection import Hit
    camera = Camera(position=(10.0, 0.0, 30.0), focus=(0.0, 0.0, 0.0), up=(0.0, 0.0, 1.0))
    waits, told, asked = [], [], []
    viewport = SimpleNamespace(camera=lambda: camera, pick_of=lambda layers, callback: waits.append(callback))
    window = SimpleNamespace(session=session, viewport=viewport, notices=SimpleNamespace(),
                             tell=lambda words, tone="": (told if tone else asked).append(words))
    next(command for command in COMMANDS if command.id == "cut-upright").run(window)
    assert "Click on an IFC model" in asked[0], "what is waited for is said"
    window.notices.withdraw = lambda words: words in asked and asked.remove(words)
    waits.pop()(Hit("some city", 7, (5.0, 5.0, 1.0)))
    assert cuts_of(session) == () and "IFC" in told[0]
    model = next(layer.id for layer in session.document.layers if layer.kind == "building")
    waits.pop()(Hit(model, 0, (5.0, 5.0, 1.0)))
    assert len(cuts_of(session)) == 1 and not waits and len(told) == 1 and not asked


def test_an_upright_cut_takes_what_is_nearer():
    camera = Camera(position=(10.0, 0.0, 30.0), focus=(0.0, 0.0, 0.0), up=(0.0, 0.0, 1.0))
    assert towards(camera) == pytest.approx((1.0, 0.0, 0.0))
