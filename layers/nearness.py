"""Which features of a city are near the camera: fine models show only there, and the same ones of others give way."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from layers.by_feature import greatest, least
from twin.data import Mesh


@dataclass(frozen=True, eq=False)
class GivingWay:
    """`of` (features,) bool: those that a finer model has too, which shows within `reach_m`."""

    of: np.ndarray
    reach_m: float


class Nearness:
    """Distances from the middle of each feature's plan, so that two models of one building agree about it."""

    def __init__(self, mesh: Mesh, features: int):
        of = mesh.vertex_feature
        self.middle = np.stack([(least(plan, of, features) + greatest(plan, of, features)) / 2.0
                                for plan in mesh.points[:, :2].T], axis=1)       # (features, 2); NaN without a shape

    def hidden(self, eye, reach_m: float, giving_way: GivingWay | None) -> np.ndarray:
        """(features,) bool: beyond the reach of their own layer, or within that of a finer model of them."""
        away = np.hypot(*(self.middle - np.asarray(eye)[:2]).T)
        away = np.hypot(away, eye[2])
        out = away > reach_m if reach_m > 0 else np.zeros(len(away), bool)
        if giving_way is not None and len(giving_way.of) == len(away):
            out |= giving_way.of & (away <= giving_way.reach_m)
        return out
