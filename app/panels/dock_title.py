"""The heading of a docked panel."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QLabel


class DockTitle(QLabel):
    """The heading of a panel; nothing while a tab says the same."""

    quiet = False

    def be_quiet(self, quiet: bool) -> None:
        if quiet != self.quiet:
            self.quiet = quiet
            self.updateGeometry()

    def sizeHint(self) -> QSize:
        return QSize(0, 0) if self.quiet else super().sizeHint()

    def minimumSizeHint(self) -> QSize:
        return QSize(0, 0) if self.quiet else super().minimumSizeHint()
