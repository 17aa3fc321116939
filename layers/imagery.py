"""Imagery: a picture draped over the ground."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

import numpy as np
from annotated_types import Ge, Le
from vtkmodules.vtkRenderingCore import vtkActor

from layers.base import Moment, Ray, Visual, visual_of
from layers.drape import BASE, STEP, heights_on, posts_within
from layers.geometry import actor_of, grid_triangles, poly_data
from layers.ground_shading import apply_ground, set_picture, texture_of
from layers.shading import apply_drape
from layers.terrain import on_ground
from twin.data import Bounds, Imagery
from twin.ground import Ground
from twin.layer import Layer, layer_type, styled
from twin.selection import Hit


@layer_type
@dataclass(frozen=True, kw_only=True)
class ImageryLayer(Layer):
    kind: Literal["imagery"] = "imagery"
    brightness: Annotated[float, Ge(0.1), Le(2.0)] = styled(1.0, "Brightness", step=0.05)
    saturation: Annotated[float, Ge(0.0), Le(2.0)] = styled(1.0, "Saturation", step=0.05)


MOST_TEXELS = 8192                             # a side; every GL of the last decade takes this


DIMMED = {"dark": 0.4}                # ground darkens with the theme, like everything that stands on it


@visual_of("imagery")
class ImageryVisual(Visual):
    """Tiles of texture over the posts of the drawn terrain; flat at height 0 without one."""

    reads = frozenset({"ground", "theme"})

    def __init__(self, canvas):
        super().__init__(canvas)
        self._tiles: list[tuple[vtkActor, Imagery]] = []
        self._image: Imagery | None = None
        self._ground = Ground()
        self._lift = 0.0
        self._box: Bounds | None = None
        self._triangles = 0

    def update(self, layer: ImageryLayer, asset, moment: Moment, ground: Ground, why: frozenset[str]) -> None:
        image = asset.payload if asset else None
        if not isinstance(image, Imagery) or not image.rgba.size:
            self.remove()
            self._tiles, self._image, self._box, self._triangles = [], None, None, 0
            return
        if why & {"asset", "ground"} or self._image is not image or self._lift != layer.height_offset_m:
            self._image, self._ground, self._lift = image, ground, layer.height_offset_m
            self._build()
        shown = DIMMED.get(moment.theme, 1.0) * layer.brightness
        for actor, tile in self._tiles:
            set_picture(actor, tile.x0, tile.y0, tile.width, tile.height, shown, layer.saturation)
            actor.GetProperty().SetOpacity(layer.opacity)

    def _build(self) -> None:
        self.remove()
        self._tiles, self._triangles, low, high = [], 0, np.inf, -np.inf
        for tile in tiles(self._image):
            points, triangles, normals = self._surface(tile)
            actor = actor_of(poly_data(points, triangles=triangles, normals=normals))
            apply_ground(actor, texture_of(premultiplied(tile.rgba), mipmaps=True))
            self.add(actor)
            self._tiles.append((actor, tile))
            self._triangles += len(triangles)
            low, high = min(low, float(points[:, 2].min())), max(high, float(points[:, 2].max()))
        image = self._image
        self._box = (image.x0, image.y0, low, image.x0 + image.width, image.y0 + image.height, high)
        self.raised(self.rank)

    def _surface(self, tile: Imagery) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        x = posts_within(self._ground, tile.x0, tile.x0 + tile.width, 0)
        y = posts_within(self._ground, tile.y0, tile.y0 + tile.height, 1)
        xy = np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2)
        points = np.column_stack([xy, heights_on(self._ground, xy) + self._lift]).astype(np.float32)
        normals = np.broadcast_to(np.float32((0, 0, 1)), points.shape)      # a picture brings its own relief
        return points, grid_triangles(len(y), len(x)), normals

    def raised(self, rank: int) -> None:
        super().raised(rank)
        for actor, _ in self._tiles:
            apply_drape(actor, BASE + STEP * rank)

    def bounds(self) -> Bounds | None:
        return self._box

    def pick(self, ray: Ray) -> tuple[float, Hit] | None:
        """The place on the picture; nothing where it has no data. Feature -1: the layer itself."""
        if self._box is None:
            return None
        found = on_ground(self._ground, ray, self._box)
        return found if found and self._known(found[1].point) else None

    def _known(self, point: tuple[float, float, float]) -> bool:
        image = self._image
        rows, cols = image.rgba.shape[:2]
        col = min(cols - 1, max(0, int((point[0] - image.x0) / image.width * cols)))
        row = min(rows - 1, max(0, int((point[1] - image.y0) / image.height * rows)))
        return bool(image.rgba[row, col, 3])

    def stats(self) -> tuple[int, int]:
        return int(self._image is not None), self._triangles


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
