"""The commands of `app/commands/` as Qt actions, in menus, toolbar and right-click menus.

Qt only: this module is imported before anything heavy.
"""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QWidget

from app import theme
from app.commands import COMMANDS
from app.commands.command import Command, Window
from twin.text import tr

MENUS = {"file": "&File", "edit": "&Edit", "layer": "&Layer", "model": "&Model", "view": "&View",
         "time": "&Time", "analysis": "&Analysis", "help": "&Help"}
# Menus within menus, by a path; one stands where the first of its commands would.
SUBMENUS = {"layer/position": ("&Position", "place"), "layer/excavations": ("E&xcavations", "excavate"),
            "layer/look": ("Sho&w as", "flood"),
            "layer/tiles": ("Tile&s", "tiles"), "model/arrange": ("&Hide and isolate", "isolate"),
            "model/alike": ("Select &alike", "alike"), "model/sections": ("Sect&ions", "section"),
            "model/sensors": ("Senso&rs on elements", "sensors"),
            "view/scenes": ("&Scenes", "scene"), "time/jump": ("&Jump", "jump"),
            "time/look": ("What is looked &at", "time-span"), "time/rows": ("Readings by ro&w", "rows"),
            "time/bookmarks": ("Bookmar&ks", "bookmark"),
            "time/second": ("Second &instant (B)", "second"), "analysis/scenarios": ("&Scenarios", "scenarios")}
TOOLBAR = ("open", "add", "save", "", "undo", "redo", "", "home", "north", "top", "underground", "",
           "measure", "picture")
LAYER_MENU = ("zoom-to", "toggle", "opacity", "table", "", "rename", "duplicate", "reload", "coordinates", "",
              "group", "ungroup", "", "place", "move-here", "", "buffer", "touching", "", "remove")


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

    def hear(self, scope: str, widget: QWidget, letters: bool = False) -> None:
        """Let the shortcuts of `scope` work while `widget` (or what lies in it) has the focus; `letters`: only those
        that are a letter, with or without Shift, and mean nothing else there."""
        own = {command.shortcut for command in COMMANDS if command.scope == "layers"}
        for command in COMMANDS:
            key = command.shortcut
            if command.scope == scope and (not letters or (_is_letter(key) and key not in own)):
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
            if command.title and (title := command.title(self.window)) != action.text():
                action.setText(title)
                action.setToolTip(_tip(title, command))

    def retranslate(self) -> None:
        for command in COMMANDS:
            self.of[command.id].setText(tr(command.label) + (f"\t{spoken(command.keys)}" if command.keys else ""))
            self.of[command.id].setToolTip(_tip(plain(tr(command.label)), command))
        self.refresh()

    def retheme(self) -> None:
        for command in COMMANDS:
            if command.icon:
                self.of[command.id].setIcon(theme.icon(command.icon))

    def fill(self, menu: QMenu, ids: tuple[str, ...]) -> dict[str, QMenu]:
        """Put commands into a menu; "" is a separator, a path a menu of its own. Returns the latter by their paths."""
        inner = {}
        for id in ids:
            if id in SUBMENUS:
                label, icon = SUBMENUS[id]
                inner[id] = menu.addMenu(theme.icon(icon), tr(label))
                self.fill(inner[id], of_menu(id))
            else:
                menu.addAction(self.of[id]) if id else menu.addSeparator()
        return inner


def of_menu(menu: str) -> tuple[str, ...]:
    """Ids of a menu's commands with its separators; of commands in a menu within it, that menu's path."""
    out: list[str] = []
    for command in COMMANDS:
        id = command.id if command.menu == menu else command.menu
        if (command.menu == menu or command.menu.rpartition("/")[0] == menu != "") and id not in out:
            out += ["", id] if command.apart and out else [id]
    return tuple(out)


def plain(label: str) -> str:
    """Without the mark of the menu's letter: "&Open…" is "Open…", "打开(&O)…" is "打开…"."""
    import re
    return re.sub(r"\(&\w\)", "", label).replace("&", "")


def spoken(keys: str) -> str:
    """A shortcut as this system and language write it: "Space" is "空格" in Chinese."""
    return QKeySequence(keys).toString(QKeySequence.SequenceFormat.NativeText)


def _is_letter(key: str) -> bool:
    key = key.removeprefix("Shift+")
    return key.isalpha() and len(key) == 1


def _tip(words: str, command: Command) -> str:
    keys = spoken(command.shortcut)
    return f"{words}  ({keys})" if keys else words
