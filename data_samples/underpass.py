"""The underpass of Huyi Highway below the G15 expressway: a close-meshed terrain and an IFC model of its structure.

Invented like all of the sample. The road sinks in a sag of `RADIUS_M` between two ramps of `GRADE`, so that water of
depth d at its middle has a surface 2·sqrt(2·R·d) long.
"""

from __future__ import annotations

from math import cos, radians, sin
from pathlib import Path

import numpy as np

from data_samples import geography as geo
from data_samples import relief
from data_samples.ifc_kit import Kit, begin

TERRAIN, MODEL = "underpass.tif", "underpass.ifc"
MIDDLE = (614_896.0, 3_474_940.6)  # where the highway meets the expressway
ALONG_DEG, OVER_DEG = -31.5, 92.9  # directions of the highway and of the expressway above it, from east
BELOW_M = 4.9  # the lowest point of the road below the ground
RADIUS_M, GRADE = 500.0, 0.05
SAG_M = RADIUS_M * GRADE  # half length of the sag
HALF_LENGTH_M, HALF_WIDTH_M = 112.0, 12.0
MARGIN_M, POST_M = 10.0, 0.5  # ground around the trench, distance of posts
CUT_M = HALF_WIDTH_M + POST_M / 2  # posts up to here lie on the road, so that the trench is as wide as it is to be
WALL_M = (HALF_WIDTH_M - 0.45, HALF_WIDTH_M + 0.7)  # the walls hide the slope to the posts beside it
SLAB_M = 0.02  # the road of the model over the terrain's
DECK_HALF_M, DECK_M = 17.0, 1.3
BARRIERS = (("north-west", "西北", -98.0, -10.0), ("south-east", "东南", 98.0, 10.0))      # along, across
STYLES = {
    "asphalt": (0.36, 0.37, 0.39, 0.0),
    "concrete": (0.80, 0.79, 0.77, 0.0),
    "pale concrete": (0.90, 0.89, 0.87, 0.0),
    "white": (0.97, 0.97, 0.96, 0.0),
    "red": (0.80, 0.16, 0.16, 0.0),
    "steel": (0.46, 0.49, 0.53, 0.0),
    "sign": (0.10, 0.33, 0.62, 0.0),
}


def road_m(along: np.ndarray) -> np.ndarray:
    """Height of the road over its lowest point, `along` metres from it."""
    away = np.abs(np.asarray(along, float))
    return np.where(away < SAG_M, away**2 / (2 * RADIUS_M), SAG_M * GRADE / 2 + GRADE * (away - SAG_M))


def barriers() -> list[tuple[str, str, tuple[float, float], float]]:
    """(name, in Chinese, where the post stands, direction of the closed arm) of those before both ramps; the direction in
    degrees from that of the highway, counter-clockwise.
    """
    return [(name, zh, _at(x, y), 90.0 if y < 0 else -90.0) for name, zh, x, y in BARRIERS]


def pumps() -> list[tuple[float, float]]:
    """Where the pumps stand, between the wall and their house."""
    return [_at(x, HALF_WIDTH_M + 1.85) for x in (-24.4, -28.0)]


def heading_deg(turn_deg: float) -> float:
    """Clockwise from true north, of a direction counter-clockwise from the highway's."""
    from twin.frame import Frame

    return round((90.0 - ALONG_DEG - turn_deg + Frame(crs=geo.CRS).convergence_deg(*MIDDLE)) % 360.0, 2)


def _at(along: float, across: float) -> tuple[float, float]:
    x, y = world(np.array([along]), np.array([across]))[0]
    return round(float(x), 2), round(float(y), 2)


def floor_m(ground: relief.GroundAt) -> float:
    """Height (1985) of the lowest point."""
    return round(float(ground([MIDDLE])[0]) - BELOW_M, 2)


def write(folder: Path, grid: np.ndarray) -> None:
    """`grid` as `relief.heights` gives it."""
    ground = relief.GroundAt(grid)
    _terrain(folder / TERRAIN, ground)
    _model(folder / MODEL, ground)


def world(along, across) -> np.ndarray:
    """(n, 2) easting, northing of metres along the highway and to its left."""
    c, s = cos(radians(ALONG_DEG)), sin(radians(ALONG_DEG))
    return np.stack([MIDDLE[0] + along * c - across * s, MIDDLE[1] + along * s + across * c], axis=-1)


def _terrain(path: Path, ground: relief.GroundAt) -> None:
    """The trench and a strip of ground around it; elsewhere not known."""
    length, width = HALF_LENGTH_M + MARGIN_M, HALF_WIDTH_M + MARGIN_M
    corners = world(np.array([-length, length, length, -length]), np.array([-width, -width, width, width]))
    west, south = np.floor(corners.min(axis=0))
    cols, rows = np.ceil((corners.max(axis=0) - (west, south)) / POST_M).astype(int)
    x = west + (np.arange(cols) + 0.5) * POST_M
    y = south + (np.arange(rows)[::-1] + 0.5) * POST_M
    places = np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2)
    off, turn = places - MIDDLE, radians(ALONG_DEG)
    along, across = off[:, 0] * cos(turn) + off[:, 1] * sin(turn), off[:, 1] * cos(turn) - off[:, 0] * sin(turn)
    heights = ground(places)
    road = floor_m(ground) + road_m(along)
    inside = (np.abs(along) <= HALF_LENGTH_M) & (np.abs(across) <= CUT_M)
    heights = np.where(inside, np.minimum(heights, road), heights)
    heights[(np.abs(along) > length) | (np.abs(across) > width)] = np.nan
    heights = (np.round(heights * 200) / 200).astype(np.float32).reshape(rows, cols)
    relief.write(path, heights, (west, south, west + cols * POST_M, south + rows * POST_M))


def _model(path: Path, ground: relief.GroundAt) -> None:
    bottom = floor_m(ground)
    kit = begin(geo.CRS, *MIDDLE, bottom, radians(ALONG_DEG), "沪宜公路下立交 Huyi Highway underpass (synthetic)", STYLES)
    site = kit.element("IfcSite", "沪宜公路 Huyi Highway", CompositionType="ELEMENT")
    whole = kit.element("IfcBuilding", "下立交 Underpass", within=site, CompositionType="ELEMENT")
    storey = kit.element("IfcBuildingStorey", "路面 Road", None, (0, 0, 0), 0.0, whole, Elevation=0.0,
                         CompositionType="ELEMENT")
    for parent, members in ((kit.project, [site]), (site, [whole]), (whole, [storey])):
        kit.relate("IfcRelAggregates", RelatingObject=parent, RelatedObjects=members)
    along = np.arange(-HALF_LENGTH_M, HALF_LENGTH_M + 0.1, 4.0)
    surface = ground(world(along, np.zeros(len(along)))) - bottom
    made = [*_road(kit, storey, along, surface), *_walls(kit, storey, along, surface),
            *_deck(kit, storey, float(surface[len(along) // 2])), *_equipment(kit, storey, float(surface.mean()))]
    kit.relate("IfcRelContainedInSpatialStructure", RelatedElements=made, RelatingStructure=storey)
    path.write_text(kit.finish(MODEL), encoding="utf-8", newline="\n")


def _road(kit: Kit, storey, along, surface) -> list:
    top = np.minimum(road_m(along), surface) + SLAB_M

    def band(x0, x1, lower, upper):
        x = np.unique(np.clip(np.append(along, (x0, x1)), x0, x1))
        z = np.interp(x, along, top)
        return [*zip(x, z + upper), *zip(x[::-1], z[::-1] + lower)]

    slab = kit.element("IfcSlab", "车行道 Carriageway", kit.shape(
        [kit.side(band(along[0], along[-1], -0.4, 0.0), -HALF_WIDTH_M, HALF_WIDTH_M, "asphalt")]), within=storey)
    lines = [kit.side(band(x, x + 4.0, 0.0, 0.015), y - 0.08, y + 0.08, "white")
             for y in (-4.2, 4.2) for x in np.arange(along[0] + 2.0, along[-1] - 6.0, 10.0)]
    lines += [kit.side(band(along[0], along[-1], 0.0, 0.015), y - 0.08, y + 0.08, "white") for y in (-8.0, -0.9, 0.9, 8.0)]
    marks = kit.element("IfcBuildingElementProxy", "标线 Markings", kit.shape(lines), within=storey)
    walks = [kit.side(band(along[0], along[-1], -0.1, 0.12), *sides, "pale concrete")
             for sides in ((-HALF_WIDTH_M, -9.6), (9.6, HALF_WIDTH_M), (-0.5, 0.5))]
    return [slab, marks, kit.element("IfcSlab", "人行道与中分带 Footways and median", kit.shape(walks), within=storey)]


def _walls(kit: Kit, storey, along, surface) -> list:
    foot, top = np.minimum(road_m(along), surface) - 0.4, surface + 1.0
    outline = [*zip(along, top), *zip(along[::-1], foot[::-1])]
    cap = [*zip(along, top + 0.14), *zip(along[::-1], top[::-1])]
    made = []
    for name, y0, y1 in (("右挡墙 Right wall", -WALL_M[1], -WALL_M[0]),
                         ("左挡墙 Left wall", *WALL_M)):
        items = [kit.side(outline, y0, y1, "concrete"), kit.side(cap, y0 - 0.12, y1 + 0.12, "pale concrete")]
        made.append(kit.element("IfcWall", name, kit.shape(items), within=storey))
    return made


def _deck(kit: Kit, storey, surface_m: float) -> list:
    """The expressway above: a slab with parapets and a row of piers in the median."""
    turn = radians(OVER_DEG - ALONG_DEG)
    top, reach = surface_m + 0.3, HALF_WIDTH_M + 1.2

    def strip(right, left):
        """Between two lines of the expressway, so many metres to the left of its axis, from wall to wall."""
        def at(aside, y):
            return (-aside * sin(turn) + (y - aside * cos(turn)) / sin(turn) * cos(turn), y)
        return [at(right, -reach), at(right, reach), at(left, reach), at(left, -reach)]

    slab = kit.prism(strip(-DECK_HALF_M, DECK_HALF_M), [], top - DECK_M, DECK_M, "pale concrete")
    road = kit.prism(strip(-DECK_HALF_M + 0.9, DECK_HALF_M - 0.9), [], top, 0.03, "asphalt")
    lines = [kit.prism(strip(y - 0.1, y + 0.1), [], top + 0.03, 0.02, "white") for y in (-12.0, -8.0, -4.0, 4.0, 8.0, 12.0)]
    rails = [kit.prism(strip(*sides), [], top, 1.1, "concrete")
             for sides in ((-DECK_HALF_M, -DECK_HALF_M + 0.5), (-0.3, 0.3), (DECK_HALF_M - 0.5, DECK_HALF_M))]
    piers = []
    for aside in np.linspace(-DECK_HALF_M + 2.5, DECK_HALF_M - 2.5, 6):
        x = -aside / sin(turn)
        piers.append(kit.box(x - 0.45, -0.45, 0.0, 0.9, 0.9, top - DECK_M, "concrete"))
    return [kit.element("IfcSlab", "G15桥面 Deck of G15", kit.shape([slab, road, *lines]), within=storey),
            kit.element("IfcRailing", "护栏 Parapets", kit.shape(rails), within=storey),
            kit.element("IfcColumn", "墩柱 Piers", kit.shape(piers), within=storey)]


def _equipment(kit: Kit, storey, surface_m: float) -> list:
    """Depth gauges on the walls, pump house, plinths of the barriers and signs before both ramps. Barriers and pumps
    themselves are drawn by their readings.
    """
    gauges = [kit.box(-0.15, y, 0.10 * n, 0.3, 0.06, 0.10, "red" if n % 2 else "white")
              for n in range(12) for y in (-WALL_M[0], WALL_M[0] - 0.06)]
    house = [kit.box(-29.0, HALF_WIDTH_M + 3.0, surface_m - 0.3, 7.0, 5.0, 3.6, "pale concrete"),
             kit.box(-29.3, HALF_WIDTH_M + 2.7, surface_m + 3.3, 7.6, 5.6, 0.25, "steel")]
    pipe = kit.box(-26.0, HALF_WIDTH_M - 0.5, 0.0, 0.4, 0.4, surface_m + 1.6, "steel")
    made = [kit.element("IfcSensor", "积水标尺 Depth gauges", kit.shape(gauges), within=storey,
                        PredefinedType="LEVELSENSOR"),
            kit.element("IfcBuildingElementProxy", "泵房 Pump house", kit.shape(house), within=storey),
            kit.element("IfcPump", "排水泵 Pumps", kit.shape([pipe]), within=storey, PredefinedType="SUBMERSIBLEPUMP")]
    for name, zh, x, y in BARRIERS:
        z = float(road_m(np.array([x]))[0])
        side = -HALF_WIDTH_M if y < 0 else HALF_WIDTH_M - 0.5
        plinth = kit.box(x - 0.5, y - 0.5, z, 1.0, 1.0, 0.16, "concrete")
        made.append(kit.element("IfcDoor", f"道闸 Barrier {zh} {name}", kit.shape([plinth]), within=storey))
        gantry = [kit.box(x - 6.2, side, z, 0.3, 0.3, 6.4, "steel"),
                  kit.box(x - 6.2, min(side, y / 10), z + 6.1, 0.3, abs(side - y / 10), 0.3, "steel"),
                  kit.box(x - 6.35, min(side, 0) / 2 - 2.4 if y < 0 else 3.6, z + 4.6, 0.12, 4.8, 1.6, "sign")]
        made.append(kit.element("IfcBuildingElementProxy", f"情报板 Message sign {zh} {name}", kit.shape(gantry), within=storey))
    return made

