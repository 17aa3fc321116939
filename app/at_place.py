"""What lies at a place from top to bottom beyond the features of a search: the crown of a pipe, measured points, and
what lies as a sheet. No Qt.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from app.nearby import Thing
from app.panels.facts import cell_words
from app.profiles import true_ground
from app.session import Session
from layers.networks import reading_of
from twin.below import lies_flat
from twin.data import HeightGrid, Imagery, PointCloud, RasterSeries, Vectors
from twin.ground import Ground, surfaces_of
from twin.layer import Layer
from twin.network import Network, axes, lying, radii_m
from twin.text import language
from twin.tile_tree import TileTree
from twin.tubes import segments


def pipe_top_m(session: Session, layer: Layer, feature: int, place) -> float | None:
    """The crown of a pipe where it comes nearest to a place (2,), local metres; None for what is no pipe."""
    asset = session.asset(layer.id)
    network = asset.payload if asset else None
    if not isinstance(network, Network) or not lying(network)[feature]:
        return None
    start, end, line = segments(axes(network, reading_of(layer), true_ground(session)), network.line_offsets)
    mine = network.line_feature[line] == feature
    start, along, radius = start[mine], (end - start)[mine], radii_m(network, reading_of(layer))[line[mine]]
    flat = np.maximum((along[:, :2] ** 2).sum(axis=1), 1e-9)
    share = np.clip(((np.asarray(place) - start[:, :2]) * along[:, :2]).sum(axis=1) / flat, 0.0, 1.0)
    nearest = start + share[:, None] * along
    at = int(np.hypot(*(nearest[:, :2] - place).T).argmin())
    return float(nearest[at, 2] + radius[at])


def own_top_m(session: Session, layer: Layer, feature: int, place) -> float | None:
    """The top of a feature at the place itself: the crown of a pipe, the ground under what is laid upon it; None for
    all else.
    """
    asset = session.asset(layer.id)
    data = asset.payload if asset else None
    if not (isinstance(data, Vectors) and lies_flat(layer)) or data.has_z:
        return pipe_top_m(session, layer, feature, place)
    z = float(true_ground(session).height_at([place], missing=np.nan)[0])
    return z + layer.height_offset_m if np.isfinite(z) else None


def ground_things(session: Session, place, reach_m: float) -> list[Thing]:
    """What lies at a place (2,) of what is shown and has no features: measured points within reach (their highest),
    rasters, pictures, terrains.

    What is measured lies over pictures, and of each the first of the list on top (layers/drawn_ground.py).
    """
    held = [(layer, asset.payload) for layer in session.document.tree if session.document.shown(layer)
            and (asset := session.held(layer.id)) and asset.payload is not None]
    cells = [Thing(layer.id, cell, cell_words(payload, cell, session.document.frame), "") for layer, payload in held
             if isinstance(payload, RasterSeries) and (cell := payload.cell_at(*place)) >= 0]
    pictures = [Thing(layer.id, -1, layer.title(language()), "") for layer, payload in held
                if isinstance(payload, Imagery) and _painted(payload, *place)]
    grounds = [(layer, _height(session, layer, place)) for layer, payload in held if isinstance(payload, HeightGrid)]
    known = [Thing(layer.id, -1, layer.title(language()), "", z + session.document.frame.origin[2])
             for layer, z in grounds if np.isfinite(z)]
    top = known[0].top_m if known else float("nan")          # the first terrain that knows a place is drawn there
    return [*_measured(session, held, np.asarray(place), reach_m),
            *(replace(thing, top_m=top) for thing in (*cells, *pictures)), *known]


def _measured(session: Session, held: list[tuple], place: np.ndarray, reach_m: float) -> list[Thing]:
    """Point clouds, also those in tiles, that have a point within reach, with the height of the highest."""
    found = []
    for layer, payload in held:
        points = _points(payload, session.held(layer.id).detail, place, reach_m)
        near = np.hypot(*(points[:, :2] - place).T) <= reach_m
        if near.any():
            top = float(points[near, 2].max()) + layer.height_offset_m + session.document.frame.origin[2]
            found.append(Thing(layer.id, -1, layer.title(language()), "", top))
    return found


def _points(payload, detail, place: np.ndarray, reach_m: float) -> np.ndarray:
    """(n, 3) f4 those of the cells, or of the tiles that are drawn, that may lie within reach."""
    if isinstance(payload, PointCloud):
        boxes = payload.boxes
        near = ((boxes[:, :2] <= place + reach_m) & (boxes[:, 3:5] >= place - reach_m)).all(axis=1)
        parts = [payload.points[payload.cells[n]:payload.cells[n + 1]] for n in np.flatnonzero(near)]
    else:
        tiles = detail.tiles if isinstance(payload, TileTree) and detail else ()
        parts = [tile.mesh.dots.points for tile in tiles if tile.mesh.dots is not None]
    return np.concatenate(parts) if parts else np.zeros((0, 3), np.float32)


def _painted(image: Imagery, x: float, y: float) -> bool:
    """Is there anything of the picture at a place, local metres?"""
    rows, cols = image.rgba.shape[:2]
    col, row = (x - image.x0) / image.width * cols, (y - image.y0) / image.height * rows
    return 0 <= col < cols and 0 <= row < rows and image.rgba[int(row), int(col), 3] > 0


def _height(session: Session, layer: Layer, place) -> float:
    one = replace(session.document, layers=(replace(layer, group="", exaggeration=1.0),))
    return float(Ground(tuple(surfaces_of(one, session.assets))).height_at([place], missing=np.nan)[0])
