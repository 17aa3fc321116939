"""`citytwin where` and `citytwin touching`: places by name or coordinate, and what lies in an area of a project."""

from __future__ import annotations

import csv
import io
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np

from app.printing import print_json
from app.profile_cli import points_of
from twin.text import enumerated, tr
from twin.trouble import Trouble

COMMANDS = ("where", "touching")
MOST = 40


def add_commands(commands, shared) -> None:
    """The subcommands, for the parser of `app.cli`."""
    command = commands.add_parser("where", parents=[shared], help="find a place by name, pinyin or coordinate")
    command.add_argument("project", type=Path, metavar="PROJECT")
    command.add_argument("text", metavar="TEXT", help='for example 远香湖, yuanxiang, "121.25 31.35"')
    command.set_defaults(run=_where)

    command = commands.add_parser("touching", parents=[shared], help="list what lies in an area, near a line or near a "
                                  "layer, and has certain attributes")
    command.add_argument("project", type=Path, metavar="PROJECT")
    which = command.add_mutually_exclusive_group()
    which.add_argument("--layer", metavar="NAME", help="the shapes of a layer, by name or id: zones, pipes, houses")
    which.add_argument("--area", type=points_of, metavar='"x,y x,y …"', help="corners of a polygon")
    which.add_argument("--line", type=points_of, metavar='"x,y x,y …"', help="points of a line")
    command.add_argument("--crs", default="", metavar="EPSG:…", help="of the points (default: the project's)")
    command.add_argument("--within", type=float, default=0.0, metavar="M", help="metres around it that count too")
    command.add_argument("--of", default="", metavar="NAME", help="only features of this layer, by name or id")
    command.add_argument("--where", default="", metavar="CONDITION",
                         help="only what it holds for, e.g. \"height > 60 AND use = 'office'\"")
    command.add_argument("--csv", action="store_true", help="a table (the default)")
    command.set_defaults(run=_touching)


def opened(path: Path, named: tuple[str, ...] = ()):
    """The session of a project, with everything that it shows loaded; layers that are `named` are shown."""
    from app.discover import layer_types
    from app.edit_cli import the_one
    from app.session import Session
    from twin.project import load
    layer_types()
    project = load(path)
    document = project.document
    for name in filter(None, named):
        if layer := the_one(document.layers, name):
            document = document.with_each([layer.id, *(group.id for group in document.ancestors(layer))],
                                          lambda x: replace(x, visible=True))
    session = Session(replace(project, document=document))
    session.settle()
    return session


def _where(options) -> int:
    session = opened(options.project)
    try:
        found = [*_coordinates(session, options.text), *_names(session, options.text)]
    finally:
        session.close()
    if options.json:
        print_json({"text": options.text, "count": len(found), "places": found})
    elif not found:
        raise Trouble(tr("No place is called like that, and it is no coordinate near the project."), cause=options.text,
                      way_out=tr("Write a name of its layers, or two numbers with their system in front, such as "
                                 "EPSG:4528 40618946 3470455."))
    else:
        for place in found:
            print("  ".join(str(v) for v in (place["name"], place["layer"], f"E {place['easting']}",
                                             f"N {place['northing']}") if v))
    return 0 if found else 1


def _coordinates(session, text: str) -> list[dict]:
    from twin.coordinates import readings
    frame = session.document.frame
    return [_place(frame, f"{r.x:.10g}, {r.y:.10g}", "", None, (*r.local, 0.0), r.crs) for r in readings(text, frame)]


def _names(session, text: str) -> list[dict]:
    from app.place_names import PlaceNames
    names = PlaceNames(session)
    names.settle()
    return [_place(session.document.frame, place.title, *place.members[0], _middle(session, *place.members[0]), "")
            | {"layers": list(place.layers)} for place in names.places(text, MOST)]


def _middle(session, id: str, feature: int) -> tuple[float, float, float] | None:
    """Of one feature, from its payload; None where it has no place."""
    from app.seen_above import middle_of
    return middle_of(session, session.document.layer(id), feature)


def _place(frame, name: str, layer: str, feature: int | None, at, crs: str) -> dict:
    known = None if at is None else frame.to_project([at])[0]
    return {"name": name, "layer": layer, "feature": feature, "crs": crs or frame.crs,
            "easting": None if known is None else round(float(known[0]), 3),
            "northing": None if known is None else round(float(known[1]), 3)}


def _touching(options) -> int:
    from app.ifc_cli import write
    from app.nearby import not_asked, things
    session = opened(options.project, (options.layer, options.of))
    try:
        hidden = [layer.name for layer in not_asked(session)] if not options.of else []
        found = _narrowed(session, _found(session, options), options)
        rows = [{"name": t.name, "class": t.kind, "layer": t.layer, "feature": t.feature}
                for t in things(session, found, sum(map(len, found.values())))]
    finally:
        session.close()
    if options.json:
        print_json({"count": len(rows), "features": rows, "hidden_layers": hidden})
        return 0
    if hidden:
        print(tr("Hidden layers were not searched:"), enumerated(hidden), file=sys.stderr)
    out = io.StringIO()
    writer = csv.DictWriter(out, ("name", "class", "layer", "feature"), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    write(out.getvalue())
    return 0


def _narrowed(session, found: dict[str, np.ndarray], options) -> dict[str, np.ndarray]:
    from app.edit_cli import any_layer
    from app.narrowing import narrowed
    assets = {layer: session.asset(layer) for layer in found}
    tables = {layer: asset.payload.features for layer, asset in assets.items() if asset and asset.payload}
    only = any_layer(session.document, options.of).id if options.of else ""
    return narrowed(found, tables, only, options.where, session.document.words)[0]


def _found(session, options) -> dict[str, np.ndarray]:
    """What touches that of which the options speak; without any, every feature that is shown."""
    from app.nearby import every_feature, parts_of
    from cim.touching import touching
    if not (options.layer or options.area or options.line):
        return every_feature(session)
    area, without = _area(session, options)
    area = area.in_grid(session.document.frame)
    job = session.jobs.wait(session.jobs.start(touching, list(area.shapes), area.within_m,
                                               parts_of(session, area, without), label="touching"))
    if job.error:
        raise job.error
    return job.result


def _area(session, options):
    """(area, ids of layers that are not asked). Raises Trouble for a layer without shapes."""
    from app.edit_cli import any_layer
    from app.nearby import Area, area_of
    if not options.layer:
        x, y = zip(*(options.area or options.line))
        points = session.document.frame.to_local(x, y, crs=options.crs)[:, :2]
        made = Area.inside if options.area else Area.along
        return made(points, options.within), frozenset()
    layer = any_layer(session.document, options.layer)
    area = area_of(session, layer, (), options.within)
    if area is None:
        raise Trouble(tr("The layer {name} has no shapes.", name=options.layer),
                      way_out=tr("Name a layer of zones, lines, points or buildings, or give --area or --line."))
    return area, frozenset([layer.id])
