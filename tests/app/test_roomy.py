"""Panels in docks of any size: no foot is out of sight while there is room, and what is too low scrolls."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QSize
from PySide6.QtWidgets import QApplication, QLabel, QTreeWidget, QVBoxLayout, QWidget

from app.panels.roomy import Roomy


@pytest.fixture
def dock(qtbot):
    """A tree over a foot of wrapped words, and what holds it."""
    panel, tree, foot = QWidget(), QTreeWidget(), QLabel("148 systems: 114 of 114 with a place can be drawn, 34 have "
                                                         "none of that kind.", wordWrap=True)
    column = QVBoxLayout(panel)
    column.addWidget(tree, 1)
    column.addWidget(foot)
    made = Roomy(panel, QSize(260, 60))
    made.foot = foot
    qtbot.addWidget(made)
    made.resize(296, 400)
    made.show()
    QApplication.processEvents()
    return made


def seen_whole(dock) -> bool:
    foot = dock.foot
    top = foot.mapTo(dock.viewport(), foot.rect().topLeft()).y()
    return top >= 0 and top + foot.height() <= dock.viewport().height()


@pytest.mark.parametrize("height", [500, 300, 180])
def test_the_foot_is_seen_wherever_there_is_room(dock, height):
    dock.resize(296, height)
    QApplication.processEvents()
    assert seen_whole(dock) and not dock.verticalScrollBar().isVisible()
    assert dock.widget().size() == dock.viewport().size()


def test_what_is_too_low_scrolls(dock):
    dock.resize(296, 70)
    QApplication.processEvents()
    assert dock.verticalScrollBar().isVisible() and not seen_whole(dock)
    dock.verticalScrollBar().setValue(dock.verticalScrollBar().maximum())
    assert seen_whole(dock)


def test_a_panel_that_needs_more_than_before_gets_it(dock, qtbot):
    dock.resize(296, 160)
    dock.foot.setText("Many words more. " * 12)
    qtbot.waitUntil(lambda: dock.verticalScrollBar().isVisible())
    assert dock.widget().height() > dock.viewport().height()
    dock.foot.setText("Few.")
    qtbot.waitUntil(lambda: not dock.verticalScrollBar().isVisible())
    assert seen_whole(dock)
