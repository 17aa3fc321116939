"""Buildings in the colours of a vital sign."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from layers.base import Moment
from layers.city import City
from layers.sign_colors import SignColors, Signed
from layers.verdict_colors import level_colors
from tests.layers.boxes import boxes
from tests.layers.pictures import above, scene
from tests.twin.vitals.made_pools import at, pool_of
from twin.frame import Frame
from twin.vitals.board import Board
from twin.vitals.catalogue import catalogue
from twin.vitals.groups import Group, sorted_groups

ROW = boxes([[-115, -15, 0], [-15, -15, 0], [85, -15, 0]], [[30, 30, 2]] * 3, use=["office"] * 3)
PLACES = (-100.0, 0.0, 100.0)
LAYER = City(id="c", name="Houses", sign="fire.smoke", edges=False, windows=False, sign_until_m=3000.0)


def state_of(values: list[float]):
    """A sensor in each of the first houses, and one in a room of the model `office` that is the first of its rows."""
    pool = pool_of(["fire.smoke"] * len(values), [[(0, v)] for v in values])
    groups = (*(Group(f"c/{n}", f"House {n}", kind="building", layer="c", feature=n) for n in range(len(values) - 1)),
              Group("office", "Office", kind="building", layer="office"),
              Group("room", "Room", kind="room", layer="office", feature=0))
    of = np.array([*range(len(values) - 1), len(values) - 1, len(values)], np.int32)
    rows = np.array([*range(len(values) - 1), len(values) - 1, len(values) - 1], np.int32)
    board = Board(catalogue(), pool, sorted_groups(groups, of, rows), Frame(), "Asia/Shanghai")
    for _ in board.prepare():
        pass
    return board.at(at(0))


def test_each_house_has_the_colour_of_its_worst_sensor_near_by_and_its_own_from_afar():
    state, levels = state_of([9.0, 0.1, 2.0]), level_colors("light").astype(int)
    with scene([LAYER], {"c": ROW}, above(400.0)) as shot:
        shot.draw(now_ns=at(0), vitals=state)
        for x, level in zip(PLACES, (4, 1, 0)):
            color = shot.color(x, 0.0, 2.0).astype(int)
            hue, meant = color / max(color.max(), 1), levels / levels.max(axis=1, keepdims=True)
            assert np.abs(meant - hue).sum(axis=1).argmin() == level, (x, color)
        (_, legend), = shot.view.stage.legends()
        assert legend.missing[1].endswith("· 1") and "1 of 1" not in legend.note and "2 of 2" in legend.note
        facts = shot.view.stage.visual("c").facts
        assert facts(0) == (("Smoke obscuration", "9 %obs/m · ■ alarm"), ("Sensors", "1 of 1")) and len(facts(2)) == 1
        shot.view.set_camera(above(8000.0))
        shot.draw(now_ns=at(0), vitals=state)
        assert not shot.view.stage.legends()
        shot.view.set_camera(above(400.0))
        shot.view.render(shot.document, Moment(now_ns=at(0), vitals=state))
        assert len(shot.view.stage.legends()) == 1


def test_a_model_is_judged_as_a_whole_and_not_as_its_first_room():
    state = state_of([9.0, 0.1, 2.0])
    office = Signed(id="office", name="Office", kind="building", sign="fire.smoke")
    said = SignColors(office, Moment(now_ns=at(0), vitals=state), 1, whole=True)
    assert said.said.verdicts.tolist() == [2] and said.facts(7)[1] == ("Sensors", "1 of 1")
    assert SignColors(replace(office, id="school"), Moment(vitals=state), 1, whole=True).said.verdicts.tolist() == [0]


def test_nothing_known_is_grey():
    said = SignColors(LAYER, Moment(), 3)
    assert said.said.verdicts.tolist() == [0, 0, 0] and said.facts(0) == () and said.legend().note == "Being computed"
