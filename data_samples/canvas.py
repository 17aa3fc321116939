"""Paint shapes in metres into a picture, antialiased by drawing larger and averaging down."""

from __future__ import annotations

import numpy as np
import shapely
from PIL import Image, ImageDraw, ImageFilter

Rgb = tuple[int, int, int]


class Canvas:
    """`bounds` in metres (west, south, east, north), `pixel_m` of the finished picture, drawn `over` times finer."""

    def __init__(self, bounds, pixel_m: float, ground: Rgb, over: int = 2):
        self.bounds, self.pixel_m, self.over = bounds, pixel_m, over
        self.scale = over / pixel_m
        self.size = (round((bounds[2] - bounds[0]) * self.scale), round((bounds[3] - bounds[1]) * self.scale))
        self.image = Image.new("RGB", self.size, ground)
        self._draw = ImageDraw.Draw(self.image)
        self._box = shapely.box(*bounds)

    def fill(self, shapes, color: Rgb) -> None:
        self._paint(self._draw, self.image, shapes, color)

    def fill_number(self, image: Image.Image, shapes, value: float) -> None:
        """As `fill`, into a picture of numbers (mode F) of the drawn size."""
        self._paint(ImageDraw.Draw(image), image, shapes, value)

    def mask(self, shapes) -> Image.Image:
        """One 8-bit picture, 255 where any of the shapes is."""
        image = Image.new("L", self.size, 0)
        self._paint(ImageDraw.Draw(image), image, shapes, 255)
        return image

    def blend(self, mask: Image.Image, color: Rgb, strength: float = 1.0, blur_m: float = 0.0) -> None:
        if blur_m:
            mask = mask.filter(ImageFilter.GaussianBlur(blur_m * self.scale))
        if strength != 1.0:
            mask = mask.point(lambda v: round(v * strength))
        self.image.paste(color, mask=mask)
        self._draw = ImageDraw.Draw(self.image)

    def dots(self, points: np.ndarray, radius_m: np.ndarray, mask: Image.Image | None = None) -> Image.Image:
        """A mask of discs."""
        mask = mask or Image.new("L", self.size, 0)
        draw = ImageDraw.Draw(mask)
        xy = self.pixels(points)
        for (x, y), r in zip(xy, np.asarray(radius_m) * self.scale):
            if -r < x < self.size[0] + r and -r < y < self.size[1] + r:
                draw.ellipse((x - r, y - r, x + r, y + r), fill=255)
        return mask

    def finished(self) -> np.ndarray:
        """(rows, cols, 3) u1, row 0 in the north."""
        small = (self.size[0] // self.over, self.size[1] // self.over)
        return np.asarray(self.image.resize(small, Image.Resampling.BOX))

    def pixels(self, points: np.ndarray) -> np.ndarray:
        """Columns and rows at the drawn fineness."""
        return (points - [self.bounds[0], self.bounds[3]]) * [self.scale, -self.scale]

    def _paint(self, draw, image, shapes, color) -> None:
        for shape in _each(shapes):
            for part in shapely.get_parts(shape):
                if part.geom_type != "Polygon" or not part.intersects(self._box):
                    continue
                rings = [
                    shapely.get_coordinates(part.exterior),
                    *(shapely.get_coordinates(i) for i in part.interiors),
                ]
                if len(rings) == 1:
                    draw.polygon([tuple(p) for p in self.pixels(rings[0])], fill=color)
                else:
                    self._with_holes(image, rings, color)

    def _with_holes(self, image, rings, color) -> None:
        """Cut the holes in a small mask of the polygon's own extent."""
        pixel = [self.pixels(r) for r in rings]
        lo = np.maximum(np.floor(pixel[0].min(axis=0)).astype(int), 0)
        hi = np.minimum(np.ceil(pixel[0].max(axis=0)).astype(int) + 1, self.size)
        if (hi <= lo).any():
            return
        mask = Image.new("L", tuple(int(n) for n in hi - lo), 0)
        draw = ImageDraw.Draw(mask)
        for ring, value in zip(pixel, [255, *[0] * (len(pixel) - 1)]):
            draw.polygon([tuple(p) for p in ring - lo], fill=value)
        image.paste(color, tuple(int(n) for n in (*lo, *hi)), mask)


def _each(shapes):
    return [shapes] if isinstance(shapes, shapely.Geometry) else shapes
