"""What a table of readings says of its datastreams in every row: names, things, heights, which do not change."""

from __future__ import annotations

import numpy as np

from twin.history.columns import Roles

FIELDS = {"name": "name", "name_zh": "name_zh", "thing": "thing", "above": "height_m", "elevation": "elevation_m"}


def columns_of(roles: Roles) -> dict[str, str]:
    """Fields that the columns say of each thing, by the column; none is the one that tells the things apart."""
    return {column: field for role, field in FIELDS.items() if (column := getattr(roles, role)) and column != roles.key}


class Described:
    """Gathers batches; of each thing the first word of a column counts."""

    def __init__(self, roles: Roles):
        self.key = roles.key
        self._columns = columns_of(roles)
        self._said: dict[str, dict[str, object]] = {}        # of each thing, "" where the table tells of one alone

    def take(self, batch) -> None:
        if not self._columns:
            return
        things, code = self._things(batch)
        for name, field in self._columns.items():
            column = _whole(batch.column(name))
            known = np.flatnonzero(np.asarray(column.is_valid()))
            of, first = np.unique(code[known], return_index=True)
            for thing, value in zip(of.tolist(), column.take(known[first]).to_pylist()):
                self._said.setdefault(things[thing] or "", {}).setdefault(field, value)

    def _things(self, batch) -> tuple[list, np.ndarray]:
        import pyarrow as pa
        import pyarrow.compute as pc
        if not self.key:
            return [""], np.zeros(len(batch), np.int64)
        coded = _whole(pc.cast(batch.column(self.key), pa.string())).dictionary_encode()
        return [*coded.dictionary.to_pylist(), ""], coded.indices.fill_null(len(coded.dictionary)).to_numpy()

    def fill(self, features):
        """`features`, a row for each datastream, with what is said here of its thing and not there."""
        import pyarrow as pa
        if not self._said:
            return features
        things, ids = (features.column(name).to_pylist() for name in ("thing", "id"))
        said = [self._said.get(thing or "", {}) for thing in things]
        for field in dict.fromkeys(self._columns.values()):
            held = features.column(field).to_pylist() if field in features.column_names else [None] * len(features)
            empty = [value is None or value == "" or (field == "name" and value == id) for value, id in zip(held, ids)]
            cells = [words.get(field, value) if lacks else value for words, value, lacks in zip(said, held, empty)]
            array = pa.array(cells, pa.float64() if field.endswith("_m") else pa.string())
            at = features.column_names.index(field) if field in features.column_names else None
            features = features.append_column(field, array) if at is None else features.set_column(at, field, array)
        return features


def _whole(column):
    """One piece, of a record batch or of a table."""
    return column.combine_chunks() if hasattr(column, "combine_chunks") else column
