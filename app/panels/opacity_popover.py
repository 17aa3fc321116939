"""A slider under the mouse for the opacity of the chosen layers."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSlider

from app import theme
from app.session import Session
from twin.text import tr


class OpacityPopover(QFrame):
    """One drag is one undo, however many layers it changes."""

    def __init__(self, session: Session, ids: list[str], parent=None):
        super().__init__(parent, Qt.WindowType.Popup)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.session, self.ids = session, ids
        self.setStyleSheet(f"OpacityPopover {{ background: {theme.colour('raised')};"
                           f" border: 1px solid {theme.colour('line')}; }}")
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 8, 12, 8)
        self.slider = QSlider(Qt.Orientation.Horizontal, minimum=0, maximum=100)
        self.slider.setFixedWidth(140)
        self.slider.setAccessibleName(tr("Opacity"))
        self.figure = QLabel()
        self.figure.setMinimumWidth(36)
        row.addWidget(self.slider)
        row.addWidget(self.figure)
        layer = session.document.layer(ids[0])
        self.slider.setValue(round(layer.opacity * 100))
        self._say(self.slider.value())
        self.slider.valueChanged.connect(self._change)
        self.slider.sliderReleased.connect(session.edits.seal)

    def _change(self, percent: int) -> None:
        self._say(percent)
        document = self.session.document.with_each(self.ids, lambda x: replace(x, opacity=percent / 100))
        self.session.edits.commit(document, "Opacity", merge=f"{','.join(self.ids)}.opacity")

    def _say(self, percent: int) -> None:
        self.figure.setText(f"{percent}%")

    def open_at(self, point: QPoint) -> None:
        self.adjustSize()
        self.move(point - QPoint(self.width(), 0))
        self.show()
        self.slider.setFocus()

    def closeEvent(self, event):
        self.session.edits.seal()
        super().closeEvent(event)
