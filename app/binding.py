"""Rooms and sensors: what gestures and commands do to the document. Each is one edit."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from app.session import Session
from layers.room_colors import RoomColors
from twin.bindings import HAND, binding, with_bindings, without_bindings
from twin.column_words import property_words
from twin.indoors import Indoors, Lot
from twin.memberships import BOUND, BY_HAND, CODE
from twin.text import tr
from twin.trouble import Trouble

REASONS = {"nowhere": "It stands in no room", "several": "It could be in several rooms",
           "unknown_guid": "Its GlobalId is no room here", "unknown_number": "Its room number is not known here",
           "hand": "In no room, as somebody said"}
WAYS = {"hand": "By hand", "guid": "GlobalId", "number": "Room number", "inside": "Stands in it",
        "near": "In its wall", "kept": "Kept from an older issue"}


@dataclass(frozen=True)
class Bound:
    """One datastream of a room, or one that has none: `rooms` are those that come into question."""

    lot: Lot
    row: int
    id: str
    name: str
    observed: str
    how: str
    rooms: tuple[int, ...] = ()


def sensor(lot: Lot, row: int) -> Bound:
    held = lot.payload.features

    def cell(name: str) -> str:
        return str(held.column(name)[row].as_py() or "") if held is not None and name in held.column_names else ""
    return Bound(lot, row, cell("id"), cell("name") or cell("id"), cell("property"), lot.members.words(row),
                 lot.members.others.get(row, ()))


def unbound(indoors: Indoors) -> list[Bound]:
    """Every datastream that should be in a room and is in none, or in several."""
    return [sensor(lot, int(row)) for lot in indoors.lots for row in lot.members.unbound()]


def sent_away(indoors: Indoors) -> list[Bound]:
    """Those of which somebody said that they are in no room."""
    return [sensor(lot, int(row)) for lot in indoors.lots
            for row in np.flatnonzero((lot.members.how == CODE[BY_HAND]) & (lot.members.room < 0))]


# -- edits ---------------------------------------------------------------------------------------------


def assign(session: Session, sensors: Iterable[Bound], room: int) -> None:
    """By hand: into this room of `session.rooms.now`, -1 = in no room."""
    rooms = session.rooms.now.rooms
    _bind(session, [binding(s.id, rooms, room) for s in sensors], "Assign to a room")


def take_suggestions(session: Session, sensors: Iterable[Bound]) -> int:
    """Those that have one room in question get it; returns how many."""
    rooms = session.rooms.now.rooms
    fresh = [binding(s.id, rooms, s.rooms[0]) for s in sensors if len(s.rooms) == 1]
    _bind(session, fresh, "Assign to rooms")
    return len(fresh)


def keep_found(session: Session) -> int:
    """Write down every room that was found, so that a new issue of the model finds it again; returns how many."""
    rooms, by_hand = session.rooms.now.rooms, {b.sensor for b in session.document.bindings if b.how == HAND}
    fresh = []
    for lot in session.rooms.now.lots:
        ids, members = lot.words("id"), lot.members
        for row in np.flatnonzero((members.how < BOUND) & (members.room >= 0)):
            if ids[row] not in by_hand:
                fresh.append(binding(ids[row], rooms, int(members.room[row]), members.words(row)))
    _bind(session, fresh, "Keep rooms of sensors")
    return len(fresh)


def forget(session: Session, sensors: Iterable[Bound]) -> None:
    """Nothing by hand or kept any more: what the table and the place say counts again."""
    held = without_bindings(session.document.bindings, [s.id for s in sensors])
    session.edits.commit(replace(session.document, bindings=held), "Forget rooms of sensors")
    session.edits.seal()


def _bind(session: Session, fresh: list, label: str) -> None:
    held = with_bindings(session.document.bindings, fresh)
    session.edits.commit(replace(session.document, bindings=held), label)
    session.edits.seal()


# -- colours -------------------------------------------------------------------------------------------


def color_rooms(session: Session, ids: Iterable[str], observed: str, **style) -> None:
    """Colour the rooms of these buildings by an observed property; "" = no more. Raises Trouble for an unknown one."""
    known = session.rooms.now.properties
    if observed and observed not in known:
        raise Trouble(tr("No room has a sensor of {name}.", name=observed),
                      way_out=tr("Measured in rooms: {known}.", known=", ".join(known) or tr("nothing")))
    wanted = set(ids)

    def change(layer):
        held = layer.room_colors or RoomColors(observed=observed)
        return replace(layer, room_colors=replace(held, observed=observed, **style) if observed else None)
    session.edits.commit(session.document.with_each(wanted, change), "Colour rooms")
    session.edits.seal()


def property_title(observed: str, unit: str) -> str:
    return f"{property_words(observed)} ({unit})" if unit else property_words(observed)
