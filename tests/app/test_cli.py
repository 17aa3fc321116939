"""The command line as other people's scripts use it: in a process of its own, without a display."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from app.printing import counted
from twin.document import Document
from twin.project import Project, save

ROOT = Path(__file__).resolve().parents[2]
INFO_KEYS = {"path", "ok", "kind", "format", "crs", "crs_source", "extent", "count", "units", "time_span", "notes",
             "error"}
LAYER_KEYS = {"id", "name", "kind", "features", "triangles", "load_ms", "error", "incomplete"}


def citytwin(*arguments, check: int | None = 0) -> subprocess.CompletedProcess:
    quiet = {key: value for key, value in os.environ.items() if key not in ("DISPLAY", "WAYLAND_DISPLAY")}
    done = subprocess.run([sys.executable, "-m", "app.cli", *map(str, arguments)], capture_output=True, text=True,
                          cwd=ROOT, env=quiet, timeout=300, check=False)
    assert "Traceback" not in done.stderr, done.stderr
    if check is not None:
        assert done.returncode == check, done.stderr
    return done


@pytest.fixture
def footprints(tmp_path) -> Path:
    square = [[121.25, 31.35], [121.2505, 31.35], [121.2505, 31.3504], [121.25, 31.3504], [121.25, 31.35]]
    path = tmp_path / "地块.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [
        {"type": "Feature", "properties": {"name": "嘉定", "height": 24}, "geometry": {"type": "Polygon",
                                                                                     "coordinates": [square]}}]}),
                    encoding="utf-8")
    return path


def test_info_has_the_promised_keys(footprints):
    answers = json.loads(citytwin("info", "--json", footprints).stdout)
    assert len(answers) == 1 and set(answers[0]) == INFO_KEYS
    assert answers[0]["ok"] and answers[0]["kind"] == "city" and answers[0]["count"] == 1
    assert answers[0]["extent"][:2] == pytest.approx([121.25, 31.35])


def test_info_of_a_broken_and_a_missing_file_says_so_and_exits_with_1(tmp_path, footprints):
    broken = tmp_path / "broken.ifc"
    broken.write_bytes(b"\x00\x01\x02 this is no model")
    answers = json.loads(citytwin("info", "--json", broken, tmp_path / "nowhere.tif", footprints, check=1).stdout)
    assert [a["ok"] for a in answers] == [False, False, True]
    assert all(set(a) >= INFO_KEYS for a in answers)
    assert str(broken) in answers[0]["error"] and answers[1]["error"]


def test_render_of_a_file_reports_its_layers(footprints, tmp_path):
    out = tmp_path / "view.png"
    report = json.loads(citytwin("render", "--add", footprints, "--out", out, "--size", "320x200", "--json").stdout)
    assert set(report) == {"out", "time", "size", "frame_ms", "layers"}
    assert report["size"] == [320, 200] and out.read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"
    layer, = report["layers"]
    assert set(layer) == LAYER_KEYS and layer["kind"] == "city" and layer["error"] is None
    assert layer["features"] == 1 and layer["triangles"] >= 10


def test_render_takes_a_file_or_a_project_under_any_name(footprints, tmp_path):
    out = tmp_path / "view.png"
    layer, = json.loads(citytwin("render", footprints, "--out", out, "--size", "200x200", "--json").stdout)["layers"]
    assert layer["kind"] == "city" and layer["error"] is None
    project = tmp_path / "other.json"
    save(Project(document=Document(name="x")), project)
    layer, = json.loads(citytwin("render", project, footprints, "--out", out, "--size", "200x200",
                                 "--json").stdout)["layers"]
    assert layer["kind"] == "city"
    two = citytwin("render", project, tmp_path / "b.twin.json", "--out", out, "--json", check=1)
    assert "one project" in json.loads(two.stdout)["error"]


def test_a_file_that_cannot_be_read_is_reported_and_the_rest_is_drawn(footprints, tmp_path):
    broken = tmp_path / "broken.csv"
    broken.write_bytes(b"\xff\xfe\x00")
    done = citytwin("render", "--add", broken, footprints, "--out", tmp_path / "v.png", "--size", "200x200", "--json",
                    check=1)
    errors = {layer["kind"]: layer["error"] for layer in json.loads(done.stdout)["layers"]}
    assert "broken.csv" in errors["unread"] and errors["city"] is None
    assert "broken.csv" in done.stderr and (tmp_path / "v.png").stat().st_size > 0


def test_a_layer_of_the_project_that_cannot_be_read_is_a_failure_too(footprints, tmp_path):
    lost = {"kind": "city", "id": "lost", "name": "Lost", "source": {"path": "lost.gpkg"}}
    there = {"kind": "city", "id": "there", "name": "There", "source": {"path": footprints.name}}
    for name, layers, status in (("a", [there, lost], 1), ("b", [there, lost | {"visible": False}], 0)):
        project = tmp_path / f"{name}.twin.json"
        project.write_text(json.dumps({"format": "citytwin", "version": 3, "layers": layers}), encoding="utf-8")
        done = citytwin("render", project, "--out", tmp_path / "v.png", "--size", "200x200", check=status)
        assert ("lost.gpkg" in done.stderr) == bool(status) and (tmp_path / "v.png").exists()


def test_a_picture_of_half_a_model_says_that_the_file_ends_early(samples, tmp_path):
    half = tmp_path / "half.ifc"
    whole = (samples / "office.ifc").read_bytes()
    half.write_bytes(whole[:len(whole) * 2 // 3])
    done = citytwin("render", "--add", half, "--out", tmp_path / "v.png", "--size", "200x200", "--json")
    layer, = json.loads(done.stdout)["layers"]
    assert layer["error"] is None and layer["incomplete"].startswith("Incomplete")
    assert f"half: {layer['incomplete']}" in done.stderr


def test_the_same_project_at_the_same_time_gives_the_same_picture(samples, tmp_path):
    project = samples / "jiading.twin.json"
    pictures = []
    for name in ("a.png", "b.png"):
        citytwin("render", project, "--out", tmp_path / name, "--time", "2026-07-15T08:30", "--size", "400x250")
        pictures.append((tmp_path / name).read_bytes())
    assert pictures[0] == pictures[1]


def test_the_clock_and_the_scene_change_the_picture(samples, tmp_path):
    project = samples / "jiading.twin.json"
    scenes = json.loads(project.read_text(encoding="utf-8"))["scenes"]
    report = json.loads(citytwin("render", project, "--out", tmp_path / "n.png", "--time", "2026-07-15T22:30:00+08:00",
                                 "--scene", scenes[-1]["name"], "--size", "400x250", "--json").stdout)
    assert report["time"] == "2026-07-15T22:30:00+08:00"
    assert all(layer["error"] is None for layer in report["layers"])
    citytwin("render", project, "--out", tmp_path / "d.png", "--time", "2026-07-15T10:00", "--size", "400x250")
    assert (tmp_path / "n.png").read_bytes() != (tmp_path / "d.png").read_bytes()


def test_errors_are_one_sentence_and_json_stays_json(tmp_path):
    done = citytwin("render", tmp_path / "no.twin.json", "--out", tmp_path / "x.png", "--json", check=1)
    assert "no.twin.json" in json.loads(done.stdout)["error"]
    assert citytwin("render", "--out", tmp_path / "x.png", "--size", "huge", check=2).stderr
    bad = tmp_path / "bad.twin.json"
    bad.write_text('{"format": "citytwin", "version": 1, "layers": [{"kind": "terrain", "id": "t", "name": "t", '
                   '"opacity": 7}]}')
    assert "opacity" in citytwin("info", bad, check=1).stdout


def test_a_reader_that_has_seen_enough_is_no_error(footprints):
    """As in `citytwin info … | head -1`: nothing is said about a file that was read well."""
    read, write = os.pipe()
    os.close(read)
    done = subprocess.run([sys.executable, "-m", "app.cli", "info", str(footprints)], stdout=write, cwd=ROOT,
                          stderr=subprocess.PIPE, text=True, timeout=300, check=False)
    os.close(write)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_wrong_call_is_json_too(tmp_path):
    done = citytwin("render", "--out", tmp_path / "x.png", "--size", "huge", "--json", check=2)
    assert "WIDTHxHEIGHT" in json.loads(done.stdout)["error"] and "usage" in done.stderr


def test_a_slip_in_a_command_opens_no_window(tmp_path):
    said = citytwin("rendr", str(tmp_path / "a.png"), check=2)
    assert "rendr is no command" in said.stderr and "Did you mean render?" in said.stderr
    assert "error" in json.loads(citytwin("nonsense", "--json", check=2).stdout)


def test_a_folder_that_is_not_there_is_not_made(footprints, tmp_path):
    out = tmp_path / "nowhere" / "deep" / "x.png"
    done = citytwin("render", "--add", footprints, "--out", out, "--json", check=1)
    assert "Make the folder first" in json.loads(done.stdout)["error"] and not (tmp_path / "nowhere").exists()


def test_chinese_texts(footprints, tmp_path):
    done = citytwin("info", tmp_path / "nowhere.tif", "--language", "zh", check=1)
    assert any("\u4e00" <= sign <= "\u9fff" for sign in done.stdout)


def test_one_is_not_many():
    assert [counted(n, "layer") for n in (0, 1, 1_200)] == ["0 layers", "1 layer", "1,200 layers"]
    assert [counted(n, "facility", "facilities") for n in (1, 2)] == ["1 facility", "2 facilities"]
