"""Stamps in SQL: how the times of a table are written, and the expression that reads them as microseconds."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise

from twin.history.columns import Roles
from twin.history.stamps import FORMATS, ZONED
from twin.history.starts import UNITS_US, WITHIN_SECS, on_first_days, unit_named
from twin.times import zone

ISO = re.compile(r"^\d{4}[-/]\d\d?[-/]\d\d?([T ]\d\d?:\d\d(:\d\d([.,]\d+)?)?)?$")
COUNTED = re.compile(r"^-?\d+(\.\d+)?([eE]\+?\d+)?$")
QUARTER_US = 900_000_000


@dataclass(frozen=True)
class Stamp:
    """`kind`: "typed" (a column of instants), "zoned" or "naive" (ISO 8601), "format" (strptime: `form`),
    "count" (`per_us`: microseconds in one unit, as numerator and denominator) or "parts" (year, month, …).
    `naive`: to be read in the time zone of the import. `chinese`: written with 年月日. `relative`: from a start.
    `counts`: the unit that relative counts are in, a key of `UNITS_US`."""

    kind: str
    form: str = ""
    per_us: tuple[int, int] = (1, 1)
    naive: bool = True
    chinese: bool = False
    relative: bool = False
    counts: str = ""


def stamp_of(head, roles: Roles, counts: str = "", started: bool = False) -> Stamp:
    """How the first rows of a table (Arrow) write their times. `counts`: the unit that the user says they are in;
    `started`: that a start was said, so all of 1970 counts from it."""
    if not roles.time:
        return Stamp("parts")
    column = head.column(roles.time).slice(0, 2000)
    words = [str(v) for v in column.to_pylist() if v is not None and str(v).strip()]
    stamp = _of_column(column.type, roles.time, words, counts)
    first = all(w.startswith("1970") for w in words) and bool(words) if started else on_first_days(words)
    if stamp.kind in ("naive", "zoned") and first:
        return replace(stamp, naive=False, relative=True)
    return stamp


def _of_column(type_, name: str, words: list[str], counts: str) -> Stamp:
    import pyarrow as pa
    named_utc = bool(re.search(r"utc|gmt", name, re.IGNORECASE))
    if pa.types.is_timestamp(type_) and type_.tz is not None:
        return Stamp("zoned", naive=False)
    if pa.types.is_timestamp(type_) or pa.types.is_date(type_):
        return Stamp("naive", naive=not named_utc)
    stamp = _of_text([_neat(w) for w in words], counts, unit_named(name)) if words else Stamp("naive")
    return replace(stamp, naive=stamp.naive and not named_utc, chinese=any("月" in w for w in words[:200]))


def _of_text(sample: list[str], said: str, named: str) -> Stamp:
    """`said`, `named`: the unit of counts by the user, and by the column's name."""
    most = len(sample) / 2
    if sum(bool(ZONED.search(t)) for t in sample) > most:
        return Stamp("zoned", naive=False)
    if sum(bool(COUNTED.match(t)) for t in sample) > most:
        return _of_count(sorted(abs(float(t)) for t in sample if COUNTED.match(t)), said, named)
    if sum(bool(ISO.match(t)) for t in sample) > most:
        return Stamp("naive")
    return Stamp("format", form=max(FORMATS, key=lambda form: sum(_reads(t, form) for t in sample)))


def _of_count(sizes: list[float], said: str, named: str) -> Stamp:
    """Seconds, milliseconds, microseconds or nanoseconds since 1970, by their size; or 20260715, 202607150640; or what
    is too small for that, since a start."""
    unit = said or named or "s"
    if sizes[-1] * UNITS_US[unit] < WITHIN_SECS * 1e6 and (said or named or not 1.9e7 < sizes[-1] < 2.2e7):
        return Stamp("count", per_us=(UNITS_US[unit], 1), naive=False, relative=True, counts=unit)
    if said in ("min", "h", "d"):
        return Stamp("count", per_us=(UNITS_US[said], 1), naive=False, counts=said)
    size = sizes[len(sizes) // 2]
    for low, form in ((1.9e7, "%Y%m%d"), (1.9e9, "%Y%m%d%H"), (1.9e11, "%Y%m%d%H%M"), (1.9e13, "%Y%m%d%H%M%S")):
        if low < size < low * 2.2 / 1.9 and form != "%Y%m%d%H":
            return Stamp("format", form=form)
    per = (1_000_000, 1) if size < 1e11 else (1000, 1) if size < 1e14 else (1, 1) if size < 1e17 else (1, 1000)
    return Stamp("count", per_us=per, naive=False)


def _reads(text: str, form: str) -> bool:
    try:
        datetime.strptime(text, form)
    except ValueError:
        return False
    return True


def _neat(text: str) -> str:
    """As `_chinese_sql` writes it."""
    text = re.sub(r"日\s*", " ", re.sub(r"[年月]", "-", text.strip()))
    return re.sub(r"[时点分]", ":", text).replace("秒", "").strip(": ")


# -- SQL --------------------------------------------------------------------------------------------


def instant_sql(stamp: Stamp, roles: Roles, types: dict[str, str]) -> str:
    """Microseconds since 1970 as a BIGINT, on the clock of the stamp; NULL where it cannot be read."""
    if stamp.kind == "parts":
        return _parts_sql(roles)
    text, is_text = _time_text(roles, types), types.get(roles.time, "VARCHAR") == "VARCHAR"
    text = _chinese_sql(text) if stamp.chinese else text
    if stamp.kind == "count":
        up, down = stamp.per_us
        return f"TRY_CAST(round(TRY_CAST({text} AS DECIMAL(38, 6)) * {up} / {down}) AS BIGINT)"
    if stamp.kind == "format":
        whole = text if is_text else f"{text}::BIGINT::VARCHAR"
        return f"epoch_us(try_strptime({whole}, '{stamp.form}'))"
    kind = "TIMESTAMPTZ" if stamp.kind == "zoned" else "TIMESTAMP"
    if stamp.chinese or roles.clock:
        return f"epoch_us(TRY_CAST({text} AS {kind}))"
    # To trim costs as much as to cast: only what cannot be cast as it stands is trimmed, and only then spelled out.
    tries = [name_sql(roles.time), text, *([_spelled_sql(text)] if kind == "TIMESTAMPTZ" and is_text else [])]
    return f"epoch_us(coalesce({', '.join(f'TRY_CAST({t} AS {kind})' for t in tries)}))"


def text_of(roles: Roles, types: dict[str, str]) -> str:
    """SQL of the stamp as the file writes it, for the report."""
    if roles.time:
        return _time_text(roles, types)
    parts = [n for n in (roles.year, roles.month, roles.day, roles.hour, roles.minute, roles.second) if n]
    return f"concat_ws('-', {', '.join(name_sql(n) for n in parts)})"


def _time_text(roles: Roles, types: dict[str, str]) -> str:
    column = name_sql(roles.time)
    if types.get(roles.time, "VARCHAR") != "VARCHAR":
        return f"concat_ws(' ', {column}::DATE::VARCHAR, {name_sql(roles.clock)}::VARCHAR)" if roles.clock else column
    if roles.clock:
        column = f"concat_ws(' ', {column}, {name_sql(roles.clock)})"
    return f"trim({column})"


def _chinese_sql(column: str) -> str:
    """Text with 年月日时分秒 as ISO 8601."""
    text = f"regexp_replace(regexp_replace({column}, '[年月]', '-', 'g'), '日\\s*', ' ', 'g')"
    return f"trim(replace(regexp_replace({text}, '[时点分]', ':', 'g'), '秒', ''), ': ')"


def _spelled_sql(text: str) -> str:
    """ISO 8601 with an offset as DuckDB reads it, who wants dashes, colons, seconds, a point and no blank."""
    for found, spelled in (("^(\\d{4})(\\d\\d)(\\d\\d)[T ]", "\\1-\\2-\\3T"), ("T(\\d\\d)(\\d\\d)", "T\\1:\\2"),
                           ("(T\\d\\d:\\d\\d)(\\d\\d)", "\\1:\\2"), (" *([zZ]|[+-]\\d\\d(:?\\d\\d)?)$", "\\1"),
                           ("z$", "Z"), (",", "."), ("([T ]\\d\\d?:\\d\\d)([Z+-])", "\\1:00\\2")):
        text = f"regexp_replace({text}, '{found}', '{spelled}')"
    return text


def _parts_sql(roles: Roles) -> str:
    def part(name: str, default: str, type_: str = "BIGINT") -> str:
        return f"TRY_CAST(TRY_CAST(trim({name_sql(name)}::VARCHAR) AS DOUBLE) AS {type_})" if name else default
    day = f"{part(roles.year, '1970')}, {part(roles.month, '1')}, {part(roles.day, '1')}"
    clock = f"{part(roles.hour, '0')}, {part(roles.minute, '0')}, {part(roles.second, '0.0', 'DOUBLE')}"
    return f"epoch_us(TRY(make_timestamp({day}, {clock})))"


def offsets_sql(time_zone: str, first_us: int, last_us: int) -> tuple[str, str]:
    """(instant in UTC, whether the local time never was) as SQL of the column `t`, for local stamps of a span."""
    changes = _changes(time_zone, first_us, last_us)
    never = [f"t >= {at} AND t < {at + more}" for at, more in
             ((at, offset - before) for (_, before), (at, offset) in pairwise(changes)) if more > 0]
    if len(changes) == 1:
        return f"t - {changes[0][1]}", "false"
    cases = " ".join(f"WHEN t < {at} THEN t - {before}" for (_, before), (at, _) in pairwise(changes))
    return f"CASE {cases} ELSE t - {changes[-1][1]} END", " OR ".join(f"({n})" for n in never) or "false"


def repeated_spans(time_zone: str, first_us: int, last_us: int) -> list[tuple[int, int, int]]:
    """(first, end, how much later its second pass is) of the hours that come twice, in local microseconds."""
    return [(at - (before - offset), at, before - offset)
            for (_, before), (at, offset) in pairwise(_changes(time_zone, first_us, last_us)) if offset < before]


def _changes(time_zone: str, first_us: int, last_us: int) -> list[tuple[int, int]]:
    """(local microseconds from which it holds, offset in microseconds), ascending. Where an hour comes twice, the
    first of the two counts; where one never comes, the change stands at its beginning."""
    there, epoch = zone(time_zone), datetime(1970, 1, 1)

    def offset(quarter: int) -> int:
        moment = (epoch + timedelta(minutes=15 * quarter)).replace(tzinfo=there)
        return round(moment.utcoffset().total_seconds()) * 1_000_000
    first, last = first_us // QUARTER_US, last_us // QUARTER_US
    out, at = [(first * QUARTER_US, offset(first))], first
    while at < last:
        after = min(at + 96, last)
        if offset(after) != out[-1][1]:
            low, high = at, after
            while high - low > 1:
                middle = (low + high) // 2
                low, high = (middle, high) if offset(middle) == out[-1][1] else (low, middle)
            change, new = high * QUARTER_US, offset(high)
            out.append((change - max(0, new - out[-1][1]), new))
            after = high
        at = after
    return out


def name_sql(column: str) -> str:
    return '"' + column.replace('"', '""') + '"'
