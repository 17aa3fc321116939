"""What became of every row of an import."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QGridLayout,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from twin import times
from twin.history.importing import Report
from twin.text import tr

NUMBERS = {"rows": "Rows", "kept": "Kept", "duplicates": "Duplicates", "out_of_order": "Out of order, sorted",
           "missing": "Missing", "rejected": "Rejected", "datastreams": "Datastreams", "trips": "Trips of a timetable"}


class ImportReport(QWidget):
    """`show_them` is pressed to see the readings, which lie at `span_ns`, where the clock may be years away from."""

    def __init__(self, parent: QWidget | None = None):
        super().__init__(parent)
        self.names = {name: QLabel() for name in NUMBERS}
        self.numbers = {name: QLabel() for name in NUMBERS}
        self.span, self.notes, self.heading = QLabel(), QLabel(wordWrap=True), QLabel()
        self.span_ns: tuple[int, int] | None = None
        self.show_them = QPushButton()
        self.rejects = QTableWidget(0, 3)
        self.rejects.verticalHeader().hide()
        self.rejects.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.rejects.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        self.rejects.horizontalHeader().setStretchLastSection(True)
        grid = QGridLayout()
        grid.setHorizontalSpacing(24)
        grid.setColumnStretch(2, 1)
        for row, name in enumerate(NUMBERS):
            self.numbers[name].setAlignment(Qt.AlignmentFlag.AlignRight)
            grid.addWidget(self.names[name], row, 0)
            grid.addWidget(self.numbers[name], row, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 0, 0, 0)
        column.setSpacing(10)
        column.addLayout(grid)
        when = QHBoxLayout()
        when.addWidget(self.span)
        when.addWidget(self.show_them)
        when.addStretch(1)
        column.addLayout(when)
        column.addWidget(self.notes)
        column.addWidget(self.heading)
        column.addWidget(self.rejects, 10)
        column.addStretch(1)
        self.retranslate()

    def retranslate(self) -> None:
        for name, label in self.names.items():
            label.setText(tr(NUMBERS[name]))
        self.show_them.setText(tr("Show them"))
        self.show_them.setToolTip(tr("The clock goes to the newest of them, the time slider to all of them."))
        self.rejects.setHorizontalHeaderLabels([tr("Row"), tr("Reason"), tr("Text")])

    def show_report(self, report: Report) -> None:
        for name, label in self.numbers.items():
            label.setText(f"{getattr(report, name):,}")
            for widget in (label, self.names[name]):         # a timetable has no readings to count
                widget.setVisible((name == "trips") == bool(report.trips))
        self.span_ns = report.span_ns
        self.show_them.setVisible(report.span_ns is not None)
        first, last = (times.readable(t, report.time_zone, seconds=True) for t in report.span_ns or (0, 0))
        self.span.setText(tr("{first} to {last}, {secs:.1f} s", first=first, last=last, secs=report.seconds)
                          if report.span_ns and not report.trips else f"{first} – {last}" if report.span_ns else "")
        self.notes.setText("\n".join(f"• {note}" for note in report.notes))
        self.heading.setText(tr("The first {n} of {total} rejected rows", n=len(report.rejects), total=report.rejected))
        for widget in (self.heading, self.rejects):
            widget.setVisible(bool(report.rejects))
        self.rejects.setRowCount(len(report.rejects))
        for row, reject in enumerate(report.rejects):
            for place, text in enumerate((str(reject.row), reject.reason, reject.text)):
                self.rejects.setItem(row, place, QTableWidgetItem(text))
