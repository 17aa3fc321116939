"""CityJSON 1.0 to 2.0 and CityJSONSeq as plain arrays: vertices, polygons, objects and their attributes.

A CityJSONSeq is read line by line and never held. A CityJSON file shares one list of vertices, which may stand at its
end, so it is parsed as a whole.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from cim.city_shapes import lod_rank
from cim.pictures import Picture, beside
from twin.readers import NotMine
from twin.text import tr
from twin.trouble import Trouble

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
class Facts:
    """What is said of a file as a whole, from the blocks that were seen."""

    box: tuple[float, ...] | None = None                     # min x, y, z, max x, y, z of all vertices
    count: int = 0                                           # objects with a geometry
    types: set[str] = field(default_factory=set)
    pictures: dict[str, Picture] = field(default_factory=dict)         # by name
    beyond: int = 0                                          # objects of types that only an extension knows
    _lods: set[str] = field(default_factory=set)

    @property
    def lods(self) -> list[str]:
        """Levels of detail, lowest first."""
        return sorted(self._lods - {""}, key=lod_rank)

    def see(self, block: Block) -> None:
        if len(block.vertices):
            low, high = block.vertices.min(axis=0), block.vertices.max(axis=0)
            if self.box is not None:
                low, high = np.minimum(low, self.box[:3]), np.maximum(high, self.box[3:])
            self.box = (*map(float, low), *map(float, high))
        self.pictures |= {picture.name: picture for picture in block.pictures}
        for thing in block.objects.values():
            kind, geometries = str(thing.get("type", "")), thing.get("geometry") or ()
            self.types.add(kind)
            self.beyond += kind.startswith("+")
            self.count += bool(geometries)
            self._lods |= {lod_of(geometry, block.templates) for geometry in geometries}


@dataclass
class CityFile:
    """`head`: the whole of a CityJSON file, or the first line of a CityJSONSeq."""

    path: Path
    head: dict
    sequence: bool
    broken: int = 0                       # lines that are no JSON

    @property
    def version(self) -> str:
        return str(self.head.get("version", ""))

    @property
    def crs(self) -> str:                 # "EPSG:7415", "" = not stated
        return crs_of(self.head)

    def facts(self) -> Facts:
        out = Facts()
        for block in self.blocks():
            out.see(block)
        return out

    def blocks(self) -> Iterator[Block]:
        transform, templates = self.head.get("transform"), self.head.get("geometry-templates") or {}
        for feature in self._features():
            with sound(self.path):
                block = _block(feature, transform, templates, self.path)
            yield block

    def let_go(self) -> None:
        """Of what was read to its end; what is said of the file stays."""
        self.head = {name: told for name, told in self.head.items() if name not in ("CityObjects", "vertices")}

    def _features(self) -> Iterator[dict]:
        yield self.head
        if not self.sequence:
            return
        self.broken = 0
        with open(self.path, "rb") as file:
            file.readline()
            for line in filter(bytes.strip, file):
                feature = _parsed(line)
                self.broken += feature is None
                if isinstance(feature, dict):
                    yield feature

    def notes(self, facts: Facts) -> tuple[str, ...]:
        """What the file uses beyond the standard (attributes are kept, geometry is drawn as any other), and what of it
        is broken."""
        notes, known = (), self.head.get("extensions") or {}
        if known:
            notes += (tr("It uses the extensions {names}; their attributes are shown as they are.",
                         names=", ".join(known)),)
        if known and facts.beyond:
            notes += (tr("{n} objects are of types that only an extension knows.", n=facts.beyond),)
        if self.broken:
            notes += (tr("{n} lines are no valid JSON and were skipped.", n=self.broken),)
        return notes


def lod_of(geometry: dict, templates: dict) -> str:
    if geometry.get("type") == "GeometryInstance":
        geometry = template_of(geometry, templates)
    lod = geometry.get("lod", "")
    return f"{lod:g}" if isinstance(lod, int | float) else str(lod)


def template_of(geometry: dict, templates: dict) -> dict:
    known, at = templates.get("templates") or [], geometry.get("template", -1)
    return known[at] if 0 <= at < len(known) else {}


def load(path: Path) -> CityFile:
    """Open the file. Raises NotMine for other JSON and Trouble for CityJSON that is broken."""
    with open(path, "rb") as file:
        head = _parsed(file.readline())
        sequence = head is not None and any(map(bytes.strip, file))
    with sound(path):
        head = json.loads(path.read_text("utf-8-sig", "replace")) if head is None else head
        if not isinstance(head, dict) or head.get("type") not in ("CityJSON", "CityJSONFeature"):
            raise NotMine
        head["vertices"] = _vertices(head)               # the lists take seven times as much
    return CityFile(path, head, sequence)


def _parsed(line: bytes):
    """None where a line is not a document of its own."""
    try:
        return json.loads(line.decode("utf-8-sig", "replace"))
    except ValueError:
        return None


@contextmanager
def sound(path: Path):
    """A structure that is not CityJSON's, met inside, becomes Trouble with the file's name."""
    try:
        yield
    except (ValueError, TypeError, KeyError, IndexError, AttributeError) as error:
        raise Trouble(tr("This CityJSON file is broken or cut short."), cause=f"{type(error).__name__}: {error}",
                      way_out=tr("Copy it again, or validate it with cjval."), path=str(path)) from None


def _vertices(feature: dict) -> np.ndarray:
    """(n, 3) f8 as they stand there."""
    told = feature.get("vertices")
    return np.array([] if told is None else told, np.float64).reshape(-1, 3)


def _block(feature: dict, transform: dict | None, templates: dict, path: Path) -> Block:
    vertices = _vertices(feature)
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
