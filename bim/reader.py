"""IFC: recognised, described, and read as one mesh with a feature per element."""

from __future__ import annotations

import contextlib
import gc
import importlib
import multiprocessing
import time
from dataclasses import replace
from pathlib import Path

from bim import cache, georeference, kernels, loading, meshes, plan, report
from bim.extent import extent_of, frame_about
from bim.open import HEAD, open_model
from bim.unpack import MAGIC, names_in
from twin.data import Mesh
from twin.layer import Source
from twin.placing import in_crs
from twin.readers import Info, Progress, Request, reader
from twin.text import tr

STALL_SECS = 60.0


def sniff(path: Path, head: bytes) -> float:
    """What only looks like IFC (XML, JSON, a broken zip) is recognised too, to be refused in words."""
    if path.is_dir():
        return 0.0
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")[:4096]
    if start.startswith(HEAD):
        return 0.95 if b"IFC" in head.upper() else 0.3
    if head[:4] == MAGIC:
        inside = any(name.lower().endswith((".ifc", ".ifcxml")) for name in names_in(path))
        return 0.9 if inside or path.suffix.lower() == ".ifczip" else 0.0
    said = path.suffix.lower() in (".ifcx", ".ifcxml")
    if said or (start[:1] == b"<" and b"ifcxml" in head.lower()) or (start[:1] == b"{" and b'"ifcx' in head):
        return 0.9
    return 0.0


def inspect(path: Path, source: Source) -> list[Info]:
    opened = open_model(path, lazy=True)
    passport = georeference.passport(opened.model, source.crs)
    best = passport.first()                     # without a project, the first source that names a CRS
    chosen = {"chosen": best.source if best else None,
              "reason": tr("The first source of the file that gives a usable place.") if best else
              tr("No source of the file names a CRS.") if passport.candidates else
              tr("The file does not say where it stands.")}
    facts = report.facts(opened)
    return [Info(path=str(path), kind="building", format=f"IFC ({opened.schema})", name=path.stem,
                 crs=best.crs if best else "", crs_source=_crs_source(best, source), units="m",
                 place=in_crs(best, passport.centre) if best else None,
                 count=plan.Steps(opened.model).count,
                 notes=(*opened.notes, *passport.warnings, *meshes.oddities(facts)),
                 extra={"ifc": facts, "georeference": passport.as_dict() | chosen})]


def _crs_source(best, source: Source) -> str:
    return "" if best is None else "user" if source.crs else best.source


def warm() -> None:
    """A second of imports, and the libraries of the kernels. Python never looks through them again for what could go:
    that took 15 ms in the middle of a small file.
    """
    for module in ("ifcopenshell.geom", "ifcopenshell.util.element", "ifcopenshell.util.unit", "xxhash",
                   "numpy.ma"):                                                            # the last by `np.isin`
        importlib.import_module(module)
    kernels.warm()
    cache.versions()
    gc.freeze()


def examine(path: Path, source: Source, progress: Progress) -> list[Info]:
    """`inspect` with the whole load report: every shape is made (or was, and is in the cache)."""
    [info] = inspect(path, source)
    frame = frame_about(info)
    mesh = read(Request(source=replace(source, path=str(path)), kind="building", frame=frame), progress)
    notes = (*info.notes, *meshes.failures(mesh.report))
    chosen = mesh.placements.get(info.extra["georeference"]["chosen"])
    return [replace(info, notes=notes, extent=extent_of(mesh, chosen, info, frame),
                    extra=info.extra | {"ifc": mesh.report})]


@reader("ifc", label="IFC", suffixes=(".ifc", ".ifczip"), sniff=sniff, inspect=inspect, examine=examine,
        stall_secs=STALL_SECS, warm=warm)
def read(request: Request, progress: Progress) -> Mesh:
    """Points in model metres with a placement, or with `placement=None` where the file has none."""
    progress(0.0, 0.0, tr("Opening"))
    key = cache.key_of(request.path, request.source.crs)
    if kept := cache.load(key):
        return meshes.whole(kept, request)
    return _made(request, progress, key)


def _made(request: Request, progress: Progress, key: str) -> Mesh:
    """Read it cold, with parts on the way, and keep what came out."""
    began = time.monotonic()
    opened = open_model(request.path, lazy=True)
    shapes, loaded, counting = meshes.Growing(opened, request), loading.Loaded(), report.Counting(opened)

    def beat(done: int, tried: int) -> None:
        progress(done, tried, tr("Building shapes"))
        shapes.look()                                        # while the helpers are at their first shapes
        if shapes.shapes:
            counting.begin()

    source = shapes.taken(loading.pieces(opened, shapes.unit_m, loaded, beat))
    with contextlib.closing(counting), contextlib.closing(shapes):
        for batch in loading.batches(source, lambda: shapes.ready):
            progress.part(shapes.part(batch))
        if astray := shapes.without_astray():
            loaded.lose(astray)
        loaded.seconds = time.monotonic() - began
        content = shapes.content(report.report(opened, loaded, counting.all()))
        mesh = shapes.whole(content)
    if not loaded.limited and cache.key_of(request.path, request.source.crs) == key:     # not rewritten meanwhile
        cache.save(key, content)
    multiprocessing.active_children()                        # takes leave of the helpers: they have gone meanwhile
    progress(1.0)
    return mesh
