"""A small store with ten days of two datastreams, shared by the tests of what becomes of it."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from twin.history.writer import Writer
from twin.sensors import Batch, Datastream
from twin.times import DAY, HOUR

FIRST = 20_000                                             # 2024-10-04
DAYS = 10
STREAMS = [Datastream(id="a", property="heat"), Datastream(id="b", property="noise")]


def days_batch(days: range, streams=2) -> Batch:
    """A reading of each stream every six hours, its value the day."""
    times = np.array([(FIRST + d) * DAY + h * HOUR for d in days for h in range(0, 24, 6)], np.int64)
    return Batch(ids=tuple(s.id for s in STREAMS[:streams]), streams=np.repeat(np.arange(streams), len(times)),
                 times_ns=np.tile(times, streams), values=np.tile((times // DAY - FIRST).astype(float), streams))


def made(folder: Path, first_day: int = 0, hot: bool = False) -> Path:
    """In two files that overlap neither a cut nor each other by chance; `hot`: an eleventh day is not sealed."""
    with Writer(folder) as writer:
        for days in (range(first_day, first_day + 6), range(first_day + 6, first_day + DAYS)):
            writer.append(days_batch(days), STREAMS)
            writer.seal()
        if hot:
            writer.append(days_batch(range(first_day + DAYS, first_day + DAYS + 1)))
    return folder
