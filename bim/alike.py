"""Elements that say the same of a property as others do: in the same file, and in the other models beside it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from bim.kept import kept_model
from bim.property_values import as_text, values
from bim.query import table_of
from twin.readers import Progress
from twin.text import tr
from twin.units import conversion

SAME = 1e-9                           # relative: what reads the same to ten digits


@dataclass(frozen=True)
class Said:
    """One value of a property: bool, number or text, in `unit` ("" = none)."""

    value: bool | float | str
    unit: str = ""


def said_by(path: str, name: str, guids: tuple[str, ...], progress: Progress | None = None) -> list[Said]:
    """Runs in a worker: the different values that these elements have of the property `name` (as of
    `property_values.column`); none where they say nothing.
    """
    if progress:
        progress(0.0, 0.0, tr("Reading {name}", name=name))
    model = kept_model(path)
    found, unit = values(model, name)
    asked = set(guids)
    mine = [value for number, value in found.items() if model.by_id(number).GlobalId in asked]
    return list(dict.fromkeys(Said(one, unit.symbol) for value in mine if (one := _one(value)) is not None))


def said_of(path: str, name: str, guid: str, progress: Progress | None = None) -> list[Said] | None:
    """`said_by` one element; None where the file does not hold it."""
    try:
        kept_model(path).by_guid(guid)
    except RuntimeError:
        return None
    return said_by(path, name, (guid,), progress)


def alike(path: str, name: str, wanted: list[Said], progress: Progress | None = None) -> list[str]:
    """Runs in a worker: GlobalIds of the elements whose property `name` is one of `wanted`; lengths of a file in other
    units are compared as lengths.
    """
    if progress:
        progress(0.0, 0.0, tr("Searching"))
    return [element.GlobalId for element in _alike(kept_model(path), name, wanted)]


def rows(path: str, name: str, wanted: list[Said], progress: Progress | None = None):
    """Runs in a worker: the same elements as a table of `query.COLUMNS`."""
    model = kept_model(path)
    return table_of(_alike(model, name, wanted), model)


def _alike(model, name: str, wanted: list[Said]) -> list:
    found, unit = values(model, name)
    texts = {said.value for said in wanted if isinstance(said.value, bool | str)}
    numbers = [number for said in wanted if (number := _in_unit(said, unit.symbol)) is not None]
    elements = [model.by_id(n) for n, value in found.items() if _is_one(_one(value), texts, numbers)]
    return [e for e in elements if e.is_a("IfcObject") and not e.is_a("IfcFeatureElementSubtraction")]


def _one(value: Any) -> bool | float | str | None:
    """As it is compared: lists as they read. True and 1 are not the same, 1 and 1.0 are."""
    if value is None or isinstance(value, bool):
        return value
    return float(value) if isinstance(value, int | float) else as_text(value)


def _is_one(value: Any, texts: set, numbers: list[float]) -> bool:
    if isinstance(value, float):
        return any(math.isclose(value, number, rel_tol=SAME) for number in numbers)
    return value is not None and any(value is known or (value == known and isinstance(value, str)) for known in texts)


def _in_unit(said: Said, unit: str) -> float | None:
    """A number as a file with another unit says it; None where one of them is no such measure."""
    if not isinstance(said.value, float):
        return None
    if said.unit == unit:
        return said.value
    known = conversion(said.unit, unit) if said.unit and unit else None
    return None if known is None else said.value * known[0] + known[1]
