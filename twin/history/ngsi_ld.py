"""Entities of NGSI-LD (and NGSI v2) as flat rows: normalized, concise, key-values, and temporal in both its forms."""

from __future__ import annotations

from collections.abc import Iterator

SKIPPED = ("type", "id", "@context", "location", "dateObserved", "address", "name")
TIMES = ("dateObserved", "observedAt", "dateObservedTo", "TimeInstant", "timestamp", "dateModified", "modifiedAt",
         "dateCreated", "createdAt")
PROPERTY = ("Property", "Number", "Integer", "Float")
# UN/ECE codes of units that sensors of cities are published with.
UNITS = {"GQ": "µg/m³", "GP": "mg/m³", "CEL": "°C", "FAH": "°F", "KEL": "K", "P1": "%", "MTS": "m/s", "KMH": "km/h",
         "MTR": "m", "MMT": "mm", "CMT": "cm", "KMT": "km", "2N": "dB", "A97": "hPa", "KPA": "kPa", "PAL": "Pa",
         "59": "ppm", "61": "ppb", "MQS": "m³/s", "MQH": "m³/h", "MTQ": "m³", "LTR": "L", "LUX": "lx", "KWH": "kWh",
         "KWT": "kW", "WTT": "W", "VLT": "V", "AMP": "A", "HTZ": "Hz", "SEC": "s", "MIN": "min", "HUR": "h",
         "DD": "°", "C62": "", "D54": "W/m²"}


def is_entity(record: dict) -> bool:
    """Whatever says that it is an entity, by its name or by how it says its values."""
    if not (isinstance(record.get("id"), str) and isinstance(record.get("type"), str)):
        return any(_says_value(said) and said.get("type") in PROPERTY for said in record.values())
    return record["id"].startswith("urn:") or "@context" in record or any(
        _says_value(one) for said in record.values() for one in (said if isinstance(said, list) else [said]))


def _says_value(said) -> bool:
    return isinstance(said, dict) and ("value" in said or "values" in said)


def rows_of(record: dict) -> Iterator[dict]:
    """A reading for every property that has a value and a time."""
    place, own = _place(record.get("location")), _own_time(record)
    for name, said in record.items():
        if name in SKIPPED or name in TIMES:
            continue
        for time, value, unit in _readings(said, own):
            if time and isinstance(value, int | float | str) and not isinstance(value, bool | dict):
                yield {"time": time, "sensor": str(record.get("id", "")), "property": name, "value": value,
                       "unit": UNITS.get(unit, unit), **place}


def _readings(said, own: str) -> Iterator[tuple[str, object, str]]:
    """(time, value, unit) of whatever stands for a property."""
    if isinstance(said, list):
        for one in said:                                         # temporal, or several instances
            if isinstance(one, dict):
                yield from _readings(one, own)
    elif not isinstance(said, dict):
        if isinstance(said, int | float) and not isinstance(said, bool):
            yield own, said, ""                                  # key-values: words are no readings there
    elif "values" in said:
        for pair in said["values"]:                              # temporal values: [value, time]
            if isinstance(pair, list) and len(pair) >= 2:
                yield str(pair[1]), pair[0], said.get("unitCode", "")
    elif "value" in said and said.get("type") not in ("Relationship", "GeoProperty", "LanguageProperty"):
        yield said.get("observedAt") or _metadata_time(said) or own, said["value"], said.get("unitCode", "")


def _own_time(record: dict) -> str:
    return next((str(time) for name in TIMES if (time := _plain(record.get(name)))), "")


def _metadata_time(said: dict) -> str:
    """Of NGSI v2."""
    more = said.get("metadata") or {}
    return next((str(time) for name in TIMES if (time := _plain(more.get(name)))), "")


def _plain(said):
    """A value out of {"value": …}, {"@value": …} or both."""
    while isinstance(said, dict) and ("value" in said or "@value" in said):
        said = said.get("value", said.get("@value"))
    return None if isinstance(said, dict | list) else said


def _place(said) -> dict:
    while isinstance(said, dict) and "value" in said:
        said = said["value"]
    if isinstance(said, dict) and said.get("type") == "Point" and len(said.get("coordinates") or ()) >= 2:
        lon, lat = said["coordinates"][:2]
        return {"lon": lon, "lat": lat}
    return {"lon": None, "lat": None}
