"""Live readings in the window: what a recorder puts into the project's store is shown soon after.

A store that changed is looked at by a worker. Usually only the readings that are not sealed are new: they are put on
top of the history that stands. After a seal, or with new datastreams, the layer's source is read again while the old
stays. How vehicles drive on meanwhile: `live_fleets.py`.
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
    """`mark`: of the store when it was last read."""

    mark: tuple = ()
    job: Job | None = None
    asset: Asset | None = None


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
        if now - self._looked < LOOK_SECS:
            return
        self._looked = now
        self.layers.refresh()
        for path, asset in self._stores().items():
            self._follow(path, self._watches.setdefault(path, _Watch()), asset)
        self.fleets.look(now)

    def _stores(self) -> dict[str, Asset]:
        """The stores that are on the screen, by path."""
        session, found = self.session, {}
        for layer in session.document.layers:
            if layer.kind == "sensors" and layer.source and layer.source.reader == "sensor-store":
                asset = session.assets.held(layer, session.document.frame, session.document.time_zone)
                if asset and isinstance(asset.payload, Sensors) and isinstance(asset.payload.history, StoredHistory):
                    found[layer.source.path] = asset
        return found

    def _follow(self, path: str, watch: _Watch, asset: Asset) -> None:
        if watch.job:
            if not watch.job.active:
                self._take(watch)
            return
        if asset.job or not is_store(Path(path)):
            return
        mark = mark_of(Path(path))
        if mark != watch.mark:
            watch.asset = asset
            watch.job = self.session.jobs.start(tail_in_worker, path, asset.payload.history, label="", path=path,
                                                urgent=True)
        watch.mark = mark

    def _take(self, watch: _Watch) -> None:
        job, watch.job = watch.job, None
        if job.state != DONE or not self.session.assets.holds(watch.asset):
            return
        if job.result is None:
            self.layers.grown = True
            self.session.assets.refresh(watch.asset)
            return
        history = watch.asset.payload.history
        hot, history.span_ns = job.result
        history.lay_over(hot)
        watch.asset.revision += 1
