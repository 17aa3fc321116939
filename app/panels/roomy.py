"""What holds a panel in its dock: where there is less room than it needs, it scrolls, and the window stays as it is."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget


class Roomy(QScrollArea):
    """`least`: the width and height, in pixels, that it asks for at most, whatever the panel would like."""

    def __init__(self, panel: QWidget, least: QSize):
        super().__init__()
        self._least = least
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setWidget(panel)
        panel.installEventFilter(self)

    def minimumSizeHint(self) -> QSize:
        return self.widget().minimumSizeHint().boundedTo(self._least) if self.widget() else self._least

    def sizeHint(self) -> QSize:
        return self.widget().sizeHint() if self.widget() else self._least

    def eventFilter(self, watched, event) -> bool:
        """Where the panel needs more than before, the dock is told so."""
        if event.type() == QEvent.Type.LayoutRequest:
            self.updateGeometry()
        return super().eventFilter(watched, event)
