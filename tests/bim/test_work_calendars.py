"""Working calendars as plans and models say them, and the times that follow."""

from __future__ import annotations

from datetime import datetime

import ifcopenshell
import pytest
from lxml import etree

from bim import work_calendars
from bim.schedule_file import read_schedule
from twin import times

ZONE = "Europe/Amsterdam"
PLAN = """<Project xmlns="http://schemas.microsoft.com/project"><CalendarUID>1</CalendarUID><Calendars>
<Calendar><UID>1</UID><Name>Site</Name><IsBaseCalendar>1</IsBaseCalendar><WeekDays>
{week}
<WeekDay><DayType>0</DayType><DayWorking>0</DayWorking><TimePeriod><FromDate>2026-05-01T00:00:00</FromDate>
<ToDate>2026-05-01T23:59:00</ToDate></TimePeriod></WeekDay></WeekDays></Calendar>
<Calendar><UID>2</UID><Name>Night</Name><BaseCalendarUID>1</BaseCalendarUID><WeekDays><WeekDay><DayType>2</DayType>
<DayWorking>1</DayWorking><WorkingTimes><WorkingTime><FromTime>20:00:00</FromTime><ToTime>00:00:00</ToTime></WorkingTime>
</WorkingTimes></WeekDay></WeekDays><Exceptions><Exception><Type>6</Type><DaysOfWeek>4</DaysOfWeek><DayWorking>0</DayWorking>
<TimePeriod><FromDate>2026-01-01T00:00:00</FromDate><ToDate>2026-12-31T00:00:00</ToDate></TimePeriod></Exception>
<Exception><Type>4</Type><Name>Odd</Name></Exception></Exceptions></Calendar></Calendars><Tasks>
<Task><UID>5</UID><Name>Walls</Name><Start>2026-04-30T14:00:00</Start><Duration>PT8H0M0S</Duration></Task>
<Task><UID>6</UID><Name>Pour</Name><Start>2026-05-04T20:00:00</Start><Duration>PT4H0M0S</Duration>
<CalendarUID>2</CalendarUID></Task>
<Task><UID>7</UID><Name>Cure</Name><Start>2026-05-04T08:00:00</Start><Duration>PT48H0M0S</Duration>
<DurationFormat>8</DurationFormat></Task></Tasks></Project>"""
DAY = """<WeekDay><DayType>{n}</DayType><DayWorking>1</DayWorking><WorkingTimes>
<WorkingTime><FromTime>08:00:00</FromTime><ToTime>16:00:00</ToTime></WorkingTime></WorkingTimes></WeekDay>"""


def at(text: str) -> int:
    return times.parse(text, ZONE)


def test_a_plan_of_microsoft_project_works_by_its_calendars(tmp_path):
    path = tmp_path / "plan.xml"
    path.write_text(PLAN.format(week="".join(DAY.format(n=n) for n in range(2, 7))))
    plan = read_schedule(str(path), ZONE)
    walls, pour, cure = plan.tasks
    assert (walls.finish_ns, walls.calendar) == (at("2026-05-04T14:00"), "Site"), "Friday is off, then the weekend"
    assert (pour.finish_ns, pour.calendar) == (at("2026-05-05T00:00"), "Night"), "to midnight, on its own calendar"
    assert cure.finish_ns is None and cure.calendar == "", "an elapsed duration is none of working time"
    assert plan.notes == ("1 exception of the calendars repeats in a way that is not read.",)
    night = work_calendars.of_project(etree.fromstring(path.read_bytes()))[0]["2"]
    assert night.hours(datetime(2026, 5, 5), datetime(2026, 5, 6)) == 0.0, "every Tuesday is off"
    assert night.hours(datetime(2026, 5, 6), datetime(2026, 5, 7)) == 8.0, "Wednesday is the base's"


@pytest.mark.realdata
def test_a_real_plan_lasts_as_long_as_its_calendar_says(shared):
    """Its 114 tasks: between start and finish lies just the working time that the plan calls their duration."""
    path = shared / "ifc/schependomlaan/planning_msproject_18-02-2015.xml"
    calendar = work_calendars.of_project(etree.parse(path).getroot())[0][""]
    tasks = [t for t in read_schedule(str(path), ZONE).tasks if not t.summary and t.start_ns and t.finish_ns]
    local = [[times.to_datetime(t, ZONE).replace(tzinfo=None) for t in (task.start_ns, task.finish_ns)]
             for task in tasks]
    assert len(tasks) == 114
    assert [calendar.hours(*span) for span in local] == pytest.approx([task.work_hours for task in tasks], abs=0.02)


@pytest.mark.parametrize("schema", ["IFC4", "IFC4X3"])
def test_a_model_brings_its_own_calendar(schema, tmp_path):
    model = ifcopenshell.file(schema=schema)
    guid, dates = ifcopenshell.guid.new, ("Start", "Finish") if schema == "IFC4" else ("StartDate", "FinishDate")
    spans = (("07:00:00", "11:00:00"), ("12:00:00", "16:00:00"))
    hours = [model.create_entity("IfcTimePeriod", *span) for span in spans]
    week = model.create_entity("IfcRecurrencePattern", RecurrenceType="WEEKLY", WeekdayComponent=[1, 2, 3, 4, 5],
                               TimePeriods=hours)
    first = model.create_entity("IfcRecurrencePattern", RecurrenceType="YEARLY_BY_DAY_OF_MONTH", DayComponent=[1],
                                MonthComponent=[5])
    off = model.create_entity("IfcWorkTime", **dict(zip(dates, ("2026-05-04", "2026-05-05"))))
    calendar = model.create_entity("IfcWorkCalendar", GlobalId=guid(), Name="Site", ExceptionTimes=[
        model.create_entity("IfcWorkTime", RecurrencePattern=first), off],
        WorkingTimes=[model.create_entity("IfcWorkTime", RecurrencePattern=week)])

    def task(name, start, **more):
        said = {"ScheduleStart": start, "ScheduleDuration": "PT8H", **more}
        time = model.create_entity("IfcTaskTime", **said) if start else None
        return model.create_entity("IfcTask", GlobalId=guid(), Name=name, IsMilestone=False, TaskTime=time)
    above, walls = task("Shell", None), task("Walls", "2026-04-30T12:00:00")
    cure = task("Cure", "2026-04-30T12:00:00", DurationType="ELAPSEDTIME")
    task("Free", "2026-04-30T12:00:00")
    model.create_entity("IfcRelNests", GlobalId=guid(), RelatingObject=above, RelatedObjects=[walls, cure])
    model.create_entity("IfcRelAssignsToControl", GlobalId=guid(), RelatedObjects=[above], RelatingControl=calendar)
    path = tmp_path / "a.ifc"
    model.write(str(path))
    found = {t.name: t for t in read_schedule(str(path), ZONE).tasks}
    assert found["Walls"].finish_ns == at("2026-05-06T11:00") and found["Walls"].calendar == "Site"
    assert found["Cure"].finish_ns is None and found["Free"].finish_ns is None, "nothing is made up"
