"""Many readings of datastreams that were met already, decoded in one go: some hundred nanoseconds each.

Only what is as plain as most batches are: numbers, names, times that can be read. For anything else the answer is None,
and the decoder goes through it reading by reading, with the same result and the reasons of its rejects.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from operator import itemgetter

import numpy as np

from twin.feeds.paths import path
from twin.feeds.shape import Shape
from twin.history.gather import UNFIT
from twin.sensors import OK, SUSPECT

NUMBERS, STAMPS, WORDS = {int, float}, {int, float, str}, {str, type(None)}
When = Callable[[object], int | None]    # an instant in ns, None where it cannot be read or is not to be believed


@dataclass(frozen=True)
class Plain:
    ids: list[str]
    times_ns: list[int]
    values: list[float]
    quality: list[int]


def of_columns(shape: Shape, row: dict, said, column, met: set[str], when: When) -> Plain | None:
    """A list of numbers beside a list of ids, and a time or a list of times."""
    ids = shape.id_column(row)
    if shape.quality or not shape.time or type(ids) is not list or type(column) is not list \
            or len(ids) != len(column) or (type(said) is list and len(said) != len(column)):
        return None
    return _plain(ids, said, column, None, when) if _all_met(ids, met) else None


def of_rows(shape: Shape, topic: str, rows: list, whole, met: set[str], when: When) -> Plain | None:
    """A list of objects, of which each holds one number."""
    mapping = shape.mapping
    if not rows or type(rows[0]) is not dict or len(mapping.values) != 1 or not shape.time:
        return None
    try:
        said, column = _column(mapping.time, rows), _column(mapping.values[0], rows)
        quality = _column(mapping.quality, rows) if shape.quality else None
        ids = _column(shape.id_path, rows) if shape.id_path else []
    except (KeyError, TypeError):
        return None                       # some of them differ from the first
    if said[0] is None and said.count(None) == len(said):
        said = shape.time(whole)
    if not _all_met(ids, met):
        if not {dict}.issuperset(map(type, rows)):
            return None
        ids = [shape.id(topic, row, whole) for row in rows]
        if not _all_met(ids, met):
            return None
    return _plain(ids, said, column, quality, when)


def _column(text: str, rows: list[dict]) -> list:
    return list(map(itemgetter(text) if text in rows[0] else path(text), rows))


def _all_met(ids: list, met: set[str]) -> bool:
    try:
        return bool(ids) and met.issuperset(ids)
    except TypeError:
        return False                      # what cannot be hashed is no name


def _plain(ids: list[str], said, column: list, quality: list | None, when: When) -> Plain | None:
    if not NUMBERS.issuperset(map(type, column)):
        return None
    try:
        values = np.array(column, np.float64)
    except OverflowError:
        return None
    if not np.isfinite(values).all():
        return None
    times = _times(said, len(ids), when)
    flags = _flags(quality, len(ids))
    return None if times is None or flags is None else Plain(ids, times, values.tolist(), flags)


def _times(said, count: int, when: When) -> list[int] | None:
    """Of a batch most are alike, so each is read once."""
    if type(said) is not list:
        one = when(said)
        return None if one is None else [one] * count
    if not STAMPS.issuperset(map(type, said)):
        return None
    if said.count(said[0]) == count:
        return _times(said[0], count, when)
    read = {stamp: when(stamp) for stamp in set(said)}
    return None if None in read.values() else [read[stamp] for stamp in said]


def _flags(quality: list | None, count: int) -> list[int] | None:
    if quality is None:
        return [OK] * count
    if not WORDS.issuperset(map(type, quality)):
        return None
    meant = {word: SUSPECT if str(word).strip().lower() in UNFIT else OK for word in set(quality)}
    return [meant[word] for word in quality]
