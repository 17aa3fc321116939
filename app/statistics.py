"""Statistics of a project's readings, as the command line and panels ask for them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from difflib import get_close_matches
from functools import cached_property

import numpy as np

from app.vitals import grouped, names_of, pool_of
from twin import times
from twin.column_words import property_words
from twin.history.events import Events, events_of
from twin.text import tr
from twin.trouble import Trouble
from twin.vitals import statistics
from twin.vitals.catalogue import COMPLETE, Catalogue, catalogue
from twin.vitals.feeds import plain_unit
from twin.vitals.groups import Group, Groups, sorted_groups
from twin.vitals.naming import meant
from twin.vitals.pool import Pool
from twin.vitals.report import number

MOST_CELLS = 2_000_000                    # groups times buckets: more is no table
SHOWN = 8                                 # codes that are named where there is none of that name


@dataclass(frozen=True, kw_only=True)
class Question:
    """`bucket_ns` 0 = the whole span in one. `first_ns`, `last_ns` None = as far as there are readings. `zone`: only
    sensors in the group of this id. `layer`: only what the layer of this id shows. `hours`, `weekdays`: only these
    local hours and days (Monday 0) count; () = all.
    """

    property: str
    kind: str = "zone"
    bucket_ns: int = times.HOUR
    first_ns: int | None = None
    last_ns: int | None = None
    threshold: float | None = None
    zone: str = ""
    layer: str = ""
    hours: statistics.Hours = ()
    weekdays: tuple[int, ...] = tuple(range(7))


@dataclass(frozen=True, eq=False)
class Tabled:
    """`properties`: what the readings are called that were counted."""

    unit: str
    groups: Groups
    edges_ns: np.ndarray
    table: statistics.Table
    properties: tuple[str, ...] = ()
    share: np.ndarray | None = None          # (buckets,) of each that counts; None = all of all
    # (least, greatest) average of a single sensor, (groups, buckets) each; () where every group has one, or `crowded`
    extremes: tuple[np.ndarray, ...] = ()
    crowded: bool = False                    # groups of several sensors have too many of them to tell each apart

    def rows(self, time_zone: str) -> Iterator[dict]:
        """One for each group and bucket, by name; groups without sensors of the property are left out."""
        for g in self.listed:
            group = self.groups.groups[g]
            for b in range(len(self.edges_ns) - 1):
                yield {"group": group.id, "name": group.name, "from": times.iso(int(self.edges_ns[b]), time_zone),
                       "to": times.iso(int(self.edges_ns[b + 1]), time_zone), "count": int(self.table.count[g, b]),
                       **{n: number(self.column(n)[g, b]) for n in self.table.names if n != "count"}}

    @property
    def in_decibels(self) -> bool:
        return self.unit.startswith("dB")

    @property
    def average(self) -> np.ndarray:
        """(groups, buckets) that limits are held against: of decibels the energy mean, else the mean."""
        return self.table.energy_mean if self.in_decibels else self.table.mean

    def column(self, name: str) -> np.ndarray:
        """(groups, buckets) of a statistic; nothing has an energy mean but decibels."""
        values = getattr(self.table, name)
        return values if name != "energy_mean" or self.in_decibels else np.full_like(values, np.nan)

    @cached_property
    def listed(self) -> list[int]:
        """Groups that have sensors of the property; which source was read first must not decide the order."""
        held = np.unique(self.groups.of).tolist()
        return sorted(held, key=lambda g: (self.groups.groups[g].name, self.groups.groups[g].id))

    def as_table(self, property: str, time_zone: str):
        """The same as an Arrow table, with the unit and the time zone."""
        import pyarrow as pa
        listed = self.listed
        groups, buckets = np.repeat(listed, len(self.edges_ns) - 1).astype(np.intp), len(self.edges_ns) - 1
        bucket = np.tile(np.arange(buckets), len(listed))
        told = [self.groups.groups[g] for g in listed]
        each = np.repeat(np.arange(len(listed)), buckets)
        stamp = pa.timestamp("us", tz=time_zone)
        return pa.table({
            "group": pa.array([g.id for g in told], pa.string()).take(pa.array(each)),
            "name": pa.array([g.name for g in told], pa.string()).take(pa.array(each)),
            "property": pa.array([property]).take(pa.array(np.zeros(len(each), np.int64))),
            "unit": pa.array([self.unit]).take(pa.array(np.zeros(len(each), np.int64))),
            "from": pa.array(self.edges_ns[bucket] // 1000, stamp),
            "to": pa.array(self.edges_ns[bucket + 1] // 1000, stamp),
            "count": pa.array(self.table.count[groups, bucket]),
            **{n: pa.array(self.column(n)[groups, bucket], from_pandas=True)
               for n in self.table.names if n != "count"}})


def of_property(session, question: Question) -> Tabled:
    """At once (headless use). Raises Trouble for a property or zone that there is none of."""
    pool = pool_of(session)
    groups = grouped(session, pool, question.kind)
    zones = grouped(session, pool, "zone") if question.zone and question.kind != "zone" else groups
    return counted(pool, groups, zones, question, session.document.time_zone, names_of(session.document))


def counted(pool: Pool, groups: Groups, zones: Groups, question: Question, time_zone: str,
            names: Catalogue | None = None) -> Tabled:
    """From the readings themselves; knows no session, so that a thread may count. Raises Trouble."""
    properties = _called(pool, question.property, names or catalogue())
    words, codes = pool.texts("property")
    rows = np.flatnonzero(np.isin(codes, [words.index(name) for name in properties]))
    if question.zone:
        at = zones.index(question.zone)
        if at < 0:
            raise Trouble(tr("There is no zone {name}.", name=question.zone))
        rows = np.intersect1d(rows, zones.rows_of(at))
    if question.layer:
        rows = np.intersect1d(rows, pool.rows_of_layer(question.layer))
    unit = _unit(pool, rows, properties)
    keep = np.isin(groups.rows, rows)
    if question.zone and question.kind == "zone":
        keep &= groups.of == groups.index(question.zone)
    groups = _only(groups, keep)
    if question.kind == "thing":
        groups = _named(pool, groups)
    first, last = _span(pool, question)
    events = _events(pool, np.unique(groups.rows), first, last)
    if len(events.times_ns):              # what else a store holds may begin decades before
        first = int(events.times_ns.min()) if question.first_ns is None else first
        last = int(events.times_ns.max()) if question.last_ns is None else last
    edges, share = _edges(first, last, question, groups, time_zone), None
    if question.hours:
        inside = statistics.occupied(events.times_ns, time_zone, question.hours, question.weekdays)
        events = Events(events.places[inside], events.times_ns[inside], events.values[inside])
        share = statistics.occupied_share(edges, time_zone, question.hours, question.weekdays)
    table = statistics.statistics(events, groups, edges, pool.interval_ns, question.threshold, share)
    tabled = Tabled(unit, groups, edges, table, properties, share)
    needed = needed_of(names or catalogue(), question.property)
    if len(groups.rows) == len(groups.groups):          # a sensor each
        return tabled
    if len(groups.rows) * (len(edges) - 1) > MOST_CELLS:
        return replace(tabled, crowded=True)
    return replace(tabled, extremes=_extremes(tabled, events, pool.interval_ns, needed))


def needed_of(names: Catalogue, property: str) -> float:
    """The completeness that the vital signs of a property ask for."""
    return max((sign.complete for sign in names.of_property(property)), default=COMPLETE)


def _extremes(tabled: Tabled, events: Events, interval_ns: np.ndarray, needed: float) -> tuple[np.ndarray, ...]:
    """What the sensors of a group say by themselves, those that say enough: a mean hides who is above a limit."""
    groups, edges = tabled.groups, tabled.edges_ns
    rows, place = np.unique(groups.rows, return_inverse=True)
    single = sorted_groups(tuple(Group(str(row), "") for row in rows.tolist()), np.arange(len(rows)), rows)
    each = replace(tabled, table=statistics.statistics(events, single, edges, interval_ns, share=tabled.share))
    with np.errstate(invalid="ignore"):
        said = np.where(each.table.completeness >= needed, each.average, np.nan)[place]
    starts = np.searchsorted(groups.of, np.arange(len(groups.groups)))
    return tuple(least_or_most.reduceat(said, starts, axis=0) for least_or_most in (np.fmin, np.fmax))


def hours_of(words: str) -> statistics.Hours:
    """"8-12, 13:30-16:30" as hours of the day; () for no words. Raises ValueError."""
    found = []
    for part in filter(None, re.split(r"[,;，；\s]+", words)):
        match = re.fullmatch(r"(\d{1,2})(?::(\d\d)|(\.\d+))?[-–](\d{1,2})(?::(\d\d)|(\.\d+))?", part)
        if not match:
            raise ValueError(part)
        a, b = (float(match[at]) + float(match[at + 1] or 0) / 60.0 + float(match[at + 2] or 0) for at in (1, 4))
        if not (0 <= a < b <= 24) or (found and a < found[-1][1]):
            raise ValueError(part)
        found.append((a, b))
    return tuple(found)


def _only(groups: Groups, keep: np.ndarray) -> Groups:
    """Those memberships, and the groups that have any: of thousands of things few observe one property."""
    held, of = np.unique(groups.of[keep], return_inverse=True)
    return replace(groups, groups=tuple(groups.groups[g] for g in held.tolist()), of=of.astype(groups.of.dtype),
                   rows=groups.rows[keep])


def _named(pool: Pool, groups: Groups) -> Groups:
    """Things by what their sensor of the property is called, where that is theirs alone: an id says little."""
    rows = groups.rows[np.searchsorted(groups.of, np.arange(len(groups.groups)))].tolist()
    names = [pool.text("name", row) for row in rows]
    often = Counter(names)
    return replace(groups, groups=tuple(
        replace(group, name=name, name_zh=pool.text("name_zh", row)) if name and often[name] == 1 else group
        for group, name, row in zip(groups.groups, names, rows)))


def _edges(first: int, last: int, question: Question, groups: Groups, time_zone: str) -> np.ndarray:
    if not question.bucket_ns:
        return np.array([first, last + 1], np.int64)
    cells = (last - first) // question.bucket_ns * len(groups.groups)
    if cells > MOST_CELLS:
        raise Trouble(tr("These are {n} statistics: too many for a table.", n=f"{cells:,}"),
                      way_out=tr("Choose longer buckets, a shorter span, or fewer groups."))
    return statistics.edges_of(first, last, question.bucket_ns, time_zone)


def _called(pool: Pool, asked: str, names: Catalogue) -> tuple[str, ...]:
    """The properties of the readings that are meant. Raises Trouble where that is none, or not clear."""
    words, codes = pool.texts("property")
    known = [words[code] for code in np.unique(codes).tolist() if words[code]]
    found = meant(asked, known, names)
    if not found:
        raise Trouble(tr("Nothing in the project observes {name}.", name=asked), way_out=_instead(asked, known))
    if len(found) > 1:
        raise Trouble(tr("{name} may mean several properties.", name=asked),
                      way_out=tr("Ask for one of these: {names}", names=_spoken([n for part in found for n in part])))
    return tuple(found[0])


def _unit(pool: Pool, rows: np.ndarray, properties: tuple[str, ...]) -> str:
    """The unit of the readings. Raises Trouble where they are in several: their mean would be none."""
    words, codes = pool.texts("unit")
    used = [words[code] for code in np.unique(codes[rows]).tolist() if words[code]]
    if len({plain_unit(unit) for unit in used}) > 1:
        raise Trouble(tr("Readings of {name} are in different units: {units}.", name=", ".join(properties),
                         units=", ".join(used)), way_out=tr("Count a zone whose sensors share one."))
    return used[0] if used else ""


def _instead(property: str, known: list[str]) -> str:
    near = near_properties(property, known)
    if near:
        return tr("Did you mean {near}?", near=_spoken(near))
    return tr("Observed are {n} properties, for example {known}.", n=len(known),
              known=", ".join(sorted(known)[:SHOWN]) or tr("none"))


def _spoken(properties: list[str]) -> str:
    return ", ".join(f"{code} ({property_words(code)})" if property_words(code) != code else code
                     for code in properties)


def near_properties(property: str, known: list[str]) -> list[str]:
    """Codes that hold what was asked for, in themselves or in words; then codes that are written nearly alike."""
    wanted = property.casefold().strip()
    holding = [code for code in sorted(known) if wanted in code.casefold() or wanted in property_words(code).casefold()]
    alike = {part: code for code in sorted(known) for part in (code.casefold(), *code.casefold().split("."))}
    return list(dict.fromkeys([*holding, *(alike[part] for part in get_close_matches(wanted, alike, SHOWN))]))[:SHOWN]


def _span(pool: Pool, question: Question) -> tuple[int, int]:
    known = [s.payload.history.span_ns for s in pool.shown]
    first = min(s[0] for s in known) if question.first_ns is None else question.first_ns
    last = max(s[1] for s in known) if question.last_ns is None else question.last_ns
    if last < first:
        raise Trouble(tr("The span ends before it begins."), way_out=tr("Exchange --from and --to."))
    return first, last if question.last_ns is None else max(first, last - 1)      # a bucket does not hold its end


def _events(pool: Pool, rows: np.ndarray, first_ns: int, last_ns: int) -> Events:
    """Of all sources; places are rows of the pool."""
    parts = []
    for n, shown in enumerate(pool.shown):
        mine = rows[(rows >= pool.starts[n]) & (rows < pool.starts[n + 1])]
        found = events_of(shown.payload.history, mine - int(pool.starts[n]), first_ns, last_ns)
        parts.append((mine[found.places], found.times_ns, found.values))
    return Events(*(np.concatenate(p) for p in zip(*parts)))
