"""What the observed properties of the systems are called and measured in."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from twin.systems.catalogue import rows_of


@dataclass(frozen=True)
class Property:
    """`unit` as sensor tables write it."""

    id: str
    unit: str
    name_en: str
    name_zh: str

    def title(self, language: str) -> str:
        return self.name_zh if language == "zh" else self.name_en


@cache
def properties() -> dict[str, Property]:
    return {row["id"]: Property(**row) for row in rows_of("properties.csv")}
