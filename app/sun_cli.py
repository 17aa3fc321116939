"""`citytwin sun`: hours of sun on a day, on the ground and at the lowest windows of every building around a place."""

from __future__ import annotations

from pathlib import Path

from app.printing import counted, print_json

COMMANDS = ("sun",)


def add_commands(commands, shared) -> None:
    command = commands.add_parser(
        "sun", parents=[shared], help="hours of sun of a day, on the ground and at windows",
        description="Looks at what the project shows; --hide and --show change that, to compare proposals. Writes "
                    "ground.fgb and facades.fgb (a point every 4 m along the walls, 0.9 m above their foot).")
    command.add_argument("project", type=Path, metavar="PROJECT")
    command.add_argument("--date", required=True, metavar="YYYY-MM-DD")
    command.add_argument("--around", required=True, metavar="E,N", help="easting and northing in the project CRS")
    command.add_argument("--radius", type=float, default=250.0, metavar="M")
    command.add_argument("--spacing", type=float, default=5.0, metavar="M", help="of the places on the ground")
    command.add_argument("--from", dest="first", default="00:00", metavar="HH:MM")
    command.add_argument("--to", dest="last", default="24:00", metavar="HH:MM")
    command.add_argument("--step", type=float, default=10.0, metavar="MINUTES")
    command.add_argument("--limit-hours", type=float, default=0.0, metavar="H", help="sun without a break, by a rule")
    command.add_argument("--hide", action="append", default=[], metavar="LAYER", help="id or name of a layer")
    command.add_argument("--show", action="append", default=[], metavar="LAYER")
    command.add_argument("--out", required=True, type=Path, metavar="FOLDER")
    command.set_defaults(run=_sun)


def _sun(options) -> int:
    from app.discover import layer_types
    from app.session import Session
    from app.sun_study import Question, compute, gather
    from twin.project import load
    layer_types()
    project = load(options.project)
    session = Session(project)
    try:
        for names, visible in ((options.hide, False), (options.show, True)):
            _set_visible(session, names, visible)
        session.settle(only=("terrain", "city", "building", "tiles"))
        question = Question(date=options.date, middle=place_of_words(options.around, project.document.frame),
                            radius_m=options.radius, spacing_m=options.spacing, first=options.first, last=options.last,
                            step_minutes=options.step, limit_hours=options.limit_hours)
        place = gather(session, question)
    finally:
        session.close()
    report = {"out": str(options.out), **compute(place, question, str(options.out), lambda *_: None)}
    if options.json:
        print_json(report)
    else:
        for house in report["buildings"]:
            word = {None: "", True: "  reaches the limit", False: "  BELOW THE LIMIT"}[house["reaches_limit"]]
            print(f"{house['id']:24} {house['name']:24} most {house['most_hours']:5.2f} h, "
                  f"without a break {house['longest_hours']:5.2f} h{word}")
        print(f"{counted(len(report['buildings']), 'building')}; the ground has "
              f"{report['ground']['mean_hours']:.2f} of {report['sun_up_hours']:.2f} h")
    return 0


def place_of_words(words: str, frame) -> tuple[float, float]:
    from twin.text import tr
    from twin.trouble import Trouble
    try:
        e, n = (float(part) for part in words.split(","))
    except ValueError:
        raise Trouble(tr("“{text}” is not a place.", text=words),
                      way_out=tr("Write easting and northing: 621000,3470500")) from None
    return e - frame.origin[0], n - frame.origin[1]


def _set_visible(session, names: list[str], visible: bool) -> None:
    from dataclasses import replace

    from twin.text import tr
    from twin.trouble import Trouble
    for name in names:
        found = [x.id for x in session.document.layers if name in (x.id, x.name, x.name_zh)]
        if not found:
            raise Trouble(tr("There is no layer called {name}.", name=name), way_out=tr("Check the name."))
        ids = set(found) | {g.id for id in found for g in session.document.ancestors(session.document.layer(id))} \
            if visible else set(found)
        session.edits.commit(session.document.with_each(ids, lambda x: replace(x, visible=visible)), "Show")
