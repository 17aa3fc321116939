"""`citytwin statistics`: readings of a property per zone, room, storey, building, thing or type, in buckets of time."""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path

from app.made_up import say_so, synthetic
from app.printing import print_json
from twin.text import tr

COMMANDS = ("statistics",)
KINDS = ("zone", "room", "storey", "building", "thing", "type", "datastream")
UNITS = {"s": 1, "min": 60, "h": 3600, "d": 86400}


def add_commands(commands, shared) -> None:
    command = commands.add_parser("statistics", parents=[shared], help="print statistics of readings in time buckets")
    command.add_argument("project", type=Path, metavar="PROJECT")
    command.add_argument("--property", required=True, metavar="NAME",
                         help="observed property: its code, its name or a vital sign, for example bld.co2 or noise")
    command.add_argument("--by", choices=KINDS, default="zone", help="groups of sensors (default: zones)")
    command.add_argument("--zone", default="", metavar="NAME", help="only sensors in this zone")
    command.add_argument("--bucket", default="1h", type=_seconds, metavar="TIME", help="5min, 1h, 1d (default: 1h)")
    command.add_argument("--from", dest="first", default="", metavar="ISO8601")
    command.add_argument("--to", dest="last", default="", metavar="ISO8601")
    command.add_argument("--over", type=float, metavar="NUMBER", help="share of readings above this")
    command.add_argument("--hours", default="", type=_hours, metavar="H-H",
                         help="only these local hours, e.g. 8-17 or 8-12,13:30-16:30")
    command.add_argument("--weekdays", default="1-7", type=_weekdays, metavar="D-D", help="with --hours; Monday is 1")
    command.add_argument("--csv", action="store_true", help="a table on standard output (the default)")
    command.set_defaults(run=_statistics)


def _seconds(text: str) -> int:
    match = re.fullmatch(r"(\d+)\s*(s|min|h|d)", text.strip())
    if not match or not int(match[1]):
        raise argparse.ArgumentTypeError(f"{text!r} is not a time such as 5min, 1h or 1d")
    return int(match[1]) * UNITS[match[2]]


def _hours(text: str) -> tuple[tuple[float, float], ...]:
    from app.statistics import hours_of
    try:
        return hours_of(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no hours such as 8-17") from None


def _weekdays(text: str) -> tuple[int, ...]:
    match = re.fullmatch(r"([1-7])-([1-7])", text)
    if not match:
        raise argparse.ArgumentTypeError(f"{text!r} is not a pair of days such as 1-5")
    return tuple(range(int(match[1]) - 1, int(match[2])))


def _statistics(options) -> int:
    from app import statistics
    from app.vital_groups import INDOORS
    from app.vitals_cli import opened
    from twin import times
    session = opened(options.project, "", ("building",) if options.by in INDOORS else ())
    try:
        zone = session.document.time_zone
        span = [times.parse(t, zone) if t else None for t in (options.first, options.last)]
        table = statistics.of_property(session, statistics.Question(
            property=options.property, kind=options.by, bucket_ns=options.bucket * times.SECOND, first_ns=span[0],
            last_ns=span[1], threshold=options.over, zone=options.zone, hours=options.hours,
            weekdays=options.weekdays))
        rows = list(table.rows(zone))
        if options.json:
            print_json({"property": options.property, "observed": list(table.properties), "unit": table.unit,
                        "by": options.by, "time_zone": zone, "synthetic": synthetic(session.document),
                        "bucket_secs": options.bucket, "over": options.over, "count": len(rows), "rows": rows})
        else:
            say_so(synthetic(session.document), table=True)
            if options.property not in table.properties:
                print(tr("{name} is {properties} here", name=options.property,
                         properties=", ".join(table.properties)), file=sys.stderr)
            _print_csv(rows)
        return 0
    finally:
        session.close()


def _print_csv(rows: list[dict]) -> None:
    import csv
    names = list(rows[0]) if rows else ["group", "from", "to"]
    writer = csv.DictWriter(sys.stdout, names, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
