"""The ground as the synthetic aerial photograph shows it: the plan in nature's colours, with what stands and lies on it."""

from __future__ import annotations

import numpy as np
import shapely
from shapely import LineString

from data_samples import basemap
from data_samples.canvas import Canvas, Rgb
from data_samples.curves import smooth_noise
from data_samples.greenery import LakePark
from data_samples.plan import Plan

GRASS: Rgb = (112, 124, 84)
WATER: Rgb = (74, 92, 86)
SHALLOW: Rgb = (104, 116, 96)
BANK: Rgb = (106, 116, 80)
STONE: Rgb = (164, 160, 150)
MEDIAN: Rgb = (78, 98, 62)
PAINT: Rgb = (206, 205, 198)
ASPHALT = {
    "motorway": (112, 111, 110),
    "trunk": (110, 109, 108),
    "primary": (106, 106, 106),
    "secondary": (110, 110, 109),
    "tertiary": (116, 115, 113),
    "residential": (124, 122, 119),
}
USE = {
    "residential": (126, 126, 106),
    "office": (154, 151, 144),
    "mall": (160, 156, 148),
    "school": (138, 136, 120),
    "hospital": (150, 148, 140),
    "industrial": (148, 146, 141),
    "old": (134, 128, 116),
    "park": (104, 120, 76),
    "culture": (152, 149, 140),
    "hotel": (152, 149, 141),
}
PATCH = {
    "lawn": (108, 124, 78),
    "grove": (70, 86, 54),
    "park": (104, 120, 76),
    "plaza": (178, 173, 162),
    "court": (84, 118, 104),
    "track": (150, 84, 68),
    "field": (96, 124, 70),
    "parking": (118, 117, 115),
    "path": (166, 160, 146),
    "walk": (176, 168, 150),
    "pool": (98, 160, 170),
    "yard": (146, 144, 139),
    "village": (122, 124, 98),
}
GREEN = ("lawn", "park", "grove", "field", "village")
CARS: tuple[Rgb, ...] = ((226, 226, 224), (226, 226, 224), (60, 61, 64), (44, 45, 48), (150, 152, 155), (132, 46, 40),
                         (58, 78, 112), (196, 192, 182))
CAR_M = (4.6, 1.9)
CAR_EACH_M = 34.0  # of a lane
PARKED = 0.62  # the share of places that are taken


def painted(plan: Plan, park: LakePark, bounds, pixel_m: float, over: int, rng: np.random.Generator) -> Canvas:
    """Everything flat: blocks, grass, water, streets with their markings, and cars."""
    canvas = Canvas(bounds, pixel_m, GRASS, over)
    canvas.blend(canvas.mask([b.shape.buffer(9) for b in plan.blocks]), STONE)
    canvas.fill(plan.banks, BANK)
    for block in plan.blocks:
        tint = rng.integers(-7, 8)
        canvas.fill(block.shape, tuple(int(c + tint) for c in USE[block.use]))
    for kind in basemap.PATCH_ORDER:
        for shape in (shape for k, shape in plan.site.patches if k == kind):
            tint = rng.integers(-6, 7)
            canvas.fill(shape, tuple(int(c + tint) for c in PATCH[kind]))
    canvas.fill(park.lawn, PATCH["park"])
    canvas.blend(canvas.mask(park.groves), PATCH["grove"], 0.9, blur_m=2.5)
    canvas.fill(park.plazas, PATCH["plaza"])
    canvas.fill(park.walks, PATCH["walk"])
    _water(canvas, plan)
    _roads(canvas, plan)
    _driving(canvas, plan, rng)
    _parked(canvas, plan, rng)
    return canvas


def grain(canvas: Canvas, plan: Plan, park: LakePark, rng: np.random.Generator) -> np.ndarray:
    """(rows, cols) f4 about 1 of the finished picture: rough where plants grow, stained on stone, calm on water."""
    rows, cols = canvas.size[1] // canvas.over, canvas.size[0] // canvas.over
    spots, wide, slow = (smooth_noise((rows, cols), cell / canvas.pixel_m, rng) for cell in (4, 45, 110))
    fine = rng.standard_normal((rows, cols)).astype(np.float32)
    green = _share(canvas, [plan.banks, park.lawn, *(s for k, s in plan.site.patches if k in GREEN),
                            *(b.shape for b in plan.blocks if b.use == "park")])
    wet = _share(canvas, [w.shape for w in plan.waters])
    land = 0.012 * fine + 0.016 * spots + 0.035 * wide
    out = land + green * (0.02 * fine + 0.045 * spots + 0.085 * wide - land)
    return (1.0 + out + wet * (0.05 * slow - out)).astype(np.float32)


def _share(canvas: Canvas, shapes) -> np.ndarray:
    """(rows, cols) f4 of the finished picture: how much of each pixel is in the shapes."""
    return np.asarray(canvas.mask(shapes).reduce(canvas.over), np.float32) / 255.0


def _water(canvas: Canvas, plan: Plan) -> None:
    shapes = [w.shape for w in plan.waters]
    canvas.blend(canvas.mask([s.buffer(3.0, quad_segs=3) for s in shapes if s.area > 2000]), (150, 144, 124), 0.8, blur_m=0.8)
    canvas.fill(shapes, SHALLOW)
    canvas.blend(canvas.mask([s.buffer(-5.0, quad_segs=3) for s in shapes]), WATER, 1.0, blur_m=4.0)


def _roads(canvas: Canvas, plan: Plan) -> None:
    roads = sorted(plan.roads, key=lambda r: list(ASPHALT)[::-1].index(r.cls))
    canvas.fill([basemap.strip(r, r.width_m + 9.0) for r in roads], STONE)
    for road in roads:
        canvas.fill(basemap.strip(road, road.width_m), ASPHALT[road.cls])
    basemap.paint_markings(canvas, roads, MEDIAN, PAINT, PAINT)


def _driving(canvas: Canvas, plan: Plan, rng: np.random.Generator) -> None:
    seen = shapely.box(*canvas.bounds)
    for road in plan.roads:
        line = LineString(road.line)
        if not line.intersects(seen):
            continue
        for offset in (road.width_m * 0.18, road.width_m * 0.36) if road.width_m > 18 else (road.width_m * 0.24,):
            for side in (offset, -offset):
                lane = basemap.beside(line, side)
                for at in np.sort(rng.uniform(CAR_M[0], lane.length - CAR_M[0], int(lane.length / CAR_EACH_M))):
                    a, b = (lane.interpolate(at + way) for way in (-CAR_M[0] / 2, CAR_M[0] / 2))
                    _car(canvas, (a.x, a.y), (b.x, b.y), rng)


def _car(canvas: Canvas, tail, nose, rng: np.random.Generator) -> None:
    if tail != nose:
        canvas.fill(LineString([tail, nose]).buffer(CAR_M[1] / 2, cap_style="flat"), CARS[rng.integers(len(CARS))])


def _parked(canvas: Canvas, plan: Plan, rng: np.random.Generator) -> None:
    """Rows of cars, two rows to a lane, across the long side of the lot."""
    seen = shapely.box(*canvas.bounds)
    for lot in (s for k, s in plan.site.patches if k == "parking" and s.intersects(seen)):
        box = lot.minimum_rotated_rectangle
        if box.geom_type != "Polygon":
            continue
        corners = shapely.get_coordinates(box)[:4]
        sides = np.roll(corners, -1, axis=0) - corners
        long = int(np.argmax(np.hypot(*sides[:2].T)))
        start, along, across = corners[long], sides[long], sides[(long + 1) % 4]
        length, width = np.hypot(*along), np.hypot(*across)
        along, across = along / length, across / width
        rows = [y for y in np.arange(3.2, width - 2.4, 8.2) for y in (y, y + 5.0) if y < width - 2.4]
        for y in rows:
            for x in np.arange(1.6, length - 1.0, 2.6):
                place = start + along * x + across * y
                if rng.random() < PARKED and lot.contains(shapely.Point(place).buffer(2.2, quad_segs=1)):
                    reach = across * CAR_M[0] / 2
                    _car(canvas, tuple(place - reach), tuple(place + reach), rng)
