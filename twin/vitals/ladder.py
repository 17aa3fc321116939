"""From the district down to the room: how every group that holds what decides a verdict is judged itself.

All of them are formed of the same members, so that a worst member is in the verdict of each of them.
"""

from __future__ import annotations

import numpy as np

from twin.vitals import verdict
from twin.vitals.board import Board, State
from twin.vitals.report import number, worst_member


def ladder(board: Board, state: State, row: int, group: int) -> list[dict]:
    """`{"id", "name", "name_zh", "kind", "value", "verdict", "members"}` of the groups about the worst member of a
    group (of a sign that judges no members: about all of them), the largest first; empty where it has none.
    """
    feed = board.feeds[row]
    mine = feed.members_in(group)
    if not len(mine):
        return []
    worst = worst_member(state, row, mine) if state.signs[row].judges_members else None
    inside = mine if worst is None else np.array([worst])
    holds = np.repeat(feed.groups, feed.counts)[np.isin(feed.entries, inside)]
    about = np.flatnonzero(np.bincount(holds, minlength=1) == len(inside)).tolist()
    about.sort(key=lambda n: -int(state.members[row, n]))
    return [_step(board, state, row, n) for n in about]


def _step(board: Board, state: State, row: int, group: int) -> dict:
    told = board.groups.groups[group]
    return {"id": told.id, "name": told.name, "name_zh": told.name_zh, "kind": told.kind,
            "value": number(state.value[row, group]), "members": int(state.members[row, group]),
            "verdict": verdict.LEVELS[state.verdict[row, group]]}
