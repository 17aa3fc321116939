"""Editors of colours: one colour from a small palette or the full dialog, and colour ramps that show themselves."""

from __future__ import annotations

from functools import cache

import numpy as np
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor, QIcon, QImage, QPainter, QPixmap
from PySide6.QtWidgets import QColorDialog, QGridLayout, QMenu, QPushButton, QToolButton, QWidget, QWidgetAction

from app.panels.editors import ChoiceEditor, Editor
from app.panels.field_spec import FieldSpec
from twin.text import tr

SWATCHES = ("#1677ff", "#5b8db8", "#2a9d8f", "#6a994e", "#b5a642", "#e9a23b",
            "#e76f51", "#c2453d", "#b5578d", "#7a5ea8", "#7d8794", "#f6f4f0")
RAMP_SIZE = QSize(64, 12)


class ColorEditor(Editor):
    """Empty means automatic: the colour that the theme or the file gives."""

    def __init__(self, spec: FieldSpec):
        super().__init__(spec)
        self.value = ""
        self.button = QPushButton()
        self.button.setIconSize(QSize(28, 14))
        self.put(self.button)
        menu = QMenu(self)
        menu.aboutToShow.connect(lambda: self._fill(menu))
        self.button.setMenu(menu)

    def show_value(self, value: str) -> None:
        self.value = value
        self.button.setText(value or tr("auto"))
        self.button.setIcon(swatch(value, QSize(28, 14)))

    def _fill(self, menu: QMenu) -> None:
        menu.clear()
        action = QWidgetAction(menu)
        action.setDefaultWidget(self._palette(menu))
        menu.addAction(action)
        if self.spec.default == "":
            menu.addAction(tr("auto"), lambda: self.take(""))
        menu.addAction(tr("More colours…"), self.begin)

    def _palette(self, menu: QMenu) -> QWidget:
        sheet = QWidget()
        grid = QGridLayout(sheet)
        grid.setContentsMargins(8, 8, 8, 4)
        grid.setSpacing(4)
        for number, color in enumerate(SWATCHES):
            button = QToolButton(autoRaise=True, toolTip=color, icon=swatch(color, QSize(20, 20)))
            button.setIconSize(QSize(20, 20))
            button.setAccessibleName(color)
            button.clicked.connect(lambda _=False, color=color: (menu.close(), self.take(color)))
            grid.addWidget(button, number // 6, number % 6)
        return sheet

    def begin(self) -> None:
        """The full dialog; colours show in the scene while they are tried, Cancel brings the old one back."""
        before = self.value
        dialog = QColorDialog(QColor(before or "#ffffff"), self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.currentColorChanged.connect(lambda color: self.take(color.name(), seal=False))
        dialog.rejected.connect(lambda: self.take(before))
        dialog.accepted.connect(lambda: self.sealed())
        dialog.open()


class RampEditor(ChoiceEditor):
    """Colour tables by name, each beside a picture of itself."""

    def __init__(self, spec: FieldSpec):
        super().__init__(spec)
        self.combo.setIconSize(RAMP_SIZE)

    def values(self) -> tuple[str, ...]:
        from layers.ramps import NAMES
        return tuple(dict.fromkeys((*NAMES, self.spec.default, self._value or self.spec.default)))

    def begin(self) -> None:
        """Show the tables to choose from."""
        self.combo.setFocus()
        self.combo.showPopup()

    def _fill(self) -> None:
        super()._fill()
        for at in range(self.combo.count()):
            self.combo.setItemIcon(at, ramp_icon(self.combo.itemData(at)))


def swatch(color: str, size: QSize) -> QIcon:
    """A rounded patch; crossed out where there is no colour of its own."""
    picture = QPixmap(size)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QColor(128, 128, 128, 110))
    painter.setBrush(QColor(color) if color else Qt.BrushStyle.NoBrush)
    frame = picture.rect().adjusted(0, 0, -1, -1)
    painter.drawRoundedRect(frame, 3, 3)
    if not color:
        painter.drawLine(frame.bottomLeft(), frame.topRight())
    painter.end()
    return QIcon(picture)


@cache
def ramp_icon(name: str) -> QIcon:
    from layers.ramps import ramp
    return QIcon(QPixmap.fromImage(ramp_image(np.asarray(ramp(name, RAMP_SIZE.width())), RAMP_SIZE.height())))


def ramp_image(colors: np.ndarray, height: int) -> QImage:
    """(n, 3 or 4) u1 colours from left to right as a bar."""
    row = np.full((len(colors), 4), 255, np.uint8)
    row[:, :colors.shape[1]] = colors
    pixels = np.ascontiguousarray(np.broadcast_to(row, (height, *row.shape)))
    return QImage(pixels.data, len(colors), height, 4 * len(colors), QImage.Format.Format_RGBA8888).copy()
