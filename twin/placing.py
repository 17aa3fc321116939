"""From what a source says to a placement in the project: the map conversion, then PROJ, exact at one point.

A `Placement` turns, scales and shifts; a map projection bends. So the two are made to agree at a point
`about` (the middle of the geometry), where turning and scale are those of the projection. A kilometre
away they differ by a millimetre.
"""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from twin.data import Bounds, Mesh, Payload, box
from twin.frame import Frame, axis_unit_m, is_geographic
from twin.layer import Layer, Placement
from twin.passport import Candidate, Passport, Point
from twin.trouble import Trouble

MAP_STRETCH = 0.01            # a projection that stretches more (Web Mercator: 1.17) is not made to build in
ORIGIN: Point = (0.0, 0.0, 0.0)


def place_of(layer: Layer, mesh: Mesh) -> Placement | None:
    """Where a building stands: by hand, else by the source that was chosen for it, else as read. None = nowhere yet."""
    by_hand = getattr(layer, "placement", None)
    return by_hand or mesh.placements.get(getattr(layer, "georeference", ""), mesh.placement)


def matrix_of(mesh: Mesh, place: Placement | None, frame: Frame, lift_m: float = 0.0) -> np.ndarray:
    """(4, 4) f8 from the mesh's points to local metres, for a place as `place_of` gives it.

    A model whose file says nothing about its place stands with the foot of its box there; any other with its origin.
    """
    lift = np.eye(4)
    lift[2, 3] = lift_m
    if place is None:
        return lift
    matrix = lift @ frame.matrix(place)
    if mesh.placement is None and not mesh.georeference.get("candidates") and (extent := box(mesh.points)):
        foot = np.eye(4)
        foot[:3, 3] = -(extent[0] + extent[3]) / 2, -(extent[1] + extent[4]) / 2, -extent[2]
        matrix = matrix @ foot
    return matrix


def adrift(payload: Payload, layer: Layer) -> bool:
    """Its file says nothing of its place, so that its middle was put at the project's origin."""
    return payload.crs_source == "none" and layer.kind in ("city", "points")


def placed_box(payload: Payload, layer: Layer, frame: Frame, extent: Bounds | None = None) -> Bounds | None:
    """Of a layer's content where it stands, local metres. `extent` is the payload's own box where it is known."""
    extent = extent or payload.bounds()
    if extent is None or not isinstance(payload, Mesh):
        return extent
    lift_m = layer.height_offset_m if layer.kind == "building" else 0.0
    matrix = matrix_of(payload, place_of(layer, payload), frame, lift_m)
    corners = np.array([[extent[3 * (i & 1)], extent[1 + 3 * (i >> 1 & 1)], extent[2 + 3 * (i >> 2)], 1.0]
                        for i in range(8)])
    return box((corners @ matrix.T)[:, :3])


def standing_on(mesh: Mesh, frame: Frame, point: Point, old: Placement | None = None) -> Placement:
    """Turned and scaled as before, the middle of its foot on a local point."""
    start = old or Placement(easting=0.0, northing=0.0)
    foot = (matrix_of(mesh, start, frame) @ [*foot_of(mesh), 1.0])[:3]
    return rounded(moved(start, *np.subtract(point, foot)))


def foot_of(mesh: Mesh) -> np.ndarray:
    """(3,) the middle of the model's base, in the metres of its points."""
    if mesh.plan is not None:
        return np.array([*mesh.plan.middle, mesh.plan.base_m])
    extent = box(mesh.points)
    return np.zeros(3) if extent is None else np.array([(extent[0] + extent[3]) / 2, (extent[1] + extent[4]) / 2,
                                                        extent[2]])


def rounded(place: Placement) -> Placement:
    """To a tenth of a millimetre: what a hand sets is no longer in the file than that."""
    return replace(place, easting=round(float(place.easting), 4), northing=round(float(place.northing), 4),
                   height=round(float(place.height), 4), rotation_deg=round(float(place.rotation_deg), 6))


def placements_of(passport: Passport, frame: Frame, offset: Point = ORIGIN, height_datum: str = "",
                  ) -> dict[str, Placement]:
    """What every candidate means in the project; left out are those that have no place in its CRS.

    `offset` was subtracted from the points (model metres). `height_datum` overrides what the file says.
    """
    found = {c.source: placement_in(c, frame, passport.true_north_deg, passport.centre, offset, height_datum)
             for c in passport.candidates}
    return {source: place for source, place in found.items() if place is not None}


def placement_in(said: Candidate, frame: Frame, true_north_deg: float, about: Point = ORIGIN, offset: Point = ORIGIN,
                 height_datum: str = "") -> Placement | None:
    """One candidate in the frame; None where the project or PROJ has no answer for its CRS."""
    if said.crs and not frame.crs:
        return None
    try:
        if said.grid_rotation_deg is None or is_geographic(said.crs):
            east, north, turn, scale = _by_true_north(said, frame, true_north_deg, about)
        else:
            east, north, turn, scale = _by_grid(said, frame, about)
    except Trouble:
        return None
    x, y = _turned(np.subtract(offset, about)[:2], turn, scale)
    height = said.height + said.height_scale * (offset[2] - said.local_point[2])
    return Placement(easting=float(east + x), northing=float(north + y),
                     height=float(height + frame.height_shift_m(height_datum or said.height_datum)),
                     rotation_deg=_half_turn(turn), scale=float(scale), height_scale=said.height_scale)


def in_crs(said: Candidate, point: Point, unit_m: float | None = None) -> tuple[float, float]:
    """Where a point of the model lies in the candidate's CRS; without a grid there, the place of its local point.

    `unit_m`: metres in the unit of that CRS, where the caller knows it.
    """
    if said.grid_rotation_deg is None or is_geographic(said.crs):
        return said.easting, said.northing
    unit_m = axis_unit_m(said.crs) if unit_m is None else unit_m
    way = _turned(np.subtract(point, said.local_point)[:2], said.grid_rotation_deg, said.scale / unit_m)
    return said.easting + way[0], said.northing + way[1]


def _by_grid(said: Candidate, frame: Frame, about: Point) -> tuple[float, float, float, float]:
    """Easting and northing of `about` in the project, rotation and scale there."""
    crs = said.crs or frame.crs
    x, y = in_crs(said, about, axis_unit_m(crs))
    east, north, _ = frame.to_project(frame.to_local(x, y, crs=crs))[0]
    turn, stretch = frame.rotation_from(crs, x, y)
    true_size = abs(stretch - 1.0) > MAP_STRETCH
    return east, north, said.grid_rotation_deg + turn, said.scale * (1.0 if true_size else stretch)


def _by_true_north(said: Candidate, frame: Frame, true_north_deg: float, about: Point,
                   ) -> tuple[float, float, float, float]:
    """As `_by_grid`, for a place in degrees: the model's true north is turned to the grid's."""
    crs = said.crs or frame.crs
    east, north, _ = frame.to_project(frame.to_local(said.easting, said.northing, crs=crs))[0]
    turn = 90.0 + frame.convergence_deg(east, north) - true_north_deg
    way = _turned(np.subtract(about, said.local_point)[:2], turn, said.scale)
    return east + way[0], north + way[1], turn, said.scale


def _turned(xy, turn_deg: float, scale: float) -> tuple[float, float]:
    cos, sin = math.cos(math.radians(turn_deg)) * scale, math.sin(math.radians(turn_deg)) * scale
    return float(cos * xy[0] - sin * xy[1]), float(sin * xy[0] + cos * xy[1])


def _half_turn(degrees: float) -> float:
    """-180 (excluded) to 180."""
    return -((180.0 - degrees) % 360.0 - 180.0)


# -- by hand ---------------------------------------------------------------------------------------------


def swapped(said: Candidate) -> Candidate:
    """The same with eastings and northings exchanged."""
    return replace(said, easting=said.northing, northing=said.easting, swapped=not said.swapped)


def moved(place: Placement, east_m: float = 0.0, north_m: float = 0.0, up_m: float = 0.0) -> Placement:
    return replace(place, easting=place.easting + east_m, northing=place.northing + north_m,
                   height=place.height + up_m)


def turned_about(place: Placement, point: tuple[float, float], rotation_deg: float) -> Placement:
    """The same standing with another rotation, so that the place (easting, northing) `point` stays where it is."""
    way = _turned((place.easting - point[0], place.northing - point[1]), rotation_deg - place.rotation_deg, 1.0)
    return replace(place, easting=point[0] + way[0], northing=point[1] + way[1], rotation_deg=_half_turn(rotation_deg))


def fitted(place: Placement, sources: np.ndarray, targets: np.ndarray) -> tuple[Placement, float]:
    """Moved and turned, not scaled, so that two points (2, 3) come to lie on two others; metres left over at each.

    Both in easting, northing, height. The left-over is half the difference of the two distances. Heights move by the
    mean of the two differences.
    """
    sources, targets = np.asarray(sources, np.float64), np.asarray(targets, np.float64)
    (ax, ay), (bx, by) = sources[1, :2] - sources[0, :2], targets[1, :2] - targets[0, :2]
    turn = math.degrees(math.atan2(by, bx) - math.atan2(ay, ax))
    middle, goal = sources.mean(axis=0), targets.mean(axis=0)
    turned = turned_about(place, tuple(middle[:2]), place.rotation_deg + turn)
    rest = abs(math.hypot(ax, ay) - math.hypot(bx, by)) / 2
    return moved(turned, *(goal - middle)), rest
