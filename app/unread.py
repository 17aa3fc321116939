"""Why a panel is empty: the project has nothing of the kind, or its files could not be read; and the way out."""

from __future__ import annotations

from app.relinking import is_missing
from app.session import Session
from app.vital_groups import zone_layers
from twin.assets import ERROR
from twin.layer import Layer
from twin.text import sentences, tr
from twin.trouble import Trouble


def failed(session: Session, layers: list[Layer]) -> list[tuple[Layer, Trouble]]:
    """Those whose content could not be read, and why."""
    found = ((layer, session.held(layer.id)) for layer in layers)
    return [(layer, asset.error) for layer, asset in found if asset is not None and asset.state == ERROR]


def sensor_layers(session: Session) -> list[Layer]:
    return [layer for layer in session.document.layers if layer.kind == "sensors"]


def has_readings(session: Session) -> bool:
    return any(session.document.layer(id).kind == "sensors" for id, _ in session.timed_layers())


def lost_readings(session: Session) -> str:
    """How many layers of sensors are not counted because they could not be read; "" = none."""
    layers = sensor_layers(session)
    lost = failed(session, layers)
    words = tr("{n} of {total} layers of sensors could not be read", n=len(lost), total=len(layers))
    return words if lost else ""


def why_no_readings(session: Session) -> str:
    if lost := failed(session, sensor_layers(session)):
        return sentences(lost_readings(session), *_cause(*lost[0]))
    return sentences(tr("No layer of this project has readings."),
                     tr("Import readings from the menu File, or open the sample project there."))


def why_no_zones(session: Session) -> str:
    """Where there are no readings either, that too."""
    layers = zone_layers(session.document)
    if lost := failed(session, layers):
        said = tr("{n} of {total} layers of zones could not be read", n=len(lost), total=len(layers))
        return sentences(said, lost_readings(session), *_cause(*lost[0]))
    return sentences(tr("There is no zone: add a layer of zones, or draw one."),
                     "" if has_readings(session) else why_no_readings(session))


def why_no_incidents(session: Session) -> str:
    journals = [layer for layer in session.document.layers if layer.kind == "incidents"]
    if lost := failed(session, journals):
        return sentences(tr("The journal of incidents could not be read."), *_cause(*lost[0]))
    events = tr("An incident is opened from an event.")
    rules = "" if session.document.rules else tr("No rules yet: they say which readings raise an event.")
    return sentences(tr("No incident has been opened."), events, rules)


def lost_from_sight(session: Session) -> str:
    """What the scene should show and cannot; "" = nothing."""
    document = session.document
    layers = [layer for layer in document.layers if layer.source and document.shown(layer)]
    lost = failed(session, layers)
    said = tr("{n} of {total} layers that are shown here could not be read", n=len(lost), total=len(layers))
    return sentences(said, *_cause(*lost[0])) if lost else ""


def _cause(layer: Layer, trouble: Trouble) -> tuple[str, str]:
    """What happened to the first of them, and what helps all of them."""
    together = tr("In the layers, “Find the file…” finds the others of its folder again, too.")
    return sentences(trouble.what, trouble.cause), together if is_missing(layer) else trouble.way_out
