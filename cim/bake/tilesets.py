"""tileset.json: the tree of one data set, and the one that names all of them."""

from __future__ import annotations

import json
import math

import numpy as np

from cim.bake.inputs import FOOTPRINTS
from cim.bake.quadtree import Node
from cim.bake.tables import TABLE_FILE
from cim.bake.tile_models import Work
from cim.bake.tiles import axes_of
from cim.geocentric import geodetic

TILESET = "tileset.json"
Box = list[float]                         # min x, y, z, max x, y, z


def tileset(work: Work, root: Node, boxes: dict[str, Box], errors_m: dict[str, float], largest_m: float,
            rows: int) -> dict:
    """`boxes` and errors of the tiles by name, boxes in the level axes of the frame's origin; `rows` of the table
    beside them."""
    tree = _tile(root, boxes, errors_m)
    tree["transform"] = axes_of(work.data.frame).T.ravel().tolist()
    tree["refine"] = "REPLACE"
    extras = {"citytwin": {"table": TABLE_FILE, "rows": rows,
                           "color_by": str(work.data.info.suggest.get("color_by", "")),
                           "height_datum": work.data.frame.height_datum, "geoid_m": work.data.frame.geoid_m,
                           "pictured": work.skinned, "on_ground": work.data.form == FOOTPRINTS and not work.terrains}}
    return {"asset": {"version": "1.1", "generator": "citytwin", "extras": extras},
            "geometricError": max(largest_m, tree["geometricError"]), "root": tree}


def _tile(node: Node, boxes: dict[str, Box], errors_m: dict[str, float]) -> dict:
    """The error never grows on the way down."""
    children = [_tile(child, boxes, errors_m) for child in node.children]
    box = whole_box([boxes[n.name] for n in node.every()])
    error = max([errors_m.get(node.name, 0.0), *(child["geometricError"] for child in children)])
    out = {"boundingVolume": {"box": _volume(box)}, "geometricError": error,
           "content": {"uri": f"tiles/{node.name}.glb"}}
    return out | ({"children": children} if children else {})


def whole_box(boxes: list[Box]) -> Box:
    array = np.array(boxes)
    return [*array[:, :3].min(axis=0).tolist(), *array[:, 3:].max(axis=0).tolist()]


def _volume(box: Box) -> list[float]:
    """Middle and half axes; a flat box gets a millimetre."""
    low, high = np.array(box[:3]), np.array(box[3:])
    half = np.maximum((high - low) / 2, 0.001)
    return [*((low + high) / 2).tolist(), *np.diag(half).ravel().tolist()]


def over_all(parts: list[tuple[Work, Box, float]]) -> dict:
    """The tileset that names those of the data sets: (work, box in its own axes, size of its largest object)."""
    regions = [_region(work, box) for work, box, _ in parts]
    children = [{"boundingVolume": {"region": region}, "geometricError": largest, "refine": "ADD",
                 "content": {"uri": f"{work.data.name}/{TILESET}"}}
                for region, (work, _, largest) in zip(regions, parts)]
    array = np.array(regions)
    region = [*array[:, :2].min(axis=0).tolist(), *array[:, 2:4].max(axis=0).tolist(),
              float(array[:, 4].min()), float(array[:, 5].max())]
    largest = max(largest for _, _, largest in parts)
    return {"asset": {"version": "1.1", "generator": "citytwin"}, "geometricError": largest,
            "root": {"boundingVolume": {"region": region}, "geometricError": largest, "refine": "ADD",
                     "children": children}}


def _region(work: Work, box: Box) -> list[float]:
    """West, south, east, north in radians and heights: the Earth curves away under level axes, so its middle counts."""
    axes = axes_of(work.data.frame)
    places = np.array([(x, y, z) for x in np.linspace(box[0], box[3], 5) for y in np.linspace(box[1], box[4], 5)
                       for z in (box[2], box[5])])
    lonlat = geodetic(places @ axes[:3, :3].T + axes[:3, 3])
    (west, south, low), (east, north, high) = lonlat.min(axis=0), lonlat.max(axis=0)
    return [*map(math.radians, (west, south, east, north)), float(low) - 1.0, float(high) + 1.0]


def as_bytes(tree: dict) -> bytes:
    return json.dumps(tree, separators=(",", ":"), allow_nan=False).encode()
