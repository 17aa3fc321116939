"""How glTF materials look: their colour, and the picture that lies on the faces."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import numpy as np

from cim.gltf_colors import factor_of, moved, texture_of
from cim.gltf_numbers import Numbers
from cim.pictures import Draped, Picture


class Looks:
    """Of the materials of one file, by their number. Pictures that cannot be read are counted in `skipped`."""

    def __init__(self, tree: dict, numbers: Numbers, skipped: Counter):
        self.tree, self.numbers, self.skipped = tree, numbers, skipped
        self._colors: dict[int, tuple] = {}
        self._pictures: dict[int, Picture] = {}

    def color(self, at: int | None) -> tuple[tuple[int, int, int, int], str]:
        """The base colour, times the mean of its texture, and the material's name."""
        if at is None:
            return (200, 200, 200, 255), ""
        material = self.tree["materials"][at]
        if at not in self._colors:
            factor = factor_of(material)
            if picture := self.picture(texture_of(material)):
                factor[:3] *= picture.mean()
            if material.get("alphaMode", "OPAQUE") == "OPAQUE":
                factor[3] = 1.0
            self._colors[at] = tuple(int(v) for v in np.clip(np.round(factor * 255), 0, 255))
        return self._colors[at], material.get("name", "")

    def picture(self, said: dict) -> Picture | None:
        """The picture that a texture shows, the same object for the same image; None without one."""
        if "index" not in said:
            return None
        texture = self.tree["textures"][said["index"]]
        more = texture.get("extensions") or {}
        at = (more.get("EXT_texture_webp") or {}).get("source", texture.get("source"))
        at = (more.get("KHR_texture_basisu") or {}).get("source") if at is None else at
        if at is None:
            return None
        if at not in self._pictures:
            image = self.tree["images"][at]
            self._pictures[at] = picture = Picture(
                lambda: self.numbers.view(image["bufferView"]) if "bufferView" in image
                else self.numbers.linked(image["uri"]))
            if picture.size() is None:
                self.skipped["basisu" if picture.problem == "KTX2" else "unreadable"] += 1
        return self._pictures[at]

    def draped(self, at: int | None, values: Callable[[str], np.ndarray | None], count: int) -> Draped | None:
        """Where the vertices lie in the material's base colour texture."""
        if at is None:
            return None
        material = self.tree["materials"][at]
        said = texture_of(material)
        picture = self.picture(said)
        if picture is None or picture.size() is None:
            return None
        shift = (said.get("extensions") or {}).get("KHR_texture_transform") or {}
        uv = values(f"TEXCOORD_{shift.get('texCoord', said.get('texCoord', 0))}")
        if uv is None or uv.shape != (count, 2):
            return None
        tint = np.clip(np.round(factor_of(material)[:3] * 255), 0, 255)
        return Draped(picture, moved(uv.astype(np.float64), shift).astype(np.float32), tuple(map(int, tint)))
