"""Two instants beside each other and their difference, in pixels: one camera, each side with its own readings."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from layers.legend import Legend
from layers.panes import _above
from layers.ramps import colored, reach_of
from layers.two_sides import joined
from layers.verdict_colors import level_colors
from layers.zone_verdicts import difference_legend, zone_differences
from tests.layers.pictures import above, scene
from tests.layers.test_zone_verdicts import LAYER, SQUARES, state_of
from tests.twin.vitals.made_pools import at
from twin.camera import Camera
from twin.comparison import DIFFERENCE, SIDE, SWIPE, Comparison

WIDE = (640, 640)                                       # so that the legend of both sides covers no zone
VALUES = [[0.1, 9.0], [2.0, 2.0]]                       # smoke of two zones at two minutes; the third has no sensor


@pytest.fixture(scope="module")
def states():
    state = state_of(VALUES)
    return state(at(1)), state(at(0))


def shown(shot, states, **comparison):
    """A is minute 1, B minute 0."""
    now, then = states
    shot.document = replace(shot.document, comparison=Comparison(**comparison))
    shot.draw(now_ns=at(1), compare_ns=at(0), vitals=now, compared=then, differing=comparison["view"] == DIFFERENCE)
    return shot


def level_at(pixel) -> int:
    return int(np.abs(level_colors("light").astype(int) - pixel).sum(axis=1).argmin())


def beside(x: float, y: float) -> tuple[float, float]:
    return x + 20, y + 25                                # of a zone, where no label stands


def test_a_swipe_shows_each_instant_on_its_side_of_the_divider(states):
    place = beside(*SQUARES[0])                          # alarm at A, normal at B
    with scene([LAYER], {}, above(400.0), size=WIDE) as shot:
        col = shot.pixel(*place)[1] if shown(shot, states, view=SWIPE).pixels.size else 0
        for share, level in ((col / WIDE[0] + 0.05, 4), (col / WIDE[0] - 0.05, 1)):
            shown(shot, states, view=SWIPE, divider=share)
            assert level_at(shot.color(*place)) == level, share
        before = shot.pixels
        shown(shot, states, view="")
        assert level_at(shot.color(*place)) == 4 and np.abs(before.astype(int) - shot.pixels).max() > 50
        assert not shot.view.panes.boxes()


def test_each_side_is_drawn_in_its_part_alone_as_it_is_in_the_whole_picture(states):
    now, then = states
    with scene([LAYER], {}, Camera(position=(300, -500, 350), focus=(0, 0, 0)), size=WIDE) as shot:
        whole_a = shown(shot, states, view="").pixels
        whole_b = shot.draw(now_ns=at(0), compare_ns=at(1), vitals=then, compared=now)
        drawn = []
        shot.view.canvas.scene.AddObserver("StartEvent", lambda renderer, _: drawn.append(renderer.GetViewport()))
        swiped = shown(shot, states, view=SWIPE, divider=0.4).pixels
        assert set(drawn) == {(0.0, 0.0, 0.4, 1.0), (0.4, 0.0, 1.0, 1.0)}
        divider, strip = round(0.4 * WIDE[0]), slice(150, 300)                # clear of legends and of the handle
        for half, whole in ((slice(0, divider - 3), whole_a), (slice(divider + 3, None), whole_b)):
            differs = np.abs(swiped[strip, half].astype(int) - whole[strip, half]).max(axis=2) > 12
            assert differs.mean() < 0.03, "but for a label that would lie across"
        assert np.abs(whole_a[strip].astype(int) - whole_b[strip]).max() > 60


def test_side_by_side_both_halves_look_at_the_same_and_picks_know_both(states):
    place = beside(*SQUARES[0])
    with scene([LAYER], {}, above(400.0), size=WIDE) as shot:
        shown(shot, states, view=SIDE)
        row, left = shot.pixel(*place)
        assert level_at(shot.pixels[row, left].astype(int)) == 4
        assert level_at(shot.pixels[row, left + WIDE[0] // 2].astype(int)) == 1
        y = WIDE[1] - 1 - row
        for x in (left, left + WIDE[0] // 2):
            hit = shot.view.pick(x, y)
            assert hit.layer == "z" and hit.feature == 0
        shown(shot, states, view="")
        assert shot.view.canvas.aside == 0.0


def test_labels_of_both_sides_stand_in_every_frame(states):
    with scene([replace(LAYER, label_by="name")], {}, above(900.0), size=(1000, 640)) as shot:
        shown(shot, states, view=SIDE)
        labels, said = shot.view.stage.visual(LAYER.id)._labels, []
        shot.view.canvas.scene.AddObserver(
            "StartEvent", lambda renderer, _: said.append((renderer.GetViewport()[0] > 0, len(labels.shown))))
        shot.view.due = True
        shown(shot, states, view=SIDE)
        assert {second for second, _ in said} == {True, False} and all(count for _, count in said), said


def test_the_difference_is_grey_where_either_is_missing_and_its_colours_have_a_middle(states):
    now, then = states
    differ = zone_differences(now, then, "z", "fire.smoke", 3)
    assert differ.values[:2] == pytest.approx([8.9, 0.0], abs=1e-5) and np.isnan(differ.values[2])
    legend = difference_legend(differ, "light", "en", "Asia/Shanghai")
    assert (legend.low, legend.high, legend.unit) == (-10.0, 10.0, "%obs/m")
    assert legend.missing[1] == "missing at A or B · 1" and "00:01 less B" in legend.note
    expected = colored(differ.values, "vik", -10, 10, tuple(level_colors("light")[0])).astype(int)
    with scene([LAYER], {}, above(400.0)) as shot:
        shown(shot, states, view=DIFFERENCE)
        for feature, square in enumerate(SQUARES):
            assert np.abs(shot.color(*beside(*square)) - expected[feature]).max() < 20


def test_nothing_is_drawn_twice_while_nothing_differs(states):
    with scene([LAYER], {}, above(400.0)) as shot:
        shown(shot, states, view=SWIPE)
        moment = shot.view._compared[3]
        assert shot.view.frame(shot.document, shot.assets, moment) is False
        moved = replace(shot.document, comparison=replace(shot.document.comparison, divider=0.3))
        assert shot.view.frame(moved, shot.assets, moment) is True


@pytest.mark.parametrize("values, reach", [([0.0, np.nan], 1.0), ([8.9, -3.0], 10.0), ([0.19], 0.2), ([5.0], 5.0)])
def test_the_reach_of_a_difference_is_a_round_number_beyond_which_nothing_lies(values, reach):
    assert reach_of(np.array(values)) == pytest.approx(reach)


def test_the_words_of_both_sides_stand_above_the_legends():
    labels, legends = [(190, (130, 24)), (340, (130, 24))], [(16, 16, 232, 100), (16, 108, 232, 200)]
    assert _above(legends, labels, 60, 10, 520) == 210
    assert _above([(16, 16, 150, 300)], labels, 60, 10, 520) == 60, "nothing is in the way"
    assert _above([(16, 16, 232, 510)], labels, 60, 10, 520) == 60, "there is no room"


def test_legends_count_both_sides():
    grey, red, blue = (90, 90, 90), (200, 0, 0), (0, 0, 200)
    a = Legend("Depth", entries=((red, "■ Red · 3"), (blue, "● Normal · 1")), missing=(grey, "No data · 0"),
               note="As of 06:41, 4 of 4")
    b = Legend("Depth", entries=((red, "■ Red · 0"), (blue, "● Normal · 1")), missing=(grey, "No data · 3"),
               note="As of 05:30, 1 of 4")
    (_, both), (_, alone), _ = joined([("d", a), ("only", a)], [("d", b), ("late", b)])
    assert [words for _, words in both.entries] == ["■ Red · A 3 · B 0", "● Normal · 1"]
    assert both.missing[1] == "No data · A 0 · B 3" and both.note == "A As of 06:41, 4 of 4\nB As of 05:30, 1 of 4"
    assert alone.note.startswith("Side A only") and joined([], [("late", b)])[0][1].note.startswith("Side B only")
    assert joined([("d", a)], [("d", a)]) == [("d", a)]
    told = Legend("Zones", entries=((red, "■ Red · A 3 · B 5"),))
    assert joined([("z", told)], [("z", Legend("Zones", entries=((red, "■ Red · A 5 · B 3"),)))])[0][1].entries == \
        told.entries                                         # zones count both themselves
    ramps = joined([("r", Legend("T", ramp=(red, blue), high=5.0))], [("r", Legend("T", ramp=(red, blue), high=9.0))])
    assert "side A" in ramps[0][1].note


def test_the_drawn_legends_are_of_both_instants(states):
    with scene([LAYER], {}, above(400.0)) as shot:
        shown(shot, states, view=SIDE)
        (_, legend), = shot.view.legends()
        assert any("A " in words and "B " in words for _, words in legend.entries)
        assert "A As of 00:01" in legend.note and "B As of 00:00" in legend.note
