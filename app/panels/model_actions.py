"""Hide, isolate, ghost, show: what gestures on a building model do to its layer. Each is one edit."""

from __future__ import annotations

from dataclasses import replace
from functools import reduce

import numpy as np

from app.federation import at_storey, colored_by, together
from app.session import Session
from layers.arrangement import GHOST, HIDDEN, SHOWN, Paint, Rule, isolated, rules_for, with_rule
from layers.building import Building
from layers.building_elements import SPACE
from twin.selection import Selection

PAINTS = ("#e8590c", "#0b7285", "#c2255c", "#5c940d", "#7048e8")
ALIKE = ("type", "class", "material")


def buildings(session: Session) -> list[Building]:
    return list(session.document.of_kind("building"))


def chosen(session: Session) -> dict[str, np.ndarray]:
    """{layer id: selected features} of the building layers."""
    found = {layer.id: session.selection.features(layer.id) for layer in buildings(session)}
    return {id: np.array(features, np.intp) for id, features in found.items() if features}


def select(session: Session, id: str, features: np.ndarray, more: bool = False) -> None:
    """`more`: beside what is selected of other layers."""
    kept = tuple(item for item in session.selection.items if item[0] != id) if more else ()
    session.selection = Selection((*kept, *((id, int(feature)) for feature in features)))


# -- arrange -------------------------------------------------------------------------------------------


def arrange(session: Session, id: str, features: np.ndarray, show: str, *, by: str = "", values=()) -> None:
    """Show, hide or ghost `features`; `by` and `values` where a column says the same shorter."""
    _arrange(session, {id: _rules(session, id, features, show, by, values)}, show)


def _arrange(session: Session, found: dict[str, tuple[Rule, ...]], show: str) -> None:
    """`found` by model: the rules that are new. One edit."""
    document = session.document.with_each(
        found, lambda x: replace(x, arranged=reduce(with_rule, found[x.id], x.arranged)))
    session.edits.commit(document, {SHOWN: "Show", HIDDEN: "Hide", GHOST: "Ghost"}[show])
    session.edits.seal()


def isolate(session: Session, id: str, features: np.ndarray, ghosts: bool = False, *, by: str = "",
            values=()) -> list[str]:
    """Only `features` are left; with `ghosts` the rest stays as a faint shape around them. Returns as `_isolate`."""
    rules = _isolating(session, id, features, by, values)
    return _isolate(session, {id: rules} if rules else {}, ghosts)


def paint(session: Session, id: str, features: np.ndarray, label: str) -> None:
    """Give `features` a colour and a line in the legend; the same label again replaces it."""
    layer = session.document.layer(id)
    rule, = _rules(session, id, features, SHOWN, "", ())
    kept = tuple(old for old in layer.painted if old.label != label)
    fresh = Paint(label=label, color=PAINTS[len(kept) % len(PAINTS)], by=rule.by, values=rule.values)
    _commit(session, replace(layer, painted=(*kept, fresh)), "Paint")


def paint_all(session: Session, id: str, found: dict[str, np.ndarray], colors=PAINTS) -> None:
    """Each label of `found` in a colour of its own, instead of all older paint; one edit."""
    paints = [Paint(label=label, color=colors[at % len(colors)], by=rule.by, values=rule.values)
              for at, (label, features) in enumerate(found.items())
              for rule in _rules(session, id, features, SHOWN, "", ())]
    _commit(session, replace(session.document.layer(id), painted=tuple(paints)), "Paint")


def color_by(session: Session, id: str, column: str) -> None:
    """Colour a model by a property."""
    session.edits.commit(colored_by(session, id, column), "Colour by")
    session.edits.seal()


def show_all(session: Session, ids) -> None:
    """Nothing hidden, no ghosts, no paint, every storey."""
    document = session.document.with_each(
        ids, lambda x: replace(x, arranged=(), painted=(), storey="", storeys_below=False))
    session.edits.commit(document, "Show all")
    session.edits.seal()


def show_spaces(session: Session, shown: bool) -> None:
    """Of every building."""
    ids = [layer.id for layer in buildings(session)]
    session.edits.commit(session.document.with_each(ids, lambda x: replace(x, spaces=shown)), "Show spaces")
    session.edits.seal()


def _rules(session, id, features, show, by, values):
    table = session.asset(id).payload.features
    return rules_for(table, features, show, by=by, values=tuple(values)) if len(features) else ()


def _without_spaces(session: Session, id: str, features: np.ndarray) -> np.ndarray:
    """Rooms come along only where nothing else was meant: they would fill what is isolated."""
    classes = np.array(session.asset(id).payload.features.column("class").to_pylist(), object)[features]
    solid = features[classes != SPACE]
    return solid if len(solid) else features


def _commit(session: Session, layer: Building, label: str) -> None:
    session.edits.commit(session.document.with_layer(layer), label)
    session.edits.seal()


# -- the selection -------------------------------------------------------------------------------------


def arrange_chosen(session: Session, show: str) -> None:
    """In all models of the selection, one edit."""
    if found := {id: _rules(session, id, features, show, "", ()) for id, features in chosen(session).items()}:
        _arrange(session, found, show)


def isolate_chosen(session: Session, ghosts: bool = False) -> list[str]:
    """Of all models that stand in one another with those of the selection, one edit. Returns as `_isolate`."""
    found = {id: _isolating(session, id, features) for id, features in chosen(session).items()}
    return _isolate(session, {id: rules for id, rules in found.items() if rules}, ghosts)


def _isolating(session: Session, id: str, features: np.ndarray, by: str = "", values=()) -> tuple[Rule, ...]:
    return _rules(session, id, _without_spaces(session, id, features), SHOWN, by, values)


def _isolate(session: Session, found: dict[str, tuple[Rule, ...]], ghosts: bool) -> list[str]:
    """`found` by model: what is left of it. Returns the models of which nothing is left: the others of the building."""
    if not found:
        return []
    whole = together(session, found)
    document = session.document.with_each(
        whole, lambda x: replace(x, arranged=isolated(found.get(x.id, ()), ghosts)))
    session.edits.commit(document, "Ghost the rest" if ghosts else "Isolate")
    session.edits.seal()
    return [layer.id for layer in buildings(session) if layer.id in whole - set(found)]


def leave_out(session: Session, ids: list[str]) -> None:
    """These models show again what they showed before they were put away with others."""
    session.edits.commit(session.document.with_each(ids, lambda x: replace(x, arranged=())), "Show")
    session.edits.seal()


# -- storeys -------------------------------------------------------------------------------------------


def show_storey(session: Session, id: str, storey: str, below: bool) -> None:
    """Only this storey ("" = all) of the building, or it with all beneath; a drag of the slider is one edit."""
    session.edits.commit(at_storey(session, id, storey, below), "Only storey", merge=f"{id}.storey")
