"""The alarm rules of the project: every change is an edit that can be undone."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app.alarms import rule_unit
from app.session import Session
from twin import text
from twin.incidents.rule import AlarmRule
from twin.layer import new_id
from twin.text import tr

NUMBERS = {"yellow": "Yellow from", "orange": "Orange from", "red": "Red from", "clear": "Ends at",
           "min_secs": "Lasting at least (s)"}
WORDS = {"name": "Name", "name_zh": "Name (Chinese)", "basis": "Basis", "hours": "Hours (22:00-06:00)"}


class RuleEditor(QDialog):
    def __init__(self, session: Session, parent: QWidget | None = None):
        super().__init__(parent)
        self.session = session
        self.list = QListWidget()
        self.add, self.remove, self.said = QPushButton(tr("Add")), QPushButton(tr("Remove")), QLabel(wordWrap=True)
        self.lines = {name: QLineEdit() for name in (*WORDS, *NUMBERS)}
        self.layer, self.direction = QComboBox(), QComboBox()
        self._quiet = False
        self.setWindowTitle(tr("Alarm rules"))
        self._lay_out()
        self._connect()
        self._list(0)

    def _lay_out(self) -> None:
        for layer in self.session.document.layers:
            if layer.kind == "sensors":
                self.layer.addItem(layer.title(text.language()), layer.id)
        for key, words in (("above", tr("at or above")), ("below", tr("at or below"))):
            self.direction.addItem(words, key)
        form = self.form = QFormLayout()
        form.setHorizontalSpacing(12)
        form.addRow(tr("Sensors"), self.layer)
        for name in ("name", "name_zh"):
            form.addRow(tr(WORDS[name]), self.lines[name])
        form.addRow(tr("Readings"), self.direction)
        for name, label in NUMBERS.items():
            form.addRow(tr(label), self.lines[name])
        for name in ("hours", "basis"):
            form.addRow(tr(WORDS[name]), self.lines[name])
        self.said.setProperty("role", "danger")
        left, right, both, column = QVBoxLayout(), QVBoxLayout(), QHBoxLayout(), QVBoxLayout(self)
        buttons = QHBoxLayout()
        buttons.addWidget(self.add)
        buttons.addWidget(self.remove)
        left.addWidget(self.list, 1)
        left.addLayout(buttons)
        right.addLayout(form)
        right.addWidget(self.said)
        right.addStretch(1)
        both.addLayout(left, 2)
        both.addLayout(right, 3)
        column.addLayout(both, 1)
        close = QPushButton(tr("Close"))
        close.clicked.connect(self.accept)
        column.addWidget(close, 0, Qt.AlignmentFlag.AlignRight)
        for button in (self.add, self.remove, close):
            button.setAutoDefault(False)
        self.resize(720, 460)

    def _connect(self) -> None:
        self.add.clicked.connect(self.add_rule)
        self.remove.clicked.connect(self.remove_rule)
        self.list.currentRowChanged.connect(lambda _: self._fill())
        for line in self.lines.values():
            line.editingFinished.connect(self._take)
        for choice in (self.layer, self.direction):
            choice.activated.connect(lambda _: self._take())

    def rule(self) -> AlarmRule | None:
        rules, row = self.session.document.rules, self.list.currentRow()
        return rules[row] if 0 <= row < len(rules) else None

    def add_rule(self) -> None:
        """For the layer that is current, if it has readings."""
        layer = self.session.document.layer(self.session.about)
        if layer is None or layer.kind != "sensors":
            layer = self.session.document.layer(self.layer.itemData(0)) if self.layer.count() else None
        if layer is None:
            self._say(tr("A rule needs a layer with readings."))
            return
        rule = AlarmRule(id=new_id("rule"), layer=layer.id, observed=layer.observed, name=layer.name,
                         name_zh=layer.name_zh)
        self.session.edits.commit(self.session.document.with_rule(rule), "Add an alarm rule")
        self._list(len(self.session.document.rules) - 1)

    def remove_rule(self) -> None:
        rule, row = self.rule(), self.list.currentRow()
        if rule:
            self.session.edits.commit(self.session.document.without_rule(rule.id), "Remove an alarm rule")
            self._list(max(0, row - 1))

    def _list(self, row: int) -> None:
        self._quiet = True
        self.list.clear()
        self.list.addItems([rule.title(text.language()) for rule in self.session.document.rules])
        self._quiet = False
        self.list.setCurrentRow(row if self.list.count() else -1)
        self._fill()

    def _fill(self) -> None:
        if self._quiet:
            return
        rule = self.rule()
        unit = rule_unit(self.session, rule) if rule else ""
        for name, label in NUMBERS.items():
            said = f"{tr(label)} ({unit})" if unit and name != "min_secs" else tr(label)
            self.form.labelForField(self.lines[name]).setText(said)
        for widget in (*self.lines.values(), self.layer, self.direction, self.remove):
            widget.setEnabled(rule is not None)
        for name, line in self.lines.items():
            value = getattr(rule, name) if rule else ""
            words = "" if value is None else f"{value:g}" if isinstance(value, float | int) else value
            if words != line.text():
                line.setText(words)                          # forgets what the line could undo by itself
        if rule:
            self.layer.setCurrentIndex(self.layer.findData(rule.layer))
            self.direction.setCurrentIndex(self.direction.findData(rule.direction))
        self._say(tr(rule.fault()) if rule and rule.fault() else "")

    def _take(self) -> None:
        """What the form says becomes the rule; a number that is none is said and not taken."""
        rule = self.rule()
        if rule is None:
            return
        try:
            changed = replace(rule, **self._said())
        except ValueError as error:
            self._say(tr("“{text}” is not a number.", text=str(error)))
            return
        if changed != rule:
            self.session.edits.commit(self.session.document.with_rule(changed), "Change an alarm rule",
                                      merge=f"rule.{rule.id}")
            self.list.currentItem().setText(changed.title(text.language()))
        self._fill()

    def _said(self) -> dict[str, Any]:
        """Raises ValueError with the text that is no number."""
        said: dict[str, Any] = {name: self.lines[name].text().strip() for name in WORDS}
        for name in NUMBERS:
            words = self.lines[name].text().strip().replace(",", ".")
            try:
                said[name] = float(words) if words else (0.0 if name == "min_secs" else None)
            except ValueError:
                raise ValueError(words) from None
        layer = self.session.document.layer(self.layer.currentData())
        if layer is not None:
            said |= {"layer": layer.id, "observed": layer.observed}
        return said | {"direction": self.direction.currentData()}

    def _say(self, words: str) -> None:
        self.said.setText(words)
        self.said.setVisible(bool(words))
