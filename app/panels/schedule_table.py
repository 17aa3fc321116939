"""The tasks of a schedule as a Qt table; the state of each follows the clock."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QAbstractTableModel, QModelIndex, Qt
from PySide6.QtGui import QColor

from app import theme
from app.panels.facts import MISSING
from layers.construction import COLORS, WORDS
from twin import times
from twin.schedule import EARLY, FINISHED, LATE, NOT_YET, UNDER_WAY, Mapped, Task, last_worked
from twin.text import tr

HEADS = ("Task", "State", "Start", "Finish", "Actual start", "Actual finish", "Elements", "Id")
STATE, ELEMENTS = 1, 6
YEAR = 4                                      # digits


class TaskModel(QAbstractTableModel):
    """`order` are places in the schedule's tasks."""

    def __init__(self, parent=None):
        super().__init__(parent)
        self.made: Mapped | None = None
        self.order = np.zeros(0, np.intp)
        self.now_ns, self.time_zone, self.mode = 0, "UTC", "planned"
        self._sizes = np.zeros(0, np.intp)

    def show(self, made: Mapped | None, time_zone: str, only_unmapped: bool, sought: str = "") -> None:
        """`sought`: words that a task's name or id must all hold, or that begin one of its dates."""
        self.beginResetModel()
        self.made, self.time_zone = made, time_zone
        tasks = made.schedule.tasks if made else ()
        self._sizes = np.bincount(made.pairs[:, 0], minlength=len(tasks)) if made else np.zeros(0, np.intp)
        places = made.unmapped_tasks if made and only_unmapped else range(len(tasks))
        words = sought.casefold().split()
        self.order = np.array([at for at in places if all(self._holds(tasks[at], word) for word in words)], np.intp)
        self.endResetModel()

    def _holds(self, task: Task, word: str) -> bool:
        """A date counts from its year on: 3 is in most of them."""
        return word in f"{task.name} {task.id} {task.number}".casefold() or (
            len(word) >= YEAR and any(self._date(at).startswith(word) for at in dates(task)))

    def _date(self, time_ns: int | None) -> str:
        return MISSING if time_ns is None else times.readable(time_ns, self.time_zone)[:10]

    def show_now(self, now_ns: int, mode: str) -> None:
        """`mode` as that of a ScheduleView."""
        self.now_ns, self.mode = now_ns, mode
        if len(self.order):
            self.dataChanged.emit(self.index(0, STATE), self.index(len(self.order) - 1, STATE))

    def task(self, row: int) -> Task:
        return self.made.schedule.tasks[int(self.order[row])]

    def elements(self, rows: list[int]) -> np.ndarray:
        """Features that the tasks in these rows are about."""
        mine = np.isin(self.made.pairs[:, 0], self.order[rows])
        return np.unique(self.made.pairs[mine, 1])

    def state(self, task: Task) -> int | None:
        """As its elements are coloured; None of what says nothing."""
        plan = self._state(task.start_ns, task.finish_ns)
        done = self._state(task.actual_start_ns, task.actual_finish_ns)
        if task.summary or self.mode != "compare":
            return None if task.summary else done if self.mode == "actual" else plan
        if plan is None and done is None:
            return None
        planned, reached = plan or NOT_YET, done or NOT_YET       # in the order of time
        return LATE if planned > reached else EARLY if planned < reached else reached

    def _state(self, begin_ns: int | None, end_ns: int | None) -> int | None:
        if begin_ns is None:
            return None
        return (FINISHED if end_ns is not None and self.now_ns >= end_ns else
                UNDER_WAY if self.now_ns >= begin_ns else NOT_YET)

    def rowCount(self, parent=QModelIndex()):  # noqa: B008 - Qt's signature
        return 0 if parent.isValid() else len(self.order)

    def columnCount(self, parent=QModelIndex()):  # noqa: B008
        return 0 if parent.isValid() else len(HEADS)

    def headerData(self, section, orientation, role=Qt.ItemDataRole.DisplayRole):
        if role == Qt.ItemDataRole.DisplayRole and orientation == Qt.Orientation.Horizontal:
            return tr(HEADS[section])
        return None

    def data(self, index, role=Qt.ItemDataRole.DisplayRole):
        task, column = self.task(index.row()), index.column()
        if role == Qt.ItemDataRole.ToolTipRole and column == 0:
            return " · ".join((task.name, *work_words(task)))
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return self._words(index.row(), task, column)
        if role == Qt.ItemDataRole.DecorationRole and column == STATE and (state := self.state(task)) in COLORS:
            return QColor(*COLORS[state])
        if role == Qt.ItemDataRole.ForegroundRole and (task.summary or not self._sizes[self.order[index.row()]]):
            return QColor(theme.colour("muted"))
        return None

    def _words(self, row: int, task: Task, column: int) -> str:
        if column == STATE:
            state = self.state(task)
            return "" if state is None else tr(WORDS[state])
        if column == ELEMENTS:
            return f"{self._sizes[self.order[row]]:,}"
        if column in (0, 7):
            return task.name if column == 0 else task.number or task.id
        return self._date(dates(task)[column - 2])


def dates(task: Task) -> tuple[int | None, ...]:
    """Instants in the first and last days of work, planned and actual, ns; as the columns stand."""
    return (task.start_ns, last_worked(task.start_ns, task.finish_ns),
            task.actual_start_ns, last_worked(task.actual_start_ns, task.actual_finish_ns))


def work_words(task: Task) -> list[str]:
    """How long a task works, and by which calendar."""
    return [*([tr("{hours} h of work", hours=f"{task.work_hours:g}")] if task.work_hours else []),
            *([tr("Calendar: {name}", name=task.calendar)] if task.calendar else [])]
