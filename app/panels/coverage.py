"""How many readings lie in each bin of the time ribbon, counted off the GUI thread and taken by the tick."""

from __future__ import annotations

import logging
from concurrent.futures import Future, ThreadPoolExecutor

import numpy as np

from app.counting import Question
from app.panels.time_marks import duration_words
from twin.history.shares import counted
from twin.text import tr

log = logging.getLogger("citytwin")


class Coverage:
    """One count at a time; what is asked meanwhile waits, and only the newest question is answered.

    numpy lets the GUI thread run while it counts, so a thread is enough and nothing is copied.
    """

    def __init__(self):
        self.edges_ns = np.zeros(0, np.int64)      # (bins + 1,)
        self.rows = np.zeros((0, 0))               # (rows, bins) f8 readings with a value, in the question's order
        self.counts = np.zeros(0)                  # (bins,) f8 of all together
        self.question = Question()                 # that was answered
        self.revision = 0
        self._asked: tuple | None = None
        self._running: tuple[Question, np.ndarray, Future] | None = None
        self._thread: ThreadPoolExecutor | None = None

    def refresh(self, question: Question, span_ns: tuple[int, int], bins: int) -> bool:
        """Ask for this over a span. True when new counts have come in."""
        key = (question, tuple((id(h), h.revision, h.span_ns) for h in question.histories), span_ns, bins)
        fresh = self._take()
        if key != self._asked:
            if self._running:
                return fresh                      # the next tick asks again
            self._asked = key
            self._start(question, span_ns, bins)
        return fresh

    def _start(self, question: Question, span_ns: tuple[int, int], bins: int) -> None:
        histories = question.histories
        edges = bin_edges(span_ns, bins, typical_interval_ns(histories))
        if bins <= 0 or not histories:
            self._show(question, edges, np.zeros((len(question.rows) + 1, max(len(edges) - 1, 0))))
            return
        self._thread = self._thread or ThreadPoolExecutor(1, thread_name_prefix="coverage")
        self._running = (question, edges, self._thread.submit(_count, question, edges))

    def _take(self) -> bool:
        if not self._running or not self._running[2].done():
            return False
        question, edges, future = self._running
        self._running = None
        if error := future.exception():
            log.error("coverage could not be counted: %s", error)
            return False
        self._show(question, edges, future.result())
        return True

    def _show(self, question: Question, edges: np.ndarray, counts: np.ndarray) -> None:
        self.question, self.edges_ns, self.rows, self.counts = question, edges, counts[:-1], counts[-1]
        self.revision += 1

    def words_at(self, counts: np.ndarray, time_ns: int) -> str:
        """How many readings of `counts` (bins,) lie in the bin about an instant; "" outside of all."""
        at = int(np.searchsorted(self.edges_ns, time_ns, side="right")) - 1
        if not 0 <= at < len(counts):
            return ""
        return tr("No readings here") if not counts[at] else tr(
            "{count} readings in {duration} (bar)", count=f"{max(1, round(counts[at])):,}",
            duration=duration_words(int(self.edges_ns[at + 1] - self.edges_ns[at])))

    @property
    def busy(self) -> bool:
        return self._running is not None

    def close(self) -> None:
        if self._thread:
            self._thread.shutdown(wait=False, cancel_futures=True)


def typical_interval_ns(histories: list) -> int:
    """The shortest usual distance of readings among the histories; 0 = unknown."""
    usual = [int(np.median(known)) for h in histories if len(known := h.interval_ns[h.interval_ns > 0])]
    return min(usual, default=0)


def bin_edges(span_ns: tuple[int, int], bins: int, interval_ns: int) -> np.ndarray:
    """(n + 1,) i8 edges that cover the span with at most `bins` bins.

    A bin is a whole number of intervals, two at least: a bin that is shorter than the distance of
    readings would stay empty by chance and show gaps where there are none.
    """
    if bins <= 0 or span_ns[1] <= span_ns[0]:
        return np.zeros(0, np.int64)
    width = -(-(span_ns[1] - span_ns[0]) // bins)
    if interval_ns > 0:
        width = interval_ns * max(2, -(-width // interval_ns))
    start = span_ns[0] // width * width
    return np.arange(start, span_ns[1] + width, width, dtype=np.int64)


def _count(question: Question, edges_ns: np.ndarray) -> np.ndarray:
    """(rows + 1, bins) f8 in the question's order, the last row is all.

    Each history is counted in bins as long as its own readings ask for, then spread evenly over these: what reports
    every five minutes must not look full of gaps beside what reports every ten seconds.
    """
    span, bins = (int(edges_ns[0]), int(edges_ns[-1])), len(edges_ns) - 1
    out = np.zeros((len(question.rows) + 1, bins))
    for history, share in zip(question.histories, question.shares):
        own = bin_edges(span, bins, typical_interval_ns([history]))
        counts = counted(history, share, own)
        for row in np.flatnonzero(counts.any(axis=1)).tolist():
            until = np.concatenate([[0], np.cumsum(counts[row])])
            out[row] += np.diff(np.interp(edges_ns - edges_ns[0], own - edges_ns[0], until))
    return out[[*question.order, len(question.rows)]]
