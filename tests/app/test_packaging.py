"""An incident package reopens elsewhere to the same numbers, and says so when it does not."""

from __future__ import annotations

import json
import shutil
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from app.cli import main
from app.discover import layer_types
from app.packaging import EYE_M, open_package
from layers.sensor_points import SensorPoints
from twin import times
from twin.incidents.data_window import write_window
from twin.incidents.journal import Journal, journal_beside, read
from twin.incidents.rule import AlarmRule
from twin.layer import Source
from twin.project import Project, load, save

LAYER = "sensors.flood.underpass_depth"
STREAM = "UP-001.flood.underpass_depth"


def at(clock: str) -> int:
    return times.parse(f"2026-07-15T{clock}+08:00")


@pytest.fixture(scope="module")
def project(samples, tmp_path_factory):
    """Waters and underpasses (hidden) of the sample, one rule, one incident with a correction and a note, no place."""
    layer_types()
    whole = load(samples / "jiading.twin.json")
    others = [x.id for x in whole.document.layers if x.id not in (LAYER, "water") and x.kind != "group"]
    rule = AlarmRule(id="d", layer=LAYER, name="Depth", observed="flood.underpass_depth", yellow=3, red=25, clear=2)
    document = whole.document.without(others).with_rule(rule).with_each({LAYER}, lambda x: replace(x, visible=False))
    path = tmp_path_factory.mktemp("here") / "a.twin.json"
    save(Project(document=document, view=whole.view), path)
    journal = Journal(journal_beside(path))
    journal.open(title="another", time_ns=at("06:00"), level=1)
    made = journal.open(title="裕民南路 underpass", time_ns=at("06:41"), level=3, rule="d", layer=LAYER,
                        streams=(STREAM,), synthetic=True)
    made = journal.advance(made.id, "assigned", at("06:50"), role="Control room")
    journal.note(made.id, at("06:55"), "pump 2 runs")
    journal.correct(made.id, made.steps[-1].seq, at("06:43"))
    journal.advance(made.id, "closed", at("08:00"))
    return path, made.id


@pytest.fixture(scope="module")
def packed(project, tmp_path_factory):
    path, id = project
    out = tmp_path_factory.mktemp("packed") / "p.zip"
    assert main(["package", str(path), "--incident", id, "--out", str(out)]) == 0
    return out


def test_it_reopens_elsewhere_to_the_same_numbers(project, packed, tmp_path, capsys):
    shutil.rmtree(project[0].parent)                  # another machine has none of it
    capsys.readouterr()
    assert main(["package", "--verify", str(packed), "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["same"] and said["numbers"]["handling_secs"] == 79 * 60
    assert said["numbers"]["steps"]["assigned"] == "2026-07-15T06:43:00+08:00", "as corrected"
    assert said["numbers"]["events"][0]["level"] == 3
    assert said["numbers"]["readings"]["found"][STREAM]["value"] > 25

    there = tmp_path / "there"
    opened = load(open_package(packed, there))
    document, camera = opened.document, opened.view.camera
    assert document.layer(LAYER).visible, "what the incident is about is seen"
    (incident,) = read(journal_beside(there / "incident.twin.json")).incidents()
    assert np.hypot(*np.subtract(incident.place, document.frame.origin)[:2] - camera.focus[:2]) < 1.0
    assert np.hypot(*np.subtract(camera.position, camera.focus)[:2]) == pytest.approx(EYE_M[0])
    assert {x.kind for x in document.layers} >= {"sensors", "vectors", "incidents"}
    assert all(Path(x.source.path).is_relative_to(there) for x in document.layers if x.source)
    page = (there / "report.html").read_text("utf-8")
    assert "裕民南路 underpass" in page and "pump 2 runs" in page and "Synthetic" in page and "another" not in page
    assert (there / "report.pdf").read_bytes().startswith(b"%PDF")


def test_what_was_changed_is_found(packed, tmp_path, capsys):
    changed = tmp_path / "changed.zip"
    with zipfile.ZipFile(packed) as old, zipfile.ZipFile(changed, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            new.writestr(name, data.replace(b"pump 2", b"pump 3") if name.endswith(".jsonl") else data)
    assert main(["package", "--verify", str(changed)]) == 1
    assert "changed after" in capsys.readouterr().err

    with zipfile.ZipFile(packed) as old, zipfile.ZipFile(changed, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if name == "manifest.json":
                said = json.loads(data)
                said["numbers"]["events"][0]["peak"] += 1.0
                data = json.dumps(said).encode()
            new.writestr(name, data)
    assert main(["package", "--verify", str(changed), "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["differences"] == ["events"]


def test_a_hostile_package_writes_nothing_outside(packed, tmp_path, capsys):
    evil = tmp_path / "evil.zip"
    with zipfile.ZipFile(packed) as old, zipfile.ZipFile(evil, "w") as new:
        said = json.loads(old.read("manifest.json"))
        said["files"] = {"../../outside.txt": {"sha256": "", "bytes": 3}}
        new.writestr("manifest.json", json.dumps(said))
        new.writestr("../../outside.txt", "bad")
    assert main(["package", "--verify", str(evil)]) == 1
    assert "outside" in capsys.readouterr().err
    assert main(["package", "--verify", str(tmp_path / "none.zip")]) == 1


def test_the_window_says_the_same_at_every_instant(samples, tmp_path):
    from twin.readers import Progress, Request, discover, read
    discover()
    layer = SensorPoints(id="s", name="s", source=Source(path=str(samples / "sensors.parquet"),
                                                         positions=str(samples / "sensors.csv")))
    frame = load(samples / "jiading.twin.json").document.frame
    whole = read(Request(source=layer.source, kind="sensors", frame=frame), Progress())
    start, end = at("06:00"), at("09:00")
    write_window(whole, frame, start, end, tmp_path / "r.parquet", tmp_path / "r.csv")
    cut = read(Request(source=replace(layer.source, path=str(tmp_path / "r.parquet"), time_zone="UTC",
                                      positions=str(tmp_path / "r.csv"), crs=frame.crs), kind="sensors", frame=frame),
               Progress())
    order = [cut.features.column("id").to_pylist().index(id) for id in whole.features.column("id").to_pylist()]
    for time_ns in np.linspace(start, end, 37).astype(np.int64):
        values, ages = whole.history.latest_at(int(time_ns))
        again, ages_again = cut.history.latest_at(int(time_ns))
        assert np.array_equal(values, again[order], equal_nan=True) and np.array_equal(ages, ages_again[order])
    assert np.allclose(whole.positions[:, :2], cut.positions[order, :2], atol=0.01, equal_nan=True)


def test_a_window_packs_and_opens(samples, tmp_path, qtbot, monkeypatch):
    """The button writes the file in a worker; dropping the file on a window opens what it holds."""
    from types import SimpleNamespace

    from app import dialogs, opening
    from app.panels.incidents import IncidentPanel
    from app.session import Session
    layer_types()
    whole = load(samples / "jiading.twin.json")
    others = [x.id for x in whole.document.layers if x.id != LAYER and x.kind != "group"]
    path = tmp_path / "a.twin.json"
    save(Project(document=whole.document.without(others)), path)
    Journal(journal_beside(path)).open(title="x", time_ns=at("06:41"), level=3, layer=LAYER, streams=(STREAM,))
    session = Session(load(path))
    panel = IncidentPanel(session)
    qtbot.addWidget(panel)
    panel.show()
    monkeypatch.setattr(dialogs, "save_file", lambda *_: tmp_path / "out.zip")
    monkeypatch.setattr("app.packaging.PICTURE", (64, 48))
    try:
        panel._reread()
        session.clock.go_to(at("07:00"))
        qtbot.waitUntil(lambda: [session.tick(0.0), panel.refresh(), panel.model.rowCount()][-1] == 1)
        panel.view.selectRow(0)
        panel.detail.pack.click()
        assert "Save the project" in panel.detail.said.text(), "the layer of incidents is not saved yet"
        session.save(tmp_path / "b.twin.json")                # under another name: the journal keeps the old one
        panel.detail.pack.click()
        qtbot.waitUntil(lambda: [session.tick(0.0), panel.refresh(), (tmp_path / "out.zip").exists()][-1],
                        timeout=120_000)
        qtbot.waitUntil(lambda: [session.tick(0.0), panel.refresh(), panel._packing is None][-1])
        assert "out.zip" in panel.detail.said.text() and panel.detail.said.property("role") == "muted"

        opened = []
        window = SimpleNamespace(session=session, panels=[], open=opened.extend, tell=lambda *_: None)
        opening.open_paths(window, [tmp_path / "out.zip"])
        qtbot.waitUntil(lambda: [session.tick(0.0), [p.refresh() for p in window.panels], bool(opened)][-1],
                        timeout=60_000)
        assert opened == [tmp_path / "out" / "incident.twin.json"] and opened[0].exists() and not window.panels
    finally:
        session.close()
