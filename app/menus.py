"""The menu bar and the toolbar, built from the commands; built again when language or theme change."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu, QSizePolicy, QToolBar, QWidget

from app import theme
from app.actions import MENUS, TOOLBAR, Window, of_menu
from app.docking import LABELS
from app.menu_lists import LISTS, Choice
from twin import text
from twin.text import LANGUAGES, tr

THEMES = {"system": "As the system", "light": "Light", "dark": "Dark"}


def toolbar(window: Window) -> QToolBar:
    """The commands of `TOOLBAR`, and the search at the right."""
    bar = QToolBar(objectName="toolbar")
    bar.setMovable(False)
    bar.setIconSize(QSize(20, 20))
    bar.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
    for id in TOOLBAR:
        bar.addAction(window.actions_.of[id]) if id else bar.addSeparator()
    gap = QWidget()
    gap.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
    bar.addWidget(gap)
    bar.addAction(window.actions_.of["command"])
    window.addToolBar(bar)
    return bar


def fill(window: Window) -> dict[str, QMenu]:
    """Every menu of `MENUS` by its name, in the menu bar, and those within them by their paths."""
    bar, out = window.menuBar(), {}
    for old in bar.findChildren(QMenu, options=Qt.FindChildOption.FindDirectChildrenOnly):
        old.deleteLater()                                # later: one of them may be open and have asked for this
    bar.clear()
    for name, label in MENUS.items():
        out[name] = bar.addMenu(tr(label))
        ids = of_menu(name)
        if name == "file":
            after_open = ids.index("open") + 1
            window.actions_.fill(out[name], ids[:after_open])
            _add_recent(window, out[name])
            ids = ids[after_open:]
        out |= window.actions_.fill(out[name], ids)
    for path, listed in LISTS.items():
        _list_first(window, out[path], listed)
    _add_choices(window, out["view"])
    return out


def _list_first(window: Window, menu: QMenu, listed: Callable[[Window], list[Choice]]) -> None:
    """What the project has, before the commands of a menu; asked anew whenever it opens."""
    first, shown = menu.actions()[0], []

    def fill() -> None:
        for action in shown:
            menu.removeAction(action)
        shown.clear()
        for choice in listed(window) if window.session else ():
            action = QAction(choice.label.replace("&", "&&"), menu)
            action.triggered.connect(lambda _=False, choice=choice: choice.act())
            action.setToolTip(choice.tip)
            if choice.checked is not None:
                action.setCheckable(True)
                action.setChecked(choice.checked)
            shown.append(action)
        if shown:
            shown.append(menu.insertSeparator(first))
            menu.insertActions(shown[-1], shown[:-1])
    menu.setToolTipsVisible(True)
    menu.aboutToShow.connect(fill)


def _add_recent(window: Window, menu: QMenu) -> None:
    recent = menu.addMenu(theme.icon("recent"), tr("Open &recent"))
    recent.aboutToShow.connect(lambda: list_recent(window, recent))


def list_recent(window: Window, menu: QMenu) -> None:
    """The projects opened last; one that is gone cannot be chosen."""
    menu.clear()
    for path in window.settings.recent:
        action = menu.addAction(_short(path), lambda path=path: window.open([path]))
        action.setEnabled(Path(path).exists())
    if not window.settings.recent:
        menu.addAction(tr("Nothing yet")).setEnabled(False)


def _add_choices(window: Window, menu: QMenu) -> None:
    menu.addSeparator()
    panels = menu.addMenu(theme.icon("panels"), tr("P&anels"))       # their twenty are no part of the menu itself:
    for name in LABELS if window.docks else ():                      # it would be higher than a small screen
        action = window.docks[name].toggleViewAction()
        action.setText(tr(LABELS[name]))
        panels.addAction(action)
    _one_of(menu.addMenu(theme.icon("theme"), tr("Th&eme")), window.settings.theme, window.choose_theme,
            {key: tr(label) for key, label in THEMES.items()})
    _one_of(menu.addMenu(theme.icon("language"), tr("Lan&guage")), text.language(), window.choose_language, LANGUAGES)


def _one_of(menu: QMenu, present: str, choose: Callable[[str], None], names: dict[str, str]) -> None:
    group = QActionGroup(menu)
    for key, name in names.items():
        action = menu.addAction(name, lambda key=key: choose(key))
        action.setCheckable(True)
        action.setChecked(key == present)
        group.addAction(action)


def _short(path: str) -> str:
    """The end of a path, so that the menu stays narrow."""
    parts = Path(path).parts
    return str(Path(*parts[-3:])) if len(parts) > 3 else path
