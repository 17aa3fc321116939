"""What is odd about the times of readings: gaps, and stamps moved by a clock change that did not happen."""

from __future__ import annotations

import numpy as np

from twin import times
from twin.history.replay import Replay
from twin.text import tr

MANY = 2000                                 # of more datastreams, only so many are looked at


def oddities(history: Replay, time_zone: str) -> tuple[str, ...]:
    """Sentences about gaps and about stamps that count from no known start."""
    if abs(history.span_ns[0]) < 30 * times.DAY and len(history.stamps):
        return (*_gaps(history, time_zone),
                tr("The stamps begin in 1970: they may be counted from a start that the file does not name."))
    return _gaps(history, time_zone)


def _gaps(history: Replay, time_zone: str) -> tuple[str, ...]:
    """How often a pause is longer than one and a half of the usual distance, and the longest of them."""
    count = len(history.interval_ns)
    step = max(1, count // MANY)
    gaps, longest, where = 0, 0, 0
    for row in range(0, count, step):
        usual = int(history.interval_ns[row])
        if usual <= 0:
            continue
        instants, _ = history.series(row)
        pauses = np.diff(instants)
        wide = pauses > 1.5 * usual
        gaps += int(wide.sum())
        if wide.any() and pauses.max() > longest:
            longest, where = int(pauses.max()), int(instants[pauses.argmax()])
    if not gaps:
        return ()
    facts = {"n": gaps, "longest": _duration(longest), "when": times.readable(where, time_zone)}
    if step > 1:
        return (tr("{n} gaps in every {step}th datastream; the longest lasts {longest} from {when}.", step=step,
                   **facts),)
    return (tr("{n} gaps; the longest lasts {longest} from {when}.", **facts),)


def clock_changes(streams: np.ndarray, times_ns: np.ndarray, time_zone: str) -> tuple[str, ...]:
    """A step that is missing right before a stamp that stands twice: the mark of a clock put forward.

    `times_ns` in the order of the file, one datastream (the first) is looked at.
    """
    mine = times_ns[streams == streams[0]] if len(streams) else times_ns
    if len(mine) < 10:
        return ()
    distances = np.diff(mine)
    usual = int(np.median(distances))
    marks = np.flatnonzero((distances[:-1] == 2 * usual) & (distances[1:] == 0))
    if usual <= 0 or not len(marks):
        return ()
    first = times.readable(int(mine[marks[0] + 1]), time_zone)
    return (tr("{n} times a stamp is missing and the next one stands twice, first at {when}: the mark of a clock "
               "put forward for daylight saving time.", n=len(marks), when=first),)


def _duration(length_ns: int) -> str:
    for unit, name in ((times.DAY, "d"), (times.HOUR, "h"), (times.MINUTE, "min")):
        if length_ns >= unit:
            return f"{length_ns / unit:.1f} {name}".replace(".0 ", " ")
    return f"{length_ns / times.SECOND:.3g} s"
