"""Imports that are killed: nothing of them is left, or all of it."""

from __future__ import annotations

import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from app.import_apart import settle
from twin.history.leftovers import tidy
from twin.history.store import Store
from twin.history.writer import Writer
from twin.project import load

ROOT = Path(__file__).resolve().parents[2]
KILLED = """
import os, sys
from pathlib import Path
from app import bringing
from twin.history import sealed, staging, writer
from twin.history.plan import Choice
from twin.readers import Progress

def kill(*_, **__):
    os.kill(os.getpid(), 9)

where, name = sys.argv[1].split(":")
setattr({"staging": staging, "writer": writer, "sealed": sealed.Sealed, "bringing": bringing}[where], name, kill)
bringing.bring_into(Path(sys.argv[3]), [Path(sys.argv[2])], Choice(), Progress())
"""
ROWS = 60_000



def written(folder: Path, rows: int = 3, name: str = "levels.csv") -> Path:
    path = folder / name
    path.write_text("time,id,level\n" + "".join(
        f"2026-07-{1 + n // 86400:02} {n // 3600 % 24:02}:{n // 60 % 60:02}:{n % 60:02},P1,{n % 97}\n"
        for n in range(rows)))
    return path


def killed_at(where: str, table: Path, project: Path) -> None:
    done = subprocess.run([sys.executable, "-c", KILLED, where, str(table), str(project)], cwd=ROOT,
                          capture_output=True, check=False)
    assert done.returncode == -9, done.stderr.decode()


@pytest.mark.parametrize("where", ["staging:load", "writer:create", "writer:repair", "sealed:commit"])
def test_of_an_import_that_was_killed_before_its_commit_nothing_is_left(tmp_path, where):
    table, project = written(tmp_path), tmp_path / "town.twin.json"
    killed_at(where, table, project)
    settle(project)
    assert list(tmp_path.iterdir()) == [table]


@pytest.mark.parametrize("where", ["bringing:described", "bringing:save"])
def test_readings_that_were_committed_get_the_project_that_shows_them(tmp_path, where):
    table, project = written(tmp_path), tmp_path / "town.twin.json"
    killed_at(where, table, project)
    assert not project.exists()
    settle(project)
    layer, = load(project).document.layers
    assert (layer.kind, layer.observed) == ("sensors", "level")
    with Store(tmp_path / "town.history") as store:
        assert len(store.series("P1/level" if store.look().number_of("P1/level") else "P1")[0]) == 3


def test_the_project_of_the_first_file_is_whole_where_the_second_is_killed(tmp_path):
    project = tmp_path / "town.twin.json"
    first, second = written(tmp_path), tmp_path / "broken.csv"
    second.write_text("task,cost\ndig,3\n")
    done = subprocess.run([sys.executable, "-m", "app.cli", "import", first, second, "--into", project], cwd=ROOT,
                          capture_output=True, text=True, check=False)
    assert done.returncode == 1 and "broken.csv" in done.stderr
    assert [layer.observed for layer in load(project).document.layers] == ["level"]


@pytest.mark.parametrize("victim", ["master", "worker"])
@pytest.mark.parametrize("after_secs", [0.3, 1.0, 1.7])
def test_whichever_process_is_killed_the_other_leaves_nothing_or_all(tmp_path, victim, after_secs):
    """At whatever moment the blow falls; these only spread it."""
    table, project = written(tmp_path, ROWS), tmp_path / "town.twin.json"
    master = subprocess.Popen([sys.executable, "-m", "app.cli", "import", str(table), "--into", str(project)],
                              cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    workers, end = [], time.monotonic() + 60.0
    while not workers and master.poll() is None and time.monotonic() < end:
        workers = _workers(master.pid)
        time.sleep(0.01)
    time.sleep(after_secs)
    for process in [master] if victim == "master" else workers:
        with suppress(psutil.NoSuchProcess):          # it may have been done before
            process.kill()
    master.wait(60.0)
    assert not psutil.wait_procs(workers, timeout=60.0)[1]
    left = {path.name for path in tmp_path.iterdir()}
    assert left in ({"levels.csv"}, {"levels.csv", "town.twin.json", "town.history"})
    if project.exists():
        assert len(load(project).document.layers) == 1
        with Store(tmp_path / "town.history") as store:
            assert store.describe()["readings"] == ROWS


def _workers(pid: int) -> list[psutil.Process]:
    try:
        return [child for child in psutil.Process(pid).children(recursive=True)
                if "spawn_main" in " ".join(child.cmdline())]
    except psutil.NoSuchProcess:                      # a zombie is one, too
        return []


def test_a_folder_with_other_things_in_it_and_a_store_that_is_written_are_left_alone(tmp_path):
    other = tmp_path / "diary.history"
    other.mkdir()
    (other / "1907.txt").write_text("Rain.")
    tidy(other)
    assert (other / "1907.txt").exists()
    written_by = tmp_path / "town.history"
    with Writer(written_by):
        tidy(written_by)
        assert written_by.is_dir()
    tidy(written_by)
    assert not written_by.exists()
