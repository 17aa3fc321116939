"""Networks below and above ground: lines with a diameter and a height, shafts, and volumes.

The height of a pipe may be written for its crown, its axis or its invert, and in 1985 or Wusong: half a diameter and
1.66 m lie between the readings. `Network` keeps what the file wrote and what it said about it; `axes` is the one
place that turns that into heights of the axis.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from twin.data import Bounds, Mesh, Payload, box
from twin.ground import Ground

UNSAID, CROWN, AXIS, INVERT = 0, 1, 2, 3
MEANINGS = {"unknown": UNSAID, "crown": CROWN, "axis": AXIS, "invert": INVERT}
DATUMS = ("", "1985", "wusong")                              # as `Network.datum` counts them

# Kinds and what files call them: English, Chinese, and the two letters of Chinese pipe surveys.
KINDS = {
    "water": ("water", "water supply", "drinking water", "给水", "自来水", "上水", "js"),
    "sewer": ("sewer", "sewage", "wastewater", "foul", "combined", "污水", "排水", "合流", "ws", "hs", "ps"),
    "rain": ("rain", "storm", "stormwater", "雨水", "ys"),
    "gas": ("gas", "natural gas", "燃气", "煤气", "天然气", "rq", "tr", "mq"),
    "power": ("power", "electricity", "cable", "电力", "供电", "路灯", "dl", "gd", "ld"),
    "telecom": ("telecom", "telecommunication", "communication", "fibre", "电信", "通信", "通讯", "dx", "tx"),
    "heat": ("heat", "heating", "district heating", "热力", "供热", "rl"),
    "tunnel": ("tunnel", "metro", "subway", "隧道", "区间隧道", "地铁"),
    "shelter": ("shelter", "civil defence", "civil defense", "basement", "民防", "人防", "地下室"),
    "viaduct": ("viaduct", "bridge", "elevated", "高架", "桥"),
    "manhole": ("manhole", "shaft", "检查井", "窨井", "井"),
}
OTHER = "other"
# Where neither file nor user says it: usual sizes in a street of a Chinese town (from general knowledge, not verified).
ASSUMED_MM = {"water": 300.0, "sewer": 400.0, "rain": 600.0, "gas": 200.0, "power": 150.0, "telecom": 110.0,
              "heat": 300.0, OTHER: 100.0}


@dataclass(frozen=True, eq=False, kw_only=True)
class Network(Payload):
    """Tubes, and volumes between two heights. All f4 are metres from the frame origin.

    `line_points` (n, 3) f4 with `line_offsets` (lines + 1,) i8 and `line_feature` (lines,) i4: z as the file writes
    it, NaN = unknown. A shaft is a line of two points, upright.
    `mesh`: tubes and volumes as triangles with their `normals` (points, 3) f4, heights as written too.
    Of each feature: `kinds` (words of `KINDS`), `diameter_m` f4 (NaN = unknown), `meaning` i1 (which height its z is)
    and `datum` i1 (place in `DATUMS`).
    `below` (features,) bool: its z is no height but minus the depth under the ground; empty = of none.
    `shift_m`: what to add to heights of each of `DATUMS` to stand in the project's.
    `tube_points`: so many first points of `mesh` are those of tubes, the others of volumes.
    """

    line_points: np.ndarray = field(default_factory=lambda: np.zeros((0, 3), np.float32))
    line_offsets: np.ndarray = field(default_factory=lambda: np.zeros(1, np.int64))
    line_feature: np.ndarray = field(default_factory=lambda: np.zeros(0, np.int32))
    mesh: Mesh = field(default_factory=Mesh)
    normals: np.ndarray = field(default_factory=lambda: np.zeros((0, 3), np.float32))
    kinds: tuple[str, ...] = ()
    diameter_m: np.ndarray = field(default_factory=lambda: np.zeros(0, np.float32))
    meaning: np.ndarray = field(default_factory=lambda: np.zeros(0, np.int8))
    datum: np.ndarray = field(default_factory=lambda: np.zeros(0, np.int8))
    below: np.ndarray = field(default_factory=lambda: np.zeros(0, bool))
    shift_m: tuple[float, float, float] = (0.0, 0.0, 0.0)
    tube_points: int = 0

    def bounds(self) -> Bounds | None:
        """As written: metres of datum and diameter do not matter to where it lies."""
        return box(self.mesh.points)

    @property
    def line_of_point(self) -> np.ndarray:
        return np.repeat(np.arange(len(self.line_feature)), np.diff(self.line_offsets))


@dataclass(frozen=True)
class Reading:
    """How to read heights and sizes where the file is silent: words of `MEANINGS`, and "unknown", "1985" or "wusong".

    `diameters_mm`: (kind, millimetres) instead of `ASSUMED_MM`.
    """

    heights: str = "unknown"
    datum: str = "unknown"
    lift_m: float = 0.0
    diameters_mm: tuple[tuple[str, float], ...] = ()


def unsaid(network: Network, reading: Reading = Reading()) -> tuple[int, int]:
    """How many features have a height of which nobody says (what part of the pipe it is, in which datum)."""
    return tuple(int(some.sum()) for some in unsaid_of(network, reading))


def unsaid_of(network: Network, reading: Reading = Reading()) -> tuple[np.ndarray, np.ndarray]:
    """Which features they are: twice (features,) bool."""
    every = np.zeros(len(network.kinds), bool)
    every[network.mesh.vertex_feature] = True
    what = lying(network) & (network.meaning == UNSAID) & (reading.heights == "unknown")
    return what, every & (network.datum == 0) & (reading.datum == "unknown") & ~deep(network)


def lying(network: Network) -> np.ndarray:
    """(features,) bool: tubes whose height could be that of crown, axis or invert; an upright shaft has one reading."""
    out = np.zeros(len(network.kinds), bool)
    if not len(network.line_feature):
        return out
    steps = np.hypot(*np.diff(network.line_points[:, :2], axis=0, prepend=network.line_points[:1, :2]).T)
    steps[network.line_offsets[:-1]] = 0.0
    out[network.line_feature[np.add.reduceat(steps, network.line_offsets[:-1]) > 1e-3]] = True
    return out


def up_m(network: Network, reading: Reading = Reading()) -> np.ndarray:
    """(features,) f8 metres from the written height of each to where it stands in the frame (of tubes: the axis).

    What nobody says is read as the axis, in the project's datum.
    """
    return datum_shift_m(network, reading) + half_up_m(network, reading) + reading.lift_m


def axes(network: Network, reading: Reading = Reading(), ground: Ground | None = None) -> np.ndarray:
    """(n, 3) f8 the axes of the lines in the frame; what lies at a depth hangs under `ground`."""
    return _hung(network, np.array(network.line_points, np.float64), network.line_feature[network.line_of_point],
                 reading, ground)


def deep(network: Network) -> np.ndarray:
    """(features,) bool: whose place is a depth under the ground."""
    return network.below if len(network.below) else np.zeros(len(network.kinds), bool)


def _hung(network: Network, points: np.ndarray, feature: np.ndarray, reading: Reading, ground) -> np.ndarray:
    points[:, 2] += up_m(network, reading)[feature]
    if len(network.below) and ground is not None:
        mine = network.below[feature]
        points[mine, 2] += ground.height_at(points[mine, :2])
    return points


def datum_shift_m(network: Network, reading: Reading) -> np.ndarray:
    """(features,) f8 metres to add to a written height to stand in the project's datum."""
    silent = DATUMS.index(reading.datum) if reading.datum in DATUMS else 0
    shift = np.array(network.shift_m)[np.where(network.datum == 0, silent, network.datum)]
    return np.where(deep(network), 0.0, shift)               # a depth has no datum


def half_up_m(network: Network, reading: Reading) -> np.ndarray:
    """(features,) f8 from the written height to the axis, by the assumed diameter where none is known; 0 for shafts."""
    meaning = np.where(network.meaning == UNSAID, MEANINGS[reading.heights], network.meaning)
    half = diameters_m(network, reading) / 2.0 * lying(network)
    return np.where(meaning == CROWN, -half, np.where(meaning == INVERT, half, 0.0))


def placed(network: Network, reading: Reading = Reading(), ground: Ground | None = None) -> np.ndarray:
    """(n, 3) f4 the points of the mesh in the frame; what lies at a depth hangs under `ground`."""
    points = np.array(network.mesh.points)
    return _hung(network, points, network.mesh.vertex_feature, reading, ground) if len(points) else points


def radii_m(network: Network, reading: Reading = Reading()) -> np.ndarray:
    """(lines,) f8 half the diameter, true or assumed."""
    return diameters_m(network, reading)[network.line_feature] / 2.0


def diameters_m(network: Network, reading: Reading = Reading()) -> np.ndarray:
    """(features,) f8 as the file says, else as assumed for their kind."""
    usual = {**ASSUMED_MM, **dict(reading.diameters_mm)}
    assumed = np.array([usual.get(kind, ASSUMED_MM[OTHER]) for kind in network.kinds]) / 1000.0
    return np.where(unsized(network), assumed, network.diameter_m.astype(np.float64))


def unsized(network: Network) -> np.ndarray:
    """(features,) bool: of which the file states no diameter. (Of a volume there is none to state.)"""
    with np.errstate(invalid="ignore"):
        return ~(network.diameter_m > 0)


def guessed_sizes(network: Network) -> np.ndarray:
    """(features,) bool: drawn pipes with an assumed diameter."""
    mine = lying(network) & unsized(network)
    return mine & (np.bincount(network.mesh.vertex_feature, minlength=len(mine)) > 0)


def assumed_sizes(network: Network) -> dict[str, int]:
    """How many drawn pipes of each kind have an assumed diameter; only kinds with any, in the order of `KINDS`."""
    kinds = [kind for kind, some in zip(network.kinds, guessed_sizes(network).tolist()) if some]
    return {kind: kinds.count(kind) for kind in (*KINDS, OTHER) if kind in kinds}


def kind_of(text) -> str:
    """The word of `KINDS` that a file's text means; "other" where none does."""
    plain = str(text or "").strip().lower()
    for kind, words in KINDS.items():
        if plain in words:
            return kind
    return next((kind for kind, words in KINDS.items() if any(_part_of(word, plain) for word in words)), OTHER)


def _part_of(word: str, text: str) -> bool:
    """Two letters mean a kind only where they stand alone."""
    return (len(word) > 2 or not word.isascii()) and word in text
