"""Units that column names carry: height_m is a height in metres."""

from __future__ import annotations

import re
from dataclasses import replace

from layers.legend import Legend
from twin.column_words import COLUMNS, column_words

_UNITS = {"m": "m", "m2": "m²", "m3": "m³", "km": "km", "km2": "km²", "mm": "mm", "cm": "cm", "deg": "°", "degc": "°C",
          "c": "°C", "pct": "%", "percent": "%", "kw": "kW", "kwh": "kWh", "mwh": "MWh", "kg": "kg", "t": "t",
          "ms": "m/s", "kmh": "km/h", "min": "min", "h": "h", "s": "s", "pa": "Pa", "hpa": "hPa", "lux": "lx",
          "ugm3": "µg/m³", "ppm": "ppm", "db": "dB", "l": "L"}
_AMOUNTS, _PER = frozenset({"kw", "kwh", "mwh", "kg", "t", "l"}), frozenset({"m2", "m3", "km2", "h"})


def with_unit(legend: Legend | None) -> Legend | None:
    """A ramp's legend with the unit of its column's suffix in its own field; classes have none."""
    if legend is None or not legend.ramp or legend.unit:
        return legend
    title, unit = title_and_unit(legend.title)
    return replace(legend, title=title, unit=unit)


def title_and_unit(column: str) -> tuple[str, str]:
    """What a column is called, and the unit that its name carries ("" = none)."""
    if column in COLUMNS:
        title, unit = re.fullmatch(r"(.*?)(?: \(([^()]*)\))?", column_words(column)).groups()
        return title, unit or ""
    stem, _, suffix = column.rpartition("_")
    unit = _UNITS.get(suffix.lower()) if stem else None
    rest, _, amount = stem.rpartition("_")
    if rest and suffix.lower() in _PER and amount.lower() in _AMOUNTS:       # energy_kwh_m2: kWh for each square metre
        stem, unit = rest, f"{_UNITS[amount.lower()]}/{unit}"
    title = (stem if unit else column).replace("_", " ").strip()
    return title[:1].upper() + title[1:], unit or ""
