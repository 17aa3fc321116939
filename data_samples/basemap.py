"""The calm plan picture that lies on the terrain: one detailed round the lake, one for the district."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import shapely
from PIL import Image
from shapely import LineString
from shapely.ops import substring

from data_samples import geography as geo
from data_samples.canvas import Canvas, Rgb
from data_samples.curves import smooth_noise
from data_samples.greenery import LakePark, Trees
from data_samples.plan import Plan

GROUND: Rgb = (233, 231, 225)
HAZE: Rgb = (223, 232, 239)
WATER: Rgb = (156, 196, 216)
SHALLOW: Rgb = (178, 210, 222)
BANK: Rgb = (200, 214, 178)
PAVEMENT: Rgb = (239, 237, 232)
ASPHALT = {
    "motorway": (203, 202, 199),
    "trunk": (206, 205, 201),
    "primary": (210, 208, 203),
    "secondary": (213, 211, 206),
    "tertiary": (217, 215, 210),
    "residential": (222, 220, 215),
}
USE = {
    "residential": (229, 229, 219),
    "office": (236, 234, 229),
    "mall": (235, 231, 225),
    "school": (226, 229, 214),
    "hospital": (234, 232, 228),
    "industrial": (226, 226, 224),
    "old": (228, 224, 215),
    "park": (207, 220, 184),
    "culture": (236, 233, 226),
    "hotel": (236, 234, 229),
}
PATCH = {
    "lawn": (216, 224, 197),
    "grove": (193, 209, 168),
    "park": (207, 220, 184),
    "plaza": (238, 235, 229),
    "court": (196, 211, 196),
    "track": (221, 176, 158),
    "field": (186, 207, 158),
    "parking": (219, 217, 213),
    "path": (234, 231, 224),
    "walk": (240, 235, 224),
    "pool": (170, 204, 219),
    "yard": (224, 224, 221),
    "village": (222, 220, 206),
}
PATCH_ORDER = (
    "park",
    "lawn",
    "village",
    "yard",
    "plaza",
    "parking",
    "path",
    "grove",
    "field",
    "track",
    "court",
    "walk",
    "pool",
)
FIELDS: tuple[Rgb, ...] = (
    (224, 227, 207),
    (215, 223, 195),
    (229, 226, 210),
    (208, 219, 188),
    (221, 224, 202),
    (231, 229, 218),
    (212, 217, 190),
)
TREE: Rgb = (150, 178, 130)
MEDIAN: Rgb = (203, 215, 182)
PAINT: Rgb = (232, 231, 227)
ZEBRA: Rgb = (240, 239, 236)


def detail(plan: Plan, park: LakePark, trees: Trees) -> np.ndarray:
    """(rows, cols, 3) u1 at 2 m a pixel for `geography.DETAIL`, row 0 north."""
    canvas = _painted(plan, geo.DETAIL, 2.0, over=3)
    _paint_lake_park(canvas, park)
    _paint_water(canvas, plan, edges=True)
    _paint_roads(canvas, plan, markings=True)
    _paint_shadows(canvas, plan, trees)
    return _grained(canvas.finished(), np.random.default_rng(3), 1.6)


def district(plan: Plan) -> np.ndarray:
    """(rows, cols, 3) u1 at 15 m a pixel for `geography.EXTENT`, fading into haze at the rim; row 0 north."""
    canvas = _painted(plan, geo.EXTENT, 15.0, over=3)
    _paint_water(canvas, plan, edges=False)
    _paint_roads(canvas, plan, markings=False)
    footprints = canvas.mask([h.shape for h in plan.houses])
    canvas.blend(footprints, (205, 202, 196), 0.75)
    picture = _grained(canvas.finished(), np.random.default_rng(4), 1.2)
    return _faded(picture, rim_m=3200.0, pixel_m=15.0)


def _painted(plan: Plan, bounds, pixel_m: float, over: int) -> Canvas:
    """Ground, fields, banks, blocks and what lies in the blocks."""
    canvas = Canvas(bounds, pixel_m, GROUND, over)
    canvas.image = Image.fromarray(farmland(bounds, pixel_m)).resize(canvas.size, Image.Resampling.BICUBIC)
    canvas.blend(canvas.mask([b.shape.buffer(9) for b in plan.blocks]), PAVEMENT)
    canvas.fill(plan.banks, BANK)
    rng = np.random.default_rng(9)
    for block in plan.blocks:
        tint = rng.integers(-3, 4)
        canvas.fill(block.shape, tuple(int(c + tint) for c in USE[block.use]))
    for kind in PATCH_ORDER:
        canvas.fill([shape for k, shape in plan.site.patches if k == kind], PATCH[kind])
    return canvas


def farmland(bounds, pixel_m: float) -> np.ndarray:
    """(rows, cols, 3) u1 patchwork of strip fields; the turn of the strips changes every kilometre or so."""
    width, height = round((bounds[2] - bounds[0]) / pixel_m), round((bounds[3] - bounds[1]) / pixel_m)
    x, y = np.meshgrid(
        bounds[0] + (np.arange(width) + 0.5) * pixel_m, bounds[3] - (np.arange(height) + 0.5) * pixel_m
    )
    sway = 160 * np.sin(x / 1300 + 1.3) + 130 * np.sin(y / 1100 + 0.4)
    region = np.floor((x + sway) / 1250).astype(np.int64) * 7919 + np.floor((y - sway) / 1050).astype(
        np.int64
    )
    angle = ((region * 2654435761) % 1000 / 1000.0 - 0.5) * 0.5 + ((region % 2) * np.pi / 2)
    along, across = x * np.cos(angle) + y * np.sin(angle), -x * np.sin(angle) + y * np.cos(angle)
    strip = np.floor(across / 62).astype(np.int64)
    plot = np.floor((along + (strip * 97) % 180) / 210).astype(np.int64)
    pick = ((strip * 73856093) ^ (plot * 19349663) ^ (region * 83492791)) % 8191 % len(FIELDS)
    picture = np.array(FIELDS, np.float32)[pick]
    edge = ((across % 62) < 4.0) | (((along + (strip * 97) % 180) % 210) < 5.0)
    if pixel_m < 5:
        picture[edge] = (200, 211, 180)
        picture -= (2.0 * (np.sin(across * 2 * np.pi / 6.0) > 0.4))[..., None]
    grey = (
        0.38 * picture + 0.62 * np.array(GROUND, np.float32)
        if pixel_m >= 5
        else 0.6 * picture + 0.4 * np.array(GROUND, np.float32)
    )
    return grey.astype(np.uint8)


def _paint_lake_park(canvas: Canvas, park: LakePark) -> None:
    canvas.fill(park.lawn, PATCH["park"])
    texture = smooth_noise((canvas.size[1] // 6, canvas.size[0] // 6), 9, np.random.default_rng(8))
    soft = Image.fromarray(np.clip(texture * 46 + 40, 0, 110).astype(np.uint8)).resize(
        canvas.size, Image.Resampling.BICUBIC
    )
    inside = np.minimum(np.asarray(canvas.mask(park.lawn)), np.asarray(soft))
    canvas.blend(Image.fromarray(inside), (222, 230, 203))
    canvas.blend(canvas.mask(park.groves), PATCH["grove"], 0.9, blur_m=3.0)
    canvas.fill(park.plazas, PATCH["plaza"])
    canvas.fill(park.walks, PATCH["walk"])


def _paint_water(canvas: Canvas, plan: Plan, edges: bool) -> None:
    shapes = [w.shape for w in plan.waters]
    if edges:
        wide = canvas.mask([s.buffer(5.0, quad_segs=3) for s in shapes if s.area > 2000])
        canvas.blend(wide, (228, 226, 208), 0.85, blur_m=1.6)
    canvas.fill(shapes, SHALLOW if edges else WATER)
    if edges:
        deep = [s.buffer(-7.0, quad_segs=3) for s in shapes]
        canvas.blend(canvas.mask(deep), WATER, 1.0, blur_m=5.0)


def _paint_roads(canvas: Canvas, plan: Plan, markings: bool) -> None:
    order = ("residential", "tertiary", "secondary", "primary", "trunk", "motorway")
    roads = sorted(plan.roads, key=lambda r: order.index(r.cls))
    if markings:
        canvas.fill([strip(r, r.width_m + 9.0) for r in roads], PAVEMENT)
    else:
        canvas.fill([strip(r, r.width_m + 16.0) for r in roads if r.cls in order[3:]], (238, 237, 233))
    for cls in order:
        canvas.fill([strip(r, r.width_m) for r in roads if r.cls == cls], ASPHALT[cls])
    if markings:
        paint_markings(canvas, roads, MEDIAN, PAINT, ZEBRA)


def strip(road, width_m: float) -> shapely.Geometry:
    return LineString(road.line).buffer(width_m / 2, cap_style="flat", quad_segs=2)


def paint_markings(canvas: Canvas, roads, median: Rgb, paint: Rgb, zebra: Rgb) -> None:
    """Medians planted green on wide roads, dashed centres on the others, zebra crossings where streets meet."""
    surfaces = shapely.STRtree([r.surface for r in roads])
    seen = shapely.box(*canvas.bounds)
    for k, road in enumerate(roads):
        line = LineString(road.line).intersection(seen)
        if line.is_empty:
            continue
        near = [roads[i].surface.buffer(9) for i in surfaces.query(line, "intersects") if i != k]
        clear = line.difference(shapely.union_all(near)) if near else line
        if road.cls in ("primary", "trunk", "motorway"):
            canvas.fill(clear.buffer(1.7, cap_style="flat"), median)
            for offset in (0.27, -0.27):
                _dashes(canvas, clear, road.width_m * offset, paint)
        elif road.cls in ("secondary", "tertiary"):
            _dashes(canvas, clear, 0.0, paint)
        if road.cls != "motorway":
            _zebras(canvas, clear, road.width_m, zebra)


def _dashes(canvas: Canvas, lines, offset_m: float, color: Rgb) -> None:
    for part in shapely.get_parts(lines):
        if part.length < 12:
            continue
        piece = beside(part, offset_m)
        for s in np.arange(3.0, piece.length - 8, 11.0):
            canvas.fill(substring(piece, s, s + 5.0).buffer(0.45, cap_style="flat"), color)


def beside(line: LineString, offset_m: float) -> LineString:
    """The line moved to its left; streets are far less bent than they are wide."""
    points = shapely.get_coordinates(line)
    ahead = np.gradient(points, axis=0)
    ahead /= np.linalg.norm(ahead, axis=1, keepdims=True)
    return LineString(points + ahead[:, ::-1] * [-offset_m, offset_m])


def _zebras(canvas: Canvas, lines, width_m: float, color: Rgb) -> None:
    for part in shapely.get_parts(lines):
        if part.length < 60:
            continue
        for start, stop in ((1.0, 4.6), (part.length - 4.6, part.length - 1.0)):
            bar = substring(part, start, stop)
            for offset in np.arange(-width_m / 2 + 1.6, width_m / 2 - 1, 2.4):
                canvas.fill(beside(bar, offset).buffer(0.6, cap_style="flat"), color)


def _paint_shadows(canvas: Canvas, plan: Plan, trees: Trees) -> None:
    """A soft dark rim where houses and trees meet the ground, so that they stand and do not float."""
    footprints = canvas.mask([h.shape for h in plan.houses])
    canvas.blend(footprints, (176, 174, 168), 0.5, blur_m=5.0)
    canvas.blend(footprints, (206, 203, 197), 0.9)
    crowns = canvas.dots(trees.points, trees.crown_m * 0.46)
    canvas.blend(crowns, (150, 168, 134), 0.45, blur_m=1.6)
    canvas.blend(crowns, TREE, 0.5)


def _grained(picture: np.ndarray, rng: np.random.Generator, strength: float) -> np.ndarray:
    """A breath of slow unevenness, as of paper."""
    slow = smooth_noise(picture.shape[:2], 60, rng) * strength
    return np.clip(picture + slow[..., None], 0, 255).astype(np.uint8)


def _faded(picture: np.ndarray, rim_m: float, pixel_m: float) -> np.ndarray:
    rows, cols = picture.shape[:2]
    y, x = np.arange(rows)[:, None], np.arange(cols)[None, :]
    inward = np.minimum(np.minimum(y, rows - 1 - y), np.minimum(x, cols - 1 - x)) * pixel_m
    keep = np.clip(inward / rim_m, 0, 1)
    keep = (keep * keep * (3 - 2 * keep))[..., None]
    return (picture * keep + np.array(HAZE) * (1 - keep)).astype(np.uint8)


def write_picture(path: Path, picture: np.ndarray, bounds, quality: int) -> None:
    """A tiled GeoTIFF with overviews, JPEG inside (YCbCr), EPSG:4549."""
    import rasterio
    from rasterio.transform import from_bounds

    rows, cols = picture.shape[:2]
    with rasterio.open(
        path,
        "w",
        driver="COG",
        height=rows,
        width=cols,
        count=3,
        dtype="uint8",
        crs=geo.CRS,
        transform=from_bounds(*bounds, cols, rows),
        compress="JPEG",
        quality=quality,
        overview_resampling="average",
        blocksize=512,
    ) as file:
        file.write(np.moveaxis(picture, 2, 0))
        file.update_tags(SYNTHETIC="yes", SOURCE=geo.SOURCE)
