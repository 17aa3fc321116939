"""CityJSON 1.0 to 2.0 and CityJSONSeq as plain arrays: vertices, polygons, objects and their attributes."""

from __future__ import annotations

import json
import re
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from cim.city_shapes import OWN_COLUMNS, Shapes, lod_rank
from cim.pictures import Draped, Picture, beside
from twin.data import Surface
from twin.readers import NotMine
from twin.text import tr
from twin.trouble import Trouble

# How many lists lie around a surface.
DEPTH = {"MultiSurface": 0, "CompositeSurface": 0, "Solid": 1, "MultiSolid": 2, "CompositeSolid": 2}
EPSG = re.compile(r"EPSG[/:]+(?:[\d.]+[/:])?(\d{4,6})", re.IGNORECASE)


@dataclass
class Block:
    """What shares one list of vertices: a whole CityJSON file, or one line of a CityJSONSeq.

    `vertices` (n, 3) f8 in the file's CRS; `objects` id -> CityObject; `templates` is the
    "geometry-templates" member, shared by all; `materials` those of its "appearance", `pictures` its textures and
    `places` (m, 2) f8 what they are laid on by, from the left and the bottom.
    """

    vertices: np.ndarray
    objects: dict
    templates: dict
    materials: list = field(default_factory=list)
    pictures: list[Picture] = field(default_factory=list)
    places: np.ndarray = field(default_factory=lambda: np.zeros((0, 2)))


@dataclass
class CityFile:
    version: str
    crs: str                              # "EPSG:7415", "" = not stated
    blocks: list[Block]
    notes: list[str] = field(default_factory=list)

    @property
    def box(self) -> tuple[float, ...] | None:
        """min x, y, z, max x, y, z of all vertices."""
        points = [b.vertices for b in self.blocks if len(b.vertices)]
        if not points:
            return None
        points = np.concatenate(points)
        return (*map(float, points.min(axis=0)), *map(float, points.max(axis=0)))

    @property
    def lods(self) -> list[str]:
        """Levels of detail in the file, lowest first."""
        found = {lod_of(g, b.templates) for b in self.blocks for o in b.objects.values()
                 for g in o.get("geometry") or ()}
        return sorted(found - {""}, key=lod_rank)

    @property
    def count(self) -> int:
        return sum(1 for b in self.blocks for o in b.objects.values() if o.get("geometry"))


def lod_of(geometry: dict, templates: dict) -> str:
    if geometry.get("type") == "GeometryInstance":
        geometry = _template(geometry, templates)
    lod = geometry.get("lod", "")
    return f"{lod:g}" if isinstance(lod, int | float) else str(lod)


def _template(geometry: dict, templates: dict) -> dict:
    known, at = templates.get("templates") or [], geometry.get("template", -1)
    return known[at] if 0 <= at < len(known) else {}


def load(path: Path) -> CityFile:
    """Parse the file. Raises NotMine for other JSON and Trouble for CityJSON that is broken."""
    text = path.read_bytes().decode("utf-8-sig", "replace")
    try:
        head = json.loads(text)
        lines: list[str] = []
    except json.JSONDecodeError as error:
        first, _, rest = text.partition("\n")
        lines = rest.splitlines()
        head = _first_line(first, path, error)
    if not isinstance(head, dict) or head.get("type") not in ("CityJSON", "CityJSONFeature"):
        raise NotMine
    return _assembled(head, lines, path)


@contextmanager
def sound(path: Path):
    """A structure that is not CityJSON's, met inside, becomes Trouble with the file's name."""
    try:
        yield
    except (ValueError, TypeError, KeyError, IndexError, AttributeError) as error:
        raise Trouble(tr("This CityJSON file is broken or cut short."), cause=f"{type(error).__name__}: {error}",
                      way_out=tr("Copy it again, or validate it with cjval."), path=str(path)) from None


def _first_line(first: str, path: Path, error: json.JSONDecodeError) -> dict:
    try:
        return json.loads(first)
    except json.JSONDecodeError:
        raise Trouble(tr("This CityJSON file is broken or cut short."), cause=f"JSON: {error}",
                      way_out=tr("Copy it again, or validate it with cjval."), path=str(path)) from None


def _assembled(head: dict, lines: list[str], path: Path) -> CityFile:
    transform, templates = head.get("transform"), head.get("geometry-templates") or {}
    city = CityFile(str(head.get("version", "")), crs_of(head), [])
    features, broken = [head], 0
    for line in filter(str.strip, lines):
        try:
            features.append(json.loads(line))
        except json.JSONDecodeError:
            broken += 1
    with sound(path):
        city.blocks = [_block(f, transform, templates, path) for f in features if isinstance(f, dict)]
        city.notes += _extensions(head, city)
    if broken:
        city.notes.append(tr("{n} lines are no valid JSON and were skipped.", n=broken))
    return city


def _extensions(head: dict, city: CityFile) -> list[str]:
    """What the file uses beyond the standard: attributes are kept, geometry is drawn as any other."""
    known = head.get("extensions") or {}
    if not known:
        return []
    own = sum(str(thing.get("type", "")).startswith("+") for block in city.blocks for thing in block.objects.values())
    notes = [tr("It uses the extensions {names}; their attributes are shown as they are.", names=", ".join(known))]
    return notes + ([tr("{n} objects are of types that only an extension knows.", n=own)] if own else [])


def _block(feature: dict, transform: dict | None, templates: dict, path: Path) -> Block:
    vertices = np.array(feature.get("vertices") or [], np.float64).reshape(-1, 3)
    transform = feature.get("transform") or transform
    if transform:
        vertices = vertices * np.array(transform["scale"], np.float64) + np.array(transform["translate"], np.float64)
    looks = feature.get("appearance") or {}
    pictures = [beside(path, str(texture.get("image", ""))) for texture in looks.get("textures") or []]
    places = np.array(looks.get("vertices-texture") or [], np.float64).reshape(-1, 2)
    return Block(vertices, feature.get("CityObjects") or {}, templates, looks.get("materials") or [], pictures, places)


def crs_of(head: dict) -> str:
    """The reference system in any spelling (URL, URN, code, compound) as "EPSG:n" or "EPSG:n+m"; ""."""
    metadata = head.get("metadata") or {}
    said = metadata.get("referenceSystem") or (metadata.get("crs") or {}).get("epsg") or ""
    if isinstance(said, int) or str(said).isdigit():
        return f"EPSG:{said}"
    codes = EPSG.findall(str(said))
    return f"EPSG:{'+'.join(codes)}" if codes else ""


class Collector(Shapes):
    """Gathers the surfaces of the wanted level of detail ("" = of all levels), object by object."""

    def __init__(self, city: CityFile, lod: str):
        super().__init__()
        self.lod, self.city = lod, city
        self.other_lod = 0
        for block in city.blocks:
            for name, thing in block.objects.items():
                self._object(block, name, thing)

    def _object(self, block: Block, name: str, thing: dict) -> None:
        self.start(_row(block, name, thing))
        for geometry in self._chosen(thing.get("geometry") or [], block.templates):
            self._geometry(block, geometry)

    def _chosen(self, geometries: list[dict], templates: dict) -> list[dict]:
        """Those of the wanted level; an object without it shows its own highest."""
        levels = {lod_of(g, templates) for g in geometries}
        if not levels or not self.lod:
            return geometries
        if self.lod not in levels:
            self.other_lod += 1
        level = self.lod if self.lod in levels else max(levels, key=lod_rank)
        return [g for g in geometries if lod_of(g, templates) == level]

    def _geometry(self, block: Block, geometry: dict) -> None:
        vertices, lod = block.vertices, lod_of(geometry, block.templates)
        if geometry.get("type") == "GeometryInstance":
            vertices, geometry = _instance(block, geometry)
        depth = DEPTH.get(geometry.get("type"))
        if depth is None:
            self.skipped[str(geometry.get("type", "?"))] += 1
            return
        boundaries = geometry.get("boundaries") or []
        semantics = geometry.get("semantics") or {}
        kinds = [str(s.get("type", "")) for s in semantics.get("surfaces") or []]
        values = (semantics.get("values"), _themed(geometry, "material"), _themed(geometry, "texture"))
        for rings, (value, material, texture) in _surfaces(boundaries, values, depth):
            kind = kinds[value] if isinstance(value, int) and 0 <= value < len(kinds) else ""
            draped = _draped(block, rings, texture)
            self._polygon(vertices, rings, Surface(kind, lod, _color(block.materials, material), draped is not None),
                          draped)

    def _polygon(self, vertices: np.ndarray, rings: list[list[int]], surface: Surface, draped: Draped | None) -> None:
        rings = [ring[:-1] if len(ring) > 1 and ring[0] == ring[-1] else ring for ring in rings]
        if not rings or any(len(ring) < 3 for ring in rings):
            self.skipped["degenerate"] += 1
            return
        index = np.array([i for ring in rings for i in ring])
        if index.dtype.kind not in "iu" or index.min() < 0 or index.max() >= len(vertices):
            self.skipped["index"] += 1
            return
        self.polygon(vertices[index], [len(ring) for ring in rings], surface,
                     draped if draped and len(draped.uv) == len(index) else None)


def _draped(block: Block, rings: list, texture) -> Draped | None:
    """Of a surface's rings [[texture, place, place, ...], ...]; None without a texture or with a broken one."""
    if not isinstance(texture, list) or not texture or not isinstance(texture[0], list) or not texture[0]:
        return None
    number = texture[0][0]
    if not isinstance(number, int) or not 0 <= number < len(block.pictures) or len(texture) != len(rings):
        return None
    at = []
    for ring, told in zip(rings, texture):
        places = told[1:]
        at += places[:-1] if len(ring) > 1 and ring[0] == ring[-1] else places
    if not all(isinstance(i, int) and 0 <= i < len(block.places) for i in at):
        return None
    uv = block.places[at]
    return Draped(block.pictures[number], np.stack([uv[:, 0], 1.0 - uv[:, 1]], axis=1).astype(np.float32))


def _themed(geometry: dict, what: str):
    """What each surface has in the first theme: nested lists as the boundaries, or one value for all."""
    themes = geometry.get(what) or {}
    theme = next(iter(themes.values()), None) or {}
    return theme["value"] if "value" in theme else theme.get("values")


def _color(materials: list, at) -> tuple[int, int, int] | None:
    if not isinstance(at, int) or not 0 <= at < len(materials):
        return None
    share = materials[at].get("diffuseColor")
    if not share or len(share) != 3:
        return None
    return tuple(round(255 * min(max(float(c), 0.0), 1.0)) for c in share)


def _surfaces(boundaries, values: tuple, depth: int):
    """Every surface with its value of each nested list in `values`, whatever it is nested in."""
    for i, inner in enumerate(boundaries):
        own = tuple((v[i] if i < len(v) else None) if isinstance(v, list) else v for v in values)
        if depth:
            yield from _surfaces(inner, own, depth - 1)
        else:
            yield inner, own


def _instance(block: Block, geometry: dict) -> tuple[np.ndarray, dict]:
    """The template's vertices at the place of this instance, and its geometry."""
    template = _template(geometry, block.templates)
    points = np.array(block.templates.get("vertices-templates") or [], np.float64).reshape(-1, 3)
    matrix = np.array(geometry.get("transformationMatrix") or np.eye(4).ravel(), np.float64).reshape(4, 4)
    anchors = geometry.get("boundaries") or []
    if not anchors or not 0 <= anchors[0] < len(block.vertices):
        return points, {"type": "?"}
    return points @ matrix[:3, :3].T + matrix[:3, 3] + block.vertices[anchors[0]], template


def _row(block: Block, name: str, thing: dict) -> dict:
    """A part shows its building's attributes where it has none of its own."""
    parent = (thing.get("parents") or [""])[0]
    inherited = (block.objects.get(parent) or {}).get("attributes") or {}
    return {"id": name, "type": thing.get("type", ""), "parent": parent or None,
            **{k: v for k, v in {**inherited, **(thing.get("attributes") or {})}.items()
               if k not in OWN_COLUMNS}}
