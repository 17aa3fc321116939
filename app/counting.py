"""What the time ribbon counts: all readings or those of one zone, and row by row those of every layer or zone.

What belongs to whom is settled when layers, zones or the choice change; the counting itself asks `twin.history.shares`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from app.vital_groups import polygons, zone_layers
from layers.sensor_values import rows_of, words_of
from twin.data import Sensors, Tracks
from twin.history.shares import Share, share_of
from twin.layer import SYSTEM_COLUMN
from twin.vitals import groups as grouping
from twin.vitals.groups import Group

NONE, LAYERS, ZONES = "", "layers", "zones"
Polygon = tuple[Group, list[np.ndarray]]


@dataclass(frozen=True)
class Row:
    """`zone`: of a zone, else of a layer."""

    id: str
    name: str
    name_zh: str
    zone: bool = False

    def title(self, language: str) -> str:
        return self.name_zh if language == "zh" and self.name_zh else self.name


@dataclass(frozen=True, eq=False)
class Source:
    """A source of readings with the layers that show it: (row, its datastreams; None = all of them).

    `xy` (n, 2) f8: where its datastreams stand, or the fixes of what moves; None = it stands nowhere, as a timetable
    and the pictures of a raster.
    """

    payload: object
    layers: tuple[tuple[int, np.ndarray | None], ...]
    xy: np.ndarray | None


@dataclass(eq=False)
class Standing:
    """What stands in which of `zones`, source by source (`xy` as there)."""

    zones: tuple[Polygon, ...] = ()
    xy: tuple[np.ndarray | None, ...] = ()

    @cached_property
    def within(self) -> list[grouping.Groups | None]:
        """All looked up at once: a zone is then tried once, not once for each source."""
        known = [np.zeros((0, 2)) if xy is None else xy for xy in self.xy]
        found = grouping.members_at_once(self.zones, np.concatenate([np.zeros((0, 2)), *known]))
        ends = np.cumsum([0, *map(len, known)])
        return [None if xy is None else found.between(int(a), int(b))
                for xy, a, b in zip(self.xy, ends, ends[1:])]


@dataclass(eq=False)
class Question:
    """The counts have one row for each of `rows`, and a last one for all together. `zone` is the place among the zones
    of the one that alone counts, -1 = everything does."""

    rows: tuple[Row, ...] = ()
    sources: tuple[Source, ...] = ()
    by: str = NONE
    zone: int = -1
    standing: Standing = field(default_factory=Standing)

    @property
    def histories(self) -> list:
        return [source.payload.history for source in self.sources]

    @property
    def counted_zone(self) -> Group | None:
        return self.standing.zones[self.zone][0] if self.zone >= 0 else None

    @cached_property
    def shares(self) -> list[Share]:
        """Who counts what of each source. Made in the thread that counts: thousands of points are looked up."""
        return [share_of(len(self.rows) + 1, self._parts(n)) for n in range(len(self.sources))]

    @cached_property
    def order(self) -> list[int]:
        """The rows as they are shown: zones in which nothing ever said anything come last."""
        said = {row for share in self.shares for row in (*share.whole, *np.unique(share.of).tolist())}
        return sorted(range(len(self.rows)), key=lambda row: self.by == ZONES and row not in said)

    @property
    def nowhere(self) -> bool:
        """Whether zones leave a source out."""
        return (self.by == ZONES or self.zone >= 0) and any(source.xy is None for source in self.sources)

    def _parts(self, number: int) -> list[tuple[int, np.ndarray | None]]:
        source, whole = self.sources[number], len(self.rows)
        parts = list(source.layers) if self.by == LAYERS else []
        if self.by != ZONES and self.zone < 0:
            return [*parts, (whole, None)]
        within = self.standing.within[number]
        if within is None:
            return [] if self.zone >= 0 else [(whole, None)]
        if self.by == ZONES:
            parts = [(row, within.rows_of(row)) for row in range(whole)]
        if self.zone < 0:
            return [*parts, (whole, None)]
        here = within.rows_of(self.zone)
        if self.by == LAYERS:
            moving = isinstance(source.payload, Tracks)
            parts = [(row, here if moving or mine is None else np.intersect1d(mine, here)) for row, mine in parts]
        return [*parts, (whole, here)]


class Counting:
    """The question as it stands now; the same one as long as nothing that it is made of changes."""

    def __init__(self, session):
        self.session = session
        self.question = Question()
        self._state: tuple = ()                                       # of the program; most say nothing new here
        self._made_of: tuple = ()
        self._standing: tuple[tuple, Standing] = ((), Standing())     # what it was made of, and what stands where

    def refresh(self) -> Question:
        session = self.session
        state = session.document, session.assets.revision, session.hosts.now, session.rows_by, session.counted_zone
        if state != self._state:
            self._state = state
            made_of = (session.rows_by, session.counted_zone, self._layers(), self._zones())
            if made_of != self._made_of:
                self._made_of = made_of
                self.question = self._asked()
        return self.question

    def zones(self) -> list[Group]:
        """What one may choose from."""
        return [group for group, _ in polygons(self.session)]

    def _layers(self) -> tuple:
        document = self.session.document
        return tuple((id, payload, layer.name, layer.name_zh, layer.system, getattr(layer, "observed", ""))
                     for id, payload in self.session.timed_layers() for layer in (document.layer(id),))

    def _zones(self) -> tuple:
        """What the zones are made of, where they are asked for; where sensors stand too."""
        session = self.session
        if session.rows_by != ZONES and not session.counted_zone:
            return ()
        layers = zone_layers(session.document)
        content = tuple((x.id, x.name, x.drawn if x.kind == "zones" else (), asset.payload if asset else None)
                        for x in layers for asset in (session.asset(x.id),))
        return content, tuple(lot.members for lot in session.hosts.now.lots)

    def _asked(self) -> Question:
        session, by = self.session, self.session.rows_by
        timed, sources = session.timed_layers(), self._sources()
        zones = tuple(polygons(session)) if by == ZONES or session.counted_zone else ()
        if by != ZONES:
            zones = tuple(polygon for polygon in zones if polygon[0].id == session.counted_zone)[:1]
        zone = next((n for n, (group, _) in enumerate(zones) if group.id == session.counted_zone), -1)
        rows: tuple[Row, ...] = ()
        if by == ZONES:
            rows = tuple(Row(g.id, g.name, g.name_zh, zone=True) for g, _ in zones)
        elif by == LAYERS:
            rows = tuple(Row(x.id, x.name, x.name_zh) for id, _ in timed for x in (session.document.layer(id),))
        return Question(rows, sources, by, zone, self._standing_of(zones, sources))

    def _sources(self) -> tuple[Source, ...]:
        """Every history once."""
        session, found = self.session, {}
        for row, (layer, payload) in enumerate(session.timed_layers()):
            shown = found.setdefault(id(payload.history), (layer, payload, []))[2]
            shown.append((row, shown_rows(session.document.layer(layer), payload)))
        return tuple(Source(payload, tuple(shown), _places(session, layer, payload))
                     for layer, payload, shown in found.values())

    def _standing_of(self, zones: tuple[Polygon, ...], sources: tuple[Source, ...]) -> Standing:
        """Kept while one chooses among the same zones."""
        made_of = (tuple(group for group, _ in zones), self._made_of[2:])
        if self._standing[0] != made_of:
            self._standing = (made_of, Standing(zones, tuple(source.xy for source in sources)))
        return self._standing[1]


def shown_rows(layer, payload) -> np.ndarray | None:
    """(k,) datastreams of a source that a layer shows: those of its property and of its system; None = all."""
    if not isinstance(payload, Sensors) or payload.features is None:
        return None
    observed = getattr(layer, "observed", "")
    if layer.kind == "sensors" or observed:
        rows = rows_of(payload, observed, layer.system)[1]
    elif layer.system and SYSTEM_COLUMN in payload.features.column_names:
        words, codes = words_of(payload, SYSTEM_COLUMN)
        rows = np.flatnonzero(codes == (words.index(layer.system) if layer.system in words else -1))
    else:
        return None
    return None if len(rows) == len(payload.positions) else rows


def _places(session, layer: str, payload) -> np.ndarray | None:
    if isinstance(payload, Sensors):
        return session.hosts.positions(layer, payload)[:, :2]
    if isinstance(payload, Tracks) and not payload.history.scheduled:
        return payload.history.positions[:, :2]
    return None
