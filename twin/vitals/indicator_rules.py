"""What the rules of indicators compute from the sensors of the scene.

Each gives (value, pool rows of what keeps it from its target, note).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from twin.layer import SYSTEM_COLUMN
from twin.systems.catalogue import systems
from twin.text import language, tr
from twin.vitals import report
from twin.vitals.board import Board, State
from twin.vitals.pool import Pool

if TYPE_CHECKING:
    from twin.vitals.indicators import Indicator, Rule

DISTRICT_M = 50_000.0                   # from the project's origin: what stands further away is none of the district


def system_words(key: str) -> str:
    """"18.06 Smart parcel lockers"."""
    known = systems().get(key)
    return f"{key} {known.title(language())}" if known else key


def _of_sign(rule: Rule, indicator: Indicator, board: Board, state: State):
    row = state.row(rule.sign)
    if row < 0:
        return float("nan"), _nothing(), tr("No sensor of the project observes it")
    feed = board.feeds[row]
    everyone = np.arange(len(feed.heads))
    top, below = report.fraction(feed, state.values[row], everyone)
    scale = 100.0 if feed.sign.how == "share" else 1.0
    bad = report.failing(state, row, everyone)
    rows = np.unique(np.concatenate([_nothing(), *(feed.rows_of(int(m)) for m in bad)])).astype(np.intp)
    return (scale * top / below if below else float("nan")), rows, _reporting(np.isfinite(state.values[row]))


def _things(rule: Rule, indicator: Indicator, board: Board, state: State):
    """How many distinct things have sensors; whoever has no place in the district is none of its terminals."""
    pool = board.pool
    every = _rows(board, rule.system)
    rows = every if rule.system else every[_at_home(pool)[every]]
    if not len(rows):
        return float("nan"), _nothing(), tr("Nothing of system {system} is in the project",
                                            system=system_words(rule.system))
    things = pool.texts("thing")[1]
    strangers = len(np.setdiff1d(things[every], things[rows]))
    note = tr("{n} things without a place in the district are not counted", n=f"{strangers:,}") if strangers else ""
    return float(len(np.unique(things[rows]))), _nothing(), note


def _at_home(pool: Pool) -> np.ndarray:
    """(n,) bool: stands near the project's origin, or says which system, zone or element it belongs to."""
    near = np.nan_to_num(np.abs(pool.xy), nan=np.inf).max(axis=1, initial=0.0) <= DISTRICT_M
    said = [np.array([bool(w) for w in words])[codes] for words, codes in
            (pool.texts(name) for name in (SYSTEM_COLUMN, "zone", "element"))]
    return near | np.any(said, axis=0)


def _mean(rule: Rule, indicator: Indicator, board: Board, state: State):
    rows, values = _readings(rule, rule.property, board, state)
    known = np.isfinite(values)
    value = float(values[known].mean()) if known.any() else float("nan")
    under = rows[known & (values < (indicator.low or -np.inf))]
    return value, under, _reporting(known)


def _sum(rule: Rule, indicator: Indicator, board: Board, state: State):
    _, values = _readings(rule, rule.property, board, state)
    known = np.isfinite(values)
    return (float(values[known].sum()) if known.any() else float("nan")), _nothing(), _reporting(known)


def _share(rule: Rule, indicator: Indicator, board: Board, state: State):
    """Per cent of the weight (a road's length) of things that say yes; without a weight each counts alike."""
    rows, values = _readings(rule, rule.property, board, state)
    weighing, weights = _readings(rule, rule.weight, board, state) if rule.weight else (_nothing(), np.zeros(0))
    things = board.pool.texts("thing")[1]
    of_thing = dict(zip(things[weighing].tolist(), weights.tolist()))
    weight = np.array([of_thing.get(t, 1.0 if not rule.weight else np.nan) for t in things[rows].tolist()])
    known = np.isfinite(values) & np.isfinite(weight)
    total = float(weight[known].sum())
    yes = float(weight[known & (values >= 0.5)].sum())
    return (100.0 * yes / total if total else float("nan")), rows[known & (values < 0.5)], _reporting(known)


def _near(rule: Rule, indicator: Indicator, board: Board, state: State):
    """Per cent of the things of a system that have one of another within a distance, as the crow flies."""
    from scipy.spatial import cKDTree
    places, rows = _places_of(board, rule.system)
    others, _ = _places_of(board, rule.by)
    if not len(places) or not len(others):
        return float("nan"), _nothing(), tr("Nothing of system {system} is in the project",
                                            system=system_words(rule.system if not len(places) else rule.by))
    away, _ = cKDTree(others).query(places)
    near = away <= rule.within_m
    return 100.0 * float(near.mean()), rows[~near], ""


def _places_of(board: Board, system: str) -> tuple[np.ndarray, np.ndarray]:
    """(n, 2) of the things of a system and a row of each."""
    rows = _rows(board, system)
    _, first = np.unique(board.pool.texts("thing")[1][rows], return_index=True)
    rows = rows[first]
    known = np.isfinite(board.pool.xy[rows]).all(axis=1)
    return board.pool.xy[rows[known]], rows[known]


def _readings(rule: Rule, property: str, board: Board, state: State) -> tuple[np.ndarray, np.ndarray]:
    """(rows, their values now with NaN for missing and stale)."""
    words, codes = board.pool.texts("property")
    rows = _rows(board, rule.system)
    rows = rows[np.array([w == property for w in words])[codes[rows]]]
    return rows, state.latest[rows].astype(np.float64)


def _rows(board: Board, system: str) -> np.ndarray:
    if not system:
        return np.arange(len(board.pool))
    words, codes = board.pool.texts("system")
    return np.flatnonzero(np.array([w == system for w in words])[codes])


def _reporting(known: np.ndarray) -> str:
    return tr("{n} of {total} sensors report", n=int(known.sum()), total=len(known))


def _nothing() -> np.ndarray:
    return np.zeros(0, np.intp)


HOW = {"sign": _of_sign, "things": _things, "mean": _mean, "sum": _sum, "share": _share, "near": _near}
