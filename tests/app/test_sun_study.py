"""A planner asks for hours of sun with and without a tower: layers, numbers, the command line, the dialog."""

from __future__ import annotations

import json
from types import SimpleNamespace

import pytest

from app.cli import main
from app.discover import layer_types
from app.panels.sun_dialog import SunDialog
from app.session import Session
from twin.camera import Camera
from twin.project import load, save

DAY = ["--date", "2026-12-21", "--from", "09:00", "--to", "15:00", "--step", "20", "--spacing", "10", "--radius", "100"]


@pytest.fixture
def project(tmp_path):
    """A house, and a tower south of it in a layer of its own."""
    from dataclasses import replace

    from layers.city import City
    from twin.document import Document
    from twin.frame import Frame
    from twin.layer import Source
    from twin.project import Project
    layer_types()
    frame = Frame()
    e, n, _ = frame.origin

    def file(name, x0, y0, x1, y1, height):
        ring = [[e + x, n + y] for x, y in ((x0, y0), (x1, y0), (x1, y1), (x0, y1), (x0, y0))]
        body = {"type": "FeatureCollection", "crs": {"type": "name", "properties": {"name": "EPSG:4549"}},
                "features": [{"type": "Feature", "properties": {"id": name, "height": height},
                              "geometry": {"type": "Polygon", "coordinates": [ring]}}]}
        path = tmp_path / f"{name}.geojson"
        path.write_text(json.dumps(body), "utf-8")
        return Source(path=str(path), crs=frame.crs)

    layers = (City(id="house", name="House", source=file("house", -15, 0, 15, 12, 18.0), synthetic=True),
              City(id="tower", name="Tower", source=file("tower", -30, -60, 30, -40, 100.0), visible=False))
    path = tmp_path / "a.twin.json"
    save(replace(Project(document=Document(frame=frame, layers=layers))), path)
    return path, f"{e},{n}"


def report(capsys, arguments):
    assert main([*arguments, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_a_tower_takes_the_sun(project, tmp_path, capsys):
    path, place = project
    base = ["sun", str(path), *DAY, "--around", place, "--limit-hours", "1"]
    free = report(capsys, [*base, "--out", str(tmp_path / "free")])
    built = report(capsys, [*base, "--out", str(tmp_path / "built"), "--show", "Tower"])
    (house,) = free["buildings"]
    assert house["id"] == "house" and house["most_hours"] == pytest.approx(6.0) and house["reaches_limit"]
    dark = next(h for h in built["buildings"] if h["id"] == "house")
    assert dark["longest_hours"] < house["longest_hours"] - 2.0
    assert built["ground"]["mean_hours"] < free["ground"]["mean_hours"] and free["synthetic"]
    from twin.readers import discover, inspect
    discover()
    (info,) = inspect(tmp_path / "free" / "ground.fgb")
    assert info.count == 400 and info.crs == "EPSG:4549"


def test_a_house_that_two_layers_show_is_judged_once(project, tmp_path, capsys):
    """As a footprint and in detail: two houses without sun were told where there was one."""
    from dataclasses import replace
    path, place = project
    base = ["sun", str(path), *DAY, "--around", place]
    once = report(capsys, [*base, "--out", str(tmp_path / "once")])["buildings"]
    made = load(path)
    fine = replace(made.document.layer("house"), id="fine", name="In detail")
    save(replace(made, document=replace(made.document, layers=(fine, *made.document.layers))), path)
    again = report(capsys, [*base, "--out", str(tmp_path / "again")])["buildings"]
    assert [(h["id"], h["windows"], h["most_hours"]) for h in again] == [
        (h["id"], h["windows"], h["most_hours"]) for h in once]
    assert [h["layer"] for h in again] == ["fine"]


def test_wrong_questions_are_answered(project, tmp_path, capsys):
    path, place = project
    for wrong in (["--hide", "nothing"], ["--radius", "9000", "--spacing", "0.5"]):
        assert main(["sun", str(path), *DAY, "--around", place, "--out", str(tmp_path / "x"), *wrong]) == 1
    assert main(["sun", str(path), *DAY, "--around", "there", "--out", str(tmp_path / "x")]) == 1
    assert main(["sun", str(path), *DAY, "--around", place, "--hide", "House", "--out", str(tmp_path / "x")]) == 1
    assert "throws a shadow" in capsys.readouterr().err and not (tmp_path / "x").exists()


def test_the_dialog_adds_layers_that_undo_takes_away(project, qtbot):
    from PySide6.QtWidgets import QWidget
    session = Session(load(project[0]))
    session.settle(60)
    owner = QWidget()
    qtbot.addWidget(owner)
    told = []
    owner.session, owner.panels, owner.tell = session, [], lambda words, *_: told.append(words)
    owner.docking = SimpleNamespace(show=lambda name, *_: told.append(name))
    owner.viewport = SimpleNamespace(camera=lambda: Camera(position=(0.0, -500.0, 300.0), focus=(0.0, 0.0, 0.0)))
    dialog = SunDialog(owner)
    try:
        dialog.radius.setValue(60)
        dialog.spacing.setValue(10)
        dialog.limit.setValue(1)
        before = session.document
        dialog.go.click()
        qtbot.waitUntil(lambda: [session.tick(0.0), [p.refresh() for p in list(owner.panels)], bool(told)][-1],
                        timeout=60_000)
        assert told.pop(0) == "results" and "1 building," in told[0] and "0 have no window" in told[0]
        _, windows, cells = session.document.layers[:3]
        assert cells.color_by == windows.color_by == "sun_hours" and cells.synthetic
        session.settle(60)
        assert session.asset(windows.id).payload.has_z and session.asset(cells.id).payload.count == 144
        session.edits.undo()
        assert session.document is before
    finally:
        session.close()


def test_a_chapter_compares_two_proposals_house_by_house(project, qtbot, on_screen):
    """Side A has the tower, side B does not: the table has both, the difference and the rule; a click goes there."""
    from dataclasses import replace

    from app.panels.study_results import StudyResultsPanel
    from app.scenario_sun import SunStep
    from twin.comparison import Comparison
    from twin.scenario import SunHours
    from twin.vitals.verdict import RED
    path, _ = project
    stored = load(path)
    document = stored.document.with_each(["tower"], lambda x: replace(x, visible=True))
    document = replace(document, comparison=Comparison(view="side", only_a=("tower",)))
    session = Session(replace(stored, document=document))
    flown = []
    try:
        session.settle(60)
        e, n, _ = document.frame.origin
        step = SunStep(session, lambda before, after: session.edits.commit(after, "Add a study"))
        step.want(SunHours(date="2026-12-21", easting=e, northing=n + 6.0, radius_m=25.0, first="09:00", last="15:00",
                           limit_hours=4.0))
        viewport = SimpleNamespace(zoom_to_feature=lambda *at: flown.append(at))
        panel = on_screen(StudyResultsPanel(session, viewport), 900, 220)
        panel.refresh()
        assert panel.said.text() == "Being computed", "and not that none was made"
        step.settle()
        assert not step.trouble and list(step.report) == ["A", "B", "today"]
        assert "Today: 0 houses below 4 h" in step.words() and "A: 1 house below 4 h" in step.words()
        (table,) = session.study_tables
        assert [words for words, _ in table.columns][2:] == [
            "Best window today (h)", "Best window (h) A", "Best window (h) B", "Altogether (h) A", "Altogether (h) B",
            "Difference (h)", "Windows below 4 h A", "Windows below 4 h B", "Rule (best window)"]
        house = table.rows[0]
        assert house[4] == pytest.approx(6.0) and house[3] < 4.0 and house[7] == pytest.approx(house[4] - house[3])
        assert house[2] == house[4], "without the tower it is as today"
        assert house[8] == house[1] and 0 < house[9] < house[1], "the best window alone did not say that others fail"
        assert table.levels == (RED,), "one of the two takes too much"
        windows = session.document.layers[:2]
        assert session.document.comparison.only_a == ("tower", windows[0].id)
        assert session.document.comparison.only_b == (windows[1].id,)
        panel.refresh()
        assert panel.table.rowCount() == 1 and panel.table.item(0, 10).text() == "■ below"
        assert panel.table.horizontalHeader().length() >= panel.table.viewport().width() - 1, "as wide as the panel"
        from app.study_tables import sun_table
        dark = sun_table({"": step.report["A"]}, 4.0, step.report["A"])
        assert dark.rows[0][-1] == "below, today too", "no tower took that sun"
        panel.table.cellClicked.emit(0, 0)
        assert flown == [("house", 0)] and session.selection.last == ("house", 0)
    finally:
        session.close()
