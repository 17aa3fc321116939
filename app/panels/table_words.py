"""What a table says in one line: the statistics of a column, and how a filter is written."""

from __future__ import annotations

from typing import Any

from app.panels.facts import words_of
from layers.column_units import title_and_unit
from twin.tabling import Statistics, example
from twin.text import enumerated, tr

EXACT = frozenset({"least", "greatest"})                     # values of the table itself


def statistics_text(column: str, found: Statistics) -> str:
    """Under the name that the column is shown by, with its unit."""
    title, unit = title_and_unit(column)
    parts = [tr("{n} values", n=f"{found.count - found.missing:,}"), tr("{n} missing", n=f"{found.missing:,}"),
             tr("{n} different", n=f"{found.distinct:,}")]
    words = {"least": tr("least"), "greatest": tr("greatest"), "mean": tr("mean"), "median": tr("median"),
             "deviation": tr("standard deviation"), "sum": tr("sum")}
    if found.numbers:
        parts += [f"{words[name]} {_number(value, name in EXACT)} {unit}".rstrip()
                  for name, value in found.numbers.items()]
    elif found.commonest:
        parts.append(tr("most often {values}", values=enumerated(f"{word} ({n:,})" for word, n in found.commonest)))
    return tr("{name}: {said}", name=title, said=" · ".join(parts))


def _number(value: float, exact: bool) -> str:
    """Nobody measured the fifth decimal of a mean."""
    return words_of(float(format(value, ".7g" if exact else ".4g" if abs(value) < 10.0 else ".2f")))


def filter_hint(table: Any) -> str:
    """What stands in an empty filter: a condition on a column that the Arrow table has; None = no table."""
    return tr("Filter: a condition") if table is None else \
        tr("Filter: a condition such as {example}", example=example(table))
