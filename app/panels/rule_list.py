"""The colour rules of a layer in its style form: condition, colour, words, order; every change an edit."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import (
    QColorDialog,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from app import legend_edits, theme
from app.panels.color_editors import swatch
from app.session import Session
from twin.layer import Layer
from twin.ruling import ColorRule
from twin.text import tr

PATCH = QSize(16, 16)


class RuleList(QWidget):
    """Shown while the layer is coloured by rules. The first rule that holds for a feature gives its colour."""

    def __init__(self, session: Session, parent: QWidget | None = None):
        super().__init__(parent)
        self.session = session
        self.layer: Layer | None = None
        self.rows: list[RuleRow] = []
        self._ruling: object = self
        self.title, self.columns = QLabel(tr("Rules")), QLabel(wordWrap=True)
        self.columns.setProperty("role", "muted")
        self.columns.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.add = QToolButton(autoRaise=True, toolTip=tr("Add a rule"))
        self.add.setAccessibleName(tr("Add a rule"))
        self.add.clicked.connect(lambda: self.arrange(legend_edits.rule_added))
        head = QHBoxLayout()
        head.addWidget(self.title, 1)
        head.addWidget(self.add)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 4, 0, 0)
        self.column.setSpacing(6)
        self.column.addLayout(head)
        self.column.addWidget(self.columns)
        self.retheme()

    def show_layer(self, layer: Layer, features) -> None:
        self.setVisible(layer.ruled)
        ruling = self.session.rulings.now.get(layer.id)
        if (layer is self.layer and ruling is self._ruling) or not layer.ruled:
            return
        self.layer, self._ruling = layer, ruling
        while len(self.rows) > len(layer.rules):
            row = self.rows.pop()
            self.column.removeWidget(row)
            row.hide()
            row.deleteLater()
        while len(self.rows) < len(layer.rules):
            row = RuleRow(self, len(self.rows))
            self.rows.append(row)
            self.column.insertWidget(self.column.count() - 1, row)
        counts = ruling.counts() if ruling is not None and len(ruling.errors) == len(layer.rules) else None
        for n, (row, rule) in enumerate(zip(self.rows, layer.rules)):
            row.show_rule(rule, counts and counts[n], ruling.errors[n] if counts else "", len(layer.rules))
        names = features.column_names if features is not None else []
        self.columns.setText(tr("Conditions as in the attribute table. Columns: {names}.",
                                names=", ".join(names[:12]) or tr("none")))

    @property
    def present(self) -> Layer:
        """As the document has it now; a tick may not have come since."""
        return self.session.document.layer(self.layer.id) or self.layer

    def commit(self, fresh: Layer) -> None:
        self.session.edits.commit(self.session.document.with_layer(fresh), "Colour rules")
        self.session.edits.seal()

    def change(self, n: int, **fields) -> None:
        if n < len(self.present.rules):
            self.commit(legend_edits.rule_changed(self.present, n, **fields))

    def arrange(self, edit, *args) -> None:
        """Another order or number of rules: what was typed belongs to the rule where it stands now."""
        for row in self.rows:
            row.take()
        self.commit(edit(self.present, *args))

    def retheme(self) -> None:
        self.add.setIcon(theme.icon("add"))
        for row in self.rows:
            row.retheme()


class RuleRow(QFrame):
    def __init__(self, owner: RuleList, n: int):
        super().__init__(owner)
        self.owner, self.n = owner, n
        self.color = QToolButton(autoRaise=True, toolTip=tr("Colour"), iconSize=PATCH)
        self.label, self.where = QLineEdit(), QLineEdit()
        self.said = QLabel(wordWrap=True)
        self._shown = {self.label: "", self.where: ""}       # as the rule says; the lines may be ahead of it
        self.buttons = {name: QToolButton(autoRaise=True, toolTip=tr(words), iconSize=QSize(12, 12))
                        for name, words in (("arrow-up", "Before the others"), ("arrow-down", "After the next"),
                                            ("remove", "Remove"))}
        for widget, words in ((self.color, "Colour"), (self.label, "Words in the legend"), (self.where, "Condition"),
                              *((button, button.toolTip()) for button in self.buttons.values())):
            widget.setAccessibleName(tr(words))
        self.label.setPlaceholderText(tr("Words in the legend"))
        self.where.setPlaceholderText(tr("Everything else"))
        for line in (self.label, self.where):
            line.editingFinished.connect(self.take)
        self.color.clicked.connect(self._choose)
        self.buttons["arrow-up"].clicked.connect(lambda: self._move(-1))
        self.buttons["arrow-down"].clicked.connect(lambda: self._move(1))
        self.buttons["remove"].clicked.connect(lambda: owner.arrange(legend_edits.rule_removed, self.n))
        self._lay_out()
        self.retheme()

    def _lay_out(self) -> None:
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 4)
        grid.setHorizontalSpacing(4)
        grid.setVerticalSpacing(2)
        grid.setColumnStretch(1, 1)
        grid.addWidget(self.color, 0, 0)
        grid.addWidget(self.label, 0, 1)
        for at, button in enumerate(self.buttons.values()):
            grid.addWidget(button, 0, 2 + at)
        grid.addWidget(self.where, 1, 1, 1, 4)
        grid.addWidget(self.said, 2, 1, 1, 4)

    def show_rule(self, rule: ColorRule, count: int | None, error: str, rules: int) -> None:
        self.color.setIcon(swatch(rule.color, PATCH))
        for line, text in ((self.label, rule.label), (self.where, rule.where)):
            if text != self._shown[line] and text != line.text().strip():
                line.setText(text)                           # forgets what the line could undo by itself
            self._shown[line] = text
        self.buttons["arrow-up"].setEnabled(self.n > 0)
        self.buttons["arrow-down"].setEnabled(self.n < rules - 1)
        self.said.setText(error or ("" if count is None else tr("{n} features", n=f"{count:,}")))
        ink = theme.colour("danger" if error else "muted", self.owner.session.theme)
        self.said.setStyleSheet(f"color: {ink};")

    def take(self) -> None:
        """What the lines say becomes the rule's, where they differ from what it says."""
        ahead = {field: line for field, line in (("label", self.label), ("where", self.where))
                 if line.text().strip() != self._shown[line]}
        self._shown |= {line: line.text().strip() for line in ahead.values()}
        if ahead:
            self.owner.change(self.n, **{field: self._shown[line] for field, line in ahead.items()})

    def _choose(self) -> None:
        owner, before = self.owner, self.owner.layer.rules[self.n].color
        dialog = QColorDialog(QColor(before), self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.colorSelected.connect(lambda c: owner.change(self.n, color=c.name()))
        dialog.open()

    def _move(self, by: int) -> None:
        self.owner.arrange(legend_edits.rule_moved, self.n, self.n + by)

    def retheme(self) -> None:
        for name, button in self.buttons.items():
            button.setIcon(theme.icon(name))
