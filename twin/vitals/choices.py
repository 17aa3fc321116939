"""What a project says about its vital signs beyond the catalogue. Part of the document: every edit can be undone."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Annotated

import numpy as np
from annotated_types import Ge, Le


@dataclass(frozen=True, kw_only=True)
class SignChoice:
    """Another judgement of one sign than the catalogue's. Empty and None = as the catalogue says.

    `levels` (three): where the verdict becomes yellow, orange, red; of a band its low and high end and the margin.
    `night`: the same between `day_hours`. `properties`: observed properties that feed the sign besides the known ones.
    """

    id: str
    levels: tuple[float, ...] = ()
    night: tuple[float, ...] = ()
    complete: Annotated[float, Ge(0.0), Le(1.0)] | None = None
    properties: tuple[str, ...] = ()
    source: str = ""
    date: str = ""


@dataclass(frozen=True, kw_only=True)
class IndicatorEntry:
    """An indicator's value that no layer can tell, as somebody entered it: `date` ISO 8601, `source` its origin."""

    number: int
    value: float
    date: str
    source: str = ""
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class VitalChoices:
    """`zone_layers`: layers of other kinds whose polygons are zones too."""

    signs: tuple[SignChoice, ...] = ()
    indicators: tuple[IndicatorEntry, ...] = ()
    zone_layers: tuple[str, ...] = ()

    def sign(self, id: str) -> SignChoice | None:
        return next((c for c in self.signs if c.id == id), None)

    def with_sign(self, choice: SignChoice) -> VitalChoices:
        """Replace the choice for a sign; one that says nothing goes."""
        kept = tuple(c for c in self.signs if c.id != choice.id)
        said = choice != SignChoice(id=choice.id)
        return replace(self, signs=(*kept, choice) if said else kept)

    def with_indicator(self, entry: IndicatorEntry) -> VitalChoices:
        """Add a value; one of the same indicator and date is replaced."""
        kept = tuple(e for e in self.indicators if (e.number, e.date) != (entry.number, entry.date))
        return replace(self, indicators=(*kept, entry))

    def without_indicator(self, number: int, date: str) -> VitalChoices:
        return replace(self, indicators=tuple(e for e in self.indicators if (e.number, e.date) != (number, date)))


@dataclass(frozen=True, kw_only=True)
class DrawnZone:
    """A polygon that somebody drew. `corners`: (easting, northing) in the project's CRS; the first is not repeated."""

    id: str
    name: str
    name_zh: str = ""
    corners: tuple[tuple[float, float], ...] = ()

    def local(self, frame) -> np.ndarray:
        """(n, 2) f8 metres from the frame's origin."""
        return np.array(self.corners, np.float64).reshape(-1, 2) - np.array(frame.origin[:2])
