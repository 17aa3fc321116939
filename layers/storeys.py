"""The storeys of a building, from below: which of them show, and how far they are pulled apart."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from layers.words import Words
from twin.data import Mesh


@dataclass(frozen=True, eq=False)
class Storeys:
    """`names` from the lowest up; `level` (features,) i4 is the place among them, -1 = in none."""

    names: tuple[str, ...]
    level: np.ndarray

    @classmethod
    def of(cls, mesh: Mesh, count: int) -> Storeys:
        """By elevation where the file gives one, otherwise in the order of the file."""
        storeys = Words.of(mesh, "storey", count)
        if len(storeys.words) == 1:
            return cls((), np.full(count, -1, np.int32))
        at = np.flatnonzero(storeys.code)
        lowest = np.full(len(storeys.words), np.inf)
        np.minimum.at(lowest, storeys.code[at], _heights(mesh, count)[at])
        used = np.unique(storeys.code[at]).tolist()
        order = sorted(used, key=lambda i: lowest[i])        # stable: unknown heights last, in the file's order
        level = np.full(len(storeys.words), -1, np.int32)
        level[order] = np.arange(len(order))
        return cls(tuple(storeys.words[i] for i in order), level[storeys.code])

    def shown(self, storey: str, below: bool) -> np.ndarray:
        """(features,) bool: in `storey` ("" = all); with `below` also what lies under it or in none."""
        if not storey:
            return np.ones(len(self.level), bool)
        if storey not in self.names:
            return np.zeros(len(self.level), bool)
        at = self.names.index(storey)
        return self.level <= at if below else self.level == at

    def lift(self, apart_m: float, levels: tuple[int, ...] = ()) -> np.ndarray | None:
        """(features,) f4 metres up when storeys stand `apart_m` farther apart; None where nothing moves.

        `levels`: where each of `names` stands in the whole building, where this is a part of one.
        """
        own = np.arange(len(self.names)) if len(levels) != len(self.names) else np.array(levels, int)
        if apart_m == 0.0 or not own.any():
            return None
        return (np.append(own, 0)[self.level] * apart_m).astype(np.float32)         # -1, in none, stays


def _heights(mesh: Mesh, count: int) -> np.ndarray:
    """(count,) f8 elevation of each feature's storey; inf where none is known."""
    out = np.full(count, np.inf)
    if "storey_elevation_m" in mesh.features.column_names:
        import pyarrow.compute as pc
        given = pc.fill_null(mesh.features.column("storey_elevation_m").cast("float64"), np.inf).to_numpy()[:count]
        out[:len(given)] = np.where(np.isnan(given), np.inf, given)
    return out
