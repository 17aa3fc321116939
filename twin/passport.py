"""The georeference passport: what a model's file says about where it stands, as plain values.

Nothing here depends on the project. `twin/placing.py` says what a candidate means in a frame,
`twin/judging.py` which one to believe.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import Any

Point = tuple[float, float, float]

MAP_CONVERSION, WORLD_SYSTEM, FAR_PLACEMENT, LATITUDE, ADDRESS = 50, 40, 30, 20, 10      # levels of georeferencing


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """What one source says: the model's point `local_point` lies at easting, northing, height.

    `easting` and `northing` are in `crs` and its unit (degrees, longitude first, where it is geographic);
    `crs` "" means that the file names none. `height` is metres in `height_datum` ("" = not said).
    A point p of the model (metres) lies at easting + scale * turned(p - local_point), and so on.
    """

    source: str                            # unique in its passport
    crs: str = ""
    easting: float
    northing: float
    height: float = 0.0
    scale: float = 1.0                     # of the plan, on metres of the model
    height_scale: float = 1.0
    grid_rotation_deg: float | None = None     # of the model's x axis, counter-clockwise; None = by true north
    lon: float | None = None               # WGS 84, of local_point
    lat: float | None = None
    logeoref: int = MAP_CONVERSION
    height_datum: str = ""                 # "1985", "wusong", "ellipsoid" or ""
    local_point: Point = (0.0, 0.0, 0.0)   # metres in the model's axes
    doubtful: bool = False                 # outside the area of its CRS, or a known default: others are asked first
    swapped: bool = False                  # eastings and northings were exchanged against the file


@dataclass(frozen=True, kw_only=True)
class Passport:
    """Candidates in the order in which they are believed; `centre` is where the geometry lies, model metres."""

    candidates: tuple[Candidate, ...] = ()
    warnings: tuple[str, ...] = ()
    true_north_deg: float = 90.0           # in the model's plane, counter-clockwise from its x axis
    centre: Point = (0.0, 0.0, 0.0)
    level: int = 0                         # the highest level that the file reaches
    address: str = ""

    def candidate(self, source: str) -> Candidate | None:
        return next((c for c in self.candidates if c.source == source), None)

    def first(self) -> Candidate | None:
        """Without a project to compare with: the first that names a CRS and is not doubtful, else any with a CRS."""
        named = [c for c in self.candidates if c.crs]
        return next((c for c in named if not c.doubtful), named[0] if named else None)

    def as_dict(self) -> dict[str, Any]:
        """JSON values."""
        return asdict(self)

    @staticmethod
    def from_dict(said: dict[str, Any]) -> Passport:
        known = {f.name for f in fields(Passport)} - {"candidates"}
        return Passport(candidates=tuple(_candidate(c) for c in said.get("candidates", ())),
                        **{k: tuple(v) if isinstance(v, list) else v for k, v in said.items() if k in known})


def _candidate(said: dict[str, Any]) -> Candidate:
    known = {f.name for f in fields(Candidate)}
    return Candidate(**{k: tuple(v) if isinstance(v, list) else v for k, v in said.items() if k in known})
