"""Readings on another engine as a layer of sensors: a source that is an address and no file (twin/engines)."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from twin import times
from twin.data import Sensors
from twin.history import store_reader
from twin.history.store import is_store
from twin.layer import Source
from twin.readers import Info, Progress, Request, reader
from twin.text import tr
from twin.trouble import Trouble

NAME = "sensor-engine"


def sniff(path: Path, head: bytes) -> float:
    return 0.0                            # no file is one; an address is known by its scheme


def inspect(path: Path, source: Source) -> list[Info]:
    from twin.engines.address import parse
    from twin.engines.engine import Engine
    address = parse(source.path)
    with Engine(address) as engine:
        facts, streams = engine.describe(), engine.streams()
    properties = list(dict.fromkeys(s.property for s in streams if s.property))
    zone = source.time_zone or "Asia/Shanghai"
    span = tuple(times.iso(t, zone) for t in facts["span_ns"]) if facts["span_ns"] else None
    return [Info(path=source.path, kind="sensors", format=address.backend, name=address.table,
                 crs=next((s.crs for s in streams if s.crs), ""), count=facts["datastreams"], time_span=span,
                 suggest={"observed": properties[0]} if properties else {},
                 extra={"properties": properties, "readings": facts["readings"]})]


@reader(NAME, label="Engines with readings", suffixes=(), sniff=sniff, inspect=inspect, stall_secs=1800.0)
def read(request: Request, progress: Progress) -> Sensors:
    """The local copy, brought up to date; where the engine does not answer, the copy as it was, and a note."""
    from twin.engines.address import parse
    from twin.engines.engine import Engine
    from twin.engines.mirror import folder_of, synchronise
    address, folder = parse(request.source.path), folder_of(request.source.path)
    note = ""
    try:
        with Engine(address) as engine:
            synchronise(engine, folder, progress)
    except Trouble as trouble:
        if not is_store(folder):
            raise
        note = tr("The engine did not answer; these are the readings that were fetched before. {why}",
                  why=str(trouble))
    local = replace(request, source=replace(request.source, path=str(folder), reader="sensor-store"))
    sensors = store_reader.read(local, progress)
    return replace(sensors, notes=(note, *sensors.notes)) if note else sensors
