"""Schedules as files say them: Microsoft Project, tables, and tasks inside an IFC file."""

from __future__ import annotations

import ifcopenshell.api
import pyarrow as pa
import pytest

from bim.schedule_file import read_schedule, work_hours
from twin import times
from twin.schedule import TaskRule, mapped
from twin.trouble import Trouble

ZONE = "Europe/Amsterdam"


def at(text: str) -> int:
    return times.parse(text, ZONE)


@pytest.mark.parametrize("said, hours", [("PT8H0M0S", 8.0), ("PT16H30M0S", 16.5), ("P2DT4H", 20.0), ("PT0H0M0S", 0.0),
                                         ("PT90M", 1.5), ("8 days", None), ("P", None)])
def test_durations_are_working_time(said, hours):
    assert work_hours(said) == hours


@pytest.mark.realdata
def test_a_real_plan_of_microsoft_project(shared):
    plan = read_schedule(str(shared / "ifc/schependomlaan/planning_msproject_18-02-2015.xml"), ZONE)
    assert plan.source == "ms-project" and len(plan.tasks) == 121
    assert plan.notes == ("36 lines of the plan have no name and were left out.",)        # 157 lines in the file
    glued = [task for task in plan.tasks if task.name == "Lijmwerk kalkzandsteen elementen"]
    assert (glued[0].start_ns, glued[0].finish_ns, glued[0].work_hours) == (
        at("2015-04-22T08:00"), at("2015-04-24T16:00"), 24.0)
    assert len(glued) == 3 and {t.name.strip() for t in plan.tasks if t.summary} >= {"UITVOERING", "GEVEL", "DAK"}


@pytest.mark.realdata
def test_a_real_event_log_names_its_elements(shared):
    log = read_schedule(str(shared / "ifc/schependomlaan/eventlog_planned_asbuilt.csv"), ZONE)
    assert log.notes == ("3505 rows name no task and were left out.",)
    task = log.tasks[0]
    assert (task.id, task.name, task.guids) == ("ST00060", "Stellen bruggetjes", ("3iHy1LOhfAtfLt80$LZBqn",))
    assert (task.start_ns, task.finish_ns) == (at("2015-02-26"), at("2015-02-28"))        # until the end of the 27th
    assert sum(len(t.guids) for t in log.tasks) == 3661 and len({g for t in log.tasks for g in t.late}) > 100


def test_a_table_in_other_words_with_actual_dates(tmp_path):
    path = tmp_path / "plan.csv"
    path.write_text("Task ID;Task;Planned Start;Planned Finish;Actual Start;Actual Finish;GlobalId;Type\n"
                    "1;Walls;2026-03-02;2026-03-06;2026-03-04;;W1;\n1;Walls;2026-03-02;2026-03-06;2026-03-04;;W2;\n"
                    "2;Old wall;2026-01-05;2026-01-09;;;W0;Demolition\n", encoding="utf-8")
    walls, old = read_schedule(str(path), ZONE).tasks
    assert walls.guids == ("W1", "W2") and walls.actual_start_ns == at("2026-03-04")
    assert walls.actual_finish_ns is None and walls.finish_ns == at("2026-03-07")
    assert old.kind == "demolish"


def test_a_chinese_table_whose_rows_mean_elements_by_class_storey_and_name(tmp_path):
    """As a planner saves it from a workbook: GBK, year first with slashes, no GlobalId."""
    path = tmp_path / "计划.csv"
    path.write_bytes("任务编号,任务名称,计划开始,计划完成,实际开始,实际完成,构件类型,楼层,构件名称\n"
                     "A1,首层墙体,2026/3/2,2026/3/6,2026年3月4日,,IfcWall,首层,\n"
                     "A1,首层墙体,2026/3/2,2026/3/6,2026年3月4日,,IfcColumn,首层,\n"
                     "A2,楼板,2026/3/9 8:00,2026/3/10 17:30,,,,,楼板\n".encode("gbk"))
    plan = read_schedule(str(path), ZONE)
    walls, slab = plan.tasks
    assert (walls.start_ns, walls.finish_ns) == (at("2026-03-02"), at("2026-03-07"))
    assert walls.actual_start_ns == at("2026-03-04") and walls.actual_finish_ns is None
    assert (slab.start_ns, slab.finish_ns) == (at("2026-03-09T08:00"), at("2026-03-10T17:30"))
    assert plan.rules == (TaskRule(tasks=("A1",), ifc_class="IfcWall", storey="首层"),
                          TaskRule(tasks=("A1",), ifc_class="IfcColumn", storey="首层"),
                          TaskRule(tasks=("A2",), name="楼板"))
    table = pa.table({"guid": ["w", "v", "s"], "class": ["IfcWallStandardCase", "IfcWall", "IfcSlab"],
                      "storey": ["首层", "二层", "首层"], "name": ["", "", "楼板 1"]})
    assert mapped(plan, table, ()).pairs.tolist() == [[0, 0], [1, 2]]


@pytest.mark.parametrize("name, text, said", [
    ("a.csv", "a,b\n1,2\n", "names no tasks"), ("a.xml", "<Project><Tasks/></Project>", "no plan of Microsoft"),
    ("b.xml", "<Project", "could not be read"),
    ("c.xml", '<Project xmlns="http://schemas.microsoft.com/project"><Tasks/></Project>', "holds no tasks")])
def test_what_is_no_plan_is_refused_in_words(tmp_path, name, text, said):
    (tmp_path / name).write_text(text)
    with pytest.raises(Trouble, match=said):
        read_schedule(str(tmp_path / name), ZONE)


def test_tasks_inside_an_ifc_file(tmp_path):
    run = ifcopenshell.api.run
    model = run("project.create_file", version="IFC4")
    run("root.create_entity", model, ifc_class="IfcProject")
    wall = run("root.create_entity", model, ifc_class="IfcWall")
    shed = run("root.create_entity", model, ifc_class="IfcSlab")
    schedule = run("sequence.add_work_schedule", model, name="Plan")
    top = run("sequence.add_task", model, work_schedule=schedule, name="House")
    build = run("sequence.add_task", model, parent_task=top, name="Wall", predefined_type="CONSTRUCTION",
                identification="B2")
    wreck = run("sequence.add_task", model, parent_task=top, name="Shed", predefined_type="DEMOLITION")
    run("sequence.assign_product", model, relating_product=wall, related_object=build)
    run("sequence.assign_process", model, relating_process=wreck, related_object=shed)
    when = run("sequence.add_task_time", model, task=build)
    when.ScheduleStart, when.ScheduleFinish = "2026-03-02T08:00:00", "2026-03-06T17:00:00"
    when.ActualStart, when.ScheduleDuration = "2026-03-03T08:00:00", "P5D"
    model.write(str(tmp_path / "a.ifc"))
    found = {task.name: task for task in read_schedule(str(tmp_path / "a.ifc"), ZONE).tasks}
    assert found["House"].summary and found["Wall"].parent == found["House"].id
    assert found["Wall"].number == "B2" and found["Wall"].id == build.GlobalId and found["House"].number in ("", "1")
    assert found["Wall"].guids == (wall.GlobalId,) and found["Shed"].guids == (shed.GlobalId,)
    assert (found["Wall"].start_ns, found["Wall"].actual_start_ns) == (at("2026-03-02T08:00"), at("2026-03-03T08:00"))
    assert found["Shed"].kind == "demolish" and found["Wall"].work_hours == 40.0
