"""Two instants beside each other and their difference, in pixels: one camera, each side with its own readings."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from layers.panes import _above
from layers.ramps import colored, reach_of
from layers.verdict_colors import level_colors
from layers.zone_verdicts import difference_legend, zone_differences
from tests.layers.pictures import above, scene
from tests.layers.test_zone_verdicts import LAYER, SQUARES, state_of
from tests.twin.vitals.made_pools import at
from twin.comparison import DIFFERENCE, SIDE, SWIPE, Comparison

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
    with scene([LAYER], {}, above(400.0)) as shot:
        col = shot.pixel(*place)[1] if shown(shot, states, view=SWIPE).pixels.size else 0
        for share, level in ((col / 400 + 0.05, 4), (col / 400 - 0.05, 1)):
            shown(shot, states, view=SWIPE, divider=share)
            assert level_at(shot.color(*place)) == level, share
        before = shot.pixels
        shown(shot, states, view="")
        assert level_at(shot.color(*place)) == 4 and np.abs(before.astype(int) - shot.pixels).max() > 50
        assert not shot.view.panes.boxes()


def test_side_by_side_both_halves_look_at_the_same_and_picks_know_both(states):
    place = beside(*SQUARES[0])
    with scene([LAYER], {}, above(400.0)) as shot:
        shown(shot, states, view=SIDE)
        row, left = shot.pixel(*place)
        assert level_at(shot.pixels[row, left].astype(int)) == 4
        assert level_at(shot.pixels[row, left + 200].astype(int)) == 1
        y = 399 - row
        for x in (left, left + 200):
            hit = shot.view.pick(x, y)
            assert hit.layer == "z" and hit.feature == 0
        shown(shot, states, view="")
        assert shot.view.canvas.aside == 0.0


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
