"""The indicators of an open project at the clock's time; the window and the command line share it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from weakref import WeakKeyDictionary

import numpy as np

from app.reach_study import RESULT
from app.vital_groups import zone_layers
from twin import times
from twin.data import Vectors
from twin.document import Document
from twin.text import language, tr
from twin.trouble import Trouble
from twin.vitals.choices import IndicatorEntry
from twin.vitals.groups import contains, polygons_of
from twin.vitals.indicators import Actual, Handled, Indicator, Walked, actual_of, indicators

YES = ("true", "1", "1.0", "yes", "y", "是")


def actuals(session, board, state) -> list[tuple[Indicator, Actual]]:
    """Every indicator with its value; `board` and `state` None as long as nothing is prepared."""
    document, now = session.document, session.clock.now_ns
    entries, walked, handled = document.vitals.indicators, walked_of(session), handled_of(session)
    return [(i, actual_of(i, entries, board, state, now, document.time_zone, walked, handled)) for i in indicators()]


def handled_of(session) -> Handled | None:
    """What the journals of incidents say at the clock's time; None without one that is read. Incidents of one rule are
    of one kind, those that somebody opened without a rule of one more."""
    known, closed, going, journals = set(), set(), [], 0
    for layer in session.document.layers:
        asset = session.held(layer.id) if layer.kind == "incidents" else None
        if asset is None or asset.payload is None:
            continue
        journals += 1
        for row, incident in enumerate(asset.payload.incidents):
            state = incident.state_at(session.clock.now_ns)
            if state:
                known.add(incident.rule)
                closed |= {incident.rule} if state == "closed" else set()
                going += [(layer.id, row)] if state != "closed" else []
    return Handled(len(closed), len(known), tuple(going)) if journals else None


def studies_of(document: Document) -> tuple[str, ...]:
    """Ids of the layers that show what a study of reach on foot wrote (headless use: they are read for it)."""
    return tuple(x.id for x in document.layers if x.kind == "vectors" and x.source
                 and Path(x.source.path).name == RESULT and document.shown(x))


def walked_of(session) -> Walked | None:
    """What the last visible layer says that a study of reach on foot made, of those who live in the central urban area:
    in zones whose column `central` says yes, else everybody. None without one.
    """
    for layer in reversed(session.document.layers):
        asset = session.held(layer.id) if layer.kind == "vectors" and session.document.shown(layer) else None
        features = asset.payload.features if asset and asset.payload is not None else None
        if features is not None and {"within", "people", "walk_min"} <= set(features.column_names):
            tables = marked_zones(session)
            of = (layer.id, language(), *(payload for _, payload in tables))
            known = _counted.get(asset.payload, ((), None))
            if len(known[0]) != len(of) or any(a is not b for a, b in zip(known[0], of)):
                known = _counted[asset.payload] = of, _walked(layer.id, asset.payload, central_zones(tables))
            return known[1]
    return None


# points of a study -> (what was asked about, what they say): asked with every tick
_counted: WeakKeyDictionary[Vectors, tuple[tuple, Walked | None]] = WeakKeyDictionary()


def _walked(layer: str, points: Vectors, central: list[tuple[str, list[np.ndarray]]]) -> Walked | None:
    within = np.array(points.features.column("within").to_pylist(), bool)
    people = np.array(points.features.column("people").to_pylist(), np.float64)
    mine = np.zeros(len(people), bool)
    for _, rings in central:
        mine[points.point_feature] |= contains(rings, points.points[:, :2])
    mine |= not central
    if people[mine].sum() <= 0:
        return None
    beyond = tuple((layer, int(row)) for row in np.flatnonzero(mine & ~within))
    return Walked(100.0 * float(people[mine & within].sum() / people[mine].sum()), float(people[mine].sum()), beyond,
                  tuple(name for name, _ in central))


def marked_zones(session) -> list[tuple[str, Vectors]]:
    """(layer, payload) of the zones whose tables say which of them are central."""
    held = [(layer.id, session.asset(layer.id)) for layer in zone_layers(session.document)]
    return [(id, asset.payload) for id, asset in held if asset and isinstance(asset.payload, Vectors)
            and asset.payload.features is not None and "central" in asset.payload.features.column_names]


def central_zones(tables: list[tuple[str, Vectors]]) -> list[tuple[str, list[np.ndarray]]]:
    """(name, rings) of the zones that are marked as the central urban area."""
    return [(zone.title(language()), rings) for id, payload in tables
            for zone, rings in polygons_of(id, "zone", payload)
            if _yes(payload.features.column("central")[zone.feature].as_py())]


def _yes(value: object) -> bool:
    """Also as a word: a file of text has no other way to say it."""
    return str(value).strip().casefold() in YES


def enter(session, number: int, value: float, date: str, source: str, note: str = "") -> None:
    """Keep a value in the project, as an edit. Raises Trouble for a number, date or source that is none."""
    document = session.document
    if not any(i.number == number for i in indicators()):
        raise Trouble(tr("There is no indicator {number}.", number=number), way_out=tr("They are numbered 1 to 35."))
    if not source.strip():
        raise Trouble(tr("A value needs a source."), way_out=tr("Say where it comes from."))
    times.parse(date, document.time_zone)
    entry = IndicatorEntry(number=number, value=value, date=date, source=source.strip(), note=note.strip())
    session.edits.commit(replace(document, vitals=document.vitals.with_indicator(entry)), "Enter an indicator")


def remove(session, number: int, date: str) -> None:
    document = session.document
    session.edits.commit(replace(document, vitals=document.vitals.without_indicator(number, date)),
                         "Remove an indicator's value")
