"""Statistics of a project's readings, as the command line and panels ask for them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from app.vitals import grouped, pool_of
from twin import times
from twin.history.events import Events, events_of
from twin.text import tr
from twin.trouble import Trouble
from twin.vitals import statistics
from twin.vitals.groups import Groups
from twin.vitals.pool import Pool
from twin.vitals.report import number


@dataclass(frozen=True, eq=False)
class Tabled:
    unit: str
    groups: Groups
    edges_ns: np.ndarray
    table: statistics.Table

    def rows(self, time_zone: str) -> Iterator[dict]:
        """One for each group and bucket, by name; groups without sensors of the property are left out."""
        by_name = sorted(enumerate(self.groups.groups), key=lambda one: (one[1].name, one[1].id))
        for g, group in by_name:              # which source was read first must not decide the order
            for b in range(len(self.edges_ns) - 1) if len(self.groups.rows_of(g)) else ():
                yield {"group": group.id, "name": group.name, "from": times.iso(int(self.edges_ns[b]), time_zone),
                       "to": times.iso(int(self.edges_ns[b + 1]), time_zone), "count": int(self.table.count[g, b]),
                       **{n: number(getattr(self.table, n)[g, b]) for n in self.table.names if n != "count"}}


def of_property(session, property: str, kind: str, bucket_ns: int, span_ns, *, threshold: float | None = None,
                hours: tuple[float, float] | None = None, weekdays: tuple[int, ...] = tuple(range(7))) -> Tabled:
    """Raises Trouble for a property that nothing observes. `span_ns`: (first, last), None for all there is of it."""
    pool = pool_of(session)
    rows = _rows(pool, property)
    time_zone = session.document.time_zone
    first, last = _span(pool, rows, span_ns)
    groups = grouped(session, pool, kind)
    keep = np.isin(groups.rows, rows)
    groups = replace(groups, of=groups.of[keep], rows=groups.rows[keep])
    events = _events(pool, rows, first, last)
    if len(events.times_ns):              # what else a store holds may begin decades before
        first = int(events.times_ns.min()) if span_ns[0] is None else first
        last = int(events.times_ns.max()) if span_ns[1] is None else last
    if hours:
        inside = statistics.occupied(events.times_ns, time_zone, hours, weekdays)
        events = Events(events.places[inside], events.times_ns[inside], events.values[inside])
    edges = statistics.edges_of(first, last, bucket_ns, time_zone)
    table = statistics.statistics(events, groups, edges, pool.interval_ns, threshold)
    if hours:                                             # what is expected in hours that do not count, nobody knows
        table = replace(table, completeness=np.full(table.count.shape, np.nan))
    words, codes = pool.texts("unit")
    return Tabled(words[codes[rows[0]]], groups, edges, table)


def _rows(pool: Pool, property: str) -> np.ndarray:
    words, codes = pool.texts("property")
    wanted = [n for n, w in enumerate(words) if w.casefold() == property.casefold()]
    rows = np.flatnonzero(np.isin(codes, wanted))
    if not len(rows):
        raise Trouble(tr("Nothing in the project observes {name}.", name=property),
                      way_out=tr("Observed properties: {known}.", known=", ".join(w for w in words if w) or tr("none")))
    return rows


def _span(pool: Pool, rows: np.ndarray, span_ns) -> tuple[int, int]:
    known = [s.payload.history.span_ns for s in pool.shown]
    first = min(s[0] for s in known) if span_ns[0] is None else span_ns[0]
    last = max(s[1] for s in known) if span_ns[1] is None else span_ns[1]
    if last < first:
        raise Trouble(tr("The span ends before it begins."), way_out=tr("Exchange --from and --to."))
    return first, last


def _events(pool: Pool, rows: np.ndarray, first_ns: int, last_ns: int) -> Events:
    """Of all sources; places are rows of the pool."""
    parts = []
    for n, shown in enumerate(pool.shown):
        mine = rows[(rows >= pool.starts[n]) & (rows < pool.starts[n + 1])]
        found = events_of(shown.payload.history, mine - int(pool.starts[n]), first_ns, last_ns)
        parts.append((mine[found.places], found.times_ns, found.values))
    return Events(*(np.concatenate(p) for p in zip(*parts)))
