"""`citytwin bookmarks` and `citytwin begins`: named instants, and when recordings began, from the command line."""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path

from app.printing import print_json

COMMANDS = ("bookmarks", "begins")


def add_commands(commands, shared: argparse.ArgumentParser) -> None:
    command = commands.add_parser("bookmarks", parents=[shared], help="list, add or remove a project's named instants")
    command.add_argument("project", type=Path, metavar="PROJECT")
    command.add_argument("--add", action="append", default=[], type=_named, metavar="NAME=ISO8601")
    command.add_argument("--remove", action="append", default=[], metavar="NAME")
    command.set_defaults(run=_bookmarks)

    command = commands.add_parser("begins", parents=[shared], help="say when recordings began whose times only count "
                                  "from a start")
    command.add_argument("project", type=Path, metavar="PROJECT")
    command.add_argument("--layer", default="", metavar="NAME", help="by name or id (default: list all)")
    command.add_argument("--set", dest="begins", metavar="ISO8601", help="empty = as the file says")
    command.set_defaults(run=_begins)


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


def _begins(options) -> int:
    from app.beginnings import STEP, begun, dated, may_count
    from app.discover import layer_types
    from app.edit_cli import layer_named
    from app.session import Session
    from twin.project import load
    from twin.text import tr
    from twin.trouble import Trouble
    layer_types()
    if options.begins is not None and not options.layer:
        raise Trouble(tr("Of which layer?"), way_out=tr("Name it with --layer."))
    session = Session(load(options.project))
    try:
        document = session.document
        layers = [x for x in document.layers if may_count(x)]
        if options.layer:
            layers = [layer_named(document, options.layer, tuple({x.kind for x in document.layers}))]
        ids = tuple(x.id for x in layers)
        session.settle(only=ids) if ids else None
        if options.begins is not None:
            if _begin(session, layers[0]) is None:
                raise dated(layers[0])
            session.edits.commit(begun(document, layers[0].id, options.begins), STEP)
            session.settle(only=ids)
            session.save(options.project)
        rows = [row for layer in layers if (row := _begin(session, layer))]
    finally:
        session.close()
    if options.json:
        print_json({"project": str(options.project), "time_zone": document.time_zone, "layers": rows})
    else:
        said = "\n".join(map(_begin_words, rows))
        print(said or tr("No layer of this project has times that count from a start."))
    return 0


def _begin(session, layer) -> dict | None:
    """None for a layer whose times are its file's own."""
    from app.beginnings import counts
    from twin import times
    asset, zone = session.held(layer.id), session.document.time_zone
    layer = session.document.layer(layer.id)
    row = {"layer": layer.id, "name": layer.name, "begins": layer.source.begins, "span": None, "error": ""}
    if asset is None or asset.payload is None:
        return row | {"error": str(asset.error) if asset and asset.error else ""}
    if not counts(layer, asset.payload, zone):
        return None
    return row | {"span": [times.iso(t, zone) for t in asset.payload.history.span_ns]}


def _begin_words(row: dict) -> str:
    from twin.text import tr
    how = row["error"] or (tr("as the project says") if row["begins"] else tr("as its file says"))
    return f"{' – '.join(row['span'] or ('?', '?'))}  {row['name']}  ({how})"
