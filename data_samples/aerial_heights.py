"""What rises in the synthetic aerial photograph: roofs and crowns, painted with their colour and their height at once."""

from __future__ import annotations

import numpy as np
import shapely
from PIL import Image, ImageDraw

from data_samples import roofs
from data_samples.canvas import Canvas, Rgb
from data_samples.greenery import LakePark, Trees
from data_samples.plan import Plan

FLAT: tuple[Rgb, ...] = ((178, 174, 167), (160, 157, 151), (142, 141, 139), (190, 186, 178), (152, 143, 132), (168, 166, 164))
SHEET: tuple[Rgb, ...] = ((92, 122, 152), (104, 132, 158), (178, 180, 180), (160, 162, 163), (150, 104, 88))
TILES: tuple[Rgb, ...] = ((142, 92, 76), (128, 82, 70), (112, 106, 102), (98, 94, 94), (150, 106, 86))
PLANT: Rgb = (168, 168, 166)
RIM: Rgb = (196, 193, 186)
PITCHED = {"residential", "school", "culture", "old"}
CROWNS: tuple[Rgb, ...] = ((70, 88, 50), (62, 82, 48), (80, 96, 56), (74, 96, 62), (88, 100, 58), (60, 76, 50))
GROVE_EACH_M2 = 30.0
UNIT_EACH_M2 = 170.0  # of a flat roof
SMOOTH_M = 0.55  # a crown is no cone


class Heights:
    """`metres` (rows, cols) f4 above the ground, at the canvas's own fineness; colours go into the canvas."""

    def __init__(self, canvas: Canvas):
        self.canvas = canvas
        self._image = Image.new("F", canvas.size, 0.0)
        self._draw = ImageDraw.Draw(self._image)
        self._seen = shapely.box(*canvas.bounds)
        self.rng = np.random.default_rng(23)

    @property
    def metres(self) -> np.ndarray:
        from scipy.ndimage import gaussian_filter

        return gaussian_filter(np.asarray(self._image, np.float32), SMOOTH_M * self.canvas.scale / 2)

    def roofs(self, plan: Plan) -> None:
        """The same roofs as the city model's, the lower ones first."""
        houses = [(n, h) for n, h in enumerate(plan.houses) if h.shape.intersects(self._seen)]
        for number, house in sorted(houses, key=lambda pair: pair[1].height_m):
            shape = shapely.orient_polygons(shapely.set_precision(house.shape, 0.01))
            kind, surfaces = roofs.shaped(shape, 0.0, house, number)
            tints = TILES if kind != "flat" else SHEET if house.use == "industrial" else FLAT
            color = tints[number % len(tints)]
            tops = [rings for meaning, rings in surfaces if meaning == roofs.ROOF]
            if kind != "flat":
                for rings in tops:
                    self._face(rings[0], color)
                continue
            self._flat(shape, float(house.height_m), color)
            for rings in tops[1:]:
                self._level(rings[0], float(rings[0][0, 2]), PLANT)

    def crowns(self, trees: Trees, park: LakePark, rng: np.random.Generator) -> None:
        """The sample's trees, and in the groves those that are too many to be trees of the sample."""
        more = _scattered(park.groves, GROVE_EACH_M2, rng)
        points = np.concatenate([trees.points, more])
        height = np.concatenate([trees.height_m, rng.uniform(6, 11, len(more))])
        crown = np.concatenate([trees.crown_m, rng.uniform(4, 7, len(more))])
        west, south, east, north = self.canvas.bounds
        near = (points[:, 0] > west) & (points[:, 0] < east) & (points[:, 1] > south) & (points[:, 1] < north)
        for at in np.flatnonzero(near)[np.argsort(height[near], kind="stable")]:
            self._crown(points[at], 0.46 * float(crown[at]), float(height[at]), rng)

    def _crown(self, place: np.ndarray, radius_m: float, tall_m: float, rng: np.random.Generator) -> None:
        """A dome of lumps."""
        color, paint = CROWNS[rng.integers(len(CROWNS))], ImageDraw.Draw(self.canvas.image)
        lumps = [(np.zeros(2), 1.0), *((rng.normal(0, 0.34, 2), rng.uniform(0.45, 0.7)) for _ in range(4))]
        for off, share in lumps:
            x, y = self.canvas.pixels(place[None] + off * radius_m)[0]
            r = radius_m * share * self.canvas.scale
            tint = int(rng.integers(-6, 7))
            paint.ellipse((x - r, y - r, x + r, y + r), fill=tuple(c + tint for c in color))
            for inner, rise in ((1.0, 0.55), (0.75, 0.78), (0.45, 0.94)):
                q = r * inner
                self._draw.ellipse((x - q, y - q, x + q, y + q), fill=tall_m * rise * (0.8 + 0.2 * share))

    def _flat(self, shape: shapely.Polygon, top_m: float, color: Rgb) -> None:
        """A parapet about a level roof with some machines on it; courtyards stay what they are."""
        self._area(shape, top_m + 0.8, RIM)
        inner = shape.buffer(-0.8, join_style="mitre")
        self._area(inner, top_m, color)
        free = shape.buffer(-3.5, join_style="mitre")
        count = min(int(free.area / UNIT_EACH_M2), 14)
        for place in _scattered(free, free.area / count, self.rng) if count else ():
            wide, deep = self.rng.uniform(1.2, 3.6, 2)
            self._area(shapely.box(place[0] - wide, place[1] - deep, place[0] + wide, place[1] + deep).intersection(free),
                       top_m + float(self.rng.uniform(0.8, 2.2)), PLANT)

    def _area(self, shape: shapely.Geometry, top_m: float, color: Rgb) -> None:
        self.canvas.fill(shape, color)
        self.canvas.fill_number(self._image, shape, top_m)

    def _level(self, ring: np.ndarray, top_m: float, color: Rgb) -> None:
        self._area(shapely.Polygon(ring[:, :2]), top_m, color)

    def _face(self, ring: np.ndarray, color: Rgb) -> None:
        """A sloping face: its height where it lies, by the plane through its corners."""
        self.canvas.fill(shapely.Polygon(ring[:, :2]), color)
        pixel = self.canvas.pixels(ring[:, :2])
        low = np.maximum(np.floor(pixel.min(axis=0)).astype(int), 0)
        high = np.minimum(np.ceil(pixel.max(axis=0)).astype(int) + 1, self.canvas.size)
        if (high <= low).any():
            return
        plane = np.linalg.lstsq(np.column_stack([pixel, np.ones(len(pixel))]), ring[:, 2], rcond=None)[0]
        x, y = np.meshgrid(np.arange(low[0], high[0]), np.arange(low[1], high[1]))
        heights = Image.fromarray((plane[0] * x + plane[1] * y + plane[2]).astype(np.float32))
        mask = Image.new("L", heights.size, 0)
        ImageDraw.Draw(mask).polygon([tuple(p) for p in pixel - low], fill=255)
        self._image.paste(heights, tuple(int(n) for n in low), mask)


def _scattered(shape: shapely.Geometry, m2_each: float, rng: np.random.Generator) -> np.ndarray:
    """(n, 2) places in the shape, about one to every `m2_each`."""
    west, south, east, north = shape.bounds
    places = rng.uniform((west, south), (east, north), (int((east - west) * (north - south) / m2_each), 2))
    return places[shapely.contains_xy(shape, *places.T)]
