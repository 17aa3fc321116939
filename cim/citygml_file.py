"""CityGML 1 to 3 as plain arrays, object by object: the file is never held as a whole."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np

from cim.city_shapes import OWN_COLUMNS, Polygons, Shapes, lod_rank
from cim.citygml_attributes import HEIGHTS, attributes
from cim.citygml_looks import Looks
from cim.code_lists import CodeLists
from cim.gml_crs import crs_of_name, northing_first
from cim.gml_geometry import (
    NOT_SURFACES,
    POLYGONS,
    XLINK_HREF,
    Patch,
    id_of,
    is_gml,
    local_name,
    raised,
    ring_ids,
    rings_of,
)
from twin.data import Surface
from twin.text import tr
from twin.trouble import Trouble

LOD = re.compile(r"lod(\d)(?:[A-Z]|$)")
OPENINGS = ("Door", "Window", "DoorSurface", "WindowSurface", "TrafficArea", "AuxiliaryTrafficArea", "TrafficSpace")
MEMBERS = ("{*}cityObjectMember", "{*}featureMember", "{*}featureMembers", "{*}appearanceMember")


class CityGml(Shapes):
    """Reads the file's objects into shapes. `lod` "" = all levels."""

    def __init__(self, path: Path, lod: str = ""):
        super().__init__()
        self.path, self.lod = path, lod
        self.version, self.srs, self.crs = "", "", ""
        self.envelope: tuple[float, ...] | None = None
        self.lods: set[str] = set()
        self.counts: Counter = Counter()  # "bare", "missing", "raised", "other_lod"
        self.turned: bool | None = None   # northing or latitude first; None = not decided yet
        self._dims = 3
        self._templates: dict[str, list[Patch]] = {}
        self._ids: set[str] = set()       # of all geometry in the present top-level object
        self._links: list[str] = []
        self.looks = Looks(path)
        self.codes = CodeLists(path)

    # -- the stream ------------------------------------------------------------------------------------

    def members(self) -> Iterator[float]:
        """Reads on by one top-level object at a time; gives the share of the file that is read."""
        from lxml import etree
        size = max(self.path.stat().st_size, 1)
        try:
            with open(self.path, "rb") as file:
                stream = etree.iterparse(file, events=("start", "end"), tag=("{*}CityModel", "{*}Envelope", *MEMBERS),
                                         resolve_entities=False, load_dtd=False, no_network=True, huge_tree=False)
                for event, element in stream:
                    if self._take(event, element):
                        yield file.tell() / size
        except etree.XMLSyntaxError as error:
            raise Trouble(tr("This CityGML file is broken or cut short."), cause=f"XML: {str(error)[:200]}",
                          way_out=tr("Copy or export it again."), path=str(self.path)) from None

    def _take(self, event: str, element) -> bool:
        space, name = local_name(element)
        if event == "start":
            if name == "CityModel":
                self._opened(element, space)
            return False
        if name == "Envelope":
            self._envelope(element)
            return False
        if name == "CityModel":
            return False
        if element.getparent() is None or local_name(element.getparent())[1] != "CityModel":
            return False                  # the member of a group, within its own member
        if name == "appearanceMember":
            self.looks.read(element)
        for child in element:
            if isinstance(child.tag, str) and name != "appearanceMember":
                self._ids, self._links = set(), []
                self.feature(child, "", {})
                self.counts["missing"] += sum(link not in self._ids for link in self._links)
        element.clear()
        while element.getprevious() is not None:
            del element.getparent()[0]
        return True

    def _opened(self, root, space: str) -> None:
        """No CityGML needs a DTD; one can blow up memory or fetch files, so none is taken."""
        if root.getroottree().docinfo.internalDTD is not None:
            raise Trouble(tr("This XML file declares a document type, which city models never need."),
                          cause=tr("Such files can be made to exhaust the memory or to read other files"),
                          way_out=tr("Delete its <!DOCTYPE …> part if you trust it."), path=str(self.path))
        found = re.search(r"citygml/(?:profiles/base/)?(\d\.\d)", space)
        self.version = found[1] if found else ""

    def _envelope(self, element) -> None:
        if self.srs or self.objects:
            return
        self._system(element.get("srsName") or "")
        self._dims = int(element.get("srsDimension") or 3)
        corners = [c.text.split() for c in element if local_name(c)[1] in ("lowerCorner", "upperCorner") and c.text]
        try:
            if len(corners) == 2 and all(len(c) == 3 for c in corners):
                self.envelope = tuple(float(v) for corner in corners for v in corner)
        except ValueError:
            self.envelope = None

    def _system(self, name: str) -> None:
        self.srs = name
        self.crs = crs_of_name(name)

    def polygons(self) -> Polygons:
        """With their textures, which a file may tell before or after the objects."""
        self._draped = self.looks.draped(len(self._points))
        surfaces = list(self._surfaces)
        for at in (n for n, draped in enumerate(self._draped) if draped is not None):
            pictured = replace(surfaces[self._surface[at]], pictured=True)
            self._surface[at] = self._surfaces.setdefault(pictured, len(self._surfaces))
        return super().polygons()

    # -- one object ------------------------------------------------------------------------------------

    def feature(self, element, parent: str, inherited: dict) -> None:
        """The object's own surfaces, then its parts as objects of their own."""
        _, kind = local_name(element)
        if kind in ("Appearance", "CityObjectGroup"):
            return
        own = attributes(element, self.is_part, self.codes)
        row = {**inherited, **{k: v for k, v in own.items() if k not in OWN_COLUMNS}}
        gathered = _Gathered(self)
        gathered.walk(element, "", None, (), False)
        patches = self._chosen(gathered.resolved())
        height = next((row[h] for h in HEIGHTS if isinstance(row.get(h), float)), None)
        if patches and height and all(p.lod.startswith("0") for p in patches):
            patches = patches + [wall for p in patches for wall in raised(p, height)]
            self.counts["raised"] += 1
        name = id_of(element)
        self.start({"id": name or None, "type": kind, "parent": parent or None, **row})
        colors = _materials(element)
        self.looks.read(element)
        for patch in patches:
            color = next((colors[i] for i in patch.ids if i in colors), None)
            self.looks.note(len(self._points), patch)
            self.polygon(patch.points, patch.sizes, Surface(patch.kind, patch.lod, color))
        if not patches and not gathered.parts:
            self.counts["bare"] += 1
        for part in gathered.parts:
            self.feature(part, name, row)

    def _chosen(self, patches: list[Patch]) -> list[Patch]:
        """Those of the wanted level; an object without it shows its own highest."""
        levels = {p.lod for p in patches}
        self.lods |= levels
        if not levels or not self.lod:
            return patches
        self.counts["other_lod"] += self.lod not in levels
        level = self.lod if self.lod in levels else max(levels, key=lod_rank)
        return [p for p in patches if p.lod == level]

    @staticmethod
    def is_part(element) -> bool:
        """An object with geometry of its own inside another, that is no surface of it."""
        space, name = local_name(element)
        if not name[:1].isupper() or is_gml(space) or is_surface(name) or name in ("ImplicitGeometry", "Appearance"):
            return False
        return any(LOD.match(local_name(e)[1]) and len(e) for e in element.iter())

    def turn(self, points: np.ndarray) -> np.ndarray:
        """Easting or longitude first, decided by the first numbers of the file."""
        if self.turned is None:
            self.turned = bool(self.crs) and northing_first(self.crs, float(points[0, 0]), float(points[0, 1]))
        return points[:, [1, 0, 2]] if self.turned else points


def is_surface(name: str) -> bool:
    return name.endswith("Surface") or name in OPENINGS


class _Gathered:
    """The polygons of one object, and what its links still have to say about them."""

    def __init__(self, city: CityGml):
        self.city = city
        self.patches: list[Patch] = []
        self.links: list[tuple[str, str, str]] = []          # (id, kind of surface, level)
        self.parts: list = []

    def walk(self, element, kind: str, lod: str | None, ids: tuple[str, ...], flip: bool) -> None:
        for child in element:
            if not len(child):
                if lod is not None and (href := child.get(XLINK_HREF)):
                    self.links.append((href.lstrip("#"), kind, lod))
                continue
            space, name = local_name(child)
            if is_gml(space):
                self._gml(child, name, kind, lod, ids, flip)
            elif found := LOD.match(name):
                self.walk(child, kind, found[1], ids, flip)
            elif name == "ImplicitGeometry":
                self._implicit(child, kind, lod or "")
            elif is_surface(name) and name[:1].isupper():
                self.walk(child, name, lod, (*ids, id_of(child)), flip)
            elif self.city.is_part(child):
                self.parts.append(child)
            elif not name[:1].isupper():
                self.walk(child, kind, lod, ids, flip)
            elif lod is not None or name in ("tin", "TINRelief"):
                self.walk(child, kind, lod, ids, flip)

    def _gml(self, element, name: str, kind: str, lod: str | None, ids: tuple[str, ...], flip: bool) -> None:
        city = self.city
        if name == "boundedBy":
            return
        if not city.srs and element.get("srsName"):
            city._system(element.get("srsName"))
        ids = (*ids, own) if (own := id_of(element)) else ids
        if name in POLYGONS:
            self._polygon(element, kind, lod or "", ids, flip)
        elif name in NOT_SURFACES:
            if lod is not None:
                city.skipped[name] += 1
        else:
            self.walk(element, kind, lod, ids, flip ^ (element.get("orientation") == "-"))

    def _polygon(self, element, kind: str, lod: str, ids: tuple[str, ...], flip: bool) -> None:
        found = rings_of(element, self.city._dims)
        if found is None:
            self.city.skipped["degenerate"] += 1
            return
        patch = Patch(self.city.turn(found[0]), found[1], kind, lod, ids, ring_ids(element))
        self.patches.append(patch.flipped() if flip else patch)

    def _implicit(self, element, kind: str, lod: str) -> None:
        """A prototype at this place; prototypes in files of their own are counted."""
        city = self.city
        inner = _Gathered(city)
        point = next((e for e in element.iter("{*}referencePoint")), None)
        relative = next((e for e in element.iter("{*}relativeGMLGeometry", "{*}relativeGeometry")), None)
        at = None if point is None else next((e.text for e in point.iter("{*}pos") if e.text), None)
        if relative is None or at is None or city.turned:
            city.skipped["ImplicitGeometry"] += 1
            return
        turned, city.turned = city.turned, False             # a prototype is in metres of its own
        inner.walk(relative, kind, lod, (), False)
        city.turned = turned
        for patch in inner.patches:
            for name in patch.ids:
                city._templates.setdefault(name, []).append(patch)
        known = [p for name, _, _ in inner.links for p in city._templates.get(name, ())]
        place = city.turn(np.array([at.split()], np.float64))
        text = next((e.text for e in element.iter("{*}transformationMatrix") if e.text), None)
        matrix = np.array(text.split(), np.float64).reshape(4, 4) if text else np.eye(4)
        for patch in inner.patches + known:
            points = patch.points @ matrix[:3, :3].T + matrix[:3, 3] + place
            self.patches.append(Patch(points, patch.sizes, kind or patch.kind, lod))

    def resolved(self) -> list[Patch]:
        """Links name the kind of a polygon that stands elsewhere in the object; doubles are dropped."""
        named: dict[str, list[Patch]] = {}
        for patch in self.patches:
            for name in patch.ids:
                named.setdefault(name, []).append(patch)
        self.city._ids.update(named)
        for name, kind, _ in self.links:
            self.city._links.append(name)
            for patch in named.get(name, ()):
                patch.kind = patch.kind or kind
        best: dict[tuple[str, bytes], Patch] = {}
        for patch in self.patches:
            key = patch.lod, patch.shape_key
            if key not in best or (patch.kind and not best[key].kind):
                best[key] = patch
        return list(best.values())


def _materials(feature) -> dict[str, tuple[int, int, int]]:
    """Target id -> colour of the object's own appearance."""
    out = {}
    for material in feature.iter("{*}X3DMaterial"):
        text = next((e.text for e in material.iter("{*}diffuseColor") if e.text), None)
        if text and len(text.split()) == 3:
            color = tuple(round(255 * min(max(float(v), 0.0), 1.0)) for v in text.split())
            out.update({(e.text or e.get(XLINK_HREF) or "").strip().lstrip("#"): color
                        for e in material.iter("{*}target")})
    return out
