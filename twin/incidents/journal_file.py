"""A journal of incidents as a layer's content: where each happened, and which state it was in when."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from twin import times
from twin.data import Bounds, Payload, box
from twin.incidents.incident import STATE_WORDS, Incident
from twin.incidents.journal import read as read_journal
from twin.layer import Source
from twin.readers import Info, Progress, Request, reader
from twin.text import tr


@dataclass(frozen=True, eq=False, kw_only=True)
class Cases(Payload):
    """`incidents` in the order of `features`; `positions` (n, 3) f8 local metres, NaN = no place, z NaN = on the
    ground; `until_ns` (n,) i8: when each was closed, the end of time while it is not."""

    incidents: tuple[Incident, ...] = ()
    positions: np.ndarray = field(default_factory=lambda: np.zeros((0, 3)))
    until_ns: np.ndarray = field(default_factory=lambda: np.zeros(0, np.int64))

    def bounds(self) -> Bounds | None:
        return box(np.nan_to_num(self.positions[np.isfinite(self.positions[:, 0])]))


def sniff(path: Path, head: bytes) -> float:
    first = head.split(b"\n", 1)[0]
    if not first.startswith(b"{") or b'"incident"' not in first:
        return 0.0
    try:
        body = json.loads(first)
    except (UnicodeDecodeError, json.JSONDecodeError):
        return 0.0
    return 0.99 if {"seq", "incident", "kind", "hash"} <= set(body) else 0.0


def inspect(path: Path, source: Source) -> list[Info]:
    incidents = read_journal(path).incidents()
    span = (times.iso(incidents[0].steps[0].time_ns, "UTC"),
            times.iso(max(i.steps[-1].time_ns for i in incidents), "UTC")) if incidents else None
    return [Info(path=str(path), kind="incidents", format="citytwin incidents", name=tr("Incidents"),
                 crs="", crs_source="project", count=len(incidents), time_span=span)]


@reader("incidents", label="citytwin incidents", suffixes=(".jsonl",), sniff=sniff, inspect=inspect)
def read(request: Request, progress: Progress) -> Cases:
    progress(0.0)
    reading = read_journal(request.path)
    incidents = tuple(reading.incidents())
    never = np.iinfo(np.int64).max
    until = [never if i.time_of("closed") is None else i.time_of("closed") for i in incidents]
    origin = np.array(request.frame.origin)
    places = np.array([i.place or (np.nan,) * 3 for i in incidents], np.float64).reshape(-1, 3) - origin
    notes = (tr("A half-written last line was left out: a step that was never confirmed."),) if reading.cut else ()
    lost = sum(i.place is None for i in incidents)
    notes += (tr("{n} incidents have no place.", n=lost),) if lost else ()
    return Cases(features=features_of(incidents, request.time_zone), count=len(incidents), incidents=incidents,
                 positions=places, until_ns=np.array(until, np.int64), notes=notes)


def features_of(incidents: tuple[Incident, ...], time_zone: str):
    """One row for each incident, as the attribute table shows it and CSV takes it."""
    import pyarrow as pa

    def when(incident: Incident, state: str) -> str | None:
        time_ns = incident.time_of(state)
        return None if time_ns is None else times.iso(time_ns, time_zone)

    columns = {
        "id": [i.id for i in incidents],
        "name": [i.title for i in incidents],
        "level": [i.level for i in incidents],
        "state": [i.state for i in incidents],
        **{f"{state}_at": [when(i, state) for i in incidents] for state in STATE_WORDS},
        "handling_min": [None if i.secs() is None else i.secs() / 60.0 for i in incidents],
        "datastreams": [", ".join(i.streams) for i in incidents],
        "synthetic": [i.synthetic for i in incidents],
    }
    text = pa.string()
    kinds = {"level": pa.int32(), "handling_min": pa.float64(), "synthetic": pa.bool_()}
    return pa.table({name: pa.array(values, kinds.get(name, text)) for name, values in columns.items()})
