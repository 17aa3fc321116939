"""tileset.json: the tree of one data set, and the one that names all of them."""

from __future__ import annotations

import json

import numpy as np

from cim.bake.inputs import FOOTPRINTS
from cim.bake.quadtree import Node
from cim.bake.tables import TABLE_FILE
from cim.bake.tile_models import Work
from cim.bake.tiles import axes_of

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
    """The tileset that names those of the data sets: (work, box in its own axes, size of its largest object).

    Boxes and no regions: not every library reads those.
    """
    every = [axes_of(work.data.frame) for work, _, _ in parts]
    children = [{"boundingVolume": {"box": _on_earth(box, axes)}, "geometricError": largest, "refine": "ADD",
                 "content": {"uri": f"{work.data.name}/{TILESET}"}}
                for axes, (work, box, largest) in zip(every, parts)]
    back = np.linalg.inv(every[0])
    corners = np.concatenate([_corners(box) @ (back @ axes).T for axes, (_, box, _) in zip(every, parts)])[:, :3]
    whole, largest = [*corners.min(axis=0), *corners.max(axis=0)], max(largest for _, _, largest in parts)
    return {"asset": {"version": "1.1", "generator": "citytwin"}, "geometricError": largest,
            "root": {"boundingVolume": {"box": _on_earth(whole, every[0])}, "geometricError": largest, "refine": "ADD",
                     "children": children}}


def _on_earth(box: Box, axes: np.ndarray) -> list[float]:
    """A box in level axes, as middle and half axes in geocentric metres."""
    volume = np.array(_volume(box)).reshape(4, 3)
    return [*(volume[0] @ axes[:3, :3].T + axes[:3, 3]).tolist(), *(volume[1:] @ axes[:3, :3].T).ravel().tolist()]


def _corners(box: Box) -> np.ndarray:
    """(8, 4) homogeneous."""
    return np.array([(x, y, z, 1.0) for x in box[0::3] for y in box[1::3] for z in box[2::3]])


def as_bytes(tree: dict) -> bytes:
    return json.dumps(tree, separators=(",", ":"), allow_nan=False).encode()
