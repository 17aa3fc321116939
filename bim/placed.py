"""Arrays of a mesh, part by part as its shapes come, and joined."""

from __future__ import annotations

import numpy as np

Arrays = dict[str, np.ndarray]                   # as `Instances.placed` gives them
TINTS = ("vertex_tint", "tint_feature", "tint_colors")


def together(parts: list[Arrays]) -> Arrays:
    """One, in the order of the parts. Their features are counted through already."""
    first = np.cumsum([0, *(len(part["points"]) for part in parts)])
    out = {name: np.concatenate([part[name] for part in parts]) for name in ("points", "vertex_feature")}
    for name in ("triangles", "edges"):
        out[name] = np.concatenate([part[name] + np.int32(at) for part, at in zip(parts, first)])
    return out | _tints(parts)


def _tints(parts: list[Arrays]) -> Arrays:
    tinted = [part for part in parts if "vertex_tint" in part]
    if not tinted:
        return {}
    first = iter(np.cumsum([0, *(len(part["tint_feature"]) for part in tinted)]).tolist())
    which = [_moved(part["vertex_tint"], next(first)) if "vertex_tint" in part else
             np.full(len(part["points"]), -1, np.int32) for part in parts]
    return {"vertex_tint": np.concatenate(which),
            **{name: np.concatenate([part[name] for part in tinted]) for name in TINTS[1:]}}


def _moved(tint: np.ndarray, by: int) -> np.ndarray:
    """-1 stays: no tint."""
    return np.where(tint < 0, tint, tint + np.int32(by))
