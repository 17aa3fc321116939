"""What is kept of sensors, rooms and elements: part of the document, so that every edit can be undone and a new issue
of a model does not lose it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, TypeVar

import numpy as np

from twin.rooms import Rooms

HAND = "hand"
PLACE_M = 0.5                        # a room of a new issue is the old one when its middle lies so near


@dataclass(frozen=True, kw_only=True)
class Binding:
    """A sensor (id of its datastream) and its room: layer of the model and GlobalId; "" = it is in no room.

    `how`: "hand", or the way it was found when it was kept. The rest says which room that was, for an issue of the
    model in which the GlobalId is another: its type, number, name, storey, and the middle in the frame.
    """

    sensor: str
    layer: str = ""
    room: str = ""
    how: Literal["hand", "guid", "number", "inside", "near"] = HAND
    type: str = ""
    number: str = ""
    name: str = ""
    storey: str = ""
    place: tuple[float, float, float] | None = None


@dataclass(frozen=True, kw_only=True)
class HostBinding:
    """A sensor (id of its datastream) and the IFC element it is on: layer of the model and GlobalId; "" = on none.

    `how` and the rest as of a `Binding`; `kind` is the element's class, `number` its tag.
    """

    sensor: str
    layer: str = ""
    element: str = ""
    how: Literal["hand", "guid"] = HAND
    kind: str = ""
    type: str = ""
    number: str = ""
    name: str = ""
    storey: str = ""
    place: tuple[float, float, float] | None = None


def binding(sensor: str, rooms: Rooms, row: int, how: str = HAND) -> Binding:
    """`row` -1 = by hand in no room."""
    if row < 0:
        return Binding(sensor=sensor, how=HAND)
    place = tuple(round(float(c), 3) for c in rooms.centre[row])
    return Binding(sensor=sensor, layer=rooms.layer[row], room=rooms.guid[row], how=how, type=rooms.type[row],
                   number=rooms.number[row], name=rooms.name[row], storey=rooms.storey[row],
                   place=place if np.isfinite(place).all() else None)


Kept = TypeVar("Kept", Binding, HostBinding)


def with_bindings(held: tuple[Kept, ...], new: Iterable[Kept]) -> tuple[Kept, ...]:
    """`held` with these put in, one for each sensor."""
    fresh = {b.sensor: b for b in new}
    kept = [fresh.pop(b.sensor, b) for b in held]
    return (*kept, *fresh.values())


def without_bindings(held: tuple[Kept, ...], sensors: Iterable[str]) -> tuple[Kept, ...]:
    gone = set(sensors)
    return tuple(b for b in held if b.sensor not in gone)


def resolved(bindings: Sequence[Binding], rooms: Rooms) -> list[int]:
    """The row of each binding's room, -1 = none.

    By GlobalId; else, where exactly one room agrees, by type, name and place; else by number, name and storey.
    """
    by_guid = {(layer, guid): row for row, (layer, guid) in enumerate(zip(rooms.layer, rooms.guid))}
    anywhere = {guid: row for row, guid in enumerate(rooms.guid)}
    return [by_guid.get((b.layer, b.room), anywhere.get(b.room, -1)) if b.room in anywhere or not b.room
            else _same_room(b, rooms) for b in bindings]


def _same_room(b: Binding, rooms: Rooms) -> int:
    mine = [r for r in range(len(rooms)) if rooms.layer[r] == b.layer and rooms.number[r] == b.number
            and rooms.name[r] == b.name]
    near = [r for r in mine if rooms.type[r] == b.type and b.place is not None
            and np.linalg.norm(rooms.centre[r] - b.place) <= PLACE_M]
    alike = [r for r in mine if rooms.storey[r] == b.storey]
    return next((found[0] for found in (near, alike) if len(found) == 1), -1)
