"""Construction in time through the real widgets, the project file, pixels and the command line."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtTest import QAbstractItemModelTester, QTest

from app import cli, scheduling
from app.discover import layer_types
from app.panels.schedule import SchedulePanel
from app.scheduling import parsed_rule
from layers.base import Moment
from layers.building import Building
from layers.construction import WORDS, legend_of
from tests.app.made_models import house_mesh, model_session
from tests.app.made_sessions import put
from tests.layers.made_stage import picture
from twin import times
from twin.camera import Camera
from twin.project import load
from twin.schedule import FINISHED, NOT_YET, ScheduleView, TaskRule, mapped
from twin.selection import Selection
from twin.sun import Sun
from twin.text import tr
from twin.trouble import Trouble

layer_types()
PLAN = """TaskID,TaskName,TaskStart,TaskFinish,ActualStart,ActualFinish,GUID
T1,Walls,2026-03-02,2026-03-06,2026-03-04,,W1
T2,Slab,2026-03-09,2026-03-10,,,
"""


def day(text: str) -> int:
    return times.parse(text)


@pytest.fixture
def plan(tmp_path):
    (tmp_path / "plan.csv").write_text(PLAN)
    return str(tmp_path / "plan.csv")


@pytest.fixture
def session():
    made = model_session()
    yield made
    made.close()


def read(session, path: str) -> None:
    scheduling.set_schedule(session, ["house"], ScheduleView(path=path))
    session.settle()


@pytest.fixture
def panel(session, plan, on_screen):
    read(session, plan)
    session.clock.go_to(day("2026-03-03"))
    return on_screen(SchedulePanel(session, which=lambda: "house"), 1100, 320)


def cells(model) -> list[list[str]]:
    return [[model.data(model.index(row, column)) for column in range(model.columnCount())]
            for row in range(model.rowCount())]


def test_tasks_are_listed_with_their_state_at_the_clock(panel, session):
    QAbstractItemModelTester(panel.tasks)
    assert cells(panel.tasks) == [
        ["Walls", "Under construction", "2026-03-02", "2026-03-06", "2026-03-04", "—", "1", "T1"],
        ["Slab", "Not yet", "2026-03-09", "2026-03-10", "—", "—", "0", "T2"]]
    assert panel.said.text() == "2 tasks, 1 without elements; 3 elements without a task"
    session.clock.go_to(day("2026-03-20"))
    panel.refresh()
    assert [row[1] for row in cells(panel.tasks)] == ["Finished", "Finished"]
    panel.unmapped.setChecked(True)
    assert [row[0] for row in cells(panel.tasks)] == ["Slab"]


@pytest.mark.parametrize("typed, left", [("wall", ["Walls"]), ("t2", ["Slab"]), ("2026-03-04", ["Walls"]),
                                         ("slab 2026-03", ["Slab"]), ("3", []), ("roof", []), ("", ["Walls", "Slab"])])
def test_tasks_are_filtered_by_name_id_and_date(panel, session, typed, left):
    QTest.keyClicks(panel.filter, typed)
    assert [row[0] for row in cells(panel.tasks)] == left
    assert panel.said.text() == "2 tasks, 1 without elements; 3 elements without a task", "the plan is the same"


@pytest.mark.parametrize("at, said", [("2026-03-01", "Not yet"), ("2026-03-03", "Behind the plan"),
                                      ("2026-03-05", "Under construction"), ("2026-03-08", "Behind the plan")])
def test_against_the_plan_a_task_says_what_its_elements_show(panel, session, at, said):
    """Planned from the 2nd to the 6th, begun on the 4th, not finished."""
    scheduling.change_schedules(session, ["house"], lambda held: replace(held, mode="compare"))
    session.clock.go_to(day(at))
    session.settle()
    panel.refresh()
    made = session.schedules.now["house"]
    wall = int(made.pairs[0, 1])
    assert cells(panel.tasks)[0][1] == said == tr(WORDS[int(made.states(session.clock.now_ns, "compare")[wall])])


def test_elements_are_assigned_by_hand_undone_and_saved(panel, session, tmp_path):
    session.selection = Selection((("house", 0),))
    panel.view.selectRow(1)
    panel.refresh()
    panel.doing["alike"].trigger()
    session.tick(0.0)
    panel.refresh()
    assert cells(panel.tasks)[1][6] == "1"
    rule = TaskRule(tasks=("T2",), ifc_class="IfcSlab", storey="First")
    assert session.document.layer("house").schedule.rules == (rule,)
    session.save(tmp_path / "a.twin.json")
    assert json.loads((tmp_path / "a.twin.json").read_text())["layers"][0]["schedule"]["path"] == "plan.csv"
    assert load(tmp_path / "a.twin.json").document.layer("house").schedule == session.document.layer("house").schedule
    session.edits.undo()
    session.tick(0.0)
    assert session.schedules.now["house"].unmapped_tasks == [1]


def test_the_chosen_task_stays_chosen_when_an_element_of_another_model_is_clicked(panel, session):
    other = replace(session.document.layer("house"), id="other")
    session.edits.commit(replace(session.document, layers=(*session.document.layers, other)), "Add layers")
    put(session, other, house_mesh())
    session.settle()
    panel.view.selectRow(1)
    panel.refresh()
    assert panel.hint.text() == "", "the others are ghosts, which can be clicked"
    scheduling.change_schedules(session, ["house"], lambda held: replace(held, unplanned="hidden"))
    panel.refresh()
    assert "are hidden" in panel.hint.text()
    panel.which = lambda: "other"
    session.selection = Selection((("other", 0),))
    panel.refresh()
    assert panel.tasks.made is session.schedules.now["other"]
    assert [index.row() for index in panel.view.selectionModel().selectedRows()] == [1]
    assert panel.doing["assign"].isEnabled() and panel.hint.text() == ""


def test_the_timeline_reaches_over_the_schedule(panel, session):
    assert session.clock.span_ns == (day("2026-03-02"), day("2026-03-11"))
    panel.off.click()
    session.tick(0.0)
    assert session.document.layer("house").schedule is None and session.clock.span_ns == (0, 0)


def test_a_plan_is_given_to_all_models(panel, session, plan):
    assert panel.every.isHidden(), "there is one alone"
    other = replace(session.document.layer("house"), id="other", schedule=None)
    session.edits.commit(replace(session.document, layers=(*session.document.layers, other)), "Add layers")
    panel.refresh()
    panel.mode.activated.emit(0)
    assert session.document.layer("other").schedule is None, "not asked for"
    panel.every.setChecked(True)
    panel.show_plan(plan)
    assert session.document.layer("other").schedule.path == plan
    panel.off.click()
    assert [x.schedule for x in session.document.layers] == [None, None]
    session.edits.undo()
    assert all(x.schedule for x in session.document.layers)


def test_a_plan_that_stands_goes_to_all_models_when_that_is_ticked(panel, session, plan):
    """The tick did nothing until the plan was chosen once more."""
    panel.show_plan(plan)
    other = replace(session.document.layer("house"), id="other", schedule=None)
    session.edits.commit(replace(session.document, layers=(*session.document.layers, other)), "Add layers")
    panel.refresh()
    panel.every.click()
    assert session.document.layer("other").schedule.path == plan
    panel.every.click()
    assert session.document.layer("other").schedule.path == plan, "taking the tick away takes no plan away"


def test_what_has_no_task_can_be_selected(panel, session):
    panel.use("loose")
    names = session.asset("house").payload.features.column("guid").to_pylist()
    assert {names[f] for f in session.selection.features("house")} == {"S", "W2", "C"}


def test_a_plan_that_cannot_be_read_says_so(session, tmp_path, on_screen):
    (tmp_path / "bad.csv").write_text("a,b\n1,2\n")
    read(session, str(tmp_path / "bad.csv"))
    panel = on_screen(SchedulePanel(session, which=lambda: "house"), 900, 300)
    assert "names no tasks" in panel.said.text()


def test_rules_as_text():
    assert parsed_rule("T1 T2: class=IfcWall, storey=00 begane grond") == TaskRule(
        tasks=("T1", "T2"), ifc_class="IfcWall", storey="00 begane grond")
    assert parsed_rule("T1: guid=a, guid=b").guids == ("a", "b")
    for wrong in ("T1", "T1: colour=red", ": class=IfcWall", "T1: class="):
        with pytest.raises(Trouble, match="no rule"):
            parsed_rule(wrong)


def test_pixels_follow_the_clock(plan):
    from bim.schedule_file import read_schedule
    said = ScheduleView(path=plan, unplanned="hidden")
    mesh = house_mesh()
    mesh = replace(mesh, placement=None)
    made = mapped(read_schedule(plan, "Asia/Shanghai"), mesh.features, said.rules)
    layer = Building(id="house", name="House", edges=False, schedule=said)
    view = None
    drawn, hues = {}, {}
    for name, at in (("before", "2026-03-01"), ("during", "2026-03-03"), ("after", "2026-03-08")):
        moment = Moment(now_ns=day(at), schedules={"house": made})
        view, pixels = picture([layer], {"house": mesh}, moment=moment, view=view, size=(600, 500),
                               camera=Camera(position=(5.0, -25.0, 15.0), focus=(5.0, 5.0, 0.0), up=(0.0, 0.0, 1.0)))
        solid = view.stage.visual("house").solid
        drawn[name], hues[name] = int(solid.drawn.sum()), solid.colors[1, :3].tolist()
    legend = view.stage.visual("house").legend(layer, None, moment)
    view.close()
    assert drawn == {"before": 0, "during": 1, "after": 1}
    assert hues["during"] == [242, 160, 48] and hues["after"] != hues["during"]
    assert legend.entries[0][1] == "Finished  1" and legend.missing[1] == "Without a task  3"
    assert legend.note == "As of 2026-03-08" and np.isfinite(pixels).all()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_what_is_finished_and_what_is_not_begun_are_told_apart_in_the_legend(plan, theme):
    from bim.schedule_file import read_schedule
    made = mapped(read_schedule(plan, "Asia/Shanghai"), house_mesh().features, ())
    states = np.array([NOT_YET, FINISHED], np.uint8)
    legend = legend_of(made, states, np.ones(2, bool), ScheduleView(path=plan), Moment(now_ns=0, theme=theme))
    (done, _), (waiting, _) = legend.entries
    assert np.abs(np.subtract(done, waiting, dtype=int)).max() > 40


def test_what_is_under_construction_is_read_at_night_too(plan):
    from bim.schedule_file import read_schedule
    said, mesh = ScheduleView(path=plan, unplanned="hidden"), replace(house_mesh(), placement=None)
    made = mapped(read_schedule(plan, "Asia/Shanghai"), mesh.features, said.rules)
    layer = Building(id="house", name="House", schedule=said)
    bright = {}
    for name, sun in (("day", Sun(180.0, 50.0)), ("night", Sun(0.0, -50.0))):
        view, pixels = picture([layer], {"house": mesh}, size=(600, 500), moment=Moment(
            now_ns=day("2026-03-03"), schedules={"house": made}, sun=sun),
            camera=Camera(position=(5.0, -25.0, 15.0), focus=(5.0, 5.0, 0.0), up=(0.0, 0.0, 1.0)))
        view.close()
        red, green, blue = pixels.astype(int).transpose(2, 0, 1)
        orange = (red > 1.2 * green) & (green > 1.5 * blue)
        bright[name] = red[orange].mean() if orange.sum() > 500 else 0.0
    assert bright["night"] > 0.6 * bright["day"] > 60.0, bright


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("sun", [Sun(180.0, 50.0), Sun(0.0, -50.0)], ids=["day", "night"])
def test_what_waits_for_its_time_is_seen_at_any_hour(plan, theme, sun):
    """As a ghost: lighter than the dark behind it, darker than the light."""
    from bim.schedule_file import read_schedule
    mesh = replace(house_mesh(), placement=None)
    pixels = {}
    for unplanned in ("hidden", "ghost"):
        said = ScheduleView(path=plan, not_yet=unplanned, unplanned=unplanned)
        made = mapped(read_schedule(plan, "Asia/Shanghai"), mesh.features, said.rules)
        view, pixels[unplanned] = picture(
            [Building(id="house", name="House", schedule=said)], {"house": mesh}, size=(600, 500),
            moment=Moment(now_ns=day("2026-03-01"), schedules={"house": made}, sun=sun, theme=theme),
            camera=Camera(position=(5.0, -25.0, 15.0), focus=(5.0, 5.0, 0.0), up=(0.0, 0.0, 1.0)))
        view.close()
    apart = np.abs(pixels["ghost"].astype(int) - pixels["hidden"]).max(axis=2)
    assert np.median(apart[apart > 2]) > 24


@pytest.mark.realdata
def test_a_real_plan_on_a_real_model(shared, capfd, tmp_path):
    folder = shared / "ifc/schependomlaan"
    model, tasks = str(folder / "ROOT-kalkzandsteen.ifczip"), str(folder / "planning_msproject_18-02-2015.xml")
    rules = ["--map", "65: class=IfcWall, storey=00 begane grond",
             "--map", "66: class=IfcWall, storey=01 eerste verdieping"]
    idle = "67: class=IfcWall, storey=XX"
    assert cli.main(["ifc", "schedule", model, "--tasks", tasks, *rules, "--map", idle, "--json"]) == 0
    found = json.loads(capfd.readouterr().out)
    assert found["rules_without_elements"] == [idle]
    assert found["counts"]["tasks"] == 121 and found["counts"]["elements"] == 135
    assert {t["id"]: t["elements"] for t in found["tasks"] if t["elements"]} == {"65": 43, "66": 40}
    assert found["counts"]["unmapped_elements"] == len(found["unmapped_elements"]) == 52
    log = str(folder / "eventlog_planned_asbuilt.csv")
    assert cli.main(["ifc", "schedule", model, "--tasks", log]) == 0
    assert "ST00060  2015-02-26 – 2015-02-27  0 elements  Stellen bruggetjes" in capfd.readouterr().out
    out = tmp_path / "a.png"
    assert cli.main(["render", "--add", model, "--tasks", tasks, *rules, "--time", "2015-04-23", "--out", str(out),
                     "--size", "320x240", "--json"]) == 0
    assert out.exists() and json.loads(capfd.readouterr().out)["layers"][0]["error"] is None
