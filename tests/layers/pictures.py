"""Small scenes drawn off-screen for tests that make claims about pixels."""

from __future__ import annotations

from contextlib import contextmanager
from types import SimpleNamespace

import numpy as np

from layers.base import Moment
from layers.view import View, offscreen
from twin.camera import Camera
from twin.data import Vectors
from twin.document import Document
from twin.sun import Sun

NOON = Sun(180.0, 60.0)
NIGHT = Sun(0.0, -30.0)


class Loaded:
    """Assets that are there already: layer id -> payload."""

    def __init__(self, payloads: dict):
        self._assets = {id: SimpleNamespace(payload=p, detail=None, revision=1, state="ready", error=None, load_ms=0.0)
                        for id, p in payloads.items()}

    @property
    def revision(self) -> int:
        return sum(asset.revision for asset in self._assets.values())

    def of(self, layer, frame, time_zone=""):
        return self._assets.get(layer.id)

    held = of


class Shot:
    """A scene seen by one camera; `color(x, y, z)` is the drawn colour at a place."""

    def __init__(self, view: View, document: Document, assets: Loaded):
        self.view, self.document, self.assets = view, document, assets
        self.pixels = np.zeros((0, 0, 3), np.uint8)

    def draw(self, **moment) -> np.ndarray:
        now = Moment(**{"sun": NOON, **moment})
        self.view.frame(self.document, self.assets, now)
        self.view.render(self.document, now)
        errors = [row.error for row in self.view.stage.rows.values() if row.error]
        assert not errors, errors
        self.pixels = self.view.picture()
        return self.pixels

    def pixel(self, x: float, y: float, z: float = 0.0) -> tuple[int, int]:
        """Row and column of a place."""
        u, v, _ = self.view.ray(0, 0).project(np.array([[x, y, z]]))[0]
        return self.pixels.shape[0] - 1 - int(v), int(u)

    def color(self, x: float, y: float, z: float = 0.0) -> np.ndarray:
        row, col = self.pixel(x, y, z)
        return self.pixels[row, col].astype(int)


@contextmanager
def scene(layers: list, payloads: dict, camera: Camera | None = None, size: tuple[int, int] = (400, 400)):
    """By default seen from straight above, 1,000 m around the origin, north up."""
    view = offscreen(*size)
    try:
        view.set_camera(camera or above(1000.0))
        yield Shot(view, Document(layers=tuple(layers)), Loaded(payloads))
    finally:
        view.close()


def above(width_m: float) -> Camera:
    """Straight down, north up, `width_m` metres from the lower to the upper edge."""
    return Camera(position=(0, 0, width_m / 2 / np.tan(np.radians(15))), focus=(0, 0, 0), up=(0, 1, 0))


def square(half: float, *, hole: float = 0.0, at: tuple[float, float] = (0.0, 0.0), feature: int = 0) -> dict:
    """Arrays of a square polygon (with a square hole) as eight or two triangles, without its table."""
    import mapbox_earcut
    rings = [np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]], np.float64) * r for r in (half, hole) if r]
    corners = np.concatenate(rings) + at
    triangles = mapbox_earcut.triangulate_float64(corners, np.cumsum([4] * len(rings)).astype(np.uint32))
    points = np.column_stack([corners, np.zeros(len(corners))]).astype(np.float32)
    closed = np.concatenate([np.vstack([points[i:i + 4], points[i:i + 1]]) for i in range(0, len(points), 4)])
    return {"fill_points": points, "fill_triangles": triangles.reshape(-1, 3).astype(np.int32),
                "fill_feature": np.full(len(points), feature, np.int32), "line_points": closed,
                "line_offsets": np.arange(0, len(closed) + 1, 5),
                "line_feature": np.full(len(rings), feature, np.int32),
                "anchor": np.array([[*at, 0.0]], np.float32)}


def together(parts: list[dict], table) -> Vectors:
    """Squares as one payload; part n is feature n."""
    def stack(name):
        return np.concatenate([p[name] for p in parts])
    points = np.cumsum([0] + [len(p["fill_points"]) for p in parts])
    lines = np.cumsum([0] + [len(p["line_points"]) for p in parts])
    return Vectors(
        features=table, count=len(parts), fill_points=stack("fill_points"), line_points=stack("line_points"),
        fill_triangles=np.concatenate([p["fill_triangles"] + n for p, n in zip(parts, points)]).astype(np.int32),
        line_offsets=np.concatenate([[0], *(p["line_offsets"][1:] + n for p, n in zip(parts, lines))]),
        fill_feature=np.concatenate([p["fill_feature"] * 0 + i for i, p in enumerate(parts)]),
        line_feature=np.concatenate([p["line_feature"] * 0 + i for i, p in enumerate(parts)]), anchor=stack("anchor"))


def hue(color) -> np.ndarray:
    """A colour without its brightness, to compare what is lit with what it is made of."""
    color = np.asarray(color, float)
    return color / max(color.max(), 1.0)
