"""Pieces of triangle models (glTF, OBJ, tiles) joined into one mesh: each piece is a part with one colour."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from cim.pictures import MOST_PX, Draped, pictures_of
from twin.data import Mesh

Rgba = tuple[int, int, int, int]
GREY: Rgba = (200, 200, 200, 255)
MOST_POINTS = 4_000_000                   # of one tile or model, all instances together


@dataclass
class Piece:
    """`points` (n, 3) f8 metres, z up; `triangles` (m, 3) i8 into them.

    `batch` (n,) i8: the feature of each vertex within the file; None = the piece is one feature. `table`: an Arrow
    table with a row for each of these. `colors` (n, 4) u1 where vertices have their own. `draped`: its texture.
    `dots`: it is points and no triangles.
    """

    points: np.ndarray
    triangles: np.ndarray
    name: str = ""
    material: str = ""
    color: Rgba = GREY
    batch: np.ndarray | None = None
    attributes: dict = field(default_factory=dict)
    table: Any = None
    colors: np.ndarray | None = None
    draped: Draped | None = None
    dots: bool = False


def up_from_y(points: np.ndarray) -> np.ndarray:
    """(n, 3) with y up to z up: a quarter turn about x."""
    return np.stack([points[:, 0], -points[:, 2], points[:, 1]], axis=1)


def repeated(piece: Piece, where: np.ndarray, turn: np.ndarray, numbers: np.ndarray | None) -> Piece:
    """The piece as often as there are places: `where` (n, 3) f8, `turn` (n, 3, 3) f8; mirrored ones face outward.

    `numbers` (n,) i8: the feature of each; None = each has the piece's own features.
    """
    each, count = len(piece.points), len(where)
    points = np.einsum("nij,kj->nki", turn, piece.points) + where[:, None]
    triangles = piece.triangles[None] + (np.arange(count) * each)[:, None, None]
    mirrored = np.linalg.det(turn) < 0
    triangles[mirrored] = triangles[mirrored][:, :, ::-1]
    batch = np.repeat(numbers, each) if numbers is not None else None if piece.batch is None else np.tile(
        piece.batch, count)
    return replace(piece, points=points.reshape(-1, 3), triangles=triangles.reshape(-1, 3), batch=batch,
                   colors=None if piece.colors is None else np.tile(piece.colors, (count, 1)),
                   draped=piece.draped and replace(piece.draped, uv=np.tile(piece.draped.uv, (count, 1))))


def model_mesh(pieces: list[Piece]) -> Mesh:
    """A feature per piece, in the model's own metres; `colors` are the materials'."""
    import pyarrow as pa
    sizes = [len(p.points) for p in pieces]
    shift = np.cumsum([0, *sizes])
    points = np.concatenate([*(p.points for p in pieces), np.zeros((0, 3))])
    triangles = np.concatenate([*(p.triangles + s for p, s in zip(pieces, shift)), np.zeros((0, 3), np.int64)])
    table = pa.table({"name": pa.array([p.name for p in pieces], pa.string()),
                      "material": pa.array([p.material or None for p in pieces], pa.string())})
    return Mesh(points=points.astype(np.float32), triangles=triangles.astype(np.int32),
                vertex_feature=np.repeat(np.arange(len(pieces), dtype=np.int32), sizes), features=table,
                colors=np.array([p.color for p in pieces], np.uint8).reshape(-1, 4), count=len(pieces),
                pictures=pictures_of([(p.draped, len(p.points)) for p in pieces], tints_of(pieces), MOST_PX))


def tints_of(pieces: list[Piece]) -> np.ndarray:
    """(pieces, 3) u1: what each one's texture is multiplied by, or its own colour."""
    return np.array([p.draped.tint if p.draped else p.color[:3] for p in pieces], np.uint8).reshape(-1, 3)


def extent(pieces: list[Piece]) -> tuple[float, ...] | None:
    points = [p.points for p in pieces if len(p.points)]
    if not points:
        return None
    low, high = (np.min([p.min(axis=0) for p in points], axis=0), np.max([p.max(axis=0) for p in points], axis=0))
    return (*map(float, low), *map(float, high))
