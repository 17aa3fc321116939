"""Textures of CityGML: pictures laid on rings, told within an object or for the whole file, before it or after it."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from cim.gml_geometry import Patch
from cim.pictures import Draped, Picture, beside


class Looks:
    """`read` takes what the file says of textures, `note` which rings a polygon has; `draped` brings them together."""

    def __init__(self, path: Path):
        self.path = path
        self._pictures: dict[str, Picture] = {}
        self._places: dict[str, tuple[Picture, np.ndarray]] = {}         # of each ring, as the file tells it
        self._rings: list[tuple[int, tuple[str, ...], tuple[int, ...], bool]] = []

    def read(self, element) -> None:
        for texture in element.iter("{*}ParameterizedTexture"):
            name = next((e.text for e in texture.iter("{*}imageURI") if e.text), "").strip()
            if not name:
                continue
            picture = self._pictures.setdefault(name, beside(self.path, name))
            for told in texture.iter("{*}textureCoordinates"):
                places = _places(told.text)
                if places is not None:
                    self._places[(told.get("ring") or "").lstrip("#")] = picture, places

    def note(self, number: int, patch: Patch) -> None:
        """Polygon `number` of the file is `patch`."""
        if any(patch.rings):
            self._rings.append((number, patch.rings, tuple(patch.sizes), patch.turned))

    def taken(self) -> list:
        """Which rings the polygons so far have; the next one is number 0 again."""
        rings, self._rings = self._rings, []
        return rings

    def draped(self, count: int, rings_of: list | None = None) -> list[Draped | None]:
        """Of each polygon; one of which any ring lacks its places has no texture. `rings_of`: what was `taken`."""
        out: list[Draped | None] = [None] * count
        known = self._rings if rings_of is None else rings_of
        for number, rings, sizes, turned in known if self._places else ():
            told = [self._places.get(ring) for ring in rings]
            if None in told or len(told) != len(sizes):
                continue
            parts = [uv[:-1] if len(uv) == size + 1 else uv for (_, uv), size in zip(told, sizes)]
            if all(len(uv) == size for uv, size in zip(parts, sizes)):
                uv = np.concatenate([part[::-1] if turned else part for part in parts])
                out[number] = Draped(told[0][0], np.stack([uv[:, 0], 1.0 - uv[:, 1]], axis=1).astype(np.float32))
        return out


def _places(text: str | None) -> np.ndarray | None:
    """(n, 2) f8 from the left and the bottom; None for what is no list of pairs."""
    try:
        numbers = np.array((text or "").split(), np.float64)
    except ValueError:
        return None
    return numbers.reshape(-1, 2) if len(numbers) and len(numbers) % 2 == 0 and np.isfinite(numbers).all() else None
