"""`citytwin import`, `series` and `latest`: readings into the store of a project, and out of it again."""

from __future__ import annotations

import csv
import io
import signal
import sys
import time
from pathlib import Path

from app.made_up import say_so, synthetic_store
from app.printing import print_json

COMMANDS = ("import", "series", "latest")


def add_commands(commands, shared) -> None:
    """The subcommands, for the parser of `app.cli`."""
    command = commands.add_parser("import", parents=[shared], help="bring readings of sensors into a project")
    command.add_argument("files", nargs="+", type=Path, metavar="FILE")
    command.add_argument("--into", required=True, type=Path, metavar="PROJECT", help="made where it does not exist")
    command.add_argument("--time-zone", default="", metavar="ZONE",
                         help="of stamps without one (default: the project's)")
    command.add_argument("--start", default="", metavar="ISO8601",
                         help="when the times begin, of files whose times count from a start (seconds of a recording)")
    command.add_argument("--counts", default="", choices=("ms", "s", "min", "h", "d"),
                         help="the unit of such times (default: by the column's name, else seconds)")
    command.add_argument("--sheet", default="", metavar="NAME", help="of a workbook (default: the fullest)")
    command.add_argument("--encoding", default="", metavar="NAME", help="of text (default: found out)")
    command.add_argument("--thing", default="", metavar="NAME", help="what the readings belong to, where the table "
                         "does not say")
    command.add_argument("--column", action="append", default=[], type=_role, metavar="ROLE=COLUMN",
                         help="what a column is, for example time=采集时间 or value=PM25")
    command.add_argument("--crs", default="", metavar="CRS",
                         help="of its coordinates, for example EPSG:4549 or GCJ-02 (default: found by their size)")
    command.add_argument("--unit", action="append", default=[], type=_pair, metavar="COLUMN=UNIT",
                         help="of a column or observed property, for example PM25=ug/m3")
    command.add_argument("--sentinel", action="append", type=float, metavar="NUMBER",
                         help="a number that means missing (default: -999, -9999, …)")
    command.set_defaults(run=_import)

    command = commands.add_parser("series", parents=[shared], help="print the readings of one datastream")
    command.add_argument("project", type=Path, metavar="PROJECT")
    command.add_argument("datastream", metavar="DATASTREAM")
    command.add_argument("--from", dest="first", default="", metavar="ISO8601")
    command.add_argument("--to", dest="last", default="", metavar="ISO8601")
    command.add_argument("--csv", action="store_true", help="a table on standard output (the default)")
    command.set_defaults(run=_series)

    command = commands.add_parser("latest", parents=[shared], help="print what every datastream said last")
    command.add_argument("project", type=Path, metavar="PROJECT")
    command.add_argument("--time", default="", metavar="ISO8601", help="at that instant (default: the newest reading)")
    command.add_argument("--csv", action="store_true", help="a table on standard output (the default)")
    command.set_defaults(run=_latest)


def _pair(text: str) -> tuple[str, str]:
    import argparse
    name, mark, said = text.rpartition("=")
    if not mark or not name:
        raise argparse.ArgumentTypeError(f"{text!r} is not COLUMN=UNIT")
    return name, said


def _role(text: str) -> tuple[str, str]:
    import argparse

    from twin.history.plan import ROLE_NAMES
    role, mark, column = text.partition("=")
    if not mark or role not in ROLE_NAMES:
        raise argparse.ArgumentTypeError(f"{text!r} is not ROLE=COLUMN; roles: {', '.join(ROLE_NAMES)}")
    return role, column


# -- import -----------------------------------------------------------------------------------------------


def _import(options) -> int:
    from app.import_apart import bring_apart
    from twin.history.importing import together
    from twin.history.plan import Choice
    signal.signal(signal.SIGTERM, signal.default_int_handler)      # ends like Ctrl+C: nothing is left behind
    choice = Choice(time_zone=options.time_zone, sheet=options.sheet, encoding=options.encoding, thing=options.thing,
                    roles=dict(options.column), crs=options.crs, units=dict(options.unit), start=options.start,
                    counts=options.counts,
                    sentinels=tuple(options.sentinel) if options.sentinel else None)
    reports = bring_apart(options.into, options.files, choice, _Told())
    if options.json:
        print_json(reports[0].as_json() if len(reports) == 1 else
                    {**together(reports).as_json(), "files": [{"path": r.path, **r.as_json()} for r in reports]})
    else:
        print("\n".join(_sentences(report) for report in reports))
    return 0


def _sentences(report) -> str:
    from twin import times
    from twin.text import tr
    span = " – ".join(times.readable(t, report.time_zone, seconds=True) for t in report.span_ns or ())
    if report.trips:
        return "\n".join([report.path, f"  {span}", *(f"  - {note}" for note in report.notes)])
    if report.kept and not report.span_ns:
        said = tr("{rows} rows of a list of places: {kept} places, {duplicates} repeated", rows=f"{report.rows:,}",
                  kept=f"{report.kept:,}", duplicates=f"{report.duplicates:,}")
        return "\n".join([report.path, f"  {said}", *(f"  - {note}" for note in report.notes)])
    lines = [report.path,
             "  " + tr("{rows} rows: {kept} readings kept, {duplicates} duplicates, {missing} missing, {rejected} "
                       "rejected; {late} out of order", rows=f"{report.rows:,}", kept=f"{report.kept:,}",
                       duplicates=f"{report.duplicates:,}", missing=f"{report.missing:,}",
                       rejected=f"{report.rejected:,}", late=f"{report.out_of_order:,}"),
             "  " + tr("{n} datastreams, {span}, {secs:.1f} s", n=f"{report.datastreams:,}", span=span,
                       secs=report.seconds)]
    lines += [f"  - {note}" for note in report.notes]
    lines += ["  - " + tr("row {row}: {reason}: {text}", row=r.row, reason=r.reason, text=r.text)
              for r in report.rejects]
    return "\n".join(lines)


class _Told:
    """Progress (see `twin.readers.Progress`) on standard error, where a person looks at it."""

    def __init__(self):
        self._last = 0.0

    def __call__(self, done: float, total: float = 1.0, text: str = "") -> None:
        if sys.stderr.isatty() and time.monotonic() - self._last > 0.2:
            self._last = time.monotonic()
            share = f"{100 * done / total:3.0f} % " if total else ""
            print(f"\r\x1b[K{share}{text}", end="", file=sys.stderr, flush=True)


# -- out again --------------------------------------------------------------------------------------------


def _series(options) -> int:
    from app.bringing import store_of
    from twin import times
    from twin.sensors import QUALITIES
    folder, time_zone = store_of(options.project)
    from twin.history.store import Store
    ends = [times.parse(t, time_zone) if t else None for t in (options.first, options.last)]
    with Store(folder) as store:
        instants, values, quality = store.series(options.datastream, *ends)
        stream = store.look().number_of(options.datastream).stream
    rows = [{"time": times.iso(t, time_zone), "value": v, "quality": QUALITIES[q]}
            for t, v, q in zip(instants.tolist(), values.tolist(), quality.tolist())]
    made_up = synthetic_store(options.project, folder)
    if options.json:
        print_json({"datastream": stream.id, "name": stream.name, "property": stream.property, "unit": stream.unit,
                     "time_zone": time_zone, "synthetic": made_up, "count": len(rows), "readings": rows})
    else:
        say_so(made_up, table=True)
        _print_csv(rows, ("time", "value", "quality"))
    return 0


def _latest(options) -> int:
    from app.bringing import store_of
    from twin import times
    from twin.history.store import Store
    folder, time_zone = store_of(options.project)
    with Store(folder) as store:
        known = store.look().known
        span = store.describe()["span_ns"]
        now = times.parse(options.time, time_zone) if options.time else (span[1] if span else 0)
        latest = store.latest(now)
    rows = []
    for stream in (k.stream for k in known):
        at, value = latest.get(stream.id, (None, None))
        rows.append({"datastream": stream.id, "property": stream.property, "unit": stream.unit,
                     "time": None if at is None else times.iso(at, time_zone), "value": value,
                     "age_secs": None if at is None else (now - at) / times.SECOND})
    made_up = synthetic_store(options.project, folder)
    if options.json:
        print_json({"time": times.iso(now, time_zone), "time_zone": time_zone, "synthetic": made_up, "count": len(rows),
                    "readings": rows})
    else:
        say_so(made_up, table=True)
        _print_csv(rows, ("datastream", "property", "unit", "time", "value", "age_secs"))
    return 0


def _print_csv(rows: list[dict], names: tuple[str, ...]) -> None:
    text = io.StringIO()
    writer = csv.DictWriter(text, names, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    _print(text.getvalue())


def _print(text: str) -> None:
    sys.stdout.buffer.write(text.encode("utf-8")) if hasattr(sys.stdout, "buffer") else print(text, end="")
    sys.stdout.flush()
