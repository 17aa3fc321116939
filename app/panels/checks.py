"""Checks: a model against an IDS and the schema, a list of what was asked and a table of the elements it is about."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import (
    QCheckBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QSplitter,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from app import file_dialog, theme
from app.checks_cli import STALL_SECS
from app.hidden import tell_put_away
from app.panels import model_actions as actions
from app.panels.check_findings import STATUS, FindingsModel, chosen_of, tip_of
from app.panels.csv_saving import save_csv
from app.panels.element_table import ROW_PX, ElementTable
from app.panels.model_results import ResultsModel
from app.session import Session
from layers.building import Building
from twin.assets import LOADING
from twin.text import language, tr

BUTTONS = {"select": "Select", "isolate": "Isolate", "paint": "Paint", "csv": "CSV…"}
PASS, FAIL = "Passes the checks", "Fails a check"              # lines of the legend
COLORS = {PASS: "#2f9e6e", FAIL: "#d9480f"}


class ChecksPanel(QWidget):
    """About the model that the model panel shows (`which()` is its layer id). A worker checks; nothing waits."""

    def __init__(self, session: Session, viewport=None, which=lambda: "", parent: QWidget | None = None):
        super().__init__(parent)
        self.session, self.viewport, self.which = session, viewport, which
        self.ids, self.choose = QLineEdit(clearButtonEnabled=True), QPushButton()
        self.rules, self.failed_only, self.go = QCheckBox(), QCheckBox(), QPushButton()
        self.buttons = {name: QPushButton() for name in BUTTONS}
        self.said, self.list, self.results = QLabel(), QTreeWidget(), FindingsModel(self)
        self.view = ElementTable(session, viewport, self.results, lambda: self.id)
        self.id, self.found, self._job = "", None, None          # the model that `found` is about
        self._asked, self._features = "", None                   # the one that is being checked; whose rows are listed
        self._lay_out()
        self._connect()
        self.retranslate()

    def _lay_out(self) -> None:
        top, row = QHBoxLayout(), QHBoxLayout()
        for widget, stretch in ((self.ids, 1), (self.choose, 0), (self.rules, 0), (self.go, 0)):
            top.addWidget(widget, stretch)
        self.said.setProperty("role", "muted")
        self.said.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.said.setMinimumWidth(80)
        for widget, stretch in ((self.said, 1), (self.failed_only, 0), *((b, 0) for b in self.buttons.values())):
            row.addWidget(widget, stretch)
        self.failed_only.setChecked(True)
        self.list.setColumnCount(2)
        self.list.setHeaderHidden(True)
        self.list.setRootIsDecorated(False)
        self.list.setUniformRowHeights(True)
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.header().setStretchLastSection(False)
        self.list.header().setSectionResizeMode(0, self.list.header().ResizeMode.Stretch)
        self.list.header().setSectionResizeMode(1, self.list.header().ResizeMode.ResizeToContents)
        parts = QSplitter(Qt.Orientation.Horizontal)
        parts.addWidget(self.list)
        parts.addWidget(self.view)
        parts.setSizes([320, 680])
        parts.setChildrenCollapsible(False)
        parts.setHandleWidth(12)
        parts.setProperty("gap", True)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 12, 8)
        column.setSpacing(8)
        column.addLayout(top)
        column.addLayout(row)
        column.addWidget(parts, 1)

    def _connect(self) -> None:
        self.choose.clicked.connect(self.ask_ids)
        self.ids.returnPressed.connect(self.check)
        self.go.clicked.connect(self.check_or_stop)
        self.failed_only.toggled.connect(lambda *_: self._list_elements())
        self.list.currentItemChanged.connect(lambda *_: self._list_elements())
        for name, button in self.buttons.items():
            button.clicked.connect(lambda _=False, name=name: self.use(name))

    # -- asking ----------------------------------------------------------------------------------------

    def ask_ids(self) -> None:
        path = file_dialog.file(self, tr("Choose an IDS"), self.ids.text(), "IDS (*.ids *.xml)")
        if path:
            self.ids.setText(path)
            self.check()

    def check_or_stop(self) -> None:
        if self._job is not None:
            self.session.jobs.cancel(self._job)
        else:
            self.check()

    def check(self) -> None:
        """Ask a worker; the answer comes with a later tick."""
        layer = self.session.document.layer(self.which())
        if not isinstance(layer, Building) or not layer.source:
            self._say(tr("No building model is open."), "danger")
        elif self._job is None:
            self._asked = layer.id
            self._job = self.session.jobs.start(check_reader(), layer.source.path, self.ids.text().strip(),
                                                self.rules.isChecked(), label=tr("Checking {name}", name=layer.name),
                                                path=layer.source.path, stall_secs=STALL_SECS, urgent=True)
            self._say(tr("Checking…"))
            self.retranslate()

    def refresh(self) -> None:
        if self.isVisible():
            self._follow_file()
            self.view.follow()
        if self._job is None:
            return
        if self._job.active:
            self._say(self._job.text or tr("Checking…"))
            return
        job, self._job = self._job, None
        self.id, self.found = self._asked, job.result
        if job.error:
            self._say(str(job.error), "danger")
        elif job.result is None:
            self._say(tr("Stopped."))
        self._list_checks()
        self.retranslate()

    def _follow_file(self) -> None:
        """Where the listed elements stand among the shapes, once another file of the model was read."""
        asset = self.session.held(self.id) if self.found is not None else None
        if asset is not None and asset.state != LOADING and asset.payload is not None \
                and asset.payload.features is not self._features:
            self._list_elements()

    # -- showing ---------------------------------------------------------------------------------------

    def _list_checks(self) -> None:
        self.list.clear()
        if self.found is not None:
            checks = self.found.checks
            bad = sum(check["status"] == "failed" for check in checks)
            words = tr("Everything passes.") if not bad else tr("{n} of {total} checks fail.", n=bad, total=len(checks))
            left = tr("{n} more findings are not listed.", n=f"{self.found.left_out:,}") if self.found.left_out else ""
            said = " ".join(filter(None, (words, *self.found.notes, left)))
            self._say(" · ".join(filter(None, (self._of(), said))), "muted" if self.found.ok else "danger")
            self._add_item(tr("All checks"), -1, "", "")
            for at, check in enumerate(checks):
                self._add_item(check["name"], at, check["status"], tip_of(check), check)
            self.list.setCurrentItem(self.list.topLevelItem(0))
        self._list_elements()

    def _of(self) -> str:
        """Whose checks these are, where there is a choice."""
        layer = self.session.document.layer(self.id)
        return layer.title(language()) if layer and len(actions.buildings(self.session)) > 1 else ""

    def _add_item(self, words: str, at: int, status: str, tip: str, check: dict | None = None) -> None:
        count = "" if check is None else f"{check['failed']:,} / {check['applicable']:,}" if check["failed"] else \
            tr(STATUS[status][0])
        item = QTreeWidgetItem([words, count])
        item.setData(0, Qt.ItemDataRole.UserRole, at)
        item.setToolTip(0, tip or words)
        item.setSizeHint(0, QSize(0, ROW_PX))
        item.setTextAlignment(1, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        if status:
            item.setForeground(1, QColor(theme.colour(STATUS[status][1])))
        self.list.addTopLevelItem(item)

    def _list_elements(self) -> None:
        """Of the chosen check, or of all of them."""
        layer, asset = self.session.document.layer(self.id), self.session.asset(self.id)
        item = self.list.currentItem()
        self._features = asset.payload.features if asset and asset.payload is not None else None
        if self.found is None or layer is None or item is None:
            self.results.show(None, None)
        else:
            at, rows = item.data(0, Qt.ItemDataRole.UserRole), self.found.rows
            model = self.session.models.of(layer, asset)
            self.results.show(chosen_of(rows, at, self.failed_only.isChecked()), self._features,
                              model.structure if model else None)
        self.view.widths(200, 150, 230, 230, 110)
        self._enable()

    def _enable(self) -> None:
        some = len(self.results.features()) > 0
        for name, button in self.buttons.items():
            button.setEnabled(self.results.rowCount() > 0 if name == "csv" else some)

    def _say(self, words: str, role: str = "muted") -> None:
        if words == self.said.text() and role == self.said.property("role"):
            return
        self.said.setText(words)
        self.said.setToolTip(words)
        self.said.setProperty("role", role)
        self.said.style().unpolish(self.said)
        self.said.style().polish(self.said)

    # -- using -----------------------------------------------------------------------------------------

    def use(self, name: str) -> None:
        """What a button does with the elements that are listed."""
        layer = self.session.document.layer(self.id)
        if name == "csv":
            self.save_csv()
        elif layer is None:
            return
        elif name == "select":
            actions.select(self.session, self.id, self.results.features())
        elif name == "isolate":
            tell_put_away(self.window(), actions.isolate(self.session, self.id, self.results.features()))
        else:
            self._paint()

    def _paint(self) -> None:
        """Failed and passed elements of the chosen check, each in a colour; again: without."""
        item = self.list.currentItem()
        layer, asset = self.session.document.layer(self.id), self.session.asset(self.id)
        if any(paint.label in (tr(PASS), tr(FAIL)) for paint in layer.painted):
            actions.paint_all(self.session, self.id, {})
            return
        whole, at = ResultsModel(), item.data(0, Qt.ItemDataRole.UserRole)
        found = []
        for failed in (False, True):
            whole.show(chosen_of(self.found.rows, at, failed), asset.payload.features)
            found.append(whole.features())
        lines = {PASS: np.setdiff1d(found[0], found[1]), FAIL: found[1]}
        lines = {label: features for label, features in lines.items() if len(features)}
        actions.paint_all(self.session, self.id, {tr(label): features for label, features in lines.items()},
                          [COLORS[label] for label in lines])

    def save_csv(self) -> None:
        save_csv(self, "checks.csv", self.results.csv, self._say)

    # -- language and theme ------------------------------------------------------------------------------

    def retranslate(self) -> None:
        self.ids.setPlaceholderText(tr("IDS file, or nothing for the schema alone"))
        self.ids.setAccessibleName("IDS")
        self.choose.setText(tr("IDS…"))
        self.rules.setText(tr("Rules too"))
        self.rules.setToolTip(tr("The where-rules of the schema too: about three times as long"))
        self.failed_only.setText(tr("Only what fails"))
        self.go.setText(tr("Check") if self._job is None else tr("Stop"))
        for name, button in self.buttons.items():
            button.setText(tr(BUTTONS[name]))
        self.buttons["paint"].setToolTip(tr("Colour what passes and what fails in the scene; again: without"))
        self._enable()

    def retheme(self) -> None:
        self.view.viewport().update()
        for at in range(self.list.topLevelItemCount()):
            item = self.list.topLevelItem(at)
            if (place := item.data(0, Qt.ItemDataRole.UserRole)) >= 0:
                item.setForeground(1, QColor(theme.colour(STATUS[self.found.checks[place]["status"]][1])))


def check_reader():
    """`check(path, ids path, rules, progress)`; it runs in a worker."""
    from bim.checks import check
    return check
