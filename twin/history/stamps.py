"""Columns of time to instants: int64 nanoseconds since 1970 UTC, from zoned, naive, split or counted stamps."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from twin.history.columns import Roles
from twin.times import DAY, HOUR, MINUTE, REACH_NS, SECOND, zone

NOT_A_TIME = np.iinfo(np.int64).min
LARGE = 1e6                                 # no year, hour or second of a table
QUARTER = 15 * MINUTE                       # every change of an offset since 1970 falls on a quarter of an hour
ZONED = re.compile(r"\d[T ].*([Zz]|[+-]\d\d(:?\d\d)?)$")
FORMATS = ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M:%S", "%Y/%m/%d %H:%M:%S", "%Y/%m/%d %H:%M",
           "%Y-%m-%d %I:%M %p", "%Y-%m-%d %I:%M:%S %p", "%d.%m.%Y %H:%M:%S", "%d.%m.%Y %H:%M", "%Y%m%d%H%M%S",
           "%Y%m%d %H:%M", "%Y%m%d%H%M", "%Y-%m-%d", "%Y/%m/%d", "%Y%m%d", "%m/%d/%Y %I:%M:%S %p",
           "%m/%d/%Y %I:%M %p", "%m/%d/%Y %H:%M:%S", "%m/%d/%Y %H:%M", "%d/%m/%Y %H:%M:%S", "%d/%m/%Y %H:%M")


@dataclass(frozen=True)
class Stamps:
    """`times_ns` (k,) i8, `NOT_A_TIME` where a stamp could not be read; `naive`: read in the time zone."""

    times_ns: np.ndarray
    naive: bool


def stamps_of(table, roles: Roles, time_zone: str) -> Stamps:
    """The instants of a table's rows."""
    if not roles.time:
        return Stamps(to_utc(_from_parts(table, roles), time_zone), True)
    column = table.column(roles.time).combine_chunks()
    local, naive = _instants(column)
    if roles.clock:
        clock = table.column(roles.clock).combine_chunks().cast("time64[ns]").cast("int64").fill_null(0).to_numpy()
        local = np.where(local == NOT_A_TIME, local, local + clock)
    if naive and re.search(r"utc|gmt", roles.time, re.IGNORECASE):
        return Stamps(local, False)                 # the column's name gives the zone
    return Stamps(to_utc(local, time_zone) if naive else local, naive)


def to_utc(local_ns: np.ndarray, time_zone: str) -> np.ndarray:
    """Naive local stamps to UTC; where a clock shows an hour twice, the first of the two."""
    real = local_ns != NOT_A_TIME
    quarters, place = np.unique(local_ns[real] // QUARTER, return_inverse=True)
    there = zone(time_zone)
    epoch = datetime(1970, 1, 1)
    offsets = [round((epoch + timedelta(minutes=15 * int(q))).replace(tzinfo=there).utcoffset().total_seconds())
               for q in quarters]
    out = local_ns.copy()
    out[real] -= np.array(offsets, np.int64)[place] * SECOND if len(quarters) else 0
    return out


def _instants(column) -> tuple[np.ndarray, bool]:
    """(ns, naive) of one column of any type."""
    import pyarrow as pa
    type_ = column.type
    if pa.types.is_dictionary(type_):
        column, type_ = column.cast(type_.value_type), type_.value_type
    if pa.types.is_timestamp(type_):
        return _nanos(column), type_.tz is None
    if pa.types.is_date(type_):
        return _nanos(column.cast(pa.timestamp("s"))), True
    if pa.types.is_string(type_) or pa.types.is_large_string(type_):
        return _from_text(column)
    return _from_count(column.cast("float64").to_numpy(zero_copy_only=False))


def _nanos(column) -> np.ndarray:
    """Of a column of timestamps in any unit."""
    import pyarrow.compute as pc
    counts = pc.fill_null(column.cast("int64"), NOT_A_TIME).to_numpy()
    return _scaled(counts, {"s": SECOND, "ms": 1_000_000, "us": 1000, "ns": 1}[column.type.unit])


def _scaled(counts: np.ndarray, unit_ns: int) -> np.ndarray:
    """Counted in a unit to nanoseconds: what is out of reach is no time, and does not wrap into another century."""
    most = REACH_NS // unit_ns
    good = (counts >= -most) & (counts <= most)
    return np.where(good, np.where(good, counts, 0) * unit_ns, NOT_A_TIME)


def _from_count(numbers: np.ndarray) -> tuple[np.ndarray, bool]:
    """Seconds, milliseconds, microseconds or nanoseconds since 1970, by their size; or 20260715, 202607150640."""
    good = np.isfinite(numbers)
    size = float(np.median(np.abs(numbers[good]))) if good.any() else 0.0
    if 1.9e7 < size < 2.2e7 or 1.9e11 < size < 2.2e11 or 1.9e13 < size < 2.2e13:
        import pyarrow as pa
        return _from_text(pa.array([str(int(n)) if ok else None for n, ok in zip(numbers, good)]))
    unit = SECOND if size < 1e11 else 1_000_000 if size < 1e14 else 1000 if size < 1e17 else 1
    good[good] = np.abs(numbers[good]) < REACH_NS / unit
    out = np.full(len(numbers), NOT_A_TIME)
    out[good] = np.round(numbers[good] * unit).astype(np.int64)
    return out, False


def _from_text(column) -> tuple[np.ndarray, bool]:
    """The first format that reads most of the stamps; ISO 8601 with an offset first."""
    import pyarrow.compute as pc
    text = pc.utf8_trim_whitespace(column.cast("string"))
    text = pc.replace_substring_regex(text, r"[年月]", "-")
    text = pc.replace_substring_regex(text, r"日\s*", " ")
    text = pc.replace_substring_regex(text, r"[时点分]", ":")
    text = pc.utf8_trim(pc.replace_substring_regex(text, "秒", ""), ": ")
    sample = [t for t in text.slice(0, 200).to_pylist() if t]
    if sample and sum(bool(ZONED.search(t)) for t in sample) > len(sample) / 2:
        return _zoned(text), False
    text, part_ns = _fractions(text)
    best, most = np.full(len(text), NOT_A_TIME), 0
    for form in FORMATS:
        read = _nanos(pc.strptime(text, format=form, unit="s", error_is_null=True))
        if (count := int((read != NOT_A_TIME).sum())) > most:
            best, most = read, count
        if most == len(text) - text.null_count:
            break
    return np.where(best == NOT_A_TIME, best, best + part_ns), True


def _fractions(text) -> tuple:
    """(text, ns): stamps without their fraction of a second ("08:00:00.250", "08:00:00,25"), and that fraction."""
    import pyarrow as pa
    import pyarrow.compute as pc
    found = pc.extract_regex(text, r"^(?P<stamp>.*:\d\d:\d\d)[.,](?P<part>\d{1,9})\d*$")
    if found.null_count == len(found):
        return text, 0
    whole, part = (pc.struct_field(found, name) for name in ("stamp", "part"))
    ns = pc.utf8_rpad(part, 9, "0").cast(pa.int64())
    return pc.coalesce(whole, text), pc.fill_null(ns, 0).to_numpy()


def _zoned(text) -> np.ndarray:
    from twin.times import parse
    from twin.trouble import Trouble

    def one(stamp):
        try:
            return parse(_spelled(stamp)) if stamp else NOT_A_TIME
        except Trouble:
            return NOT_A_TIME                       # counted by the caller
    return np.array([one(stamp) for stamp in text.to_pylist()], np.int64)


def _spelled(stamp: str) -> str:
    """ISO 8601 as it is read everywhere: "2026-07-15 6:41 +08:00" has a blank too many and a digit too few."""
    return re.sub(r"([T ])(\d):", r"\g<1>0\2:", re.sub(r" +(?=[-+Z])", "", stamp.upper()))


def _from_parts(table, roles: Roles) -> np.ndarray:
    def part(name: str, default: int) -> np.ndarray:
        if not name:
            return np.full(len(table), default, np.int64)
        numbers = table.column(name).cast("float64").fill_null(-1).to_numpy()
        return np.where(np.abs(numbers) < LARGE, numbers, -1).astype(np.int64)
    year, month, day = part(roles.year, 0), part(roles.month, 1), part(roles.day, 1)
    good = (year > 1800) & (year < 2262) & (month >= 1) & (month <= 12) & (day >= 1) & (day <= 31)
    months = (np.where(good, year, 1970) - 1970) * 12 + np.where(good, month, 1) - 1
    days = months.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64) + day - 1
    local = (days * DAY + part(roles.hour, 0) * HOUR + part(roles.minute, 0) * MINUTE
             + part(roles.second, 0) * SECOND)
    return np.where(good, local, NOT_A_TIME)
