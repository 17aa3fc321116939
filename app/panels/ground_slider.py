"""How far one sees through the ground: a slider in the toolbar, there while the ground is see-through."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QSlider, QToolBar, QWidget

from app.session import Session
from twin.document import Document
from twin.text import tr

USUAL = 0.35                               # opacity of the ground when one begins to look below


def toggled(document: Document, last: float = USUAL) -> Document:
    """The ground see-through as it was last, or closed again."""
    return replace(document, ground_opacity=last if document.ground_opacity >= 1.0 else 1.0)


class GroundSlider(QWidget):
    """Stands after `button`. One drag is one undo; `last` is where the ground stood when one last looked through it."""

    def __init__(self, session: Session, bar: QToolBar, button: QAction):
        super().__init__(bar)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
        self.session, self.last = session, USUAL
        self.slider = QSlider(Qt.Orientation.Horizontal, minimum=0, maximum=99)
        self.slider.setFixedWidth(120)
        self.figure = QLabel()
        self.figure.setMinimumWidth(36)
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 0, 8, 0)
        row.addWidget(self.slider)
        row.addWidget(self.figure)
        self.slider.valueChanged.connect(self._slid)
        self.slider.sliderReleased.connect(session.edits.seal)
        there = bar.actions()
        after = there.index(button) + 1
        self._action = bar.insertWidget(there[after], self) if after < len(there) else bar.addWidget(self)
        self._seen: float | None = None
        self.retranslate()
        self.refresh()

    def refresh(self) -> None:
        opacity = self.session.document.ground_opacity
        if opacity == self._seen:
            return
        self._seen = opacity
        self._action.setVisible(opacity < 1.0)
        if opacity < 1.0:
            self.last = opacity
            self.slider.blockSignals(True)
            self.slider.setValue(round(opacity * 100))
            self.slider.blockSignals(False)
            self.figure.setText(f"{round(opacity * 100)}%")

    def toggle(self) -> None:
        self.session.edits.seal()
        self.session.edits.commit(toggled(self.session.document, self.last), "Underground")
        self.session.edits.seal()
        self.refresh()

    def _slid(self, percent: int) -> None:
        document = replace(self.session.document, ground_opacity=percent / 100)
        self.session.edits.commit(document, "Underground", merge="ground_opacity")
        self.refresh()

    def retranslate(self) -> None:
        self.slider.setAccessibleName(tr("Opacity of the ground"))
        self.setToolTip(tr("Opacity of the ground"))

    def retheme(self) -> None:
        """It wears the toolbar's colours."""
