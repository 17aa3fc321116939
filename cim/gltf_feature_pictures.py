"""Features told by a picture (EXT_mesh_features): every texel names one.

A face that shows several is cut, and with it all faces of its part alike, so that no edge is cut on one side only;
then each face is of the feature that it shows most.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from cim.gltf_colors import moved
from cim.pictures import Picture
from cim.pieces import Piece

MOST_TRIANGLES = 60_000                            # of a part that is cut
DEEPEST = 6                                        # an edge into 64 at most
# Where a face is looked at: shares of its corners.
LOOKS = np.array([(1, 1, 1), (4, 1, 1), (1, 4, 1), (1, 1, 4), (4, 4, 1), (1, 4, 4), (4, 1, 4)], np.float64)
LOOKS /= LOOKS.sum(axis=1, keepdims=True)


def split(piece: Piece, said: dict, picture: Picture | None,
          values: Callable[[str], np.ndarray | None]) -> Piece | None:
    """The piece with its features in `batch`, -1 where a texel names none. `said`: one of `featureIds` with a texture,
    `values`: the primitive's attributes. None where the picture or its coordinates cannot be read.
    """
    texture = said["texture"]
    shift = (texture.get("extensions") or {}).get("KHR_texture_transform") or {}
    uv = values(f"TEXCOORD_{shift.get('texCoord', texture.get('texCoord', 0))}")
    size = picture.size() if picture is not None else None
    pixels = picture.pixels(*size) if size else None
    if pixels is None or uv is None or len(uv) != len(piece.points) or not len(piece.triangles):
        return None
    names = _names(pixels, texture.get("channels") or [0], said.get("nullFeatureId"))
    carried, triangles = _carried(piece, moved(uv.astype(np.float64), shift)), piece.triangles
    for _ in range(DEEPEST):
        if len(triangles) * 4 > MOST_TRIANGLES or not _mixed(_seen(names, carried, triangles)):
            break
        carried, triangles = _halved(carried, triangles)
    return _parted(piece, carried, triangles, _commonest(_seen(names, carried, triangles)))


def _names(pixels: np.ndarray, channels: list[int], none: int | None) -> np.ndarray:
    """(rows, columns) i8 of an image (rows, columns, 4): the channels are the bytes of a number, lowest first."""
    out = sum(pixels[..., channel].astype(np.int64) << (8 * i) for i, channel in enumerate(channels))
    return out if none is None else np.where(out == none, -1, out)


def _carried(piece: Piece, uv: np.ndarray) -> np.ndarray:
    """(n, k) f8 what vertices carry and new ones between them have the mean of: place in the picture of features,
    point, place in the texture, colour."""
    return np.column_stack([uv, piece.points, *([] if piece.draped is None else [piece.draped.uv]),
                            *([] if piece.colors is None else [piece.colors])])


def _seen(names: np.ndarray, carried: np.ndarray, triangles: np.ndarray) -> np.ndarray:
    """(m, looks) i8: the features that each face shows at some places of it."""
    at = np.einsum("lc,mck->mlk", LOOKS, carried[triangles, :2])
    rows, columns = names.shape
    column, row = (np.floor(at[..., i] % 1.0 * n).astype(np.int64).clip(0, n - 1)
                   for i, n in enumerate((columns, rows)))
    return names[row, column]


def _mixed(seen: np.ndarray) -> bool:
    return bool((seen != seen[:, :1]).any())


def _commonest(seen: np.ndarray) -> np.ndarray:
    """(m,) of (m, looks); of as many the one seen first, which is the middle's if it is among them."""
    votes = (seen[:, :, None] == seen[:, None, :]).sum(axis=2)
    return seen[np.arange(len(seen)), votes.argmax(axis=1)]


def _halved(carried: np.ndarray, triangles: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Every face as four, through the middles of its edges."""
    edges = np.sort(triangles[:, [0, 1, 1, 2, 2, 0]].reshape(-1, 2), axis=1)
    ends, at = np.unique(edges, axis=0, return_inverse=True)
    a, b, c = triangles.T
    ab, bc, ca = (len(carried) + at.reshape(-1, 3)).T
    faces = np.stack([a, ab, ca, ab, b, bc, ca, bc, c, ab, bc, ca], axis=1).reshape(-1, 3)
    return np.concatenate([carried, carried[ends].mean(axis=1)]), faces


def _parted(piece: Piece, carried: np.ndarray, triangles: np.ndarray, feature: np.ndarray) -> Piece:
    """No vertex belongs to two features."""
    corners, at = np.unique(np.column_stack([triangles.ravel(), np.repeat(feature, 3)]), axis=0, return_inverse=True)
    mine = carried[corners[:, 0]]
    draped = piece.draped and replace(piece.draped, uv=mine[:, 5:7].astype(np.float32))
    colors = None if piece.colors is None else mine[:, -4:].round().astype(np.uint8)
    return replace(piece, points=mine[:, 2:5], triangles=at.reshape(-1, 3), batch=corners[:, 1], draped=draped,
                   colors=colors)
