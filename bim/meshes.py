"""From shapes to the mesh that layers draw: recentred, placed, with its rows, colours and notes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from bim import elements, georeference
from bim.aside import Aside
from bim.attributes import sound
from bim.cache import Content
from bim.helper import Piece
from bim.instances import Instances, joined
from bim.located import Located, located, to_keep
from bim.map_units import length_unit_m
from bim.open import Opened
from bim.placed import Arrays, together
from twin.data import Mesh
from twin.passport import Passport
from twin.plan import House
from twin.readers import Request
from twin.rooms import rooms_of
from twin.told import Told, told

NAMED_FAILURES = 3
MAX_EDGES = 2_000_000
TELLING = 12                         # shapes are enough to say where all of them lie
ASTRAY_M = 1e6                       # from the middle of all: nothing built is so long


class Growing:
    """A mesh while its shapes come. Every piece is placed at once, as soon as it is known where: little is left to do
    after the last one.
    """

    def __init__(self, opened: Opened, request: Request):
        self.opened, self.request = opened, request
        self.unit_m = sound(length_unit_m, opened.model, otherwise=None) or 1.0
        self.shapes: list[Instances] = []
        self.rows: list = []                             # Arrow tables, one of each part
        self.place: Located | None = None
        self._waiting: list[Piece] = []                  # not placed yet
        self._arrays: list[Arrays] = []                  # of each piece with shapes
        self._count, self._told = 0, 0                   # elements that are placed; arrays that parts were made of
        self._house = House()
        self._looking = Aside(str(opened.plain), self._located)

    def taken(self, pieces: Iterator[Piece]) -> Iterator[Piece]:
        """The same pieces; each is placed on the way."""
        for piece in pieces:
            self._waiting.append(piece)
            if self.ready:
                self._place()
            yield piece

    def part(self, batch: list[Piece]) -> Mesh:
        """Pieces that were taken as a mesh; its rows and colours are those of all shapes so far."""
        self._place()
        new, self._told = self._arrays[self._told:], len(self._arrays)
        self.rows.append(elements.table_of([piece.rows for piece in batch]))
        colors = np.concatenate([shapes.colors for shapes in self.shapes])
        return _mesh(self.place, self._table(), colors, together(new))

    def _place(self) -> None:
        self.locate()
        new, self._waiting = [piece for piece in self._waiting if len(piece.instances.number)], []
        if new and not self.shapes:
            self._recentre(np.concatenate([piece.instances.centres() for piece in new]))
        for piece in new:
            arrays = piece.instances.placed(self._count, np.array(self.place.offset))
            self._house.add(arrays["points"], arrays["triangles"], arrays["vertex_feature"] - self._count,
                            piece.rows["class"])
            self.shapes.append(piece.instances)
            self._arrays.append(arrays)
            self._count += len(piece.instances.number)

    def without_astray(self) -> dict[int, str]:
        """Leave out the few elements that lie so far from all others that nothing could be seen of either: the reason
        by the number of each. Call it when all came.
        """
        self._place()
        shapes = joined(self.shapes)
        centres = shapes.centres()
        away_m = np.linalg.norm(centres - np.median(centres, axis=0), axis=1) if len(centres) else np.zeros(0)
        far = away_m > ASTRAY_M
        if not far.any():
            return {}
        import pyarrow as pa
        here, rows = shapes.only(~far), self._table().filter(pa.array(~far))
        arrays = here.placed(0, np.array(self.place.offset))
        self.shapes, self.rows, self._arrays, self._house = [here], [rows], [arrays], House()
        self._house.add(arrays["points"], arrays["triangles"], arrays["vertex_feature"],
                        rows.column("class").to_pylist())
        return {number: told("it lies {km} km from the others", km=f"{metres / 1000:,.0f}")
                for number, metres in zip(shapes.number[far].tolist(), away_m[far].tolist())}

    def content(self, report: dict) -> Content:
        facts = {"passport": self.place.passport.as_dict(), "offset": list(self.place.offset), "report": report,
                 "missing": list(self.opened.missing), "notes": list(self.opened.recoded),
                 "placed": to_keep(self.place, self.request)}
        return Content(joined(self.shapes), self._table().combine_chunks(), facts, self._house.plan())

    def whole(self, content: Content) -> Mesh:
        """The finished mesh of `content`."""
        arrays = together(self._arrays) if self._arrays else content.instances.placed(0, np.zeros(3))
        return _whole(content, self.place, arrays)

    def _table(self):
        import pyarrow as pa
        return pa.concat_tables(self.rows) if self.rows else elements.table_of([])

    def look(self) -> None:
        """Take note of where the model stands once that is found. PROJ takes a tenth of a second: helpers that are
        done with their first shapes do not wait for it.
        """
        if self.ready:
            self.locate()

    @property
    def ready(self) -> bool:
        """Whether a part need not wait for another process."""
        return self._looking.ready

    def locate(self) -> None:
        """Know where the model stands, from what the file says.

        Geometry further than 5 km from its origin is recentred (float32 would lose it). Placements and some
        coordinates tell where the model lies.
        """
        if self.place is None:
            self.place = self._looking.answer()

    def close(self) -> None:
        self._looking.end()

    def _located(self) -> Located:
        said = georeference.passport(self.opened.model, self.request.source.crs)
        return located(said, self.request, _offset(said))

    def _recentre(self, centres: np.ndarray) -> None:
        """A few first shapes would not tell where all lie (one may be astray), but many that lie far out do."""
        seen = np.median(centres, axis=0) if len(centres) >= TELLING else np.zeros(3)
        if np.abs(seen).max() > georeference.FAR_M and not np.any(self.place.offset):
            said = georeference.passport(self.opened.model, self.request.source.crs, seen)
            self.place = located(said, self.request, _offset(said))


def _offset(said: Passport) -> np.ndarray:
    centre = np.array(said.centre)
    return np.round(centre) if np.abs(centre).max() > georeference.FAR_M else np.zeros(3)


def whole(content: Content, request: Request) -> Mesh:
    """The mesh of what was kept of a file, in a project."""
    offset = np.array(content.facts["offset"])
    place = located(Passport.from_dict(content.facts["passport"]), request, offset, content.facts["placed"])
    return _whole(content, place, content.instances.placed(0, offset))


def _whole(content: Content, place: Located, arrays: Arrays) -> Mesh:
    if len(arrays["edges"]) > MAX_EDGES:
        arrays["edges"] = None
    report = content.facts["report"]
    mesh = _mesh(place, content.rows, content.instances.colors, arrays)
    return replace(mesh, plan=content.plan, rooms=rooms_of(mesh), notes=_notes(content.facts, mesh),
                   report=report, complete=report["complete"])


def _mesh(place: Located, rows, colors: np.ndarray, arrays: dict) -> Mesh:
    return Mesh(features=rows, count=len(rows), colors=colors, **place.fields(), **arrays)


def _notes(facts: dict, mesh: Mesh) -> tuple[str, ...]:
    report, offset = facts["report"], np.array(facts["offset"])
    notes = [*facts["missing"], *failures(report), *facts["notes"], *mesh.georeference["warnings"],
             *mesh.georeference["here"]]
    if not report["shapes"]:
        notes.append(told("No element of this file has a shape that can be drawn."))
    if mesh.placement is None:
        notes.append(told("It has no place of its own here: set its placement."))
    if offset.any():
        notes.append(told("Its geometry lies {km} km from its own origin and was recentred.",
                          km=f"{np.linalg.norm(offset) / 1000:.0f}"))
    return (*notes, *oddities(report))


def oddities(facts: dict) -> list[str]:
    """What is odd about a file without anything of it being missing; `facts` of bim.report."""
    twice = facts["duplicate_guids"]
    return [told("{n} GlobalIds are used more than once.", n=twice)] if twice else []


def failures(report: dict) -> list[str]:
    """A note about the elements that are missing, by name and reason; none where all are there."""
    failed = report["failed"]
    return [told("Incomplete: {n} elements could not be made: {names}", n=len(failed), names=_named(failed))] \
        if failed else []


def _named(failed: list[dict]) -> Told:
    """The first ones with their reasons, each of which can be told anew."""
    first = failed[:NAMED_FAILURES]
    places = ", ".join(f"{{name{at}}} ({{reason{at}}})" for at in range(len(first)))
    said = {f"name{at}": f"{f['class']} {f['name'] or f['guid']}" for at, f in enumerate(first)}
    return told(places + (" …" if len(failed) > len(first) else ""), **said,
                **{f"reason{at}": f["reason"] for at, f in enumerate(first)})
