"""Schedules: what gestures and commands do to the document, and what is told of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

import numpy as np

from app.session import Session
from layers.building_elements import OPENING, VOLUMES
from twin import times
from twin.schedule import Mapped, ScheduleView, Task, TaskRule
from twin.text import tr
from twin.trouble import Trouble

CONDITIONS = {"class": "ifc_class", "storey": "storey", "name": "name", "type": "type", "material": "material",
              "guid": "guids"}


def set_schedule(session: Session, ids: Iterable[str], said: ScheduleView | None, label: str = "Schedule") -> None:
    """One edit; None = no schedule any more."""
    change_schedules(session, ids, lambda held: said, label)


def change_schedules(session: Session, ids: Iterable[str], change: Callable[[ScheduleView | None], ScheduleView | None],
                     label: str = "Schedule") -> None:
    """One edit: each model's own schedule, changed."""
    document = session.document.with_each(set(ids), lambda x: replace(x, schedule=change(x.schedule)))
    session.edits.commit(document, label)
    session.edits.seal()


def add_rule(session: Session, id: str, rule: TaskRule) -> None:
    layer = session.document.layer(id)
    fresh = replace(layer.schedule, rules=(*layer.schedule.rules, rule))
    set_schedule(session, [id], fresh, "Elements of a task")


def without_rules(session: Session, id: str, tasks: Iterable[str]) -> None:
    """These tasks keep only the elements that their file names."""
    layer, gone = session.document.layer(id), set(tasks)
    cut = [replace(rule, tasks=tuple(t for t in rule.tasks if t not in gone)) for rule in layer.schedule.rules]
    fresh = replace(layer.schedule, rules=tuple(rule for rule in cut if rule.tasks))
    set_schedule(session, [id], fresh, "Elements of a task")


def parsed_rule(text: str) -> TaskRule:
    """"55: class=IfcWall, storey=00 begane grond" -> a rule for task 55; several tasks stand as "55 56". Raises
    Trouble.
    """
    tasks, colon, rest = text.partition(":")
    conditions: dict = {}
    for part in rest.split(","):
        name, equals, value = (x.strip() for x in part.partition("="))
        if not equals or name.casefold() not in CONDITIONS or not value:
            break
        field = CONDITIONS[name.casefold()]
        conditions[field] = (*conditions.get(field, ()), value) if field == "guids" else value
    else:
        if colon and tasks.split():
            return TaskRule(tasks=tuple(tasks.split()), **conditions)
    raise Trouble(tr("“{text}” is no rule for tasks.", text=text),
                  way_out=tr("Write it as TASK: class=IfcWall, storey=EG ({known}).", known=", ".join(CONDITIONS)))


def absolute(path: Path | str) -> str:
    return str(Path(path).absolute())


# -- what is told ----------------------------------------------------------------------------------------


def counted(features) -> np.ndarray:
    """(n,) bool: elements that somebody builds; rooms and openings are not."""
    kinds = np.array(features.column("class").to_pylist(), object)
    return ~np.isin(kinds, (*VOLUMES, OPENING))


def report(made: Mapped, features, time_zone: str) -> dict:
    """{"counts", "tasks", "unmapped_tasks", "unmapped_elements", "unknown_tasks", "notes"} as JSON values."""
    sizes = np.bincount(made.pairs[:, 0], minlength=len(made.schedule.tasks))
    loose = np.flatnonzero(made.unmapped_elements & counted(features))
    lost = [features.column(name).take(loose).to_pylist() for name in ("guid", "class", "name", "storey")]
    unmapped = made.unmapped_tasks
    span = made.schedule.span_ns
    return {
        "source": made.schedule.source, "notes": list(made.schedule.notes),
        "span": [times.iso(t, time_zone) for t in span] if span else None,
        "counts": {"tasks": len(made.schedule.tasks), "unmapped_tasks": len(unmapped),
                   "elements": int(counted(features).sum()), "unmapped_elements": len(loose),
                   "late_elements": int(made.late.sum()), "with_actual": int((made.actual[:, 0] < 2**62).sum())},
        "tasks": [_task(task, int(n), time_zone) for task, n in zip(made.schedule.tasks, sizes)],
        "unknown_tasks": list(made.unknown),
        "unmapped_tasks": [made.schedule.tasks[n].id for n in unmapped],
        "unmapped_elements": [dict(zip(("guid", "class", "name", "storey"), row)) for row in zip(*lost)]}


def _task(task: Task, elements: int, time_zone: str) -> dict:
    def at(time_ns: int | None) -> str | None:
        return None if time_ns is None else times.iso(time_ns, time_zone)
    return {"id": task.id, "number": task.number, "name": task.name, "parent": task.parent or None,
            "kind": task.kind, "summary": task.summary,
            "start": at(task.start_ns), "finish": at(task.finish_ns), "actual_start": at(task.actual_start_ns),
            "actual_finish": at(task.actual_finish_ns), "work_hours": task.work_hours,
            "calendar": task.calendar, "named": len(task.guids), "elements": elements}
