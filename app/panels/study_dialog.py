"""The dialog of a study: what it is about, its fields, and what is wrong with them; it closes when the work begins."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtWidgets import QDialog, QFormLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from app.panels.dialog_buttons import act_or_cancel
from app.panels.save_first import SaveFirst
from twin.text import tr
from twin.trouble import Trouble

Window = Any                              # app.window.Window; not imported, it imports this


class StudyDialog(QDialog):
    """Subclasses make the fields, and `lay_out` gives them their place and says what begins the study."""

    def __init__(self, window: Window, title: str, about: str):
        super().__init__(window)
        self.window_ = window
        self.setWindowTitle(title)
        self.about = QLabel(about, wordWrap=True)
        self.said, self.go = QLabel(wordWrap=True), QPushButton(tr("Compute"))
        self.save_first = SaveFirst(lambda: window.filing.save())
        for label, role in ((self.about, "muted"), (self.said, "danger")):
            label.setProperty("role", role)

    def lay_out(self, rows: tuple[tuple[str, QWidget], ...], begin: Callable[[], None]) -> None:
        """`begin` starts the study (`app.studies.Study`), and raises Trouble where it cannot be asked."""
        self._begin = begin
        form, column = QFormLayout(), QVBoxLayout(self)
        for words, field in rows:
            form.addRow(words, field)
        column.addWidget(self.about)
        column.addLayout(form)
        column.addWidget(self.said)
        column.addWidget(self.save_first)
        column.addWidget(act_or_cancel(self, self.go, self.compute))

    def compute(self) -> None:
        """Close and work in the background, or say what is wrong."""
        try:
            self._begin()
        except Trouble as trouble:
            self.said.setText(str(trouble))
            if self.window_.session.path is None:
                self.save_first.offer(self.compute)
            return
        self.accept()
