"""Digging: excavations by a drawn polygon or under a model, and their list."""

from __future__ import annotations

from app.commands.command import Command, one, ready


def _terrain(window) -> bool:
    return ready(window) and bool(window.session.document.of_kind("terrain"))


def _model_chosen(window) -> bool:
    return one(window) and _terrain(window) and window.layers.chosen_layers()[0].kind == "building"


def _dug(window) -> bool:
    return ready(window) and any(getattr(layer, "cuts", ()) for layer in window.session.document.layers)


def _excavate(window) -> None:
    from app.drawing import Drawing
    Drawing(window.session, window.viewport, "polygon", lambda ring: _cut(window, ring, None, ""), on_ground=True,
            ).begin()


def _under_model(window) -> None:
    from app.excavating import under_model
    from twin.text import language
    from twin.trouble import Trouble
    layer = window.layers.chosen_layers()[0]
    try:
        ring, floor_m = under_model(window.session, layer)
    except Trouble as trouble:
        window.tell(str(trouble), "warning")
        return
    _cut(window, ring, round(floor_m, 2), layer.title(language()))


def _cut(window, ring, floor_m, name: str) -> None:
    from app.excavating import cut_in, nothing_dug
    from twin.trouble import Trouble
    if ring is None:
        return
    try:
        document, terrain = cut_in(window.session, ring, floor_m, name)
    except Trouble as trouble:
        window.tell(str(trouble), "warning")
        return
    window.session.edits.commit(document, "Excavation")
    window.session.edits.seal()
    if words := nothing_dug(window.session, terrain, terrain.cuts[-1]):
        window.tell(words, "warning")
    _list(window, terrain.id)


def _list(window, id: str = "") -> None:
    from app.panels.cuts_dialog import CutsDialog
    layers = window.session.document.layers
    id = id or next(layer.id for layer in layers if getattr(layer, "cuts", ()))
    CutsDialog(window, window.session, id).show()


COMMANDS = (
    Command("excavate", "E&xcavate…", _excavate, "excavate", "", "layer/excavations", enabled=_terrain, apart=True),
    Command("excavate-model", "Exca&vate under the model", _under_model, "excavate", "", "layer/excavations",
            enabled=_model_chosen),
    Command("excavations", "Excavatio&ns…", _list, "excavate", "", "layer/excavations", enabled=_dug),
)
