"""`citytwin export` and `store`: readings of a store as a file; its size, and how long it keeps them."""

from __future__ import annotations

import argparse
from pathlib import Path

from app.printing import counted, print_json

COMMANDS = ("export", "store")


def add_commands(commands, shared: argparse.ArgumentParser) -> None:
    command = commands.add_parser("export", parents=[shared], help="write readings as CSV or Parquet")
    command.add_argument("project", type=Path, metavar="PROJECT")
    command.add_argument("datastreams", nargs="*", metavar="DATASTREAM", help="(default: all of the store)")
    command.add_argument("--from", dest="first", default="", metavar="ISO8601")
    command.add_argument("--to", dest="last", default="", metavar="ISO8601")
    command.add_argument("--out", required=True, type=Path, metavar="FILE.csv|FILE.parquet")
    command.set_defaults(run=_export)

    command = commands.add_parser("store", parents=[shared], help="the size of a store of readings, and how long it "
                                                                  "keeps them")
    command.add_argument("project", type=Path, metavar="PROJECT")
    command.add_argument("--keep-days", type=int, default=None, metavar="N",
                         help="let go of readings older than that, now and from now on (0: keep everything)")
    command.add_argument("--check", action="store_true", help="read everything and say what is wrong; status 1 where "
                                                              "something is")
    command.add_argument("--repair", action="store_true", help="check, put in order what can be, and say what was done")
    command.add_argument("--cubes", action="store_true", help="build the replay of everything now, on all cores")
    command.add_argument("--workers", type=int, default=0, metavar="N", help="with --cubes: processes (default: one a "
                                                                          "core)")
    command.add_argument("--scheduler", default="", metavar="ADDRESS", help="with --cubes: of a Dask cluster, whose "
                                                                            "workers see the store's folder")
    command.add_argument("--yes", action="store_true", help="do not only say what would go")
    command.set_defaults(run=_store)


def _export(options) -> int:
    from app.bringing import store_of
    from app.charted import Line
    from app.reading_export import as_table, write
    from twin import times
    from twin.history.store import Store
    folder, time_zone = store_of(options.project)
    ends = [times.parse(t, time_zone) if t else None for t in (options.first, options.last)]
    with Store(folder) as store:
        look = store.look()
        wanted = options.datastreams or [k.stream.id for k in look.known]
        parts = []
        for id in wanted:
            rows = store.series(id, *ends)
            stream = look.number_of(id).stream
            parts.append((Line("", -1, id, stream.name or id, stream.property, stream.unit, 0, 0.0), rows))
    table = as_table(parts, time_zone)
    rows = write(table, options.out)
    told = {"out": str(options.out), "rows": rows, "datastreams": len(parts), "time_zone": time_zone}
    said = f"{told['out']}  {counted(rows, 'reading')} of {counted(len(parts), 'datastream')}"
    print_json(told) if options.json else print(said)
    return 0


def _store(options) -> int:
    from app.bringing import store_of
    from twin.history import retention
    from twin.history.store import Store
    folder, _ = store_of(options.project)
    if options.check or options.repair:
        return _check(folder, options)
    if options.cubes:
        return build_cubes(folder, options)
    told: dict = {}
    if options.keep_days is not None:
        with Store(folder) as store:
            gone = retention.would_forget(store, options.keep_days)
        told["would_remove"] = sum(d.readings for d in gone)
        sure = options.yes or not gone or _sure(options, gone)
        told["removed"] = retention.keep_only(folder, options.keep_days) if sure else 0
    with Store(folder) as store:
        told = {**retention.summary(store), **told}
    print_json(told) if options.json else print(_sentences(told))
    return 0


def build_cubes(folder: Path, options) -> int:
    """The replay of everything in a store, with `options.workers`, `scheduler` and `json`; the exit status."""
    from app.console_progress import ConsoleProgress
    from twin.crew import crew
    from twin.history.cube_work import build_all
    from twin.text import tr
    workers, said = crew(max(0, options.workers), options.scheduler), ConsoleProgress()
    try:
        told = build_all(folder, workers, said)
    finally:
        said.end()
        workers.close()
    if options.json:
        print_json(told)
    else:
        failed = [f"  ! {f['cube']}: {f['error']}" for f in told["failed"]]
        print("\n".join([*failed, tr("{built} of {pieces} replay cubes were built, {n} workers, {secs} s",
                                     built=f"{told['built']:,}", pieces=f"{told['pieces']:,}", n=told["workers"],
                                     secs=f"{told['secs']:.1f}")]))
    return 1 if told["failed"] else 0


def _check(folder: Path, options) -> int:
    from app.console_progress import ConsoleProgress
    from twin.history.checking import check, mend
    from twin.text import tr
    said = ConsoleProgress()
    try:
        repaired = mend(folder) if options.repair else []
        told = {"folder": str(folder), **check(folder, said), "repaired": repaired}
    finally:
        said.end()
    if options.json:
        print_json(told)
    else:
        ends = tr("All of {n} readings are there, each once.", n=f"{told['readings']:,}") if told["sound"] else \
            tr("{n} things are wrong.", n=len(told["findings"]))
        print("\n".join([str(folder), *(f"  + {line}" for line in repaired),
                         *(f"  ! {line}" for line in told["findings"]), f"  {ends}"]))
    return 0 if told["sound"] else 1


def _sure(options, gone: list) -> bool:
    """Asks where a person sits; a script says --yes."""
    import sys

    from twin.text import tr
    if options.json or not sys.stdin.isatty():
        return False
    words = tr("{readings} readings from {first} to {last} will be removed from the store. "
               "They cannot be brought back.", readings=f"{sum(d.readings for d in gone):,}",
               first=min(d.date for d in gone), last=max(d.date for d in gone))
    return input(f"{words} [y/N] ").strip().lower() in ("y", "yes", "是")


def _sentences(told: dict) -> str:
    from twin.text import tr
    lines = [told["folder"], "  " + tr("{readings} readings of {n} datastreams", readings=f"{told['readings']:,}",
                                       n=f"{told['datastreams']:,}") + f", {told['bytes']:,} B"]
    lines += [f"  {p['property'] or '—':24} {p['readings']:>14,}  {p['bytes']:>14,} B  {p['oldest']} – "
              f"{p['newest']} UTC"
              for p in told["properties"]]
    lines.append("  " + (tr("Keeps {n} days.", n=told["keep_days"]) if told["keep_days"] else tr("Keeps everything.")))
    if told.get("would_remove") and not told["removed"]:
        lines.append("  " + tr("{n} readings would go. Add --yes to let them.", n=f"{told['would_remove']:,}"))
    elif "removed" in told:
        lines.append("  " + tr("{n} readings were let go of.", n=f"{told['removed']:,}"))
    return "\n".join(lines)
