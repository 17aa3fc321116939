"""Entering an indicator's value by hand: value, date, source."""

from __future__ import annotations

from PySide6.QtCore import QDate
from PySide6.QtWidgets import QDateEdit, QDialog, QDialogButtonBox, QDoubleSpinBox, QFormLayout, QLineEdit

from app.panels.calendar import in_our_words
from twin import times
from twin.text import tr
from twin.vitals.indicators import Indicator


class EntryDialog(QDialog):
    """`values()` afterwards. Without a source nothing can be kept."""

    def __init__(self, indicator: Indicator, now_ns: int, time_zone: str, parent=None):
        super().__init__(parent)
        self.setWindowTitle(f"{indicator.number} · {indicator.title()}")
        form = QFormLayout(self)
        self.value = QDoubleSpinBox()
        self.value.setRange(-1e12, 1e12)
        self.value.setDecimals(3)
        self.value.setSuffix(f" {indicator.unit_words()}")
        local = times.to_datetime(now_ns, time_zone)
        self.date = QDateEdit(QDate(local.year, local.month, local.day))
        self.date.setCalendarPopup(True)
        self.date.setDisplayFormat("yyyy-MM-dd")
        in_our_words(self.date)
        self.source = QLineEdit()
        self.source.setPlaceholderText(tr("Report, office or person"))
        self.note = QLineEdit()
        for label, widget in (("Value", self.value), ("Date", self.date), ("Source", self.source),
                              ("Note", self.note)):
            form.addRow(tr(label), widget)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
        self.keep = buttons.button(QDialogButtonBox.StandardButton.Ok)
        self.keep.setEnabled(False)
        self.source.textChanged.connect(lambda text: self.keep.setEnabled(bool(text.strip())))
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        form.addRow(buttons)

    def values(self) -> tuple[float, str, str, str]:
        """(value, date, source, note)."""
        return (self.value.value(), self.date.date().toString("yyyy-MM-dd"), self.source.text().strip(),
                self.note.text().strip())
