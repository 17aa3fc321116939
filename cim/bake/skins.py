"""Textures on their way through a bake: where vertices lie in which picture, and the pictures of one tile."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from cim.pictures import Draped, Picture, beside, laid_together

NAMED = re.compile(rb"<(?:\w+:)?imageURI>\s*([^<]+?)\s*<|\"image\"\s*:\s*\"((?:[^\"\\\\]|\\\\.)*)\"")
SUFFIXES = (".gml", ".citygml", ".xml", ".json", ".jsonl")
SKINS = "skins.json"                      # beside the arrays of a shard: the names of its pictures
BLOCK, LONGEST = 1 << 20, 1 << 10         # bytes read at a time, and of one name
TILE_PX, FAR_PX = 2048, 1024              # a side of the picture of a tile, and of one that is seen from afar
FULL = 0.7                                # share of it that pictures of all sizes fill
JPEG_QUALITY = 88


@dataclass(frozen=True, eq=False)
class Skin:
    """`uv` (n, 2) f4 from the left and the top of picture `picture` (n,) i4 of `names`, -1 = none."""

    uv: np.ndarray
    picture: np.ndarray
    names: tuple[str, ...]

    @property
    def bare(self) -> bool:
        return not (self.picture >= 0).any()


@dataclass(frozen=True, eq=False)
class Texture:
    """An image file as a tile holds it. `clear`: it has holes; `repeats`: outside 0-1 it begins anew."""

    data: bytes
    clear: bool
    repeats: bool

    @property
    def mime(self) -> str:
        return "image/png" if self.clear else "image/jpeg"


def skin_of(draped: list[Draped | None], sizes: np.ndarray) -> Skin:
    """Of the vertices of polygons, one after the other; pictures that cannot be read are none."""
    count = int(sizes.sum())
    uv, picture = np.zeros((count, 2), np.float32), np.full(count, -1, np.int32)
    names: dict[str, int] = {}
    for one, end, size in zip(draped, np.cumsum(sizes).tolist(), sizes.tolist()):
        if one is not None and one.picture.name and one.picture.size():
            uv[end - size:end] = one.uv
            picture[end - size:end] = names.setdefault(one.picture.name, len(names))
    return Skin(uv, picture, tuple(names))


def unread(draped: list[Draped | None]) -> set[str]:
    """The pictures that cannot be read."""
    return {picture.name for picture in {d.picture for d in draped if d is not None} if picture.size() is None}


def joined(skins: list[tuple[Skin | None, int]]) -> Skin | None:
    """One after the other, each with its number of vertices; None where none has any picture."""
    if all(skin is None or skin.bare for skin, _ in skins):
        return None
    names: dict[str, int] = {}
    uv, picture = [], []
    for skin, count in skins:
        if skin is None:
            uv.append(np.zeros((count, 2), np.float32))
            picture.append(np.full(count, -1, np.int32))
            continue
        number = np.array([*(names.setdefault(name, len(names)) for name in skin.names), -1], np.int32)
        uv.append(skin.uv)
        picture.append(number[skin.picture])
    return Skin(np.concatenate(uv), np.concatenate(picture), tuple(names))


def textures(skin: Skin, path: Path, most_px: int) -> tuple[np.ndarray, np.ndarray, list[Texture]]:
    """((n,) which texture each vertex has, 0 = none and then from 1; (n, 2) f4 where in it; the textures).

    All pictures that do not repeat lie in the first one, which is no larger than `most_px`.
    """
    group, uv, out = np.zeros(len(skin.uv), np.int32), skin.uv.copy(), []
    used = np.unique(skin.picture[skin.picture >= 0])
    vertices = {int(n): np.flatnonzero(skin.picture == n) for n in used}
    inside = {n: bool(((skin.uv[at] > -1e-4) & (skin.uv[at] < 1.0001)).all()) for n, at in vertices.items()}
    atlas = [(beside(path, skin.names[n]), vertices[n]) for n in vertices if inside[n]]
    if found := laid_together([(Draped(p, skin.uv[at]), len(at)) for p, at in atlas], most_px) if atlas else None:
        image, own, rect = found
        every = np.concatenate([at for _, at in atlas])
        there = rect[:, 2] != 0.0
        uv[every] = rect[:, :2] + np.clip(own, 0.0, 1.0) * np.abs(rect[:, 2:])
        group[every[there]] = 1
        out.append(_texture(image, any(_has_holes(p) for p, _ in atlas), False))
    for n in (n for n in vertices if not inside[n]):
        picture = beside(path, skin.names[n])
        image = _alone(picture, most_px)
        if image is not None:
            out.append(_texture(image, _has_holes(picture), True))
            group[vertices[n]] = len(out)
    return group, uv, out


def _alone(picture: Picture, most_px: int) -> np.ndarray | None:
    size = picture.size()
    if size is None:
        return None
    share = min(1.0, most_px / max(size))
    return picture.pixels(*(max(1, round(v * share)) for v in size))


def _has_holes(picture: Picture) -> bool:
    small = picture.pixels(32, 32)
    return small is not None and bool((small[..., 3] < 250).any())


def _texture(image: np.ndarray, clear: bool, repeats: bool) -> Texture:
    from PIL import Image
    out = io.BytesIO()
    if clear:
        Image.fromarray(image).save(out, "PNG")
    else:
        Image.fromarray(np.ascontiguousarray(image[..., :3])).save(out, "JPEG", quality=JPEG_QUALITY)
    return Texture(out.getvalue(), clear, repeats)


# -- what a file names ---------------------------------------------------------------------------------------


def picture_names(path: Path) -> list[str]:
    """The pictures that a city model names, each once, in order."""
    if path.suffix.lower() not in SUFFIXES:
        return []
    return list(dict.fromkeys(_names(path)))


def _names(path: Path) -> Iterator[str]:
    import json
    with open(path, "rb") as file:
        kept = b""
        while block := file.read(BLOCK):
            text, end = kept + block, 0
            for found in NAMED.finditer(text):
                end = found.end()
                yield found[1].decode("utf-8", "replace") if found[1] is not None else json.loads(b'"%s"' % found[2])
            kept = text[max(end, len(text) - LONGEST):]
