"""Readings on another engine, or in a store elsewhere, as a layer of sensors: a source that is an address and no file
(twin/engines)."""

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
    from twin.engines.elsewhere import fetch, is_store_elsewhere
    from twin.engines.mirror import folder_of
    if is_store_elsewhere(source.path):
        fetch(source.path, folder := folder_of(source.path), Progress())
        name = source.path.rstrip("/").rpartition("/")[2].removesuffix(store_reader.SUFFIX)
        return [replace(info, path=source.path, name=name) for info in store_reader.inspect(folder, source)]
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
    from twin.engines.mirror import folder_of
    folder = folder_of(request.source.path)
    note = ""
    try:
        _bring(request.source.path, folder, progress)
    except Trouble as trouble:
        if not is_store(folder):
            raise
        note = tr("The engine did not answer; these are the readings that were fetched before. {why}",
                  why=str(trouble))
    local = replace(request, source=replace(request.source, path=str(folder), reader="sensor-store"))
    sensors = store_reader.read(local, progress)
    return replace(sensors, notes=(note, *sensors.notes)) if note else sensors


def _bring(address: str, folder: Path, progress: Progress) -> None:
    from twin.engines.address import parse
    from twin.engines.elsewhere import fetch, is_store_elsewhere
    from twin.engines.engine import Engine
    from twin.engines.mirror import synchronise
    if is_store_elsewhere(address):
        fetch(address, folder, progress)
        return
    with Engine(parse(address)) as engine:
        synchronise(engine, folder, progress)
