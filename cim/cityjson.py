"""CityJSON and CityJSONSeq: all levels of detail of every object, as one mesh with absolute heights."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np

from cim import cityjson_file, placing
from cim.city_shapes import Polygons, city_mesh, looks, plain_mesh, skipped_notes
from cim.cityjson_shapes import Collector
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
        facts = city.facts()
    place = _georef(source, city, facts.box, None)
    return [Info(path=str(path), kind="city", format=_format(city), name=path.name.split(".")[0],
                 crs=place.crs, crs_source=place.source, extent=facts.box, count=facts.count, units="m",
                 notes=(*place.notes, *city.notes(facts), *_what(facts)),
                 suggest=looks(facts.pictures.values(), sorted(facts.types)),
                 extra={"lods": facts.lods, "types": sorted(facts.types)})]


def _format(city: cityjson_file.CityFile) -> str:
    return f"{'CityJSONSeq' if city.sequence else 'CityJSON'} {city.version}".strip()


def _what(facts: cityjson_file.Facts) -> tuple[str, ...]:
    if not facts.count:
        return (tr("It holds no city objects."),)
    return (tr("Levels of detail: {lods}.", lods=", ".join(facts.lods)),) if facts.lods else ()


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
    progress(0.0, 1.0, tr("Reading objects"))
    city = cityjson_file.load(request.path)
    found = Collector(city, _lod(request, city))
    for number, _ in enumerate(found.gathered()):
        if number % 2000 == 0:
            progress(0.0, 1.0, tr("Reading objects"))
    box = found.facts.box
    place = _georef(request.source, city, box, request.frame)
    progress(0.5, 1.0, tr("Building shapes"))
    payload = city_mesh(found, _placed(place, request))
    progress(1.0)
    far = placing.far_notes(place, request.frame, box and (box[0], box[1], box[3], box[4]))
    return replace(payload, crs=place.crs, crs_source=place.source,
                   notes=(*place.notes, *_said(request, found), *payload.notes, *far))


class InParts:
    """A file some objects at a time; of a CityJSONSeq no more is held. `box`: around it, in file coordinates.

    `notes` tell of the whole file when the last part is out.
    """

    def __init__(self, request: Request, box):
        self.request, self.city = request, cityjson_file.load(request.path)
        self.found = Collector(self.city, _lod(request, self.city))
        self.place, self.flat = _georef(request.source, self.city, box, request.frame), 0

    def parts(self, most: int, progress: Progress) -> Iterator[tuple[Mesh, Polygons]]:
        """Meshes of about `most` polygons each, with what they were made of."""
        for held in self.found.gathered():
            if held >= most:
                progress(0.0, 0.0, tr("Reading objects"))
                yield self._part()
        if self.found.objects:
            yield self._part()

    def _part(self) -> tuple[Mesh, Polygons]:
        shapes, objects = self.found.taken()
        mesh, flat = plain_mesh(shapes, objects, _placed(self.place, self.request))
        self.flat += flat
        return mesh, shapes

    def notes(self) -> tuple[str, ...]:
        return (*self.place.notes, *_said(self.request, self.found), *skipped_notes(self.found.skipped, self.flat))


def _placed(place: placing.Georef, request: Request) -> Callable[[np.ndarray], np.ndarray]:
    """From file coordinates into the frame."""
    return lambda points: placing.to_local(place, request.frame, *points.T, height_datum=request.source.height_datum,
                                           path=str(request.path))


def _said(request: Request, found: Collector) -> tuple[str, ...]:
    return (*found.city.notes(found.facts), *_what(found.facts), *_chosen(request.source.lod, found.lod, found))


def _lod(request: Request, city: cityjson_file.CityFile) -> str:
    """The level that the source asks for where the file has it, else its highest; "" = all of them."""
    wanted = request.source.lod
    lods = city.facts().lods if wanted else []
    return (wanted if wanted in lods else lods[-1]) if lods else ""


def _chosen(wanted: str, lod: str, found: Collector) -> tuple[str, ...]:
    notes = (tr("Read at level of detail {lod} only.", lod=lod),) if lod else ()
    if wanted and wanted != lod:
        notes = (tr("Level of detail {wanted} is not in the file; {lod} is shown.", wanted=wanted, lod=lod or "–"),)
    if found.other_lod:
        notes += (tr("{n} objects do not have it and show their own highest level.", n=found.other_lod),)
    return notes
