"""`citytwin feeds` and `citytwin record` as a machine without a window uses them."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time

import pytest

from tests.app.test_cli import ROOT, citytwin
from tests.twin.feeds.broker import Broker, Publisher, needs_broker, until


@needs_broker
def test_a_project_is_recorded_without_a_window(tmp_path):
    broker = Broker(tmp_path / "broker")
    project = tmp_path / "town.twin.json"
    feeds = json.loads(citytwin("feeds", project, "--add", broker.url, "--id", "noise", "--topic", "noise/+",
                                "--map", "values=db", "--map", "id={topic[1]}", "--map", "time=at",
                                "--map", "property=noise", "--map", "unit=dB", "--json").stdout)
    assert feeds[0]["id"] == "noise" and feeds[0]["mapping"]["values"] == ["db"]
    sender = Publisher(broker)
    sender.send("noise/n1", {"db": 60.5, "at": "2026-07-15T12:00:00+08:00"}, retain=True)
    trial = json.loads(citytwin("feeds", project, "--try", "noise", "--json").stdout)
    assert trial["topic"] == "noise/n1" and trial["readings"][0]["datastream"] == "n1"
    assert trial["readings"][0]["value"] == 60.5 and trial["readings"][0]["unit"] == "dB"
    assert "→ n1   2026-07-15T12:00:00+08:00   60.5 dB   noise" in citytwin("feeds", project, "--try", "noise").stdout
    citytwin("feeds", project, "--add", broker.url, "--id", "silent", "--topic", "nothing")
    assert citytwin("feeds", project, "--try", "silent", "--wait", "0.5", check=1).stdout == "No message came.\n"
    citytwin("feeds", project, "--remove", "silent")

    running = subprocess.Popen([sys.executable, "-m", "app.cli", "record", str(project), "--json"], cwd=ROOT,
                               env={**os.environ, "PYTHONPATH": str(ROOT)}, stdout=subprocess.PIPE, text=True)
    assert until(lambda: _status(project).get("readings"))
    refused = citytwin("record", project, check=1)
    assert "running already" in refused.stderr
    sender.send("noise/n2", {"db": 70, "at": "2026-07-15T12:01:00+08:00"}, {"db": "loud"})
    assert until(lambda: _status(project)["rejected"] == 1 and _status(project)["readings"] == 2)
    latest = json.loads(citytwin("latest", project, "--json").stdout)
    assert [(r["datastream"], r["value"]) for r in latest["readings"]] == [("n1", 60.5), ("n2", 70.0)]
    said = citytwin("record", project, "--status").stdout
    assert "noise" in said.lower() and "the value is no number" in said
    assert json.loads(citytwin("record", project, "--stop", "--json").stdout)["state"] == "stopped"
    assert json.loads(running.communicate(timeout=30)[0])["readings"] == 2 and running.returncode == 0
    sender.close()
    broker.stop()
    assert json.loads(citytwin("feeds", project, "--remove", "noise", "--json").stdout) == []
    citytwin("feeds", project, "--remove", "noise", check=1)


@pytest.mark.skipif(os.name != "posix", reason="SIGTERM is of POSIX")
def test_a_terminated_recorder_seals_and_leaves(tmp_path):
    project = tmp_path / "town.twin.json"
    citytwin("feeds", project, "--add", "mqtt://127.0.0.1:9", "--id", "none")
    running = subprocess.Popen([sys.executable, "-m", "app.cli", "record", str(project)], cwd=ROOT,
                               env={**os.environ, "PYTHONPATH": str(ROOT)}, stdout=subprocess.PIPE, text=True)
    assert until(lambda: _status(project).get("running"))
    time.sleep(0.2)
    running.send_signal(signal.SIGTERM)
    assert running.wait(30) == 0 and "stopped" in running.communicate()[0]
    assert not _status(project)["running"]


@needs_broker
def test_an_id_that_makes_one_sensor_of_many_is_warned_of(tmp_path):
    """Written as `id=id` instead of `id={id}`, 39 of 40 sensors were dropped as repetitions without a word."""
    broker, project = Broker(tmp_path / "broker"), tmp_path / "town.twin.json"
    for id, template in (("wrong", "id"), ("right", "{id}")):
        citytwin("feeds", project, "--add", broker.url, "--id", id, "--topic", "noise/+", "--map", "values=db",
                 "--map", f"id={template}")
    Publisher(broker).send("noise/n1", {"db": 60.5, "id": "n1"}, retain=True)
    wrong, right = (json.loads(citytwin("feeds", project, "--try", id, "--json").stdout) for id in ("wrong", "right"))
    assert any("Write {id} to take" in text for text in wrong["warnings"])
    assert wrong["readings"][0]["datastream"] == "id" and right["readings"][0]["datastream"] == "n1"
    assert not any("one sensor" in text for text in right["warnings"])
    broker.stop()


def test_a_project_that_never_recorded_says_so(tmp_path):
    project = tmp_path / "town.twin.json"
    citytwin("feeds", project, "--add", "mqtt://127.0.0.1:9")
    assert json.loads(citytwin("record", project, "--status", "--json").stdout)["state"] == "none"
    citytwin("feeds", project, "--add", "mqtt://x", "--map", "nonsense", check=2)


def _status(project) -> dict:
    from twin.feeds.status import read
    from twin.history.store import store_beside
    return read(store_beside(project)) or {}
