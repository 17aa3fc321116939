"""`citytwin water`: water surfaces at an instant; `citytwin look`: a sensor layer shown as what it measures."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from app.printing import print_json

COMMANDS = ("water", "look")


def add_commands(commands, shared) -> None:
    command = commands.add_parser("water", parents=[shared], help="water that stands by sensors of depth or level",
                                  description="Prints level, depth, area and volume of every water surface.")
    command.add_argument("project", type=Path, metavar="PROJECT")
    command.add_argument("--time", default="", metavar="ISO8601", help="at that instant (default: the project's)")
    command.add_argument("--layer", default="", metavar="NAME", help="only this layer, by name or id")
    command.set_defaults(run=_water)

    command = commands.add_parser("look", parents=[shared],
                                  help="show a layer as water, wind, traffic, equipment or roadside",
                                  description="Adds a layer over the same readings and writes the project anew.")
    command.add_argument("project", type=Path, metavar="PROJECT")
    command.add_argument("--layer", required=True, metavar="NAME", help="a sensor layer, or points, by name or id")
    command.add_argument("--as", dest="look", required=True,
                         choices=("water", "wind", "flows", "equipment", "roadside"))
    command.add_argument("--vehicles", default="", metavar="NAME",
                         help="whom a roadside hears (default: those shown)")
    command.set_defaults(run=_look)


def _look(options) -> int:
    from app.discover import layer_types
    from app.looks import add_look
    from app.session import Session
    from twin.project import load
    layer_types()
    session = Session(load(options.project))
    try:
        id = _named(session, options.layer, "vectors" if options.look == "roadside" else "sensors")
        session.settle(only=(id,))
        fresh = add_look(session, id, options.look)
        if options.look == "roadside" and options.vehicles:
            fresh = replace(fresh, vehicles=_named(session, options.vehicles, "vehicles"))
            session.edits.commit(session.document.with_layer(fresh), "New look")
        session.save(options.project)
    finally:
        session.close()
    print_json({"layer": fresh.id, "name": fresh.name}) if options.json else print(f"{fresh.id}  {fresh.name}")
    return 0


def _water(options) -> int:
    from app.discover import layer_types
    from app.session import Session
    from app.timing import instant
    from app.water_surfaces import told
    from twin import times
    from twin.project import load
    layer_types()
    session = Session(load(options.project))
    try:
        wanted = [_named(session, options.layer, "flood")] if options.layer else \
            [x.id for x in session.document.layers if x.kind == "flood"]
        session.settle(only=("terrain", *wanted))
        if options.time:
            session.clock.go_to(instant(session.document, options.time))
        rows = {id: told(session, session.document.layer(id)) for id in wanted}
        now = times.iso(session.clock.now_ns, session.document.time_zone)
        _print(options, session, rows, now)
    finally:
        session.close()
    return 0


def _print(options, session, rows: dict[str, list[dict]], now: str) -> None:
    if options.json:
        print_json({"time": now, "layers": [{"id": id, "name": session.document.layer(id).name, "surfaces": found}
                                            for id, found in rows.items()]})
        return
    print(now)
    for id, found in rows.items():
        for row in found:
            value = "–" if row["value"] is None else f"{row['value']:g} {row['unit']}"
            words = "" if not row["area_m2"] else f"{row['area_m2']:10,.1f} m² {row['volume_m3']:10,.1f} m³"
            print(f"{id:26} {row['sensor']:32} {value:>10}  {row['level'] or 'silent':7} {words}")


def _named(session, name: str, kind: str) -> str:
    from twin.text import tr
    from twin.trouble import Trouble
    known = [x for x in session.document.layers if x.kind == kind]
    found = next((x.id for x in known if name in (x.id, x.name, x.name_zh)), None)
    if found is None:
        raise Trouble(tr("There is no such layer to do this with: {name}.", name=name),
                      way_out=tr("Layers: {known}.", known=", ".join(x.name for x in known[:20]) or tr("none")))
    return found
