"""Meshes that KHR_draco_mesh_compression has packed, by the library that the extra `draco` installs."""

from __future__ import annotations

from importlib.util import find_spec

import numpy as np

NAME = "KHR_draco_mesh_compression"


def readable() -> bool:
    return find_spec("DracoPy") is not None


def unpacked(data: bytes, attributes: dict[str, int]) -> dict[str, np.ndarray]:
    """Arrays (n, width) of the attributes by their glTF names, and "indices". Raises ValueError for broken data."""
    mesh = _decoded(data)
    out = _attributes(mesh, attributes)
    out["indices"] = np.asarray(mesh.faces, np.int64).reshape(-1)
    return out


def unpacked_points(data: bytes, attributes: dict[str, int]) -> dict[str, np.ndarray]:
    """As `unpacked`, of points without triangles."""
    return _attributes(_decoded(data), attributes)


def _decoded(data: bytes):
    import DracoPy
    try:
        return DracoPy.decode(data)
    except (DracoPy.FileTypeException, DracoPy.EncodingFailedException, RuntimeError) as error:
        raise ValueError(f"Draco: {error}") from None


def _attributes(found, attributes: dict[str, int]) -> dict[str, np.ndarray]:
    out = {}
    for name, id in attributes.items():
        held = found.get_attribute_by_unique_id(id)
        if held is not None:
            out[name] = np.asarray(held["data"]).reshape(len(held["data"]), -1)
    return out
