"""Tabs of docks that share a place keep their whole names where there is room."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDockWidget, QMainWindow, QTabBar, QWidget

from app.dock_tabs import DockTabs

LABELS = {"table": "Attribute table", "charts": "Charts"}
STYLE = """QTabBar::tab { padding: 8px 4px; margin: 0px 5px; }
QTabBar[close="true"]::tab { padding: 8px 3px; margin: 0px; }"""


@pytest.fixture
def window(qtbot):
    window = QMainWindow()
    window.setStyleSheet(STYLE)
    window.resize(900, 600)
    window.setCentralWidget(QWidget())
    qtbot.addWidget(window)
    return window


def test_tabs_that_were_close_together_get_their_room_back(qtbot, window):
    docks = {name: QDockWidget(label, window) for name, label in LABELS.items()}
    for dock in docks.values():
        dock.setWidget(QWidget())
        window.addDockWidget(Qt.DockWidgetArea.BottomDockWidgetArea, dock)
    window.tabifyDockWidget(*docks.values())
    window.show()
    qtbot.waitUntil(lambda: bool(window.findChildren(QTabBar)))
    bar, = window.findChildren(QTabBar)
    tabs = DockTabs(window, docks, {"table": "add", "charts": "add"}, lambda: None)
    bar.setProperty("close", False)
    words = {n: bar.fontMetrics().horizontalAdvance(bar.tabText(n)) for n in range(bar.count())}
    for width, most in ((sum(words.values()) + 25, 8), (800, 24)):
        bar.setFixedWidth(width)
        qtbot.waitUntil(lambda: bar.isVisible())
        tabs.fit(LABELS)
        assert bar.property("close") == (most == 8)
    assert all(bar.tabRect(n).width() >= words[n] + 18 for n in words)
