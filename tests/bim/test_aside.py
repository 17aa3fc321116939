"""Questions that a process beside answers: also when it dies of them."""

from __future__ import annotations

import os
import signal
import time

import pytest

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


def test_an_end_does_not_wait_for_the_answer(tmp_path):
    one = Aside(str(tmp_path), lambda: time.sleep(600), "fork")
    process = one._process
    one.end()
    assert process.exitcode == -signal.SIGKILL
