"""A vertical section along a line: what the ground, pipes, volumes and buildings are there, in true metres.

A pipe is cut as the exact ellipse of its cylinder. Cover is the ground above the pipe less its crown; the clearance of
two pipes is the distance between their axes, perpendicular to them, less both radii, which is what rules ask for.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np

from twin.course import Course
from twin.ground import Ground
from twin.profile_solids import SolidCut, Solids, solid_cuts
from twin.tubes import segments

MOST_SAMPLES = 2000
ALONG = 0.97                               # of a pipe's direction in the section's plane: beyond, it is no crossing


@dataclass(frozen=True, eq=False)
class Pipes:
    """Tubes that a section may cut: axes (n, 3) f8 with `offsets` of the lines; per line its feature and diameter.

    `diameter_m` (lines,) f8, NaN = unknown. `name_of(feature)`; `kinds` per feature. `guessed` (features,) bool: nobody
    says what their heights mean; None = all are said.
    """

    layer: str
    axes: np.ndarray
    offsets: np.ndarray
    feature: np.ndarray
    diameter_m: np.ndarray
    name_of: Callable[[int], str]
    kinds: tuple[str, ...]
    guessed: np.ndarray | None = None


@dataclass(frozen=True)
class PipeCut:
    """One pipe where the section meets it. `half_width_m`, `half_height_m` are those of the ellipse in the section,
    `direction` that of the axis: along the section, across it, up.

    `cover_m`: ground less crown, NaN without ground. `clear_m`: to the nearest other pipe, `beside` its name; NaN where
    either has no diameter.
    `trench_m`: from the trench's floor down to the crown; negative = the trench meets the pipe. `aside_m`: how far
    beside the line it lies where it does not cross.
    """

    layer: str
    feature: int
    name: str
    kind: str
    diameter_m: float
    distance_m: float
    axis_m: float
    half_width_m: float
    half_height_m: float
    direction: tuple[float, float, float]
    ground_m: float
    aside_m: float = 0.0
    clear_m: float = float("nan")
    beside: str = ""
    trench_m: float = float("nan")
    guessed: bool = False                 # nobody says what its heights mean: crown, axis or invert, 1985 or Wusong

    @property
    def crown_m(self) -> float:
        return self.axis_m + self.half_height_m

    @property
    def invert_m(self) -> float:
        return self.axis_m - self.half_height_m

    @property
    def cover_m(self) -> float:
        return self.ground_m - self.crown_m


@dataclass(frozen=True, eq=False)
class Profile:
    """`distance_m`, `ground_m` (n,): the ground along the course, NaN where no terrain knows it."""

    course: Course
    distance_m: np.ndarray
    ground_m: np.ndarray
    pipes: tuple[PipeCut, ...] = ()
    solids: tuple[SolidCut, ...] = ()
    trench: Trench = field(default_factory=lambda: Trench())


@dataclass(frozen=True)
class Trench:
    """What is to be dug along the course: metres below the ground, and wide. Depth 0 = none."""

    depth_m: float = 0.0
    width_m: float = 0.0


def profile(course: Course, ground: Ground, pipes: list[Pipes], solids: list[Solids],
            trench: Trench = Trench()) -> Profile:
    """Everything along the course; tens of milliseconds for a district, so for a thread."""
    distance = course.samples(_step_m(ground), MOST_SAMPLES)
    heights = ground.height_at(course.at(distance), missing=np.nan)
    cuts = [cut for some in pipes for cut in _pipe_cuts(course, ground, some, trench)]
    cuts = _with_trench(_with_clearance(sorted(cuts, key=lambda c: c.distance_m)), trench)
    return Profile(course, distance, heights.astype(np.float64), tuple(cuts),
                   tuple(cut for some in solids for cut in solid_cuts(course, some)), trench)


def _step_m(ground: Ground) -> float:
    """Half the distance of the finest posts."""
    return min((min(s.grid.dx, s.grid.dy) for s in ground.surfaces), default=10.0) / 2


# -- pipes -----------------------------------------------------------------------------------------------


def _pipe_cuts(course: Course, ground: Ground, pipes: Pipes, trench: Trench) -> list[PipeCut]:
    start, end, line = segments(course.true(pipes.axes), pipes.offsets)
    if not len(line):
        return []
    found = []
    for a, along, length, run in course.pieces():
        found += [_cut(pipes, line[i], start[i], end[i], along, share, run + s)
                  for i, share, s in zip(*_crossings(start, end, a, along, length))]
    if trench.width_m > 0:
        crossed = {cut.feature for cut in found}
        found += [cut for cut in _alongside(course, pipes, start, end, line, trench.width_m / 2)
                  if cut.feature not in crossed]
    return _on_ground(found, course, ground)


def _crossings(start, end, a, along, length: float):
    """(which segments, share of each where it meets the upright plane, metres along the piece)."""
    normal = np.array([-along[1], along[0]])
    d0, d1 = (start[:, :2] - a) @ normal, (end[:, :2] - a) @ normal
    meets = ((d0 <= 0) != (d1 <= 0))
    i = np.flatnonzero(meets)
    share = d0[i] / (d0[i] - d1[i])
    s = ((start[i, :2] + share[:, None] * (end - start)[i, :2]) - a) @ along
    inside = (s >= 0) & (s < length)
    i, share, s = i[inside], share[inside], s[inside]
    run = (end - start)[i]
    run /= np.linalg.norm(run, axis=1)[:, None]
    crosses = np.hypot(run[:, :2] @ along, run[:, 2]) < ALONG
    return i[crosses].tolist(), share[crosses].tolist(), s[crosses].tolist()


def _cut(pipes: Pipes, line: int, start, end, along, share: float, distance_m: float) -> PipeCut:
    run = (end - start) / np.linalg.norm(end - start)
    radius = float(np.nan_to_num(pipes.diameter_m[line])) / 2
    u, across, z = float(run[:2] @ along), float(run[1] * along[0] - run[0] * along[1]), float(run[2])
    rest = max(across * across, 1.0 - ALONG ** 2)
    feature = int(pipes.feature[line])
    return PipeCut(
        layer=pipes.layer, feature=feature, name=pipes.name_of(feature), kind=pipes.kinds[feature],
        diameter_m=float(pipes.diameter_m[line]), distance_m=distance_m,
        axis_m=float(start[2] + share * (end[2] - start[2])), half_width_m=radius * float(np.sqrt(1.0 + u * u / rest)),
        half_height_m=radius * float(np.sqrt(1.0 + z * z / rest)), direction=(u, across, z), ground_m=np.nan,
        guessed=pipes.guessed is not None and bool(pipes.guessed[feature]))


def _alongside(course: Course, pipes: Pipes, start, end, line, reach_m: float) -> list[PipeCut]:
    """Of every pipe that comes within reach of the course without crossing it: where it comes nearest."""
    best: dict[int, PipeCut] = {}
    for a, along, length, run in course.pieces():
        for share in (0.0, 0.5, 1.0):
            at = start + share * (end - start)
            s = np.clip((at[:, :2] - a) @ along, 0.0, length)
            aside = np.hypot(*(at[:, :2] - a - s[:, None] * along).T)
            reach = reach_m + np.nan_to_num(pipes.diameter_m[line]) / 2
            for i in np.flatnonzero(aside <= reach).tolist():
                feature = int(pipes.feature[line[i]])
                if feature in best and best[feature].aside_m <= aside[i]:
                    continue
                cut = _cut(pipes, line[i], start[i], end[i], along, share, run + float(s[i]))
                radius = float(np.nan_to_num(pipes.diameter_m[line[i]])) / 2
                best[feature] = replace(cut, aside_m=float(aside[i]), half_width_m=radius, half_height_m=radius)
    return list(best.values())


def _on_ground(cuts: list[PipeCut], course: Course, ground: Ground) -> list[PipeCut]:
    if not cuts:
        return []
    heights = ground.height_at(course.at([c.distance_m for c in cuts]), missing=np.nan)
    return [replace(cut, ground_m=float(z)) for cut, z in zip(cuts, heights)]


def _with_clearance(cuts: list[PipeCut]) -> list[PipeCut]:
    """The nearest other pipe of each, perpendicular to the axes; how near is left open where one has no diameter."""
    if len(cuts) < 2:
        return cuts
    at = np.array([(c.distance_m, c.aside_m, c.axis_m) for c in cuts])
    run = np.array([c.direction for c in cuts])
    radius = np.array([c.diameter_m / 2 for c in cuts])
    least = np.nan_to_num(radius)
    between = at[None] - at[:, None]
    off = np.linalg.norm(np.cross(between, run[:, None]), axis=2)            # of each place from each other's axis
    clear = np.minimum(off, off.T) - least[:, None] - least[None]
    same = np.array([[a.layer == b.layer and a.feature == b.feature for b in cuts] for a in cuts])
    clear[same] = np.inf
    nearest, alone = clear.argmin(axis=1), np.isinf(clear.min(axis=1))
    clear[np.isnan(radius)[:, None] | np.isnan(radius)] = np.nan
    return [cut if alone[i] else replace(cut, clear_m=float(clear[i, j]), beside=cuts[j].name)
            for i, (cut, j) in enumerate(zip(cuts, nearest))]


def _with_trench(cuts: list[PipeCut], trench: Trench) -> list[PipeCut]:
    if trench.depth_m <= 0:
        return cuts
    return [replace(cut, trench_m=cut.cover_m - trench.depth_m) for cut in cuts]


# -- as a table ------------------------------------------------------------------------------------------


COLUMNS = ("distance_m", "name", "kind", "diameter_mm", "ground_m", "crown_m", "axis_m", "invert_m", "cover_m",
           "clearance_m", "nearest", "trench_gap_m", "aside_m", "heights_stated", "easting", "northing", "layer",
           "feature")


def rows(found: Profile, to_project) -> list[dict]:
    """One dictionary per pipe, in order along the course; `None` where nothing is known. Metres to the millimetre.

    `to_project` takes (n, 3) local metres to the project's CRS.
    """
    out = []
    for cut in found.pipes:
        at = to_project(np.append(found.course.at(cut.distance_m)[0], 0.0))[0]
        sized = np.isfinite(cut.diameter_m)
        numbers = {"distance_m": cut.distance_m, "ground_m": cut.ground_m, "axis_m": cut.axis_m,
                   "crown_m": cut.crown_m if sized else np.nan, "invert_m": cut.invert_m if sized else np.nan,
                   "cover_m": cut.cover_m if sized else np.nan, "clearance_m": cut.clear_m,
                   "trench_gap_m": cut.trench_m if sized else np.nan, "aside_m": cut.aside_m, "easting": at[0],
                   "northing": at[1]}
        known = {name: round(float(v), 3) if np.isfinite(v) else None for name, v in numbers.items()}
        row = {**known, "name": cut.name, "kind": cut.kind, "nearest": cut.beside, "layer": cut.layer,
               "feature": cut.feature, "heights_stated": not cut.guessed,
               "diameter_mm": round(cut.diameter_m * 1000.0, 1) if sized else None}
        out.append({name: row[name] for name in COLUMNS})
    return out
