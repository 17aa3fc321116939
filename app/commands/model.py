"""What can be done in a building."""

from __future__ import annotations

from PySide6.QtWidgets import QApplication

from app.commands.command import Command, Window, modelled, picked
from twin.text import tr


def _find(window: Window) -> None:
    if window.find.isAncestorOf(QApplication.focusWidget()):
        window.docks["find"].hide()
        return
    window.docking.show("find", window.height() // 3)
    window.find.line.setFocus()
    window.find.line.selectAll()


def _compare(window: Window, update: bool = False) -> None:
    from app import dialogs
    if path := dialogs.open_model(window, window.settings.folder,
                                  tr("Update to a new issue") if update else tr("Compare with an older issue")):
        window.docking.show("find", window.height() // 3)
        window.find.update(path) if update else window.find.compare(path)


def _tree(window: Window) -> Window | None:
    """The model panel, where its tree has the focus: a storey or a class chosen there is one short rule."""
    panel = window.docking.made.get("model")
    return panel if panel is not None and panel.tree.hasFocus() and panel.nodes() else None


def _isolate(window: Window, ghosts: bool = False) -> None:
    from app.hidden import tell_put_away
    from app.panels import model_actions as actions
    if panel := _tree(window):
        panel.isolate(ghosts)
    else:
        tell_put_away(window, actions.isolate_chosen(window.session, ghosts))


def _arrange(window: Window, show: str) -> None:
    from app.panels import model_actions as actions
    if panel := _tree(window):
        panel.arrange(show)
    else:
        actions.arrange_chosen(window.session, show)


def _show_all(window: Window) -> None:
    from app.panels import model_actions as actions
    actions.show_all(window.session, [layer.id for layer in actions.buildings(window.session)])


def _select_alike(window: Window, column: str) -> None:
    window.session.alike.by_column(column)


def _cut(window: Window, level: bool) -> None:
    """The next click on an IFC model says where: level, or upright across the view."""
    from app.panels.model_actions import buildings
    from app.panels.model_sections import add_cut, towards

    asked = tr("Click on an IFC model where it is to be cut. Escape cancels.")

    def clicked(hit) -> None:
        window.notices.withdraw(asked)
        if hit is None:                            # Esc
            return
        if hit.layer in {layer.id for layer in buildings(window.session)}:
            add_cut(window.session, hit.point, (0.0, 0.0, 1.0) if level else towards(window.viewport.camera()))
            return
        window.tell(tr("Sections cut IFC models, not this: click on a model, or press Esc."), "warning")
        window.viewport.pick_of((), clicked)
    window.tell(asked)
    window.viewport.pick_of((), clicked)


def _cut_box(window: Window) -> None:
    from app.panels.model_actions import chosen
    from app.panels.model_sections import cut_box
    from twin.data import union
    stage = window.viewport.stage
    if box := union([stage.visual(id).feature_bounds(found) for id, found in chosen(window.session).items()]):
        cut_box(window.session, box)


def _uncut(window: Window) -> None:
    from app.panels.model_sections import set_cuts
    set_cuts(window.session, (), "Remove sections")


def _is_cut(window: Window) -> bool:
    if not modelled(window):
        return False
    from app.panels.model_sections import cuts_of
    return bool(cuts_of(window.session))


def _spaces(window: Window) -> bool:
    """Rooms are drawn in a building at least."""
    return modelled(window) and any(layer.spaces for layer in window.session.document.of_kind("building"))


def _by_model(window: Window) -> bool:
    if not modelled(window):
        return False
    from app.federation import colored_by_model  # heavy: only where there are models
    return colored_by_model(window.session)


def _color_by_model(window: Window) -> None:
    from app.federation import color_by_model
    color_by_model(window.session, not _by_model(window))


def _toggle_spaces(window: Window) -> None:
    from app.panels.model_actions import show_spaces
    show_spaces(window.session, not _spaces(window))


def _pull_apart(window: Window) -> None:
    """To the slider in the style of the building that is inspected, else of the first that is shown."""
    session = window.session
    found = sorted(session.document.of_kind("building"),
                   key=lambda layer: (layer.id != session.about, not session.document.shown(layer)))
    window.docking.show("inspector").edit_field(found[0].id, "apart_m")


COMMANDS = (
    Command("find", "&Find in the model…", _find, "search", "Ctrl+Shift+F", "model", enabled=modelled),
    Command("compare", "&Compare with an older issue…", _compare, "duplicate", "", "model", enabled=modelled),
    Command("update-model", "&Update to a new issue…", lambda w: _compare(w, update=True), "reload", "", "model",
            enabled=modelled),
    Command("isolate", "&Isolate", _isolate, "isolate", "I", "model/arrange", "scene", picked, apart=True),
    Command("ghost-rest", "&Ghost the rest", lambda w: _isolate(w, ghosts=True), "ghost", "G", "model/arrange",
            "scene", picked),
    Command("hide-picked", "&Hide", lambda w: _arrange(w, "hidden"), "eye-off", "H", "model/arrange", "scene",
            picked),
    Command("ghost-picked", "Gh&ost", lambda w: _arrange(w, "ghost"), "ghost", "Shift+G", "model/arrange",
            "scene", picked),
    Command("show-all", "Show &all", _show_all, "eye", "Shift+H", "model/arrange", "scene", modelled, apart=True),
    Command("alike-type", "Select the same &type", lambda w: _select_alike(w, "type"), "alike", "", "model/alike",
            enabled=picked),
    Command("alike-class", "Select the same &class", lambda w: _select_alike(w, "class"), "alike", "",
            "model/alike", enabled=picked),
    Command("alike-material", "Select the same &material", lambda w: _select_alike(w, "material"), "alike", "",
            "model/alike", enabled=picked),
    Command("cut-level", "Cut &level…", lambda w: _cut(w, level=True), "section", "", "model/sections",
            enabled=modelled),
    Command("cut-upright", "Cut &upright…", lambda w: _cut(w, level=False), "section", "", "model/sections",
            enabled=modelled),
    Command("cut-box", "Section &box around the selection", _cut_box, "section", "B", "model/sections", "scene",
            picked),
    Command("uncut", "&Remove sections", _uncut, "close", "", "model/sections", enabled=_is_cut),
    Command("spaces", "&Spaces as rooms", _toggle_spaces, "rooms", "R", "model", "scene", modelled, checked=_spaces,
            apart=True),
    Command("by-model", "Colour by mo&del", _color_by_model, "building", "", "model", enabled=modelled,
            checked=_by_model),
    Command("storeys-apart", "Pull storeys a&part…", _pull_apart, "storeys-below", "", "model", enabled=modelled),
)
