"""Layers for what a recorder brings: of a new store all that it observes, later whatever begins to arrive."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from app.bringing import described, layers_of, shown_properties
from twin.feeds import status
from twin.history.store import Store, is_store, store_beside
from twin.jobs import DONE, Job
from twin.readers import Info


class LiveLayers:
    """Each property is offered once: who removes its layer meant it."""

    def __init__(self, session):
        self.session = session
        self.expected = False                        # somebody started to record: what comes gets layers
        self.grown = False                           # a store that is shown has other datastreams, or was sealed
        self._offered: dict[Path, set[str]] = {}     # properties by store
        self._describing: Job | None = None

    def refresh(self) -> None:
        session = self.session
        if self._describing:
            if not self._describing.active:
                job, self._describing = self._describing, None
                if job.state == DONE:
                    self._take(*job.result)
            return
        folder = store_beside(session.path) if session.path else None
        if folder is None or (folder in self._offered and not self.grown and not self.expected):
            return
        if is_store(folder) and (self.expected or status.running(folder)) and self._worth_describing(folder):
            self.grown = False
            self._describing = session.jobs.start(describe_in_worker, str(folder), label=folder.name)

    def _worth_describing(self, folder: Path) -> bool:
        """Where a layer shows the store, its growth is told; else a look says whether anything came."""
        if layers_of(self.session.document, folder):
            return self.grown or self.expected or folder not in self._offered
        self.grown = False
        if folder in self._offered and not self.expected:
            return False
        with Store(folder) as store:
            look = store.look()
        return bool(look.known and (len(look.hot) or look.version))

    def _take(self, info: Info, arriving: frozenset[str]) -> None:
        """A store that nobody shows gets layers of all its properties, one that is shown of those that arrive."""
        session, folder = self.session, Path(info.path)
        offered, every = self._offered.get(folder), set(info.extra["properties"]) or {""}
        if not layers_of(session.document, folder):
            only = None
        elif offered is None and not self.expected:
            only = set()
        else:
            only = arriving - (offered or set())
        if only is None or only:
            session.edits.commit(shown_properties(session.document, info, only), "Show live readings")
            session.edits.seal()
        self._offered[folder] = (offered or set()) | every
        self.expected = False


def describe_in_worker(folder: str, progress) -> tuple[Info, frozenset[str]]:
    """Runs in a worker: what a store is, and the properties whose newest readings are not sealed yet."""
    with Store(Path(folder)) as store:
        look = store.look()
    numbers = set(np.unique(look.hot.numbers).tolist())
    return described(Path(folder)), frozenset(k.stream.property for k in look.known if k.number in numbers)
