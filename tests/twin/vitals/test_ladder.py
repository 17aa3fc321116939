"""Every level of the city about a verdict: judged by the same members, so that none of them hides an alarm."""

from __future__ import annotations

import pytest

from tests.twin.vitals.made_pools import at, groups_of, pool_of
from tests.twin.vitals.test_board import NOON, board_of
from twin.vitals.ladder import ladder


def told(how: list[list[int]], group: int, properties="flood.underpass_depth", values=(30, 5, 0)):
    pool = pool_of([properties] * len(values), [[(NOON, v)] for v in values], unit=["cm"] * len(values))
    board = board_of(pool, groups_of(how))
    state = board.at(at(NOON))
    return ladder(board, state, state.row(properties), group)


def test_all_that_hold_the_worst_member_are_named_the_largest_first():
    room, house, town, other, district = [0], [0, 1], [0, 1], [2], [0, 1, 2]
    steps = told([room, house, town, other, district], 1)
    assert [s["id"] for s in steps] == ["g4", "g1", "g2", "g0"], "not the other one"
    assert {s["verdict"] for s in steps} == {"red"} and {s["value"] for s in steps} == {30.0}
    assert [s["members"] for s in steps] == [3, 2, 2, 1]


def test_from_the_other_side_the_district_is_worse_than_what_lies_in_it():
    steps = told([[0], [2], [0, 1, 2]], 1)
    assert [(s["id"], s["verdict"]) for s in steps] == [("g2", "red"), ("g1", "green")]


def test_a_sign_that_judges_no_members_has_the_levels_about_all_of_its_own():
    steps = told([[0, 1], [0], [0, 1, 2], [2]], 0, "traffic.rsu_online", (1, 0, 1))
    assert [s["id"] for s in steps] == ["g2", "g0"] and steps[1]["value"] == pytest.approx(50.0)


def test_where_nothing_observes_it_there_is_none():
    assert told([[0], []], 1) == []
