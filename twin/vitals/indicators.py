"""The plan's 35 indicators: target, operator, and how an actual value comes about.

Where the scene can tell, a declared rule says how (`indicators.json`); elsewhere somebody enters a value with its date
and source. What was entered counts from its date on and before what a rule computes.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import numpy as np

from twin import times
from twin.column_words import property_words
from twin.text import language, tr
from twin.vitals import report
from twin.vitals.board import Board, State
from twin.vitals.catalogue import catalogue
from twin.vitals.choices import IndicatorEntry
from twin.vitals.indicator_rules import HOW, system_words

TOLERANCE = 0.05                                # of ≈
UNITS = {"个": "", "家": "", "架": "racks", "亿元": "x 100 million CNY"}
RISING = "持续提升"
KINDS = {
    "sign": "vital sign {sign} over all sensors", "things": "things of system {system}", "mean": "mean of {property}",
    "sum": "sum of {property}", "share": "share of {property} by {weight}",
    "near": "share of system {system} with one of system {by} within {within_m} m",
    "reach": "people who reach a facility along the streets, by the study of reach in the scene",
    "handled": "kinds of incidents that were brought from found to closed, by the journals of the project",
}


@dataclass(frozen=True, kw_only=True)
class Rule:
    """`system`: only datastreams of this system of the plan ("" = of all)."""

    kind: str
    sign: str = ""
    property: str = ""
    system: str = ""
    weight: str = ""
    by: str = ""
    within_m: float = 0.0

    def words(self) -> str:
        if self.kind == "things" and not self.system:
            return tr("all things with sensors that have a place in the district")
        said = {name: getattr(self, name) for name in _places(KINDS[self.kind])}
        said |= {name: system_words(said[name]) for name in ("system", "by") if name in said}
        named = {name: property_words(said[name]) for name in ("property", "weight") if name in said}
        if self.sign and "sign" in said:
            sign = catalogue().sign(self.sign)
            named["sign"] = sign.title(language()) if sign else self.sign
        return tr(KINDS[self.kind], **(said | named))


def _places(text: str) -> list[str]:
    from string import Formatter
    return [name for _, name, _, _ in Formatter().parse(text) if name]


@dataclass(frozen=True, kw_only=True)
class Indicator:
    """`operator` "≥", "=", "≈" or "持续提升" (no number: two dates show a trend)."""

    number: int
    category: str
    category_zh: str
    name: str
    name_zh: str
    operator: str
    low: float | None
    high: float | None
    unit: str
    target: str
    rule: Rule | None = None

    def title(self) -> str:
        return self.name_zh if language() == "zh" else self.name

    def target_words(self) -> str:
        """As the plan writes it, or the same in English."""
        if language() == "zh" or self.low is None:
            return self.target if language() == "zh" else "rising"
        high = f" to {self.high:,g}" if self.high and self.high != self.low else ""
        return f"{self.operator} {self.low:,g}{high} {self.unit_words()}".strip()

    def unit_words(self) -> str:
        return self.unit if language() == "zh" else UNITS.get(self.unit, self.unit)


@dataclass(frozen=True, eq=False)
class Actual:
    """`value` NaN = none. `rows`: pool rows of the objects that keep it from its target. `previous` and when that
    was, of an entry.
    """

    value: float = float("nan")
    as_of_ns: int | None = None
    source: str = ""
    computed: bool = False
    note: str = ""
    previous: float = float("nan")
    previous_ns: int | None = None
    rows: np.ndarray = field(default_factory=lambda: np.zeros(0, np.intp))
    objects: tuple[tuple[str, int], ...] = ()       # (layer, feature) of the same where they are no sensors


@dataclass(frozen=True, eq=False)
class Walked:
    """A study of reach on foot in the scene: `share` per cent of the people are within, `beyond` (layer, feature).

    `areas`: names of the zones that the people live in who are counted; () = all of them.
    """

    share: float
    people: float
    beyond: tuple[tuple[str, int], ...] = ()
    areas: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Handled:
    """The journals of incidents as of an instant: of how many `kinds` one was brought from found to closed, of how many
    known; `going` (layer, feature) are those that are not closed yet."""

    kinds: int
    known: int
    going: tuple[tuple[str, int], ...] = ()


@cache
def indicators() -> tuple[Indicator, ...]:
    told = json.loads((Path(__file__).parent / "indicators.json").read_text(encoding="utf-8"))["indicators"]
    return tuple(Indicator(**{**row, "rule": Rule(**row["rule"]) if "rule" in row else None}) for row in told)


def reached(indicator: Indicator, actual: Actual) -> bool | None:
    """Whether the target is met as its operator states; None where nothing is known.

    "=" is met at or above the target (of a range its low end), "≈" within 5 %, a rise when the newest entry is higher.
    """
    value = actual.value
    if not np.isfinite(value):
        return None
    if indicator.operator == RISING:
        return bool(value > actual.previous) if np.isfinite(actual.previous) else None
    if indicator.operator == "≈":
        return abs(value - indicator.low) <= TOLERANCE * abs(indicator.low)
    return value >= indicator.low


def actual_of(indicator: Indicator, entries: tuple[IndicatorEntry, ...], board: Board | None, state: State | None,
              now_ns: int, time_zone: str, walked: Walked | None = None, handled: Handled | None = None) -> Actual:
    """As of the clock's time: the newest entry until then, else what the rule computes.

    Whom the 15-minute circle covers is counted along the streets by a study (`walked`), not told by terminals.
    """
    mine = sorted((times.parse(e.date, time_zone), n) for n, e in enumerate(entries) if e.number == indicator.number)
    known = [(at, entries[n]) for at, n in mine if at <= now_ns]
    if known:
        at, entry = known[-1]
        before_ns, before = (known[-2][0], known[-2][1].value) if len(known) > 1 else (None, float("nan"))
        return Actual(entry.value, at, entry.source, previous=before, previous_ns=before_ns, note=entry.note)
    if indicator.rule is not None and indicator.rule.kind == "reach":
        return _walked(indicator.rule, walked, now_ns)
    if indicator.rule is not None and indicator.rule.kind == "handled":
        return _handled(indicator.rule, handled, now_ns)
    if indicator.rule is None or board is None or state is None:
        return Actual(note=tr("To be entered by hand") if indicator.rule is None else tr("Being computed"))
    return _computed(indicator, board, state)


def _walked(rule: Rule, walked: Walked | None, now_ns: int) -> Actual:
    if walked is None:
        return Actual(note=tr("To be counted along the streets: Analysis, Reach on foot"))
    people = f"{walked.people:,.0f}"
    note = tr("{people} people in {areas}", people=people, areas=", ".join(walked.areas)) if walked.areas else \
        tr("{people} people; no zone is marked as central (column central), so all count", people=people)
    return Actual(walked.share, now_ns, rule.words(), True, note, objects=walked.beyond)


def _handled(rule: Rule, handled: Handled | None, now_ns: int) -> Actual:
    if handled is None:
        return Actual(note=tr("To be entered by hand"))
    note = tr("{n} kinds of incidents until now, {going} incidents not closed", n=handled.known,
              going=len(handled.going))
    return Actual(float(handled.kinds), now_ns, rule.words(), True, note, objects=handled.going)


def _computed(indicator: Indicator, board: Board, state: State) -> Actual:
    rule, pool = indicator.rule, board.pool
    value, rows, note = HOW[rule.kind](rule, indicator, board, state)
    known = np.isfinite(value)
    return Actual(value, state.time_ns if known else None, rule.words(), True,
                  note or ("" if known or len(pool) else tr("The project has no sensors")), rows=rows)


def told(indicator: Indicator, actual: Actual, board: Board | None, time_zone: str) -> dict:
    """As JSON."""
    met = reached(indicator, actual)
    things = [board.pool.text("id", int(r)) for r in actual.rows] if board is not None else []
    things += [f"{layer}/{feature}" for layer, feature in actual.objects]
    change = actual.value - actual.previous
    return {"number": indicator.number, "category": indicator.category, "category_zh": indicator.category_zh,
            "name": indicator.name, "name_zh": indicator.name_zh, "operator": indicator.operator,
            "target_low": indicator.low, "target_high": indicator.high, "unit": indicator.unit,
            "target": indicator.target, "actual": report.number(actual.value), "reached": met,
            "as_of": None if actual.as_of_ns is None else times.iso(actual.as_of_ns, time_zone),
            "source": actual.source or None, "computed": actual.computed,
            "rule": indicator.rule.words() if indicator.rule else None, "change": report.number(change),
            "note": actual.note or None, "failing": things}
