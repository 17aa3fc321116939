"""All systems of the plan as a project shows them: layers, things, observations, and whether each is really drawn."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from app.discover import layer_types
from app.session import Session
from twin.document import Document
from twin.layer import Group, Layer
from twin.project import load
from twin.readers import Request
from twin.systems.catalogue import System, systems
from twin.systems.holding import SUITS, Held, Question, held_by
from twin.text import tr
from twin.trouble import Trouble

PICTURE = (320, 200)                         # pixels, where nobody looks and only what is drawn counts


@dataclass(frozen=True)
class Shown:
    """A system as a project has it. `layers` are ids, the main one first; `drawn` None = not known yet."""

    system: System
    layers: tuple[str, ...] = ()
    features: int = 0
    observations: int = 0
    drawn: bool | None = False
    reason: str = ""
    synthetic: bool = False

    def as_json(self) -> dict:
        return {"item": self.system.item, "name_zh": self.system.name_zh, "name_en": self.system.name_en,
                "spatial": self.system.spatial, "layer": self.layers[0] if self.layers else None,
                "kind": self.system.kind or None, "features": self.features, "observations": self.observations,
                "drawn": bool(self.drawn), "reason": self.reason or None, "synthetic": self.synthetic}


def questions(document: Document) -> dict[str, Question]:
    """What is to be counted, by layer."""
    return {layer.id: Question(
        Request(source=layer.source, kind=layer.reads_as or layer.kind, frame=document.frame,
                time_zone=document.time_zone),
        getattr(layer, "observed", ""), layer.system)
        for layer in document.layers if layer.system and layer.source}


def shown(document: Document, held: Mapping[str, Held], drawn: Mapping[str, bool] | None = None) -> list[Shown]:
    """Every system, in the plan's order. Without `drawn`, what can be drawn counts as drawn."""
    drawn = drawn if drawn is not None else {id: bool(h.geometry) for id, h in held.items()}
    members = {key: [x for x in document.layers if x.system == key] for key in systems()}
    return [replace(_one(system, document, members[key], held, drawn),
                    synthetic=any(x.synthetic for x in members[key])) for key, system in systems().items()]


def _one(system: System, document: Document, own: list[Layer], held: Mapping[str, Held],
         drawn: Mapping[str, bool]) -> Shown:
    if not system.spatial:
        return Shown(system, reason=tr(system.reason))
    if not own:
        return Shown(system, reason=tr("No layer of the project shows it."))
    groups = [x for x in own if isinstance(x, Group)]
    inside = [document.layer(id) for id in document.subtree([g.id for g in groups])] if groups else own
    counted = [x.id for x in inside if x.id in held]
    found = [held[id] for id in counted]
    main = groups[0].id if groups else _main(system, own, held)
    if len(found) < sum(bool(x.source) for x in inside if x.system or not groups):
        return Shown(system, _first(main, own), drawn=None, reason=tr("Not counted yet."))
    judged = all(drawn.get(id, False) for id in counted) if groups else drawn.get(main, False)
    suits = bool(groups) or (main in held and held[main].geometry in SUITS[system.kind])
    reason = next((h.error for h in found if h.error), "")
    if not reason and not (judged and suits):
        reason = tr("Nothing in it can be drawn.") if not judged else tr("It is of another kind than the system.")
    return Shown(system, _first(main, own), sum(h.features for h in found), sum(h.observations for h in found),
                 judged and suits, reason)


def _main(system: System, own: list[Layer], held: Mapping[str, Held]) -> str:
    """The layer that bears the system's name, else the first whose geometry suits it."""
    named = [x.id for x in own if x.name == system.name_en or x.name_zh == system.name_zh]
    fits = [x.id for x in own if x.id in held and held[x.id].geometry in SUITS[system.kind]]
    return (named or fits or [own[0].id])[0]


def _first(main: str, own: list[Layer]) -> tuple[str, ...]:
    return (main, *(x.id for x in own if x.id != main))


# -- without a window -------------------------------------------------------------------------------------------


def account(project: Path) -> list[Shown]:
    """Read every layer of every system and draw it off-screen. Raises Trouble where the project cannot be read."""
    layer_types()
    if project.is_dir():
        raise Trouble(tr("This is a folder."), way_out=tr("Name a project file."), path=str(project))
    session = Session(load(project))
    try:
        document = session.document
        session.edits.commit(_only_systems(document), "Systems")
        session.settle()
        held, drawn = _held(session), _drawn(session)
        return shown(document, held, drawn)
    finally:
        session.close()


def _only_systems(document: Document) -> Document:
    """Every layer of a system shown, no other."""
    kept = {x.id for x in document.layers if x.system or isinstance(x, Group)}
    return replace(document, layers=tuple(replace(x, visible=True) for x in document.layers if x.id in kept))


def _held(session: Session) -> dict[str, Held]:
    out = {}
    for layer in session.document.layers:
        asset = session.held(layer.id)
        if asset and asset.payload is not None:
            out[layer.id] = held_by(asset.payload, getattr(layer, "observed", ""), layer.system)
        elif asset:
            out[layer.id] = Held(error=str(asset.error or ""))
    return out


def _drawn(session: Session) -> dict[str, bool]:
    """Whether the visual of each layer made something: no error, features, and a place where they are."""
    from layers.view import offscreen
    view = offscreen(*PICTURE)
    try:
        view.frame(session.document, session.assets, session.moment())
        return {layer.id: _is_drawn(view.stage, layer.id) for layer in session.document.layers if layer.source}
    finally:
        view.close()


def _is_drawn(stage, id: str) -> bool:
    row = stage.rows.get(id)
    return bool(row and not row.error and row.features and stage.box(id))
