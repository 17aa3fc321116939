"""What of a session lies in an area or near something: its shapes seen from above, for a worker that tells which
touch it. No Qt.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from app.panels.facts import class_of, title_of
from app.seen_above import Box, parts_in
from app.session import Session
from cim.touching import Part, Rings
from layers.sensor_values import listed_rows
from twin.frame import Frame
from twin.layer import Layer
from twin.tile_tree import TileTree

SHEETS = ("terrain", "imagery", "points", "rasters")         # kinds without features that could touch something
MAPPED = ("zones", "vectors", "networks", "city", "tiles")
HEIGHTS = ("height_m", "height", "高度", "建筑高度")
EVERYWHERE: Box = (-np.inf, -np.inf, np.inf, np.inf)


@dataclass(frozen=True, eq=False)
class Area:
    """`shapes` in local metres; what lies within `within_m`, true metres, of them counts too."""

    shapes: tuple[Part | Rings, ...]
    within_m: float = 0.0

    @classmethod
    def inside(cls, ring: np.ndarray, within_m: float = 0.0) -> Area:
        """`ring` (n, 2) f8: an outline, which may be left open."""
        return cls((_drawn(np.asarray(ring, np.float64)[None]),), within_m)

    @classmethod
    def along(cls, line: np.ndarray, within_m: float = 0.0) -> Area:
        """`line` (n, 2) f8, two points or more."""
        line = np.asarray(line, np.float64)
        return cls((_drawn(np.stack([line[:-1], line[1:]], axis=1)),), within_m)

    @classmethod
    def at(cls, place, within_m: float = 0.0) -> Area:
        """`place`: x, y."""
        return cls((_drawn(np.asarray(place, np.float64).reshape(1, 1, 2)),), within_m)

    def in_grid(self, frame: Frame) -> Area:
        """The same with `within_m`, which is true, in metres of the project's grid, as shapes are."""
        return replace(self, within_m=self.within_m * self.grid_scale(frame)) if self.within_m else self

    def grid_scale(self, frame: Frame) -> float:
        """Metres of the project's grid in a true metre in the middle of it."""
        x0, y0, x1, y1 = self.box()
        return frame.grid_scale((x0 + x1) / 2 + frame.origin[0], (y0 + y1) / 2 + frame.origin[1])

    def box(self) -> Box:
        every = np.concatenate([part.corners for part in self.shapes])
        reach = self.within_m + max(float(part.radius_m.max(initial=0.0)) for part in self.shapes)
        return (*map(float, every.min(axis=0) - reach), *map(float, every.max(axis=0) + reach))


def _drawn(shapes: np.ndarray) -> Part:
    return Part("", np.zeros(len(shapes), np.int64), shapes, np.zeros(len(shapes)))


@dataclass(frozen=True)
class Thing:
    """One feature that was found, with what a list says of it."""

    layer: str
    feature: int
    name: str
    kind: str
    top_m: float = float("nan")
    height_m: float = float("nan")                           # that its table states
    away_m: float = float("nan")                             # from what was asked


def area_of(session: Session, layer: Layer, features: tuple[int, ...] = (), within_m: float = 0.0) -> Area | None:
    """What a layer's shapes (or these features of it) cover; None where it has none, or is not read."""
    whole = parts_in(session, layer, EVERYWHERE)
    if features:
        whole = [part.only(mine) for part in whole if (mine := np.isin(part.feature, features)).any()]
    return Area(tuple(whole), within_m) if whole else None


def parts_of(session: Session, area: Area, without: frozenset[str] = frozenset()) -> list[Part | Rings]:
    """Shapes of the shown layers near the area, but not of those named."""
    box = area.box()
    return [part for layer in _asked(session, without) for part in parts_in(session, layer, box)]


def known_in_part(session: Session, without: frozenset[str] = frozenset()) -> int:
    """How many of the layers that `parts_of` asks stream and have no list of all features: only what is drawn of them
    counts.
    """
    payloads = [asset.payload for layer in _asked(session, without) if (asset := session.asset(layer.id))]
    return sum(isinstance(payload, TileTree) and payload.outlines is None for payload in payloads)


def not_asked(session: Session, without: frozenset[str] = frozenset()) -> list[Layer]:
    """Hidden layers that could have something in an area: a search leaves them out. First those that are hidden by
    themselves, of them what a map has.
    """
    document = session.document
    hidden = [layer for layer in document.layers if layer.id not in without and layer.source is not None
              and layer.kind not in SHEETS and not document.shown(layer)]
    return sorted(hidden, key=lambda x: (not all(group.visible for group in document.ancestors(x)),
                                         x.kind not in MAPPED))


def _asked(session: Session, without: frozenset[str]) -> list[Layer]:
    return [layer for layer in session.document.layers if layer.id not in without and session.document.shown(layer)]


def things(session: Session, found: dict[str, np.ndarray], most: int,
           away: dict[str, tuple[np.ndarray, np.ndarray]] | None = None) -> list[Thing]:
    """Names of the features that a search found, layer by layer, `most` of them. `away`: of each layer the features
    (sorted) and how far they are.
    """
    out: list[Thing] = []
    words = session.document.words
    for layer in session.document.layers:
        if layer.id not in found:
            continue                                         # asking for a hidden layer would read it
        asset = session.asset(layer.id)
        table = asset.payload.features if asset and asset.payload is not None else None
        for feature in found[layer.id][:most - len(out)]:
            known = table is not None and feature < table.num_rows
            name = title_of(table, int(feature), words) if known else str(feature + 1)
            out.append(Thing(layer.id, int(feature), name, class_of(table, int(feature), words) if known else "",
                             height_m=height_of(table, int(feature)) if known else float("nan"),
                             away_m=_at((away or {}).get(layer.id), int(feature))))
    return out


def height_of(table, row: int) -> float:
    """How high a feature is by its table, metres; NaN where that does not say."""
    stated = (table.column(name)[row].as_py() for name in HEIGHTS if name in table.column_names)
    return next((float(value) for value in stated if isinstance(value, int | float)), float("nan"))


def _at(away: tuple[np.ndarray, np.ndarray] | None, feature: int) -> float:
    at = -1 if away is None else int(np.searchsorted(away[0], feature))
    return float(away[1][at]) if 0 <= at < len(away[0]) and away[0][at] == feature else float("nan")


def every_feature(session: Session) -> dict[str, np.ndarray]:
    """Of the shown layers that have a table."""
    assets = {layer: session.asset(layer.id) for layer in _asked(session, frozenset())}
    own = {layer.id: listed_rows(layer, asset.payload) for layer, asset in assets.items()
           if asset and getattr(asset.payload, "features", None) is not None}
    return {id: rows for id, rows in own.items() if len(rows)}
