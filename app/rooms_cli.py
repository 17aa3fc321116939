"""`citytwin ifc rooms`: the rooms of a project's models, the sensors in them, and the sensors that have no room."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from app.printing import print_json


def add_rooms(inside, shared: argparse.ArgumentParser) -> None:
    command = inside.add_parser(
        "rooms", parents=[shared], help="rooms of a project with their sensors, and sensors without a room",
        description="Says of every room which sensors are in it and how they came there: by hand, by GlobalId, by room "
                    "number, or by where they stand; and of every sensor without a room why it has none.")
    command.add_argument("project", type=Path, metavar="PROJECT")
    command.set_defaults(run=_rooms)


def _rooms(options) -> int:
    from app.discover import layer_types
    from app.session import Session
    from twin.project import load
    layer_types()
    session = Session(load(options.project))
    try:
        session.settle(only=("building", "sensors", "terrain"))
        found = report(session.rooms.now)
    finally:
        session.close()
    if options.json:
        print_json({"project": str(options.project), **found})
        return 0
    for room in found["rooms"]:
        words = ", ".join(f"{s['id']} ({s['how']})" for s in room["sensors"])
        print("  ".join(filter(None, (room["guid"], room["number"], room["name"], room["storey"], words))))
    for lost in found["unbound"]:
        print("  ".join(filter(None, ("?", lost["id"], lost["reason"], *(r["number"] for r in lost["candidates"])))))
    print(", ".join(f"{n:,} {words}" for words, n in found["counts"].items()), file=sys.stderr)
    return 0


def report(indoors) -> dict:
    """Of `twin.indoors.Indoors`: {"counts", "rooms", "unbound"} as JSON values."""
    from app.binding import sensor, unbound
    rooms = indoors.rooms
    by_room: dict[int, list[dict]] = {}
    for lot in indoors.lots:
        for row in (lot.members.room >= 0).nonzero()[0].tolist():
            said = sensor(lot, row)
            by_room.setdefault(int(lot.members.room[row]), []).append(
                {"id": said.id, "name": said.name, "property": said.observed, "how": said.how})
    lost = [{"id": s.id, "name": s.name, "property": s.observed, "reason": s.how,
             "candidates": [{"guid": rooms.guid[r], "number": rooms.number[r], "storey": rooms.storey[r]}
                            for r in s.rooms]} for s in unbound(indoors)]
    listed = [{"guid": rooms.guid[r], "layer": rooms.layer[r], "number": rooms.number[r], "name": rooms.name[r],
               "storey": rooms.storey[r], "area_m2": round(float(rooms.area[r]), 2), "sensors": by_room.get(r, [])}
              for r in range(len(rooms))]
    total = sum(len(lot.members.room) for lot in indoors.lots)
    bound = sum(map(len, by_room.values()))
    return {"counts": {"rooms": len(rooms), "with_sensors": len(by_room), "bound": bound, "unbound": len(lost),
                       "outside": total - bound - len(lost)}, "rooms": listed, "unbound": lost}
