"""Replay cubes: for each observed property and period the readings as rows of held values, memory-mapped.

A period is a day, or as many days (a power of two) as keep a cube from being tiny. A cube holds only what was read in
its period; what was held before comes from the carry, one row per period. So a late reading rebuilds the cube of
its own period and the carries after it, which are light. Everything here may be deleted at any time.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from twin.history import replay
from twin.history.ledger import Known
from twin.history.replay import Cube, Keyframes, Replay
from twin.history.sealed import DAY_US
from twin.history.store import Look, Store
from twin.readers import Progress
from twin.text import tr

PERIOD_READINGS = 4_000_000               # a period is as many days as hold about so many, one day at least
MOST_DAYS = 4096
SHARED = ("stamps", "counts", "held", "held_ticks", "interval_ns")
EVENTS = ("streams", "values", "order", "offsets")
NEVER = np.iinfo(np.int64).min


@dataclass(frozen=True)
class Lane:
    """One observed property: its datastreams in columns, and its cubes by the start of their periods.

    `folders[i]` is the cube of the period from `starts_ns[i]`; `carry` names the files of what was held before.
    """

    property: str
    columns: int
    starts_ns: tuple[int, ...]
    folders: tuple[str, ...]
    carry: str
    readings: tuple[int, ...]             # before each period, and in all


@dataclass(frozen=True)
class Period:
    """Days from `day` since 1970, and the folder of their cube, whose name changes when readings of them do."""

    day: int
    days: int
    folder: str

    @property
    def built(self) -> bool:
        return (Path(self.folder) / "cube.json").exists()


def lanes_of(store: Store, look: Look, progress: Progress) -> tuple[list[Lane], list[list[Known]]]:
    """Every property's cubes, building what is missing or out of date; and the datastreams in their columns."""
    by_property = columns_of(look)
    periods = periods_of(store, look)
    total = sum(map(len, periods.values()))
    lanes, done = [], 0
    for property, streams in by_property.items():
        lane = _build_lane(store, look, property, streams, periods[property], lambda n: progress(
            done + n, total, tr("Preparing the replay")))        # noqa: B023 - called before the next round
        lanes.append(lane)
        done += len(lane.folders)
    return lanes, list(by_property.values())


def periods_of(store: Store, look: Look) -> dict[str, list[Period]]:
    """The periods of each observed property, ascending."""
    out = {}
    for property in columns_of(look):
        found = _Periods.of(look.touched.get(property, []))
        out[property] = [Period(index * found.days, found.days,
                                str(_home(store, property) / f"{found.days}-{index}-{seq}"))
                         for index, seq in found.seqs.items()]
    return out


def _home(store: Store, property: str) -> Path:
    return store.folder / "cubes" / hashlib.sha256(property.encode()).hexdigest()[:16]


def columns_of(look: Look) -> dict[str, list[Known]]:
    """The datastreams of each observed property, in the order of their columns."""
    out: dict[str, list[Known]] = {}
    for known in look.known:
        out.setdefault(known.stream.property, []).append(known)
    return out


@dataclass(frozen=True)
class _Periods:
    """`seqs`: number of the newest batch that touched each period, by the period's index."""

    days: int
    seqs: dict[int, int]

    @classmethod
    def of(cls, touched: list[tuple[int, int, int]]) -> _Periods:
        mean = sum(n for _, _, n in touched) / max(1, len(touched))
        days = 1
        while days < MOST_DAYS and mean * days * 2 <= PERIOD_READINGS:
            days *= 2
        seqs: dict[int, int] = {}
        for day, seq, _ in touched:
            seqs[day // days] = max(seq, seqs.get(day // days, 0))
        return cls(days, dict(sorted(seqs.items())))


def _build_lane(store: Store, look: Look, property: str, streams: list[Known], periods: list[Period], tell) -> Lane:
    home = _home(store, property)
    home.mkdir(parents=True, exist_ok=True)
    fresh = False
    for n, period in enumerate(periods):
        tell(n)
        if not period.built:
            build_cube(store, look, streams, period)
            fresh = True
    folders = [Path(period.folder) for period in periods]
    starts = tuple(period.day * DAY_US * 1000 for period in periods)
    carry = home / f"carry-{_name(folders, len(streams))}"
    if not carry.with_suffix(".times.npy").exists():
        _write_carry(folders, len(streams), carry)
        fresh = True
    if fresh:
        _sweep(home, folders, carry)
    counts = [int(load(f).counts[-1]) for f in folders]
    return Lane(property, len(streams), starts, tuple(map(str, folders)), str(carry),
                tuple(np.concatenate([[0], np.cumsum(counts)]).astype(int).tolist()))


def build_cube(store: Store, look: Look, streams: list[Known], period: Period) -> None:
    """Of the sealed good readings of a period."""
    first, last = period.day * DAY_US, (period.day + period.days) * DAY_US - 1
    numbers, times_ns, values = look.sealed.good({k.stream.id: n for n, k in enumerate(streams)}, first, last)
    built, _ = replay.build(numbers, times_ns, values, len(streams), ordered=True)
    save(built, Path(period.folder))


def save(built: Replay, folder: Path) -> None:
    """Write a replay as arrays that can be mapped: whole or not at all."""
    making = folder.with_name(f".{folder.name}.{os.getpid()}")
    shutil.rmtree(making, ignore_errors=True)
    making.mkdir(parents=True)
    names = SHARED + (EVENTS if isinstance(built, Keyframes) else ())
    for name in names:
        np.save(making / f"{name}.npy", getattr(built, name), allow_pickle=False)
    facts = {"span_ns": built.span_ns, "start_ns": built.start_ns, "tick_ns": built.tick_ns,
             "complete_ns": built.complete_ns}
    if isinstance(built, Keyframes):
        facts["per_row"] = built.per_row
    (making / "cube.json").write_text(json.dumps(facts), encoding="utf-8")
    shutil.rmtree(folder, ignore_errors=True)
    os.replace(making, folder)


def load(folder: Path | str) -> Replay:
    """The replay in a folder; its arrays are mapped, read-only."""
    folder = Path(folder)
    facts = json.loads((folder / "cube.json").read_text(encoding="utf-8"))
    facts["span_ns"] = tuple(facts["span_ns"])
    kind, names = (Keyframes, SHARED + EVENTS) if "per_row" in facts else (Cube, SHARED)
    return kind(**facts, **{name: mapped(folder / f"{name}.npy") for name in names})


def mapped(path: Path) -> np.ndarray:
    """An array in a file, as a plain array; an empty one cannot be mapped."""
    try:
        return np.asarray(np.load(path, mmap_mode="r", allow_pickle=False))
    except ValueError:
        return np.load(path, allow_pickle=False)


def _write_carry(folders: list[Path], columns: int, carry: Path) -> None:
    """What every datastream had said before each period: `values` and `times` (periods, columns)."""
    making = carry.with_name(f".{carry.name}.{os.getpid()}")
    shape = (max(1, len(folders)), columns)
    values = np.lib.format.open_memmap(f"{making}.values", "w+", np.float32, shape)
    times = np.lib.format.open_memmap(f"{making}.times", "w+", np.int64, shape)
    values[0], times[0] = np.nan, NEVER
    for n, folder in enumerate(folders[:-1]):
        cube = load(folder)
        last, ages = cube.latest_at(cube.span_ns[1])
        said = np.flatnonzero(ages >= 0)
        values[n + 1], times[n + 1] = values[n], times[n]
        values[n + 1, said], times[n + 1, said] = last[said], cube.span_ns[1] - ages[said]
    del values, times                     # flushes both
    os.replace(f"{making}.values", carry.with_suffix(".values.npy"))
    os.replace(f"{making}.times", carry.with_suffix(".times.npy"))


def _name(folders: list[Path], columns: int) -> str:
    return hashlib.sha256("|".join([str(columns), *(f.name for f in folders)]).encode()).hexdigest()[:16]


def _sweep(home: Path, folders: list[Path], carry: Path) -> None:
    """Forget what is out of date; where another program still maps it, the next time."""
    names = {f.name for f in folders} | {carry.name}
    for path in home.iterdir():
        if path.name.split(".")[0] not in names and not path.name.startswith("."):
            shutil.rmtree(path, ignore_errors=True) if path.is_dir() else _unlink(path)


def _unlink(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except PermissionError:
        return                            # mapped by another program on Windows
