"""Construction in time: the plan of a building, its tasks, and which elements each is about."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QMenu,
    QPushButton,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from app import file_dialog, scheduling
from app.panels import model_actions as actions
from app.panels.loupe import show_loupe
from app.panels.row_table import as_rows
from app.panels.schedule_table import TaskModel
from app.session import Session
from layers.building import Building
from twin.schedule import ScheduleView, TaskRule
from twin.text import language, tr

MODES = {"planned": "As planned", "actual": "As built", "compare": "Plan and reality"}
REST = {"as_is": "Others as they are", "ghost": "Others as ghosts", "hidden": "Others hidden"}
DOING = {"select": "Select", "assign": "Assign the selected elements",
         "alike": "Assign all of their class and storey", "clear": "Take the elements away",
         "loose": "Select elements without a task"}
ROW_PX = 24


class SchedulePanel(QWidget):
    """About the model that the model panel shows (`which()` is its layer id)."""

    def __init__(self, session: Session, viewport=None, which=lambda: "", parent: QWidget | None = None):
        super().__init__(parent)
        self.session, self.viewport, self.which = session, viewport, which
        self.own, self.plan, self.off = QPushButton(), QPushButton(), QPushButton()
        self.mode, self.rest, self.said = QComboBox(), QComboBox(), QLabel()
        self.hint, self.filter = QLabel(), QLineEdit(clearButtonEnabled=True)
        self.every, self.unmapped = QCheckBox(), QCheckBox()
        self.tasks, self.view = TaskModel(self), QTableView()
        self.elements = QPushButton()
        self.elements.setMenu(menu := QMenu(self.elements))
        self.doing = {name: menu.addAction("") for name in DOING}
        self._shown: tuple = ()
        self._now: tuple = ()
        self._chosen: frozenset[tuple[str, str]] = frozenset()     # ids and names of tasks
        self._lay_out()
        self._connect()
        self.retranslate()
        self.retheme()

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        for widget in (self.own, self.plan, self.every, self.off, self.mode, self.rest, self.elements):
            top.addWidget(widget)
        self.filter.setMinimumWidth(120)
        top.addWidget(self.filter, 1)
        top.addWidget(self.unmapped)
        for label in (self.hint, self.said):
            label.setProperty("role", "muted")
            label.setMinimumWidth(60)
        self.view.setModel(self.tasks)
        as_rows(self.view, ROW_PX)
        self.view.horizontalHeader().setStretchLastSection(True)
        self.view.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        for at, width in enumerate((280, 140, 100, 100, 100, 100, 80)):
            self.view.setColumnWidth(at, width)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 12, 8)
        column.setSpacing(8)
        column.addLayout(top)
        column.addWidget(self.view, 1)
        column.addWidget(self.hint)
        column.addWidget(self.said)

    def _connect(self) -> None:
        self.own.clicked.connect(lambda: self.show_plan(""))
        self.plan.clicked.connect(self.ask_plan)
        self.off.clicked.connect(lambda: self._commit(lambda held: None))
        self.every.clicked.connect(lambda on: self._spread() if on else None)
        self.mode.activated.connect(lambda *_: self._change(mode=self.mode.currentData()))
        self.rest.activated.connect(lambda *_: self._change(unplanned=self.rest.currentData()))
        self.unmapped.toggled.connect(lambda *_: self._again())
        self.filter.textChanged.connect(lambda *_: self._again())
        self.view.selectionModel().selectionChanged.connect(lambda *_: self._tasks_chosen())
        self.view.doubleClicked.connect(lambda *_: self.use("select"))
        for name, action in self.doing.items():
            action.triggered.connect(lambda _=False, name=name: self.use(name))

    # -- the tick --------------------------------------------------------------------------------------

    @property
    def layer(self) -> Building | None:
        found = self.session.document.layer(self.which())
        return found if isinstance(found, Building) and found.source else None

    def refresh(self) -> None:
        if not self.isVisible():
            return
        layer = self.layer
        made = self.session.schedules.now.get(layer.id) if layer else None
        error = self.session.schedules.error(layer) if layer else None
        said = layer.schedule if layer else None
        shown = (layer.id if layer else "", said, made, error, language(), len(actions.buildings(self.session)))
        if not (self._shown and all(a is b or a == b for a, b in zip(shown, self._shown))):
            self._shown, self._now = shown, ()
            self._show(layer, made, error)
        now = (self.session.clock.now_ns, self.session.selection)
        if now != self._now:
            self._now = now
            self.tasks.show_now(now[0], said.mode if said else "planned")
            self._enable()

    def _again(self) -> None:
        self._shown = ()
        self.refresh()

    def _show(self, layer, made, error) -> None:
        chosen = self._chosen if made else frozenset()
        self.tasks.show(made, self.session.document.time_zone, self.unmapped.isChecked(), self.filter.text())
        self._choose(chosen)
        said = layer.schedule if layer else None
        self.mode.setCurrentIndex(max(0, self.mode.findData(said.mode if said else "planned")))
        self.rest.setCurrentIndex(max(0, self.rest.findData(said.unplanned if said else "ghost")))
        for widget in (self.mode, self.rest, self.filter, self.unmapped, self.off):
            widget.setEnabled(said is not None)
        self.every.setVisible(len(actions.buildings(self.session)) > 1)
        for widget in (self.own, self.plan):
            widget.setEnabled(layer is not None)
        self.said.setText(self._words(layer, made, error))
        self.said.setToolTip(self.said.text())

    def _choose(self, chosen: frozenset[tuple[str, str]]) -> None:
        """The same tasks as before: another model of the site may have been clicked to assign its elements."""
        model = self.view.selectionModel()
        for row in range(self.tasks.rowCount()):
            if (self.tasks.task(row).id, self.tasks.task(row).name) in chosen:
                model.select(self.tasks.index(row, 0), model.SelectionFlag.Select | model.SelectionFlag.Rows)

    def _words(self, layer, made, error) -> str:
        if layer is None:
            return tr("No building model is open.")
        if error:
            return str(error)
        if made is None:
            return tr("Reading the schedule…") if layer.schedule else \
                tr("Choose a plan, or read the tasks of the model.")
        features = self.session.asset(layer.id).payload.features
        loose = int((made.unmapped_elements & scheduling.counted(features)).sum())
        words = tr("{tasks} tasks, {lost} without elements; {loose} elements without a task",
                   tasks=f"{len(made.schedule.tasks):,}", lost=f"{len(made.unmapped_tasks):,}", loose=f"{loose:,}")
        late = tr("{n} called late by the file", n=f"{int(made.late.sum()):,}") if made.late.any() else ""
        gone = tr("Rules name tasks that are not in it: {names}", names=", ".join(made.unknown)) if made.unknown else ""
        several = len(actions.buildings(self.session)) > 1
        whose = tr("{name}: {words}", name=layer.title(language()), words=words) if several else words
        return "; ".join(filter(None, (whose, gone, late, *made.schedule.notes)))

    # -- using -----------------------------------------------------------------------------------------

    def ask_plan(self) -> None:
        folder = str(Path(self.layer.source.path).parent) if self.layer else ""
        path = file_dialog.file(self, tr("Choose a plan"), folder, "XML, CSV, IFC (*.xml *.csv *.ifc *.ifczip)")
        if path:
            self.show_plan(scheduling.absolute(path))

    def show_plan(self, path: str) -> None:
        """`path` "" = the tasks in the model's own file; rules and looks stay."""
        self._commit(lambda held: replace(held or ScheduleView(), path=path))

    def _spread(self) -> None:
        """The plan that this model has goes to all of them; each keeps its rules."""
        said = self.layer.schedule if self.layer else None
        if said and said.path:
            self._commit(lambda held: replace(held or ScheduleView(), path=said.path, mode=said.mode,
                                              unplanned=said.unplanned))

    def _change(self, **fields) -> None:
        if self.layer and self.layer.schedule:
            self._commit(lambda held: held and replace(held, **fields))

    def _commit(self, change: Callable[[ScheduleView | None], ScheduleView | None]) -> None:
        """Of this model, or of all of them: a plan is that of a whole site."""
        if self.layer:
            every = self.every.isChecked() and not self.every.isHidden()
            ids = [x.id for x in actions.buildings(self.session) if x.source] if every else [self.layer.id]
            scheduling.change_schedules(self.session, ids, change)

    def _rows(self) -> list[int]:
        return [index.row() for index in self.view.selectionModel().selectedRows()]

    def _features(self) -> np.ndarray:
        return actions.chosen(self.session).get(self.layer.id, np.zeros(0, np.intp)) if self.layer else \
            np.zeros(0, np.intp)

    def _tasks_chosen(self) -> None:
        self._chosen = frozenset((self.tasks.task(row).id, self.tasks.task(row).name) for row in self._rows())
        self._enable()

    def _enable(self) -> None:
        rows, some = self._rows(), len(self._features()) > 0
        made = self.tasks.made is not None
        self.doing["select"].setEnabled(made and len(self.tasks.elements(rows)) > 0)
        self.doing["assign"].setEnabled(bool(rows) and some)
        self.doing["alike"].setEnabled(bool(rows) and some)
        said = self.layer.schedule if self.layer is not None else None
        hidden = said is not None and said.unplanned == "hidden"
        self.hint.setText(tr("Elements without a task are hidden: choose Others as ghosts, or take them from the model "
                             "tree.") if rows and not some and hidden else "")
        self.hint.setToolTip(self.hint.text())
        self.hint.setVisible(bool(self.hint.text()))
        self.said.setVisible(not self.hint.text())
        self.doing["clear"].setEnabled(bool(rows))
        self.doing["loose"].setEnabled(made)

    def use(self, name: str) -> None:
        layer, rows = self.layer, self._rows()
        if layer is None or self.tasks.made is None:
            return
        ids = tuple(self.tasks.task(row).id for row in rows)
        features = self.session.asset(layer.id).payload.features
        if name == "select":
            actions.select(self.session, layer.id, self.tasks.elements(rows))
        elif name == "loose":
            loose = self.tasks.made.unmapped_elements & scheduling.counted(features)
            actions.select(self.session, layer.id, np.flatnonzero(loose))
        elif name == "clear":
            scheduling.without_rules(self.session, layer.id, ids)
        elif name == "assign":
            guids = tuple(features.column("guid")[int(f)].as_py() for f in self._features())
            scheduling.add_rule(self.session, layer.id, TaskRule(tasks=ids, guids=guids))
        else:
            for kind, storey in sorted({(features.column("class")[int(f)].as_py() or "",
                                         features.column("storey")[int(f)].as_py() or "") for f in self._features()}):
                scheduling.add_rule(self.session, layer.id, TaskRule(
                    tasks=ids, ifc_class=kind.removesuffix("StandardCase"), storey=storey))

    # -- language and theme ------------------------------------------------------------------------------

    def retranslate(self) -> None:
        self.own.setText(tr("Tasks of the model"))
        self.plan.setText(tr("Plan…"))
        self.off.setText(tr("Without schedule"))
        self.every.setText(tr("For all models"))
        self.every.setToolTip(tr("A plan and how it is shown go to every building model, not to this one alone"))
        self.unmapped.setText(tr("Only tasks without elements"))
        for combo, words in ((self.mode, MODES), (self.rest, REST)):
            at = combo.currentIndex()
            combo.clear()
            for key, label in words.items():
                combo.addItem(tr(label), key)
            combo.setCurrentIndex(max(0, at))
        self.elements.setText(tr("Elements"))
        for name, action in self.doing.items():
            action.setText(tr(DOING[name]))
        self.filter.setPlaceholderText(tr("Filter tasks"))
        self.filter.setAccessibleName(tr("Filter tasks"))
        self._shown = ()

    def retheme(self) -> None:
        show_loupe(self.filter)
        self.view.viewport().update()
