"""`citytwin reach`: who reaches a facility on foot within some minutes, along the streets."""

from __future__ import annotations

from pathlib import Path

from app.printing import counted, print_json

COMMANDS = ("reach",)


def add_commands(commands, shared) -> None:
    command = commands.add_parser(
        "reach", parents=[shared], help="who reaches a facility on foot (the 15-minute circle)",
        description="Distances follow the streets. Writes reach.fgb: a point over every building that people live in. "
                    "Layers are named by id or name.")
    command.add_argument("project", type=Path, metavar="PROJECT")
    command.add_argument("--streets", required=True, metavar="LAYER")
    command.add_argument("--to", required=True, metavar="LAYER", help="the facilities")
    command.add_argument("--of", required=True, metavar="LAYER", help="the buildings")
    command.add_argument("--minutes", type=float, default=15.0, metavar="MIN")
    command.add_argument("--speed", type=float, default=1.2, metavar="M/S")
    command.add_argument("--add", action="append", default=[], metavar="E,N", help="what if a facility stood there")
    command.add_argument("--out", required=True, type=Path, metavar="FOLDER")
    command.set_defaults(run=_reach)


def _reach(options) -> int:
    from app.discover import layer_types
    from app.reach_study import Question, compute, gather
    from app.session import Session
    from app.sun_cli import place_of_words
    from twin.project import load
    layer_types()
    project = load(options.project)
    session = Session(project)
    try:
        ids = [_layer(project.document, name) for name in (options.streets, options.to, options.of)]
        session.settle(only=("terrain", "zones", *ids))
        question = Question(streets=ids[0], facilities=ids[1], dwellings=ids[2], minutes=options.minutes,
                            speed_ms=options.speed,
                            added=tuple(place_of_words(words, project.document.frame) for words in options.add))
        town = gather(session, question)
    finally:
        session.close()
    report = {"out": str(options.out), **compute(town, question, str(options.out), lambda *_: None)}
    if options.json:
        print_json(report)
    else:
        rows = [("all", report), *report["zones"].items(), *((area["name"], area) for area in report["areas"])]
        for name, row in rows:
            share = "–" if row["covered_percent"] is None else f"{row['covered_percent']:.1f} %"
            print(f"{name:32} {share:>8} of {row['people']:,.0f} people within {report['minutes']:g} min")
        print(f"{counted(report['facilities'], 'facility', 'facilities')}, "
              f"{counted(report['out_of_reach'], 'building')} out of reach")
    return 0


def _layer(document, name: str) -> str:
    from twin.text import tr
    from twin.trouble import Trouble
    found = next((x.id for x in document.layers if name in (x.id, x.name, x.name_zh) and x.kind != "group"), None)
    if found is None:
        raise Trouble(tr("There is no layer called {name}.", name=name), way_out=tr("Check the name."))
    return found
