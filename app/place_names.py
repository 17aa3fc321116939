"""The gazetteer of a session: names of the features of its layers, gathered once and made ready in a worker. No Qt."""

from __future__ import annotations

import numpy as np

from app.session import Session
from twin.gazetteer import MOST_NAMES, Gazetteer, gazetteer
from twin.jobs import DONE, Job
from twin.text import tr
from twin.trouble import Trouble

COLUMNS = ("name", "name_zh", "name_en", "title", "label", "名称", "道路名称", "路名", "station", "longname",
           "long_name")
LEAST_LETTERS = 2


class PlaceNames:
    """`ready` is the newest gazetteer, None until the first is made. `want` begins one where layers changed."""

    def __init__(self, session: Session):
        self.session = session
        self.ready: Gazetteer | None = None
        self._key: tuple = ()
        self._job: Job | None = None
        self._failed: Trouble | None = None

    def want(self) -> None:
        """Make it anew unless it is up to date; a running one is waited for first."""
        self.refresh()
        tables = self._tables()
        key = tuple((layer, id(payload)) for layer, payload, _ in tables)
        if self._job is None and key != self._key:
            self._key = key
            self._job = self.session.jobs.start(gazetteer, *gathered(tables), label=tr("Names of places"), urgent=True)

    def settle(self) -> Gazetteer:
        """Wait for it (headless use)."""
        self.want()
        if self._job is not None:
            self.session.jobs.wait(self._job)
        self.refresh()
        if self.ready is None:
            raise self._failed
        return self.ready

    @property
    def busy(self) -> bool:
        return self._job is not None

    def refresh(self) -> None:
        if self._job is None or self._job.active:
            return
        job, self._job = self._job, None
        if job.state == DONE:
            self.ready = job.result
        elif job.error:
            self._failed = job.error

    def _tables(self) -> list[tuple]:
        """(layer id, payload, table) of all layers with names; hidden ones too, as far as they were read."""
        found = []
        for layer in self.session.document.layers:
            asset = self.session.held(layer.id)
            payload = asset.payload if asset else None
            table = getattr(payload, "features", None)
            if table is not None and set(COLUMNS) & {name.casefold() for name in table.column_names}:
                found.append((layer.id, payload, table))
        return found


def gathered(tables: list[tuple]) -> tuple[tuple[str, ...], list[str], np.ndarray, np.ndarray]:
    """(layer ids, names, layer of each, feature of each): every different name of every feature."""
    titles, layers, features = [], [], []
    for place, (_, _, table) in enumerate(tables):
        for column in table.column_names:
            if column.casefold() not in COLUMNS:
                continue
            for row, value in enumerate(table.column(column).to_pylist()):
                if isinstance(value, str) and len(value.strip()) >= LEAST_LETTERS and len(titles) < MOST_NAMES:
                    titles.append(value.strip())
                    layers.append(place)
                    features.append(row)
    return tuple(id for id, *_ in tables), titles, np.array(layers, np.int32), np.array(features, np.int32)
