"""EXT_mesh_gpu_instancing: where the copies of a node's mesh stand, and which feature each of them is."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from cim.pieces import up_from_y

NAME, FEATURES = "EXT_mesh_gpu_instancing", "EXT_instance_features"


def places(said: dict, matrix: np.ndarray, accessor: Callable[[int], np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """(n, 3) f8 and (n, 3, 3) f8: how each copy is moved and turned from where `matrix` (4, 4) puts the mesh, z up.
    Raises ValueError for a broken file."""
    held = {name: accessor(at).astype(np.float64) for name, at in said["attributes"].items()
            if name in ("TRANSLATION", "ROTATION", "SCALE")}
    count = count_of(said, accessor)
    if any(len(values) != count for values in held.values()):
        raise ValueError("instances of different number")
    own = np.tile(np.eye(4), (count, 1, 1))
    own[:, :3, :3] = turned(held.get("ROTATION", np.tile((0.0, 0.0, 0.0, 1.0), (count, 1))))
    own[:, :3, :3] *= held.get("SCALE", np.ones((count, 3)))[:, None, :]
    own[:, :3, 3] = held.get("TRANSLATION", 0.0)
    upright = np.eye(4)
    upright[:3, :3] = up_from_y(np.eye(3)).T
    whole = upright @ matrix
    moved = whole @ own @ np.linalg.inv(whole)
    return moved[:, :3, 3], moved[:, :3, :3]


def count_of(said: dict, accessor: Callable[[int], np.ndarray]) -> int:
    return len(accessor(next(iter(said["attributes"].values()))))


def feature_numbers(said: dict, told: dict, count: int, accessor: Callable[[int], np.ndarray]):
    """((n,) i8 the feature of each copy, row of its property table or None); without a word each is its own."""
    sets = told.get("featureIds") or ()
    best = next((f for f in sets if f.get("propertyTable") is not None), next(iter(sets), {}))
    name = f"_FEATURE_ID_{best.get('attribute')}"
    if name not in said["attributes"]:
        return np.arange(count), best.get("propertyTable")
    return accessor(said["attributes"][name]).ravel().astype(np.int64), best.get("propertyTable")


def turned(quaternions: np.ndarray) -> np.ndarray:
    """(n, 3, 3) of (n, 4) quaternions x, y, z, w."""
    x, y, z, w = (quaternions / np.maximum(np.linalg.norm(quaternions, axis=1, keepdims=True), 1e-12)).T
    return np.array([[1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
                     [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
                     [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)]]).transpose(2, 0, 1)
