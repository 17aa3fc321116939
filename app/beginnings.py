"""When recordings began whose times only count from a start: what the project says of it, instead of their file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from twin import times
from twin.data import RasterSeries, Timed
from twin.document import Document
from twin.engines.mirror import local_store
from twin.history.starts import named_start, undated
from twin.layer import Layer, is_url
from twin.text import tr
from twin.trouble import Trouble

STEP = "When it begins"                    # in the list of what can be undone


def may_count(layer: Layer) -> bool:
    """Whether a layer's file may have times that count from a start; readings in a store have their instants."""
    return bool(layer.timed and layer.kind != "rasters" and layer.source and not is_url(layer.source.path)
                and local_store(layer.source.path) is None)


def counts(layer: Layer, payload, time_zone: str) -> bool:
    """Whether the times of a layer count from a start that the user may set."""
    if not may_count(layer) or not isinstance(payload, Timed) or isinstance(payload, RasterSeries):
        return False
    if layer.source.begins or named_start(Path(layer.source.path), time_zone) is not None:
        return True
    return payload.history is not None and undated(payload.history.span_ns)


def begun(document: Document, id: str, text: str) -> Document:
    """The document whose layer begins at this time; "" = as its file says. Raises Trouble."""
    layer, zone = document.layer(id), document.time_zone
    begins = times.iso(times.parse(text, zone), zone) if text.strip() else ""
    return document.with_layer(replace(layer, source=replace(layer.source, begins=begins)))


def change(session, id: str, tell: Callable, ask: Callable[[str], str | None]) -> None:
    """Let the user type when a layer begins. `ask(present)` gives what was typed; None = never mind."""
    layer, asset, zone = session.document.layer(id), session.asset(id), session.document.time_zone
    payload = asset.payload if asset else None
    if payload is None:
        tell(tr("It is not loaded yet, or has no place."), "warning")
    elif not counts(layer, payload, zone):
        tell(dated(layer).what, "warning")
    else:
        present = layer.source.begins or times.iso(payload.history.span_ns[0], zone)
        said = ask(present[:19].replace("T", " "))
        if said is not None:
            commit(session, id, said, tell)


def commit(session, id: str, text: str, tell: Callable) -> bool:
    """One edit, which reads the layer again; False, and told, where the text is no time."""
    if session.document.layer(id) is None or session.document.layer(id).source is None:
        return True
    try:
        document = begun(session.document, id, text)
    except Trouble as trouble:
        tell(str(trouble), "error")
        return False
    session.edits.commit(document, STEP)
    session.edits.seal()
    return True


def dated(layer: Layer) -> Trouble:
    return Trouble(tr("{name}: its file says when its readings were; they count from no start.", name=layer.name))
