"""The choices of the statistics panel, what it reads from its lines and says in its own."""

from __future__ import annotations

import numpy as np
from PySide6.QtWidgets import QComboBox

from app.session import Session
from app.statistics import Question, hours_of
from twin import times
from twin.clock import INSTANT
from twin.text import enumerated, tr
from twin.vitals.statistics import Hours, edges_of
from twin.vitals.windows import day_of

KINDS = {"zone": "By zone", "building": "By building", "storey": "By storey", "room": "By room", "thing": "By thing",
         "type": "By type", "datastream": "By sensor"}
BUCKETS = {5 * times.MINUTE: "5 min", 15 * times.MINUTE: "15 min", times.HOUR: "1 hour", 6 * times.HOUR: "6 hours",
           times.DAY: "1 day", 7 * times.DAY: "7 days", 0: "The whole span"}
BUCKET_WORDS = {"15min": 15 * times.MINUTE, "1h": times.HOUR, "1d": times.DAY}      # as on the command line
SLIDER, DAY, ALL = "slider", "day", "all"
SPANS = {SLIDER: "As the time slider", DAY: "The clock's day", ALL: "All readings"}


def span_of(session: Session, kind: str, bucket_ns: int) -> tuple[int | None, int | None]:
    """Whole buckets: half an hour at the rim would be an hour that is half complete."""
    clock, zone = session.clock, session.document.time_zone
    if kind == SLIDER:
        first, last = session.time_view.span_ns
        if clock.mode != INSTANT and clock.since_ns is not None:
            first, last = clock.since_ns, clock.now_ns
    elif kind == DAY:
        first, last = day_of(clock.now_ns, zone)
        last -= 1
    else:
        first = last = 0
    if last <= first:
        return None, None
    if not bucket_ns:
        return first, last
    edges = edges_of(first, last, bucket_ns, zone)
    return int(edges[0]), int(edges[-1]) - 1


def exceeding(result, question: Question, needed: float, zone: str) -> str | None:
    """How many complete buckets have a mean (of decibels an energy mean) above the number, and on which days most of
    one group: the standard of building sites counts such quarters of an hour. None without a number.
    """
    if question.threshold is None or not question.bucket_ns or question.bucket_ns >= times.DAY:
        return None
    table = result.table
    with np.errstate(invalid="ignore"):
        above = (result.average > question.threshold) & (table.completeness >= needed)
    days = [times.readable(int(ns), zone)[5:10] for ns in result.edges_ns[:-1].tolist()]
    firsts = [n for n, day in enumerate(days) if not n or day != days[n - 1]]
    most = np.add.reduceat(above, firsts, axis=1, dtype=np.int64).max(axis=0, initial=0).tolist()
    counted = {"n": f"{int(above.sum()):,}", "limit": f"{question.threshold:g}"}
    said = tr("{n} energy means above {limit}", **counted) if result.in_decibels else \
        tr("{n} means above {limit}", **counted)
    worst = [tr("{n} on {day}", day=days[first], n=count) for first, count in zip(firsts, most) if count]
    return said + (tr(", most at one place per day: {days}", days=enumerated(worst[:7])) if worst else "")


def asked(about: str) -> dict[str, str]:
    """"property kind bucket [number] [hours] [matrix] [of=LAYER]" by name; "" for what is not said."""
    property, kind, bucket, *more = about.split()
    limit = next((word for word in more if number_of(word) is not None), "")
    return {"property": property, "kind": kind, "bucket": bucket, "limit": limit,
            "hours": next((word for word in more if hours_or_all(word)), ""),
            "matrix": "matrix" if "matrix" in more else "",
            "layer": next((word[3:] for word in more if word.startswith("of=")), "")}


def why_empty(question: Question, zones: bool) -> str:
    """Where readings belong to no group of the kind that is asked for."""
    if question.kind == "zone" and not zones:
        return tr("This project has no zones. Draw or import some, or count by thing.")
    if question.layer or question.zone:
        return tr("No sensor of this property is there: choose another zone or layer.")
    return {"zone": tr("No sensor of this property stands in a zone. Count by thing, or draw a zone around them."),
            "building": tr("No sensor of this property stands in a building. Count by thing."),
            "room": tr("No sensor of this property is in a room of a model. Count by thing."),
            "storey": tr("No sensor of this property is in a room of a model. Count by thing."),
            }.get(question.kind, tr("No sensor of this property is there."))


def number_of(text: str) -> float | None:
    try:
        return float(text.replace(",", "."))
    except ValueError:
        return None


def hours_or_all(words: str) -> Hours:
    """As long as it is being typed it means nothing."""
    try:
        return hours_of(words)
    except ValueError:
        return ()


def fill(box: QComboBox, choices: list[tuple[str, object]], default=None) -> None:
    """What was chosen stays chosen where it is still offered."""
    held = box.currentData() if box.count() else default
    box.blockSignals(True)
    box.clear()
    for words, key in choices:
        box.addItem(words, key)
    box.setCurrentIndex(max(0, box.findData(held)) if choices else -1)
    box.blockSignals(False)
