"""A column of text as codes: features are many, words are few."""

from __future__ import annotations

import threading
from dataclasses import dataclass

import numpy as np

from twin.data import Mesh


def warm() -> None:
    """Import what the first column needs, in a thread: it takes a second, and a file that is being read longer."""
    def load() -> None:
        import pyarrow as pa
        import pyarrow.compute
        pyarrow.compute.dictionary_encode(pa.array(["", None]))
    threading.Thread(target=load, name="columns", daemon=True).start()


@dataclass(frozen=True, eq=False)
class Words:
    """A column of text: `words[code]` per feature; the first word is "", what is not known."""

    words: tuple[str, ...]
    code: np.ndarray                     # (count,) i4

    @classmethod
    def of(cls, mesh: Mesh, column: str, count: int) -> Words:
        code = np.zeros(count, np.int32)
        if mesh.features is None or column not in mesh.features.column_names:
            return cls(("",), code)
        import pyarrow.compute as pc
        held = pc.dictionary_encode(mesh.features.column(column).cast("string").combine_chunks())
        found = held.dictionary.to_pylist()
        known = pc.fill_null(held.indices, -1).to_numpy(zero_copy_only=False)[:count]
        at = np.array([*(0 if word == "" else i + 1 for i, word in enumerate(found)), 0], np.int32)   # the last: null
        code[:len(known)] = at[known]
        return cls(("", *found), code)

    @property
    def used(self) -> list[str]:
        """In alphabetical order; with "" where something is not known."""
        return sorted(self.words if (self.code == 0).any() else self.words[1:])

    def spelt(self) -> np.ndarray:
        """(count,) text."""
        return np.array(self.words)[self.code]


def words(mesh: Mesh, column: str, count: int) -> np.ndarray:
    """(count,) text of a column, "" where nothing is known."""
    return Words.of(mesh, column, count).spelt()
