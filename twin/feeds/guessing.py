"""What a payload means that nobody explained: its fields by their names, English and Chinese."""

from __future__ import annotations

from functools import lru_cache

from twin.feeds.feed import Mapping
from twin.history.columns import meanings
from twin.history.tracks import role_of

LISTS = ("observations", "readings", "values", "value", "data", "items", "records", "measurements", "features", "数据")


def guess(content) -> Mapping | None:
    """A mapping for parsed JSON, None where no reading is seen in it."""
    if isinstance(content, int | float | str) and not isinstance(content, bool):
        return Mapping(form="number")
    if isinstance(content, bool):
        return Mapping(form="number")
    if isinstance(content, list):
        first = next((row for row in content[:1] if isinstance(row, dict)), None)
        return _of_row("", first) if first else None
    if not isinstance(content, dict):
        return None
    for name in content:
        rows = content[name]
        if name.lower() in LISTS and isinstance(rows, list) and rows and isinstance(rows[0], dict):
            return _of_row(name, {**{k: v for k, v in content.items() if k != name}, **rows[0]})
    return _of_row("", content)


def _of_row(rows: str, row: dict) -> Mapping | None:
    kinds = tuple((name, _kind(value)) for name, value in row.items() if len(name) < 100)
    return _of_fields(rows, kinds[:200])


@lru_cache(maxsize=1024)
def _of_fields(rows: str, fields: tuple[tuple[str, str], ...]) -> Mapping | None:
    """`fields`: (name, kind of its value)."""
    if ("result", "number") in fields or ("result", "text") in fields:
        return _observation(rows, dict(fields))
    role: dict[str, str] = {}
    for wanted in ("time", "id", "value", "observed", "unit", "quality", "lon", "lat"):
        for name, kind in fields:
            short = name if name not in ("t", "v") else {"t": "time", "v": "value"}[name]
            if wanted in meanings(short) and name not in role.values() and _fits(wanted, kind):
                role[wanted] = name
                break
    if "id" not in role:                                     # a name tells two sensors of one message apart
        named = [name for name, kind in fields if kind == "text" and "name" in meanings(name)]
        role |= {"id": named[0]} if named and named[0] not in role.values() else {}
    numbers = [name for name, kind in fields if kind in ("number", "numbers") and name not in role.values()]
    values = (role["value"],) if "value" in role else tuple(numbers)
    if not values:
        return None
    drives = any(role_of(name) in ("speed", "heading") for name in numbers)
    if drives and "value" not in role and {"lon", "lat"} <= role.keys():
        values = (role.pop("lon"), role.pop("lat"), *numbers)            # a vehicle: its place is what it says
    return Mapping(form="json", rows=rows, values=values, time=role.get("time", ""), quality=role.get("quality", ""),
                   id=_braced(role, "id"), property=_braced(role, "observed"), unit=_braced(role, "unit"),
                   lon=role.get("lon", "") if "lat" in role else "", lat=role.get("lat", "") if "lon" in role else "")


def _observation(rows: str, fields: dict[str, str]) -> Mapping:
    """OGC SensorThings: an Observation, with its Datastream inside or in the topic."""
    time = "phenomenonTime" if "phenomenonTime" in fields else "resultTime" if "resultTime" in fields else ""
    id = "{Datastream.name}" if fields.get("Datastream") == "named" else \
        "{Datastream.@iot.id}" if "Datastream" in fields else "{topic}"
    return Mapping(form="json", rows=rows, values=("result",), time=time, id=id,
                   property="{Datastream.ObservedProperty.name}" if "Datastream" in fields else "",
                   unit="{Datastream.unitOfMeasurement.symbol}" if "Datastream" in fields else "",
                   quality="resultQuality" if "resultQuality" in fields else "")


def _kind(value) -> str:
    if isinstance(value, bool | int | float):
        return "number"
    if isinstance(value, str):
        return "text"
    if isinstance(value, list):
        return "numbers" if value and isinstance(value[0], int | float) else "texts"
    return "named" if isinstance(value, dict) and value.get("name") else "other"


def _fits(role: str, kind: str) -> bool:
    if role in ("value", "lon", "lat"):
        return kind in ("number", "numbers", "text")
    return kind != "other"


def _braced(role: dict[str, str], name: str) -> str:
    return f"{{{role[name]}}}" if name in role else ""
