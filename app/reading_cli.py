"""`citytwin export`: readings of a project's store as a file, with units, quality and the time zone."""

from __future__ import annotations

import argparse
from pathlib import Path

from app.printing import print_json

COMMANDS = ("export",)


def add_commands(commands, shared: argparse.ArgumentParser) -> None:
    command = commands.add_parser("export", parents=[shared], help="write readings as CSV or Parquet")
    command.add_argument("project", type=Path, metavar="PROJECT")
    command.add_argument("datastreams", nargs="*", metavar="DATASTREAM", help="(default: all of the store)")
    command.add_argument("--from", dest="first", default="", metavar="ISO8601")
    command.add_argument("--to", dest="last", default="", metavar="ISO8601")
    command.add_argument("--out", required=True, type=Path, metavar="FILE.csv|FILE.parquet")
    command.set_defaults(run=_export)


def _export(options) -> int:
    from app.bringing import store_of
    from app.charting import Line
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
    print_json(told) if options.json else print(f"{told['out']}  {rows:,} readings of {len(parts):,} datastreams")
    return 0
