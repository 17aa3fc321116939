"""The rooms of buildings: the outlines of their floors, how high each reaches, what it is called.

Read from the triangles of IfcSpace in a worker; from there on only arrays.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from twin.data import Mesh
from twin.text import once

SPACE = "IfcSpace"
FACING_DOWN = -0.5                   # z of the normal: floors of rooms, not their walls
WELD_M = 1e-4                        # corners closer than this are one
PLENUM_M = 2.0                       # at most so much above its own top belongs to a room: ceilings, cables
STOREY_M = 1.0                       # floors of storeys are at least this far apart
TEXTS = ("guid", "number", "name", "storey", "type", "layer")


@dataclass(frozen=True, eq=False, kw_only=True)
class Rooms:
    """n rooms, of one model in its own metres, or `placed` in the frame and `joined` with those of other models.

    Texts (n each): `guid`, `number` (the Name of an IfcSpace), `name` (its LongName), `storey`, `type`, `layer` (id of
    the building layer, "" until placed). `feature` (n,) i4: row in the layer's feature table.
    `edges` (e, 4) f8: x0, y0, x1, y1 of the floors' outlines; those of room r are first[r] to first[r + 1], holes the
    other way round. `low`, `high` (n,) f8: from the floor to the next storey's. `centre` (n, 3) f8, `area` (n,) f8 m².
    """

    guid: tuple[str, ...] = ()
    number: tuple[str, ...] = ()
    name: tuple[str, ...] = ()
    storey: tuple[str, ...] = ()
    type: tuple[str, ...] = ()
    layer: tuple[str, ...] = ()
    feature: np.ndarray
    edges: np.ndarray
    first: np.ndarray
    low: np.ndarray
    high: np.ndarray
    centre: np.ndarray
    area: np.ndarray

    def __len__(self) -> int:
        return len(self.guid)

    def title(self, row: int) -> str:
        """Number and name together, as people know a room."""
        return " ".join(dict.fromkeys(filter(None, (self.number[row], once(self.name[row]))))) or self.guid[row]

    def placed(self, matrix: np.ndarray, layer: str) -> Rooms:
        """In the frame: `matrix` (4, 4) turns about the vertical, scales and moves. Areas stay the model's."""
        edges = self.edges.reshape(-1, 2) @ matrix[:2, :2].T + matrix[:2, 3]
        centre = self.centre @ matrix[:3, :3].T + matrix[:3, 3]
        low, high = (z * matrix[2, 2] + matrix[2, 3] for z in (self.low, self.high))
        return replace(self, edges=edges.reshape(-1, 4), centre=centre, low=low, high=high,
                       layer=(layer,) * len(self))


NO_ROOMS = Rooms(feature=np.zeros(0, np.int32), edges=np.zeros((0, 4)), first=np.zeros(1, np.int64),
                 low=np.zeros(0), high=np.zeros(0), centre=np.zeros((0, 3)), area=np.zeros(0))


def joined(parts: list[Rooms]) -> Rooms:
    """The rooms of several models, one after the other."""
    if not parts:
        return NO_ROOMS
    shift = np.cumsum([0] + [len(p.edges) for p in parts])
    arrays = {name: np.concatenate([getattr(p, name) for p in parts])
              for name in ("feature", "edges", "low", "high", "centre", "area")}
    first = np.concatenate([[0], *(p.first[1:] + at for p, at in zip(parts, shift))])
    return Rooms(**{name: sum((getattr(p, name) for p in parts), ()) for name in TEXTS}, first=first, **arrays)


# -- from a model ----------------------------------------------------------------------------------------


def rooms_of(mesh: Mesh) -> Rooms | None:
    """The rooms of a building model in its own metres; None where it has no spaces."""
    if mesh.features is None or not {"class", "guid"} <= set(mesh.features.column_names):
        return None
    row = np.flatnonzero(np.array(mesh.features.column("class").to_pylist(), object) == SPACE)
    if not len(row):
        return None
    place = np.full(mesh.features.num_rows, -1, np.int64)
    place[row] = np.arange(len(row))
    owner = place[mesh.vertex_feature[mesh.triangles[:, 0]]]
    mine = owner >= 0
    owner, corners = owner[mine], mesh.points[mesh.triangles[mine]].astype(np.float64)
    floors, area = _floors(corners, owner, len(row))
    edges, first = _outlines(corners[floors][:, :, :2], owner[floors], len(row))
    low, high, centre = _extents(corners, owner, len(row))

    def words(column: str) -> tuple[str, ...]:
        if column not in mesh.features.column_names:
            return ("",) * len(row)
        held = mesh.features.column(column)                  # asked one by one: `take` imports all of Arrow's computing
        return tuple(str(held[at].as_py() or "") for at in row.tolist())
    storey = words("storey")
    return Rooms(guid=words("guid"), number=words("name"), name=words("long_name"), storey=storey, type=words("type"),
                 layer=("",) * len(row), feature=row.astype(np.int32), edges=edges, first=first, low=low,
                 high=_to_next_storey(low, high, storey), centre=centre, area=area)


def _floors(corners: np.ndarray, owner: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Which triangles are floors, and the (count,) area in m². Where a file turned its faces, ceilings stand in."""
    normal = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]) / 2
    length = np.linalg.norm(normal, axis=1)
    down, up = normal[:, 2] < FACING_DOWN * length, normal[:, 2] > -FACING_DOWN * length
    bare = np.bincount(owner[down], minlength=count) == 0
    floors = down | (up & bare[owner])
    return floors, np.bincount(owner[floors], np.abs(normal[floors, 2]), count)


def _outlines(corners: np.ndarray, owner: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Edges of the triangles (m, 3, 2) that are not run through both ways, sorted by room, and where each begins.

    What a T-junction leaves inside a floor changes no winding number, and lies never nearer than the outline.
    """
    base = corners.reshape(-1, 2).min(axis=0) if len(corners) else np.zeros(2)
    grid = np.round((corners.reshape(-1, 2) - base) / WELD_M).astype(np.int64)
    keys = np.column_stack([np.repeat(owner, 3), grid])
    _, number = np.unique(keys, axis=0, return_inverse=True)
    number, size = number.reshape(-1, 3), np.int64(len(keys) + 1)
    start, end = number[:, [0, 1, 2]].ravel(), number[:, [1, 2, 0]].ravel()
    kept = ~np.isin(start * size + end, end * size + start) & (start != end)
    room = np.repeat(owner, 3)[kept]
    ends = np.concatenate([corners, corners[:, [1, 2, 0]]], axis=2).reshape(-1, 4)[kept]
    order = np.argsort(room, kind="stable")
    return ends[order], np.searchsorted(room[order], np.arange(count + 1))


def _extents(corners: np.ndarray, owner: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Lowest and highest z, and the middle of the box, of each room; NaN for one without triangles."""
    least, most = np.full((count, 3), np.inf), np.full((count, 3), -np.inf)
    np.minimum.at(least, owner, corners.min(axis=1))
    np.maximum.at(most, owner, corners.max(axis=1))
    least[~np.isfinite(least)], most[~np.isfinite(most)] = np.nan, np.nan
    return least[:, 2], most[:, 2], (least + most) / 2


def _to_next_storey(low: np.ndarray, high: np.ndarray, storey: tuple[str, ...]) -> np.ndarray:
    """(n,) how high a room reaches: what hangs above its ceiling still belongs to it, up to the floor above."""
    names = np.array(storey, object)
    floors = np.sort([np.nanmedian(low[names == name]) for name in dict.fromkeys(storey)
                      if name and np.isfinite(low[names == name]).any()])
    if not len(floors):
        return high
    above = np.append(floors, np.inf)[np.searchsorted(floors, low + STOREY_M)]
    reach = np.minimum(above, high + PLENUM_M)
    return np.where(np.isfinite(above), np.maximum(high, reach), high)
