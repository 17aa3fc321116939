"""`citytwin bake` of readings: their replay is built where they lie, on the cores or on a cluster."""

from __future__ import annotations

import json

import pytest

from app.cli import main


@pytest.fixture
def project(tmp_path):
    (tmp_path / "r.csv").write_text("time,datastream,value\n2026-07-15T06:00Z,a,1\n2026-07-16T06:00Z,a,2\n")
    assert main(["import", str(tmp_path / "r.csv"), "--into", str(tmp_path / "p.twin.json")]) == 0
    return tmp_path / "p.twin.json"


def test_a_project_or_its_store_gets_its_replay(project, capsys):
    capsys.readouterr()
    assert main(["bake", str(project), "--workers", "1", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["built"] == told["pieces"] > 0 and not told["failed"]
    assert main(["bake", str(project.with_name("p.history")), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["built"] == 0, "it is there"


@pytest.mark.parametrize("more", [["--out", "tiles"], ["houses.gpkg"]])
def test_what_cannot_be_baked_together_is_said(project, capsys, more):
    assert main(["bake", str(project), *more]) == 1 and "inside its store" in capsys.readouterr().err


def test_tiles_without_a_folder(capsys):
    assert main(["bake", "houses.gpkg"]) == 1 and "--out FOLDER" in capsys.readouterr().err
