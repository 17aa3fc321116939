"""Imagery: a picture draped over the ground."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Annotated, Literal

import numpy as np
from annotated_types import Ge, Le
from vtkmodules.vtkRenderingCore import vtkTexture

from layers.base import Moment, Ray, Visual, visual_of
from layers.ground_paint import Picture
from layers.ground_shading import texture_of
from layers.ground_sheet import sheet
from layers.legend import Legend
from layers.legend_sight import blocks_of
from layers.terrain import on_ground
from twin.data import Bounds, Imagery
from twin.ground import Ground, Surface
from twin.layer import Layer, layer_type, styled
from twin.selection import Hit
from twin.text import tr


@layer_type
@dataclass(frozen=True, kw_only=True)
class ImageryLayer(Layer):
    kind: Literal["imagery"] = "imagery"
    brightness: Annotated[float, Ge(0.1), Le(2.0)] = styled(1.0, "Brightness", step=0.05)
    saturation: Annotated[float, Ge(0.0), Le(2.0)] = styled(1.0, "Saturation", step=0.05)
    own_labels: tuple[tuple[str, str], ...] = ()             # value of a class and what a user calls it


ANISOTROPY = 8.0                               # sharp at a flat angle; without a graphics card half of a frame's cost,
SHARPER = -0.7                                 # so there the picture is taken a little finer instead (mipmap levels)
MOST_TEXELS = 8192                             # a side; every GL of the last decade takes this


# Ground darkens with the theme, like everything that stands on it: a light plan to this share, a photograph, which is
# dark as it is, only to this mean.
DIMMED, AIM = 0.4, 0.25


@visual_of("imagery")
class ImageryVisual(Visual):
    """Hands its picture to the drawn ground, which paints it on the terrain; flat at height 0 without one, and
    from rim to rim of a hole."""

    reads = frozenset({"ground", "theme", "language"})
    painted = True

    def __init__(self, canvas):
        super().__init__(canvas)
        self._image: Imagery | None = None
        self._textures: list[tuple[vtkTexture, Imagery, bool]] = []       # with whether all of it is known
        self._parts: list[Imagery] = []                      # the whole, and what is finer where somebody looks
        self._plain = False                                  # its textures are read the cheap way
        self._pictures: list[Picture] = []
        self._ground = self._lies_on = Ground()                # what is known, and with what spans its holes
        self._lift, self._dimmed = 0.0, 1.0
        self._box: Bounds | None = None
        self._blocks: tuple[Bounds, tuple[np.ndarray, np.ndarray]] | None = None     # once a legend asks

    def update(self, layer: ImageryLayer, asset, moment: Moment, ground: Ground, why: frozenset[str]) -> None:
        image = asset.payload if asset else None
        if not isinstance(image, Imagery) or not image.rgba.size:
            self.remove()
            return
        parts = [image] if asset.detail is None else [image, asset.detail]
        if parts != self._parts:
            self._parts, self._plain = parts, not self.canvas.has_card
            kept = {id(tile.rgba): (texture, tile, whole) for texture, tile, whole in self._textures}
            self._textures = [kept.get(id(tile.rgba)) or self._made(tile) for part in parts for tile in tiles(part)]
        if image is not self._image:
            self._dimmed = dimmed(image.rgba)
        if image is not self._image or ground is not self._ground or self._lift != layer.height_offset_m:
            self._image, self._ground, self._lift = image, ground, layer.height_offset_m
            self._box = _box(image, ground, self._lift)
            lying = sheet(ground.surfaces, (self._box[0], self._box[1], self._box[3], self._box[4]))
            self._lies_on = ground if lying is None else Ground((*ground.surfaces, Surface(lying)))
        shown = layer.brightness * (self._dimmed if moment.theme == "dark" else 1.0)
        self._pictures = [Picture(texture, tile.x0, tile.y0, tile.width, tile.height, shown, layer.saturation,
                                  layer.opacity, whole, SHARPER if self._plain else 0.0)
                          for texture, tile, whole in self._textures]
        self.show(self.shown)

    def _made(self, tile: Imagery) -> tuple[vtkTexture, Imagery, bool]:
        texture = texture_of(premultiplied(tile.rgba), mipmaps=True, anisotropy=1.0 if self._plain else ANISOTROPY)
        return texture, tile, bool((tile.rgba[..., 3] == 255).all())

    def camera_moved(self) -> None:
        """The first render tells whether there is a card that reads textures sharply; until then none is asked to:
        without one a flat angle over a near ground never comes to an end."""
        if self._plain and self.canvas.has_card:
            self._plain = False
            for texture, _, _ in self._textures:
                texture.SetMaximumAnisotropicFiltering(ANISOTROPY)
            self._pictures = [replace(picture, finer=0.0) for picture in self._pictures]
            self.show(self.shown)

    def show(self, shown: bool) -> None:
        super().show(shown)
        if shown and self._pictures:
            self.canvas.ground.show_pictures(self, self._pictures, self.rank, self._lift)
        else:
            self.canvas.ground.hide_pictures(self)

    def ranked(self, rank: int) -> None:
        super().ranked(rank)
        self.show(self.shown)

    def remove(self) -> None:
        super().remove()
        self.canvas.ground.hide_pictures(self)
        self._image, self._box = None, None
        self._parts, self._textures, self._pictures = [], [], []

    def legend(self, layer: ImageryLayer, asset, moment: Moment) -> Legend | None:
        """Of a picture in classes, in the colours of its file; words of the user before those of the file."""
        if self._image is None or not self._image.classes:
            return None
        given, classes = dict(layer.own_labels), self._image.classes
        return Legend(title=layer.name, keys=tuple(str(value) for value, _, _ in classes), entries=tuple(
            (color, given.get(str(value)) or name or tr("Class {n}", n=value)) for value, color, name in classes))

    def colored(self) -> tuple[np.ndarray, np.ndarray] | None:
        image, box = self._image, self._box
        if image is None or box is None:
            return None
        if self._blocks is None or self._blocks[0] is not box:
            self._blocks = box, blocks_of(image.rgba, image.x0, image.y0, image.width, image.height, box[2], box[5])
        return self._blocks[1]

    def bounds(self) -> Bounds | None:
        return self._box

    def pick(self, ray: Ray) -> tuple[float, Hit] | None:
        """The place on the picture; nothing where it has no data. Feature -1: the layer itself."""
        if self._box is None:
            return None
        found = on_ground(self._lies_on, ray, self._box)
        return found if found and self._known(found[1].point) else None

    def _known(self, point: tuple[float, float, float]) -> bool:
        image = self._image
        rows, cols = image.rgba.shape[:2]
        col = min(cols - 1, max(0, int((point[0] - image.x0) / image.width * cols)))
        row = min(rows - 1, max(0, int((point[1] - image.y0) / image.height * rows)))
        return bool(image.rgba[row, col, 3])

    def stats(self) -> tuple[int, int]:
        """It has no triangles of its own: the terrain's carry it."""
        return int(self._image is not None), 0


def dimmed(rgba: np.ndarray) -> float:
    """By what a picture (rows, cols, 4) u1 is darkened in the dark theme, 1 = not at all."""
    step = max(1, max(rgba.shape[:2]) // 256)
    some = rgba[::step, ::step]
    known = some[some[..., 3] > 0][:, :3]
    return min(1.0, max(DIMMED, AIM * 255 / max(float(known.mean()), 1.0))) if len(known) else 1.0


def _box(image: Imagery, ground: Ground, lift: float) -> Bounds:
    x, y = (np.linspace(start, start + size, 65) for start, size in ((image.x0, image.width), (image.y0, image.height)))
    z = ground.height_at(np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2)) + lift
    return (image.x0, image.y0, float(z.min()), image.x0 + image.width, image.y0 + image.height, float(z.max()))


def tiles(image: Imagery, most: int = MOST_TEXELS) -> list[Imagery]:
    """The picture in parts of at most `most` texels a side; neighbours share one texel, so no seam shows."""
    rows, cols = image.rgba.shape[:2]
    if rows <= most and cols <= most:
        return [image]
    dx, dy = image.width / cols, image.height / rows
    out = []
    for r in range(0, rows, most - 1):
        for c in range(0, cols, most - 1):
            part = image.rgba[r:r + most, c:c + most]
            out.append(Imagery(rgba=part, x0=image.x0 + c * dx, y0=image.y0 + r * dy,
                               width=part.shape[1] * dx, height=part.shape[0] * dy))
    return out


def premultiplied(rgba: np.ndarray) -> np.ndarray:
    """Colour times alpha, so that interpolation never takes colour from where nothing is known."""
    if (rgba[..., 3] == 255).all():
        return rgba
    out = rgba.copy()
    out[..., :3] = (rgba[..., :3].astype(np.uint16) * rgba[..., 3:] // 255).astype(np.uint8)
    return out
