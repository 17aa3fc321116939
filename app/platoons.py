"""The gaps of a platoon as datastreams, so that they are charted like readings: metres between bumpers over the day."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from twin.data import Sensors, Tracks
from twin.roadside import gap_series, members_of
from twin.text import tr
from twin.times import SECOND

STEP_NS, MOST_STEPS = 2 * SECOND, 2000            # of a chart; a longer drive is looked at less often


class PlatoonHistory:
    """Worked out when a series is first asked for, which charts do in their thread."""

    revision = 0

    def __init__(self, tracks: Tracks, mode: str, length_m: float, gap_ns: int):
        self.tracks, self.mode, self.length_m, self.gap_ns = tracks, mode, length_m, gap_ns
        first, last = self.span_ns = tracks.history.span_ns
        self.step_ns = max(STEP_NS, (last - first) // MOST_STEPS)
        self.members = members_of(tracks, mode)
        self.interval_ns = np.full(len(self.members), self.step_ns, np.int64)
        self._made: tuple | None = None

    def series(self, row: int) -> tuple[np.ndarray, np.ndarray]:
        """Of the vehicle `members[row]`: how far behind the one ahead of it it drives."""
        if self._made is None:
            self._made = gap_series(self.tracks, self.mode, self.length_m, self.gap_ns, *self.span_ns, self.step_ns)
        instants, pairs = self._made
        mine = [gaps for (_, behind), gaps in pairs.items() if behind == self.members[row]]
        if not mine:
            return instants, np.full(len(instants), np.nan, np.float32)
        nearest = np.where(np.isnan(mine), np.inf, mine).min(axis=0)
        return instants, np.where(np.isinf(nearest), np.nan, nearest).astype(np.float32)


def platoon_of(layer, tracks: Tracks) -> Sensors:
    """A datastream for each vehicle of the roadside's platoon."""
    return _made(tracks, layer.platoon, layer.length_m, round(layer.gap_secs * SECOND))


@lru_cache(maxsize=8)
def _made(tracks: Tracks, mode: str, length_m: float, gap_ns: int) -> Sensors:
    import pyarrow as pa
    history = PlatoonHistory(tracks, mode, length_m, gap_ns)
    names = [tracks.features.column("id")[int(row)].as_py() for row in history.members]
    words = [tr("{name}: gap to the one ahead", name=name) for name in names]
    table = pa.table({"id": names, "name": words, "unit": ["m"] * len(names)})
    return Sensors(features=table, history=history, count=len(names))


def gaps_beside(session, layer_id: str, row: int) -> tuple[tuple[str, int], ...]:
    """(roadside, row) of the gaps to chart with a selected vehicle: those of its whole platoon."""
    document, asset = session.document, session.held(layer_id)
    if asset is None or not isinstance(asset.payload, Tracks) or "mode" not in asset.payload.features.column_names:
        return ()
    mode = asset.payload.features.column("mode")[row].as_py()
    roadside = next((x for x in document.layers if x.kind == "roadside" and x.vehicles == layer_id
                     and x.platoon == mode and document.shown(x)), None)
    if roadside is None:
        return ()
    return tuple((roadside.id, n) for n in range(platoon_of(roadside, asset.payload).count))


def platoon_payload(session, layer) -> Sensors | None:
    """What the charts read for a roadside layer; None while its vehicles are being read."""
    asset = session.held(layer.vehicles)
    return platoon_of(layer, asset.payload) if asset and isinstance(asset.payload, Tracks) else None
