"""A passport in the frame of a project: what the reader hands on with the mesh."""

from __future__ import annotations

from dataclasses import asdict, dataclass

import numpy as np

from twin.judging import Verdict, judge
from twin.layer import Placement
from twin.passport import Passport, Point
from twin.placing import placements_of
from twin.readers import Request


@dataclass(frozen=True)
class Located:
    """Every candidate placed, and the choice by the frame alone: the reader knows no other layer."""

    passport: Passport
    placements: dict[str, Placement]
    verdict: Verdict
    offset: Point

    @property
    def placement(self) -> Placement | None:
        return self.placements.get(self.verdict.chosen)

    def fields(self) -> dict:
        """The fields of `Mesh` that say where it stands; "here" are the warnings that hold in this project."""
        chosen = self.passport.candidate(self.verdict.chosen)
        said = self.passport.as_dict() | {"chosen": self.verdict.chosen, "reason": self.verdict.reason,
                                          "here": list(self.verdict.warnings), "offset": list(self.offset)}
        return {"placement": self.placement, "placements": self.placements, "georeference": said,
                "crs": chosen.crs if chosen else "", "crs_source": self.verdict.chosen or ""}


def located(said: Passport, request: Request, offset: np.ndarray, kept: dict | None = None) -> Located:
    """`offset` (3,) was subtracted from the points, model metres. `kept` is what `to_keep` gave for the same file: in
    the same frame PROJ need not look for the ways again, a twentieth of a second for each.
    """
    offset = tuple(map(float, offset))
    if kept and kept["frame"] == _frame_key(request):
        placements = {source: Placement(**values) for source, values in kept["placements"].items()}
    else:
        placements = placements_of(said, request.frame, offset, request.source.height_datum)
    foot = np.subtract(said.centre, offset)
    return Located(said, placements, judge(said, placements, request.frame, foot), offset)


def to_keep(place: Located, request: Request) -> dict:
    """JSON values: what the candidates mean in this frame."""
    return {"frame": _frame_key(request),
            "placements": {source: asdict(where) for source, where in place.placements.items()}}


def _frame_key(request: Request) -> list:
    """All that placements hang on besides the file, as JSON gives it back."""
    import pyproj
    return [pyproj.__version__, pyproj.proj_version_str, request.source.height_datum,
            {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(request.frame).items()}]
