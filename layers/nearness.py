"""Which features of a city are near the camera: fine models show only there, and the same ones of others give way."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twin.data import Mesh


@dataclass(frozen=True, eq=False)
class GivingWay:
    """`of` (features,) bool: those that a finer model has too, which shows within `reach_m`."""

    of: np.ndarray
    reach_m: float


class Nearness:
    """Distances from the middle of each feature's plan, so that two models of one building agree about it."""

    def __init__(self, mesh: Mesh, features: int):
        low, high = np.full((features, 2), np.inf, np.float32), np.full((features, 2), -np.inf, np.float32)
        for axis in (0, 1):
            np.minimum.at(low[:, axis], mesh.vertex_feature, mesh.points[:, axis])
            np.maximum.at(high[:, axis], mesh.vertex_feature, mesh.points[:, axis])
        self.middle = (low + high) / 2.0                     # (features, 2); NaN for what has no shape

    def hidden(self, eye, reach_m: float, giving_way: GivingWay | None) -> np.ndarray:
        """(features,) bool: beyond the reach of their own layer, or within that of a finer model of them."""
        away = np.hypot(*(self.middle - np.asarray(eye)[:2]).T)
        away = np.hypot(away, eye[2])
        out = away > reach_m if reach_m > 0 else np.zeros(len(away), bool)
        if giving_way is not None and len(giving_way.of) == len(away):
            out |= giving_way.of & (away <= giving_way.reach_m)
        return out
