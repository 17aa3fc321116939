"""The catalogue of systems as values."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent
_WITH_UNIT = re.compile(r"^(.*?)\s*\[([^\]]*)\](.*)$")


@dataclass(frozen=True)
class Item:
    """A numbered item of the plan."""

    number: int
    name_zh: str
    name_en: str

    def title(self, language: str) -> str:
        return self.name_zh if language == "zh" else self.name_en


@dataclass(frozen=True)
class System:
    """`key` is "22.06": the sixth system of item 22. `kind` is what it is in space ("point sensor", "network line",
    "zone polygon", …), "" = it has no place, for the `reason`. `properties` are (name, unit) as the plan's list of
    systems states them.
    """

    key: str
    item: int
    name_zh: str
    name_en: str
    what: str
    kind: str
    icon: str
    properties: tuple[tuple[str, str], ...]
    interval: str
    target: str
    zone: str
    department: str
    reason: str

    @property
    def spatial(self) -> bool:
        return bool(self.kind)

    def title(self, language: str) -> str:
        return self.name_zh if language == "zh" else self.name_en


@cache
def systems() -> dict[str, System]:
    """All systems by key, in the plan's order."""
    return {row["key"]: System(**{**row, "item": int(row["item"]), "properties": properties_of(row["properties"])})
            for row in rows_of("catalogue.csv")}


@cache
def items() -> dict[int, Item]:
    return {int(row["item"]): Item(int(row["item"]), row["name_zh"], row["name_en"]) for row in rows_of("items.csv")}


def properties_of(text: str) -> tuple[tuple[str, str], ...]:
    """"speed[km/h]; state" is (("speed", "km/h"), ("state", ""))."""
    out = []
    for part in filter(None, (p.strip() for p in text.split(";"))):
        found = _WITH_UNIT.match(part)
        out.append((" ".join(filter(None, (found[1].strip(), found[3].strip()))), found[2]) if found else (part, ""))
    return tuple(out)


def rows_of(name: str) -> list[dict[str, str]]:
    with open(FOLDER / name, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
