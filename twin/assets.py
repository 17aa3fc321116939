"""Assets: from a source to its payload, loading, or an error. Shared by layers, never in the document."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import Any

from twin import jobs as work
from twin import readers
from twin.data import Mesh
from twin.frame import Frame
from twin.growing import Growing
from twin.layer import Layer, Source
from twin.text import tr
from twin.trouble import Trouble

LOADING, READY, INCOMPLETE, ERROR, CANCELLED = "loading", "ready", "incomplete", "error", "cancelled"
Key = tuple[Source, str, Frame, str]


@dataclass
class Asset:
    """`payload` grows while batches arrive; `revision` rises with every change that a picture could show."""

    key: Key
    state: str = LOADING
    payload: Any = None
    detail: Any = None                    # a finer part of the payload, where somebody looks (app/detail.py)
    parts: int = 0                        # that came so far
    growing: Growing | None = None
    error: Trouble | None = None
    done: float = 0.0
    total: float = 0.0
    text: str = ""
    revision: int = 0
    load_ms: float = 0.0
    job: work.Job | None = field(default=None, repr=False)

    @property
    def fraction(self) -> float | None:
        return min(1.0, self.done / self.total) if self.total > 0 else None


class Assets:
    """What the sources of the document's layers contain. Polled by the frame tick."""

    def __init__(self, jobs: work.Jobs):
        self.jobs = jobs
        self._assets: dict[Key, Asset] = {}
        self._came = self._went = 0

    def of(self, layer: Layer, frame: Frame, time_zone: str = "Asia/Shanghai") -> Asset | None:
        """The asset of a layer; reading starts at the first call. None for layers without a source."""
        if layer.source is None:
            return None
        key = (layer.source, layer.reads_as or layer.kind, frame, time_zone)
        if key not in self._assets:
            self._assets[key] = self._begin(key)
        return self._assets[key]

    @property
    def revision(self) -> tuple[int, int, int]:
        """The same as long as no asset came, changed or went."""
        return self._came, self._went, sum(asset.revision for asset in self._assets.values())

    def _begin(self, key: Key) -> Asset:
        self._came += 1
        return Asset(key, job=self._job(key), payload=self._before(key))

    def _before(self, key: Key) -> Any:
        """What a terrain showed until its elevation models were arranged anew: the ground stays meanwhile."""
        source, kind, *rest = key
        if kind != "terrain":
            return None
        paths = _paths(source)
        return next((asset.payload for other, asset in reversed(self._assets.items())
                     if list(other[1:]) == [kind, *rest] and _paths(other[0]) & paths and not asset.job), None)

    def _job(self, key: Key, label: str | None = None) -> work.Job:
        source, kind, frame, time_zone = key
        request = readers.Request(source=source, kind=kind, frame=frame, time_zone=time_zone)
        reader = readers.READERS.get(source.reader)
        return self.jobs.start(read_in_worker, request, path=source.path,
                              label=os.path.basename(source.path) if label is None else label,
                              stall_secs=reader.stall_secs if reader else 120.0)

    def poll(self) -> bool:
        """Take news from the jobs (call after `Jobs.poll`). True when any asset changed."""
        news = [self._take(asset) for asset in self._assets.values() if asset.job]
        return any(news)

    def _take(self, asset: Asset) -> bool:
        job = asset.job
        news = (job.done, job.total, job.text) != (asset.done, asset.total, asset.text)
        asset.done, asset.total, asset.text = job.done, job.total, job.text
        if len(job.parts) > asset.parts:
            self._grow(asset, job.parts[asset.parts:])
            asset.parts = len(job.parts)
            asset.revision += 1
            news = True
        if not job.active:
            self._end(asset, job)
            news = True
        return news

    def _grow(self, asset: Asset, parts: list) -> None:
        if not isinstance(parts[-1], Mesh):
            asset.payload = parts[-1]
            return
        asset.growing = asset.growing or Growing()
        for part in parts:
            asset.payload = asset.growing.add(part, asset.fraction or 1.0)

    def _end(self, asset: Asset, job: work.Job) -> None:
        asset.job = asset.growing = None
        if job.state != work.DONE and asset.state == READY:      # a second reading failed: the first one stays
            return
        asset.revision += 1
        asset.error = job.error
        if not asset.parts and asset.state == LOADING:
            asset.payload = None                             # of an earlier arrangement
        if job.state == work.DONE:
            asset.payload, asset.load_ms = job.result
            whole = getattr(asset.payload, "complete", True)
            asset.state, asset.parts = READY if whole else INCOMPLETE, 0
        elif job.state == work.CANCELLED:
            asset.state = CANCELLED
            asset.error = Trouble(tr("Loading was cancelled."), way_out=tr("Reload the layer to read it."),
                                  path=asset.key[0].path)
        else:
            asset.state = INCOMPLETE if asset.parts else ERROR

    def held(self, layer: Layer, frame: Frame, time_zone: str = "Asia/Shanghai") -> Asset | None:
        """As `of`, but nothing is begun."""
        key = (layer.source, layer.reads_as or layer.kind, frame, time_zone)
        return self._assets.get(key) if layer.source else None

    def holds(self, asset: Asset) -> bool:
        """Whether it is still the content of some layer, and was not read again since."""
        return self._assets.get(asset.key) is asset

    def cancel(self, layer: Layer, frame: Frame, time_zone: str = "Asia/Shanghai") -> None:
        asset = self._assets.get((layer.source, layer.reads_as or layer.kind, frame, time_zone))
        if asset and asset.job:
            self.jobs.cancel(asset.job)

    def reload(self, layer: Layer, frame: Frame, time_zone: str = "Asia/Shanghai") -> None:
        """Read again: the file changed, or was put back."""
        self._forget((layer.source, layer.reads_as or layer.kind, frame, time_zone))

    def refresh(self, asset: Asset) -> None:
        """Read again while what was read stays: its source has grown."""
        if self.holds(asset) and not asset.job:
            asset.job = self._job(asset.key)

    def read_beside(self, asset: Asset, label: str | None = None) -> work.Job:
        """Read its source once more; who asks takes the result, a payload and milliseconds. `label` "" = in silence."""
        return self._job(asset.key, label)

    def retain(self, keys: set[Key]) -> None:
        """Drop what no layer uses any more; a running reading is cancelled."""
        for key in set(self._assets) - keys:
            self._forget(key)

    def _forget(self, key: Key) -> None:
        asset = self._assets.pop(key, None)
        self._went += 1
        if asset and asset.job:
            self.jobs.cancel(asset.job)

    @property
    def loading(self) -> bool:
        return any(asset.job for asset in self._assets.values())

    def clear(self) -> None:
        self.retain(set())


def _paths(source: Source) -> set[str]:
    return {source.path, *(dem.path for dem in source.over)}


def key_of(layer: Layer, frame: Frame, time_zone: str) -> Key | None:
    return (layer.source, layer.reads_as or layer.kind, frame, time_zone) if layer.source else None


def read_in_worker(request: readers.Request, progress: readers.Progress):
    """Runs in a worker: the payload and the milliseconds it took."""
    import time
    start = time.perf_counter()
    readers.discover()
    payload = readers.read(request, progress)
    return payload, (time.perf_counter() - start) * 1000.0


def inspect_in_worker(path: str, source: Source, assumed: readers.Assumed, progress: readers.Progress):
    """Runs in a worker: (reader name, infos) of a file of unknown kind."""
    readers.discover()
    from pathlib import Path
    reader, infos = readers.recognise(Path(path), source, assumed)
    return reader.name, infos


def examine_in_worker(path: str, source: Source, assumed: readers.Assumed, progress: readers.Progress):
    """Like `inspect_in_worker`, as thorough as the reader can."""
    readers.discover()
    from pathlib import Path
    reader, infos = readers.examine(Path(path), source, assumed, progress)
    return reader.name, infos
