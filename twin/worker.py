"""The other end of `twin.jobs`: one process, one job at a time."""

from __future__ import annotations

import logging
import time

from twin import spill, text
from twin.readers import Cancelled, Progress
from twin.trouble import Trouble

REPORT_EVERY_SECS = 0.03


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
    """Run jobs until told to end. An error becomes a message, never a traceback on the console."""
    from twin.frame import start_proj
    start_proj()
    logging.captureWarnings(True)
    logging.getLogger("py.warnings").addHandler(logging.NullHandler())
    try:
        while (message := pipe.recv())[0] != "end":
            if message[0] == "run":
                _run(pipe, folder, *message[1:])
    except (EOFError, OSError, KeyboardInterrupt):
        return


def _run(pipe, folder: str, function, arguments, language: str) -> None:
    text.set_language(language)
    try:
        result = function(*arguments, PipeProgress(pipe, folder))
        answer = ("done", spill.dump(result, folder))
    except Cancelled:
        answer = ("cancelled",)
    except Exception as error:
        if not isinstance(error, Trouble):
            logging.getLogger("citytwin").exception("a job failed")
        answer = ("failed", Trouble.of(error))
    pipe.send(answer)
