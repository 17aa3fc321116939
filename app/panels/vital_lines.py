"""What the rows of the zone panel say: every sign of a group at the clock's time, and at the second instant."""

from __future__ import annotations

import numpy as np

from app.panels.vital_list import Line, trend_of
from app.unread import has_readings, lost_readings, why_no_readings
from layers.verdict_colors import SHAPES
from twin import times
from twin.text import language, tr
from twin.units import figures
from twin.vitals import report
from twin.vitals.board import Board, State
from twin.vitals.catalogue import DOMAINS, Sign
from twin.vitals.difference import difference
from twin.vitals.verdict import LEVELS, WORDS


def lines_of(board: Board, state: State, then: State | None, course, group: int, every: bool) -> list[Line]:
    """Domain by domain; `every`: signs that nothing observes there too. `course`: of `app.vitals`, None = not known."""
    rows = {s.id: n for n, s in enumerate(state.signs)}
    out = []
    for domain, label in DOMAINS.items():
        mine = [_line(board, sign, state, then, rows.get(sign.id, -1), group, course)
                for sign in board.names.signs if sign.domain == domain]
        mine = [line for line in mine if every or line.online]
        if mine:
            out += [Line(tr(label)), *mine]
    return out


def _line(board: Board, sign: Sign, state: State, then: State | None, row: int, at: int, course) -> Line:
    members = int(state.members[row, at]) if row >= 0 else 0
    if not members:
        return Line(sign.title(), sign.id, "—", "", remark=tr("No sensor here observes it"))
    value = float(state.value[row, at])
    spark, change, now = None, float("nan"), 0.0
    if course is not None and at < course.values.shape[2]:
        spark = course.values[:, row, at]
        change = course.change(row, at, state.time_ns, value)
        now = course.share_of(state.time_ns)
    word = _by_the_worst(board, state, row, at) if state.asked[row] else tr("not judged now")
    why = report.reason(board, state, row, at) or ("" if word else report.named_level(sign, value, language()))
    counted = {"n": state.reporting[row, at], "total": members}
    online = "{n}/{total}".format(**counted) if word else tr("{n} of {total}", **counted)       # there is less room
    return Line(sign.title(), sign.id, said(value), sign.unit_words(), int(state.verdict[row, at]),
                trend_of(change, sign.levels[0]), online, why, spark, course.done if course else 0, now, word,
                other=_other(state, then, sign, at))


def _by_the_worst(board: Board, state: State, row: int, at: int) -> str:
    """The level and the member that makes it worse than the value is; "" where the value says it."""
    if state.verdict[row, at] <= state.level[row, at]:
        return ""
    mine = board.feeds[row].members_in(at)
    worst = report.worst_member(state, row, mine) if state.signs[row].judges_members else None
    return "" if worst is None else tr("{level}, worst {value}", level=tr(WORDS[LEVELS[state.verdict[row, at]]]),
                                       value=figures(state.values[row][worst], digits=3))


def said(value: float, sign: str = "") -> str:
    return figures(value, sign) if np.isfinite(value) else "—"


def _other(state: State, then: State | None, sign: Sign, at: int) -> tuple[int, str, str] | None:
    row = then.row(sign.id) if then is not None else -1
    if row < 0:
        return None
    change = float(difference(state, then, sign.id)[at])
    return int(then.verdict[row, at]), said(float(then.value[row, at])), said(change, "+")


def summary_of(session, state: State, then: State | None, at: int) -> str:
    """As of when, from how many sensors, and how many signs stand at each level."""
    zone = session.document.shown_zone
    clock = times.readable(state.time_ns, zone)
    words = [tr("As of {time}", time=clock)]
    if then is not None:
        words = [f"A {clock[:16]}", f"B {times.readable(then.time_ns, zone)[:16]}"]
    row = state.row("sys.online")
    if row >= 0 and state.members[row, at]:
        words.append(tr("{n} of {total} sensors report", n=f"{state.reporting[row, at]:,}",
                        total=f"{state.members[row, at]:,}"))
    observed = state.verdict[state.members[:, at] > 0, at]
    if len(observed):
        counts = np.bincount(observed, minlength=5)
        words.append("  ".join(f"{SHAPES[k]} {counts[k]}" for k in (4, 3, 2, 1)))
    if session.assets.loading:
        words.append(tr("layers are still being read"))
    elif not len(observed):
        words.append(tr("No sensor here observes a vital sign: choose another zone.") if has_readings(session)
                     else why_no_readings(session))
    elif lost := lost_readings(session):
        words.append(lost)
    return " · ".join(words)
