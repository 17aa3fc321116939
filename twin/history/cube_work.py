"""Building the replay cubes of a store that nobody looks at yet: piece by piece, on this machine's cores or a cluster.

A piece is one property and period. What is built already is kept, so that work that was stopped goes on where it was.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

from twin.crew import DaskCrew, LocalCrew
from twin.history.cubes import Period, build_cube, columns_of, lanes_of, periods_of
from twin.history.store import Store
from twin.readers import Progress
from twin.text import tr
from twin.trouble import Trouble


@dataclass(frozen=True)
class Piece:
    """`columns`: how many datastreams the property had when the work was shared out."""

    folder: str                           # of the store, as every worker sees it
    property: str
    columns: int
    period: Period


def build_all(folder: Path, crew: LocalCrew | DaskCrew, progress: Progress) -> dict:
    """{"pieces", "built", "failed", "readings", "secs", "workers"}. `failed`: what could not be built, and why."""
    begun = time.monotonic()
    with Store(folder) as store:
        look = store.look()
        every = [Piece(str(folder.absolute()), property, len(columns_of(look)[property]), period)
                 for property, periods in periods_of(store, look).items() for period in periods]
        due = [piece for piece in every if not piece.period.built]
        failed, done = [], 0
        for number, result in crew.run(build_piece, [(piece,) for piece in due]):
            done += 1
            progress(done, len(due), tr("Preparing the replay"))
            if isinstance(result, Trouble):
                failed.append({"property": due[number].property, "cube": due[number].period.folder,
                               "error": str(result)})
        lanes = [] if failed else lanes_of(store, look, Progress())[0]       # what was held before each period
    return {"pieces": len(every), "built": len(due) - len(failed), "failed": failed, "workers": crew.workers,
            "readings": sum(lane.readings[-1] for lane in lanes), "secs": round(time.monotonic() - begun, 3)}


def build_piece(piece: Piece, progress: Progress) -> None:
    """Runs in a worker, maybe on another machine."""
    progress(0, 0, tr("Preparing the replay"))
    with Store(Path(piece.folder)) as store:
        look = store.look()
        build_cube(store, look, columns_of(look)[piece.property][:piece.columns], piece.period)
