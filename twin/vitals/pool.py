"""All datastreams of a project, one after the other, whatever file or store they come from."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from twin.data import Sensors
from twin.layer import SYSTEM_COLUMN
from twin.vitals.catalogue import STALE_MINUTES

MINUTE = 60 * 1_000_000_000


@dataclass(frozen=True, eq=False)
class Shown:
    """A source of readings: `layers` show it, each an observed property ("" = all others) until it is so old.

    `systems`: layer id -> the city system whose rows of a shared table it shows. `stands` (n, 3) f8: where those
    without a place of their own stand, NaN = nowhere; None = all of them.
    """

    payload: Sensors
    layers: tuple[tuple[str, str, float], ...]              # (layer id, observed property, stale minutes)
    systems: dict[str, str] = field(default_factory=dict)
    stands: np.ndarray | None = None

    def same_as(self, other: Shown) -> bool:
        """Whether nothing that a pool takes of it differs."""
        return (self.payload is other.payload and self.layers == other.layers and self.systems == other.systems
                and (self.stands is other.stands or (self.stands is not None and other.stands is not None
                     and np.array_equal(self.stands, other.stands, equal_nan=True))))

    @property
    def places(self) -> np.ndarray:
        """(n, 2) f8."""
        own = self.payload.positions[:, :2].astype(np.float64)
        return own if self.stands is None else np.where(np.isfinite(own), own, self.stands[:, :2])


@dataclass(eq=False)
class Pool:
    """Row r of the pool is row `r - starts[s]` of source s. `stale_ns` (n,): older than that is missing."""

    shown: tuple[Shown, ...]
    starts: np.ndarray = field(init=False)
    stale_ns: np.ndarray = field(init=False)
    xy: np.ndarray = field(init=False)                       # (n, 2) f8, NaN = no place
    _texts: dict[str, tuple[list[str], np.ndarray]] = field(default_factory=dict, repr=False)

    def __post_init__(self):
        sizes = [len(s.payload.positions) for s in self.shown]
        self.starts = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
        self.xy = np.concatenate([np.zeros((0, 2)), *(s.places for s in self.shown)])
        self.stale_ns = self._staleness()

    def __len__(self) -> int:
        return int(self.starts[-1])

    def texts(self, column: str) -> tuple[list[str], np.ndarray]:
        """(distinct texts, index per row) of a column over all sources; "" where nothing is said."""
        if column not in self._texts:
            words: dict[str, int] = {"": 0}
            parts = []
            for shown in self.shown:
                there, codes = _column(shown.payload, column)
                place = np.array([words.setdefault(w, len(words)) for w in there], np.int32)
                parts.append(place[codes])
            self._texts[column] = list(words), np.concatenate([np.zeros(0, np.int32), *parts])
        return self._texts[column]

    def text(self, column: str, row: int) -> str:
        words, codes = self.texts(column)
        return words[codes[row]]

    def rows_of_layer(self, id: str) -> np.ndarray:
        """(k,) rows of the sources that a layer shows, of a shared table those of its system."""
        parts = [np.zeros(0, np.int64)]
        for n, shown in enumerate(self.shown):
            if any(layer == id for layer, _, _ in shown.layers):
                rows = np.arange(self.starts[n], self.starts[n + 1])
                if system := shown.systems.get(id):
                    words, codes = self.texts(SYSTEM_COLUMN)
                    rows = rows[codes[rows] == words.index(system)] if system in words else rows[:0]
                parts.append(rows)
        return np.concatenate(parts)

    def numbers(self, column: str) -> np.ndarray:
        """(n,) f8 of a column; NaN where it says nothing."""
        words, codes = self.texts(column)
        return np.array([_number(w) for w in words])[codes]

    @property
    def interval_ns(self) -> np.ndarray:
        """(n,) i8: the usual distance of readings, 0 = unknown."""
        return np.concatenate([np.zeros(0, np.int64), *(s.payload.history.interval_ns for s in self.shown)])

    def place(self, row: int) -> tuple[Shown, int]:
        source = int(np.searchsorted(self.starts, row, side="right")) - 1
        return self.shown[source], row - int(self.starts[source])

    def layer_of(self, row: int) -> tuple[str, int]:
        """(layer id, feature) that shows a datastream in the scene."""
        shown, feature = self.place(row)
        observed, system = self.text("property", row), self.text(SYSTEM_COLUMN, row)
        mine = [x for x in shown.layers if system and shown.systems.get(x[0]) == system] or shown.layers
        ids = [id for id, wanted, _ in mine if wanted == observed] or [id for id, *_ in mine]
        return ids[0], feature

    def latest_at(self, time_ns: int) -> tuple[np.ndarray, np.ndarray]:
        """(values (n,) f4 with NaN for missing and stale, ages (n,) i8 ns, -1 = never)."""
        parts = [s.payload.history.latest_at(time_ns) for s in self.shown]
        if not parts:
            return np.zeros(0, np.float32), np.zeros(0, np.int64)
        values, ages = parts[0] if len(parts) == 1 else (np.concatenate(p) for p in zip(*parts))
        # As unsigned, the age -1 of what was never said is the greatest of all: one comparison finds both.
        values[ages.view(np.uint64) > self.stale_ns.view(np.uint64)] = np.nan
        return values, ages

    def _staleness(self) -> np.ndarray:
        words, codes = self.texts("property")
        out = np.empty(len(self), np.int64)
        for n, shown in enumerate(self.shown):
            span = slice(int(self.starts[n]), int(self.starts[n + 1]))
            said = {observed: minutes for _, observed, minutes in reversed(shown.layers)}
            other = said.get("", STALE_MINUTES)
            out[span] = (np.array([said.get(w, other) for w in words]) * MINUTE).astype(np.int64)[codes[span]]
        own = self.numbers("stale_secs")
        known = np.isfinite(own) & (own > 0)
        out[known] = (own[known] * 1e9).astype(np.int64)
        return out


def _column(payload: Sensors, column: str) -> tuple[list[str], np.ndarray]:
    import pyarrow as pa
    count = len(payload.positions)
    if payload.features is None or column not in payload.features.column_names:
        return [""], np.zeros(count, np.int32)
    cells = payload.features.column(column).combine_chunks()
    if not pa.types.is_dictionary(cells.type):
        cells = cells.dictionary_encode()
    if isinstance(cells, pa.ChunkedArray):
        cells = cells.unify_dictionaries().combine_chunks()
    words = ["" if w is None else str(w) for w in cells.dictionary.to_pylist()]
    return [*words, ""], cells.indices.fill_null(len(words)).to_numpy(zero_copy_only=False).astype(np.int32)


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return float("nan")
