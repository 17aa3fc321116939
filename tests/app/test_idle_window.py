"""A window in which nothing happens does nothing."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication


class Layouts(QObject):
    def __init__(self):
        super().__init__()
        self.told: list[str] = []

    def eventFilter(self, watched, event):
        if event.type() == QEvent.Type.LayoutRequest:
            self.told.append(f"{type(watched).__name__} {watched.objectName()}")
        return False


def test_it_is_not_laid_out_with_every_tick(window, qtbot):
    loop, layouts = window.loop, Layouts()
    window.docking.show("vitals")
    qtbot.waitUntil(lambda: loop.ticks > 20, timeout=30_000)
    loop.stop()                                                  # from here each tick is ours
    for _ in range(20):
        QApplication.processEvents()
    QApplication.instance().installEventFilter(layouts)
    try:
        for _ in range(30):
            loop.tick()
            QApplication.processEvents()
    finally:
        QApplication.instance().removeEventFilter(layouts)
    assert len(layouts.told) < 15, layouts.told
