"""Names over the rooms of a building: what each is called, how large it is, what it is for."""

from __future__ import annotations

import numpy as np

from layers.building_elements import Elements
from layers.covered import Blocks
from layers.feature_boxes import FeatureBoxes
from layers.mesh_sizes import footprints
from layers.room_colors import Painted
from layers.words import words
from twin.text import once

NONE, NAME, AREA, USE, BOTH = "none", "name", "area", "use", "name_and_area"
VALUE, NAMED_VALUE = "value", "name_and_value"
UNKNOWN = "–"                        # a room has sensors, and none of them says anything that counts


def room_words(elements: Elements, rooms: np.ndarray, says: str, values: dict[int, str] | None = None) -> list[str]:
    """The label of each of `rooms` (rows of features); "" where nothing is known. `values`: what the rooms' sensors
    say now, by feature.
    """
    mesh, count = elements.mesh, elements.count
    if says == NONE or not len(rooms):
        return [""] * len(rooms)
    measured = [(values or {}).get(room, "") for room in rooms.tolist()]
    if says == VALUE:
        return measured
    if says == USE:
        return words(mesh, "use", count)[rooms].tolist()
    area = footprints(mesh, rooms) if says in (AREA, BOTH) else np.zeros(len(rooms))
    sized = [f"{a:,.1f} m²" if a >= 0.05 else "" for a in area]
    if says == AREA:
        return sized
    short, long = words(mesh, "name", count)[rooms], [once(x) for x in words(mesh, "long_name", count)[rooms]]
    named = [_titled(*pair) for pair in zip(short.tolist(), long)]
    return ["  ".join(filter(None, pair)) for pair in zip(named, measured if says == NAMED_VALUE else sized)]


def _titled(short: str, long: str) -> str:
    """Number and name; "1 - Living room" has the name already."""
    return short if long in short else f"{short} {long}".strip()


def label_words(elements: Elements, labelled: np.ndarray, says: str, values: dict[int, str]) -> list[str]:
    """The label of each of `labelled`: of rooms as `says`, of other elements (they have sensors) at least the value."""
    spaces = elements.is_space[labelled]
    out = np.full(len(labelled), "", object)
    out[spaces] = room_words(elements, labelled[spaces], says, values)
    out[~spaces] = room_words(elements, labelled[~spaces], NAMED_VALUE if says == NAMED_VALUE else VALUE, values)
    return out.tolist()


def value_words(painted: Painted, unit: str) -> dict[int, str]:
    """By feature: the value at the clock's time with its unit, of a difference with its sign. Rooms without sensors
    are left out.
    """
    sign, unit = "+" if painted.reach is not None else "", "" if unit == "1" else unit
    out = {}
    for feature, row in zip(painted.features.tolist(), painted.rows.tolist()):
        value = float(painted.values.values[row])
        if painted.values.sensors[row]:
            number = f"{value:{sign}.3g}" if abs(value) < 1000 else f"{value:{sign},.0f}"
            out[feature] = f"{number} {unit}".rstrip() if np.isfinite(value) else UNKNOWN
    return out


def room_blocks(elements: Elements, points: np.ndarray, rooms: np.ndarray, solid: np.ndarray,
                matrix: np.ndarray) -> Blocks:
    """The box of each of `rooms`, in the axes of `points` (n, 3), which `matrix` puts into the scene; `solid` (rooms,)
    bool: cannot be seen through.
    """
    feature = elements.mesh.vertex_feature
    held = np.isin(feature, rooms)
    boxes = FeatureBoxes(points[held], np.searchsorted(rooms, feature[held]).astype(np.int64), len(rooms))
    return Blocks(boxes.low, boxes.high, solid, matrix)
