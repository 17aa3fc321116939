"""Colours by rules: the first expression that holds for a feature says its class; "" takes all that are left."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from twin.tabling import rows_where
from twin.trouble import Trouble
from twin.value_words import ValueWord


@dataclass(frozen=True, kw_only=True)
class ColorRule:
    """`where`: a condition as the attribute table takes it, "" = else. `color`: "#rrggbb". `label`: "" = `where`."""

    where: str = ""
    color: str = "#4477aa"
    label: str = ""


@dataclass(frozen=True, eq=False)
class Ruling:
    """`of` (features,) i2: which rule holds, -1 = none. `errors`: of each rule what is wrong with it, "" = nothing.
    `of_blocks`: as `of`, of what stands for several features from afar; None where there is nothing of that kind."""

    of: np.ndarray
    errors: tuple[str, ...] = ()
    of_blocks: np.ndarray | None = None

    def counts(self) -> list[int]:
        return np.bincount(self.of[self.of >= 0], minlength=len(self.errors)).tolist()


def ruled(table: Any, rules: tuple[ColorRule, ...], blocks: Any = None, other: Any = None,
          words: tuple[ValueWord, ...] = ()) -> Ruling:
    """Which rule holds for each row of an Arrow table, and of another one of blocks, whose attributes are means or the
    commonest. One that cannot be understood holds for none. `other`: a table that says more of these rows (`joined`);
    `words`: what values are called.
    """
    of, errors = _held(joined(table, other), rules, words)
    return Ruling(of, errors, None if blocks is None else _held(blocks, rules, words)[0])


def joined(table: Any, other: Any, own: str = "id", key: str = "building") -> Any:
    """The table with the columns of another one whose `key` is the table's `own`; empty where it has no such row."""
    import pyarrow as pa
    import pyarrow.compute as pc
    if other is None or own not in table.column_names or key not in other.column_names:
        return table
    mine, its = (pc.cast(t.column(name), pa.string()).combine_chunks() for t, name in ((table, own), (other, key)))
    rows = pc.index_in(mine, value_set=its)
    for name in other.column_names:
        if name not in table.column_names:
            table = table.append_column(name, other.column(name).take(rows))
    return table


def _held(table: Any, rules: tuple[ColorRule, ...], words: tuple[ValueWord, ...]) -> tuple[np.ndarray, tuple[str, ...]]:
    of, errors = np.full(table.num_rows, -1, np.int16), [""] * len(rules)
    for n, rule in enumerate(rules):
        if not rule.where.strip():
            continue
        try:
            rows = rows_where(table, rule.where, words)
        except Trouble as trouble:
            errors[n] = trouble.cause or trouble.what
            continue
        of[rows[of[rows] < 0]] = n
    rest = next((n for n, rule in enumerate(rules) if not rule.where.strip()), -1)
    of[of < 0] = rest
    return of, tuple(errors)
