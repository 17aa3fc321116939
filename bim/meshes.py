"""From shapes to the mesh that layers draw: recentred, placed, with its rows, colours and notes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from bim import elements, georeference
from bim.cache import Content
from bim.helper import Piece
from bim.instances import Instances, joined
from bim.located import located
from bim.map_units import length_unit_m
from bim.open import Opened
from twin.data import Mesh
from twin.passport import Passport
from twin.plan import plan_of
from twin.readers import Request
from twin.text import tr

NAMED_FAILURES = 10
MAX_EDGES = 2_000_000
TELLING = 12                         # shapes are enough to say where all of them lie


class Growing:
    """A mesh while its shapes come: the first of them settle where it stands."""

    def __init__(self, opened: Opened, request: Request):
        self.opened, self.request = opened, request
        self.unit_m = length_unit_m(opened.model) or 1.0
        self.shapes: list[Instances] = []
        self.rows: list[dict[str, list]] = []
        self.facts: dict = {}

    def part(self, batch: list[Piece]) -> Mesh:
        """The new shapes as a mesh; its rows and colours are those of all shapes so far."""
        new = joined([piece.instances for piece in batch])
        if not self.facts:
            self._settle(new.centres())
        first = sum(len(shapes.number) for shapes in self.shapes)
        self.shapes.append(new)
        self.rows += [piece.rows for piece in batch]
        return _mesh(self.facts, elements.table_of(self.rows), np.concatenate([s.colors for s in self.shapes]),
                     self.request, new.placed(first, np.array(self.facts["offset"])))

    def content(self, report: dict) -> Content:
        if not self.facts:
            self._settle(np.zeros((0, 3)))
        return Content(joined(self.shapes), elements.table_of(self.rows),
                       self.facts | {"report": report, "notes": list(self.opened.notes)})

    def _settle(self, centres: np.ndarray) -> None:
        """Geometry further than 5 km from its origin is recentred (float32 would lose it).

        Placements and some coordinates tell where the model lies; a few first shapes would not (one may be astray).
        """
        crs, seen = self.request.source.crs, np.median(centres, axis=0) if len(centres) >= TELLING else np.zeros(3)
        far = np.abs(seen).max() > georeference.FAR_M
        said = georeference.passport(self.opened.model, crs, seen if far else None)
        centre = np.array(said.centre)
        far = np.abs(centre).max() > georeference.FAR_M
        self.facts = {"passport": said.as_dict(), "offset": (np.round(centre) if far else np.zeros(3)).tolist()}


def whole(content: Content, request: Request) -> Mesh:
    """The finished mesh of a file in a project."""
    report, shapes = content.facts["report"], content.instances
    arrays = shapes.placed(0, np.array(content.facts["offset"]))
    if len(arrays["edges"]) > MAX_EDGES:
        arrays["edges"] = None
    mesh = _mesh(content.facts, content.rows, shapes.colors, request, arrays, report=report,
                 complete=report["complete"])
    return replace(mesh, plan=plan_of(mesh), notes=_notes(content.facts, mesh))


def _mesh(facts: dict, rows, colors: np.ndarray, request: Request, arrays: dict, **more) -> Mesh:
    place = located(Passport.from_dict(facts["passport"]), request, np.array(facts["offset"]))
    return Mesh(features=rows, count=len(rows), colors=colors, **place.fields(), **arrays, **more)


def _notes(facts: dict, mesh: Mesh) -> tuple[str, ...]:
    report, offset = facts["report"], np.array(facts["offset"])
    notes = [*facts["notes"], *failures(report), *mesh.georeference["warnings"]]
    if not report["shapes"]:
        notes.append(tr("No element of this file has a shape that can be drawn."))
    if mesh.placement is None:
        notes.append(tr("It has no place of its own here: set its placement."))
    if offset.any():
        notes.append(tr("Its geometry lies {km} km from its own origin and was recentred.",
                        km=f"{np.linalg.norm(offset) / 1000:.0f}"))
    if twice := report["duplicate_guids"]:
        notes.append(tr("{n} GlobalIds are used more than once.", n=twice))
    return tuple(notes)


def failures(report: dict) -> list[str]:
    """A note about the elements that are missing, by name and reason; none where all are there."""
    failed = report["failed"]
    names = ", ".join(f"{f['class']} {f['name'] or f['guid']} ({f['reason']})" for f in failed[:NAMED_FAILURES])
    return [tr("Incomplete: {n} elements could not be made: {names}", n=len(failed), names=names)] if failed else []
