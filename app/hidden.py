"""What one goes to and does not show, or is not there at the clock's time: said, with the way to see it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from app.commands.command import Window
from app.panels.model_actions import leave_out
from app.seen_above import middle_of
from app.session import Session
from layers.arrangement import SHOWN, rules_for, with_rule
from layers.building import Building
from twin.data import Tracks
from twin.layer import Layer
from twin.text import enumerated, language, once, tr


def tell_if_hidden(window: Window, id: str, feature: int = -1) -> None:
    """A layer, an element of a building that is put away, or a vehicle that is elsewhen."""
    session = window.session
    layer = session.document.layer(id)
    if layer is None:
        return
    if not session.document.shown(layer):
        _tell(window, layer.title(language()), lambda: show_layer(window, id, whole=feature < 0))
    elif feature >= 0 and _put_away(window, layer, feature):
        _tell(window, _name(session, id, feature), lambda: show_element(session, id, feature))
    elif feature >= 0 and (instant := elsewhen(session, layer, feature)) is not None:
        window.tell(tr("{name} is not there at this time.", name=_name(session, id, feature)), "note",
                    ((tr("When it is"), lambda: session.clock.go_to(instant)),))


def tell_put_away(window, ids: list[str]) -> None:
    """What was isolated is of one model of a building: its other models went, and come back by a click."""
    session = getattr(window, "session", None)
    if not ids or session is None or not hasattr(window, "tell"):
        return
    names = enumerated(session.document.layer(id).title(language()) for id in ids)
    window.tell(tr("Put away as well, since they are models of the same building: {names}.", names=names), "note",
                ((tr("Show these"), lambda: leave_out(session, ids)),))


def _tell(window: Window, name: str, show: Callable[[], None]) -> None:
    window.tell(tr("{name} is hidden.", name=name), "note", ((tr("Show"), show),))


def show_layer(window: Window, id: str, whole: bool = True) -> None:
    """With the groups that it lies in; what of it is chosen in the panel is brought into view, but not the `whole`
    layer where one has gone to a feature of it."""
    present = window.session.document
    if layer := present.layer(id):
        ids = [id, *(group.id for group in present.ancestors(layer))]
        _commit(window.session, present.with_each(ids, lambda x: replace(x, visible=True)))
        if whole:
            window.layers.zoom_to()


def show_element(session: Session, id: str, feature: int) -> None:
    """Whatever was isolated stays; of one storey only, all storeys come back."""
    layer = session.document.layer(id)
    if layer is None:
        return
    arranged = layer.arranged
    for rule in rules_for(session.asset(id).payload.features, np.array([feature]), SHOWN):
        arranged = with_rule(arranged, rule)
    _commit(session, session.document.with_layer(replace(layer, arranged=arranged, storey="", storeys_below=False)))


def elsewhen(session: Session, layer: Layer, feature: int) -> int | None:
    """The instant (ns) nearest to now at which a vehicle is there; None of one that is there now, and of all else."""
    asset = session.held(layer.id)
    tracks = asset.payload if asset else None
    if not isinstance(tracks, Tracks) or tracks.history is None or middle_of(session, layer, feature) is not None:
        return None
    own, now_ns = tracks.history.only(feature), session.clock.now_ns
    known = [ns for ns in (own.reading_until(now_ns), own.reading_after(now_ns)) if ns is not None]
    return min(known, key=lambda ns: abs(ns - now_ns), default=None)


def _put_away(window: Window, layer, feature: int) -> bool:
    visual = window.viewport.stage.visual(layer.id) if isinstance(layer, Building) else None
    elements = getattr(visual, "elements", None)
    return (elements is not None and feature < elements.count and elements.alpha(layer)[feature] == 0
            and feature not in elements.called(layer, (feature,)))


def _name(session: Session, id: str, feature: int) -> str:
    features = session.asset(id).payload.features
    said = features.column("name")[feature].as_py() if "name" in features.column_names else ""
    return once(said or "") or session.document.layer(id).title(language())


def _commit(session: Session, document) -> None:
    session.edits.commit(document, "Show")
    session.edits.seal()
