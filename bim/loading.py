"""From an opened model to all its shapes: plan, share among helpers, and gather what comes back."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import psutil

from bim import plan
from bim.helper import Piece
from bim.open import Opened
from bim.team import START, Limits, Site, Team, size_for

FIRST_SECS, MOST_SECS = 0.3, 3.0


@dataclass
class Loaded:
    """What came so far. `tried` is how many elements there are to try in all."""

    tried: int = 0
    numbers: list[int] = field(default_factory=list)
    failed: dict[int, str] = field(default_factory=dict)
    bodiless: int = 0
    seconds: float = 0.0
    peak_bytes: int = 0
    limited: bool = False                # something failed for lack of time or memory: another day it may not

    @property
    def done(self) -> int:
        return len(self.numbers) + len(self.failed) + self.bodiless

    def take(self, piece: Piece) -> None:
        self.numbers += piece.instances.number.tolist()
        self.failed |= piece.failed
        self.bodiless += len(piece.bodiless)

    def lose(self, failed: dict[int, str]) -> None:
        """What came and is left out all the same."""
        self.failed |= failed
        self.numbers = [number for number in self.numbers if number not in failed]


def pieces(opened: Opened, unit_m: float, loaded: Loaded, beat: Callable[[int, int], None], *,
           limits: Limits | None = None, start: str = START) -> Iterator[Piece]:
    """Shapes as they come, the important first. `beat(done, tried)` is called all the time and may raise."""
    limits, began = limits or Limits(), time.monotonic()
    steps = plan.Steps(opened.model)
    folder = tempfile.mkdtemp(prefix="citytwin-shapes-")
    team = Team(Site(opened.model, str(opened.plain), folder, unit_m), limits,
                size_for(steps.most, limits, start), start)

    def said(begun: int) -> None:                        # all helpers are at work: there is time to count
        loaded.tried = loaded.tried or steps.count
        beat(min(loaded.done + begun, loaded.tried), loaded.tried)

    try:
        chunks = plan.chunks(opened.model, steps, team.size)
        for piece in team.pieces(chunks, said):
            loaded.take(piece)
            yield piece
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    loaded.tried = steps.count
    loaded.seconds += time.monotonic() - began
    loaded.limited = team.limited
    loaded.peak_bytes = max(team.peak_bytes, psutil.Process().memory_info().rss)


def batches(source: Iterator[Piece], wanted: Callable[[], bool]) -> Iterator[list[Piece]]:
    """Pieces grouped so that the first come at once and later groups grow; none while they are not `wanted` yet."""
    wait, started, batch = 0.0, time.monotonic(), []
    for piece in source:
        batch.append(piece)
        if time.monotonic() - started > wait and _drawable(batch) and wanted():
            yield batch
            wait, started, batch = min(MOST_SECS, max(FIRST_SECS, wait * 1.6)), time.monotonic(), []
    if _drawable(batch):
        yield batch


def _drawable(batch: list[Piece]) -> bool:
    return any(len(piece.instances.number) for piece in batch)
