"""What the numbers in the code lists of city models mean: SIG3D's of CityGML 2.0 and PLATEAU's of uses.

A list is asked by its own name only where a file names it; a number alone says nothing: 1000 is a flat roof in one
country's list and a house in another's. Source: CityGML 2.0 (OGC 12-019), annex C; PLATEAU standard product
specification, Building_usage.
"""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

from twin.text import language

LISTS = Path(__file__).with_name("city_codes.csv")          # list, code, english, chinese
BY_COLUMN = {                                               # where cim writes values of a list: names of lists
    "class": ("class",), "function": ("function",), "roofType": ("roofType",),
    "usage": ("function", "plateau_usage"),
}


@cache
def _rows() -> tuple[tuple[str, str, str, str], ...]:
    with LISTS.open(encoding="utf-8", newline="") as file:
        return tuple((row["list"], row["code"], row["english"], row["chinese"]) for row in csv.DictReader(file))


@cache
def code_list(name: str) -> dict[str, str]:
    """{code: English words} of a list; empty where there is none of this name."""
    return {code: english for known, code, english, _ in _rows() if known == name}


@cache
def _chinese(column: str) -> dict[str, str]:
    return {english: chinese for name, _, english, chinese in _rows() if name in BY_COLUMN.get(column, ())}


def code_words(column: str, value: str, speech: str = "") -> str:
    """"Flat roof" in the column of roofs is 平屋顶 in Chinese; anything else stays as it is."""
    return _chinese(column).get(value, value) if (speech or language()) == "zh" else value
