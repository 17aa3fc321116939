"""Mouse and keys over the time slider, and whoever knows of instants."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

LEFT = Qt.MouseButton.LeftButton


class Told:
    def __init__(self, *marks):
        self.told = marks

    def state(self):
        return self.told

    def marks(self):
        return self.told


def tick(timeline):
    timeline.session.tick(0.0)
    timeline.refresh()


def drag(widget, start: QPoint, end: QPoint, modifiers=Qt.KeyboardModifier.NoModifier):
    QTest.mousePress(widget, LEFT, modifiers, start)
    QTest.mouseMove(widget, end)
    QTest.mouseRelease(widget, LEFT, modifiers, end)


def place(ribbon, time_ns, y=20) -> QPoint:
    return QPoint(round(ribbon.x_of(time_ns)), y)


def jump(timeline, qtbot, what, direction):
    timeline.jumps.go(what, direction)
    qtbot.waitUntil(lambda: timeline.jumps.refresh() is None and not timeline.jumps.busy)
