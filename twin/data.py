"""Payloads: what readers give and layers draw. numpy and Arrow only.

All coordinates are metres from the frame origin (already placed by the reader in float64) unless a
field says otherwise. Arrays may be memory-mapped and read-only: never write into them.
`features` is an Arrow table with one row per feature (building, element, line, zone, sensor).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from twin.layer import Placement

Bounds = tuple[float, float, float, float, float, float]     # min x, y, z, max x, y, z


@dataclass(frozen=True, eq=False, kw_only=True)
class Payload:
    """`notes`: what is odd or was skipped, with its count, each a sentence for the layer's row."""

    features: Any = None                  # pyarrow.Table | None
    notes: tuple[str, ...] = ()
    crs: str = ""                         # of the file
    crs_source: str = ""                  # "file", "prj", "user", "assumed", ...
    count: int = 0                        # features
    complete: bool = True                 # False: something of the file is missing; `notes` say what

    def bounds(self) -> Bounds | None:
        return None


@dataclass(frozen=True)
class Surface:
    """What a part of an object is: "RoofSurface", its level of detail ("2.2"), its material's colour (0-255), and
    whether it has a texture."""

    kind: str = ""
    lod: str = ""
    color: tuple[int, int, int] | None = None
    pictured: bool = False


@dataclass(frozen=True, eq=False)
class Pictures:
    """The pictures on a mesh, all in one.

    `image` (h, w, 4) u1, its first row on top. `uv` (n, 2) f4: where each vertex lies in its picture, from the left and
    from the top. `rect` (n, 4) f4: left, top, width, height of that picture as shares of the image; a width of 0: no
    picture, a negative one: it repeats outside 0-1. `tints` (features, 3) u1: what the picture is multiplied by.
    """

    image: np.ndarray
    uv: np.ndarray
    rect: np.ndarray
    tints: np.ndarray

    @property
    def nbytes(self) -> int:
        return self.image.nbytes + self.uv.nbytes + self.rect.nbytes + self.tints.nbytes


@dataclass(frozen=True, eq=False)
class Dots:
    """Measured points beside the triangles of a tile: `points` (n, 3) f4, `rgb` (n, 3) u1."""

    points: np.ndarray
    rgb: np.ndarray


@dataclass(frozen=True, eq=False, kw_only=True)
class Mesh(Payload):
    """Triangles that know their feature.

    `points` (n, 3) f4; vertices are never shared between features. `triangles` (m, 3) i4.
    `vertex_feature` (n,) i4: row in `features`.
    `edges` (k, 2) i4: point indices of lines worth drawing (crease and outline), optional.
    `facade` (n, 2) f4: metres along the wall and above its foot, NaN on roofs; optional.
    `base` (features, 2) f4: where each feature stands, for points whose z is relative to the ground;
    None = z is absolute.
    `placement`: the points are in the model's own local metres and this places them (project CRS);
    None = the points are in the frame. `placements`: the same for every source that the file offers, by name.
    `georeference`: what the file says about its place (twin/passport.py), and `plan` its outline on the ground.
    `colors` (features, 4) u1: the file's own colours; optional. `vertex_tint` (n,) i4 where a feature has several
    (glass in its frame): row in `tint_colors` (t, 4) u1 and `tint_feature` (t,) i4, -1 = the feature's own; optional.
    `pictures`: textures of faces; `dots`: measured points (of tiles only); optional.
    `vertex_surface` (n,) i2: row in `surfaces`, where features consist of several kinds or levels; optional.
    """

    points: np.ndarray = field(default_factory=lambda: np.zeros((0, 3), np.float32))
    triangles: np.ndarray = field(default_factory=lambda: np.zeros((0, 3), np.int32))
    vertex_feature: np.ndarray = field(default_factory=lambda: np.zeros(0, np.int32))
    edges: np.ndarray | None = None
    facade: np.ndarray | None = None
    base: np.ndarray | None = None
    placement: Placement | None = None
    placements: dict[str, Placement] = field(default_factory=dict)
    plan: Any = None                      # twin.plan.Plan | None
    colors: np.ndarray | None = None
    vertex_tint: np.ndarray | None = None
    tint_feature: np.ndarray = field(default_factory=lambda: np.zeros(0, np.int32))
    tint_colors: np.ndarray = field(default_factory=lambda: np.zeros((0, 4), np.uint8))
    pictures: Pictures | None = None
    dots: Dots | None = None
    vertex_surface: np.ndarray | None = None
    surfaces: tuple[Surface, ...] = ()
    georeference: dict = field(default_factory=dict)
    report: dict = field(default_factory=dict)         # of an IFC file: how the loading went (see bim/report.py)
    rooms: Any = None                     # twin.rooms.Rooms of a building's spaces in its own metres | None
    grows: Any = None                     # while parts come: the twin.growing.Growing of all of them | None

    def bounds(self) -> Bounds | None:
        return box(self.points)


@dataclass(frozen=True, eq=False, kw_only=True)
class PointCloud(Payload):
    """Measured points, kept so that any leading part of a cell is a fair sample of it.

    `points` (n, 3) f4, grouped by cells of the ground: cell c holds rows `cells[c]` to `cells[c + 1]`, and
    `boxes` (c, 6) f4 is its extent. Where the file has them: `rgb` (n, 3) u1, `intensity` (n,) f4, `classes` (n,) u1.
    """

    points: np.ndarray = field(default_factory=lambda: np.zeros((0, 3), np.float32))
    cells: np.ndarray = field(default_factory=lambda: np.zeros(1, np.int64))
    boxes: np.ndarray = field(default_factory=lambda: np.zeros((0, 6), np.float32))
    rgb: np.ndarray | None = None
    intensity: np.ndarray | None = None
    classes: np.ndarray | None = None

    def bounds(self) -> Bounds | None:
        if not len(self.boxes):
            return None
        return (*map(float, self.boxes[:, :3].min(axis=0)), *map(float, self.boxes[:, 3:].max(axis=0)))


@dataclass(frozen=True, eq=False, kw_only=True)
class HeightGrid(Payload):
    """Posts of a DEM: `heights` (rows, cols) f4, NaN = nothing known there.

    Row 0 is the south edge: post (r, c) stands at x = x0 + c * dx, y = y0 + r * dy.
    `levels`: tiles with their errors, finest first, as `twin.pyramid.measured` gives them; empty = not measured.
    `relief`: slopes as a picture (`twin.relief.Relief`), None = not made.
    `finer`: reads a part of it anew at a finer resolution, in a worker (see `twin.detail`); None = this is all.
    `parts`: finer grids of places inside it (where it is made of several elevation models); the first one that
    knows a place goes before the others and before this one.
    """

    heights: np.ndarray = field(default_factory=lambda: np.zeros((0, 0), np.float32))
    x0: float = 0.0
    y0: float = 0.0
    dx: float = 1.0
    dy: float = 1.0
    levels: tuple = ()                    # of twin.pyramid.Level
    relief: Any = None                    # twin.relief.Relief | None
    finer: Any = None
    parts: tuple = ()                     # of HeightGrid

    def bounds(self) -> Bounds | None:
        if not np.isfinite(self.heights).any():
            return None
        rows, cols = self.heights.shape
        return (self.x0, self.y0, float(np.nanmin(self.heights)), self.x0 + (cols - 1) * self.dx,
                self.y0 + (rows - 1) * self.dy, float(np.nanmax(self.heights)))


@dataclass(frozen=True, eq=False, kw_only=True)
class Imagery(Payload):
    """A picture on the ground: `rgba` (rows, cols, 4) u1, row 0 south; alpha 0 = no data.

    It covers [x0, x0 + width] x [y0, y0 + height] metres from the frame origin. `finer`: as of a `HeightGrid`.
    `classes`: of a picture whose colours mean something, (value, colour 0-255, what the file calls it or "").
    """

    rgba: np.ndarray = field(default_factory=lambda: np.zeros((0, 0, 4), np.uint8))
    x0: float = 0.0
    y0: float = 0.0
    width: float = 0.0
    height: float = 0.0
    finer: Any = None
    classes: tuple[tuple[int, tuple[int, int, int], str], ...] = ()

    def bounds(self) -> Bounds | None:
        return (self.x0, self.y0, 0.0, self.x0 + self.width, self.y0 + self.height, 0.0)


@dataclass(frozen=True, eq=False, kw_only=True)
class Vectors(Payload):
    """Points, lines and polygons with their features. Any part may be empty.

    `points` (n, 3) f4 with `point_feature` (n,) i4.
    `line_points` (n, 3) f4, `line_offsets` (lines + 1,) i8, `line_feature` (lines,) i4; the outlines
    of polygons are lines too.
    `fill_points` (n, 3) f4, `fill_triangles` (m, 3) i4, `fill_feature` (n,) i4: triangulated polygons.
    `has_z`: z is absolute; otherwise all lie on the ground.
    `anchor` (features, 3) f4: where a label goes.
    """

    points: np.ndarray = field(default_factory=lambda: np.zeros((0, 3), np.float32))
    point_feature: np.ndarray = field(default_factory=lambda: np.zeros(0, np.int32))
    line_points: np.ndarray = field(default_factory=lambda: np.zeros((0, 3), np.float32))
    line_offsets: np.ndarray = field(default_factory=lambda: np.zeros(1, np.int64))
    line_feature: np.ndarray = field(default_factory=lambda: np.zeros(0, np.int32))
    fill_points: np.ndarray = field(default_factory=lambda: np.zeros((0, 3), np.float32))
    fill_triangles: np.ndarray = field(default_factory=lambda: np.zeros((0, 3), np.int32))
    fill_feature: np.ndarray = field(default_factory=lambda: np.zeros(0, np.int32))
    anchor: np.ndarray = field(default_factory=lambda: np.zeros((0, 3), np.float32))
    has_z: bool = False

    def bounds(self) -> Bounds | None:
        return box(np.concatenate([self.points, self.line_points, self.fill_points]))


@dataclass(frozen=True, eq=False, kw_only=True)
class Sensors(Payload):
    """Datastreams with their history.

    `features` has one row per datastream: "id", "name", "thing", "property", "unit" and whatever
    else the file says; `positions` (datastreams, 3) f4, NaN = unknown; z NaN = on the ground.
    `history` answers `latest_at`, `series`, `span_ns` (see twin/history).
    `shapes`: the lines and areas, `buildings`: the buildings that the datastreams belong to; `shape_of` and
    `building_of` (datastreams,) i4 say which feature of them, -1 = none.
    """

    positions: np.ndarray = field(default_factory=lambda: np.zeros((0, 3), np.float32))
    history: Any = None                   # twin.history.History
    shapes: Vectors | None = None
    shape_of: np.ndarray = field(default_factory=lambda: np.zeros(0, np.int32))
    buildings: Mesh | None = None
    building_of: np.ndarray = field(default_factory=lambda: np.zeros(0, np.int32))

    def bounds(self) -> Bounds | None:
        known = self.positions[np.isfinite(self.positions[:, 0])]
        return box(np.nan_to_num(known))


@dataclass(frozen=True, eq=False, kw_only=True)
class Tracks(Payload):
    """Things that move, one row of `features` each: "id", "name", "mode", and "property", "unit" of their series.

    `history` is a twin.history.motion.Motion: where they are, how fast, and when anything is known.
    """

    history: Any = None

    def bounds(self) -> Bounds | None:
        return box(np.nan_to_num(self.history.positions)) if self.history is not None else None


@dataclass(frozen=True, eq=False, kw_only=True)
class RasterSeries(Payload):
    """A grid of values that changes with time; its features are the cells, row by row from the south-west.

    It covers [x0, x0 + width] x [y0, y0 + height] metres from the frame origin. `history` is a
    twin.history.rasters.RasterHistory. `unit` "mm/h" is rain (`rain`); of anything else as the file says it.
    `low`, `high`: what most of the values lie between.
    """

    history: Any = None
    unit: str = ""
    rain: bool = False
    x0: float = 0.0
    y0: float = 0.0
    width: float = 0.0
    height: float = 0.0
    low: float = 0.0
    high: float = 1.0

    def bounds(self) -> Bounds | None:
        return (self.x0, self.y0, 0.0, self.x0 + self.width, self.y0 + self.height, 0.0)

    def cell_at(self, x: float, y: float) -> int:
        """The cell below a place, local metres; -1 beside the grid."""
        rows, cols = self.history.values.shape[1:]
        col, row = ((v - v0) / size * n for v, v0, size, n in ((x, self.x0, self.width, cols),
                                                               (y, self.y0, self.height, rows)))
        return int(row) * cols + int(col) if 0 <= col < cols and 0 <= row < rows else -1

    def centre_of(self, cell: int) -> tuple[float, float]:
        """Local metres."""
        rows, cols = self.history.values.shape[1:]
        return (self.x0 + (cell % cols + 0.5) * self.width / cols, self.y0 + (cell // cols + 0.5) * self.height / rows)


Timed = Sensors | Tracks | RasterSeries         # what has a `history`


def box(points: np.ndarray) -> Bounds | None:
    if not len(points):
        return None
    columns = points.T                                       # each by itself: 20 times faster than along axis 0
    return (*(float(c.min()) for c in columns), *(float(c.max()) for c in columns))


DOTS, LEAST_M = 300, 100.0          # so many times its size a thing is a few pixels; of a thing, for that


def union(boxes) -> Bounds | None:
    boxes = [b for b in boxes if b]
    if not boxes:
        return None
    return (*(min(b[i] for b in boxes) for i in range(3)), *(max(b[i] for b in boxes) for i in range(3, 6)))


def together(boxes) -> Bounds | None:
    """Of the boxes that one picture can show: with a house far from the largest one, both would be less than a dot."""
    boxes = sorted((b for b in boxes if b), key=_reach, reverse=True)
    if not boxes:
        return None
    whole, most = boxes[0], DOTS * max(_reach(boxes[0]), LEAST_M)
    for box in boxes[1:]:
        more = union((whole, box))
        whole = more if _reach(more) <= most else whole
    return whole


def _reach(box: Bounds) -> float:
    return max(box[3] - box[0], box[4] - box[1])
