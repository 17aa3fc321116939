"""A passport in the frame of a project: what the reader hands on with the mesh."""

from __future__ import annotations

from dataclasses import dataclass

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


def located(said: Passport, request: Request, offset: np.ndarray) -> Located:
    """`offset` (3,) was subtracted from the points, model metres."""
    offset = tuple(map(float, offset))
    placements = placements_of(said, request.frame, offset, request.source.height_datum)
    foot = np.subtract(said.centre, offset)
    return Located(said, placements, judge(said, placements, request.frame, foot), offset)
