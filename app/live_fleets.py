"""Live vehicles: what a recorder puts into a store drives on in the window, also while the store is read again.

Usually only the last minutes are read and joined to what stands. What came later than that, and vehicles that were not
known, come with the whole store, which is read beside and then takes the place of the former, with the last minutes
joined to it: so no look ever goes back behind what was shown.
"""

from __future__ import annotations

import time
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from twin import times
from twin.assets import Asset, Key
from twin.data import Tracks
from twin.history import vehicle_store
from twin.history.splicing import spliced
from twin.history.store import is_store, mark_of
from twin.history.vehicle_store import Fresh, fresh_in_worker
from twin.jobs import DONE, Job

LATE_NS = 2 * times.MINUTE               # of the newest are read with every look: who is not later is seen at once
AHEAD_NS = times.MINUTE                  # that a clock may be wrong
REST, LEAST_REST_SECS = 6.0, 5.0         # so many times as long as a store takes to be read it is left alone


@dataclass
class _Fleet:
    """`seen`: mark of the store when its last minutes were read; `known`: when all of it was, which was `begun`
    (monotonic seconds). `fresh`: the last minutes that came last."""

    asset: Asset
    seen: tuple = ()
    known: tuple = ()
    begun: float = 0.0
    tail: Job | None = None
    whole: Job | None = None
    joining: Future | None = None
    fresh: Fresh | None = None


class LiveFleets:
    """`session`: an app.session.Session. `take` belongs to every tick, `look` to every look at the files."""

    def __init__(self, session):
        self.session = session
        self._fleets: dict[Key, _Fleet] = {}
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="fleets")

    def close(self) -> None:
        self._thread.shutdown(wait=True, cancel_futures=True)

    def look(self, now: float) -> None:
        """Begin to read what changed. `now`: monotonic seconds."""
        shown = self._shown()
        for key, fleet in list(self._fleets.items()):
            if shown.get(key) is not fleet.asset:
                self._leave(key)
        for key, asset in shown.items():
            folder = Path(key[0].path)
            if not asset.job and is_store(folder):
                self._begin(self._fleets.setdefault(key, _Fleet(asset)), mark_of(folder), now)

    def take(self) -> None:
        """Put on the screen what was read."""
        for fleet in self._fleets.values():
            if fleet.joining:
                if fleet.joining.done():
                    self._show(fleet)
            elif fleet.tail and not fleet.tail.active:
                self._take_tail(fleet)
            elif fleet.whole and not fleet.whole.active:
                self._take_whole(fleet)

    def _shown(self) -> dict[Key, Asset]:
        """The vehicles of stores that are on the screen."""
        session, found = self.session, {}
        for layer in session.document.layers:
            if layer.kind == "vehicles" and layer.source and layer.source.reader == vehicle_store.NAME:
                asset = session.assets.held(layer, session.document.frame, session.document.time_zone)
                if asset and isinstance(asset.payload, Tracks):
                    found[asset.key] = asset
        return found

    def _leave(self, key: Key) -> None:
        fleet = self._fleets.pop(key)
        for job in (fleet.tail, fleet.whole):
            if job:
                self.session.jobs.cancel(job)

    def _begin(self, fleet: _Fleet, mark: tuple, now: float) -> None:
        source, _, frame, _ = fleet.asset.key
        if mark != fleet.seen and not (fleet.tail or fleet.joining):
            history = fleet.asset.payload.history
            newest = history.reading_until(time.time_ns() + AHEAD_NS) or history.span_ns[1]
            fleet.seen = mark
            fleet.tail = self.session.jobs.start(fresh_in_worker, source, frame, newest - LATE_NS, label="",
                                                 path=source.path, urgent=True)
        rested = now - fleet.begun >= max(LEAST_REST_SECS, REST * fleet.asset.load_ms / 1000.0)
        if mark != fleet.known and not fleet.whole and rested:
            fleet.known, fleet.begun = mark, now
            fleet.whole = self.session.assets.read_beside(fleet.asset, label="")

    def _take_tail(self, fleet: _Fleet) -> None:
        job, fleet.tail = fleet.tail, None
        if job.state == DONE and job.result is not None:
            fleet.fresh = job.result
            self._join(fleet, fleet.asset.payload)

    def _take_whole(self, fleet: _Fleet) -> None:
        job, fleet.whole = fleet.whole, None
        if job.state == DONE:
            payload, fleet.asset.load_ms = job.result
            self._join(fleet, payload)

    def _join(self, fleet: _Fleet, payload: Tracks) -> None:
        revision = fleet.asset.payload.history.revision + 1
        fleet.joining = self._thread.submit(joined, payload, fleet.fresh, revision)

    def _show(self, fleet: _Fleet) -> None:
        done, fleet.joining = fleet.joining, None
        fleet.asset.payload = done.result()
        fleet.asset.revision += 1


def joined(tracks: Tracks, fresh: Fresh | None, revision: int) -> Tracks:
    """`tracks` with the last minutes on them; what of those they do not know is left out."""
    motion = tracks.history
    if fresh is not None:
        row_of = {id: row for row, id in enumerate(tracks.features.column("id").to_pylist())}
        rows = np.array([row_of.get(id, -1) for id in fresh.ids], np.intp)
        motion = spliced(motion, rows, fresh.since_ns, fresh.fixes)
    return replace(tracks, history=replace(motion, revision=revision))
