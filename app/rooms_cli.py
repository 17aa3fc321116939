"""`citytwin ifc rooms` and `citytwin ifc bind`: the rooms and elements of a project's models with their sensors, and
the sensors that have no room.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from app.printing import print_json

KINDS = ("building", "sensors", "terrain")       # of the layers that rooms and elements come from

def add_rooms(inside, shared: argparse.ArgumentParser) -> None:
    command = inside.add_parser(
        "rooms", parents=[shared], help="rooms and elements of a project with their sensors; sensors without a room",
        description="Says of every room which sensors are in it and how they came there: by hand, by GlobalId, by room "
                    "number, or by where they stand; of every element that carries sensors likewise; and of every "
                    "sensor without a room why it has none.")
    command.add_argument("project", type=Path, metavar="PROJECT")
    command.add_argument("--time", default="", metavar="T", help="adds what each sensor on an element said last, then")
    command.set_defaults(run=_rooms)

    command = inside.add_parser("bind", parents=[shared],
                                help="put sensors of a project on an element, or take them off")
    command.add_argument("project", type=Path, metavar="PROJECT")
    command.add_argument("sensors", nargs="+", metavar="DATASTREAM")
    where = command.add_mutually_exclusive_group(required=True)
    where.add_argument("--element", metavar="GLOBALID")
    where.add_argument("--off", action="store_true", help="on no element any more")
    command.set_defaults(run=_bind)


def _rooms(options) -> int:
    session = _settled(options.project)
    try:
        found = {**report(session.rooms.now), "elements": elements(session, options.time)}
        found["counts"] |= {"elements": len(found["elements"]),
                            "on_elements": sum(len(e["sensors"]) for e in found["elements"])}
        found["unbound"] += lost(session.hosts.now)
    finally:
        session.close()
    if options.json:
        print_json({"project": str(options.project), **found})
        return 0
    for room in found["rooms"]:
        words = ", ".join(f"{s['id']} ({s['how']})" for s in room["sensors"])
        print("  ".join(filter(None, (room["guid"], room["number"], room["name"], room["storey"], words))))
    for element in found["elements"]:
        words = ", ".join(f"{s['id']} ({s['how']})" for s in element["sensors"])
        print("  ".join(filter(None, (element["guid"], element["class"], element["name"], element["storey"], words))))
    for homeless in found["unbound"]:
        numbers = [r["number"] for r in homeless["candidates"]]
        print("  ".join(filter(None, ("?", homeless["id"], homeless["reason"], *numbers))))
    print(", ".join(f"{n:,} {words}" for words, n in found["counts"].items()), file=sys.stderr)
    return 0


def report(indoors) -> dict:
    """Of `twin.indoors.Indoors`: {"counts", "rooms", "unbound"} as JSON values."""
    from app.binding import sensor
    rooms = indoors.rooms
    by_room: dict[int, list[dict]] = {}
    for lot in indoors.lots:
        for row in (lot.members.room >= 0).nonzero()[0].tolist():
            said = sensor(lot, row)
            by_room.setdefault(int(lot.members.room[row]), []).append(
                {"id": said.id, "name": said.name, "property": said.observed, "how": said.how})
    unbound = lost(indoors)
    listed = [{"guid": rooms.guid[r], "layer": rooms.layer[r], "number": rooms.number[r], "name": rooms.name[r],
               "storey": rooms.storey[r], "area_m2": round(float(rooms.area[r]), 2), "sensors": by_room.get(r, [])}
              for r in range(len(rooms))]
    total = sum(len(lot.members.room) for lot in indoors.lots)
    bound = sum(map(len, by_room.values()))
    return {"counts": {"rooms": len(rooms), "with_sensors": len(by_room), "bound": bound, "unbound": len(unbound),
                       "outside": total - bound - len(unbound)}, "rooms": listed, "unbound": unbound}


def lost(indoors) -> list[dict]:
    """Sensors without the room or element that they should have, as JSON values."""
    from app.binding import unbound
    rooms = indoors.rooms
    return [{"id": s.id, "name": s.name, "property": s.observed, "reason": s.how,
             "candidates": [{"guid": rooms.guid[r], "number": rooms.number[r], "storey": rooms.storey[r]}
                            for r in s.rooms]} for s in unbound(indoors)]


def elements(session, time_text: str = "") -> list[dict]:
    """Those that carry sensors, with the middle of each in the project's CRS, and what the sensors said last at a time.
    """
    from app import timing
    from app.binding import sensor
    from app.panels.facts import reading_at, stale_secs_of
    now, origin, found = session.hosts.now, session.document.frame.origin, []
    at_ns = timing.instant(session.document, time_text) if time_text else 0
    for row in range(len(now.rooms)):
        hosts, said = now.rooms, []
        for lot, at in now.sensors_in(row):
            one = sensor(lot, at)
            said.append({"id": one.id, "name": one.name, "property": one.observed, "how": one.how})
            if at_ns and lot.payload.history is not None:
                shown = session.document.layer(session.rooms.shown_in(lot, at))
                reading = reading_at(lot.payload.history.series(at), at_ns, stale_secs_of(shown))
                held = None if reading.state == "no data" else float(f"{reading.value:.7g}")
                said[-1] |= {"value": held, "unit": lot.words("unit")[at], "state": reading.state}
        place = [round(float(c + o), 3) for c, o in zip(hosts.centre[row], origin)]
        found.append({"guid": hosts.guid[row], "layer": hosts.layer[row], "class": hosts.kind[row],
                      "name": hosts.name[row], "tag": hosts.number[row], "storey": hosts.storey[row],
                      "place": place if place[0] == place[0] else None, "sensors": said})
    return found


def _bind(options) -> int:
    from app import binding
    session = _settled(options.project)
    try:
        known = {id for lot in session.hosts.now.lots for id in lot.words("id")}
        _known(options.sensors, known)
        if options.off:
            binding.take_off(session, options.sensors)
        else:
            session.hosts.look_for(options.element)
            session.settle(only=KINDS)
            binding.put_on(session, options.sensors, *_element(session, options.element))
        session.save(options.project)
        session.tick(0.0)
        found = elements(session)
    finally:
        session.close()
    if options.json:
        print_json({"project": str(options.project), "elements": found})
    else:
        for element in found:
            print("  ".join(filter(None, (element["guid"], element["class"], element["name"],
                                          ", ".join(s["id"] for s in element["sensors"])))))
    return 0


def _known(sensors: list[str], known: set[str]) -> None:
    """Raises Trouble for a datastream that the project does not have."""
    from twin.text import tr
    from twin.trouble import Trouble
    if missing := [id for id in sensors if id not in known]:
        raise Trouble(tr("There is no such datastream: {names}.", names=", ".join(missing)),
                      way_out=tr("Known: {names}.", names=", ".join(sorted(known)[:10]) or tr("none")))


def _element(session, guid: str) -> tuple[str, int]:
    """(layer, row in its model's table) of an element by its GlobalId. Raises Trouble where no model has it."""
    from twin.text import tr
    from twin.trouble import Trouble
    for layer in session.document.layers:
        model = session.hosts.model_of(layer.id)
        at = model.row_of(guid) if model else -1
        if at >= 0:
            return layer.id, at
    raise Trouble(tr("No model of the project has an element {guid}.", guid=guid),
                  way_out=tr("`citytwin ifc query FILE.ifc SELECTOR` lists elements with their GlobalIds."))


def _settled(project: Path):
    """A session that has read what rooms and elements come from."""
    from app.discover import layer_types
    from app.session import Session
    from twin.project import load
    layer_types()
    session = Session(load(project))
    session.settle(only=KINDS)
    for layer in session.document.layers:
        asset = session.held(layer.id)
        if layer.kind in KINDS and asset is not None and asset.error:
            print(f"{layer.name}: {asset.error}", file=sys.stderr)
    return session
