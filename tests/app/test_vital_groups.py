"""Zones, buildings and rooms as groups of the same sensors."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import numpy as np

from app.vital_groups import area_of, groups_of, indoors
from layers.building import Building
from layers.city import City
from layers.zones import Zones
from tests.layers.boxes import boxes
from tests.twin.vitals.made_pools import at, pool_of
from tests.twin.vitals.test_board import NOON, board_of
from tests.twin.vitals.test_groups import whole
from twin.document import Document
from twin.indoors import Indoors, Lot
from twin.memberships import Memberships
from twin.rooms import NO_ROOMS
from twin.vitals.choices import DrawnZone
from twin.vitals.ladder import ladder

ROOMS = replace(NO_ROOMS, guid=("ga", "gb", "gc"), number=("1-01", "1-02", "2-01"), name=("Café", "", ""),
                storey=("1", "1", "2"), type=("", "", ""), layer=("office", "office", "school"),
                feature=np.array([7, 8, 3], np.int32))


def session_of(pool, room):
    members = Memberships(ROOMS, np.array(room, np.int32), np.zeros(len(room), np.uint8))
    lot = Lot(("layer",), pool.shown[0].payload, members)
    document = Document(layers=(Building(id="office", name="Office", name_zh="办公楼"),))
    return SimpleNamespace(document=document, rooms=SimpleNamespace(now=Indoors(ROOMS, (lot,))), asset=lambda id: None)


def test_buildings_storeys_and_rooms_hold_their_sensors_and_alarm_together():
    pool = pool_of(["bld.co2"] * 4, [[(NOON, v)] for v in (700, 1200, 600, 1900)])
    session = session_of(pool, [0, 1, 2, -1])
    groups = whole(groups_of(session, pool, "all"))
    assert [(g.id, g.name, g.kind, g.layer, g.feature) for g in groups.groups] == [
        ("office", "Office", "building", "office", -1), ("school", "school", "building", "school", -1),
        ("office/1", "Office 1", "storey", "office", -1), ("school/2", "school 2", "storey", "school", -1),
        ("ga", "1-01 Café", "room", "office", 7), ("gb", "1-02", "room", "office", 8),
        ("gc", "2-01", "room", "school", 3)]
    assert [groups.rows_of(k).tolist() for k in range(7)] == [[0, 1], [2], [0, 1], [2], [0], [1], [2]]
    board = board_of(pool, groups)
    state = board.at(at(NOON))
    row = state.row("bld.co2")
    verdicts = state.verdict[row].tolist()
    assert verdicts == [3, 1, 3, 1, 1, 3, 1] and verdicts[0] == max(verdicts[4:6])
    assert [step["kind"] for step in ladder(board, state, row, 5)] == ["building", "storey", "room"]


def test_a_storey_holds_the_sensors_of_its_rooms():
    pool = pool_of(["bld.co2"] * 4, [[(NOON, v)] for v in (700, 1200, 600, 1900)])
    session = session_of(pool, [0, 2, 1, -1])
    groups = whole(groups_of(session, pool, "storey"))
    assert [(g.id, g.name, g.name_zh, groups.rows_of(k).tolist()) for k, g in enumerate(groups.groups)] == [
        ("office/1", "Office 1", "办公楼 1", [0, 2]), ("school/2", "school 2", "", [1])]
    assert whole(groups_of(session_of(pool, [-1] * 4), pool, "storey")).groups == ()


def test_without_rooms_a_column_tells_them_apart():
    pool = pool_of(["bld.co2"] * 3, [[(NOON, 1)]] * 3, room=["a", "a", "b"])
    session = session_of(pool, [-1, -1, -1])
    assert indoors(session, pool).groups == ()
    groups = whole(groups_of(session, pool, "room"))
    assert [(g.name, groups.rows_of(k).tolist()) for k, g in enumerate(groups.groups)] == [("a", [0, 1]), ("b", [2])]
    board = board_of(pool, groups)
    x0, y0, x1, y1 = area_of(session, board, 0)
    assert x0 < 0 < x1 and y0 < 0 < y1


def test_zooming_from_the_district_to_a_house_never_changes_a_verdict():
    """Houses hold the sensors that stand in them or name them; each level is as bad as its worst part."""
    values = (9.0, 0.1, 2.0, 0.1)
    pool = pool_of(["fire.smoke"] * 4, [[(NOON, v)] for v in values], building=["", "", "", "h3"])
    pool.xy[:] = [[5, 5], [8, 5], [25, 5], [500, 500]]
    houses = boxes([[0, 0, 0], [20, 0, 0], [40, 0, 0]], [[10, 10, 9]] * 3, id=["h1", "h2", "h3"], name=["", "Hall", ""])
    zone = Zones(id="z", name="z", drawn=tuple(
        DrawnZone(id=id, name=id, corners=((0, 0), (width, 0), (width, 50), (0, 50)))
        for id, width in (("district", 100), ("block", 15))))
    session = session_of(pool, [-1] * 4)
    session.document = Document(layers=(zone, City(id="c", name="Houses")))
    session.document = replace(session.document, frame=replace(session.document.frame, origin=(0.0, 0.0, 0.0)))
    session.asset = lambda id: SimpleNamespace(payload=houses, state="ready") if id == "c" else None
    groups = whole(groups_of(session, pool, "all"))
    assert [(g.id, g.name, g.kind, g.feature) for g in groups.groups[2:]] == [
        ("c/h1", "Building h1", "building", 0), ("c/h2", "Hall", "building", 1), ("c/h3", "Building h3", "building", 2)]
    state = board_of(pool, groups).at(at(NOON))
    assert state.verdict[state.row("fire.smoke")].tolist() == [4, 4, 4, 2, 1]
    only = whole(groups_of(session, pool, "building"))
    assert [g.id for g in only.groups] == ["c/h1", "c/h2", "c/h3"] and only.rows_of(0).tolist() == [0, 1]
