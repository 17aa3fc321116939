"""A question about an opened file that a process beside this one answers, while this one does something else.

Forked, it shares the opened file and costs milliseconds. Where that cannot be had, or when it dies of the question or
says nothing for long (a lock that a thread of this process held is held for ever in a fork), it is answered here.
"""

from __future__ import annotations

import contextlib
import multiprocessing as mp
import os
from collections.abc import Callable
from typing import Generic, TypeVar

from bim import own_place
from bim.helper import detached
from bim.team import START

Answer = TypeVar("Answer")
SILENCE_SECS = 60.0                    # a second for every 100 MB is usual
BESIDE_BYTES = 8 << 20                 # a process of its own costs as much as a question about a smaller file
HERE = "here"


class Aside(Generic[Answer]):
    """`ask` may use all that this process knows; what it gives is small. `end` where nobody wants to know any more."""

    def __init__(self, path: str, ask: Callable[[], Answer], start: str = ""):
        self._ask, self._process = ask, None
        if (start or _start_for(path)) == "fork":
            context = mp.get_context("fork")
            self._pipe, theirs = context.Pipe(duplex=False)
            self._process = context.Process(target=_answer, args=(theirs, own_place.places(path), ask), daemon=True)
            self._process.start()
            theirs.close()

    @property
    def ready(self) -> bool:
        """Whether no other process has to be waited for."""
        return not self._process or self._pipe.poll()

    def answer(self) -> Answer:
        """Waits for it. Raises what `ask` raises."""
        try:
            return self._pipe.recv() if self._process and self._pipe.poll(SILENCE_SECS) else self._ask()
        except (EOFError, OSError):
            return self._ask()
        finally:
            self.end(wait=False)

    def end(self, wait: bool = True) -> None:
        """`wait` until the system has taken its memory back, some milliseconds."""
        if self._process:
            self._process.kill()
            if wait:
                self._process.join()
            self._pipe.close()
            self._process = None


def _start_for(path: str) -> str:
    return START if os.stat(path).st_size > BESIDE_BYTES else HERE


def _answer(pipe, read_at: list[tuple[int, int]], ask: Callable[[], Answer]) -> None:
    detached()
    own_place.taken(read_at)
    with contextlib.closing(pipe):                           # before the end of the process, which may take long
        pipe.send(ask())
