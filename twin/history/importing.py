"""Bringing a file of readings into a store: understood, read, counted, and committed whole or not at all."""

from __future__ import annotations

import os
import shutil
import threading
import time
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from twin import times
from twin.history import archive, import_notes, staging
from twin.history.bare_places import bare
from twin.history.batches import staging_folder
from twin.history.leftovers import tidy
from twin.history.plan import Choice, Plan, must_begin, plan_of
from twin.history.store import connection, is_store
from twin.history.streams import datastreams_of, joined, list_of, listed, scaled
from twin.history.writer import Writer
from twin.readers import Progress
from twin.sensors import Datastream
from twin.text import tr
from twin.trouble import Trouble

SHOWN = 20                                # rejected rows in a report
NAMED = 5                                 # places without readings in a note


@dataclass(frozen=True, kw_only=True)
class Reject:
    """`row` as a spreadsheet counts, the header included; `text` what stood there."""

    row: int
    reason: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Report:
    """What became of every row. For long tables rows = kept + duplicates + missing + rejected.

    `trips`: of a timetable, which has no readings: all other numbers are 0.
    `missing`: empty or a sentinel. `duplicates`: repeat the datastream and time of another row, or of the store.
    `out_of_order` rows are kept, and sorted. For wide tables all but `rows` count readings.
    """

    path: str
    rows: int = 0
    kept: int = 0
    duplicates: int = 0
    out_of_order: int = 0
    missing: int = 0
    rejected: int = 0
    rejects: tuple[Reject, ...] = ()
    time_zone: str = ""
    datastreams: int = 0
    ids: frozenset[str] = field(default=frozenset(), repr=False)     # of the datastreams
    trips: int = 0
    span_ns: tuple[int, int] | None = None
    seconds: float = 0.0
    notes: tuple[str, ...] = ()
    properties: tuple[str, ...] = ()
    stale_minutes: float = 15.0           # a layer's judgement: three missed readings

    def as_json(self) -> dict:
        """As `citytwin import --json` prints it."""
        return {"rows": self.rows, "kept": self.kept, "duplicates": self.duplicates, "out_of_order": self.out_of_order,
                "missing": self.missing, "rejected": self.rejected, "rejects": [vars(r) for r in self.rejects],
                "time_zone": self.time_zone, "datastreams": self.datastreams,
                "span": [times.iso(t, self.time_zone) for t in self.span_ns] if self.span_ns else None,
                "seconds": round(self.seconds, 3), **({"trips": self.trips} if self.trips else {})}


def bring(path: Path, folder: Path, time_zone: str, choice: Choice | None = None, crs: str = "",
          progress: Progress | None = None) -> Report:
    """Read a file into the store at `folder`, which is made where there is none. `crs`: of the project.

    On an error or a cancel the store is as it was before.
    """
    progress = progress or Progress()
    progress(0, 0, tr("Looking at the file"))
    choice = choice or Choice()
    names = archive.members(path) if path.is_file() else ()
    if names:
        return _bring_members(path, names, folder, time_zone, choice, crs, progress)
    return _bring_table(path, folder, time_zone, choice, crs, progress)


def _bring_members(path: Path, names, folder: Path, time_zone: str, choice: Choice, crs: str, progress) -> Report:
    """Every table of a zip, each whole or not at all; one that is none is said in the notes."""
    chosen = (choice.sheet,) if choice.sheet else names
    choice = replace(choice, sheet="")
    reports, failed = [], []
    try:
        for name in chosen:
            with archive.unpacked(path, name, staging_folder(folder, os.getpid())) as place:
                try:
                    reports.append((name, _bring_table(place, folder, time_zone, choice, crs, progress)))
                except Trouble as trouble:
                    failed.append((name, trouble))
    finally:
        shutil.rmtree(staging_folder(folder, os.getpid()), ignore_errors=True)
    if not reports:
        raise failed[0][1]
    notes = [f"{name}: {note}" for name, report in reports for note in report.notes]
    notes += [tr("{name} was left out: {reason}", name=name, reason=trouble.what) for name, trouble in failed]
    rejects = [replace(r, text=f"{name}: {r.text}") for name, report in reports for r in report.rejects]
    first = reports[0][1]
    return replace(together([report for _, report in reports]), path=str(path), rejects=tuple(rejects[:SHOWN]),
                   notes=tuple(notes), stale_minutes=first.stale_minutes,
                   properties=tuple(dict.fromkeys(p for _, report in reports for p in report.properties)))


def _bring_table(path: Path, folder: Path, time_zone: str, choice: Choice, crs: str, progress: Progress) -> Report:
    begun = time.monotonic()
    plan = plan_of(path, time_zone, choice)
    if plan.lists_places:
        return _bring_places(plan, folder, crs, begun)
    must_begin(plan)
    with _workplace(folder) as place, connection(place) as con:
        step = _Steps(con, progress)
        ragged = staging.load(con, plan, place, step.named(tr("Reading the rows")))
        report = _counted(con, plan, ragged)
        notes = import_notes.notes_of(con, plan, report)
        streams = datastreams_of(con, plan, crs)
        with Writer(folder) as writer:
            streams, factors, more = scaled(streams, {k.stream.id: k.stream for k in writer.look().known})
            repeats = staging.stage(con, factors, step.named(tr("Sorting the readings")))
            kept, known = writer.add(con, _once(streams), step.named(tr("Writing the readings")))
            repaired, otherwise = writer.repaired, writer.otherwise
    again = (tr("{n} readings were in the store already.", n=f"{known:,}"),) if known else ()
    if otherwise:
        again += (tr("For {n} of these the store has another value, which stays: were they read in another time zone "
                     "or unit, or are they another sensor's? Then say what they belong to, or import into a new "
                     "project to have them as they are now.", n=f"{otherwise:,}"),)
    return replace(report, kept=kept, duplicates=repeats + known, ids=frozenset(s.id for s in streams),
                   notes=(*repaired, *plan.notes, *notes, *again, *more), seconds=time.monotonic() - begun)


def _bring_places(plan: Plan, folder: Path, crs: str, begun: float) -> Report:
    """A list of sensors gives those in the store their places; one that is not there is kept without readings."""
    table = list_of(plan)
    said = listed(table, plan.roles, crs, plan.crs)
    if not (plan.roles.key or plan.roles.name):             # only numbered, so no other list's
        said = {s.id: s for s in (replace(s, id=f"{plan.stem} {s.id}", name=f"{plan.stem} {s.id}")
                                  for s in said.values())}
    new = not is_store(folder)
    try:
        with Writer(folder) as writer:
            known = [k.stream for k in writer.look().known]
            told = [joined(stream, said) for stream in known]
            learned = [now for now, before in zip(told, known) if now != before]
            names = {name for stream in known for name in (stream.id, stream.thing)}
            strangers = [bare(stream) for id, stream in said.items() if id not in names]
            writer.learn(learned + strangers)
            repaired = writer.repaired
    except BaseException:
        if new:
            tidy(folder)
        raise
    return Report(path=plan.path, rows=len(table), kept=len(said), duplicates=len(table) - len(said),
                  time_zone=plan.time_zone, datastreams=len(learned) + len(strangers),
                  ids=frozenset(s.id for s in learned + strangers),
                  properties=tuple(dict.fromkeys(s.property for s in strangers)),
                  seconds=time.monotonic() - begun,
                  notes=(*repaired, *plan.notes, *_of_places(learned, strangers)))


def _of_places(learned: list[Datastream], strangers: list[Datastream]) -> list[str]:
    notes = [tr("{n} datastreams learned where they stand.", n=f"{len(learned):,}")] if learned else []
    if strangers:
        named = ", ".join(s.id for s in strangers[:NAMED]) + (" …" if len(strangers) > NAMED else "")
        notes.append(tr("{n} places name no sensor that has readings: they are kept as places without readings "
                        "({names}).", n=f"{len(strangers):,}", names=named))
    return notes


def together(reports: list[Report]) -> Report:
    """One report of several files."""
    spans = [r.span_ns for r in reports if r.span_ns]
    count = Counter()
    for report in reports:
        count.update({n: getattr(report, n) for n in ("rows", "kept", "duplicates", "out_of_order", "missing",
                                                      "rejected", "trips")})
    ids = frozenset().union(*(r.ids for r in reports))                   # files of one sensor have one datastream
    return Report(path="", **count, datastreams=len(ids), ids=ids, time_zone=reports[0].time_zone,
                  seconds=sum(r.seconds for r in reports), rejects=tuple(x for r in reports for x in r.rejects)[:SHOWN],
                  span_ns=(min(s[0] for s in spans), max(s[1] for s in spans)) if spans else None)


@contextmanager
def _workplace(folder: Path):
    """The name of a folder beside the store for what does not fit into memory; gone afterwards. It is made when it is
    needed, so that even a killed import leaves nothing where all went into memory. On an error a new store goes too."""
    new = not is_store(folder)
    folder.parent.mkdir(parents=True, exist_ok=True)
    place = staging_folder(folder, os.getpid())
    try:
        yield place
    except BaseException:
        if new:
            tidy(folder)
        raise
    finally:
        shutil.rmtree(place, ignore_errors=True)


class _Steps:
    """Statements that take long: progress is told meanwhile, and a cancel stops them."""

    def __init__(self, con, progress: Progress):
        self.con, self.progress = con, progress

    def named(self, text: str):
        return lambda sql: self._run(sql, text)

    def _run(self, sql: str, text: str) -> None:
        self.progress(0.0, 0.0, text)
        failed: list[BaseException] = []

        def work() -> None:
            try:
                self.con.execute(sql)
            except BaseException as error:
                failed.append(error)
        worker = threading.Thread(target=work)
        worker.start()
        try:
            while worker.is_alive():
                worker.join(0.05)
                share = self.con.query_progress()
                self.progress(max(0.0, share), 100.0 if share > 0 else 0.0, text)
        except BaseException:
            self.con.interrupt()
            worker.join()
            raise
        if failed:
            raise failed[0]


def _counted(con, plan: Plan, ragged: int) -> Report:
    """All that is known before the store is asked."""
    states = Counter({state: int(n) for state, n in
                      con.execute("SELECT state, sum(readings) FROM counts GROUP BY state").fetchall()})
    width = 1 if plan.roles.value else max(1, len(plan.roles.values))
    first, last = con.execute(f"SELECT min(first), max(last) FROM counts WHERE state = {staging.GOOD}").fetchone()
    count = con.execute(f"SELECT count(*) FROM (SELECT DISTINCT thing, property FROM counts WHERE state <= "
                        f"{staging.MISSING})").fetchone()[0]
    rejected = sum(n for state, n in states.items() if state > staging.MISSING)
    return Report(path=plan.path, rows=sum(states.values()) // width + ragged, missing=states[staging.MISSING],
                  rejected=rejected + ragged, rejects=_rejects(con, plan, rejected), time_zone=plan.time_zone,
                  out_of_order=staging.late_rows(con), datastreams=count,
                  span_ns=None if first is None else (first * 1000, last * 1000),
                  properties=_properties(con), stale_minutes=_stale_minutes(con))


def _rejects(con, plan: Plan, rejected: int) -> tuple[Reject, ...]:
    """The first rejected rows, where they stand in the file."""
    words = staging.reasons(plan.time_zone)
    lines = con.execute("SELECT line, text, quote FROM ragged ORDER BY line").fetchall()
    found = con.execute(f"SELECT DISTINCT row, state, text FROM rows WHERE state > {staging.MISSING} ORDER BY row "
                        f"LIMIT {SHOWN}").fetchall() if rejected else []
    cut = [line for line, *_ in lines]
    out = [Reject(row=line, text=(text or "").strip()[:200],
                  reason=tr("a quotation mark stands where none may be") if quote else
                  tr("the row has another number of columns")) for line, text, quote in lines[:SHOWN]]
    out += [Reject(row=_line(row + plan.first_row, cut), reason=words[state], text=(text or "")[:200])
            for row, state, text in found]
    return tuple(sorted(out, key=lambda r: r.row)[:SHOWN])


def _line(line: int, cut: list[int]) -> int:
    """The line of a row, counting the lines before it that could not be cut into columns."""
    for other in cut:
        if other > line:
            break
        line += 1
    return line


def _properties(con) -> tuple[str, ...]:
    rows = con.execute("SELECT coalesce(nullif(property, ''), said) AS p FROM counts GROUP BY p "
                       "ORDER BY min(row), min(place)")
    return tuple(row[0] for row in rows.fetchall())


def _stale_minutes(con) -> float:
    """Three times the usual distance of two readings of a datastream."""
    usual = con.execute(f"SELECT median(d) FROM (SELECT t - lag(t) OVER (PARTITION BY thing, property ORDER BY t) AS d "
                        f"FROM rows WHERE state = {staging.GOOD} AND row < 200000) WHERE d > 0").fetchone()[0]
    return min(100_000.0, max(1.0, round(3 * usual / 60e6, 1))) if usual else 15.0


def _once(streams: list[Datastream]) -> list[Datastream]:
    return list({s.id: s for s in streams}.values())
