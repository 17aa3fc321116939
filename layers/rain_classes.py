"""Classes of rain: plain ones below, above them the warnings of a standard for the time that is summed up.

The warnings' numbers are those of the catalogue (twin/vitals/limits.json): Shanghai's hold for one and for six hours,
the national ones each for a window of its own, and neither says anything of another one.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from layers.legend import Color
from layers.verdict_colors import SHAPES, level_colors
from twin.text import tr
from twin.vitals.catalogue import catalogue

SHANGHAI, NATIONAL, NONE = "shanghai", "national", "none"
STANDARDS = {SHANGHAI: "Shanghai rain warning", NATIONAL: "National rain warning"}
WARNINGS = ("Blue", "Yellow", "Orange", "Red")
DRY_MM = 0.1                                     # less is no rain
RATE_EDGES = (DRY_MM, 1.0, 2.5, 5.0, 10.0, 20.0, 50.0, 100.0)           # mm/h
SUM_EDGES = (DRY_MM, 1.0, 5.0, 10.0, 25.0, 50.0, 100.0, 200.0)          # mm
BLUE: dict[str, Color] = {"light": (30, 70, 172), "dark": (74, 116, 226)}
PLAIN = {"light": ((206, 232, 240), (62, 146, 186)), "dark": ((168, 204, 220), (60, 132, 176))}     # least and most


@dataclass(frozen=True)
class Classes:
    """Class n begins at `edges[n]`; `warnings[n]` is what the standard calls it, "" = nothing."""

    edges: tuple[float, ...]
    warnings: tuple[str, ...]

    def of(self, values: np.ndarray) -> np.ndarray:
        """Index of each value's class plus one; 0 = dry or not known. A limit that is reached counts."""
        found = np.searchsorted(np.array(self.edges, np.float32), np.nan_to_num(values, nan=-1.0), side="right")
        return found.astype(np.uint8)

    def colors(self, theme: str) -> np.ndarray:
        """(classes + 1, 4) u1; the first one, without rain, is clear."""
        plain = sum(not w for w in self.warnings)
        first, last = (np.array(c, float) for c in PLAIN.get(theme, PLAIN["light"]))
        out = np.zeros((len(self.edges) + 1, 4), np.uint8)
        out[1:, 3] = 255
        for n, share in enumerate(np.linspace(0.0, 1.0, plain)):
            out[n + 1, :3] = (first + (last - first) * share).round()
        for n, name in enumerate(self.warnings):
            if name:
                level = level_colors(theme)[1 + WARNINGS.index(name)]
                out[n + 1, :3] = BLUE.get(theme, BLUE["light"]) if name == "Blue" else level
        return out

    def entries(self, theme: str) -> tuple[tuple[Color, str], ...]:
        """Of the legend, the most rain first."""
        colors = self.colors(theme)
        said = []
        for n, (edge, name) in enumerate(zip(self.edges, self.warnings)):
            shape = "" if not name else f"  {SHAPES[max(1, WARNINGS.index(name) + 1)]} {tr(f'{name} warning')}"
            said.append((tuple(map(int, colors[n + 1, :3])), f"≥ {edge:g}{shape}"))
        return tuple(reversed(said))


def classes_of(standard: str, hours: float) -> Classes:
    """`hours` summed up; 0 = rain as it falls, in mm/h, to which Shanghai's limits of an hour are laid."""
    warned = limits_of(standard, hours or 1) if hours or standard == SHANGHAI else {}
    first = min(warned.values(), default=np.inf)
    plain = [edge for edge in (SUM_EDGES if hours else RATE_EDGES) if edge < first]
    names = [name for name in WARNINGS if name in warned]
    return Classes((*plain, *(warned[name] for name in names)), ("",) * len(plain) + tuple(names))


def limits_of(standard: str, hours: float) -> dict[str, float]:
    """{warning: mm} of a standard for a sum over so many hours."""
    rows = [x for x in catalogue().limits if x.standard == STANDARDS.get(standard)]
    found: dict[str, float] = {}
    for row in rows:
        for name, value in zip(WARNINGS, row.values):
            amount, _, window = str(value).partition("/")
            if (window or row.item).replace(" ", "") == f"{hours:g}h":
                found[name] = float(amount)
    return found
