"""Finer ground where the camera looks: asks a worker for one window of each large terrain and picture at a time."""

from __future__ import annotations

import time

import numpy as np

from app.session import Session
from twin.camera import Camera
from twin.detail import Window, around, serves, window
from twin.ground import Ground
from twin.jobs import DONE, Job
from twin.text import tr

REST_SECS = 0.25                           # of the camera, before it is worth reading


class Detail:
    """`tick` after the stage's frame, on the GUI thread. The last window stays until the next one is there."""

    def __init__(self, session: Session):
        self.session = session
        self._jobs: dict[str, tuple[Job, object, Window]] = {}          # by layer: job, payload, what was asked for
        self._refused: dict[str, Window] = {}                # could not be read: not asked for again
        self._camera: Camera | None = None
        self._since = 0.0
        self._asked: tuple = ()                              # for which ground, camera, document and assets

    def tick(self, ground: Ground, camera: Camera) -> None:
        self._take()
        now = time.monotonic()
        if camera != self._camera:
            self._camera, self._since = camera, now
        wanted = (ground, camera, self.session.document, self.session.assets.revision)
        if now - self._since >= REST_SECS and wanted != self._asked:
            self._asked = wanted
            self._ask(ground, camera)

    def settle(self, ground: Ground, camera: Camera, timeout_secs: float = 60.0) -> bool:
        """Wait for what this camera needs (headless use). True when anything became finer."""
        self._ask(ground, camera)
        asked, end = bool(self._jobs), time.monotonic() + timeout_secs
        while self._jobs and time.monotonic() < end:
            self.session.jobs.poll()
            self._take()
            time.sleep(0.002)
        return asked

    def _ask(self, ground: Ground, camera: Camera) -> None:
        session = self.session
        below = float(ground.height_at(np.array([camera.position[:2]]))[0])
        for layer in session.document.layers:
            if layer.kind not in ("terrain", "imagery") or layer.id in self._jobs or not session.document.shown(layer):
                continue
            asset = session.asset(layer.id)
            grid = asset.payload if asset else None
            wanted = window(grid, camera.position, camera.focus, below) if getattr(grid, "finer", None) else None
            if wanted and not serves(asset.detail, wanted) and self._refused.get(layer.id) != wanted:
                rest = (around(grid, wanted.box),) if layer.kind == "terrain" else ()
                job = session.jobs.start(grid.finer, wanted.box, wanted.spacing_m, *rest, label=tr("Finer ground"),
                                         path=layer.source.path, urgent=True)
                self._jobs[layer.id] = (job, grid, wanted)

    def _take(self) -> None:
        for id, (job, grid, wanted) in list(self._jobs.items()):
            if job.active:
                continue
            del self._jobs[id]
            asset = self.session.asset(id)
            if job.state != DONE:
                self._refused[id] = wanted
            elif asset and asset.payload is grid:            # and was not read anew meanwhile
                asset.detail, asset.revision = job.result, asset.revision + 1
