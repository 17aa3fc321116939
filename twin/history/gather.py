"""From batches of a table's rows to readings: (datastream, instant, value), with what was left out counted."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

import numpy as np

from twin.history.columns import Roles, is_global_id, neat_unit, property_and_unit
from twin.history.places import numbers
from twin.history.stamps import NOT_A_TIME, stamps_of

SENTINELS = np.array([-999.0, -9999.0, -99999.0, -999999.0, -999.9, -9999.9])
UNFIT = {"missing", "invalid", "bad", "error", "suspect", "无效", "缺测", "异常", "错误", "可疑", "存疑"}


@dataclass(frozen=True)
class Datastream:
    """`key` names it in the file; `thing` and `property` are its two halves where the file tells them apart."""

    key: str
    thing: str
    property: str
    unit: str = ""


@dataclass
class Readings:
    """Grows batch by batch. `left_out` counts by reason: "time", "sentinel", "unfit"."""

    roles: Roles
    time_zone: str
    stem: str
    streams: dict[str, Datastream] = field(default_factory=dict)
    left_out: Counter = field(default_factory=Counter)
    naive: bool = False
    rows: int = 0
    _codes: dict[str, int] = field(default_factory=dict)
    _elements: dict[int, set[str]] = field(default_factory=dict)
    _parts: list[tuple[np.ndarray, np.ndarray, np.ndarray]] = field(default_factory=list)

    def take(self, table) -> None:
        """Add the readings of a batch of rows."""
        stamps = stamps_of(table, self.roles, self.time_zone)
        self.naive |= stamps.naive
        self.rows += len(table)
        good = stamps.times_ns != NOT_A_TIME
        if not good.all():
            self.left_out["time"] += int((~good).sum())
            table, times = table.filter(good), stamps.times_ns[good]
        else:
            times = stamps.times_ns
        fit = self._fit(table)
        for codes, column in (self._long(table) if self.roles.long else self._wide(table)):
            self._note_elements(table, codes)
            self._parts.append((codes, times, self._values(table, column, fit)))

    def arrays(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """(streams (k,) i4, times (k,) i8, values (k,) f4) of all batches; the batches are given up."""
        parts, self._parts = self._parts, []
        if not parts:
            return np.zeros(0, np.int32), np.zeros(0, np.int64), np.zeros(0, np.float32)
        columns = [list(c) for c in zip(*parts)]
        del parts
        out = []
        while columns:
            out.append(np.concatenate(columns.pop(0)))
        return tuple(out)

    # -- inside ------------------------------------------------------------------------------------

    def _values(self, table, column: str, fit: np.ndarray | None) -> np.ndarray:
        values = numbers(table.column(column))
        sentinel = np.isin(values, SENTINELS) if len(values) and np.nanmin(values, initial=0) <= -999 else None
        if sentinel is not None and sentinel.any():
            self.left_out["sentinel"] += int(sentinel.sum())
            values[sentinel] = np.nan
        if fit is not None:
            self.left_out["unfit"] += int((~fit & np.isfinite(values)).sum())
            values[~fit] = np.nan
        return values.astype(np.float32)

    def _fit(self, table) -> np.ndarray | None:
        if not self.roles.quality:
            return None
        words, codes = _words(table.column(self.roles.quality))
        return np.array([w.strip().lower() not in UNFIT for w in words], bool)[codes]

    def _long(self, table):
        things, thing = self._things(table)
        properties, property = _words(table.column(self.roles.observed)) if self.roles.observed else ([""], None)
        units, unit = _words(table.column(self.roles.unit)) if self.roles.unit else ([""], None)
        width = len(properties)
        pair = thing.astype(np.int64) * width + (property if property is not None else 0)
        distinct, first, place = _distinct(pair, len(things) * width)
        column_unit = property_and_unit(self.roles.value)[1]
        codes = np.array([self._code(things[p // width], properties[p % width], column_unit
                                     or (units[unit[f]] if unit is not None else ""))
                          for p, f in zip(distinct.tolist(), first.tolist())], np.int32)
        yield codes[place], self.roles.value

    def _wide(self, table):
        things, thing = self._things(table)
        for column in self.roles.values:
            property, unit = property_and_unit(column)
            codes = np.array([self._code(name, property, unit, wide=True) for name in things], np.int32)
            yield codes[thing], column

    def _things(self, table) -> tuple[list[str], np.ndarray]:
        name = self.roles.key
        if not name:
            return [self.stem], np.zeros(len(table), np.int32)
        return _words(table.column(name))

    def _note_elements(self, table, codes: np.ndarray) -> None:
        if not self.roles.element:
            return
        words, word = _words(table.column(self.roles.element))
        for pair in np.unique(codes.astype(np.int64) * len(words) + word).tolist():
            if is_global_id(words[pair % len(words)]):
                self._elements.setdefault(pair // len(words), set()).add(words[pair % len(words)])

    def element_of(self, key: str) -> str:
        """The GlobalId that the rows of a datastream name; "" where they name none or several."""
        named = self._elements.get(self._codes[key], ())
        return next(iter(named)) if len(named) == 1 else ""

    def _code(self, thing: str, property: str, unit: str, wide: bool = False) -> int:
        single = not self.roles.key
        key = (property if single and wide else thing) if single or not property else f"{thing}/{property}"
        if key not in self._codes:
            self._codes[key] = len(self._codes)
            self.streams[key] = Datastream(key, thing, property, neat_unit(unit))
        return self._codes[key]


def _words(column) -> tuple[list[str], np.ndarray]:
    """(distinct texts, index into them per row) of an Arrow column; a missing text is ""."""
    import pyarrow as pa
    column = column.combine_chunks()
    if not pa.types.is_dictionary(column.type):
        column = column.dictionary_encode()
    if isinstance(column, pa.ChunkedArray):
        column = column.unify_dictionaries().combine_chunks()
    words = ["" if word is None else _text(word) for word in column.dictionary.to_pylist()]
    codes = column.indices.fill_null(len(words)).to_numpy(zero_copy_only=False)
    return ([*words, ""] if column.null_count else words), codes


def _text(word) -> str:
    return str(int(word)) if isinstance(word, float) and word.is_integer() else str(word)


def _distinct(pair: np.ndarray, size: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(distinct values, first row of each, index per row) without sorting the rows where the range is small."""
    if size > 1 << 24:
        return np.unique(pair, return_index=True, return_inverse=True)
    first = np.full(size, -1, np.int64)
    first[pair[::-1]] = np.arange(len(pair) - 1, -1, -1)
    distinct = np.flatnonzero(first >= 0)
    place = np.zeros(size, np.int64)
    place[distinct] = np.arange(len(distinct))
    return distinct, first[distinct], place[pair]
