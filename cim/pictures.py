"""Textures: pictures of files decoded no larger than they can be shown, and many of them laid into one."""

from __future__ import annotations

import io
import math
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from cim import ktx2
from twin.data import Pictures

MOST_PX = 4096                            # a side of the one picture of a layer: 64 MB at most
TILE_PX = 2048                            # the same of a tile
MOST_PIXELS = 1 << 28                     # of a file that is decoded at all
GAP_PX = 2                                # around each picture, filled with its own edge


@dataclass(eq=False)
class Picture:
    """One picture of a file: `read` gives its bytes. `problem` says why it cannot be shown; `name`: of its own file."""

    read: Callable[[], bytes]
    problem: str = ""
    name: str = ""
    _size: tuple[int, int] | None = field(default=None, repr=False)

    def size(self) -> tuple[int, int] | None:
        """Width and height; None where it cannot be read."""
        if self._size is None and not self.problem:
            self._opened(1, 1)
        return self._size

    def pixels(self, width: int, height: int) -> np.ndarray | None:
        """(height, width, 4) u1."""
        image = self._opened(width, height)
        if image is None:
            return None
        try:
            image.draft("RGB", (width, height))              # a JPEG is decoded no finer than needed
            image = image.convert("RGBA")
            if image.size != (width, height):
                image = image.resize((width, height), reducing_gap=3.0)
            return np.asarray(image, np.uint8)
        except (OSError, ValueError, SyntaxError) as error:
            self.problem = str(error)[:120] or type(error).__name__
            return None

    def mean(self) -> np.ndarray:
        """(3,) 0-1; white where it cannot be read."""
        small = self.pixels(8, 8)
        return np.ones(3) if small is None else small[..., :3].reshape(-1, 3).mean(axis=0) / 255.0

    def _opened(self, width: int, height: int):
        """A picture of Pillow that is at least so large, if the file is; None where it cannot be read."""
        from PIL import Image, UnidentifiedImageError
        if self.problem:
            return None
        try:
            data = self.read()
            if data.startswith(ktx2.MAGIC):
                return self._unpacked(data, width, height)
            image = Image.open(io.BytesIO(data))
            self._size = _bearable(image.size)
            return image
        except UnidentifiedImageError:
            self.problem = "unknown format"
        except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
            self.problem = str(error)[:120] or type(error).__name__
        return None

    def _unpacked(self, data: bytes, width: int, height: int):
        if not ktx2.readable():
            self.problem = "KTX2"
            return None
        size = _bearable(ktx2.size_of(data))
        image = ktx2.image_of(data, width, height)
        self._size = size
        return image


def _bearable(size: tuple[int, int]) -> tuple[int, int]:
    if size[0] * size[1] > MOST_PIXELS:
        raise ValueError(f"{size[0]} x {size[1]} pixels")
    return size


def beside(path: Path, name: str) -> Picture:
    """A file in the folder of a model or below it; nothing else is read."""
    def read() -> bytes:
        folder = path.parent.resolve()
        file = (folder / name.replace("\\", "/")).resolve()
        if "://" in name or not file.is_relative_to(folder):
            raise ValueError("outside the folder of the model")
        return file.read_bytes()
    return Picture(read, name=name)


@dataclass(frozen=True, eq=False)
class Draped:
    """What vertices carry: `uv` (n, 2) f4 from the left and the top of `picture`; `tint` multiplies it."""

    picture: Picture
    uv: np.ndarray
    tint: tuple[int, int, int] = (255, 255, 255)


Parts = list[tuple[Draped | None, int]]   # what each part of a mesh carries, and how many vertices it has


def laid_together(parts: Parts, most_px: int) -> tuple[np.ndarray, np.ndarray, np.ndarray] | None:
    """(image, uv, rect) of all vertices of the parts; None without a picture that can be read."""
    pictures = list(dict.fromkeys(d.picture for d, _ in parts if d is not None))
    sizes = {p: size for p in pictures if (size := p.size())}
    if not sizes:
        return None
    places, (width, height) = _packed(sizes, most_px)
    image = np.zeros((height, width, 4), np.uint8)
    for picture, (x, y, w, h) in list(places.items()):
        pixels = picture.pixels(w, h)
        if pixels is None:
            del places[picture]
            continue
        padded = np.pad(pixels, ((GAP_PX, GAP_PX), (GAP_PX, GAP_PX), (0, 0)), mode="edge")
        image[y - GAP_PX:y + h + GAP_PX, x - GAP_PX:x + w + GAP_PX] = padded
    if not places:
        return None
    count = sum(n for _, n in parts)
    uv, rect, at = np.zeros((count, 2), np.float32), np.zeros((count, 4), np.float32), 0
    for draped, n in parts:
        if draped is not None and draped.picture in places:
            x, y, w, h = places[draped.picture]
            inside = bool(((draped.uv > -1e-4) & (draped.uv < 1.0001)).all())
            uv[at:at + n] = draped.uv
            rect[at:at + n] = x / width, y / height, (w if inside else -w) / width, h / height
        at += n
    return image, uv, rect


def _packed(sizes: dict[Picture, tuple[int, int]], most_px: int):
    """({picture: x, y, width, height}, size of all): rows of falling height, everything smaller until it fits."""
    share = 1.0
    while True:
        small = {p: (max(1, min(most_px - 2 * GAP_PX, round(w * share))), max(1, min(most_px - 2 * GAP_PX,
                                                                                     round(h * share))))
                 for p, (w, h) in sizes.items()}
        area = sum((w + 2 * GAP_PX) * (h + 2 * GAP_PX) for w, h in small.values())
        wide = min(most_px, max(math.ceil(math.sqrt(area) * 1.1), max(w for w, _ in small.values()) + 2 * GAP_PX))
        places, x, y, row = {}, 0, 0, 0
        for picture in sorted(small, key=lambda p: (-small[p][1], -small[p][0])):
            w, h = small[picture]
            if x + w + 2 * GAP_PX > wide:
                x, y, row = 0, y + row, 0
            places[picture] = (x + GAP_PX, y + GAP_PX, w, h)
            x, row = x + w + 2 * GAP_PX, max(row, h + 2 * GAP_PX)
        if y + row <= most_px:
            return places, (wide, y + row)
        share *= 0.8


def pictures_of(parts: Parts, tints: np.ndarray, most_px: int) -> Pictures | None:
    found = laid_together(parts, most_px)
    return None if found is None else Pictures(*found, tints)
