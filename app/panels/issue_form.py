"""The form of a new topic."""

from __future__ import annotations

import getpass
from dataclasses import dataclass

from PySide6.QtWidgets import QComboBox, QDialog, QDialogButtonBox, QFormLayout, QLineEdit, QPlainTextEdit, QWidget

from app.issue_words import KINDS, PRIORITIES, STATUSES, shown, written
from twin.text import tr


@dataclass(frozen=True)
class Filled:
    title: str
    description: str = ""
    kind: str = "Issue"
    status: str = "Open"
    priority: str = ""
    assigned: str = ""
    author: str = ""
    version: str = "2.1"                     # of a file that is new


def user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):             # no such entry, or a system without any
        return ""


class IssueForm(QDialog):
    """`statuses`: those of the file. `new_file`: the version of BCF can be chosen."""

    def __init__(self, statuses: tuple[str, ...], author: str, new_file: bool, parent: QWidget | None = None):
        super().__init__(parent)
        self._own = statuses
        self.setWindowTitle(tr("New topic"))
        self.setMinimumWidth(440)
        self.title, self.description = QLineEdit(), QPlainTextEdit()
        self.kind, self.status, self.priority = (QComboBox(editable=True) for _ in range(3))
        self.assigned, self.author, self.version = QLineEdit(), QLineEdit(author or user()), QComboBox()
        for combo, words in ((self.kind, KINDS), (self.status, dict.fromkeys((*statuses, *STATUSES))),
                             (self.priority, PRIORITIES), (self.version, ("2.1", "3.0"))):
            combo.addItems([shown(word) for word in words])
        self.status.setCurrentText(shown("Open"))
        self.description.setFixedHeight(96)
        form = QFormLayout(self)
        form.setContentsMargins(20, 20, 20, 16)
        form.setSpacing(10)
        rows = [("Title", self.title), ("Description", self.description), ("Type", self.kind),
                ("Status", self.status), ("Priority", self.priority), ("Assigned to", self.assigned),
                ("Author", self.author)]
        for label, widget in [*rows, *([("BCF version", self.version)] if new_file else [])]:
            form.addRow(tr(label), widget)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
        buttons.button(QDialogButtonBox.StandardButton.Ok).setText(tr("Save"))
        buttons.button(QDialogButtonBox.StandardButton.Cancel).setText(tr("Cancel"))
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        form.addRow(buttons)
        save = buttons.button(QDialogButtonBox.StandardButton.Ok)
        save.setEnabled(False)
        self.title.textChanged.connect(lambda text: save.setEnabled(bool(text.strip())))

    def filled(self) -> Filled:
        kind, status, priority, version = (written(box.currentText().strip(), self._own) for box in (
            self.kind, self.status, self.priority, self.version))
        return Filled(self.title.text().strip(), self.description.toPlainText().strip(), kind, status, priority,
                      self.assigned.text().strip(), self.author.text().strip(), version)


def ask(parent: QWidget, statuses: tuple[str, ...], author: str, new_file: bool) -> Filled | None:
    form = IssueForm(statuses, author, new_file, parent)
    return form.filled() if form.exec() == QDialog.DialogCode.Accepted else None
