"""The tabs of docks that share a place: their names, closer together where there is little room; where they do not fit
even so, icons, and the name of the one in front. The one in front has a cross.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable

import shiboken6
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QDockWidget, QMainWindow, QTabBar

from app import theme
from app.panels.dock_title import Cross

AROUND_PX, CLOSE_PX = 20, 10                  # of a tab besides its name: what the style sheet says, and a little
CROSS_PX = 24
ICON = QSize(16, 16)
RIGHT = QTabBar.ButtonPosition.RightSide


class DockTabs:
    """Qt makes these tab bars, names the tabs by the titles of their docks, and gives them up whenever it likes; so
    they are looked at anew with every `fit`.
    """

    def __init__(self, window: QMainWindow, docks: dict[str, QDockWidget], icons: dict[str, str],
                 turned: Callable[[], None], crossed: Collection[str] = ()):
        """`turned` is called when another tab came to the front; those of `crossed` can be put away by their tab."""
        self._docks, self._crossed = docks, crossed
        self._window, self._icons, self._turned = window, icons, turned
        self._name_of = {shiboken6.getCppPointer(dock)[0]: name for name, dock in docks.items()}

    def fit(self, labels: dict[str, str]) -> frozenset[str]:
        """Dress all tabs. Returns the panels that are left without a name."""
        nameless: set[str] = set()
        for bar in self._window.findChildren(QTabBar, options=Qt.FindChildOption.FindDirectChildrenOnly):
            names = [self.name_at(bar, n) for n in range(bar.count())]
            if bar.isVisible() and names and None not in names:
                words_px = sum(bar.fontMetrics().horizontalAdvance(labels[name]) for name in names)
                words_px += CROSS_PX * any(name in self._crossed for name in names)
                close = words_px + AROUND_PX * len(names) > bar.width()
                as_icons = words_px + CLOSE_PX * len(names) > bar.width()
                self._hear(bar)
                _bring_together(bar, close)
                self._dress(bar, names, as_icons, labels)
                nameless.update(name for n, name in enumerate(names) if as_icons and n != bar.currentIndex())
        return frozenset(nameless)

    def name_at(self, bar: QTabBar, n: int) -> str | None:
        """The panel of a tab."""
        return self._name_of.get(bar.tabData(n))

    def _hear(self, bar: QTabBar) -> None:
        if not bar.property("heard"):
            bar.setProperty("heard", True)
            bar.currentChanged.connect(lambda _: self._turned(), Qt.ConnectionType.QueuedConnection)

    def _dress(self, bar: QTabBar, names: Iterable[str], as_icons: bool, labels: dict[str, str]) -> None:
        for n, name in enumerate(names):
            self._cross(bar, n, name if n == bar.currentIndex() and name in self._crossed else "")
            icon = theme.icon(self._icons[name]) if as_icons else QIcon()
            if bar.tabIcon(n).cacheKey() != icon.cacheKey():
                bar.setIconSize(ICON)
                bar.setTabIcon(n, icon)
            if bar.tabToolTip(n) != labels[name]:
                bar.setTabToolTip(n, labels[name])
                bar.setAccessibleTabName(n, labels[name])

    def _cross(self, bar: QTabBar, n: int, name: str) -> None:
        """On the tab of the panel `name`; "" = none."""
        there = bar.tabButton(n, RIGHT)
        if there is not None and name:
            there.dress()
        elif there is not None:
            bar.setTabButton(n, RIGHT, None)
            there.deleteLater()
        elif name:
            bar.setTabButton(n, RIGHT, Cross(lambda: self._docks[self.name_at(bar, bar.currentIndex())].hide(), bar))


def _bring_together(bar: QTabBar, close: bool) -> None:
    if bool(bar.property("close")) != close:
        bar.setProperty("close", close)
        bar.style().unpolish(bar)
        bar.style().polish(bar)
        for n in range(bar.count()):
            bar.setTabText(n, bar.tabText(n))              # lays them out anew: a style alone does not
