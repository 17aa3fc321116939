"""What arrived since a store was read: only the readings that are not sealed, for a history that stands already."""

from __future__ import annotations

from pathlib import Path

from twin.history.cubes import columns_of
from twin.history.replay import Replay
from twin.history.store import Store
from twin.history.store_reader import hot_replay
from twin.history.stored import StoredHistory
from twin.readers import Progress


def tail_in_worker(folder: str, history: StoredHistory, progress: Progress) -> tuple[Replay | None, tuple] | None:
    """Runs in a worker: (replay of what is not sealed, span of everything).

    None where the store has to be read again: a batch was sealed, or datastreams came that the history does not know.
    """
    with Store(Path(folder)) as store:
        look, facts = store.look(), store.describe()
    known = [k for streams in columns_of(look).values() for k in streams]
    if look.version != history.revision or len(known) != len(history.interval_ns):
        return None
    return hot_replay(look, known, history), facts["span_ns"] or (0, 0)
