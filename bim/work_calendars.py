"""Working calendars as files say them (IfcWorkCalendar, Microsoft Project), and what they make of a task's times."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

from twin import times
from twin.schedule import Task
from twin.text import tr
from twin.work_calendar import DAY_MIN, EIGHT_HOURS, DayRule, Stretch, WorkCalendar

PROJECT = "{http://schemas.microsoft.com/project}"
MOST_BASES = 10
WEEKLY = "6"                             # Microsoft Project's kinds of exceptions that are read: these, and plain days
PLAIN_DAYS = ("", "1")


def timed(task: Task, calendar: WorkCalendar | None, time_zone: str) -> Task:
    """What the calendar adds: the end that a duration leads to, or the start, or the duration between the two."""
    if calendar is None or task.summary:
        return task
    start, finish, hours = task.start_ns, task.finish_ns, task.work_hours
    if start is not None and finish is None and hours is not None:
        finish = _ns(calendar.after(_local(start, time_zone), hours), time_zone)
    elif finish is not None and start is None and hours is not None:
        start = _ns(calendar.before(_local(finish, time_zone), hours), time_zone)
    elif start is not None and finish is not None and hours is None:
        hours = round(calendar.hours(_local(start, time_zone), _local(finish, time_zone)), 2)
    return replace(task, calendar=calendar.name, start_ns=start, finish_ns=finish, work_hours=hours)


def _local(time_ns: int, time_zone: str) -> datetime:
    return times.to_datetime(time_ns, time_zone).replace(tzinfo=None)


def _ns(moment: datetime | None, time_zone: str) -> int | None:
    return None if moment is None else times.parse(moment.isoformat(), time_zone)


# -- Microsoft Project -----------------------------------------------------------------------------------


def of_project(root) -> tuple[dict[str, WorkCalendar], list[str]]:
    """Calendars by their UID, the plan's own under "" too, and notes about what could not be read."""
    said = {_text(one, "UID"): one for one in root.iterfind(f"{PROJECT}Calendars/{PROJECT}Calendar")}
    skipped: list[str] = []
    found = {uid: _calendar(uid, said, skipped) for uid in said}
    own = _text(root, "CalendarUID")
    if own in found:
        found[""] = found[own]
    return found, [tr("{n} exceptions of the calendars repeat in a way that is not read.", n=len(skipped))] \
        if skipped else []


def _calendar(uid: str, said: dict, skipped: list[str]) -> WorkCalendar:
    """Days that a calendar does not name are those of the one it is based on."""
    week: dict[int, DayRule] = {}
    exceptions: list[DayRule] = []
    at, name, steps = said.get(uid), _text(said[uid], "Name"), 0
    while at is not None and steps < MOST_BASES:
        for day in at.iterfind(f"{PROJECT}WeekDays/{PROJECT}WeekDay"):
            kind = int(_text(day, "DayType") or 0)
            rule = DayRule(stretches=_stretches(day))
            if kind:
                weekday = (kind - 2) % 7                     # Sunday is 1
                week.setdefault(weekday, replace(rule, weekdays=frozenset({weekday})))
            else:
                exceptions.append(_dated(rule, day))
        for one in at.iterfind(f"{PROJECT}Exceptions/{PROJECT}Exception"):
            exceptions += _exception(one, skipped if steps == 0 else [])
        base = _text(at, "BaseCalendarUID")
        at, steps = said.get(base) if base != _text(at, "UID") else None, steps + 1
    return WorkCalendar(name=name, work=tuple(week.values()), exceptions=tuple(exceptions))


def _exception(one, skipped: list[str]) -> list[DayRule]:
    rule, kind = _dated(DayRule(stretches=_stretches(one)), one), _text(one, "Type")
    if kind in PLAIN_DAYS:
        return [rule]
    if kind == WEEKLY and (_text(one, "Period") or "1") == "1":
        bits = int(_text(one, "DaysOfWeek") or 0)            # Sunday is the lowest
        return [replace(rule, weekdays=frozenset((n - 1) % 7 for n in range(7) if bits >> n & 1))]
    skipped.append(_text(one, "Name"))
    return []


def _dated(rule: DayRule, said) -> DayRule:
    since, until = (_day(_text(said, f"TimePeriod/{PROJECT}{name}")) for name in ("FromDate", "ToDate"))
    return replace(rule, since=since, until=until)


def _stretches(said) -> tuple[Stretch, ...]:
    """None for a day that is not worked."""
    if _text(said, "DayWorking") == "0":
        return ()
    found = []
    for one in said.iterfind(f"{PROJECT}WorkingTimes/{PROJECT}WorkingTime"):
        low, high = _minutes(_text(one, "FromTime")), _minutes(_text(one, "ToTime"))
        if low is not None and high is not None:
            found.append((low, high or DAY_MIN))             # midnight ends the day
    return tuple(found)


def _text(said, name: str) -> str:
    return (said.findtext(f"{PROJECT}{name}") or "").strip()


def _minutes(text: str) -> int | None:
    """Of "08:30:00"."""
    try:
        hours, minutes = text.split(":")[:2]
        return int(hours) * 60 + int(minutes)
    except (ValueError, AttributeError):
        return None


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat((text or "")[:10])
    except ValueError:
        return None


# -- IFC -------------------------------------------------------------------------------------------------


def of_ifc(model, parents: dict) -> dict[int, WorkCalendar]:
    """By the number of the task: its own calendar, else that of the tasks above it, else that of its schedule."""
    try:
        said = model.by_type("IfcWorkCalendar")
    except RuntimeError:
        return {}                                            # IFC2x3 has none
    made = {one.id(): _ifc_calendar(one) for one in said}
    own: dict[int, WorkCalendar] = {}
    schedules: dict[int, int] = {}
    for relation in model.by_type("IfcRelAssignsToControl") if made else ():
        control = relation.RelatingControl
        for thing in relation.RelatedObjects or ():
            if control is not None and control.id() in made:
                own[thing.id()] = made[control.id()]
            elif control is not None and control.is_a("IfcWorkControl"):
                schedules[thing.id()] = control.id()
    out = {}
    for task in model.by_type("IfcTask") if own else ():
        at, steps = task, 0
        while at is not None and at.id() not in own and steps < 50:
            up = parents.get(at.id())
            if up is None and schedules.get(at.id()) in own:
                out[task.id()] = own[schedules[at.id()]]
            at, steps = up, steps + 1
        if at is not None and at.id() in own:
            out[task.id()] = own[at.id()]
    return out


def _ifc_calendar(said) -> WorkCalendar:
    work = tuple(rule for one in said.WorkingTimes or () for rule in _ifc_rules(one, EIGHT_HOURS))
    off = tuple(replace(rule, stretches=()) for one in said.ExceptionTimes or () for rule in _ifc_rules(one, ()))
    return WorkCalendar(name=said.Name or "", work=work, exceptions=off)


def _ifc_rules(said, whole: tuple[Stretch, ...]) -> list[DayRule]:
    """A working time without hours is one of eight."""
    since, until = (_day(getattr(said, a, None) or getattr(said, b, None))
                    for a, b in (("Start", "StartDate"), ("Finish", "FinishDate")))
    pattern = said.RecurrencePattern
    if pattern is None:
        return [DayRule(stretches=whole, since=since, until=until)]
    stretches = tuple((low, high or DAY_MIN) for one in pattern.TimePeriods or ()
                      for low, high in [(_minutes(one.StartTime), _minutes(one.EndTime))]
                      if low is not None and high is not None)

    def some(name: str, less: int = 0) -> frozenset[int] | None:
        values = getattr(pattern, name, None)
        return frozenset(int(v) - less for v in values) if values else None
    return [DayRule(stretches=stretches or whole, since=since, until=until, weekdays=some("WeekdayComponent", 1),
                    days=some("DayComponent"), months=some("MonthComponent"))]
