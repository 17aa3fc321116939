"""Work in processes: progress, cancel, time limits; results come back through memory-mapped files.

The GUI thread only polls. A worker is a spawned process that is kept for the next job when it ended
well and thrown away when it was cancelled, went silent or died, and when it is tired (what it read has
left much in its memory). Large arrays never travel through the pipe: pickle protocol 5 leaves them out
of band, who sends them writes them to a spill file, and the other side maps that file (see twin/spill.py).
"""

from __future__ import annotations

import itertools
import multiprocessing as mp
import os
import shutil
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from twin import spill, text
from twin.text import tr
from twin.trouble import Trouble
from twin.worker import serve

QUEUED, RUNNING, DONE, FAILED, CANCELLED = "queued", "running", "done", "failed", "cancelled"
CANCEL_GRACE_SECS = 1.5
PIPE_BYTES = 1 << 12                     # so much every pipe takes before anybody reads it


@dataclass
class Job:
    """One piece of work. Read it after `Jobs.poll`; only the poller writes it."""

    number: int
    label: str
    function: Callable[..., Any] = field(repr=False)
    arguments: tuple = field(repr=False)
    stall_secs: float
    path: str = ""
    urgent: bool = False
    way_out: str = ""
    state: str = QUEUED
    done: float = 0.0
    total: float = 0.0
    text: str = ""
    parts: list = field(default_factory=list, repr=False)
    result: Any = field(default=None, repr=False)
    error: Trouble | None = None
    revision: int = 0
    cancel_asked: float = 0.0
    heard: float = 0.0

    @property
    def active(self) -> bool:
        return self.state in (QUEUED, RUNNING)

    @property
    def fraction(self) -> float | None:
        """0 to 1; None while the total is not known."""
        return min(1.0, self.done / self.total) if self.total > 0 else None


class Jobs:
    """A small pool of worker processes. All methods belong to one thread."""

    def __init__(self, workers: int | None = None):
        self.workers = workers or max(2, min(8, (os.cpu_count() or 2)))
        self.jobs: list[Job] = []
        self._running: dict[int, _Worker] = {}
        self._idle: list[_Worker] = []
        self._leaving: list[_Worker] = []        # told to end, not gone yet
        self._numbers = itertools.count(1)
        self._folder: Path | None = None

    def start(self, function: Callable[..., Any], *arguments, label: str, stall_secs: float = 120.0,
              path: str = "", urgent: bool = False, way_out: str = "") -> Job:
        """Queue `function(*arguments, progress)`; it must be importable by name. Returns at once.

        Arrays among the arguments must stay as they are until it has ended.

        `urgent`: a person waits for it, so it may run beside a full pool of long work. `way_out`: what to do where its
        process dies; without it the job is one that reads a file.
        """
        job = Job(next(self._numbers), label, function, arguments, stall_secs, path, urgent=urgent, way_out=way_out)
        self.jobs.append(job)
        return job

    def cancel(self, job: Job) -> None:
        """Ask a job to stop; it is killed where it does not answer soon."""
        if job.state == QUEUED:
            job.state, job.revision = CANCELLED, job.revision + 1
        elif job.state == RUNNING and not job.cancel_asked:
            job.cancel_asked = time.monotonic()
            worker = self._running[job.number]
            if worker.sending:
                self._drop(job, worker, CANCELLED)
            else:
                worker.send(("cancel",))

    def poll(self) -> bool:
        """Take what the workers sent, start what waits. True when any job changed. Never blocks."""
        before = sum(job.revision for job in self.jobs)
        for number, worker in list(self._running.items()):
            job = next(j for j in self.jobs if j.number == number)
            self._hear(job, worker)
            self._limit(job, worker)
        for job in self.jobs:
            if job.state == QUEUED and len(self._running) < self.workers + job.urgent:
                self._launch(job)
        for worker in [w for w in self._leaving if not w.process.is_alive()]:
            self._leaving.remove(worker)
            worker.kill()
        changed = sum(job.revision for job in self.jobs) != before
        self.jobs = [job for job in self.jobs if job.active]
        return changed

    def wait(self, job: Job, timeout_secs: float = 600.0,
             told: Callable[[float, float, str], None] | None = None) -> Job:
        """Poll until `job` has ended (headless use and tests); `told(done, total, text)` hears how far it is."""
        end = time.monotonic() + timeout_secs
        while job.active:
            if time.monotonic() > end:
                self.cancel(job)
                raise Trouble(tr("{name} took longer than {secs:.0f} s.", name=job.label, secs=timeout_secs),
                              path=job.path)
            self.poll()
            if told:
                told(job.done, job.total, job.text)
            time.sleep(0.002)
        return job

    def warm(self) -> None:
        """Start one idle worker, so that the first file does not wait for an interpreter."""
        if not self._idle and not self._running:
            self._idle.append(_Worker(self._spill_folder()))

    def close(self) -> None:
        """Cancel, end and join everything; remove the spill files."""
        for worker in [*self._running.values(), *self._idle, *self._leaving]:
            worker.end()
        self._running.clear()
        self._idle.clear()
        self._leaving.clear()
        for job in self.jobs:
            if job.active:
                job.state = CANCELLED
        if self._folder:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None

    # -- inside ------------------------------------------------------------------------------

    def _spill_folder(self) -> Path:
        if self._folder is None:
            self._folder = Path(tempfile.mkdtemp(prefix="citytwin-"))
        return self._folder

    def _launch(self, job: Job) -> None:
        worker = self._idle.pop() if self._idle else _Worker(self._spill_folder())
        self._running[job.number] = worker
        job.state, job.heard, job.revision = RUNNING, time.monotonic(), job.revision + 1
        worker.run(job.function, job.arguments, text.language())

    def _hear(self, job: Job, worker: _Worker) -> None:
        if worker.trouble is not None:
            job.error = Trouble.of(worker.trouble, job.path)
            self._drop(job, worker, FAILED)
            return
        try:
            while job.state == RUNNING and worker.pipe.poll():
                self._take(job, worker, worker.pipe.recv())
        except (EOFError, OSError):
            self._lost(job, worker)
            return
        if job.state == RUNNING and not worker.process.is_alive() and not worker.pipe.poll():
            self._lost(job, worker)

    def _take(self, job: Job, worker: _Worker, message: tuple) -> None:
        job.heard, job.revision = time.monotonic(), job.revision + 1
        match message:
            case ("progress", done, total, text):
                job.done, job.total, job.text = done, total, text
            case ("part", spilled):
                job.parts.append(spill.load(spilled))
            case ("done", spilled, tired):
                job.result = spill.load(spilled)
                self._finish(job, worker, DONE, tired)
            case ("cancelled", tired):
                self._finish(job, worker, CANCELLED, tired)
            case ("failed", trouble, tired):
                job.error = Trouble.of(trouble, job.path)
                self._finish(job, worker, FAILED, tired)

    def _limit(self, job: Job, worker: _Worker) -> None:
        now = time.monotonic()
        if job.state != RUNNING:
            return
        if job.cancel_asked and now - job.cancel_asked > CANCEL_GRACE_SECS:
            self._drop(job, worker, CANCELLED)
        elif now - job.heard > job.stall_secs:
            job.error = Trouble(tr("Reading went silent and was ended."),
                                cause=tr("Nothing was heard for {secs:.0f} s", secs=job.stall_secs),
                                way_out=tr("What was read until then is shown; try a smaller export."),
                                path=job.path)
            self._drop(job, worker, FAILED)

    def _lost(self, job: Job, worker: _Worker) -> None:
        worker.process.join(1.0)
        job.error = Trouble(tr("The process that read this file died."),
                            cause=tr("It ended with code {code}", code=worker.process.exitcode),
                            way_out=job.way_out or
                            tr("The file makes the library crash; what was read until then is shown."),
                            path=job.path)
        self._drop(job, worker, CANCELLED if job.cancel_asked else FAILED)

    def _finish(self, job: Job, worker: _Worker, state: str, tired: bool) -> None:
        self._running.pop(job.number, None)
        job.state = state
        if len(self._idle) < 2 and not tired:
            self._idle.append(worker)
        else:
            worker.send(("end",))
            self._leaving.append(worker)

    def _drop(self, job: Job, worker: _Worker, state: str) -> None:
        self._running.pop(job.number, None)
        worker.kill()
        job.state, job.revision = state, job.revision + 1


class _Worker:
    """`sending`: its job is on its way to it. `trouble`: why the job did not get there."""

    def __init__(self, folder: Path):
        self._folder = str(folder)
        self._sender: threading.Thread | None = None
        self.trouble: OSError | None = None
        context = mp.get_context("spawn")
        self.pipe, theirs = context.Pipe()
        self.process = context.Process(target=serve, args=(theirs, str(folder)), daemon=True)
        self.process.start()
        theirs.close()

    @property
    def sending(self) -> bool:
        return self._sender is not None and self._sender.is_alive()

    def run(self, function: Callable[..., Any], arguments: tuple, language: str) -> None:
        """What fits into the pipe goes at once; a thread sends the rest, since a worker that starts does not listen."""
        body, arrays = spill.packed(arguments)
        if len(body) + sum(array.nbytes for array in arrays) < PIPE_BYTES:
            self.send(("run", function, spill.inline(arguments), language))
            return
        self._sender = threading.Thread(target=self._send_large, args=(function, body, arrays, language), daemon=True)
        self._sender.start()

    def _send_large(self, function: Callable[..., Any], body: bytes, arrays: list[memoryview], language: str) -> None:
        try:
            self.send(("run", function, spill.written(body, arrays, self._folder), language))
        except OSError as error:
            self.trouble = error

    def send(self, message: tuple) -> None:
        try:
            self.pipe.send(message)
        except (OSError, ValueError, TypeError):
            return    # it died: the next poll says so; TypeError: the pipe was closed while this thread wrote into it

    def end(self) -> None:
        if not self.sending:
            self.send(("end",))
        self.process.join(0.3)
        self.kill()

    def kill(self) -> None:
        if self.process.is_alive():
            self.process.kill()
        self.process.join(2.0)
        self.pipe.close()
