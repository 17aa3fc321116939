"""Objects of a city model as plain arrays: flat polygons in space, each of one object, level and kind of surface.

The readers of CityJSON and CityGML fill `Shapes`; `city_mesh` makes the mesh and the table of it.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from cim.pictures import MOST_PX, Draped, Picture, pictures_of
from twin.data import Mesh, Pictures, Surface
from twin.text import tr

AREAS = {"RoofSurface": "roof_area_m2", "WallSurface": "wall_area_m2", "GroundSurface": "ground_area_m2"}
OWN_COLUMNS = ("id", "type", "parent", "lod")


@dataclass
class Polygons:
    """Surfaces with holes in 3D. `rings`, `polygons` are offsets as in `cim.polygons.earcut`.

    `points` (n, 3) f8 file coordinates; `feature` (p,) row of the object; `surface` (p,) row in `surfaces`.
    """

    points: np.ndarray
    rings: np.ndarray
    polygons: np.ndarray
    feature: np.ndarray
    surface: np.ndarray
    surfaces: tuple[Surface, ...] = (Surface(),)
    draped: tuple[Draped | None, ...] = ()                   # of each polygon; () = of none

    @property
    def body(self) -> np.ndarray:
        """(p,) i8: one number for each level of each object: what belongs together."""
        levels = {lod: i for i, lod in enumerate(dict.fromkeys(s.lod for s in self.surfaces))}
        return self.feature * len(levels) + np.array([levels[s.lod] for s in self.surfaces])[self.surface]


class Shapes:
    """Gathers surfaces object by object. An object gets its row with its first surface."""

    def __init__(self) -> None:
        self.objects: list[dict] = []     # id, type, parent, attributes of each feature
        self.skipped: Counter = Counter()
        self._row: dict | None = None
        self._points: list[np.ndarray] = []
        self._ring_sizes: list[int] = []
        self._polygon_sizes: list[int] = []
        self._feature: list[int] = []
        self._surface: list[int] = []
        self._surfaces: dict[Surface, int] = {}
        self._draped: list[Draped | None] = []

    def start(self, row: dict) -> None:
        self._row = row

    def polygon(self, points: np.ndarray, ring_sizes: list[int], surface: Surface,
                draped: Draped | None = None) -> None:
        """`points` (n, 3) of open rings, outline first; `draped`: its texture, for the same points."""
        if self._row is not None:
            self.objects.append(self._row)
            self._row = None
        self._points.append(points)
        self._draped.append(draped)
        self._ring_sizes += ring_sizes
        self._polygon_sizes.append(len(ring_sizes))
        self._feature.append(len(self.objects) - 1)
        self._surface.append(self._surfaces.setdefault(surface, len(self._surfaces)))

    def taken(self) -> tuple[Polygons, list[dict]]:
        """The surfaces so far, without textures, and their objects; what comes begins anew."""
        out = Shapes.polygons(self), self.objects
        self.objects = []
        for held in (self._points, self._ring_sizes, self._polygon_sizes, self._feature, self._surface, self._draped):
            held.clear()
        return out

    def polygons(self) -> Polygons:
        points = np.concatenate([*self._points, np.zeros((0, 3))])
        return Polygons(points, _offsets(self._ring_sizes), _offsets(self._polygon_sizes),
                        np.array(self._feature, np.int64), np.array(self._surface, np.int64), tuple(self._surfaces),
                        tuple(self._draped) if any(self._draped) else ())


def _offsets(sizes: list[int]) -> np.ndarray:
    return np.concatenate([[0], np.cumsum(np.array(sizes, np.int64))]).astype(np.int64)


def lod_rank(lod: str) -> tuple[float, str]:
    found = re.match(r"\d+(?:\.\d+)?", lod)
    return float(found[0]) if found else -1.0, lod


def city_mesh(found: Shapes, to_local) -> Mesh:
    """`Mesh` with absolute z and its table; its notes count what was skipped.

    `to_local` places (n, 3) f8 file coordinates in the frame.
    """
    shapes = found.polygons()
    payload, flat = plain_mesh(shapes, found.objects, to_local)
    pictures, notes = _pictures(shapes, len(found.objects))
    return replace(payload, pictures=pictures, notes=(*skipped_notes(found.skipped, flat), *notes))


def plain_mesh(shapes: Polygons, objects: list[dict], to_local) -> tuple[Mesh, int]:
    """The mesh of some objects with their table, without textures, and how many surfaces had no area."""
    from cim.surfaces import mesh
    points = to_local(shapes.points) if len(shapes.points) else shapes.points
    payload, flat = mesh(shapes, points, len(objects))
    return replace(payload, features=_features(objects, shapes, points)), flat


def _pictures(shapes: Polygons, features: int) -> tuple[Pictures | None, tuple[str, ...]]:
    """The textures of all surfaces in one, and how many pictures are not there or cannot be read."""
    if not shapes.draped:
        return None, ()
    sizes = np.diff(shapes.rings[shapes.polygons]).tolist()
    white = np.full((features, 3), 255, np.uint8)
    found = pictures_of(list(zip(shapes.draped, sizes)), white, MOST_PX)
    asked = dict.fromkeys(d.picture for d in shapes.draped if d is not None)
    bad = [picture for picture in asked if picture.size() is None]
    return found, ((tr("{n} textures could not be read.", n=len(bad)),) if bad else ())


def looks(pictures: Iterable[Picture], types: list[str]) -> dict:
    """How a layer of a new file looks: with its textures where they are there, else by type where there are several."""
    if any(picture.size() is not None for picture in pictures):
        return {"faces": "material", "windows": False}
    return {"color_by": "type"} if len(types) > 2 else {}


def skipped_notes(skipped: Counter, flat: int) -> tuple[str, ...]:
    counts = dict(skipped)
    bad, beyond = counts.pop("degenerate", 0) + flat, counts.pop("index", 0)
    notes = (tr("{n} surfaces without area were skipped.", n=bad),) if bad else ()
    if beyond:
        notes += (tr("{n} surfaces name vertices that do not exist and were skipped.", n=beyond),)
    return notes + tuple(tr("{n} geometries of type {kind} are not shown.", n=n, kind=kind)
                         for kind, n in sorted(counts.items()))


# -- the table -------------------------------------------------------------------------------------------


def _features(objects: list[dict], shapes: Polygons, points: np.ndarray):
    """Arrow table: id, type, parent, levels, attributes (nested ones as JSON text), area per kind of surface."""
    import pyarrow as pa
    names = dict.fromkeys([*OWN_COLUMNS, *(k for row in objects for k in row)])
    columns = {name: column_of([row.get(name) for row in objects]) for name in names}
    if len(shapes.feature):
        columns["lod"] = pa.array(_levels(shapes, len(objects)), pa.string())
        columns.update(_areas(shapes, points, len(objects)))
    if not shapes.surfaces or not any(s.lod for s in shapes.surfaces):
        columns.pop("lod")
    return pa.table(columns)


def _levels(shapes: Polygons, count: int) -> list[str]:
    """"1, 2.2": the levels of detail that each object has, lowest first."""
    pairs = np.unique(np.stack([shapes.feature, shapes.surface]), axis=1).T.tolist()
    levels: list[set[str]] = [set() for _ in range(count)]
    for feature, surface in pairs:
        levels[feature].add(shapes.surfaces[surface].lod)
    return [", ".join(sorted(known - {""}, key=lod_rank)) for known in levels]


def _areas(shapes: Polygons, points: np.ndarray, count: int) -> dict:
    """Square metres of roof, wall and ground at each object's highest level."""
    import pyarrow as pa

    from cim.surfaces import areas
    ranks = np.array([lod_rank(s.lod)[0] for s in shapes.surfaces])[shapes.surface]
    highest = np.full(count, -np.inf)
    np.maximum.at(highest, shapes.feature, ranks)
    area = areas(shapes, points) * (ranks == highest[shapes.feature])
    out = {}
    for kind, name in AREAS.items():
        of_kind = np.array([s.kind == kind for s in shapes.surfaces])[shapes.surface]
        if of_kind.any():
            out[name] = pa.array(np.bincount(shapes.feature, area * of_kind, minlength=count).astype(np.float32))
    return out


def column_of(values: list):
    """Numbers stay numbers; a column of several types or of nested values becomes text."""
    import pyarrow as pa
    if not any(isinstance(v, dict | list) for v in values):
        try:
            return pa.array(values)
        except (pa.ArrowInvalid, pa.ArrowTypeError, OverflowError):
            return pa.array([None if v is None else str(v) for v in values], pa.string())
    return pa.array([v if v is None or isinstance(v, str) else json.dumps(v, ensure_ascii=False) for v in values],
                    pa.string())
