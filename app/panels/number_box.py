"""An editable choice of numbers that are written as words, such as speeds and lengths of time."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QLineEdit, QWidget

from twin.text import language
from twin.trouble import Trouble


class NumberBox(QComboBox):
    """An editable choice of numbers written as words; `taken(value)` is called with what was chosen or typed."""

    def __init__(self, words, read, parent: QWidget | None = None):
        super().__init__(parent, editable=True)
        self._words, self._read = words, read
        self._value: float = 0.0
        self._choices: tuple = ()
        self._language = ""
        self.taken = lambda value: None
        self.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCompleter(None)
        self.activated.connect(lambda at: self._take(self._choices[at]))
        self.lineEdit().editingFinished.connect(self._typed)

    def show_value(self, value: float, choices: tuple) -> None:
        """Show `value`, offering `choices` (and itself where it is none of them). Panels say so at every tick: what
        somebody is typing, or selects to type over it, stays, unless the value is another one by now."""
        choices = choices if value in choices else tuple(sorted({*choices, value}))
        same = (value, choices, language()) == (self._value, self._choices, self._language)
        if same and (self.lineEdit().isModified() or self.currentText() == self._words(value)):
            return
        self._value = value
        if (choices, language()) != (self._choices, self._language):
            self._choices, self._language = choices, language()
            self.clear()
            self.addItems([self._words(choice) for choice in choices])
            self._fit()
        self.setCurrentIndex(choices.index(value))
        self.setEditText(self._words(value))
        self.lineEdit().setModified(False)

    def _fit(self) -> None:
        widest = max(self.fontMetrics().horizontalAdvance(self.itemText(i)) for i in range(self.count()))
        self.setFixedWidth(widest + 48)

    def _typed(self) -> None:
        line: QLineEdit = self.lineEdit()
        if not line.isModified():
            return
        line.setModified(False)
        try:
            self._take(self._read(line.text()))
        except Trouble as trouble:
            self.setToolTip(str(trouble))
            self.show_value(self._value, self._choices)

    def _take(self, value: float) -> None:
        self.taken(value)
        self.clearFocus()

    def keyPressEvent(self, event):
        """Escape leaves the value as it was before one typed."""
        if event.key() == Qt.Key.Key_Escape:
            self.lineEdit().setModified(False)
            self.show_value(self._value, self._choices)
            self.clearFocus()
        else:
            super().keyPressEvent(event)

    def wheelEvent(self, event):
        event.ignore()                     # a wheel that passes by must not change the clock
