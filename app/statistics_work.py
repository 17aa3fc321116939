"""Statistics for a panel: sensors and groups are prepared between frames, counting is done in a thread."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

from app.slices import Slices
from app.statistics import Question, Tabled, counted
from app.vital_groups import INDOORS, by_column, groups_of
from app.vitals import content_of, shown_in
from twin.vitals.groups import Groups
from twin.vitals.pool import Pool

SCENIC = ("zone", *INDOORS)                 # kinds of groups that the scene knows; others are columns of the sensors
CALM_TICKS = 120                          # between two counts of one question whose readings only grow


@dataclass(frozen=True)
class Property:
    name: str
    unit: str
    sensors: int


class StatisticsWork:
    """`ask` what is wanted; the newest question counts. `refresh` advances it a few milliseconds on the GUI thread."""

    def __init__(self, session):
        self.session = session
        self.properties: list[Property] = []
        self.zones: list[tuple[str, str, str]] = []         # (id, name, Chinese name)
        self.layers: list[str] = []                         # ids of those that show readings
        self.zone_places: dict[str, tuple[str, int]] = {}   # (layer, feature) of each
        self.result: Tabled | None = None
        self.answered: Question | None = None               # the question of that result
        self.trouble: BaseException | None = None
        self._wanted: Question | None = None
        self._content: tuple = ()
        self._pool: Pool | None = None
        self._pooling: Future | None = None
        self._groups: dict[str, Groups] = {}                # by kind
        self._grouping: tuple[str, Iterator[None]] | None = None
        self._slices = Slices()
        self._counting: tuple[tuple, Future] | None = None
        self._done: tuple = ()                              # what result or trouble were made of
        self._calm = 0
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="statistics")

    def ask(self, question: Question | None) -> None:
        self._wanted = question

    @property
    def prepared(self) -> bool:
        """Whether it is known what the sensors observe."""
        return self._pool is not None

    @property
    def busy(self) -> bool:
        return bool(self._pooling or self._grouping or self._counting)

    def refresh(self) -> bool:
        """Whether anything that a panel shows is new."""
        self._follow_content()
        fresh = self._take_pool() | self._take_count()
        if self._pool is not None and self._wanted is not None:
            fresh |= self._group() or self._count()
        return fresh

    def _follow_content(self) -> None:
        """Other sources, zones or rooms: everything is prepared again."""
        content = content_of(self.session)
        if content != self._content and self._pooling is None:
            self._content, self._pool, self._groups, self._grouping = content, None, {}, None
            self._pooling = self._thread.submit(_pooled, shown_in(self.session))

    def _take_pool(self) -> bool:
        if self._pooling is None or not self._pooling.done():
            return False
        future, self._pooling = self._pooling, None
        self._pool, self.properties = future.result()
        self.layers = [id for shown in self._pool.shown for id, _, _ in shown.layers]
        return True

    def _group(self) -> bool:
        """Groups of the kind that is asked for, and the zones that one may choose from; True where zones are new."""
        kinds = ("zone", self._wanted.kind)
        missing = next((kind for kind in kinds if kind in SCENIC and kind not in self._groups), "")
        if not missing:
            return False
        if self._grouping is None or self._grouping[0] != missing:
            self._grouping = (missing, groups_of(self.session, self._pool, missing))
        end = self._slices.end()
        while time.perf_counter() < end:
            try:
                next(self._grouping[1])
            except StopIteration as found:
                self._groups[missing], self._grouping = found.value, None
                self.zones = [(g.id, g.name, g.name_zh) for g in self._groups["zone"].groups]
                self.zone_places = {g.id: (g.layer, g.feature) for g in self._groups["zone"].groups}
                return missing == "zone"
        return False

    def _count(self) -> bool:
        """Begin to count what is wanted and not known yet."""
        kind = self._wanted.kind
        if self._counting is not None or "zone" not in self._groups or (kind in SCENIC and kind not in self._groups):
            return False
        zone = self.session.document.time_zone
        said = tuple(s.payload.history.revision for s in self._pool.shown)
        wanted = (self._wanted, self._pool, zone, said)
        self._calm += 1
        if wanted == self._done or (wanted[:3] == self._done[:3] and self._calm < CALM_TICKS):
            return False
        self._calm = 0
        self._counting = (wanted, self._thread.submit(_counted, self._pool, self._groups.get(kind),
                                                      self._groups["zone"], self._wanted, zone))
        return True

    def _take_count(self) -> bool:
        if self._counting is None or not self._counting[1].done():
            return False
        (self._done, future), self._counting = self._counting, None
        self.trouble, self.answered = future.exception(), self._done[0]
        self.result = None if self.trouble else future.result()
        return True

    def close(self) -> None:
        self._thread.shutdown(wait=False, cancel_futures=True)


def _counted(pool: Pool, groups: Groups | None, zones: Groups, question: Question, time_zone: str) -> Tabled:
    found = counted(pool, groups or by_column(pool, question.kind), zones, question, time_zone)
    _ = found.listed                      # sorted here: of tens of thousands of groups the window would stand still
    return found


def _pooled(shown) -> tuple[Pool, list[Property]]:
    """All sensors, and what they observe, by name."""
    import numpy as np
    pool = Pool(shown)
    words, codes = pool.texts("property")
    units, unit_of = pool.texts("unit")
    counts = np.bincount(codes, minlength=len(words))
    _, first = np.unique(codes, return_index=True) if len(codes) else (codes, codes)
    unit = {int(codes[row]): units[unit_of[row]] for row in first.tolist()}
    return pool, [Property(word, unit.get(n, ""), int(counts[n])) for n, word in enumerate(words)
                  if word and counts[n]]
