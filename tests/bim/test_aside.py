"""Questions that a process beside answers: also when it dies of them."""

from __future__ import annotations

import gc
import os
import signal
import time

import pytest

from bim import aside
from bim.aside import Aside
from bim.open import open_model


def test_a_forked_process_answers_and_leaves_the_place_in_the_file_alone(samples):
    opened = open_model(samples / "office.ifc", lazy=True)
    path, model = str(opened.plain), opened.model
    walls = [wall.id() for wall in model.by_type("IfcWall")]
    asked = Aside(path, lambda: (os.getpid(), [model.by_id(number).Name for number in walls]), "fork")
    names = [model.by_id(number).Name for number in walls]
    process, said = asked.answer()
    assert said == names and process != os.getpid()


def test_it_is_ready_when_nobody_else_has_to_be_waited_for(tmp_path):
    ours, theirs = os.pipe()
    asked = Aside(str(tmp_path), lambda: os.read(ours, 1), "fork")
    assert not asked.ready
    os.write(theirs, b"x")
    assert asked.answer() == b"x" and asked.ready
    assert Aside(str(tmp_path), lambda: 7, "spawn").ready
    dead = Aside(str(tmp_path), lambda: time.sleep(600), "fork")
    dead._process.kill()
    dead._process.join(60.0)
    assert dead.ready, "it is asked here"
    dead.end()
    for end in (ours, theirs):
        os.close(end)


def test_where_there_is_no_fork_it_is_asked_here(tmp_path):
    asked = []
    one = Aside(str(tmp_path), lambda: asked.append(os.getpid()) or 7, "spawn")
    assert not asked and one.answer() == 7 and asked == [os.getpid()]
    one.end()


def test_a_process_that_dies_of_the_question_costs_only_time(tmp_path):
    here = os.getpid()

    def ask() -> str:
        if os.getpid() != here:
            os.kill(os.getpid(), signal.SIGKILL)
        return "here"

    assert Aside(str(tmp_path), ask, "fork").answer() == "here"


def test_what_the_question_raises_comes_out(tmp_path):
    with pytest.raises(LookupError):
        Aside(str(tmp_path), lambda: {}["nothing"], "fork").answer()


class WaitsForItsThreads:
    """As a pool of threads does when it goes, and a connection of DuckDB: in a fork there are none."""

    def __init__(self):
        self.circle, self._made_in = self, os.getpid()

    def __del__(self):
        while os.getpid() != self._made_in:
            time.sleep(1.0)


def test_what_others_left_in_circles_is_not_collected_in_the_fork(tmp_path):
    """It waited for ever, and who had asked with it."""
    gc.collect()
    WaitsForItsThreads()
    asked = Aside(str(tmp_path), lambda: (os.getpid(), len([[n] for n in range(1_000_000)])), "fork")
    process, number = asked.answer()
    assert process != os.getpid() and number == 1_000_000


def test_a_process_that_says_nothing_costs_only_time(tmp_path, monkeypatch):
    monkeypatch.setattr(aside, "SILENCE_SECS", 0.2)
    here = os.getpid()
    assert Aside(str(tmp_path), lambda: os.getpid() == here or time.sleep(600), "fork").answer() is True


def test_an_end_does_not_wait_for_the_answer(tmp_path):
    one = Aside(str(tmp_path), lambda: time.sleep(600), "fork")
    process = one._process
    one.end()
    assert process.exitcode == -signal.SIGKILL
