"""The project's own limits of a sign: an edit of the document, with a source and a date of its own."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from PySide6.QtCore import QLocale
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QDoubleSpinBox, QFormLayout, QLabel, QLineEdit, QPushButton

from twin.text import tr
from twin.vitals.catalogue import Sign
from twin.vitals.choices import SignChoice

LABELS = {"band": ("Green from", "Green to", "Margin"), "": ("Yellow", "Orange", "Red")}


class PlainNumber(QDoubleSpinBox):
    """Three decimals can be typed; only those that say something are shown."""

    def textFromValue(self, value: float) -> str:
        return self.locale().toString(value, "f", QLocale.FloatingPointPrecisionOption.FloatingPointShortest.value)


class LimitsDialog(QDialog):
    """`choice()` afterwards: one without anything = as the catalogue says, None = nothing was changed."""

    def __init__(self, sign: Sign, choice: SignChoice | None, parent=None):
        super().__init__(parent)
        self.sign = sign
        self.reset = False
        self.setWindowTitle(tr("Limits: {name}", name=sign.title()))
        form = QFormLayout(self)
        labels = LABELS["band" if sign.direction == "band" else ""]
        self.levels = [self._number(form, tr(label), value, sign.unit_words())
                       for label, value in zip(labels, sign.levels)]
        self.night = [self._number(form, tr("{level}, at night", level=tr(label)), value, sign.unit_words())
                      for label, value in zip(labels, sign.night or ())]
        self.complete = self._number(form, tr("Sensors that must report"), 100 * sign.complete, "%")
        self.complete.setRange(0, 100)
        self.source = QLineEdit(choice.source if choice else "")
        self.source.setPlaceholderText(tr("standard, order or person that asks for it"))
        form.addRow(tr("Source"), self.source)
        self.wrong = QLabel(wordWrap=True)
        form.addRow(self.wrong)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
        back = QPushButton(tr("As in the catalogue"))
        buttons.addButton(back, QDialogButtonBox.ButtonRole.ResetRole)
        back.clicked.connect(self._go_back)
        buttons.accepted.connect(self._accept)
        buttons.rejected.connect(self.reject)
        form.addRow(buttons)
        self._opened = self._said()

    def _number(self, form: QFormLayout, label: str, value: float, unit: str) -> QDoubleSpinBox:
        box = PlainNumber()
        box.setRange(-1e6, 1e6)
        box.setDecimals(3)
        box.setValue(value)
        box.setSuffix(f" {unit}" if unit.strip("-") else "")
        form.addRow(label, box)
        return box

    def _go_back(self) -> None:
        self.reset = True
        self.accept()

    def _accept(self) -> None:
        """Limits that do not rise (or fall) are no limits."""
        for boxes in filter(None, (self.levels, self.night)):
            a, b, c = (box.value() for box in boxes)
            fine = {"band": a <= b and c >= 0, "higher": a < b < c, "lower": a > b > c}[self.sign.direction]
            if not fine:
                self.wrong.setText(tr("The limits must follow each other from good to bad."))
                return
        self.accept()

    def choice(self) -> SignChoice | None:
        if self.reset:
            return SignChoice(id=self.sign.id)
        said = self._said()
        return None if said == self._opened else replace(said, date=date.today().isoformat())

    def _said(self) -> SignChoice:
        return SignChoice(id=self.sign.id, levels=tuple(b.value() for b in self.levels),
                          night=tuple(b.value() for b in self.night), complete=self.complete.value() / 100,
                          source=self.source.text().strip())
