"""Every command once, as data. Menus, toolbar, right-click menus and the command palette are built from it.

A handler gets the window. `enabled` and `checked` are asked when something changed, never stored.
Pure data and Qt only: this module is imported before anything heavy.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QWidget

from app import theme
from twin.text import tr

Window = Any                              # app.window.Window; not imported, it imports this
MENUS = {"file": "&File", "edit": "&Edit", "layer": "&Layer", "model": "&Model", "view": "&View",
         "time": "&Time", "help": "&Help"}


@dataclass(frozen=True)
class Command:
    """`scope`: where the shortcut is heard: "window", "layers" (the panel) or "scene" (the viewport)."""

    id: str
    label: str                            # English, with a & for the menu's letter
    run: Callable[[Window], None]
    icon: str = ""
    shortcut: str = ""
    menu: str = ""
    scope: str = "window"
    enabled: Callable[[Window], bool] = lambda window: window.session is not None
    checked: Callable[[Window], bool] | None = None
    title: Callable[[Window], str] | None = None      # a label that says more ("Undo: Opacity")


def ready(window: Window) -> bool:
    return window.session is not None


def some(window: Window) -> bool:
    """Any layer is selected."""
    return ready(window) and bool(window.layers.chosen())


def one(window: Window) -> bool:
    return ready(window) and len(window.layers.chosen()) == 1


def sourced(window: Window) -> bool:
    return ready(window) and any(layer.source for layer in window.layers.chosen_layers())


def placeable(window: Window) -> bool:
    return one(window) and hasattr(window.layers.chosen_layers()[0], "placement")


def grouped(window: Window) -> bool:
    return ready(window) and any(layer.kind == "group" for layer in window.layers.chosen_layers())


def modelled(window: Window) -> bool:
    """A building is open."""
    return ready(window) and any(layer.kind == "building" for layer in window.session.document.layers)


def picked(window: Window) -> bool:
    """Elements of a building are selected."""
    return modelled(window) and window.model.picked()


def timed(window: Window) -> bool:
    return ready(window) and window.session.clock.now_ns != 0


def spanned(window: Window) -> bool:
    return ready(window) and window.session.clock.span_ns[1] > window.session.clock.span_ns[0]


def always(window: Window) -> bool:
    return True


def undo_title(window: Window) -> str:
    label = window.session.edits.undo_label if ready(window) else ""
    return tr("Undo: {label}", label=tr(label)) if label else tr("Undo")


def redo_title(window: Window) -> str:
    label = window.session.edits.redo_label if ready(window) else ""
    return tr("Redo: {label}", label=tr(label)) if label else tr("Redo")


COMMANDS: tuple[Command, ...] = (
    Command("new", "&New project", lambda w: w.new_project(), "new", "Ctrl+N", "file"),
    Command("open", "&Open…", lambda w: w.ask_open(), "open", "Ctrl+O", "file"),
    Command("add", "&Add files…", lambda w: w.ask_add(), "add", "Ctrl+Shift+A", "file"),
    Command("add-folder", "Add a &folder…", lambda w: w.ask_folder(), "group", "", "file"),
    Command("import", "&Import readings…", lambda w: w.ask_import(), "import", "Ctrl+I", "file"),
    Command("save", "&Save", lambda w: w.save(), "save", "Ctrl+S", "file"),
    Command("save-as", "Sa&ve as…", lambda w: w.save_as(), "save-as", "Ctrl+Shift+S", "file"),
    Command("picture", "Save &picture…", lambda w: w.ask_picture(), "picture", "Ctrl+P", "file"),
    Command("quit", "&Quit", lambda w: w.close(), "quit", "Ctrl+Q", "file", enabled=always),

    Command("undo", "&Undo", lambda w: w.undo(), "undo", "Ctrl+Z", "edit",
            enabled=lambda w: ready(w) and bool(w.session.edits.undo_label), title=undo_title),
    Command("redo", "&Redo", lambda w: w.redo(), "redo", "Ctrl+Shift+Z", "edit",
            enabled=lambda w: ready(w) and bool(w.session.edits.redo_label), title=redo_title),
    Command("command", "&Commands and layers…", lambda w: w.open_palette(), "search", "Ctrl+K", "edit"),
    Command("filter", "&Filter layers", lambda w: w.focus_filter(), "filter", "Ctrl+F", "edit"),

    Command("zoom-to", "&Zoom to", lambda w: w.layers.zoom_to(), "zoom-to", "Z", "layer", "layers", some),
    Command("toggle", "Show or &hide", lambda w: w.layers.toggle(w.layers.chosen()), "eye", "", "layer",
            "layers", some),
    Command("opacity", "&Opacity…", lambda w: w.layers.set_opacity(), "opacity", "", "layer", "layers", some),
    Command("table", "&Attribute table", lambda w: w.open_table(), "table", "F6", "layer", "window", one),
    Command("rename", "&Rename", lambda w: w.layers.rename(), "rename", "", "layer", "layers", one),
    Command("duplicate", "&Duplicate", lambda w: w.layers.duplicate(), "duplicate", "Ctrl+D", "layer", "layers", some),
    Command("reload", "Re&load", lambda w: w.layers.reload(), "reload", "F5", "layer", "layers", sourced),
    Command("coordinates", "&Coordinates…", lambda w: w.filing.choose_crs(w.layers.chosen()[0]), "north", "", "layer",
            "layers", lambda w: one(w) and sourced(w)),
    Command("group", "&Group", lambda w: w.layers.group(), "group-new", "Ctrl+G", "layer", "layers"),
    Command("ungroup", "&Ungroup", lambda w: w.layers.ungroup(), "ungroup", "Ctrl+Shift+G", "layer", "layers", grouped),
    Command("place", "&Place…", lambda w: w.place(w.layers.chosen()[0]), "place", "", "layer", "layers", placeable),
    Command("move-here", "&Move the project here", lambda w: w.move_project(w.layers.chosen()[0]), "move-here", "",
            "layer", "layers", one),
    Command("remove", "R&emove", lambda w: w.layers.remove(), "remove", "Del", "layer", "layers", some),

    Command("find", "&Find in the model…", lambda w: w.find_in_model(), "search", "Ctrl+Shift+F", "model",
            enabled=modelled),
    Command("compare", "&Compare with an older issue…", lambda w: w.compare_model(), "duplicate", "", "model",
            enabled=modelled),
    Command("isolate", "&Isolate", lambda w: w.model.isolate_picked(), "isolate", "I", "model", "scene", picked),
    Command("ghost-rest", "&Ghost the rest", lambda w: w.model.isolate_picked(ghosts=True), "ghost", "G", "model",
            "scene", picked),
    Command("hide-picked", "&Hide", lambda w: w.model.arrange_picked("hidden"), "eye-off", "H", "model", "scene",
            picked),
    Command("ghost-picked", "Gh&ost", lambda w: w.model.arrange_picked("ghost"), "ghost", "Shift+G", "model", "scene",
            picked),
    Command("show-all", "Show &all", lambda w: w.model.show_all(), "eye", "Shift+H", "model", "scene", modelled),
    Command("alike-type", "Select the same type", lambda w: w.model.select_alike("type"), "alike", "", "model",
            enabled=picked),
    Command("alike-class", "Select the same class", lambda w: w.model.select_alike("class"), "alike", "", "model",
            enabled=picked),
    Command("alike-material", "Select the same material", lambda w: w.model.select_alike("material"), "alike", "",
            "model", enabled=picked),
    Command("cut-level", "Cut &level…", lambda w: w.model.cut(level=True), "section", "", "model", enabled=modelled),
    Command("cut-upright", "Cut &upright…", lambda w: w.model.cut(level=False), "section", "", "model",
            enabled=modelled),
    Command("cut-box", "Section &box around the selection", lambda w: w.model.cut_box(), "section", "B", "model",
            "scene", picked),
    Command("uncut", "&Remove sections", lambda w: w.model.uncut(), "close", "", "model",
            enabled=lambda w: modelled(w) and w.model.is_cut),
    Command("spaces", "&Spaces as rooms", lambda w: w.model.toggle_spaces(), "rooms", "R", "model", "scene", modelled,
            checked=lambda w: modelled(w) and w.model.spaces),

    Command("home", "&Home", lambda w: w.viewport.home(), "home", "Home", "view"),
    Command("north", "&North up", lambda w: w.viewport.north_up(), "north", "N", "view", "scene"),
    Command("top", "&Top view", lambda w: w.viewport.top_view(), "top", "T", "view", "scene"),
    Command("panels", "Hide or show the &panels", lambda w: w.toggle_panels(), "panels", "Tab", "view", "scene"),
    Command("full-screen", "&Full screen", lambda w: w.toggle_full_screen(), "full-screen", "F11", "view",
            enabled=always, checked=lambda w: w.isFullScreen()),

    Command("play", "&Play or pause", lambda w: w.timeline.toggle_play(), "play", "Space", "time", enabled=timed),
    Command("step-back", "Step &back", lambda w: w.session.clock.step(-1), "step-back", ",", "time", enabled=timed),
    Command("step-forward", "Step &forward", lambda w: w.session.clock.step(1), "step-forward", ".", "time",
            enabled=timed),
    Command("to-start", "To the &start", lambda w: w.session.clock.go_to(w.session.clock.span_ns[0]), "to-start",
            "Ctrl+Home", "time", enabled=spanned),
    Command("to-end", "To the &end", lambda w: w.session.clock.go_to(w.session.clock.span_ns[1]), "to-end",
            "Ctrl+End", "time", enabled=spanned),
    Command("loop", "&Loop", lambda w: w.toggle_loop(), "loop", "", "time", enabled=spanned,
            checked=lambda w: ready(w) and w.session.clock.loop),
    Command("live", "Follow the newest &reading", lambda w: w.timeline.toggle_live(), "live", "", "time",
            enabled=spanned, checked=lambda w: ready(w) and w.session.clock.state == "following"),

    Command("about", "&About citytwin", lambda w: w.about(), "about", "", "help", enabled=always),
    Command("log", "Show the &log folder", lambda w: w.show_log(), "open", "", "help", enabled=always),
)
TOOLBAR = ("open", "add", "save", "", "undo", "redo", "", "home", "north", "top", "", "picture")
LAYER_MENU = ("zoom-to", "toggle", "opacity", "table", "", "rename", "duplicate", "reload", "coordinates", "",
              "group", "ungroup", "", "place", "move-here", "", "remove")
SEPARATE_BEFORE = ("add", "save", "picture", "quit", "command", "rename", "group", "place", "remove", "isolate",
                   "show-all", "alike-type", "cut-level", "spaces", "panels", "to-start", "loop")


class Actions:
    """One QAction per command, on the widget that hears its shortcut."""

    def __init__(self, window: Window):
        self.window = window
        self.of: dict[str, QAction] = {}
        for command in COMMANDS:
            action = QAction(window)
            action.setCheckable(command.checked is not None)
            action.triggered.connect(lambda _=False, command=command: self.run(command))
            self.of[command.id] = action
            if command.scope == "window":
                self._listen(command, window, Qt.ShortcutContext.WindowShortcut)
        self.retranslate()
        self.retheme()

    def hear(self, scope: str, widget: QWidget) -> None:
        """Let the shortcuts of `scope` work while `widget` (or what lies in it) has the focus."""
        for command in COMMANDS:
            if command.scope == scope:
                self._listen(command, widget, Qt.ShortcutContext.WidgetWithChildrenShortcut)

    def _listen(self, command: Command, widget: QWidget, context: Qt.ShortcutContext) -> None:
        action = self.of[command.id]
        action.setShortcut(QKeySequence(command.shortcut))
        action.setShortcutContext(context)
        widget.addAction(action)

    def run(self, command: Command) -> None:
        if command.enabled(self.window):
            command.run(self.window)

    def refresh(self) -> None:
        """Ask every command whether it can be used now."""
        for command in COMMANDS:
            action = self.of[command.id]
            action.setEnabled(command.enabled(self.window))
            if command.checked:
                action.setChecked(command.checked(self.window))
            if command.title:
                action.setText(command.title(self.window))
                action.setToolTip(_tip(action.text(), command))

    def retranslate(self) -> None:
        for command in COMMANDS:
            self.of[command.id].setText(tr(command.label))
            self.of[command.id].setToolTip(_tip(plain(tr(command.label)), command))
        self.refresh()

    def retheme(self) -> None:
        for command in COMMANDS:
            if command.icon:
                self.of[command.id].setIcon(theme.icon(command.icon))

    def fill(self, menu: QMenu, ids: tuple[str, ...]) -> None:
        """Put commands into a menu; "" is a separator."""
        for id in ids:
            menu.addAction(self.of[id]) if id else menu.addSeparator()

    def of_menu(self, menu: str) -> tuple[str, ...]:
        """Ids of a menu's commands with its separators."""
        out: list[str] = []
        for command in COMMANDS:
            if command.menu == menu:
                out += ["", command.id] if command.id in SEPARATE_BEFORE and out else [command.id]
        return tuple(out)


def plain(label: str) -> str:
    """Without the mark of the menu's letter: "&Open…" is "Open…", "打开(&O)…" is "打开…"."""
    import re
    return re.sub(r"\(&\w\)", "", label).replace("&", "")


def _tip(words: str, command: Command) -> str:
    keys = QKeySequence(command.shortcut).toString(QKeySequence.SequenceFormat.NativeText)
    return f"{words}  ({keys})" if keys else words
