"""CityJSON and CityJSONSeq: all levels of detail of every object, as one mesh with absolute heights."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np

from cim import cityjson_file, placing
from cim.city_shapes import city_mesh, looks
from twin.data import Mesh
from twin.layer import Source
from twin.readers import Info, Progress, Request, reader
from twin.text import tr


def sniff(path: Path, head: bytes) -> float:
    if head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] != b"{":
        return 0.0
    if b'"CityJSON' in head or b'"CityObjects"' in head:
        return 0.95
    # Members may come in any order: a long list of vertices can push the type out of sight.
    return 0.3 if b'"vertices"' in head or b'"translate"' in head else 0.0


def inspect(path: Path, source: Source) -> list[Info]:
    city = cityjson_file.load(path)
    with cityjson_file.sound(path):
        box, lods, count = city.box, city.lods, city.count
        types = sorted({str(o.get("type", "")) for b in city.blocks for o in b.objects.values()})
    place = _georef(source, city, box, None)
    return [Info(path=str(path), kind="city", format=_format(city), name=path.name.split(".")[0],
                 crs=place.crs, crs_source=place.source, extent=box, count=count, units="m",
                 notes=(*place.notes, *city.notes, *_what(city, lods)),
                 suggest=looks((p for b in city.blocks for p in b.pictures), types),
                 extra={"lods": lods, "types": types})]


def _format(city: cityjson_file.CityFile) -> str:
    name = "CityJSONSeq" if len(city.blocks) > 1 else "CityJSON"
    return f"{name} {city.version}".strip()


def _what(city: cityjson_file.CityFile, lods: list[str]) -> tuple[str, ...]:
    if not city.count:
        return (tr("It holds no city objects."),)
    return (tr("Levels of detail: {lods}.", lods=", ".join(lods)),) if lods else ()


def _georef(source: Source, city: cityjson_file.CityFile, box, frame) -> placing.Georef:
    flat = None if box is None else (box[0], box[1], box[3], box[4])
    place = placing.georef(source, city.crs, "file", flat, frame, degrees=False)
    if frame is None or place.known or flat is None:
        return place
    return placing.at_origin(place, flat, frame)


@reader("cityjson", label="CityJSON", suffixes=(".city.json", ".json", ".city.jsonl", ".jsonl"),
        sniff=sniff, inspect=inspect)
def read(request: Request, progress: Progress) -> Mesh:
    """`Mesh` with absolute z, one feature per city object that has a geometry of its own."""
    return read_as(city_mesh, request, progress)


def read_as(made: Callable[..., Mesh], request: Request, progress: Progress) -> Mesh:
    """As `read`, with the mesh that `made(shapes, to_local)` makes."""
    progress(0.0, 1.0, tr("Reading objects"))
    city = cityjson_file.load(request.path)
    with cityjson_file.sound(request.path):
        lods, box = city.lods, city.box
        lod = _lod(request.source.lod, lods)
        found = cityjson_file.Collector(city, lod)
    place = _georef(request.source, city, box, request.frame)
    progress(0.5, 1.0, tr("Building shapes"))

    def local(points: np.ndarray) -> np.ndarray:
        return placing.to_local(place, request.frame, *points.T, height_datum=request.source.height_datum,
                                path=str(request.path))

    payload = made(found, local)
    progress(1.0)
    far = placing.far_notes(place, request.frame, box and (box[0], box[1], box[3], box[4]))
    return replace(payload, crs=place.crs, crs_source=place.source,
                   notes=(*place.notes, *city.notes, *_what(city, lods), *_chosen(request.source.lod, lod, found),
                          *payload.notes, *far))


def _lod(wanted: str, lods: list[str]) -> str:
    """The level that the source asks for where the file has it, else its highest; "" = all of them."""
    return (wanted if wanted in lods else lods[-1]) if wanted and lods else ""


def _chosen(wanted: str, lod: str, found: cityjson_file.Collector) -> tuple[str, ...]:
    notes = (tr("Read at level of detail {lod} only.", lod=lod),) if lod else ()
    if wanted and wanted != lod:
        notes = (tr("Level of detail {wanted} is not in the file; {lod} is shown.", wanted=wanted, lod=lod or "–"),)
    if found.other_lod:
        notes += (tr("{n} objects do not have it and show their own highest level.", n=found.other_lod),)
    return notes
