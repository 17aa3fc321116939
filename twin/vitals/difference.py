"""How much every sign of every group differs between two instants."""

from __future__ import annotations

import numpy as np

from twin.vitals.board import State
from twin.vitals.report import number
from twin.vitals.verdict import LEVELS


def known(state: State, row: int) -> np.ndarray:
    """(groups,) f8 values; NaN where too few sensors report, as where there is none."""
    sign, value = state.signs[row], state.value[row]
    enough = state.reporting[row] >= (0.0 if sign.how == "online" else sign.complete * state.members[row])
    return np.where(enough & (state.members[row] > 0), value, np.nan)


def difference(a: State, b: State, sign: str) -> np.ndarray:
    """(groups,) f8 A minus B; NaN where either is missing. Both states are of one board."""
    row_a, row_b = a.row(sign), b.row(sign)
    if row_a < 0 or row_b < 0:
        return np.full(len(a.groups.groups), np.nan)
    return known(a, row_a) - known(b, row_b)


def compared(a: State, b: State, row: int, group: int) -> dict:
    """What B adds to the report of a sign of A, as JSON."""
    other = b.row(a.signs[row].id)
    return {"compared": {"value": number(b.value[other, group]), "level": LEVELS[b.level[other, group]],
                         "verdict": LEVELS[b.verdict[other, group]], "members": int(b.members[other, group]),
                         "reporting": int(b.reporting[other, group])},
            "difference": number(difference(a, b, a.signs[row].id)[group]),
            "worse": int(a.verdict[row, group]) - int(b.verdict[other, group]) if b.verdict[other, group]
            and a.verdict[row, group] else None}
