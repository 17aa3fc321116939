"""IFC: recognised, described, and read as one mesh with a feature per element."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

import numpy as np

from bim import elements, georeference, loading, plan, report
from bim.helper import Piece
from bim.instances import joined
from bim.located import Located, located
from bim.map_units import length_unit_m
from bim.open import HEAD, Opened, member_of, open_model
from twin.data import Mesh
from twin.data import joined as together
from twin.layer import Source
from twin.placing import in_crs
from twin.plan import plan_of
from twin.readers import Info, Progress, Request, reader
from twin.text import tr

NAMED_FAILURES = 10
MAX_EDGES = 2_000_000
STALL_SECS = 60.0


def sniff(path: Path, head: bytes) -> float:
    if path.is_dir():
        return 0.0
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")[:4096]
    if start.startswith(HEAD):
        return 0.95 if b"IFC" in head.upper() else 0.3
    if head[:4] == b"PK\x03\x04":
        return 0.9 if member_of(path) else 0.0
    if (start[:1] == b"<" and b"ifcxml" in head.lower()) or path.suffix.lower() in (".ifcx", ".ifcxml"):
        return 0.9
    return 0.0


def inspect(path: Path, source: Source) -> list[Info]:
    opened = open_model(path, lazy=True)
    passport = georeference.passport(opened.model, source.crs)
    best = passport.first()                     # without a project, the first source that names a CRS
    chosen = {"chosen": best.source if best else None,
              "reason": tr("The first source of the file that gives a usable place.") if best else ""}
    return [Info(path=str(path), kind="building", format=f"IFC ({opened.schema})", name=path.stem,
                 crs=best.crs if best else "", crs_source=_crs_source(best, source), units="m",
                 place=in_crs(best, passport.centre) if best else None,
                 count=sum(map(len, plan.drawable(opened.model))), notes=(*opened.notes, *passport.warnings),
                 extra={"ifc": report.facts(opened), "georeference": passport.as_dict() | chosen})]


def _crs_source(best, source: Source) -> str:
    return "" if best is None else "user" if source.crs else best.source


@reader("ifc", label="IFC", suffixes=(".ifc", ".ifczip"), sniff=sniff, inspect=inspect, stall_secs=STALL_SECS)
def read(request: Request, progress: Progress) -> Mesh:
    """Points in model metres with a placement, or with `placement=None` where the file has none."""
    began = time.monotonic()
    progress(0.0, 0.0, tr("Opening"))
    model = _Model(request, open_model(request.path))
    shapes = loading.pieces(model.opened, model.unit_m, model.loaded,
                            lambda done, tried: progress(done, tried, tr("Building shapes")))
    parts = []
    for batch in loading.batches(shapes):
        parts.append(model.part(batch))
        progress.part(parts[-1])
    model.loaded.seconds = time.monotonic() - began
    progress(1.0)
    return model.whole(parts)


class _Model:
    """What holds for every batch: the offset of far geometry, the placement, the notes."""

    def __init__(self, request: Request, opened: Opened):
        self.request, self.opened, self.loaded, self.offset = request, opened, loading.Loaded(), None
        self.unit_m = length_unit_m(opened.model) or 1.0
        self.located: Located | None = None
        self.rows: list[dict[str, list]] = []
        self.colors: list[np.ndarray] = [np.zeros((0, 4), np.uint8)]

    def part(self, batch: list[Piece]) -> Mesh:
        shapes = joined([piece.instances for piece in batch])
        if self.offset is None:
            self._settle(shapes.centres())
        first = sum(len(colors) for colors in self.colors)
        self.rows += [piece.rows for piece in batch]
        self.colors.append(shapes.colors)
        return self._mesh(**shapes.placed(first, self.offset))

    def _settle(self, centres: np.ndarray) -> None:
        """Geometry further than 5 km from its origin is recentred (float32 would lose it)."""
        centre = np.median(centres, axis=0) if len(centres) else np.zeros(3)
        far = np.abs(centre).max() > georeference.FAR_M
        self.offset = np.round(centre) if far else np.zeros(3)
        said = georeference.passport(self.opened.model, self.request.source.crs, centre if len(centres) else None)
        self.located = located(said, self.request, self.offset)

    def _mesh(self, **arrays) -> Mesh:
        rows = elements.table_of(self.rows)
        return Mesh(features=rows, count=len(rows), colors=np.concatenate(self.colors), **self.located.fields(),
                    **arrays)

    def whole(self, parts: list[Mesh]) -> Mesh:
        said = report.report(self.opened, self.loaded)
        if not parts:
            self._settle(np.zeros((0, 3)))
        mesh = together(parts or [self._mesh()])
        few = mesh.edges is not None and len(mesh.edges) <= MAX_EDGES
        return replace(mesh, edges=mesh.edges if few else None, plan=plan_of(mesh) if parts else None,
                       notes=self._notes(said), report=said, complete=said["complete"])

    def _notes(self, said: dict) -> tuple[str, ...]:
        notes = [*self.opened.notes, *self.located.warnings]
        if not said["shapes"]:
            notes.append(tr("No element of this file has a shape that can be drawn."))
        if self.located.placement is None:
            notes.append(tr("It has no place of its own here: set its placement."))
        if self.offset.any():
            notes.append(tr("Its geometry lies {km} km from its own origin and was recentred.",
                            km=f"{np.linalg.norm(self.offset) / 1000:.0f}"))
        if failed := said["failed"]:
            names = ", ".join(f"{f['class']} {f['name'] or f['guid']} ({f['reason']})"
                              for f in failed[:NAMED_FAILURES])
            notes.append(tr("Incomplete: {n} elements could not be made: {names}", n=len(failed), names=names))
        if twice := said["duplicate_guids"]:
            notes.append(tr("{n} GlobalIds are used more than once.", n=twice))
        return tuple(notes)
