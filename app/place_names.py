"""The gazetteer of a session: names of the features of its layers, gathered once beside the window (a thread reads the
tables, a worker makes them ready). No Qt.
"""

from __future__ import annotations

import math
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass

import numpy as np

from app.seen_above import middle_of
from app.session import Session
from layers.sensor_values import listed_rows, shown_properties
from twin.assets import LOADING
from twin.data import Sensors
from twin.gazetteer import MOST_NAMES, Gazetteer, gazetteer
from twin.jobs import DONE, Job
from twin.layer import Layer
from twin.text import tr
from twin.trouble import Trouble

COLUMNS = ("name", "name_zh", "name_en", "title", "label", "名称", "道路名称", "路名", "station", "longname",
           "long_name", "address", "addr", "full_address", "addr:full", "地址", "详细地址", "门牌", "门牌号",
           "门牌地址")
NAMED = ("vectors", "zones", "networks")                     # hidden layers of these kinds are read for their names
LEAST_LETTERS = 2
MOST_PLACES, MOST_FOUND = 40, 400
SAME_M = 200.0                             # features of one name that are nearer to each other are one place


@dataclass(frozen=True)
class Place:
    """What people know by one name: `members` are (layer id, feature), the best first, in one or several layers."""

    title: str
    members: tuple[tuple[str, int], ...]

    @property
    def layers(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(layer for layer, _ in self.members))


class PlaceNames:
    """`ready` is the newest gazetteer, None until the first is made. `want` begins one where layers changed."""

    def __init__(self, session: Session):
        self.session = session
        self.ready: Gazetteer | None = None
        self._key: tuple = ()
        self._gathering: Future | None = None
        self._job: Job | None = None
        self._failed: Trouble | None = None

    def want(self) -> None:
        """Make it anew unless it is up to date; a running one is waited for first. Hidden layers are read for it."""
        self.refresh()
        for layer in self._unread():
            self.session.asset(layer.id)
        tables = self._tables()
        key = tuple((layer.id, shown_properties(layer), layer.system, id(payload)) for layer, payload, _ in tables)
        if not self.busy and key != self._key:
            self._key = key
            thread = ThreadPoolExecutor(1, thread_name_prefix="names")
            self._gathering = thread.submit(gathered, tables)
            thread.shutdown(wait=False)

    def settle(self) -> Gazetteer:
        """Read the hidden layers and wait for all names (headless use)."""
        unread = tuple(layer.id for layer in self._unread())
        if unread:
            self.session.settle(only=unread)
        self.want()
        while self.busy:
            if self._gathering is not None:
                wait([self._gathering])
                self.refresh()
            if self._job is not None:
                self.session.jobs.wait(self._job)
            self.want()                                      # one that ran already may have known less
        if self.ready is None:
            raise self._failed
        return self.ready

    def places(self, typed: str, most: int = MOST_PLACES) -> list[Place]:
        """Best first. What has the same name at the same place, such as the sensors of a station, is one."""
        found: dict[str, list[Place]] = {}
        for title, layer, feature in self.ready.search(typed, MOST_FOUND) if self.ready else ():
            if self.session.document.layer(layer) is None:
                continue
            same = found.setdefault(title, [])
            near = next((n for n, place in enumerate(same) if self._near(place.members[0], (layer, feature))), -1)
            if near >= 0:
                same[near] = Place(title, (*same[near].members, (layer, feature)))
            elif sum(map(len, found.values())) < most:
                same.append(Place(title, ((layer, feature),)))
        return [place for same in found.values() for place in same]

    def _near(self, one: tuple[str, int], other: tuple[str, int]) -> bool:
        a, b = (middle_of(self.session, self.session.document.layer(id), row) for id, row in (one, other))
        return a is not None and b is not None and math.dist(a[:2], b[:2]) < SAME_M

    @property
    def busy(self) -> bool:
        return self._job is not None or self._gathering is not None

    @property
    def complete(self) -> bool:
        """Nothing that has names is still being read or gathered."""
        return not self.busy and not self._unread()

    def _unread(self) -> list[Layer]:
        """Layers with names, as a rule, whose file is neither read nor broken; hidden ones too."""
        held = [(layer, self.session.held(layer.id)) for layer in self.session.document.layers
                if layer.kind in NAMED and layer.source]
        return [layer for layer, asset in held if asset is None or asset.state == LOADING]

    def refresh(self) -> None:
        if self._gathering is not None and self._gathering.done():
            names, self._gathering = self._gathering.result(), None
            self._job = self.session.jobs.start(gazetteer, *names, label=tr("Names of places"), urgent=True)
        if self._job is None or self._job.active:
            return
        job, self._job = self._job, None
        if job.state == DONE:
            self.ready = job.result
        elif job.error:
            self._failed = job.error

    def _tables(self) -> list[tuple]:
        """(layer, payload, table) of all layers with names, as far as they were read."""
        found = []
        for layer in self.session.document.layers:
            asset = self.session.held(layer.id)
            payload = asset.payload if asset else None
            table = getattr(payload, "features", None)
            if table is not None and set(COLUMNS) & {name.casefold() for name in table.column_names}:
                found.append((layer, payload, table))
        return found


def gathered(tables: list[tuple]) -> tuple[tuple[str, ...], list[str], np.ndarray, np.ndarray]:
    """(layer ids, names, layer of each, feature of each): every name of every feature that a layer shows."""
    titles, layers, features = [], [], []
    for place, (layer, payload, table) in enumerate(tables):
        own = isinstance(payload, Sensors)
        shown = set(listed_rows(layer, payload).tolist()) if own else range(table.num_rows)
        for column in table.column_names:
            if column.casefold() not in COLUMNS:
                continue
            for row, value in enumerate(table.column(column).to_pylist()):
                name = value.strip() if row in shown and isinstance(value, str) else ""
                if len(name) >= LEAST_LETTERS and len(titles) < MOST_NAMES:
                    titles.append(name)
                    layers.append(place)
                    features.append(row)
    return tuple(layer.id for layer, *_ in tables), titles, np.array(layers, np.int32), np.array(features, np.int32)
