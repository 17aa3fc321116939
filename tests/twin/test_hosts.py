"""Sensors on IFC elements: by the table's word, by hand, kept over a new issue, where the element stands."""

from __future__ import annotations

import sys
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest

from tests.layers.boxes import boxes
from twin.bindings import HostBinding
from twin.hosts import Model, Said, Wholes, binding_of, host_of, hosted, standing, strangers
from twin.memberships import HOW

GUIDS = ["P", "F", "D", "R"]
TURNED = np.array([[0.0, -1.0, 0.0, 100.0], [1.0, 0.0, 0.0, 200.0], [0.0, 0.0, 1.0, 5.0], [0.0, 0.0, 0.0, 1.0]])


def model(guids=GUIDS, matrix=TURNED, tags=("11", "12", "", ""), names=("Pump", "Fan", "Door", "101")) -> Model:
    """A pump, a fan, a door, and a room that carries nothing."""
    table = {"guid": guids, "class": ["IfcPump", "IfcFan", "IfcDoor", "IfcSpace"], "name": names, "tag": list(tags),
             "storey": ["EG"] * 4, "type": ["a", "a", "b", None]}
    return Model(("house",), boxes([[0, 0, 0], [4, 0, 0], [8, 0, 0], [0, 0, 0]], [[2, 2, 2], [2, 2, 2], [1, 1, 2],
                                                                                 [9, 9, 3]], **table), matrix)


def ways(members) -> list[tuple[str, str]]:
    return [(members.rooms.guid[row] if row >= 0 else "", HOW[how]) for row, how in zip(members.room, members.how)]


def test_the_tables_word_is_an_element_and_never_a_room():
    said = Said(["a", "b", "c", "d", "e"], ["P", "D", "R", "", "gone"])
    hosts, (found,) = hosted([model()], [said], ())
    assert ways(found) == [("P", "guid"), ("D", "guid"), ("", "outside"), ("", "outside"), ("", "outside")]
    assert hosts.kind == ("IfcPump", "IfcDoor") and hosts.title(1) == "Door" and hosts.layer == ("house",) * 2
    at = standing(found)
    assert at[:2] == pytest.approx(np.array([[99.0, 201.0, 6.0], [99.5, 208.5, 6.0]])) and np.isnan(at[2:]).all()


def test_a_moved_model_takes_its_sensors_along():
    moved = TURNED.copy()
    moved[:3, 3] += 10.0, -20.0, 3.0
    before, after = (standing(hosted([model(matrix=m)], [Said(["a"], ["F"])], ())[1][0]) for m in (TURNED, moved))
    assert after - before == pytest.approx(np.array([[10.0, -20.0, 3.0]]))


def test_what_a_hand_bound_goes_before_the_table_and_may_be_nothing():
    by_hand = (HostBinding(sensor="a", layer="house", element="F"), HostBinding(sensor="b"))
    _, (found,) = hosted([model()], [Said(["a", "b", "c"], ["P", "P", "P"])], by_hand)
    assert ways(found) == [("F", "hand"), ("", "hand"), ("P", "guid")]


def test_two_sources_share_the_elements():
    hosts, (one, two) = hosted([model()], [Said(["a"], ["F"]), Said(["b", "c"], ["P", "F"])], ())
    assert hosts.guid == ("P", "F") and ways(one) == [("F", "guid")]
    assert ways(two) == [("P", "guid"), ("F", "guid")] and one.rooms is two.rooms is hosts


@pytest.mark.parametrize("fresh", [
    {},                                                                                # the tag says which
    {"names": ("Pump:new", "Fan", "Door", "101")},                                     # renamed, the tag is the same
    {"tags": ("", "", "", "")}])                                                       # by type, name and place
def test_bindings_survive_a_new_issue_in_which_every_globalid_is_another(fresh):
    hosts, _ = hosted([model()], [Said(["a"], ["P"])], ())
    kept = binding_of("a", hosts, 0)
    _, (found,) = hosted([model(guids=["w", "x", "y", "z"], **fresh)], [Said(["a"], [""])], (kept,))
    assert ways(found) == [("w", "hand")]
    _, (found,) = hosted([model(guids=["w", "x", "y", "z"], **fresh)], [Said(["a"], ["P"])],
                         (replace(kept, how="guid"),))
    assert ways(found) == [("w", "kept")]


def test_an_element_that_is_gone_is_a_fault_but_not_while_its_model_is_not_there():
    lost = (HostBinding(sensor="a", layer="house", element="gone", kind="IfcValve", name="V"),)
    assert ways(hosted([model()], [Said(["a"], [""])], lost)[1][0]) == [("", "unknown_element")]
    assert ways(hosted([replace(model(), layers=("other",))], [Said(["a"], [""])], lost)[1][0]) == [("", "outside")]
    assert ways(hosted([], [Said(["a"], [""])], lost)[1][0]) == [("", "outside")]


def test_a_room_is_no_element_to_bind_to():
    assert len(host_of(model(), 3)) == 0 and host_of(model(), 1).guid == ("F",)


def test_a_whole_without_a_shape_stands_in_the_middle_of_its_parts_and_a_storey_shows_none_of_them():
    table = pa.table({"guid": ["A", "EG"], "class": ["IfcElementAssembly", "IfcBuildingStorey"],
                      "name": ["Plant", "EG"], "storey": ["EG", "EG"], "type": ["", ""], "tag": ["", ""]})
    wholes = Wholes(table, np.array([0, 0, 1, 1, 1]), np.array([0, 1, 0, 1, 2]), np.array([False, True]))
    whole = replace(model(), wholes=wholes)
    hosts, (found,) = hosted([whole], [Said(["a", "b", "c"], ["A", "EG", "F"])], ())
    assert ways(found) == [("A", "guid"), ("EG", "guid"), ("F", "guid")]
    assert standing(found) == pytest.approx(np.array([[99.0, 203.0, 6.0], [99.0, 204.5, 6.0], [99.0, 205.0, 6.0]]))
    assert hosts.feature.tolist() == [1, 0, -1] and {row: p.tolist() for row, p in hosts.parts.items()} == {
        1: [0, 1], 2: []}
    assert host_of(whole, whole.row_of("A")).guid == ("A",)


def test_only_what_no_shape_has_is_looked_for_among_the_wholes():
    said, held = [Said(["a", "b", "c"], ["P", "R", "A"])], (HostBinding(sensor="d", element="B"),)
    assert strangers([model()], said, held, ["C", "F"]) == ["A", "B", "C"]


def test_where_nothing_is_named_nothing_is_imported(monkeypatch):
    """The import takes most of a second, and the window would wait for it."""
    monkeypatch.setitem(sys.modules, "pyarrow.compute", None)
    assert strangers([], [Said(["a"], [""])], []) == []
