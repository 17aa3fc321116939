"""Buildings round the lake with their roofs, as CityJSON at level of detail 2.2: the same ones as the footprints, by id."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import shapely

from data_samples import geography as geo
from data_samples.plan import Plan
from data_samples.relief import GroundAt

NAME = "lakeside.city.json"
REACH_M = 900.0  # from the middle of the lake
SCALE_M = 0.01
PITCH = 0.62  # rise of a roof over half its span
WIDEST_M, TALLEST_M = 19.0, 36.0  # of a building with a pitched roof
PITCHED = {"residential", "school", "culture"}
PLANT_M = 3.2  # height of what stands on a flat roof
FOOT_M = 0.6  # walls reach so far below the ground
ROOF, WALL, GROUND = 0, 1, 2
SURFACES = [{"type": "RoofSurface"}, {"type": "WallSurface"}, {"type": "GroundSurface"}]
Ring = np.ndarray  # (n, 3) metres


def write(path: Path, plan: Plan, heights) -> int:
    """How many buildings; `heights` is the sample's terrain."""
    ground = GroundAt(heights)
    middle = geo.CENTRE.world(*geo.LAKE_UV)[0]
    vertices, objects = _Vertices(), {}
    for number, house in enumerate(plan.houses):
        centre = house.shape.centroid
        if house.model or np.hypot(centre.x - middle[0], centre.y - middle[1]) > REACH_M:
            continue
        shape = shapely.orient_polygons(shapely.set_precision(house.shape, 0.01))
        foot = float(ground([(centre.x, centre.y)])[0])
        kind, surfaces = shaped(shape, foot, house, number)
        objects[f"b{number:05d}"] = {
            "type": "Building",
            "attributes": {
                "name": house.name,
                "use": house.use,
                "floors": house.floors,
                "height_m": round(float(house.height_m), 2),
                "year": house.year,
                "roof": kind,
            },
            "geometry": [_geometry(surfaces, vertices)],
        }
    path.write_text(json.dumps(_file(objects, vertices), ensure_ascii=False, separators=(",", ":")) + "\n")
    return len(objects)


def shaped(shape: shapely.Polygon, foot: float, house, number: int) -> tuple[str, list]:
    """(kind of roof, surfaces as (meaning, rings))."""
    ridge = _quad(shape)
    if ridge is not None and house.use in PITCHED and house.height_m <= TALLEST_M:
        corners, span = ridge
        rise = PITCH * span / 2
        eaves, top = foot + house.height_m - rise / 2, foot + house.height_m + rise / 2
        hipped = number % 3 == 0
        return ("hip" if hipped else "gable"), _pitched(corners, foot - FOOT_M, eaves, top, span / 2 if hipped else 0.0)
    top = foot + house.height_m
    surfaces = _block(shape, foot - FOOT_M, top)
    plant = shape.buffer(-4.5, join_style="mitre").minimum_rotated_rectangle if house.height_m > 9.0 else None
    if plant is not None and plant.geom_type == "Polygon" and plant.area > 30.0:
        box = shapely.affinity.scale(plant, 0.42, 0.6)
        if shape.buffer(-1.0).contains(box):
            surfaces += [s for s in _block(shapely.orient_polygons(box), top, top + PLANT_M) if s[0] != GROUND]
    return "flat", surfaces


def _quad(shape: shapely.Polygon) -> tuple[np.ndarray, float] | None:
    """((4, 2) corners, the first side a long one; the short side) of what is nearly a rectangle; None for others."""
    box = shape.minimum_rotated_rectangle
    if shape.interiors or box.geom_type != "Polygon" or shape.area < 0.86 * box.area:
        return None
    corners = shapely.get_coordinates(shapely.orient_polygons(box))[:4]
    sides = np.hypot(*(np.roll(corners, -1, axis=0) - corners).T)
    if sides[0] < sides[1]:
        corners, sides = np.roll(corners, -1, axis=0), np.roll(sides, -1)
    return (corners, float(sides[1])) if sides[1] <= WIDEST_M else None


def _pitched(corners: np.ndarray, low: float, eaves: float, top: float, inset: float) -> list:
    """A ridge along the middle, its ends `inset` from the short walls; 0 = a gable."""
    a, b, c, d = (np.array([*corner, 0.0]) for corner in corners)
    along = (b - a) / np.linalg.norm(b - a)
    west, east = (a + d) / 2 + along * inset, (b + c) / 2 - along * inset

    def at(point, z):
        return (point[0], point[1], z)

    out = [(GROUND, [np.array([at(p, low) for p in (d, c, b, a)])])]
    for p, q in ((a, b), (c, d)):
        out.append((WALL, [np.array([at(p, low), at(q, low), at(q, eaves), at(p, eaves)])]))
    for p, q, end in ((b, c, east), (d, a, west)):
        wall = [at(p, low), at(q, low), at(q, eaves), at(p, eaves)]
        if inset == 0.0:
            wall.insert(3, at(end, top))
        else:
            out.append((ROOF, [np.array([at(p, eaves), at(q, eaves), at(end, top)])]))
        out.append((WALL, [np.array(wall)]))
    out.append((ROOF, [np.array([at(a, eaves), at(b, eaves), at(east, top), at(west, top)])]))
    out.append((ROOF, [np.array([at(c, eaves), at(d, eaves), at(west, top), at(east, top)])]))
    return out


def _block(shape: shapely.Polygon, low: float, top: float) -> list:
    """A flat roof over upright walls; courtyards stay open."""
    rings = [shapely.get_coordinates(ring)[:-1] for ring in (shape.exterior, *shape.interiors)]
    roof = [np.column_stack([ring, np.full(len(ring), top)]) for ring in rings]
    out = [(ROOF, roof), (GROUND, [np.column_stack([ring[::-1], np.full(len(ring), low)]) for ring in rings])]
    for ring in rings:
        for p, q in zip(ring, np.roll(ring, -1, axis=0)):
            out.append((WALL, [np.array([(*p, low), (*q, low), (*q, top), (*p, top)])]))
    return out


class _Vertices:
    """Every vertex once, in whole steps of `SCALE_M` from the middle of the lake."""

    def __init__(self):
        self.origin = np.round([*geo.CENTRE.world(*geo.LAKE_UV)[0], 0.0])
        self.places: dict[tuple[int, int, int], int] = {}

    def ring(self, ring: Ring) -> list[int]:
        steps = np.round((ring - self.origin) / SCALE_M).astype(int)
        return [self.places.setdefault(tuple(step), len(self.places)) for step in steps.tolist()]


def _geometry(surfaces: list, vertices: _Vertices) -> dict:
    return {
        "type": "MultiSurface",
        "lod": "2.2",
        "boundaries": [[vertices.ring(ring) for ring in rings] for _, rings in surfaces],
        "semantics": {"surfaces": SURFACES, "values": [meaning for meaning, _ in surfaces]},
    }


def _file(objects: dict, vertices: _Vertices) -> dict:
    return {
        "type": "CityJSON",
        "version": "2.0",
        "transform": {"scale": [SCALE_M] * 3, "translate": vertices.origin.tolist()},
        "metadata": {"referenceSystem": "https://www.opengis.net/def/crs/EPSG/0/4549", "title": geo.SOURCE},
        "CityObjects": objects,
        "vertices": [list(place) for place in vertices.places],
    }
