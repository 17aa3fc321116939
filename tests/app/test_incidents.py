"""The panel of incidents, driven as its user would: a rule, an event, an incident, its steps, the clock back."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt

from app.cli import main
from app.panels.incidents import IncidentPanel
from app.panels.rule_editor import RuleEditor
from app.session import Session
from twin import times
from twin.incidents.journal import read
from twin.project import load

LAYER = "sensors.flood.underpass_depth"


@pytest.fixture
def session(samples, tmp_path):
    made = Session(load(samples / "jiading.twin.json"))
    others = [x.id for x in made.document.layers if x.id != LAYER and x.kind != "group"]
    made.edits.commit(replace(made.document.without(others), rules=(), scenarios=()), "only")
    made.save(tmp_path / "a.twin.json")
    made.settle(60)
    yield made
    made.close()


@pytest.fixture
def panel(session, qtbot):
    made = IncidentPanel(session)
    qtbot.addWidget(made)
    made.resize(1200, 400)
    made.show()
    qtbot.waitExposed(made)
    return made


def run(session, panel, until, qtbot):
    def step():
        session.tick(0.0)
        panel.refresh()
        return until()
    qtbot.waitUntil(step)


def type_into(line, words):
    line.setText(words)
    line.editingFinished.emit()


def test_from_a_rule_to_a_closed_incident_and_back_in_time(session, panel, qtbot, tmp_path):
    assert "No rules" in panel.said.text() or panel.kind == "incidents"
    editor = RuleEditor(session, panel)
    qtbot.addWidget(editor)
    qtbot.mouseClick(editor.add, Qt.MouseButton.LeftButton)
    assert editor.said.text(), "a rule without limits is senseless and says so"
    for name, words in (("yellow", "3"), ("orange", "15"), ("red", "25"), ("clear", "2"), ("name", "Underpass depth")):
        type_into(editor.lines[name], words)
    type_into(editor.lines["min_secs"], "many")
    assert "many" in editor.said.text() and session.document.rules[0].min_secs == 0.0
    assert session.document.rules[0].red == 25.0 and session.document.rules[0].layer == LAYER

    session.clock.go_to(times.parse("2026-07-15T23:00", "Asia/Shanghai"))
    panel.tabs.setCurrentIndex(1)
    run(session, panel, lambda: panel.model.rowCount() > 0, qtbot)
    red = next(row for row, line in enumerate(panel.model.lines) if line.about.level == 3)
    event = panel.model.lines[red].about
    assert panel.model.lines[red].cells[-1] == f"{event.peak:g} cm", "a number without a unit says nothing"
    assert event.stream not in next(m.text for m in session.marks.all() if m.time_ns == event.raised_ns), "nor an id"
    editor = RuleEditor(session, panel)
    qtbot.addWidget(editor)
    assert editor.form.labelForField(editor.lines["red"]).text() == "Red from (cm)"
    panel.view.selectRow(red)
    panel.jump(red)
    assert session.clock.now_ns == event.raised_ns and session.selection.items
    session.edits.commit(session.document.with_layer(replace(session.document.layer(LAYER), visible=False)), "Hide")
    panel.jump(panel.model.row_of((event.rule, event.stream, event.start_ns)))
    assert session.document.shown(session.document.layer(LAYER)), "what it leads to is shown"
    run(session, panel, lambda: panel.model.rowCount() > 0, qtbot)
    panel.view.selectRow(panel.model.row_of((event.rule, event.stream, event.start_ns)))
    qtbot.mouseClick(panel.open_one, Qt.MouseButton.LeftButton)
    run(session, panel, lambda: panel.kind == "incidents" and panel.detail.incident is not None, qtbot)
    assert panel.detail.incident.streams == (event.stream,) and panel.detail.incident.synthetic
    panel.tabs.setCurrentIndex(1)
    panel.view.selectRow(panel.model.row_of((event.rule, event.stream, event.start_ns)))
    assert panel.open_one.text() == "Show its incident"
    qtbot.mouseClick(panel.open_one, Qt.MouseButton.LeftButton)
    assert panel.kind == "incidents"
    assert len(read(tmp_path / "a.incidents.jsonl").entries) == 1, "one event, one incident"
    run(session, panel, lambda: panel.detail.incident is not None, qtbot)

    for minutes in (2, 24, 69, 79):
        panel.detail.what.setCurrentIndex(0)
        panel.detail.time.setText(times.iso(event.raised_ns + minutes * times.MINUTE)[:19])
        panel.detail.role.setText("Road maintenance")
        before = panel.detail.incident.state
        qtbot.mouseClick(panel.detail.add, Qt.MouseButton.LeftButton)
        run(session, panel, lambda before=before: panel.detail.incident.state != before, qtbot)
    assert panel.detail.incident.state == "closed" and panel.detail.incident.secs() == 79 * 60
    assert len(read(tmp_path / "a.incidents.jsonl").entries) == 5

    shown = []
    for minutes in (-1, 1, 30, 80):
        session.clock.go_to(event.raised_ns + minutes * times.MINUTE)
        panel._refill()
        shown.append([line.cells[3] for line in panel.model.lines])
    assert shown == [[], ["Found"], ["On site"], ["Closed"]]
    panel.jump(0)
    panel._refill()
    assert panel.detail.incident is not None, "what was jumped to stays chosen"
    session.clock.go_to(event.raised_ns + 80 * times.MINUTE)
    panel._refill()
    panel.only.setChecked(True)
    assert panel.model.rowCount() == 0


def test_a_jump_back_leaves_what_was_jumped_to_chosen(session, panel, qtbot, tmp_path):
    """The later one left the list, and the details said that nothing was chosen."""
    from twin.incidents.journal import Journal
    journal = Journal(tmp_path / "a.incidents.jsonl")
    early, late = (times.parse(f"2026-07-15T{hour}:00+08:00") for hour in ("06", "14"))
    for time_ns in (early, late):
        journal.open(title=f"At {time_ns}", time_ns=time_ns, level=2)
    panel._reread()
    session.clock.go_to(late + times.HOUR)
    run(session, panel, lambda: panel.model.rowCount() == 2, qtbot)
    rows = {line.about.steps[0].time_ns: row for row, line in enumerate(panel.model.lines)}
    panel.view.selectRow(rows[late])
    panel.jump(rows[early])
    run(session, panel, lambda: panel.model.rowCount() == 1, qtbot)
    assert panel.detail.incident is not None and panel.detail.incident.steps[0].time_ns == early


def test_the_count_says_while_layers_are_read(session, qtbot):
    panel = IncidentPanel(session)
    qtbot.addWidget(panel)
    panel.show()
    layer = session.document.layer(LAYER)
    again = replace(layer, id="again", source=replace(layer.source, time_zone="Asia/Tokyo"))       # is read anew
    session.edits.commit(session.document.with_layer(again), "add")
    session.asset("again")                                                  # what is drawn asks for it
    panel.refresh()
    assert session.assets.loading and "still being read" in panel.said.text()
    session.settle()
    panel.refresh()
    assert "still being read" not in panel.said.text() and "in all" in panel.said.text()


def test_what_needs_a_saved_project_offers_to_save_it(session, qtbot, tmp_path):
    from twin.incidents.journal import Journal
    Journal(tmp_path / "a.incidents.jsonl").open(title="x", time_ns=times.parse("2026-07-15T06:00+08:00"), level=2)
    saved = []
    panel = IncidentPanel(session, save=lambda: bool(saved.append(session.save(session.path)) or True))
    qtbot.addWidget(panel)
    panel.show()
    panel._reread()
    session.clock.go_to(times.parse("2026-07-15T07:00+08:00"))
    run(session, panel, lambda: panel.model.rowCount() == 1, qtbot)
    panel.view.selectRow(0)
    session.edits.commit(replace(session.document, ground_opacity=0.5), "edit")
    asked = []
    panel.pack = lambda packed=panel.pack: asked.append(session.dirty) or (session.dirty and packed())
    panel.pack()
    assert panel.save_first.isVisible() and "Save the project" in panel.detail.said.text()
    qtbot.mouseClick(panel.save_first, Qt.MouseButton.LeftButton)
    assert saved and asked == [True, False] and not panel.save_first.isVisible(), "saved, and it went on"


def test_no_second_package_is_asked_for_while_one_is_packed(session, qtbot, tmp_path, monkeypatch):
    from types import SimpleNamespace

    from twin.incidents.journal import Journal
    from twin.jobs import DONE
    Journal(tmp_path / "a.incidents.jsonl").open(title="x", time_ns=times.parse("2026-07-15T06:00+08:00"), level=2)
    panel = IncidentPanel(session)
    qtbot.addWidget(panel)
    panel.show()
    panel._reread()
    session.save(session.path)
    session.clock.go_to(times.parse("2026-07-15T07:00+08:00"))
    run(session, panel, lambda: panel.model.rowCount() == 1, qtbot)
    panel.view.selectRow(0)
    job = SimpleNamespace(active=True, error=None, state=DONE, path="x.zip")
    monkeypatch.setattr("app.dialogs.save_file", lambda *of: tmp_path / "x.zip")
    with monkeypatch.context() as still:
        still.setattr(session.jobs, "start", lambda *of, **more: job)
        qtbot.mouseClick(panel.detail.pack, Qt.MouseButton.LeftButton)
    panel.refresh()
    assert not panel.detail.pack.isEnabled()
    job.active = False
    panel.refresh()
    assert panel.detail.pack.isEnabled() and "x.zip" in panel.detail.said.text()


def test_all_five_steps_are_seen_in_a_low_panel(qtbot):
    from PySide6.QtWidgets import QApplication

    from app import theme
    from app.panels.incident_detail import IncidentDetail
    theme.apply(QApplication.instance(), "light")    # its own: sheets that other tests leave decide nothing
    detail = IncidentDetail(lambda *of: None)
    qtbot.addWidget(detail)
    detail.resize(600, 140)
    detail.show()
    room = detail.steps.parentWidget().height()
    assert room >= 5 * detail.steps.fontMetrics().lineSpacing() and not detail.title.isVisible()
    assert detail.add.geometry().right() < 600 and detail.note.width() > 60


def test_a_step_that_does_not_follow_is_refused_in_words(session, panel, qtbot, tmp_path):
    from twin.incidents.journal import Journal
    Journal(tmp_path / "a.incidents.jsonl").open(title="x", time_ns=times.parse("2026-07-15T06:00+08:00"), level=2)
    panel._reread()
    session.clock.go_to(times.parse("2026-07-15T05:00+08:00"))
    panel.show_about("I-0001")
    run(session, panel, lambda: panel._later() == 1, qtbot)
    session.clock.go_to(times.parse("2026-07-15T07:00+08:00"))
    run(session, panel, lambda: panel.model.rowCount() == 1, qtbot)
    assert panel.detail.incident.id == "I-0001", "a story chooses it before its time has come"
    panel.detail.time.setText("2026-07-15 05:00")
    qtbot.mouseClick(panel.detail.add, Qt.MouseButton.LeftButton)
    assert "before" in panel.detail.said.text() and len(read(tmp_path / "a.incidents.jsonl").entries) == 1


def test_the_command_line_lists_events_and_takes_a_log(session, tmp_path, capsys):
    from twin.incidents.rule import AlarmRule
    rule = AlarmRule(id="depth", layer=LAYER, name="Underpass", observed="flood.underpass_depth", red=25.0)
    session.edits.commit(session.document.with_rule(rule), "rule")
    session.save(tmp_path / "a.twin.json")
    log = tmp_path / "cases.csv"
    log.write_text("case_id,time,state,actor,note\nC-1,2026-07-15 06:41,发现,值班员,积水\n"
                   "C-1,2026-07-15 08:00,结案,,\nC-1,never,closed,,\n", "utf-8")
    arguments = ["incidents", str(tmp_path / "a.twin.json"), "--json"]
    assert main([*arguments, "--import-log", str(log)]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["import"]["added"] == 2 and said["import"]["rejected"][0]["line"] == 4
    assert said["events"] and all(e["level"] == "red" and e["peak"] >= 25 for e in said["events"])
    assert all(e["unit"] == "cm" and e["sensor_name_zh"] for e in said["events"])
    assert said["incidents"][0]["handling_secs"] == 79 * 60
    assert main([*arguments, "--time", "2026-07-15T07:00"]) == 0
    early = json.loads(capsys.readouterr().out)
    assert early["incidents"][0]["state"] == "found" and early["incidents"][0]["handling_secs"] is None
    assert len(early["events"]) <= len(said["events"])


def test_the_forms_time_is_the_clocks_until_another_is_typed(qtbot):
    from app.panels.incident_detail import CORRECTION_KIND, NOTE, IncidentDetail
    from twin.incidents.incident import Entry, Incident
    detail, zone = IncidentDetail(lambda *of: None), "Asia/Shanghai"
    qtbot.addWidget(detail)

    def choose(*what):                               # Qt finds no tuples
        detail.what.setCurrentIndex(next(k for k in range(detail.what.count()) if detail.what.itemData(k) == what))
        detail.what.activated.emit(detail.what.currentIndex())
    at = [times.parse(f"2026-07-15T{clock}+08:00") for clock in ("06:00", "06:58", "07:37", "08:00")]
    steps = tuple(Entry(seq=n, incident="I", kind="state", time_ns=at[k], written_ns=at[k], state=state)
                  for n, k, state in ((1, 0, "found"), (2, 3, "assigned")))
    incident = Incident(id="I", title="x", level=2, rule="", layer="", streams=(), place=None, synthetic=True,
                        entries=steps, steps=steps)
    detail.show_incident(incident, at[1], zone)
    assert detail.time.text() == "2026-07-15 08:00", "the next step is not before the last"
    choose(NOTE, 0)
    assert detail.time.text() == "2026-07-15 06:58"
    choose(CORRECTION_KIND, 1)
    assert detail.time.text() == "2026-07-15 06:00", "a correction begins as the step that it corrects"
    choose(NOTE, 0)
    detail.show_incident(incident, at[2], zone)
    assert detail.time.text() == "2026-07-15 07:37", "it goes on with the clock"
    detail.time.clear()
    qtbot.keyClicks(detail.time, "2026-07-15 07:00")
    detail.show_incident(incident, at[3], zone)
    assert detail.time.text() == "2026-07-15 07:00"
    detail.time.clear()
    detail.show_incident(incident, at[1], zone)
    qtbot.keyClicks(detail.note, "Seen")
    detail.show_incident(incident, at[2], zone)
    assert detail.time.text() == "2026-07-15 06:58", "a running clock goes on while one writes"
    note = Entry(seq=3, incident="I", kind="note", time_ns=at[1], written_ns=at[1], note="Seen")
    detail.show_incident(replace(incident, entries=(*steps, note)), at[3], zone)
    said = detail.steps.text()
    assert said.index("06:00") < said.index("06:58") < said.index("08:00"), "in the order in which it happened"
    wrong = Entry(seq=4, incident="I", kind=CORRECTION_KIND, corrects=2, time_ns=at[3], written_ns=at[3], note="radio")
    detail.show_incident(replace(incident, entries=(*steps, wrong)), at[3], zone)
    said = detail.steps.text()
    assert "1 correction" in said and said.count("08:00") >= 2, "what stood there before is read in the window too"
