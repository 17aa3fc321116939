"""CityGML 1, 2, 3 and PLATEAU: every object with all its levels of detail, as one mesh with absolute heights."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np

from cim import placing
from cim.city_shapes import city_mesh, lod_rank, looks, plain_mesh, skipped_notes
from cim.citygml_file import CityGml
from twin.data import Mesh
from twin.layer import Source
from twin.readers import Info, Progress, Request, reader
from twin.text import tr

MOST_INSPECTED = 5000                     # objects that opening looks at before the reading proper


def sniff(path: Path, head: bytes) -> float:
    text = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    if text[:1] != b"<" and head[:2] not in (b"\xff\xfe", b"\xfe\xff"):
        return 0.0
    head = head.replace(b"\0", b"")       # UTF-16 looks like this
    return 0.95 if re.search(rb"<(?:[\w-]+:)?CityModel[\s>]", head) else 0.0


def inspect(path: Path, source: Source) -> list[Info]:
    city, seen, whole = CityGml(path), 0, True
    for _ in city.members():
        seen += 1
        if seen >= MOST_INSPECTED:
            whole = False
            break
    shapes = city.polygons()
    box = _box(shapes.points) if whole else _whole_box(city)
    lods = sorted(city.lods - {""}, key=lod_rank)
    types = sorted({row["type"] for row in city.objects})
    place = _georef(source, city, box, None)
    first = () if whole else (tr("Only its first {n} objects were looked at.", n=MOST_INSPECTED),)
    return [Info(path=str(path), kind="city", format=f"CityGML {city.version}".strip(), name=path.name.split(".")[0],
                 crs=place.crs, crs_source=place.source, extent=box, count=len(city.objects) if whole else None,
                 units="m", notes=(*place.notes, *first, *_what(city, len(city.objects))),
                 suggest=looks(dict.fromkeys(d.picture for d in shapes.draped if d), types),
                 extra={"lods": lods, "types": types})]


def _box(points: np.ndarray) -> tuple[float, ...] | None:
    return (*map(float, points.min(axis=0)), *map(float, points.max(axis=0))) if len(points) else None


def _whole_box(city: CityGml) -> tuple[float, ...] | None:
    """The envelope of a file that was not read to its end, with the axes in our order."""
    if city.envelope is None:
        return _box(city.polygons().points)
    return _box(city.turn(np.array(city.envelope).reshape(2, 3)))


def _georef(source: Source, city: CityGml, box, frame) -> placing.Georef:
    flat = None if box is None else (box[0], box[1], box[3], box[4])
    place = placing.georef(source, city.crs, "file", flat, frame, degrees=False)
    if city.srs and not city.crs:
        note = tr("Its CRS {name!r} is not known.", name=city.srs[:60])
        place = replace(place, notes=(*place.notes, note))
    if frame is None or place.known or flat is None:
        return place
    return placing.at_origin(place, flat, frame)


@reader("citygml", label="CityGML", suffixes=(".gml", ".citygml", ".xml"), sniff=sniff, inspect=inspect)
def read(request: Request, progress: Progress) -> Mesh:
    """`Mesh` with absolute z, one feature per object or part that has a geometry of its own."""
    city = CityGml(request.path, request.source.lod)
    progress(0.0, 1.0, tr("Reading objects"))
    for i, share in enumerate(city.members()):
        if i % 50 == 0:
            progress(0.7 * share, 1.0, tr("Reading objects"))
    box = _box(city.polygons().points)
    place = _georef(request.source, city, box, request.frame)
    progress(0.75, 1.0, tr("Building shapes"))

    def local(points: np.ndarray) -> np.ndarray:
        return placing.to_local(place, request.frame, *points.T, height_datum=request.source.height_datum,
                                path=str(request.path))

    payload = city_mesh(city, local)
    progress(1.0)
    far = placing.far_notes(place, request.frame, box and (box[0], box[1], box[3], box[4]))
    return replace(payload, crs=place.crs, crs_source=place.source,
                   notes=(*place.notes, *_what(city, len(city.objects)), *payload.notes, *far))


class InParts:
    """A file that is never held as a whole: some objects at a time. `box`: around it, in file coordinates.

    `looks` knows all textures when the last part is out; `notes` then tell of the whole file.
    """

    def __init__(self, request: Request, box):
        self.request, self.city = request, CityGml(request.path, request.source.lod)
        self.box, self.flat, self.count = box, 0, 0

    @property
    def looks(self):
        return self.city.looks

    def parts(self, most: int, progress: Progress) -> Iterator[tuple[Mesh, np.ndarray, list]]:
        """(mesh, points of each polygon, which rings these are) of about `most` polygons each."""
        for share in self.city.members():
            if len(self.city._feature) >= most:
                progress(share, 1.0, tr("Reading objects"))
                yield self._part()
        if self.city.objects:
            yield self._part()

    def _part(self) -> tuple[Mesh, np.ndarray, list]:
        rings = self.looks.taken()
        shapes, objects = self.city.taken()
        place = _georef(self.request.source, self.city, self.box, self.request.frame)
        mesh, flat = plain_mesh(shapes, objects, lambda points: placing.to_local(
            place, self.request.frame, *points.T, height_datum=self.request.source.height_datum,
            path=str(self.request.path)))
        self.flat += flat
        self.count += len(objects)
        return mesh, np.diff(shapes.rings[shapes.polygons]), rings

    def notes(self) -> tuple[str, ...]:
        return *_what(self.city, self.count), *skipped_notes(self.city.skipped, self.flat)


def _what(city: CityGml, count: int) -> tuple[str, ...]:
    lods, counts = sorted(city.lods - {""}, key=lod_rank), city.counts
    said = {"raised": tr("{n} footprints were raised to their stated height.", n=counts["raised"]),
            "bare": tr("{n} objects have no geometry and are not shown.", n=counts["bare"]),
            "missing": tr("{n} links point to geometry that is not in the same object.", n=counts["missing"]),
            "other_lod": tr("{n} objects do not have it and show their own highest level.", n=counts["other_lod"])}
    notes = (tr("It holds no city objects."),) if not count else ()
    if lods:
        notes += (tr("Levels of detail: {lods}.", lods=", ".join(lods)),)
    if city.turned:
        notes += (tr("Its coordinates are northing or latitude first."),)
    return (*notes, *(said[name] for name in said if counts[name]), *city.codes.notes())
