"""`citytwin ifc schedule`: the tasks of a model or of a plan, and which elements each is about."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from app.printing import counted, print_json


def add_schedule(inside, shared: argparse.ArgumentParser) -> None:
    command = inside.add_parser(
        "schedule", parents=[shared], help="tasks of a model or of a plan, and the elements they are about",
        description="Reads IfcTask from the model, or a plan given with --tasks, and says which tasks have no elements "
                    "and which elements no task. For example: citytwin ifc schedule a.ifc --tasks plan.xml "
                    "--map '55: class=IfcWall, storey=00 begane grond'")
    command.add_argument("file", type=Path, metavar="FILE.ifc")
    add_options(command)
    command.add_argument("--time-zone", default="Asia/Shanghai", metavar="ZONE", help="of times without one")
    command.set_defaults(run=_schedule)


def add_options(command: argparse.ArgumentParser) -> None:
    command.add_argument("--tasks", type=Path, metavar="PLAN",
                         help="Microsoft Project XML, a CSV table or an IFC file with the tasks")
    command.add_argument("--map", action="append", default=[], metavar="RULE",
                         help="elements of a task, as 'ID: class=IfcWall, storey=EG, name=…'; several times")


def _schedule(options) -> int:
    from app.discover import layer_types
    from app.scheduling import parsed_rule, report
    from app.session import Session
    from layers.building import Building
    from twin import times
    from twin.document import Document
    from twin.project import Project, source_of
    from twin.readers import must_be_a_file
    from twin.schedule import ScheduleView, last_worked
    layer_types()
    must_be_a_file(options.file)
    plan = str(options.tasks.absolute()) if options.tasks else ""
    said = ScheduleView(path=plan, rules=tuple(map(parsed_rule, options.map)))
    layer = Building(id="model", name=options.file.stem, source=source_of(options.file), schedule=said)
    session = Session(Project(document=Document(layers=(layer,), time_zone=options.time_zone)))
    try:
        session.settle()
        asset = session.asset("model")
        if error := asset.error or session.schedules.error(layer):
            raise error
        made = session.schedules.now["model"]
        tasks = made.schedule.tasks
        idle = [options.map[n] for n in made.idle]
        found = report(made, asset.payload.features, options.time_zone) | {"rules_without_elements": idle}
    finally:
        session.close()
    if options.json:
        print_json({"path": str(options.file), "tasks_path": plan or str(options.file.absolute()), **found})
        return 0
    for task, told in zip(tasks, found["tasks"]):
        days = task.start_ns, last_worked(task.start_ns, task.finish_ns)
        when = " – ".join("?" if at is None else times.iso(at, options.time_zone)[:10] for at in days)
        print("  ".join(filter(None, (task.number or task.id, when, counted(told["elements"], "element"), task.name))))
    for rule in idle:
        print(f"No element with a shape fits the rule {rule}.", file=sys.stderr)
    if found["unknown_tasks"]:
        print(f"The schedule has no task {', '.join(found['unknown_tasks'])}.", file=sys.stderr)
    print(", ".join(f"{n:,} {words.replace('_', ' ')}" for words, n in found["counts"].items()), file=sys.stderr)
    return 0
