"""The other end of `twin.jobs`: one process, one job at a time."""

from __future__ import annotations

import logging
import multiprocessing
import sys
import time
from pathlib import Path

from twin import readers, spill, text
from twin.arrow import spare_pandas
from twin.frame import start_proj, warm_proj
from twin.readers import Cancelled, Progress
from twin.trouble import Trouble

REPORT_EVERY_SECS = 0.03
MOST_JOBS, MOST_MB = 24, 700.0
WARM_AFTER_SECS = 1.5


class PipeProgress(Progress):
    """Reports through the pipe, at most some thirty times a second, and hears `cancel` there."""

    def __init__(self, pipe, folder: str):
        self._pipe, self._folder, self._last = pipe, folder, 0.0

    def __call__(self, done: float, total: float = 1.0, text: str = "") -> None:
        if self._pipe.poll() and self._pipe.recv()[0] in ("cancel", "end"):
            raise Cancelled
        now = time.monotonic()
        if now - self._last >= REPORT_EVERY_SECS or done >= total:
            self._last = now
            self._pipe.send(("progress", float(done), float(total), text))

    def part(self, payload) -> None:
        self(0.0, 0.0) if self._last == 0.0 else None
        self._pipe.send(("part", spill.dump(payload, self._folder)))


def serve(pipe, folder: str) -> None:
    """Run jobs until told to end. An error becomes a message, never a traceback on the console.

    The last word of an answer says whether this worker is tired and should not get another job.
    """
    start_proj()
    spare_pandas()
    multiprocessing.current_process().daemon = False       # a job may share its work among processes of its own
    logging.captureWarnings(True)
    logging.getLogger("py.warnings").addHandler(logging.NullHandler())
    jobs = 0
    try:
        _warm(pipe)
        while (message := pipe.recv())[0] != "end":
            if message[0] == "run":
                jobs += 1
                answer = _run(pipe, folder, *message[1:])
                pipe.send((*answer, jobs >= MOST_JOBS or _peak_mb() > MOST_MB))
    except (EOFError, OSError, KeyboardInterrupt):
        return


def _warm(pipe) -> None:
    """While nothing has been asked for: what the first file would wait for. The program comes up first."""
    for step, quiet_secs in ((warm_proj, WARM_AFTER_SECS), (readers.discover, 0.0), (readers.warm, 0.0)):
        if pipe.poll(quiet_secs):
            return
        step()


def _peak_mb() -> float:
    """The most memory this process ever held: libraries keep some of every file (ifcopenshell 7 times its size).

    0 on Windows, where the number of jobs alone decides. Linux lets a new process inherit `ru_maxrss` from a large
    parent, so there the kernel's own account of this process is read.
    """
    status = Path("/proc/self/status")
    if status.exists():
        said = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(said.split()[1]) / 2**10
    try:
        import resource
    except ImportError:
        return 0.0
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10)


def _run(pipe, folder: str, function, spilled: tuple, language: str) -> tuple:
    text.set_language(language)
    try:
        result = function(*spill.load(spilled, own=True), PipeProgress(pipe, folder))
        return "done", spill.dump(result, folder)
    except Cancelled:
        return ("cancelled",)
    except Exception as error:
        if not isinstance(error, Trouble | FileNotFoundError):
            logging.getLogger("citytwin").exception("a job failed")
        return "failed", Trouble.of(error)
