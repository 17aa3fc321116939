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
    """Each property gets a layer once: who removes it meant it."""

    def __init__(self, session):
        self.session = session
        self.expected = False                        # somebody started to record: what comes gets layers
        self.grown = False                           # a store that is shown has other datastreams, or was sealed
        self._known: dict[Path, set[str]] = {}       # properties by store, when it was looked at last
        self._given: set[str] = set()                # properties that got a layer here
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
        if folder is None or (folder in self._known and not self.grown and not self.expected):
            return
        if is_store(folder) and (self.expected or status.running(folder)) and self._worth_describing(folder):
            self.grown = False
            self._describing = session.jobs.start(describe_in_worker, str(folder), label=folder.name)

    def _worth_describing(self, folder: Path) -> bool:
        """Where a layer shows the store, its growth is told; else a look says whether anything came."""
        shown = bool(layers_of(self.session.document, folder))
        if not self.expected and (shown or folder in self._known):
            self.grown, grown = False, self.grown
            return shown and (grown or folder not in self._known)
        with Store(folder) as store:
            look = store.look()
        return bool(len(look.hot) or (look.version and look.known and not shown))

    def _take(self, info: Info, arriving: frozenset[str]) -> None:
        """A store that nobody shows gets layers of all its properties, one that is shown of those that arrive."""
        session, folder = self.session, Path(info.path)
        every = set(info.extra["properties"]) or {""}
        known = set() if self.expected else self._known.get(folder, every)
        only = arriving - known - self._given if layers_of(session.document, folder) else None
        if only is None or only:
            session.edits.commit(shown_properties(session.document, info, only), "Show live readings")
            session.edits.seal()
            self._given |= every if only is None else only
        self._known[folder] = every
        self.expected = False


def describe_in_worker(folder: str, progress) -> tuple[Info, frozenset[str]]:
    """Runs in a worker: what a store is, and the properties whose newest readings are not sealed yet."""
    with Store(Path(folder)) as store:
        look = store.look()
    numbers = set(np.unique(look.hot.numbers).tolist())
    return described(Path(folder)), frozenset(k.stream.property for k in look.known if k.number in numbers)
