"""The surfaces of CityJSON objects, whatever they are nested in, with their kinds, colours and textures."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from cim.city_shapes import OWN_COLUMNS, Shapes, lod_rank
from cim.cityjson_file import Block, CityFile, Facts, lod_of, sound, template_of
from cim.pictures import Draped
from twin.data import Surface

# How many lists lie around a surface.
DEPTH = {"MultiSurface": 0, "CompositeSurface": 0, "Solid": 1, "MultiSolid": 2, "CompositeSolid": 2}


class Collector(Shapes):
    """Gathers the surfaces of the wanted level of detail ("" = of all levels), object by object."""

    def __init__(self, city: CityFile, lod: str):
        super().__init__()
        self.lod, self.city, self.facts = lod, city, Facts()
        self.other_lod = 0

    def gathered(self) -> Iterator[int]:
        """Read the file, once; after each object, how many surfaces are held."""
        with sound(self.city.path):
            for block in self.city.blocks():
                self.facts.see(block)
                for name, thing in block.objects.items():
                    self._object(block, name, thing)
                    yield len(self._feature)
        self.city.let_go()

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
    template = template_of(geometry, block.templates)
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
