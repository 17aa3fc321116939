"""`citytwin package`: one incident with everything that proves it in one file, and the check of such a file."""

from __future__ import annotations

from pathlib import Path

from app.ifc_cli import in_worker
from app.printing import print_json

COMMANDS = ("package",)
STALL_SECS = 900.0                       # drawing says nothing for long on a slow machine


def add_commands(commands, shared) -> None:
    command = commands.add_parser(
        "package", parents=[shared], help="pack an incident with its data, pictures and report; check a package",
        description="Packs the project, the readings around the incident, pictures, and a report (HTML, PDF), with "
                    "SHA-256 sums and the numbers that they prove. --verify computes these numbers anew from a "
                    "package: exit status 0 when they are the same, 1 when not.")
    command.add_argument("project", nargs="?", type=Path, metavar="PROJECT")
    command.add_argument("--incident", default="", metavar="NUMBER")
    command.add_argument("--out", type=Path, metavar="FILE.zip")
    command.add_argument("--verify", type=Path, metavar="FILE.zip")
    command.set_defaults(run=_package)


def _package(options) -> int:
    from twin.text import language, tr
    from twin.trouble import Trouble
    if options.verify:
        return _verify(options)
    if not (options.project and options.incident and options.out):
        raise Trouble(tr("A package needs a project, --incident and --out."),
                      way_out=tr("For example: citytwin package a.twin.json --incident 2026-0715-01 --out i.zip"))
    from app.packaging import package
    made = in_worker(package, options.project, options.incident, str(options.out.absolute()), language(),
                     stall_secs=STALL_SECS)
    if options.json:
        print_json({"out": str(options.out), **made})
    else:
        print(f"{options.out}  " + tr("{files} files, {readings} readings", files=len(made["files"]),
                                      readings=f"{made['readings']:,}"))
    return 0


def _verify(options) -> int:
    from app.packaging import verify
    from twin.text import once, tr
    found = in_worker(verify, options.verify, stall_secs=STALL_SECS)
    if options.json:
        print_json(found)
    else:
        said = tr("the same numbers") if found["same"] else tr("DIFFERENT") + ": " + ", ".join(found["differences"])
        print(f"{found['incident']}  {once(found['title'])}: {said}")
    return 0 if found["same"] else 1
