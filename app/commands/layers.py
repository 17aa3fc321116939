"""What can be done with the chosen layers."""

from __future__ import annotations

from app.commands.command import Command, Window, grouped, one, placeable, some, sourced

TABLE_SHARE = 0.55                         # of the scene's height, where its rows are what one looks at


def _open_table(window: Window) -> None:
    """The attribute table of the chosen layer; of the one that is shown already, away with it."""
    id = window.layers.chosen()[0]
    if window.docking.in_front("table") and window.table.id == id:
        window.docks["table"].hide()
        return
    window.docking.show("table", window.height() * 2 // 5, TABLE_SHARE).show_layer(id)


def _recorded(window: Window) -> bool:
    """One layer whose times may count from a start."""
    if not one(window):
        return False
    from app.beginnings import may_count
    return may_count(window.layers.chosen_layers()[0])


COMMANDS = (
    Command("zoom-to", "&Zoom to", lambda w: w.layers.zoom_to(), "zoom-to", "Z", "layer", "layers", some),
    Command("toggle", "Show or &hide", lambda w: w.layers.toggle(w.layers.chosen()), "eye", "", "layer",
            "layers", some, keys="Space"),
    Command("opacity", "&Opacity…", lambda w: w.layers.set_opacity(), "opacity", "", "layer", "layers", some),
    Command("table", "&Attribute table", _open_table, "table", "F6", "layer", "window", one),
    Command("rename", "&Rename", lambda w: w.layers.rename(), "rename", "", "layer", "layers", one, apart=True,
            keys="F2"),
    Command("duplicate", "&Duplicate", lambda w: w.layers.duplicate(), "duplicate", "Ctrl+D", "layer", "layers", some),
    Command("reload", "Re&load", lambda w: w.layers.reload(), "reload", "F5", "layer", "layers", sourced),
    Command("coordinates", "&Coordinates…", lambda w: w.filing.choose_crs(w.layers.chosen()[0]), "north", "",
            "layer/position", "layers", lambda w: one(w) and sourced(w)),
    Command("begins", "When it begi&ns…", lambda w: w.filing.choose_start(w.layers.chosen()[0]), "calendar", "",
            "layer/position", "layers", _recorded),
    Command("group", "&Group", lambda w: w.layers.group(), "group-new", "Ctrl+G", "layer", "layers", apart=True),
    Command("ungroup", "&Ungroup", lambda w: w.layers.ungroup(), "ungroup", "Ctrl+Shift+G", "layer", "layers", grouped),
    Command("place", "&Place…", lambda w: w.filing.place(w.layers.chosen()[0]), "place", "", "layer/position", "layers",
            placeable),
    Command("move-here", "&Move the project here", lambda w: w.filing.move_project(w.layers.chosen()[0]), "move-here",
            "", "layer/position", "layers", one),
    Command("remove", "R&emove", lambda w: w.layers.remove(), "remove", "Del", "layer", "layers", some, apart=True),
)
