"""Things, sensors, datastreams: the words of OGC SensorThings, as the store keeps them."""

from __future__ import annotations

from dataclasses import dataclass, field, fields

import numpy as np

OK, SUSPECT = 0, 1                                 # of a reading; what is missing is no reading but a gap
QUALITIES = ("ok", "suspect")


@dataclass(frozen=True, kw_only=True)
class Datastream:
    """What one sensor says about one observed property of one thing. `id` is stable across sources.

    `unit` is its symbol; `x`, `y` east first in `crs`, None = no place; `height_m` above the ground,
    `elevation_m` above the sea by `height_datum` ("" = the project's). `element` is the GlobalId of the IFC
    element or room that it belongs to. `stale_secs` 0 = the layer's judgement. `more`: whatever else the source says.
    """

    id: str
    name: str = ""
    name_zh: str = ""
    thing: str = ""
    sensor: str = ""
    property: str = ""
    unit: str = ""
    x: float | None = None
    y: float | None = None
    crs: str = ""
    moving: bool = False
    height_m: float | None = None
    elevation_m: float | None = None
    height_datum: str = ""
    element: str = ""
    interval_secs: float = 0.0
    stale_secs: float = 0.0
    zone: str = ""
    more: dict = field(default_factory=dict)

    def facts(self) -> dict:
        """What differs from the defaults, without the id: what the store writes."""
        said = {f.name: value for f in fields(self)
                if f.name not in ("id", "more") and (value := getattr(self, f.name)) != f.default}
        return said | ({"more": self.more} if self.more else {})

    def with_facts(self, other: Datastream) -> Datastream:
        """This one, with what `other` (of the same id) says beyond it; nothing known is lost. A name that only repeats
        the id says nothing.
        """
        said = {k: v for k, v in other.facts().items() if k != "name" or v != other.id or not self.name}
        return Datastream(**{"id": self.id, **self.facts(), **said, "more": {**self.more, **other.more}})


@dataclass(frozen=True, eq=False, kw_only=True)
class Batch:
    """Readings of several datastreams. `ids[streams[k]]` said `values[k]` at `times_ns[k]`; any order."""

    ids: tuple[str, ...]
    streams: np.ndarray              # (k,) i4
    times_ns: np.ndarray             # (k,) i8
    values: np.ndarray               # (k,) f8, finite
    quality: np.ndarray | None = None    # (k,) i1; None = all ok

    def __len__(self) -> int:
        return len(self.values)
