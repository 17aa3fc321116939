"""Schedules from files: IfcTask in the model, Microsoft Project XML, or a table. Runs in a worker."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from bim import work_calendars
from bim.open import HEAD_BYTES, open_model
from bim.unpack import MAGIC
from twin import times
from twin.readers import Progress
from twin.schedule import Schedule, Task, TaskRule
from twin.text import tr
from twin.text_encoding import decoded
from twin.trouble import Trouble

ELAPSED = ("4", "6", "8", "10", "12", "36", "38", "40", "42", "44")     # Microsoft's formats of plain durations
PROJECT = "{http://schemas.microsoft.com/project}"
DURATION = re.compile(r"P(?:(\d+(?:\.\d+)?)D)?(?:T(?:(\d+(?:\.\d+)?)H)?(?:(\d+(?:\.\d+)?)M)?(?:(\d+(?:\.\d+)?)S)?)?$")
DEMOLISHING = {"DEMOLITION", "DISMANTLE", "REMOVAL"}
BUILDS_NOTHING = {"ATTENDANCE", "LOGISTIC", "MAINTENANCE", "MOVE", "OPERATION", "RENOVATION"}
COLUMNS = {
    "guid": "guid globalid elementguid ifcguid element 构件guid 构件编码 构件id",
    "id": "taskid id wbs activityid 任务编号 任务编码 工序编号 编号 序号",
    "name": "taskname name task activity description 任务名称 任务 工序名称 工序 工作名称 名称",
    "start": "taskstart start plannedstart startdate begin 计划开始 计划开始时间 计划开始日期 开始 开始时间 开始日期",
    "finish": "taskfinish finish plannedfinish finishdate end 计划完成 计划完成时间 计划完成日期 计划结束 计划结束时间 "
              "计划结束日期 完成 完成时间 完成日期 结束 结束时间 结束日期",
    "actual_start": "actualstart asbuiltstart 实际开始 实际开始时间 实际开始日期",
    "actual_finish": "actualfinish asbuiltfinish 实际完成 实际完成时间 实际完成日期 实际结束 实际结束时间 实际结束日期",
    "kind": "tasktype kind type 任务类型", "late": "elementontimeornot ontime status 状态",
    "ifc_class": "ifcclass elementclass class ifc类别 构件类型 构件类别", "storey": "storey level floor 楼层",
    "element": "elementname 构件名称", "material": "material 材料",
}
MEANT = {"ifc_class": "ifc_class", "storey": "storey", "element": "name", "material": "material"}     # of a rule
DAY_FIRST = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})(?:[ T](.*))?$")
YEAR_FIRST = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[ T]*(\d.*))?$")
LATE_WORDS = ("too late", "late", "delayed", "滞后", "延误", "逾期")


def read_schedule(path: str, time_zone: str, progress: Progress | None = None) -> Schedule:
    """Instants without a zone are read in `time_zone`. Raises Trouble for what holds no tasks."""
    if progress:
        progress(0.0, 0.0, tr("Reading the schedule"))
    file = Path(path)
    with open(file, "rb") as opened:
        head = opened.read(HEAD_BYTES)
    if head[:4] == MAGIC or b"ISO-10303-21" in head:
        found = _from_ifc(open_model(file).model, time_zone)
    elif head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        found = _from_project(file, time_zone)
    else:
        found = _from_table(file, time_zone)
    if not found.tasks:
        way_out = tr("Choose a plan: Microsoft Project XML, a CSV table, or an IFC file with IfcTask.")
        raise Trouble(tr("The file holds no tasks."), way_out=way_out, path=path)
    return found


# -- Microsoft Project -----------------------------------------------------------------------------------


def _from_project(path: Path, time_zone: str) -> Schedule:
    from lxml import etree
    try:
        root = etree.parse(path, etree.XMLParser(resolve_entities=False, no_network=True)).getroot()
    except etree.XMLSyntaxError as error:
        raise Trouble(tr("This XML file could not be read."), cause=str(error), path=str(path)) from None
    if not root.tag.startswith(PROJECT):
        raise Trouble(tr("This XML file is no plan of Microsoft Project."), path=str(path),
                      way_out=tr("Save the plan as XML in Microsoft Project."))
    tasks, empty, above = [], 0, {}
    calendars, skipped = work_calendars.of_project(root)
    for said in root.iterfind(f"{PROJECT}Tasks/{PROJECT}Task"):
        def text(name: str, said=said) -> str:
            return (said.findtext(f"{PROJECT}{name}") or "").strip()
        hours, name = work_hours(text("Duration")), text("Name")
        if text("IsNull") == "1" or not name:
            empty += 1
            continue
        level = int(text("OutlineLevel") or 1)
        parent = next((above[n] for n in range(level - 1, 0, -1) if n in above), "")
        above = {n: id for n, id in above.items() if n < level} | {level: text("UID")}
        base = said.find(f"{PROJECT}Baseline")
        plan = {n: (base.findtext(f"{PROJECT}{n}") if base is not None else None) or text(n)
                for n in ("Start", "Finish")}
        heading = text("Summary") == "1" or (hours == 0.0 and text("HideBar") == "1")
        calendar = calendars.get(text("CalendarUID")) or calendars.get("")
        task = Task(id=text("UID"), name=name, parent=parent, start_ns=_instant(plan["Start"], time_zone),
                    finish_ns=_instant(plan["Finish"], time_zone), work_hours=hours, summary=heading,
                    actual_start_ns=_instant(text("ActualStart"), time_zone),
                    actual_finish_ns=_instant(text("ActualFinish"), time_zone))
        tasks.append(work_calendars.timed(task, None if text("DurationFormat") in ELAPSED else calendar, time_zone))
    notes = (tr("{n} lines of the plan have no name and were left out.", n=empty),) if empty else ()
    return Schedule("ms-project", tuple(tasks), (*notes, *skipped))


def work_hours(duration: str) -> float | None:
    """ISO 8601 as Microsoft Project means it: hours of working time, a day of them is eight."""
    found = DURATION.match(duration)
    if not found or duration in ("P", "PT"):
        return None
    days, hours, minutes, seconds = (float(part or 0) for part in found.groups())
    return days * 8 + hours + minutes / 60 + seconds / 3600


# -- a table ---------------------------------------------------------------------------------------------


def _from_table(path: Path, time_zone: str) -> Schedule:
    """A row is about the element of its GlobalId; without one, about all of its class, storey, name and material."""
    rows, names = _table(path)
    if "name" not in names or "start" not in names:
        raise Trouble(tr("The table names no tasks with their start."), path=str(path),
                      way_out=tr("It needs columns such as TaskName, TaskStart, TaskFinish, and GUID for elements."))
    tasks: dict[tuple, dict] = {}
    empty = 0
    for row in rows:
        cell = {role: (row.get(column) or "").strip() for role, column in names.items()}
        if not cell["name"] and not cell.get("id"):
            empty += 1
            continue
        key = (cell.get("id", ""), cell["name"], *(cell.get(n, "") for n in ("start", "finish", "actual_start",
                                                                          "actual_finish")))
        held = tasks.setdefault(key, {"cell": cell, "guids": [], "late": [], "meant": []})
        if guid := cell.get("guid", ""):
            held["guids"].append(guid)
            if cell.get("late", "").casefold() in LATE_WORDS:
                held["late"].append(guid)
        elif meant := {field: cell[role] for role, field in MEANT.items() if cell.get(role)}:
            held["meant"] += [meant] if meant not in held["meant"] else []
    numbered = [_row_task(n, held, time_zone) for n, held in enumerate(tasks.values(), 1)]
    notes = (tr("{n} rows name no task and were left out.", n=empty),) if empty else ()
    done = _own_ids(numbered)
    rules = tuple(TaskRule(tasks=(task.id,), **meant) for task, held in zip(done, tasks.values())
                  for meant in held["meant"])
    return Schedule("csv", tuple(done), notes, rules)


def _row_task(number: int, held: dict, time_zone: str) -> Task:
    cell = held["cell"]
    kind = "demolish" if cell.get("kind", "").upper() in DEMOLISHING | {"DEMOLISH"} else "construct"
    at = {role: _instant(cell.get(role, ""), time_zone, end=role.endswith("finish"))
          for role in ("start", "finish", "actual_start", "actual_finish")}
    return Task(id=cell.get("id") or str(number), name=cell["name"] or cell.get("id", ""), kind=kind,
                start_ns=at["start"], finish_ns=at["finish"], actual_start_ns=at["actual_start"],
                actual_finish_ns=at["actual_finish"], guids=tuple(dict.fromkeys(held["guids"])),
                late=tuple(dict.fromkeys(held["late"])))


def _own_ids(tasks: list[Task]) -> list[Task]:
    """A task that the table tells in several stretches of time is several tasks: "ST010", "ST010 (2)"."""
    seen: dict[str, int] = {}
    out = []
    for task in tasks:
        seen[task.id] = seen.get(task.id, 0) + 1
        out.append(replace(task, id=f"{task.id} ({seen[task.id]})") if seen[task.id] > 1 else task)
    return out


def _table(path: Path) -> tuple[list[dict], dict[str, str]]:
    text, _ = decoded(path.read_bytes())
    try:
        dialect = csv.Sniffer().sniff(text[:4096], ",;\t|")
    except csv.Error:
        dialect = csv.excel
    reader = csv.DictReader(io.StringIO(text), dialect=dialect)
    plain = {re.sub(r"[\s_\-.]+", "", name or "").casefold(): name for name in reader.fieldnames or ()}
    names = {}
    for role, words in COLUMNS.items():
        column = next((plain[word] for word in words.split()
                       if word in plain and plain[word] not in names.values()), None)
        if column is not None:
            names[role] = column
    return list(reader), names


def _instant(text: str, time_zone: str, end: bool = False) -> int | None:
    """Also "26-2-2015", day first, and "2026/3/2"; a date alone ends with its day. None for what is no instant."""
    text = (text or "").strip()
    if found := YEAR_FIRST.match(text):
        year, month, day, rest = found.groups()
        text = f"{year}-{int(month):02d}-{int(day):02d}" + (f"T{_two_digits(rest)}" if rest else "")
    if found := DAY_FIRST.match(text):
        day, month, year, rest = found.groups()
        text = f"{year}-{int(month):02d}-{int(day):02d}" + (f"T{rest}" if rest else "")
    if not text:
        return None
    try:
        if end and len(text) == 10:
            text = (datetime.fromisoformat(text) + timedelta(days=1)).isoformat()
        return times.parse(text, time_zone)
    except (Trouble, ValueError):
        return None


def _two_digits(clock: str) -> str:
    """"8:00" as ISO 8601 wants it."""
    return f"0{clock}" if clock[1:2] == ":" else clock


# -- IFC -------------------------------------------------------------------------------------------------


def _from_ifc(model, time_zone: str) -> Schedule:
    """Products that a task puts out (or takes in) are its elements; nested tasks hang on their parents."""
    parents = {child.id(): relation.RelatingObject for relation in model.by_type("IfcRelNests")
               for child in relation.RelatedObjects or () if child.is_a("IfcTask")}
    summaries = {parent.id() for parent in parents.values()}
    guids: dict[int, list[str]] = {}
    for relation in model.by_type("IfcRelAssignsToProduct"):
        for task in relation.RelatedObjects or ():
            if task.is_a("IfcTask") and hasattr(relation.RelatingProduct, "GlobalId"):
                guids.setdefault(task.id(), []).append(relation.RelatingProduct.GlobalId)
    for relation in model.by_type("IfcRelAssignsToProcess"):
        if relation.RelatingProcess is not None and relation.RelatingProcess.is_a("IfcTask"):
            mine = guids.setdefault(relation.RelatingProcess.id(), [])
            mine += [thing.GlobalId for thing in relation.RelatedObjects or () if thing.is_a("IfcProduct")]
    controls = {task.id(): relation.TimeForTask for relation in _by_type(model, "IfcRelAssignsTasks")
                for task in relation.RelatedObjects or () if relation.TimeForTask is not None}
    calendars, tasks = work_calendars.of_ifc(model, parents), []
    for task in model.by_type("IfcTask"):
        said = controls.get(task.id()) or getattr(task, "TaskTime", None)
        made = _ifc_task(task, said, parents, summaries, guids.get(task.id(), []), time_zone)
        elapsed = getattr(said, "DurationType", None) == "ELAPSEDTIME"
        tasks.append(work_calendars.timed(made, None if elapsed else calendars.get(task.id()), time_zone))
    return Schedule("ifc", tuple(tasks))


def _by_type(model, name: str) -> list:
    """None where the schema does not know the class."""
    try:
        return model.by_type(name)
    except RuntimeError:
        return []


def _ifc_task(task, said, parents: dict, summaries: set[int], guids: list[str], time_zone: str) -> Task:
    predefined = str(getattr(task, "PredefinedType", None) or "")
    kind = "demolish" if predefined in DEMOLISHING else "other" if predefined in BUILDS_NOTHING else "construct"

    def at(name: str) -> int | None:
        value = getattr(said, name, None)
        return _instant(value, time_zone) if isinstance(value, str) else _old_instant(value, time_zone)
    parent = parents.get(task.id())
    hours = getattr(said, "ScheduleDuration", None)
    number = getattr(task, "Identification", None) or getattr(task, "TaskId", None) or ""        # IFC2x3: TaskId
    return Task(id=task.GlobalId, name=task.Name or task.GlobalId, number=number, kind=kind,
                parent=parent.GlobalId if parent else "",
                start_ns=at("ScheduleStart"), finish_ns=at("ScheduleFinish"), actual_start_ns=at("ActualStart"),
                actual_finish_ns=at("ActualFinish"), summary=task.id() in summaries,
                work_hours=work_hours(hours) if isinstance(hours, str) else None, guids=tuple(dict.fromkeys(guids)))


def _old_instant(value, time_zone: str) -> int | None:
    """IFC2x3 writes dates as entities."""
    if value is None or not hasattr(value, "is_a"):
        return None
    date = value.DateComponent if value.is_a("IfcDateAndTime") else value
    if not date.is_a("IfcCalendarDate"):
        return None
    clock = value.TimeComponent if value.is_a("IfcDateAndTime") else None
    time = f"T{clock.HourComponent:02d}:{clock.MinuteComponent or 0:02d}" if clock else ""
    return _instant(f"{date.YearComponent:04d}-{date.MonthComponent:02d}-{date.DayComponent:02d}{time}", time_zone)
