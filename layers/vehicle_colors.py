"""What the colours of vehicles say: a number at now, or a class that does not change with time."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from layers.legend import Legend
from layers.palette import palette, rgb
from layers.ramps import categorical, ramp
from layers.sensor_values import MISSING, steps
from twin.history.motion import Fleet
from twin.text import tr

MOST_ENTRIES = 18                                # of a legend; the others are counted


@dataclass(frozen=True)
class Scale:
    """`factor`: from what the history holds to `unit`; `low`, `high` where the layer says nothing."""

    title: str
    unit: str
    low: float
    high: float
    factor: float = 1.0


SCALES = {"speed": Scale("Speed", "km/h", 0.0, 60.0), "charge": Scale("Charge", "%", 0.0, 100.0),
          "load": Scale("Load", "%", 0.0, 100.0), "delay": Scale("Delay", "min", -5.0, 15.0, 1 / 60.0),
          "age": Scale("Age of the fix", "s", 0.0, 60.0, 1e-9)}
CLASSES = {"mode": "Mode", "route": "Route"}


@dataclass(frozen=True, eq=False)
class Classes:
    """`names` in order, so that layers of one feed agree; `which` (n,) index into them, len(names) = not known."""

    names: list[str]
    which: np.ndarray

    @classmethod
    def of(cls, cells: list[str | None]) -> Classes:
        words, at = np.unique([cell or "" for cell in cells], return_inverse=True)
        names = [str(word) for word in words if word]
        unknown = len(words) - len(names)                      # 1 where "" is one of the words: it is the first
        return cls(names, np.where(at < unknown, len(names), at - unknown))


class VehicleColors:
    """Of one table of vehicles."""

    def __init__(self, features):
        self.classes = {name: Classes.of(features.column(name).to_pylist()) if name in features.column_names
                        else Classes([], np.zeros(len(features), np.intp)) for name in CLASSES}

    def colors(self, layer, fleet: Fleet, theme: str) -> np.ndarray:
        """(n, 4) u1, opaque; grey where what is asked for is not known."""
        out = np.full((len(fleet.presence), 4), 255, np.uint8)
        if layer.color_by == "plain":
            out[:, :3] = rgb(layer.color)
        elif layer.color_by in CLASSES:
            found = self.classes[layer.color_by]
            out[:, :3] = np.vstack([categorical(len(found.names)).reshape(-1, 3), palette(theme).missing])[found.which]
        else:
            low, high = limits(layer)
            out[:, :3] = _key(layer.colormap, theme)[steps(values_of(layer, fleet).astype(np.float32), low, high)]
        return out

    def known(self, layer, fleet: Fleet) -> np.ndarray:
        """(n,) bool: of which vehicles it is known what the colours say."""
        if layer.color_by in CLASSES:
            found = self.classes[layer.color_by]
            return found.which < len(found.names)
        return np.isfinite(values_of(layer, fleet)) | (layer.color_by == "plain")

    def legend(self, layer, fleet: Fleet, title: str, note: str, theme: str) -> Legend | None:
        if layer.color_by == "plain":
            return None
        missing = palette(theme).missing, tr("Not known")
        if layer.color_by in CLASSES:
            return self._classes_legend(layer, title, note, missing)
        scale, (low, high) = SCALES[layer.color_by], limits(layer)
        unknown = layer.color_by not in ("speed", "age") or not self.known(layer, fleet)[fleet.presence > 0.0].all()
        return Legend(title=f"{title} · {tr(scale.title)}", unit=scale.unit, low=low, high=high, note=note,
                      ramp=tuple(map(tuple, ramp(layer.colormap, 32).tolist())),
                      missing=missing if unknown else None)

    def _classes_legend(self, layer, title: str, note: str, missing) -> Legend:
        found = self.classes[layer.color_by]
        shown = found.names[:MOST_ENTRIES]
        words = [tr(name) if layer.color_by == "mode" else name for name in shown]
        if more := len(found.names) - len(shown):
            note = f"{note} · {tr('{n} more', n=more)}"
        unknown = (found.which == len(found.names)).any()
        return Legend(title=f"{title} · {tr(CLASSES[layer.color_by])}", note=note, missing=missing if unknown else None,
                      entries=tuple((tuple(c), w) for c, w in zip(categorical(len(found.names)).tolist(), words)))


def values_of(layer, fleet: Fleet) -> np.ndarray:
    """(n,) what colours and labels say; NaN = not known. Classes are labelled with the speed."""
    name = layer.color_by if layer.color_by in SCALES else "speed"
    if name == "speed":
        return fleet.speed_kmh
    if name == "age":
        return np.where(fleet.age_ns >= 0, fleet.age_ns * SCALES["age"].factor, np.nan)
    return fleet.measures.get(name, np.full(len(fleet.presence), np.nan)) * SCALES[name].factor


def unit_of(layer) -> str:
    return SCALES[layer.color_by if layer.color_by in SCALES else "speed"].unit


def limits(layer) -> tuple[float, float]:
    """Values at the two ends of the colours."""
    scale = SCALES.get(layer.color_by, SCALES["speed"])
    return scale.low if layer.low is None else layer.low, scale.high if layer.high is None else layer.high


@lru_cache(maxsize=32)
def _key(colormap: str, theme: str) -> np.ndarray:
    """(257, 3) u1: a colour per step of value; the last is what has none."""
    key = np.empty((257, 3), np.uint8)
    key[:256] = ramp(colormap, 256)
    key[MISSING] = palette(theme).missing
    return key
