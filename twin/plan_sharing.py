"""Whether two models stand in one another: how much of the ground that one covers, the other covers as well."""

from __future__ import annotations

from functools import cached_property

import numpy as np

from twin.plan import Plan

BESIDE_M = 1.0                 # pipes run beside walls: of models without slabs little lies exactly in one another


class Covered:
    """What a model covers through its `matrix` (4, 4), in the frame."""

    def __init__(self, plan: Plan, matrix: np.ndarray):
        self.middles = plan.cells @ matrix[:2, :2].T + matrix[:2, 3]                    # (k, 2) of squares
        self.half_m = plan.cell_m / 2

    @cached_property
    def _near(self):
        from scipy.spatial import KDTree
        return KDTree(self.middles)

    def share_in(self, other: Covered) -> float:
        """0 to 1, of the area that it covers."""
        away, _ = other._near.query(self.middles, distance_upper_bound=self.half_m + other.half_m + BESIDE_M)
        return float(np.isfinite(away).mean())


def shared(one: Covered, other: Covered) -> float:
    """0 to 1, of the one that lies more in the other."""
    return max(one.share_in(other), other.share_in(one))
