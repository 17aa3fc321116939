"""Sensors and what they are on: the place of a sensor, and what the sensors of a room or an element say now."""

from __future__ import annotations

from concurrent.futures import Executor, Future
from dataclasses import dataclass

import numpy as np

from app.panels import facts
from app.panels.facts import Row, heading
from app.session import Session
from twin.text import tr
from twin.units import figures, shown

WAITING = "…"                                    # readings are on their way


@dataclass(frozen=True, eq=False)
class Carried:
    """A sensor in a room or on an element. `series` is read in a thread; `target` is its layer and row."""

    name: str
    series: Future
    unit: str
    stale_secs: float
    target: tuple[str, int]


def whereabouts(session: Session, layer: str, row: int) -> list[Row]:
    """The room that a sensor is in and the element that it is on; a double click goes there."""
    rows = []
    for label, indoors in (("On the element", session.hosts.now), ("In the room", session.rooms.now)):
        lot = indoors.lot_of(layer)
        at = int(lot.members.room[row]) if lot is not None and row < len(lot.members.room) else -1
        if at >= 0:
            place = indoors.rooms
            rows.append(Row(tr(label), place.title(at), key=label, target=(place.layer[at], int(place.feature[at])),
                            tip=tr("Double-click to go there")))
    return [heading(tr("Where it is")), *rows] if rows else []


def carried_in(session: Session, thread: Executor, layer: str, row: int) -> list[Carried]:
    """The sensors of a room or an element, whose readings are asked for."""
    found = []
    for id, at in session.carried(layer, row):
        payload, by = session.asset(id).payload, session.document.layer(id)
        if payload.history is not None:
            held = payload.features
            unit = shown(str(held.column("unit")[at].as_py() or "")) if "unit" in held.column_names else ""
            found.append(Carried(facts.title_of(held, at), thread.submit(payload.history.series, at), unit,
                                 facts.stale_secs_of(by), (id, at)))
    return found


def carried_rows(inside: list[Carried], now_ns: int) -> list[Row]:
    """What they say at now."""
    rows = [heading(tr("Sensors"))]
    for one in inside:
        tip = tr("Double-click to go there")
        if not one.series.done():
            rows.append(Row(one.name, WAITING, target=one.target, tip=tip))
            continue
        reading = facts.reading_at(one.series.result(), now_ns, one.stale_secs)
        value = facts.MISSING if np.isnan(reading.value) else f"{figures(reading.value, digits=5)} {one.unit}".strip()
        rows.append(Row(one.name, f"{value} ({tr('stale')})" if reading.state == "stale" else value,
                        target=one.target, tip=tip))
    return rows
