"""Work in processes: progress, cancel, silence, death, and large results that are mapped, not copied."""

from __future__ import annotations

import mmap
import os
import sys
import threading
import time
from types import SimpleNamespace

import numpy as np
import pytest

from tests.twin import working
from twin import jobs as work
from twin import spill, worker
from twin.jobs import Jobs


@pytest.fixture
def jobs():
    pool = Jobs(workers=2)
    yield pool
    pool.close()


def ended(jobs, function, *arguments, **options):
    return jobs.wait(jobs.start(function, *arguments, label="test", path="file.x", **options), 60.0)


def until(jobs, condition, secs=30.0):
    end = time.monotonic() + secs
    while not condition():
        assert time.monotonic() < end, "it never happened"
        jobs.poll()
        time.sleep(0.002)


def test_a_result_comes_back_and_progress_before_it(jobs):
    job = jobs.start(working.double, 21, label="test")
    seen = set()
    while job.active:
        jobs.poll()
        seen.add((job.done, job.text))
        time.sleep(0.002)
    assert job.state == work.DONE and job.result == 42
    assert (1.0, "step 1") in seen or (2.0, "step 2") in seen or (3.0, "step 3") in seen


def test_large_arrays_are_mapped_and_read_only(jobs):
    job = ended(jobs, working.big, 1_000_000)
    numbers = job.result["numbers"]
    assert numbers[-1] == 999_999 and job.result["words"] == ("a", 1)
    assert not numbers.flags.writeable and not numbers.flags.owndata
    base = numbers
    while isinstance(base, np.ndarray):
        base = base.base
    base = base.obj if isinstance(base, memoryview) else base
    assert isinstance(base, mmap.mmap)


@pytest.mark.parametrize("count", [10, 1_000_000])
def test_arguments_arrive_and_are_the_workers_own(jobs, count):
    numbers = np.ones(count)
    job = ended(jobs, working.doubled, numbers, ("a", 1))
    assert job.state == work.DONE and job.result[:2] == (2.0 * count, ("a", 1))
    assert numbers.sum() == count
    if os.name == "posix":
        assert os.listdir(jobs._folder) == []


def test_a_pipe_that_is_closed_while_a_thread_writes_into_it_ends_the_writing_quietly():
    """`Connection.close` takes the handle away, and the next part of the message is written to None."""
    def send(message):
        raise TypeError("'NoneType' object cannot be interpreted as an integer")

    ending = work._Worker.__new__(work._Worker)
    ending.pipe = SimpleNamespace(send=send)
    ending.send(("run",))


def test_large_arguments_do_not_wait_for_a_worker_that_starts(jobs, monkeypatch):
    """Who writes them is what is claimed; and what is on its way can be called off."""
    at, on = threading.Event(), threading.Event()
    written = spill.written

    def slowly(*arguments):
        at.set()
        on.wait(30.0)
        return written(*arguments)
    monkeypatch.setattr(spill, "written", slowly)
    job = jobs.start(working.doubled, np.ones(1_000_000), "", label="test")
    jobs.poll()
    assert at.wait(30.0) and job.state == work.RUNNING
    jobs.cancel(job)
    on.set()
    assert job.state == work.CANCELLED and not jobs._running
    monkeypatch.setattr(spill, "written", written)
    assert ended(jobs, working.doubled, np.ones(1_000_000), "").state == work.DONE


def test_arguments_that_cannot_be_written_are_a_failure_with_words(jobs, monkeypatch):
    def full(*arguments):
        raise OSError(28, "No space left on device")
    monkeypatch.setattr(spill, "written", full)
    job = ended(jobs, working.doubled, np.ones(1_000_000), "")
    assert job.state == work.FAILED and "No space left" in str(job.error) and job.error.path == "file.x"


def test_arrow_brings_no_pandas_into_a_worker(jobs):
    assert ended(jobs, working.with_arrow).result == (["a", None], False, True)


@pytest.mark.parametrize("asked", [0, 1, 3])
def test_an_idle_worker_warms_up_until_it_is_asked_for_something(monkeypatch, asked):
    done = []
    for name in ("discover", "warm"):
        monkeypatch.setattr(worker.readers, name, lambda name=name: done.append(name))
    monkeypatch.setattr(worker, "warm_proj", lambda: done.append("proj"))
    quiet = iter([False] * asked + [True] * 3)
    worker._warm(SimpleNamespace(poll=lambda secs: next(quiet)))
    assert done == ["proj", "discover", "warm"][:asked]


def test_spilled_values_come_back_without_their_file(tmp_path):
    value = [np.arange(5), np.zeros(0), "text"]
    spilled = spill.dump(value, str(tmp_path))
    again = spill.load(spilled)
    np.testing.assert_array_equal(again[0], value[0])
    assert len(again[1]) == 0 and again[2] == "text"
    if os.name == "posix":
        assert os.listdir(tmp_path) == []


def test_a_folder_that_was_cleared_away_is_made_again(tmp_path):
    """Systems clear temporary folders that were long idle: from then on every file of an open window failed."""
    gone = tmp_path / "gone"
    value = {"x": np.arange(100_000)}
    assert (spill.load(spill.dump(value, str(gone)))["x"] == value["x"]).all()
    assert gone.is_dir()


def test_cancel_is_noticed_at_the_next_progress_and_the_worker_is_kept(jobs):
    first = ended(jobs, working.process_number)
    job = jobs.start(working.patient, label="test")
    until(jobs, lambda: job.text == "waiting")
    jobs.cancel(job)
    jobs.wait(job, 30.0)
    assert job.state == work.CANCELLED and job.error is None
    assert ended(jobs, working.process_number).result == first.result


@pytest.mark.skipif(sys.platform == "win32", reason="Windows does not say how much memory was held at most")
def test_a_worker_that_keeps_memory_is_replaced_and_leaves_by_itself(jobs):
    first = ended(jobs, working.process_number)
    hungry = ended(jobs, working.hungry, int(worker.MOST_MB * 1.2))
    assert hungry.state == work.DONE and hungry.result == first.result
    assert ended(jobs, working.process_number).result != first.result
    until(jobs, lambda: not jobs._leaving)


def test_a_worker_is_replaced_after_many_jobs(jobs):
    numbers = [ended(jobs, working.process_number).result for _ in range(worker.MOST_JOBS + 1)]
    assert len(set(numbers[:-1])) == 1 and numbers[-1] != numbers[0]


def test_who_does_not_hear_cancel_is_killed(jobs):
    job = jobs.start(working.deaf, label="test")
    until(jobs, lambda: job.text == "last words")
    jobs.cancel(job)
    jobs.wait(job, 30.0)
    assert job.state == work.CANCELLED


def test_a_queued_job_is_cancelled_before_it_starts(jobs):
    job = jobs.start(working.patient, label="test")
    jobs.cancel(job)
    assert job.state == work.CANCELLED and not jobs.poll()


def test_what_a_person_waits_for_runs_beside_a_full_pool():
    jobs = Jobs(workers=1)
    try:
        long = jobs.start(working.patient, label="long")
        until(jobs, lambda: long.state == work.RUNNING)
        plain, urgent = (jobs.start(working.double, 21, label="w", urgent=urgent) for urgent in (False, True))
        assert jobs.wait(urgent, 30.0).result == 42 and plain.state == work.QUEUED
    finally:
        jobs.close()


def test_silence_is_ended_and_its_last_words_stay(jobs):
    job = jobs.start(working.deaf, label="test", stall_secs=60.0, path="file.x")
    until(jobs, lambda: job.text == "last words")
    job.stall_secs = 0.05
    jobs.wait(job, 30.0)
    assert job.state == work.FAILED and job.text == "last words"
    assert "silent" in job.error.what and job.error.path == "file.x"


def test_the_death_of_a_worker_is_told_and_its_parts_are_kept(jobs):
    job = ended(jobs, working.crash)
    assert job.state == work.FAILED and "7" in job.error.cause and job.error.path == "file.x"
    assert len(job.parts) == 1 and job.parts[0].points.shape == (3, 3)
    assert ended(jobs, working.double, 1).result == 2


def test_troubles_keep_their_words_and_surprises_get_some(jobs):
    known, unknown = ended(jobs, working.trouble), ended(jobs, working.surprise)
    assert str(known.error) == "It is broken. a reason. a way. [file.x]"
    assert unknown.state == work.FAILED and "ZeroDivisionError: oh" in unknown.error.cause


def test_closing_ends_every_process_and_removes_the_spill_folder():
    jobs = Jobs(workers=2)
    job = jobs.start(working.deaf, label="test")
    until(jobs, lambda: job.text == "last words")
    folder, process = jobs._folder, jobs._running[job.number].process
    jobs.close()
    assert not folder.exists() and job.state == work.CANCELLED and not process.is_alive()
