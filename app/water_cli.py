"""`citytwin water`: the water surfaces of a project at an instant: level, depth, area, volume of each sensor."""

from __future__ import annotations

from pathlib import Path

from app.printing import print_json

COMMANDS = ("water",)


def add_commands(commands, shared) -> None:
    command = commands.add_parser("water", parents=[shared], help="water that stands by sensors of depth or level",
                                  description="Prints level, depth, area and volume of every water surface.")
    command.add_argument("project", type=Path, metavar="PROJECT")
    command.add_argument("--time", default="", metavar="ISO8601", help="at that instant (default: the project's)")
    command.add_argument("--layer", default="", metavar="NAME", help="only this layer, by name or id")
    command.add_argument("--of", default="", metavar="NAME", help="first add the water surface of this sensor layer")
    command.set_defaults(run=_water)


def _water(options) -> int:
    from app.discover import layer_types
    from app.session import Session
    from app.timing import instant
    from app.water_surfaces import add_surface, told
    from twin import times
    from twin.project import load
    layer_types()
    session = Session(load(options.project))
    try:
        if options.of:
            id = _named(session, options.of, "sensors")
            session.asset(id)
            session.settle(only=("sensors",))
            options.layer = add_surface(session, id).id
            session.save(options.project)
        wanted = [_named(session, options.layer, "flood")] if options.layer else \
            [x.id for x in session.document.layers if x.kind == "flood"]
        for id in wanted:
            session.asset(id)
        session.settle(only=("terrain", "flood"))
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
