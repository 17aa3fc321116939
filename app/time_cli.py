"""`citytwin bookmarks`: the named instants of a project, from the command line."""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path

from app.printing import print_json

COMMANDS = ("bookmarks",)


def add_commands(commands, shared: argparse.ArgumentParser) -> None:
    command = commands.add_parser("bookmarks", parents=[shared], help="list, add or remove a project's named instants")
    command.add_argument("project", type=Path, metavar="PROJECT")
    command.add_argument("--add", action="append", default=[], type=_named, metavar="NAME=ISO8601")
    command.add_argument("--remove", action="append", default=[], metavar="NAME")
    command.set_defaults(run=_bookmarks)


def _named(text: str) -> tuple[str, str]:
    name, mark, time = text.rpartition("=")
    if not mark or not name.strip():
        raise argparse.ArgumentTypeError(f"{text!r} is not NAME=ISO8601")
    return name.strip(), time


def _bookmarks(options) -> int:
    from app.discover import layer_types
    from twin import times
    from twin.document import Bookmark
    from twin.layer import new_id
    from twin.project import load, save
    from twin.text import tr
    layer_types()
    project = load(options.project)
    document, zone = project.document, project.document.time_zone
    for name in options.remove:
        document = document.without_bookmark(_known(document, name).id)
    for name, time in options.add:
        at = times.iso(times.parse(time, zone), zone)
        document = document.with_bookmark(Bookmark(id=new_id("bookmark"), name=name, time=at))
    if document != project.document:
        save(replace(project, document=document), options.project)
    rows = [{"name": b.name, "name_zh": b.name_zh, "time": b.time} for b in document.bookmarks]
    if options.json:
        print_json({"project": str(options.project), "time_zone": zone, "bookmarks": rows})
    else:
        for row in rows:
            print(f"{row['time']}  {row['name']}{'  ' + row['name_zh'] if row['name_zh'] else ''}")
        if not rows:
            print(tr("No bookmarks yet: --add NAME=TIME adds one."))
    return 0


def _known(document, name: str):
    from twin.text import tr
    from twin.trouble import Trouble
    found = next((b for b in document.bookmarks if name in (b.id, b.name, b.name_zh)), None)
    if found is None:
        known = ", ".join(b.name for b in document.bookmarks) or tr("none")
        raise Trouble(tr("There is no bookmark called {name}.", name=name),
                      way_out=tr("Bookmarks: {known}.", known=known))
    return found
