"""Times that count from a start: seconds of a recording, or stamps on 1970-01-01, whose day only the user knows."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path

import numpy as np

from twin import times
from twin.layer import Source
from twin.text import tr

WITHIN_SECS = 1e8                         # counts since 1970 below this (1973) are no instants
UNITS_US = {"ms": 1_000, "s": 1_000_000, "min": 60_000_000, "h": 3_600_000_000, "d": 86_400_000_000}
_WORDS = {"ms": "ms msec millis millisecond milliseconds 毫秒", "s": "s sec secs second seconds 秒",
          "min": "min mins minute minutes 分 分钟", "h": "h hr hrs hour hours 时 小时", "d": "d day days 天"}
_UNIT_OF = {word: unit for unit, words in _WORDS.items() for word in words.split()}
_FIRST_DAYS = re.compile(r"^1970[-/]0?1[-/]0?[12](?!\d)")
_DATED = re.compile(r"(20\d\d)(\d\d)(\d\d)(?:_d\d+)?_(\d\d)(\d\d)")


def unit_named(column: str) -> str:
    """The unit of time that a column's name ends with ("time (min)", "elapsed_ms", "经过秒"); "" = none."""
    words = re.findall(r"[a-zµ]+|[一-鿿]+", re.sub(r"([a-z])([A-Z])", r"\1 \2", column).lower())
    return next((_UNIT_OF[word] for word in reversed(words) if word in _UNIT_OF), "") if len(words) > 1 else \
        _UNIT_OF.get(words[0], "") if words and len(words[0]) > 2 else ""


def on_first_days(stamps: list[str]) -> bool:
    """Whether texts all say the first two days of 1970: what a program writes that knows no day."""
    return bool(stamps) and all(_FIRST_DAYS.match(text) for text in stamps)


def named_start(path: Path, time_zone: str) -> int | None:
    """When a recording began (ns) by its file's name, as pNEUMA has it: 20181024_d1_0830_0900.csv."""
    found = _DATED.search(path.stem)
    try:
        return times.from_datetime(datetime(*map(int, found.groups()), tzinfo=times.zone(time_zone))) if found else None
    except ValueError:
        return None


def undated(span_ns: tuple[int, int]) -> bool:
    """Whether times all lie on the first two days of 1970."""
    return 0 - times.DAY <= span_ns[0] < span_ns[1] < 2 * times.DAY


def begun(times_ns: np.ndarray, naive: bool, source: Source, time_zone: str) -> tuple[np.ndarray, tuple[str, ...]]:
    """Instants of a file opened as it is, and what to say of them: moved to the start that its source names, if they
    count from one. Without a name they count from the beginning of 1970, wherever the project is."""
    if not len(times_ns) or not undated((int(times_ns.min()), int(times_ns.max()))):
        return times_ns, ()
    since = times_ns - (times.parse("1970-01-01", time_zone) if naive else 0)
    if not source.begins:
        return since, (tr("Its times count from a start that the file does not say, and stand in 1970: say when it "
                          "begins, or import it."),)
    start = times.parse(source.begins, time_zone)
    return since + start, (counted_from(start, time_zone),)


def counted_from(start_ns: int, time_zone: str) -> str:
    return tr("Its times count from {time}, as the project says.", time=times.readable(start_ns, time_zone))
