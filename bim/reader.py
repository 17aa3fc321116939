"""IFC: recognised, described, and read as one mesh with a feature per element."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from bim import elements, geometry, georeference, placements
from bim.located import Located, located
from bim.map_units import length_unit_m
from bim.open import HEAD, Opened, member_of, open_model
from twin.data import Mesh, joined
from twin.layer import Source
from twin.placing import in_crs
from twin.plan import plan_of
from twin.readers import Info, Progress, Request, reader
from twin.text import tr
from twin.trouble import Trouble

NAMED_FAILURES = 10
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
    opened = _opened(path)
    passport = georeference.passport(opened.model, source.crs)
    best = passport.first()                     # without a project, the first source that names a CRS
    chosen = {"chosen": best.source if best else None,
              "reason": tr("The first source of the file that gives a usable place.") if best else ""}
    return [Info(path=str(path), kind="building", format=f"IFC ({opened.schema})", name=path.stem,
                 crs=best.crs if best else "", crs_source=_crs_source(best, source), units="m",
                 extent=(*in_crs(best, passport.centre), best.height) * 2 if best else None,
                 count=len(geometry.expected(opened.model)), notes=(*opened.notes, *passport.warnings),
                 extra={"ifc": facts(opened), "georeference": passport.as_dict() | chosen})]


def facts(opened: Opened) -> dict:
    """The "ifc" object of `info --json`."""
    model, unit = opened.model, length_unit_m(opened.model)
    guids = [r.GlobalId for r in model.by_type("IfcRoot")]
    return {"schema": opened.schema, "authoring_tool": _tool(model), "entities": opened.entities,
            "entity_lines": opened.entity_lines, "end_marker": opened.end_marker,
            "products": len(model.by_type("IfcProduct")), "complete": opened.complete,
            "duplicate_guids": len(guids) - len(set(guids)), "length_unit_m": unit}


def _tool(model) -> str:
    for application in model.by_type("IfcApplication"):
        return " ".join(filter(None, (application.ApplicationFullName, application.Version)))
    return model.header.file_name.originating_system or ""


def _crs_source(best, source: Source) -> str:
    return "" if best is None else "user" if source.crs else best.source


def _opened(path: Path) -> Opened:
    with open(path, "rb") as file:
        start = file.read(4096).lstrip(b"\xef\xbb\xbf \t\r\n")
    if start.startswith(HEAD) or start[:2] == b"PK":
        return open_model(path)
    raise Trouble(tr("IFC in XML or JSON form cannot be read."), cause=tr("It is ifcXML or IFC5 (ifcx)"),
                  way_out=tr("Export it as a STEP file (.ifc)."), path=str(path))


@dataclass
class _Loaded:
    parts: list[Mesh] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)     # of the elements, in the file
    colors: list[tuple] = field(default_factory=list)
    rows: list = field(default_factory=list)             # Arrow tables, one per batch


@reader("ifc", label="IFC", suffixes=(".ifc", ".ifczip"), sniff=sniff, inspect=inspect, stall_secs=STALL_SECS)
def read(request: Request, progress: Progress) -> Mesh:
    """Points in model metres with a placement, or with `placement=None` where the file has none."""
    progress(0.0, 0.0, tr("Opening"))
    opened = _opened(request.path)
    lost = placements.mend(opened.model)
    products = [p for p in geometry.expected(opened.model) if p.GlobalId not in lost]
    model = _Model(request, opened)
    loaded = _Loaded()
    for batch in geometry.batches(_counted(geometry.shapes(opened.model, products), len(products), progress)):
        loaded.parts.append(model.part(batch, loaded))
        progress.part(loaded.parts[-1])
    progress(1.0)
    seen = set(loaded.numbers)
    return model.whole(loaded, [p for p in products if p.id() not in seen], lost)


def _counted(shapes, total: int, progress: Progress):
    for done, shape in enumerate(shapes, 1):
        progress(min(done, total), total, tr("Building shapes"))
        yield shape


class _Model:
    """What holds for every batch: the offset of far geometry, the placement, the notes."""

    def __init__(self, request: Request, opened: Opened):
        self.request, self.opened, self.offset = request, opened, None
        self.unit_m = length_unit_m(opened.model) or 1.0
        self.located: Located | None = None

    def part(self, batch: geometry.Batch, loaded: _Loaded) -> Mesh:
        if self.offset is None:
            self._settle(batch)
        first = len(loaded.numbers)
        numbers = [s.number for s in batch.shapes]
        loaded.numbers += numbers
        loaded.rows.append(elements.rows_of(self.opened.model, numbers, self.unit_m))
        loaded.colors += [s.color for s in batch.shapes]
        return self._mesh(loaded, **batch.arrays(first, self.offset))

    def _settle(self, batch: geometry.Batch | None) -> None:
        """Geometry further than 5 km from its origin is recentred (float32 would lose it)."""
        centre = np.median([s.points.mean(axis=0) for s in batch.shapes], axis=0) if batch else np.zeros(3)
        far = np.abs(centre).max() > georeference.FAR_M
        self.offset = np.round(centre) if far else np.zeros(3)
        said = georeference.passport(self.opened.model, self.request.source.crs, centre if batch else None)
        self.located = located(said, self.request, self.offset)

    def _mesh(self, loaded: _Loaded, **arrays) -> Mesh:
        import pyarrow as pa
        rows = pa.concat_tables(loaded.rows) if loaded.rows else elements.rows_of(self.opened.model, [], 1.0)
        return Mesh(features=rows, count=len(rows), colors=np.array(loaded.colors, np.uint8).reshape(-1, 4),
                    **self.located.fields(), **arrays)

    def whole(self, loaded: _Loaded, failed: list, lost: set[str]) -> Mesh:
        if not loaded.parts:
            self._settle(None)
            return replace(self._mesh(loaded), notes=self._notes(loaded, failed, lost))
        mesh = joined(loaded.parts)
        few = mesh.edges is not None and len(mesh.edges) <= geometry.MAX_EDGES
        return replace(mesh, edges=mesh.edges if few else None, plan=plan_of(mesh),
                       notes=self._notes(loaded, failed, lost))

    def _notes(self, loaded: _Loaded, failed: list, lost: set[str]) -> tuple[str, ...]:
        notes = [*self.opened.notes, *self.located.warnings]
        if not loaded.numbers:
            notes.append(tr("No element of this file has a shape that can be drawn."))
        if self.located.placement is None:
            notes.append(tr("It has no place of its own here: set its placement."))
        if self.offset.any():
            notes.append(tr("Its geometry lies {km} km from its own origin and was recentred.",
                            km=f"{np.linalg.norm(self.offset) / 1000:.0f}"))
        if failed:
            names = ", ".join(f"{p.is_a()} {p.Name or p.GlobalId}" for p in failed[:NAMED_FAILURES])
            notes.append(tr("{n} elements gave no triangles (no body, or both kernels failed): {names}", n=len(failed),
                            names=names))
        if lost:
            notes.append(tr("{n} elements were left out: their placements form a cycle.", n=len(lost)))
        return tuple(notes)
