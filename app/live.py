"""Live readings in the window: what a recorder puts into the project's store is shown soon after.

A store that changed is looked at by a worker. Usually only the readings that are not sealed are new: they are put on
top of the history that stands. After a seal, or with new datastreams, the layer's source is read again; meanwhile what
arrives is put on the old history, and the new one takes its place with the newest readings on it. How vehicles drive
on: `live_fleets.py`.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

from app.live_fleets import LiveFleets
from app.live_layers import LiveLayers
from twin import times
from twin.assets import Asset
from twin.data import Sensors
from twin.history.store import is_store, mark_of
from twin.history.stored import StoredHistory
from twin.history.tail import tail_in_worker
from twin.jobs import DONE, Job

AHEAD_NS = times.MINUTE                  # that a clock may be wrong
LOOK_SECS = 0.5                          # between looks at the files of a store


def newest_said(histories: list) -> int | None:
    """Instant of the newest reading of all. A sensor whose clock is ahead of the one here does not pull LIVE along,
    where others said something within the last hour."""
    newest = max((history.span_ns[1] for history in histories), default=None)
    latest = time.time_ns() + AHEAD_NS
    if newest is None or newest <= latest:
        return newest
    likely = max((t for h in histories if (t := h.reading_until(latest)) is not None), default=0)
    return likely if likely > latest - times.HOUR else newest


@dataclass
class _Watch:
    """`mark`: of the store when its tail was read last. `outdated`: the store has to be read again, which `whole` does;
    what that gave is `payload`, until the newest readings are on it."""

    asset: Asset
    mark: tuple = ()
    tail: Job | None = None
    whole: Job | None = None
    payload: Sensors | None = None
    outdated: bool = False
    begun: float = 0.0                   # when `tail` was

    @property
    def history(self) -> StoredHistory:
        """On which the next tail is put."""
        return (self.payload or self.asset.payload).history


class Live:
    """Called with every tick of the loop; between looks it costs a comparison."""

    def __init__(self, session):
        self.session = session
        self.layers, self.fleets = LiveLayers(session), LiveFleets(session)
        self._watches: dict[str, _Watch] = {}
        self._looked = 0.0

    def close(self) -> None:
        self.fleets.close()

    def refresh(self) -> None:
        self.fleets.take()
        now = time.monotonic()
        if now - self._looked < LOOK_SECS and not self._take_late(now):
            return
        self._looked = now
        self.layers.refresh()
        for path, asset in self._stores().items():
            if path not in self._watches or self._watches[path].asset is not asset:
                self._watches[path] = _Watch(asset)
            self._follow(path, self._watches[path])
        self.fleets.look(now)

    def _take_late(self, now: float) -> bool:
        """Take the tails that are read. True after one that took longer than looks are apart: a busy machine would
        wait for the next look, and then for the next but one, to go on."""
        done = [watch for watch in self._watches.values() if watch.tail and not watch.tail.active]
        for watch in done:
            self._take_tail(watch)
        return any(now - watch.begun >= LOOK_SECS for watch in done)

    def _stores(self) -> dict[str, Asset]:
        """The stores that are on the screen, by path."""
        session, found = self.session, {}
        for layer in session.document.layers:
            if layer.kind == "sensors" and layer.source and layer.source.reader == "sensor-store":
                asset = session.assets.held(layer, session.document.frame, session.document.time_zone)
                if asset and isinstance(asset.payload, Sensors) and isinstance(asset.payload.history, StoredHistory):
                    found[layer.source.path] = asset
        return found

    def _follow(self, path: str, watch: _Watch) -> None:
        if watch.tail and not watch.tail.active:
            self._take_tail(watch)
        if watch.tail:
            return
        if watch.whole and not watch.whole.active:
            self._take_whole(path, watch)
        elif not watch.asset.job and is_store(Path(path)):
            mark = mark_of(Path(path))
            if mark != watch.mark:
                self._read_tail(path, watch)
            if watch.outdated and not watch.whole:
                watch.outdated, watch.whole = False, self.session.assets.read_beside(watch.asset)
            watch.mark = mark

    def _read_tail(self, path: str, watch: _Watch) -> None:
        watch.begun = time.monotonic()
        watch.tail = self.session.jobs.start(tail_in_worker, path, watch.history, label="", path=path, urgent=True)

    def _take_whole(self, path: str, watch: _Watch) -> None:
        """What it read is some seconds old by now: it waits for its tail."""
        job, watch.whole = watch.whole, None
        if job.state == DONE:
            watch.payload, watch.asset.load_ms = job.result
            self._read_tail(path, watch)

    def _take_tail(self, watch: _Watch) -> None:
        job, watch.tail = watch.tail, None
        payload, watch.payload = watch.payload, None
        if not self.session.assets.holds(watch.asset) or (job.state != DONE and payload is None):
            return
        watch.asset.payload = payload or watch.asset.payload
        watch.asset.revision += 1
        if job.state != DONE:
            return
        history = watch.asset.payload.history
        history.span_ns = job.result.span_ns
        history.lay_over(job.result.hot)
        if not job.result.whole:
            self.layers.grown = watch.outdated = True
