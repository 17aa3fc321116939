"""The heading of a docked panel, and the cross that puts it away."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QWidget

from app import theme
from twin.text import tr

CROSS = QSize(14, 14)


class Cross(QToolButton):
    """Closes what it stands on; `dress` it anew in another language or theme."""

    def __init__(self, close: Callable[[], None], parent: QWidget | None = None):
        super().__init__(parent, autoRaise=True, objectName="cross")
        self.setIconSize(CROSS)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.clicked.connect(close)
        self.dress()

    def dress(self) -> None:
        icon = theme.icon("close", "muted")
        if self.icon().cacheKey() != icon.cacheKey():
            self.setIcon(icon)
        if self.toolTip() != tr("Close"):
            self.setToolTip(tr("Close"))
            self.setAccessibleName(tr("Close"))


class DockTitle(QWidget):
    """The heading of a panel; nothing while a tab says the same. `close` None: it has no cross."""

    quiet = False

    def __init__(self, words: str, close: Callable[[], None] | None = None):
        super().__init__()
        self.label = QLabel(words)
        self.label.setProperty("role", "title")
        self.cross = Cross(close) if close else None
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 6, 8, 0)
        row.addWidget(self.label, 1)
        if self.cross:
            row.addWidget(self.cross)

    def say(self, words: str) -> None:
        self.label.setText(words)
        if self.cross:
            self.cross.dress()

    def be_quiet(self, quiet: bool) -> None:
        if quiet != self.quiet:
            self.quiet = quiet
            for widget in filter(None, (self.label, self.cross)):
                widget.setVisible(not quiet)
            self.updateGeometry()

    def sizeHint(self) -> QSize:
        return QSize(0, 0) if self.quiet else super().sizeHint()

    def minimumSizeHint(self) -> QSize:
        return QSize(0, 0) if self.quiet else super().minimumSizeHint()
