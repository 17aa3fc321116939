"""Meshes that KHR_draco_mesh_compression has packed, by the library that the extra `draco` installs."""

from __future__ import annotations

from importlib.util import find_spec

import numpy as np

NAME = "KHR_draco_mesh_compression"


def readable() -> bool:
    return find_spec("DracoPy") is not None


def unpacked(data: bytes, attributes: dict[str, int]) -> dict[str, np.ndarray]:
    """Arrays (n, width) of the attributes by their glTF names, and "indices". Raises ValueError for broken data."""
    import DracoPy
    try:
        mesh = DracoPy.decode(data)
    except (DracoPy.FileTypeException, DracoPy.EncodingFailedException, RuntimeError) as error:
        raise ValueError(f"Draco: {error}") from None
    out = {}
    for name, id in attributes.items():
        found = mesh.get_attribute_by_unique_id(id)
        if found is not None:
            out[name] = np.asarray(found["data"]).reshape(len(found["data"]), -1)
    out["indices"] = np.asarray(mesh.faces, np.int64).reshape(-1)
    return out
