"""A value opened: how it was formed, of which sensors, which of them fail and since when, by which clause."""

from __future__ import annotations

import numpy as np

from twin import times
from twin.text import tr
from twin.vitals import verdict
from twin.vitals.board import Board, State, index_of
from twin.vitals.catalogue import Sign
from twin.vitals.feeds import Feed

MOST_FAILING = 50                            # members that a report names with the time since when they fail
FORMULAS = {
    "mean": "mean of the members", "energy_mean": "10·log10 of the mean of 10^(L/10), never the mean of decibels",
    "max": "the highest member", "min": "the lowest member", "max_abs": "the largest deviation of a member",
    "median": "median of the members", "median_abs": "median of the members' deviations",
    "p95": "95th percentile of the members", "share": "share of the members that say yes",
    "harmonic": "length over travel time: Σ length / Σ (length / speed)",
    "weighted": "Σ (weight · value) / Σ weight", "online": "reporting sensors of all sensors",
}
WINDOWS = {
    "mean": "mean of the last {minutes} min", "sum": "sum of the last {minutes} min",
    "day_max": "maximum since midnight",
    "rate": "change over the last {minutes} min", "warning": "level of the national warning that is reached",
    "own_rank": "per cent of the sensor's own last {minutes} min that were lower",
}
VERIFIED = {"verified": "verified", "partly": "partly verified", "unverified": "not verified",
            "proposal": "no standard: product proposal"}


def reason(board: Board, state: State, row: int, group: int) -> str:
    """Why there is no verdict; "" where there is one."""
    sign = state.signs[row]
    if not state.members[row, group]:
        return tr("No sensor here observes it")
    if not state.asked[row]:
        return tr("It is judged at other hours only") if sign.hours else tr("It is judged in other months only")
    if state.pending[row]:
        return tr("It is being computed")
    if state.level[row, group] != verdict.GREY:
        return ""
    reporting, members = int(state.reporting[row, group]), int(state.members[row, group])
    if not reporting and sign.window:
        return tr("None of {n} sensors has enough readings in the last {minutes} min", n=members,
                  minutes=sign.window.minutes)
    if not reporting:
        return tr("None of {n} sensors reports", n=members)
    return tr("Only {reporting} of {n} sensors report, {share:.0f} % are asked for", reporting=reporting, n=members,
              share=100 * sign.complete)


def named_level(sign: Sign, value: float, in_language: str) -> str:
    """What the standard calls a value: "blue warning", "class IV"; "" where it has no name."""
    if not np.isfinite(value):
        return ""
    at = 2 if in_language == "zh" else 1
    for limit, *_ in sign.names:
        if value <= limit:
            return next(n[at] for n in sign.names if n[0] == limit)
    passed = [n for n in sign.official if (value >= n[0] if sign.inclusive else value > n[0])]
    return passed[-1][at] if passed else ""


def report(board: Board, state: State, row: int, group: int, most: int = MOST_FAILING) -> dict:
    """Everything about one sign of one group, as JSON; `most` failing members are named."""
    sign, feed = state.signs[row], board.feeds[row]
    value = state.value[row, group]
    members, reporting = int(state.members[row, group]), int(state.reporting[row, group])
    rate = round(100.0 * reporting / members, 1) if members else None
    out = {**about(sign), "value": number(value), "level": verdict.LEVELS[state.level[row, group]],
           "verdict": verdict.LEVELS[state.verdict[row, group]], "official": named_level(sign, value, "en") or None,
           "thresholds": list(verdict.thresholds(sign, state.night)), "completeness": rate, "members": members,
           "reporting": reporting, "online_rate": rate, "reason": reason(board, state, row, group) or None,
           "worst": None}
    mine = feed.members_in(group)
    if len(mine) and sign.judges_members:
        out["worst"] = worst(board, state, row, mine)
    return out | detail(board, state, row, mine, most)


def about(sign: Sign) -> dict:
    """What the catalogue says."""
    return {"sign": sign.id, "domain": sign.domain, "name": sign.name, "name_zh": sign.name_zh, "unit": sign.unit,
            "measures": sign.measures or None,
            "source": sign.source, "verified": sign.verified, "status": sign.status, "changed": sign.changed or None}


def absent(sign: Sign) -> dict:
    """A sign that nothing in the project feeds."""
    return {**about(sign), "value": None, "level": "grey", "verdict": "grey", "official": None,
            "thresholds": list(sign.levels), "completeness": None, "members": 0, "reporting": 0, "online_rate": None,
            "reason": tr("No sensor of the project observes it"), "worst": None, "formula": formula(sign),
            "numerator": None, "denominator": None, "sensors": [], "failing": [], "silent": [], "silent_named": []}


def formula(sign: Sign) -> str:
    words = tr(FORMULAS[sign.how])
    if sign.window:
        words = tr(WINDOWS[sign.window.kind], minutes=sign.window.minutes) + "; " + words
    return words


def worst(board: Board, state: State, row: int, mine: np.ndarray) -> dict | None:
    """The member that is worst off, the farthest beyond its limits of those."""
    at = worst_member(state, row, mine)
    return None if at is None else _member(board, state, row, at)


def worst_member(state: State, row: int, mine: np.ndarray) -> int | None:
    values = state.values[row][mine]
    if not np.isfinite(values).any():
        return None
    bad = verdict.badness(values, state.signs[row], state.night)
    return int(mine[np.argmax(np.where(np.isnan(bad), -np.inf, bad))])


def failing(state: State, row: int, mine: np.ndarray) -> np.ndarray:
    """Members beyond green, the worst first; of a share those that say no."""
    values, levels = state.values[row][mine], state.levels(row, mine)
    sign = state.signs[row]
    if sign.how == "share":
        return mine[values < sign.levels[0] / 100.0]
    if sign.how == "online":
        return mine[~np.isfinite(values)]
    bad = np.flatnonzero(levels > verdict.GREEN)
    key = verdict.badness(values[bad], sign, state.night)
    return mine[bad[np.lexsort((-key, -levels[bad].astype(np.int8)))]]


def deciding(board: Board, state: State, row: int, member: int) -> list[int]:
    """Pool rows of the datastreams that make a member what it is: of an index only the one of its worst part."""
    feed = board.feeds[row]
    indices = []
    for part, limit, slots in feed.parts:
        at = state.row(part.id)
        if at >= 0 and slots[member] >= 0:
            place = int(np.searchsorted(board.feeds[at].rows, slots[member]))
            index = float(index_of(state.values[at][place:place + 1], limit, board.names)[0])
            indices += [(index, int(slots[member]))] if np.isfinite(index) else []
    return [max(indices)[1]] if indices else [int(r) for r in feed.rows_of(member)]


def detail(board: Board, state: State, row: int, mine: np.ndarray, most: int) -> dict:
    feed = board.feeds[row]
    numerator, denominator = fraction(feed, state.values[row], mine)
    bad = failing(state, row, mine)
    silent = mine[~np.isfinite(state.values[row][mine])]
    return {"formula": formula(feed.sign), "numerator": number(numerator), "denominator": number(denominator),
            "sensors": [board.pool.text("id", int(r)) for r in feed.heads[mine]],
            "failing": [_member(board, state, row, int(m), since=True) for m in bad[:most]],
            "failing_count": len(bad),
            "silent": [board.pool.text("id", int(r)) for r in feed.heads[silent]],
            "silent_named": [_silent(board, feed, int(m), state.time_ns) for m in silent[:most]],
            "unknown_units": list(feed.unknown_units)}


def fraction(feed: Feed, values: np.ndarray, mine: np.ndarray) -> tuple[float, float]:
    """(numerator, denominator) of a value; NaN as numerator where it is no fraction (a maximum, a median)."""
    said = values[mine].astype(np.float64)
    real = np.isfinite(said)
    said, count = said[real], float(real.sum())
    weight = feed.weights[mine][real] if feed.weights is not None else None
    match feed.sign.how:
        case "mean":
            return float(said.sum()), count
        case "energy_mean":
            return float((10.0 ** (said / 10.0)).sum()), count
        case "share":
            return float(np.clip(said, 0.0, 1.0).sum()), count
        case "online":
            return count, float(len(mine))
        case "weighted":
            return float((said * weight).sum()), float(weight.sum())
        case "harmonic":
            return float(weight.sum()), float((weight / np.maximum(said, 0.1)).sum())
    return float("nan"), count


def _member(board: Board, state: State, row: int, member: int, since: bool = False) -> dict:
    feed, pool = board.feeds[row], board.pool
    head = int(feed.heads[member])
    out = {**_named(pool, head),
           "room": pool.text("room", head) or None, "value": number(state.values[row][member]),
           "level": verdict.LEVELS[state.levels(row, np.array([member]))[0]]}
    if since:
        out["since"] = _told(board, since_when(board, state, row, member))
    return out


def _silent(board: Board, feed: Feed, member: int, time_ns: int) -> dict:
    """`since`: its last reading; None = there was none, or it speaks, but too seldom for a mean."""
    heard = last_heard(board, feed, member, time_ns)
    stale_ns = int(board.pool.stale_ns[feed.rows_of(member)].max())
    quiet = heard is not None and time_ns - heard > stale_ns
    return _named(board.pool, int(feed.heads[member])) | {"since": _told(board, heard) if quiet else None}


def _told(board: Board, time_ns: int | None) -> str | None:
    return None if time_ns is None else times.iso(time_ns, board.time_zone)


def _named(pool, head: int) -> dict:
    return {"sensor": pool.text("id", head), "name": pool.text("name", head), "name_zh": pool.text("name_zh", head)}


def since_when(board: Board, state: State, row: int, member: int) -> int | None:
    """When the present run of readings beyond green (of a share: of those that say no; of the online rate: of none)
    began; None where that cannot be told.
    """
    feed = board.feeds[row]
    if feed.sign.how == "online":
        return last_heard(board, feed, member, state.time_ns)
    if feed.member is not None or not (feed.sign.judges_members or feed.sign.how == "share"):
        return None
    course = _index_course if feed.parts else _course
    instants, values = course(board, feed, member, state.time_ns)
    if feed.sign.how == "share":
        bad = values < feed.sign.levels[0] / 100.0
    else:
        bad = verdict.levels_of(values, feed.sign, state.night) > verdict.GREEN
    if not len(bad) or not bad[-1]:
        return None
    fine = np.flatnonzero(~bad)
    return int(instants[fine[-1] + 1] if len(fine) else instants[0])


def last_heard(board: Board, feed: Feed, member: int, time_ns: int) -> int | None:
    """The newest reading of a member up to an instant; None where it never said anything."""
    heard = []
    for row in feed.rows_of(member):
        shown, place = board.pool.place(int(row))
        instants, values = shown.payload.history.series(place)
        said = np.flatnonzero(np.isfinite(values[:int(np.searchsorted(instants, time_ns, side="right"))]))
        heard += [int(instants[said[-1]])] if len(said) else []
    return max(heard, default=None)


def _index_course(board: Board, feed: Feed, member: int, time_ns: int) -> tuple[np.ndarray, np.ndarray]:
    """(instants, index) of a station: at every instant of a part the worst of what its parts said last."""
    said = []
    for part, limit, slots in feed.parts:
        own = next((f for f in board.feeds if f.sign.id == part.id), None)
        if own is not None and slots[member] >= 0:
            instants, values = _course(board, own, int(np.searchsorted(own.rows, slots[member])), time_ns)
            said += [(instants, index_of(values, limit, board.names))] if len(instants) else []
    if not said:
        return np.zeros(0, np.int64), np.zeros(0)
    every = np.unique(np.concatenate([instants for instants, _ in said]))
    worst = np.full(len(every), np.nan)
    for instants, values in said:
        at = np.searchsorted(instants, every, side="right") - 1
        worst = np.fmax(worst, np.where(at >= 0, values[at], np.nan))
    return every, worst


def _course(board: Board, feed: Feed, member: int, time_ns: int) -> tuple[np.ndarray, np.ndarray]:
    """(instants, values in the sign's unit) of a member up to an instant."""
    shift = 0.0 if feed.offset is None else feed.offset[member]
    if feed.sign.window:
        held = board.window_of(feed.sign, time_ns)
        steps = 0 if held is None else int((time_ns - held.start_ns) // held.step_ns) + 1
        values = np.zeros(0) if held is None else held.values[:steps, member]
        instants = np.zeros(0, np.int64) if held is None else held.start_ns + np.arange(steps) * held.step_ns
    else:
        shown, place = board.pool.place(int(feed.rows[member]))
        instants, values = shown.payload.history.series(place)
        upto = int(np.searchsorted(instants, time_ns, side="right"))
        factor = 1.0 if feed.scale is None else feed.scale[member]
        instants, values = instants[:upto], values[:upto] * factor
    return instants, values + shift


def number(value: float) -> float | None:
    """For JSON: six digits, None where there is no value."""
    return None if not np.isfinite(value) else float(f"{value:.6g}")
