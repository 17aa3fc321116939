"""What codes in the tables are called, in both languages: a table to be filled in; one edit of the document."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from app.panels.dialog_buttons import act_or_cancel
from app.session import Session
from twin.text import tr
from twin.value_words import ValueWord

HEADINGS = ("Code", "English", "Chinese", "Only in columns")


class WordsDialog(QDialog):
    """A row without a value is none. Columns are separated by commas; none = in any column."""

    def __init__(self, session: Session, parent: QWidget | None = None):
        super().__init__(parent)
        self.session = session
        self.setWindowTitle(tr("Words for values"))
        self.resize(620, 460)
        self.table = QTableWidget(0, len(HEADINGS))
        self.table.setHorizontalHeaderLabels([tr(h) for h in HEADINGS])
        self.table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self.table.verticalHeader().hide()
        self.table.setAlternatingRowColors(True)
        for word in session.document.words:
            self._add((word.value, word.name, word.name_zh, ", ".join(word.columns)))
        self.wrong = QLabel(wordWrap=True)
        self.wrong.hide()
        self.more, self.less, self.keep = QPushButton(tr("Add")), QPushButton(tr("Remove")), QPushButton(tr("Apply"))
        for button, run in ((self.more, self.add), (self.less, self.remove)):
            button.setAutoDefault(False)
            button.clicked.connect(run)
        self._lay_out()

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.addWidget(QLabel(tr("What a value in a table is called in legends, lists and the inspector."),
                                wordWrap=True))
        column.addWidget(self.table, 1)
        column.addWidget(self.wrong)
        foot = QHBoxLayout()
        foot.addWidget(self.more)
        foot.addWidget(self.less)
        foot.addStretch(1)
        foot.addWidget(act_or_cancel(self, self.keep, self.apply))
        column.addLayout(foot)

    def _add(self, cells: tuple[str, ...]) -> int:
        row = self.table.rowCount()
        self.table.insertRow(row)
        for n, text in enumerate(cells):
            self.table.setItem(row, n, QTableWidgetItem(text))
        return row

    def add(self) -> None:
        row = self._add(("", "", "", ""))
        self.table.setCurrentCell(row, 0)
        self.table.editItem(self.table.item(row, 0))

    def remove(self) -> None:
        for row in sorted({index.row() for index in self.table.selectedIndexes()}, reverse=True):
            self.table.removeRow(row)

    def words(self) -> tuple[ValueWord, ...]:
        rows = [[self.table.item(row, n).text().strip() for n in range(len(HEADINGS))]
                for row in range(self.table.rowCount())]
        return tuple(ValueWord(value=value, name=name, name_zh=name_zh,
                               columns=tuple(c.strip() for c in columns.split(",") if c.strip()))
                     for value, name, name_zh, columns in rows if value)

    def apply(self) -> None:
        self.table.setCurrentItem(None)                            # what is being typed counts
        words = self.words()
        keys = [(w.value, w.columns) for w in words]
        twice = next((value for value, columns in keys if keys.count((value, columns)) > 1), None)
        if twice is not None:
            self.wrong.setText(tr("“{value}” has two words for the same columns.", value=twice))
            self.wrong.show()
            return
        document = self.session.document
        if words != document.words:
            self.session.edits.commit(replace(document, words=words), "Words for values")
        self.accept()


def ask(parent: QWidget, session: Session) -> None:
    dialog = WordsDialog(session, parent)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.open()
