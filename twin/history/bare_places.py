"""Places without readings: what a list of sensors names and the store has heard nothing of.

Each is a datastream of the observed property PLACE, so it is stored, drawn and listed like any other, and says nothing.
Once its thing speaks, its datastreams stand where it stood, and it is seen no more.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from twin.sensors import Datastream

PLACE = "place"


def bare(said: Datastream) -> Datastream:
    """What a list says of a sensor that was not heard of; what it is to observe is kept, where the list says so."""
    named = replace(said, name=said.name or said.id, thing=said.thing or said.id)
    return named if said.property else replace(named, property=PLACE)


def is_bare(stream: Datastream) -> bool:
    return stream.property == PLACE


def met(known: Datastream, new: Datastream) -> Datastream:
    """A datastream of the store with what is new about it; what begins to speak is no bare place any more."""
    if is_bare(known) and not is_bare(new):
        known = replace(known, property="")
    return known.with_facts(new)


def at_its_thing(stream: Datastream, thing: Datastream) -> Datastream:
    """A datastream where its thing stands."""
    return replace(stream, x=thing.x, y=thing.y, crs=thing.crs, height_m=thing.height_m,
                   elevation_m=thing.elevation_m, height_datum=stream.height_datum or thing.height_datum,
                   zone=thing.zone, element=stream.element or thing.element, more={**thing.more, **stream.more})


def spoken_for(streams: Iterable[Datastream]) -> set[str]:
    """Ids of bare places whose thing has datastreams by now."""
    streams = list(streams)
    places = {s.id for s in streams if is_bare(s)}
    return {s.thing for s in streams if not is_bare(s) and s.thing in places} if places else set()
