"""Correcting a place by hand: numbers, and buttons for what numbers do badly."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QDoubleSpinBox, QGridLayout, QLabel, QLineEdit, QPushButton, QWidget

from app.panels.editors import quietly, unmoved_by_wheel
from app.panels.passport_words import DATUMS
from twin.layer import Placement
from twin.text import tr

# field of Placement, label, unit, decimals, step
NUMBERS = (("easting", "Easting", " m", 3, 0.1), ("northing", "Northing", " m", 3, 0.1),
           ("height", "Height", " m", 3, 0.05), ("rotation_deg", "Rotation", "°", 4, 0.25))
BUTTONS = (("drop", "Drop to terrain"), ("fit", "Onto building"), ("two-points", "Two points…"),
           ("pick", "Pick a place…"), ("swap", "Swap E and N"), ("compare", "Compare with…"),
           ("best", "Best source"), ("like", "As another model…"))
LABEL_PX = 76


class CorrectionForm(QWidget):
    """The owner sets `changed(field, value)`, `sealed()`, `pressed(button)`, `datum(key)`, `crs(text)`,
    `wusong(metres)`.
    """

    def __init__(self, parent: QWidget | None = None):
        super().__init__(parent)
        self.changed: Callable[[str, float], None] = lambda field, value: None
        self.sealed: Callable[[], None] = lambda: None
        self.pressed: Callable[[str], None] = lambda name: None
        self.datum: Callable[[str], None] = lambda key: None
        self.crs: Callable[[str], None] = lambda text: None
        self.spins: dict[str, QDoubleSpinBox] = {}
        self.labels: dict[str, QLabel] = {}
        self.buttons: dict[str, QPushButton] = {}
        self.wusong: Callable[[float], None] = lambda to_1985_m: None
        self.datums, self.crs_line = QComboBox(), QLineEdit(clearButtonEnabled=True)
        self.wusong_spin = QDoubleSpinBox(decimals=3, singleStep=0.01, minimum=-5.0, maximum=5.0, suffix=" m")
        self.wusong_spin.setKeyboardTracking(False)
        self.datums.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.datums.setMinimumContentsLength(8)
        self._wusong_m: float | None = None
        self._lay_out()
        self.retranslate()

    def _lay_out(self) -> None:
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(6)
        grid.setColumnStretch(1, 1)
        for row, (name, _, unit, decimals, step) in enumerate(NUMBERS):
            self._row(grid, row, name, self._spin(name, unit, decimals, step))
        self._row(grid, len(NUMBERS), "datum", self.datums)
        self._row(grid, len(NUMBERS) + 1, "wusong", self.wusong_spin)
        self._row(grid, len(NUMBERS) + 2, "crs", self.crs_line)
        self.wusong_spin.editingFinished.connect(self._wusong_typed)
        self.datums.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.datums.activated.connect(lambda at: self.datum(self.datums.itemData(at)))
        self.crs_line.editingFinished.connect(self._crs_typed)
        pairs = QGridLayout()
        pairs.setSpacing(6)
        for at, (name, _) in enumerate(BUTTONS):
            button = self.buttons[name] = QPushButton()
            button.setProperty("narrow", True)
            button.clicked.connect(lambda _=False, name=name: self.pressed(name))
            pairs.addWidget(button, at // 2, at % 2)
        grid.addLayout(pairs, len(NUMBERS) + 3, 0, 1, 2)

    def _row(self, grid: QGridLayout, row: int, name: str, widget: QWidget) -> None:
        label = self.labels[name] = QLabel(wordWrap=True)
        label.setFixedWidth(LABEL_PX)
        widget.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        widget.installEventFilter(unmoved_by_wheel())
        grid.addWidget(label, row, 0)
        grid.addWidget(widget, row, 1)

    def _spin(self, name: str, unit: str, decimals: int, step: float) -> QDoubleSpinBox:
        spin = self.spins[name] = QDoubleSpinBox(decimals=decimals, singleStep=step, minimum=-1e9, maximum=1e9)
        if name == "rotation_deg":
            spin.setRange(-180.0, 180.0)
            spin.setWrapping(True)
        spin.setSuffix(unit)
        spin.setGroupSeparatorShown(True)
        spin.setKeyboardTracking(False)
        spin.valueChanged.connect(lambda value: self.changed(name, value))
        spin.editingFinished.connect(lambda: self.sealed())
        return spin

    def _crs_typed(self) -> None:
        if self.crs_line.isModified():
            self.crs_line.setModified(False)
            self.crs(self.crs_line.text().strip())

    def show_place(self, place: Placement | None, datum: str, crs: str) -> None:
        for name, spin in self.spins.items():
            spin.setEnabled(place is not None)
            if place is not None and abs(spin.value() - getattr(place, name)) > 0.5 * 10 ** -spin.decimals():
                quietly(spin, spin.setValue, getattr(place, name))
        self.datums.setCurrentIndex(self.datums.findData(datum))
        if crs != self.crs_line.text() and not self.crs_line.isModified():
            self.crs_line.setText(crs)

    def show_wusong(self, to_1985_m: float | None) -> None:
        """The project's number; None hides it."""
        self._wusong_m = to_1985_m
        self.labels["wusong"].setVisible(to_1985_m is not None)
        self.wusong_spin.setVisible(to_1985_m is not None)
        if to_1985_m is not None:
            quietly(self.wusong_spin, self.wusong_spin.setValue, to_1985_m)

    def _wusong_typed(self) -> None:
        if self._wusong_m is not None and abs(self.wusong_spin.value() - self._wusong_m) > 1e-4:
            self.wusong(round(self.wusong_spin.value(), 3))

    def enable(self, possible: dict[str, bool]) -> None:
        for name, button in self.buttons.items():
            button.setEnabled(possible[name])

    def retranslate(self) -> None:
        for name, label, *_ in NUMBERS:
            self.labels[name].setText(tr(label))
            self.spins[name].setAccessibleName(tr(label))
        self.labels["datum"].setText(tr("Its heights"))
        self.labels["crs"].setText(tr("Its CRS"))
        self.labels["wusong"].setText(tr("Wusong to 1985"))
        self.wusong_spin.setToolTip(tr("Of the whole project: -1.66 m in Shanghai, to a decimetre"))
        self.wusong_spin.setAccessibleName(tr("Wusong to 1985"))
        self.crs_line.setPlaceholderText(tr("As the file says"))
        self.crs_line.setToolTip(tr("EPSG code, PROJ string or WKT; empty = as the file says"))
        self.crs_line.setAccessibleName(tr("Its CRS"))
        self.datums.setAccessibleName(tr("Its heights"))
        at = self.datums.currentIndex()
        self.datums.clear()
        for key, words in DATUMS.items():
            self.datums.addItem(tr(words), key)
        self.datums.setCurrentIndex(at)
        for name, label in BUTTONS:
            self.buttons[name].setText(tr(label))
