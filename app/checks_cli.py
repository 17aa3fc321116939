"""`citytwin ifc check`: a model against an IDS and against the schema, answered in a worker."""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path

from app.ifc_cli import in_worker
from app.printing import print_json

FAILED = 3                              # exit status: the file was read, and something in it fails
MARKS = {"passed": "ok  ", "failed": "FAIL", "not_applicable": "-   ", "skipped": "skip"}
STALL_SECS = 900.0                      # the rules of a large model are silent for long
MOST_LINES = 20                         # of one check, in the text for people


def add_check(inside, shared: argparse.ArgumentParser) -> None:
    command = inside.add_parser(
        "check", parents=[shared], help="check against an IDS and against the schema",
        description="Checks a model against the schema of IFC and, with --ids, against an information delivery "
                    "specification. Exit status: 0 everything passes, 3 something fails, 1 a file could not be read, "
                    "2 wrong call.")
    command.add_argument("file", type=Path, metavar="FILE.ifc")
    command.add_argument("--ids", type=Path, metavar="FILE.ids", help="the specification; needs citytwin[checks]")
    command.add_argument("--rules", action="store_true",
                         help="the where-rules of the schema too (about three times as long; needs citytwin[checks])")
    command.set_defaults(run=_check)


def _check(options) -> int:
    from bim.checks import check
    ids = str(options.ids.absolute()) if options.ids else ""
    found = in_worker(check, options.file, ids, options.rules, stall_secs=STALL_SECS)
    if options.json:
        print_json(found.as_dict() | {"path": str(options.file)})
    else:
        _print(found)
    return 0 if found.ok else FAILED


def _print(found) -> None:
    rows = found.rows.filter(_not(found.rows.column("passed"))).to_pylist()
    for at, check in enumerate(found.checks):
        counts = f"{check['failed']:,} of {check['applicable']:,} fail" if check["failed"] else \
            f"{check['applicable']:,} checked" if check["source"] == "ids" else ""
        print("  ".join(filter(None, (MARKS[check["status"]], check["name"], counts, check.get("reason") or ""))))
        mine = [row for row in rows if row["check"] == at]
        for row in mine[:MOST_LINES]:
            asked = row["requirement"] if check["source"] == "ids" else None
            print("  ".join(filter(None, ("     ", row["guid"] or f"#{row['entity']}", row["class"], row["name"], asked,
                                          _plain(row["reason"])))))
        if len(mine) > MOST_LINES:
            print(f"        … {len(mine) - MOST_LINES:,} more (--json lists all)")
    for note in found.notes:
        print(note)
    print("passes" if found.ok else "fails", file=sys.stderr)


def _plain(reason: str | None) -> str:
    """In one line, without the marks that the validator puts under what it means: they stand under nothing here."""
    return " ".join(re.sub(r"\^+", " ", reason or "").split())


def _not(column):
    import pyarrow.compute as pc
    return pc.invert(column)

