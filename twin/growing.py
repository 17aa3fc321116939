"""A mesh that comes in parts: each part is written once, into room that was made before."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from twin.data import Mesh

ROOM = 1.5                               # how much larger than needed an array is made
MOST = 20.0                              # times what there is, however little of all has come
COUNTED = {"triangles": "points", "edges": "points", "vertex_tint": "tint_feature"}     # rows of what they count in
PLAIN = ("points", "triangles", "vertex_feature", "edges", "facade", "vertex_tint", "tint_feature", "tint_colors")


class Growing:
    """`add` gives all that came so far; its arrays are views that the next part leaves as they are.

    The parts' `vertex_feature` count through; the last part's facts (rows, colours, place) win.
    """

    def __init__(self):
        self._room: dict[str, np.ndarray] = {}
        self._held: dict[str, int] = dict.fromkeys(PLAIN, 0)
        self._left_out: set[str] = set()                 # optional arrays that a part did without

    def add(self, part: Mesh, share: float = 1.0) -> Mesh:
        """`share` of everything has come with it, as far as is known: room for the rest is made at once."""
        before = dict(self._held)
        for name in PLAIN:
            if name not in self._left_out:
                self._append(name, self._of(part, name, before), ROOM * min(MOST, 1.0 / max(share, 1e-9)))
        arrays = {name: None if name in self._left_out else self._room[name][:self._held[name]] for name in PLAIN}
        return replace(part, **arrays, grows=self)

    def _of(self, part: Mesh, name: str, before: dict[str, int]) -> np.ndarray | None:
        values = getattr(part, name)
        if name == "vertex_tint":                        # a part without any says so with -1
            if values is None:
                return np.full(len(part.points), -1, np.int32)
            return np.where(values < 0, -1, values + before["tint_feature"]).astype(np.int32)
        if values is None or name not in COUNTED:
            return values
        return values + np.asarray(before[COUNTED[name]], values.dtype)

    def _append(self, name: str, values: np.ndarray | None, wide: float) -> None:
        if values is None:
            self._left_out.add(name)
            return
        start, stop = self._held[name], self._held[name] + len(values)
        room = self._room.get(name)
        if room is None or stop > len(room):
            wider = np.empty((int(stop * wide), *values.shape[1:]), values.dtype)
            if room is not None:
                wider[:start] = room[:start]             # what was given before keeps the old array
            room = self._room[name] = wider
        room[start:stop] = values
        self._held[name] = stop
