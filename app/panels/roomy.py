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
        self.setWidget(panel)
        panel.installEventFilter(self)

    def resizeEvent(self, event) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """As large as the dock, or as the panel must be at least.

        Left to itself a scroll area gives a panel with wrapped words the height that it would like, so that its foot
        was out of sight although there was room for all of it.
        """
        panel, room = self.widget(), self.maximumViewportSize()
        width = max(room.width(), panel.minimumSizeHint().width())
        if self._least_height(width) > room.height():                                 # then a bar takes of the width
            width = max(room.width() - self.verticalScrollBar().sizeHint().width(), panel.minimumSizeHint().width())
        height = room.height() - (self.horizontalScrollBar().sizeHint().height() if width > room.width() else 0)
        panel.resize(width, max(height, self._least_height(width)))

    def _least_height(self, width: int) -> int:
        panel, layout = self.widget(), self.widget().layout()
        if layout is not None and layout.hasHeightForWidth():
            return max(layout.minimumHeightForWidth(width), panel.minimumHeight())
        return max(panel.minimumSizeHint().height(), panel.minimumHeight())

    def minimumSizeHint(self) -> QSize:
        return self.widget().minimumSizeHint().boundedTo(self._least) if self.widget() else self._least

    def sizeHint(self) -> QSize:
        return self.widget().sizeHint() if self.widget() else self._least

    def eventFilter(self, watched, event) -> bool:
        """Where the panel needs more than before, the dock is told so."""
        if event.type() == QEvent.Type.LayoutRequest:
            self.updateGeometry()
            self._fit()
        return super().eventFilter(watched, event)
