"""The storeys of a building, from below: which of them show, and how far they are pulled apart."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twin.data import Mesh


@dataclass(frozen=True, eq=False)
class Storeys:
    """`names` from the lowest up; `level` (features,) i4 is the place among them, -1 = in none."""

    names: tuple[str, ...]
    level: np.ndarray

    @classmethod
    def of(cls, mesh: Mesh, count: int) -> Storeys:
        """By elevation where the file gives one, otherwise in the order of the file."""
        level = np.full(count, -1, np.int32)
        features = mesh.features
        if features is None or "storey" not in features.column_names:
            return cls((), level)
        storeys = features.column("storey").to_pylist()[:count]
        heights = (features.column("storey_elevation_m").to_pylist()[:count]
                   if "storey_elevation_m" in features.column_names else [None] * len(storeys))
        lowest: dict[str, float] = {}
        for name, height in zip(storeys, heights):
            if name:
                lowest[name] = min(lowest.get(name, np.inf), np.inf if height is None else height)
        names = tuple(sorted(lowest, key=lowest.get))              # stable: unknown heights last, in the file's order
        place = {name: at for at, name in enumerate(names)}
        level[:len(storeys)] = [place.get(name, -1) for name in storeys]
        return cls(names, level)

    def shown(self, storey: str, below: bool) -> np.ndarray:
        """(features,) bool: in `storey` ("" = all); with `below` also what lies under it or in none."""
        if not storey:
            return np.ones(len(self.level), bool)
        if storey not in self.names:
            return np.zeros(len(self.level), bool)
        at = self.names.index(storey)
        return self.level <= at if below else self.level == at

    def lift(self, apart_m: float) -> np.ndarray | None:
        """(features,) f4 metres up when storeys stand `apart_m` farther apart; None where nothing moves."""
        if apart_m == 0.0 or len(self.names) < 2:
            return None
        return (np.maximum(self.level, 0) * apart_m).astype(np.float32)
