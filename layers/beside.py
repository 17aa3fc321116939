"""Beside the frame: what would hold it up is computed in a thread, and a later frame takes it."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable
from typing import Any

from layers.canvas import Canvas

AT_ONCE = 150_000                        # rows to go through: below this it is done before a thread has started


class Beside:
    """Only what was asked for last is ever given: what was overtaken is thrown away.

    Where nobody waits for frames (pictures without a window; `canvas` None), everything is done at once.
    """

    def __init__(self, canvas: Canvas | None):
        self._canvas = canvas
        self._lock = threading.Lock()
        self._wish: tuple[int, Callable[[], Any]] | None = None
        self._made: tuple[int, Any, Exception | None] | None = None
        self._number = 0
        self._busy = False

    @property
    def news(self) -> bool:
        """Something is there that nobody has taken."""
        made = self._made
        return made is not None and made[0] == self._number

    @property
    def busy(self) -> bool:
        """Something is being made, or waits to be taken."""
        return self._busy or self.news

    def ask(self, work: Callable[[], Any], rows: float = math.inf) -> None:
        """`work` must only read what nobody writes; `rows` says how much it goes through.

        Large numpy and VTK work lets other threads run meanwhile.
        """
        at_once = self._canvas is None or self._canvas.at_once or rows <= AT_ONCE
        with self._lock:
            self._number += 1
            self._made, self._wish = None, None if at_once else (self._number, work)
            start = not self._busy and not at_once
            self._busy |= start
        if at_once:
            self._made = (self._number, *_tried(work))
        elif start:
            threading.Thread(target=self._work, name="beside", daemon=True).start()

    def take(self) -> Any:
        """What was asked for last, once; None while it is not there. Raises what its making raised."""
        if not self.news:
            return None
        (_, value, error), self._made = self._made, None
        if error is not None:
            raise error
        return value

    def forget(self) -> None:
        with self._lock:
            self._number += 1
            self._wish = self._made = None

    def _work(self) -> None:
        while True:
            with self._lock:
                wish, self._wish = self._wish, None
                if wish is None:
                    self._busy = False
                    return
            made = (wish[0], *_tried(wish[1]))
            with self._lock:
                if made[0] == self._number:
                    self._made = made


class MadeBeside:
    """Base of what a visual has made beside the frames: it says `news` and `busy` as visuals do."""

    def __init__(self, canvas: Canvas | None):
        self._beside = Beside(canvas)
        self._asked: tuple = ()

    @property
    def news(self) -> bool:
        return self._beside.news

    @property
    def busy(self) -> bool:
        return self._beside.busy

    def _is_asked(self, *wish: Any) -> bool:
        """Whether this is what was asked for last: large things by identity, numbers by value."""
        return len(self._asked) == len(wish) and all(
            a is b or (isinstance(a, int | float) and a == b) for a, b in zip(self._asked, wish))


def _tried(work: Callable[[], Any]) -> tuple[Any, Exception | None]:
    """The error is raised where the result is taken: in the frame, whose row tells it."""
    try:
        return work(), None
    except Exception as error:
        return None, error
