"""Which datastreams a sensor layer shows, where they stand, and what they say now."""

from __future__ import annotations

from dataclasses import dataclass, fields
from weakref import WeakKeyDictionary

import numpy as np

from layers import device_age
from twin.data import Sensors
from twin.frame import Frame
from twin.history.history import fresh_at
from twin.history.over import over
from twin.layer import SYSTEM_COLUMN, Placement
from twin.times import MINUTE

INSTANTS = 48                                      # of the history, for a range that stays the same over time
MISSING = 256
GRID_M = 12.0                                      # between sensors that have no place of their own


@dataclass(frozen=True, eq=False)
class Now:
    """`values` (n,) f4 with NaN for missing and stale; `reporting` of `n` have a value that counts."""

    values: np.ndarray
    reporting: int


def rows_of(payload: Sensors, observed: str, system: str = "") -> tuple[str, np.ndarray]:
    """The property that is shown ("" = the first of the source) and its rows in `features`.

    Of a table that the layers of several systems share, only the rows of `system`.
    """
    features = payload.features
    if features is None or "property" not in features.column_names:
        return "", np.arange(len(payload.positions))
    names, codes = words_of(payload, "property")
    mine = of_system(payload, system)
    codes = codes[mine]
    shown = observed or (names[codes[0]] if len(codes) else "")
    return shown, mine[codes == (names.index(shown) if shown in names else -1)]


def listed_rows(layer, payload) -> np.ndarray:
    """(k,) rows of a layer's table that are its own, ascending: layers share the table of their store, and each shows
    the properties that it names (a layer of sensors the first, where it names none; others all of its system)."""
    if not isinstance(payload, Sensors) or not hasattr(layer, "observed"):
        return np.arange(payload.features.num_rows)
    named = shown_properties(layer)
    if layer.kind == "sensors" or named:
        return np.unique(np.concatenate([rows_of(payload, name, layer.system)[1] for name in named or ("",)]))
    return of_system(payload, layer.system)


def shown_properties(layer) -> tuple[str, ...]:
    """The observed properties that a layer names, of its fields for one: what it is drawn by and what it tells too."""
    names = (getattr(layer, f.name) for f in fields(layer) if f.metadata.get("role") == "property")
    return tuple(dict.fromkeys(filter(None, names)))


def of_system(payload: Sensors, system: str) -> np.ndarray:
    """(k,) rows of one system in a table that the layers of several share; all where it is "" or not said."""
    features = payload.features
    if not system or features is None or SYSTEM_COLUMN not in features.column_names:
        return np.arange(len(payload.positions))
    systems, of = words_of(payload, SYSTEM_COLUMN)
    return np.flatnonzero(of == (systems.index(system) if system in systems else -1))


_words: WeakKeyDictionary = WeakKeyDictionary()        # payload -> column -> (distinct texts, which of them per row)


def words_of(payload: Sensors, column: str) -> tuple[list[str], np.ndarray]:
    """Distinct texts of a column and (n,) which of them each row has; worked out once for all layers of a source."""
    known = _words.setdefault(payload, {})
    if column not in known:
        import pyarrow as pa
        import pyarrow.compute as pc
        cells = pc.fill_null(pa.array(payload.features.column(column).cast(pa.string()).to_pylist()), "")
        coded = cells.dictionary_encode()
        known[column] = coded.dictionary.to_pylist(), np.asarray(coded.indices)
    return known[column]


def unit_of(payload: Sensors, rows: np.ndarray) -> str:
    """The unit that the rows share; "" when they differ or do not say."""
    if payload.features is None or "unit" not in payload.features.column_names or not len(rows):
        return ""
    units = set(payload.features.column("unit").take(rows).to_pylist())
    return next(iter(units)) or "" if len(units) == 1 else ""


def now(payload: Sensors, rows: np.ndarray, time_ns: int, stale_minutes: float) -> Now:
    """Newest values at `time_ns`; what is older than `stale_minutes` does not count."""
    if payload.history is None:
        return Now(np.full(len(rows), np.nan, np.float32), 0)
    values = fresh_at(payload.history, time_ns, int(stale_minutes * MINUTE))
    if len(rows) != len(values):                   # else all of them, in order
        values = values[rows]
    return Now(values, np.count_nonzero(np.isfinite(values)))


def on_the_way(payload: Sensors, rows: np.ndarray, time_ns: int, gap_ns: int, around: float = 0.0) -> np.ndarray:
    """(n,) f8 on a straight line from the newest reading to the next where that comes within `gap_ns`, else the newest
    one held; NaN before the first and for the row -1. `around`: angles take the shorter way (360).
    """
    out = np.full(len(rows), np.nan)
    for place, row in enumerate(rows.tolist()):
        if row < 0 or payload.history is None:
            continue
        instants, values = payload.history.series(row)
        after = int(np.searchsorted(instants, time_ns, side="right"))
        if not after:
            continue
        out[place] = values[after - 1]
        if after < len(instants) and 0 < (step := int(instants[after] - instants[after - 1])) <= gap_ns:
            way = float(values[after]) - float(values[after - 1])
            way = (way + around / 2) % around - around / 2 if around else way
            out[place] += way * int(time_ns - instants[after - 1]) / step
    return out


def age_classes(payload: Sensors, rows: np.ndarray, time_ns: int, stale_minutes: float) -> Now:
    """The class of each sensor by when it was last heard (`device_age`); the reporting ones were heard lately."""
    ages = np.full(len(rows), -1, np.int64) if payload.history is None else payload.history.latest_at(time_ns)[1][rows]
    suspects = getattr(payload.history, "suspects", None)          # of stores only: no file keeps what it marks invalid
    doubts = None if suspects is None else suspects.latest_at(time_ns)[1][rows]
    classes = device_age.classes_of(ages, stale_minutes, doubts)
    return Now(classes.astype(np.float32), int((classes == device_age.SEEN).sum()))


def during(payload: Sensors, rows: np.ndarray, since_ns: int | None, until_ns: int, stale_minutes: float,
           statistic: str, interval_ns: int) -> Now:
    """Newest values at `until_ns`; where a stretch of time is looked at, its mean, least or greatest."""
    if since_ns is None or payload.history is None:
        return now(payload, rows, until_ns, stale_minutes)
    values = over(payload.history, rows, since_ns, until_ns, statistic, int(stale_minutes * MINUTE), interval_ns)
    return Now(values, int(np.isfinite(values).sum()))


def change(a: Now, b: Now) -> Now:
    """How much more `a` is than `b`, where both have a value that counts."""
    values = a.values - b.values
    return Now(values, int(np.isfinite(values).sum()))


def interval_of(payload: Sensors, rows: np.ndarray) -> int:
    """The usual distance of readings, ns; 0 = unknown."""
    known = payload.history.interval_ns[rows] if payload.history is not None else np.zeros(0, np.int64)
    known = known[known > 0]
    return int(np.median(known)) if len(known) else 0


def steps(values: np.ndarray, low: float, high: float) -> np.ndarray:
    """(n,) u2: each value among 256 steps from `low` to `high`, beyond them the ends; MISSING = no value."""
    scaled = values - np.float32(low)
    scaled *= np.float32(255.0 / (high - low) if high > low else 0.0)
    scaled += np.float32(0.5)
    np.clip(scaled, 0.0, 255.5, out=scaled)        # NaN stays NaN
    np.copyto(scaled, MISSING, where=np.isnan(scaled))
    return scaled.astype(np.uint16)


def robust_range(payload: Sensors, rows: np.ndarray) -> tuple[float, float]:
    """2nd and 98th percentile over instants spread evenly over the whole history; (0, 1) without a value."""
    if payload.history is None or not len(rows):
        return 0.0, 1.0
    first, last = payload.history.span_ns
    instants = np.linspace(0.0, 1.0, INSTANTS)
    seen = [payload.history.latest_at(int(first + (last - first) * share))[0][rows] for share in instants]
    known = np.concatenate(seen)
    known = known[np.isfinite(known)]
    if not len(known):
        return 0.0, 1.0
    low, high = (float(v) for v in np.percentile(known, (2, 98)))
    return (low, high) if high > low else (low - 0.5, low + 0.5)


def places(payload: Sensors, rows: np.ndarray, ground, offset_m: float, placement: Placement | None,
           frame: Frame | None, stands: np.ndarray | None = None) -> np.ndarray:
    """(n, 3) f8 local metres; NaN where a sensor has no place.

    z NaN in the payload means on the ground, plus the file's height_m where it says one. Those without coordinates
    stand at their elements (`stands` as of a `Lot`), the others with a placement in a square grid there.
    """
    out = payload.positions[rows].astype(np.float64)
    if stands is not None:
        lost = ~np.isfinite(out[:, :2]).all(axis=1)
        out[lost] = stands[rows[lost]]
    if placement is not None and frame is not None:
        _into_grid(out, placement, frame)
    flat = np.isnan(out[:, 2]) & np.isfinite(out[:, 0])
    if flat.any():
        out[flat, 2] = ground.height_at(out[flat]) + _above(payload, rows)[flat]
    out[:, 2] += offset_m
    return out


def _into_grid(out: np.ndarray, placement: Placement, frame: Frame) -> None:
    lost = np.flatnonzero(~np.isfinite(out[:, :2]).all(axis=1))
    side = max(1, int(np.ceil(np.sqrt(len(lost)))))
    step = np.arange(len(lost))
    grid = (np.stack([step % side, step // side], axis=1) - (side - 1) / 2) * GRID_M
    out[lost, 0] = placement.easting - frame.origin[0] + grid[:, 0]
    out[lost, 1] = placement.northing - frame.origin[1] + grid[:, 1]
    out[lost, 2] = placement.height - frame.origin[2] if placement.height else np.nan


def _above(payload: Sensors, rows: np.ndarray) -> np.ndarray:
    """(n,) metres above the ground from the column height_m; 0 where the file says nothing."""
    if payload.features is None or "height_m" not in payload.features.column_names:
        return np.zeros(len(rows))
    heights = payload.features.column("height_m").to_numpy()[rows]
    return np.nan_to_num(heights.astype(np.float64), posinf=np.inf, neginf=-np.inf) if heights.dtype.kind in "iuf" \
        else np.zeros(len(rows))
