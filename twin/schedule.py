"""A construction schedule: its tasks, which elements each is about, and what stands at an instant."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import numpy as np

NEVER = np.iinfo(np.int64).max
NOT_YET, UNDER_WAY, FINISHED, DEMOLISHED, UNPLANNED, LATE, EARLY = range(7)


@dataclass(frozen=True, kw_only=True)
class Task:
    """Times are ns since 1970 UTC, None = not said. `guids`: elements that the file itself names; `late`: those of them
    that it calls too late. `number`: what people call it, where its `id` is nothing to read. `work_hours` is the
    duration in working time, by the `calendar` ("" = none is known). `kind` "other" builds nothing.
    """

    id: str
    name: str
    number: str = ""
    parent: str = ""
    start_ns: int | None = None
    finish_ns: int | None = None
    actual_start_ns: int | None = None
    actual_finish_ns: int | None = None
    kind: Literal["construct", "demolish", "other"] = "construct"
    work_hours: float | None = None
    calendar: str = ""
    summary: bool = False
    guids: tuple[str, ...] = ()
    late: tuple[str, ...] = ()


def last_worked(start_ns: int | None, finish_ns: int | None) -> int | None:
    """An instant of the last day of work: what is finished when a day ends was worked on that day, not on the next."""
    return finish_ns if finish_ns is None or finish_ns == start_ns else finish_ns - 1


@dataclass(frozen=True)
class Schedule:
    source: str                          # "ifc", "ms-project", "csv"
    tasks: tuple[Task, ...]
    notes: tuple[str, ...] = ()
    rules: tuple[TaskRule, ...] = ()     # that the file itself gives

    @property
    def span_ns(self) -> tuple[int, int] | None:
        every = [t for task in self.tasks for t in (task.start_ns, task.finish_ns, task.actual_start_ns,
                                                    task.actual_finish_ns) if t is not None]
        return (min(every), max(every)) if every else None


@dataclass(frozen=True, kw_only=True)
class TaskRule:
    """Elements of these tasks (ids): all conditions that are given must fit. Texts count in either case; `name` is a
    part of the name, the others are whole; `ifc_class` without "Ifc" too, and IfcWall is IfcWallStandardCase as well.
    """

    tasks: tuple[str, ...]
    guids: tuple[str, ...] = ()
    ifc_class: str = ""
    storey: str = ""
    name: str = ""
    type: str = ""
    material: str = ""


@dataclass(frozen=True, kw_only=True)
class ScheduleView:
    """How a building shows its schedule. `path` "" = the tasks in its own file.

    `mode` "compare" = the plan against what was done. `not_yet`, `unplanned`: what becomes of elements before their
    time and of those without a task.
    """

    path: str = ""
    mode: Literal["planned", "actual", "compare"] = "planned"
    not_yet: Literal["hidden", "ghost"] = "hidden"
    unplanned: Literal["as_is", "ghost", "hidden"] = "ghost"
    rules: tuple[TaskRule, ...] = ()


@dataclass(frozen=True, eq=False)
class Mapped:
    """A schedule on n elements: `pairs` (k, 2) of (task, element). `planned`, `actual` (n, 3) i8: when an element is
    begun, done, and demolished; NEVER where nothing says so. `late` (n,) bool as the file says. `unknown`: tasks that
    a rule names and the schedule does not hold. `idle`: which of the user's rules no element fits.
    """

    schedule: Schedule
    pairs: np.ndarray
    planned: np.ndarray
    actual: np.ndarray
    late: np.ndarray = field(default_factory=lambda: np.zeros(0, bool))
    unknown: tuple[str, ...] = ()
    idle: tuple[int, ...] = ()

    @property
    def unmapped_tasks(self) -> list[int]:
        """Tasks that should build something and have no element here."""
        held = set(self.pairs[:, 0].tolist())
        return [n for n, task in enumerate(self.schedule.tasks)
                if n not in held and not task.summary and task.kind != "other"]

    @property
    def unmapped_elements(self) -> np.ndarray:
        """(n,) bool."""
        out = np.ones(len(self.planned), bool)
        out[self.pairs[:, 1]] = False
        return out

    def states(self, now_ns: int, mode: str) -> np.ndarray:
        """(n,) u1 of NOT_YET … EARLY."""
        if mode != "compare":
            return _states(self.actual if mode == "actual" else self.planned, self.unmapped_elements, now_ns)
        plan = _states(self.planned, self.unmapped_elements, now_ns)
        done = _states(self.actual, self.unmapped_elements, now_ns)
        order = np.array([0, 1, 2, 3, 0, 0, 0])
        out = done.copy()
        out[(order[plan] > order[done])] = LATE
        out[(order[plan] < order[done])] = EARLY
        return out


def _states(times: np.ndarray, unmapped: np.ndarray, now_ns: int) -> np.ndarray:
    begun, done, gone = times.T
    out = np.where(now_ns >= done, FINISHED, np.where(now_ns >= begun, UNDER_WAY, NOT_YET))
    only_gone = (begun == NEVER) & (done == NEVER) & (gone != NEVER)         # it was there before
    out[only_gone] = FINISHED
    out[now_ns >= gone] = DEMOLISHED
    out[unmapped] = UNPLANNED
    return out.astype(np.uint8)


def mapped(schedule: Schedule, features, rules: tuple[TaskRule, ...]) -> Mapped:
    """`features` is the Arrow table of a model's elements. What the file names goes with what its and the user's rules
    say.
    """
    count = features.num_rows
    columns = {name: _texts(features, name) for name in ("guid", "class", "storey", "name", "type", "material")}
    row = {guid: n for n, guid in enumerate(columns["guid"])}
    places = [*enumerate(schedule.tasks)]
    at = {task.number: n for n, task in reversed(places) if task.number} | {task.id: n for n, task in places}
    pairs = {(n, row[guid]) for n, task in enumerate(schedule.tasks) for guid in task.guids if guid in row}
    idle = []
    for number, rule in enumerate((*schedule.rules, *rules), -len(schedule.rules)):
        elements = np.flatnonzero(_fitting(rule, columns, row, count)).tolist()
        idle += [number] * (number >= 0 and not elements)
        pairs |= {(at[id], element) for id in rule.tasks if id in at for element in elements}
    both = np.array(sorted(pairs), np.int64).reshape(-1, 2)
    late = np.zeros(count, bool)
    late[[row[guid] for task in schedule.tasks for guid in task.late if guid in row]] = True
    planned = _times(schedule, both, count, "start_ns", "finish_ns")
    unknown = tuple(dict.fromkeys(id for rule in rules for id in rule.tasks if id not in at))
    actual = _times(schedule, both, count, "actual_start_ns", "actual_finish_ns")
    return Mapped(schedule, both, planned, actual, late, unknown, tuple(idle))


def _times(schedule: Schedule, pairs: np.ndarray, count: int, start: str, finish: str) -> np.ndarray:
    """Begun with the first task, done with the last, gone with the first that demolishes."""
    out = np.full((count, 3), NEVER)
    last = np.full(count, -NEVER)
    open_ = np.zeros(count, bool)                                        # a task without an end keeps it unfinished
    for task, element in pairs.tolist():
        said = schedule.tasks[task]
        begin, end = getattr(said, start), getattr(said, finish)
        if said.kind == "demolish":
            out[element, 2] = min(out[element, 2], NEVER if end is None else end)
        elif said.kind == "construct":
            out[element, 0] = min(out[element, 0], NEVER if begin is None else begin)
            open_[element] |= end is None
            last[element] = max(last[element], -NEVER if end is None else end)
    done = (last != -NEVER) & ~open_
    out[done, 1] = last[done]
    return out


def _fitting(rule: TaskRule, columns: dict[str, list[str]], row: dict[str, int], count: int) -> np.ndarray:
    out = np.zeros(count, bool)
    conditions = [("class", rule.ifc_class), ("storey", rule.storey), ("name", rule.name), ("type", rule.type),
                  ("material", rule.material)]
    given = [(column, text.casefold()) for column, text in conditions if text]
    if given:
        out[:] = True
        for column, text in given:
            out &= np.array([_says(column, held.casefold(), text) for held in columns[column]], bool)
    out[[row[guid] for guid in rule.guids if guid in row]] = True
    return out


def _says(column: str, held: str, asked: str) -> bool:
    if column == "name":
        return asked in held
    if column == "class":
        return held.removeprefix("ifc").removesuffix("standardcase") == asked.removeprefix("ifc")
    return held == asked


def _texts(features, column: str) -> list[str]:
    if column not in features.column_names:
        return [""] * features.num_rows
    return [str(v or "") for v in features.column(column).to_pylist()]
