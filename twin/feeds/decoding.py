"""From a payload to readings. A payload is what anybody may have sent: whatever it is, the answer is readings and
rejects, never an error."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, field

from twin.feeds.feed import Mapping
from twin.feeds.guessing import guess
from twin.feeds.paths import path, template
from twin.feeds.stamps import instant
from twin.history.columns import meanings, neat_unit, property_and_unit
from twin.history.gather import UNFIT
from twin.sensors import OK, SUSPECT, Datastream
from twin.text import tr
from twin.times import DAY

LONGEST_ID = 500
SHOWN = 200                              # characters of a reject


@dataclass
class Readings:
    """`streams`: what is told of datastreams that the decoder met for the first time; `rejects`: (reason, text).

    `arrival`: at least one stands at the moment of its arrival, as it has no time of its own.
    """

    ids: list[str] = field(default_factory=list)
    times_ns: list[int] = field(default_factory=list)
    values: list[float] = field(default_factory=list)
    quality: list[int] = field(default_factory=list)
    streams: list[Datastream] = field(default_factory=list)
    rejects: list[tuple[str, str]] = field(default_factory=list)
    arrival: bool = False


class Decoder:
    """A mapping at work. `met`: ids whose datastream was told already."""

    def __init__(self, mapping: Mapping, time_zone: str):
        self.mapping, self.time_zone = mapping, time_zone
        self.met: set[str] = set()
        self._shapes: dict[Mapping, _Shape] = {}

    def decode(self, topic: str, payload: bytes, arrived_ns: int) -> Readings:
        out = Readings()
        try:
            content = json.loads(payload.decode("utf-8"), parse_constant=lambda word: None)
        except UnicodeDecodeError:
            out.rejects.append((tr("it is no UTF-8 text"), payload[:SHOWN].decode("utf-8", "replace")))
            return out
        except (ValueError, RecursionError):
            out.rejects.append((tr("it is neither JSON nor a number"), _shown(payload)))
            return out
        self.read(topic, content, arrived_ns, out)
        return out

    def read(self, topic: str, content, arrived_ns: int, out: Readings) -> None:
        """Readings of parsed JSON."""
        mapping = guess(content) if self.mapping.form in ("auto", "sensorthings") else self.mapping
        if mapping is None:
            out.rejects.append((tr("no reading is found in it; say with a mapping where"), _shown(content)))
            return
        shape = self._shapes.get(mapping)
        if shape is None:
            shape = self._shapes[mapping] = _Shape(mapping)
        rows = shape.rows(content)
        if rows is None:
            out.rejects.append((tr("nothing stands where the mapping looks for readings"), _shown(content)))
            return
        for row in rows if isinstance(rows, list) and shape.many else (rows,):
            self._row(shape, topic, row, content, arrived_ns, out)

    def _row(self, shape, topic: str, row, whole, arrived_ns: int, out: Readings) -> None:
        said = shape.time(row) if shape.time else None
        if said is None and shape.time:
            said = shape.time(whole)
        values = [(property, get(row)) for property, get in shape.values]
        if any(type(value) is list for _, value in values):
            self._columns(shape, topic, row, whole, said, values, arrived_ns, out)
            return
        for property, value in values:
            self._one(shape, topic, row, whole, (said, property, value), arrived_ns, out)

    def _columns(self, shape, topic, row, whole, said, values, arrived_ns, out) -> None:
        """Readings as columns: lists of numbers beside a list of times (or one time) and of ids (or one)."""
        ids = shape.id_column(row)
        if self._known_column(shape, ids, said, values, arrived_ns, out):
            return
        for property, column in values:
            if type(column) is not list or any(type(other) is list and len(other) != len(column)
                                               for other in (said, ids)):
                out.rejects.append((tr("its columns differ in length"), _shown(row)))
                continue
            for n, value in enumerate(column):
                at = said[n] if type(said) is list else said
                one = shape.cell(row, ids[n]) if type(ids) is list else row
                self._one(shape, topic, one, whole, (at, property, value), arrived_ns, out)

    def _known_column(self, shape, ids, said, values, arrived_ns: int, out: Readings) -> bool:
        """A column of plain numbers at one time, of datastreams that were met: in one go. False where it is none."""
        column = values[0][1]
        if len(values) > 1 or shape.quality or not shape.time or type(ids) is not list or type(column) is not list \
                or len(ids) != len(column) or not {str}.issuperset(map(type, ids)) or not self.met.issuperset(ids) \
                or not {int, float}.issuperset(map(type, column)):
            return False
        try:
            numbers = [float(value) for value in column]
        except OverflowError:
            return False
        time_ns = None if type(said) is list else instant(said, shape.mapping.time_unit, self.time_zone)
        if time_ns is None or time_ns > arrived_ns + DAY or not all(map(math.isfinite, numbers)):
            return False
        out.ids += ids
        out.times_ns += [time_ns] * len(ids)
        out.values += numbers
        out.quality += [OK] * len(ids)
        return True

    def _one(self, shape, topic, row, whole, what, arrived_ns: int, out: Readings) -> None:
        said, property, value = what
        number = _number(value)
        if number is None:
            if value is not None or len(shape.values) == 1:
                out.rejects.append((tr("the value is no number"), _shown(row)))
            return
        if said is None and not shape.time:
            time_ns, out.arrival = arrived_ns, True
        else:
            time_ns = instant(said, shape.mapping.time_unit, self.time_zone)
        if time_ns is None or time_ns > arrived_ns + DAY:
            out.rejects.append((tr("the time cannot be read") if time_ns is None else
                                tr("its time lies more than a day ahead"), _shown(row)))
            return
        id = shape.id(topic, row, whole)
        if len(shape.values) > 1:
            id = f"{id}/{property}"
        if id not in self.met and not self._meet(shape, topic, row, whole, id, property, out):
            return
        out.ids.append(id)
        out.times_ns.append(time_ns)
        out.values.append(number)
        out.quality.append(SUSPECT if shape.quality and str(shape.quality(row)).strip().lower() in UNFIT else OK)

    def _meet(self, shape, topic, row, whole, id: str, property: str, out: Readings) -> bool:
        """Tell of a datastream at its first reading; False where its name is none."""
        if not id or len(id) > LONGEST_ID or not id.isprintable():
            out.rejects.append((tr("the datastream has no name that can be kept"), _shown(row)))
            return False
        told = shape.property(topic, row, whole) or property
        unit = neat_unit(shape.unit(topic, row, whole))
        place = [_number(get(row)) for get in shape.place]
        if len(place) == 2 and None not in place and abs(place[0]) <= 180 and abs(place[1]) <= 90:
            facts = {"x": place[0], "y": place[1], "crs": "EPSG:4326"}
        else:
            facts = {}
        thing = id.rpartition("/")[0] if len(shape.values) > 1 else id
        self.met.add(id)
        out.streams.append(Datastream(id=id, name=id, thing=thing, property=_kept(told), unit=_kept(unit), **facts))
        return True


class _Shape:
    """The functions of one mapping."""

    def __init__(self, mapping: Mapping):
        self.mapping = mapping
        plain = mapping.form == "number" or not mapping.values
        self.rows = path(mapping.rows)
        self.many = not plain or bool(mapping.rows)
        self.values = [("", path(""))] if plain else [(_said(name), path(name)) for name in mapping.values]
        self.time = path(mapping.time) if mapping.time else None
        self.id = template(mapping.id or "{topic}")
        self.property, self.unit = template(mapping.property), template(mapping.unit)
        self.quality = path(mapping.quality) if mapping.quality else None
        self.place = [path(mapping.lon), path(mapping.lat)] if mapping.lon and mapping.lat else []
        whole = mapping.id.startswith("{") and mapping.id.endswith("}") and mapping.id.count("{") == 1
        self._id_path = mapping.id[1:-1] if whole else ""

    def id_column(self, row):
        return path(self._id_path)(row) if self._id_path and self._id_path != "topic" else None

    def cell(self, row: dict, id) -> dict:
        return {**row, self._id_path: id}


def _said(name: str) -> str:
    """What is observed, by the path of its value; a field called value says nothing."""
    last = name.rpartition(".")[2]
    name = name if last[:1].isdigit() else last
    return "" if "value" in meanings(name) else property_and_unit(name)[0]


def _number(value) -> float | None:
    """Finite; true and false are 1 and 0; text may be a number."""
    if type(value) is float:
        return value if math.isfinite(value) else None
    if isinstance(value, int | str):
        try:
            number = float(value)
        except (ValueError, OverflowError):
            return None
        return number if math.isfinite(number) else None
    return None


def _kept(text: str) -> str:
    return text[:LONGEST_ID].encode("utf-8", "replace").decode("utf-8")


def _shown(content) -> str:
    """The beginning of a payload, as text that every program can print."""
    if isinstance(content, bytes):
        return content[:SHOWN].decode("utf-8", "replace")
    return _kept(str(content)[:SHOWN])
