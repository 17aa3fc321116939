"""What arrived since a store was read: only the readings that are not sealed, for a history that stands already."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from twin.history.events import Events, events_of
from twin.history.replay import FAR_NS, Replay
from twin.history.store import Store
from twin.history.store_reader import hot_replay
from twin.history.stored import StoredHistory
from twin.readers import Progress


@dataclass(frozen=True, eq=False)
class Tail:
    """`hot`: replay of what is not in the cubes of the history; `span_ns`: of everything. `whole`: nothing else has
    changed; else the store has to be read again: a batch was sealed, or datastreams came that the history lacks."""

    hot: Replay | None
    span_ns: tuple[int, int]
    whole: bool


def tail_in_worker(folder: str, history: StoredHistory, progress: Progress) -> Tail:
    """Runs in a worker. What was sealed since stays as it was laid over, until the store is read again."""
    with Store(Path(folder)) as store:
        look, facts = store.look(), store.describe()
    of = {k.number: k for k in look.known}
    known = [of.get(number) for number in history.numbers.tolist()]
    if None in known:                                        # a datastream went: rows mean something else
        return Tail(history.hot, history.span_ns, False)
    sealed = look.version != history.revision
    kept = _all_of(history.hot, len(known)) if sealed and history.hot is not None else None
    return Tail(hot_replay(look, known, replace(history, hot=None), kept), facts["span_ns"] or (0, 0),
                not sealed and len(look.known) == len(known))


def _all_of(replay: Replay, rows: int) -> Events:
    return events_of(replay, np.arange(rows), -FAR_NS, FAR_NS)
