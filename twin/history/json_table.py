"""Readings in JSON or lines of JSON as a long Arrow table: records, columns, SensorThings, WaterML (USGS), NGSI-LD."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from pathlib import Path

from twin.history import ngsi_ld
from twin.text import tr
from twin.text_encoding import encoding_of, texts
from twin.trouble import Trouble

LISTS = ("value", "data", "readings", "observations", "Observations", "items", "results", "records", "features", "rows")


def table_of(path: Path):
    """(Arrow table, row of the first record, no sheets, notes)."""
    import pyarrow as pa
    content = _parsed(path)
    rows = list(_rows(content))
    if not rows:
        raise Trouble(tr("This JSON file holds no readings."), way_out=tr("It should be a list of records with a time "
                      "and a value, or a dump of SensorThings, WaterML or NGSI-LD."), path=str(path))
    names = list(dict.fromkeys(name for row in rows for name in row))
    return pa.table({name: _column([row.get(name) for row in rows], pa) for name in names}), 1, (), ()


def _parsed(path: Path):
    text = "".join(texts(path, encoding_of(path).codec or "utf-8"))
    try:
        return json.loads(text)
    except json.JSONDecodeError as whole:
        try:
            return [json.loads(line) for line in text.splitlines() if line.strip()]
        except json.JSONDecodeError:
            raise Trouble(tr("This JSON file is damaged or cut off."), cause=str(whole),
                          way_out=tr("Copy or export it again."), path=str(path)) from None


def _rows(content) -> Iterator[dict]:
    """Flat records of whatever dialect the content speaks."""
    if isinstance(content, dict) and isinstance(content.get("value"), dict) and "timeSeries" in content["value"]:
        yield from _water(content["value"]["timeSeries"])
        return
    if isinstance(content, dict) and all(isinstance(content.get(n), list) for n in ("Datastreams", "Observations")):
        yield from _linked(content)
        return
    if isinstance(content, dict) and _columnar(content):
        yield from (dict(zip(content, cells)) for cells in zip(*content.values()))
        return
    records = content if isinstance(content, list) else next(
        (content[name] for name in LISTS if isinstance(content.get(name), list)), [content])
    for record in records:
        if isinstance(record, list) and all(isinstance(r, dict) for r in record):
            yield from _rows(record)                     # batches of batches, as some brokers send them
        elif isinstance(record, dict):
            yield from _of_record(record)


def _of_record(record: dict) -> Iterator[dict]:
    if "Datastreams" in record:
        for stream in record["Datastreams"]:
            yield from _things_stream({"Thing": record, **stream})
    elif "Observations" in record:
        yield from _things_stream(record)
    elif "dataArray" in record:
        stream = record.get("Datastream", {})
        for cells in record["dataArray"]:
            yield _observation(dict(zip(record["components"], cells)), stream)
    elif "phenomenonTime" in record and "result" in record:
        yield _observation(record, record.get("Datastream", {}))
    elif ngsi_ld.is_entity(record):
        yield from ngsi_ld.rows_of(record)
    else:
        yield _flat(record)


def _columnar(content: dict) -> bool:
    lists = [v for v in content.values() if isinstance(v, list)]
    return len(lists) == len(content) > 1 and len({len(v) for v in lists}) == 1 and not isinstance(lists[0][:1], dict) \
        and not any(isinstance(v, dict | list) for column in lists for v in column[:1])


# -- OGC SensorThings ---------------------------------------------------------------------------------


def _linked(content: dict) -> Iterator[dict]:
    """A dump of entity sets: observations name their datastream by its id, datastreams their thing."""
    def by_id(name: str) -> dict:
        return {str(one.get("@iot.id")): one for one in content.get(name) or [] if isinstance(one, dict)}

    def link(said: dict, name: str) -> str:
        inner = said.get(name)
        if isinstance(inner, dict):
            return str(inner.get("@iot.id"))
        told = str(said.get(f"{name}@iot.navigationLink") or said.get(f"{name}_id") or "")
        return told.rpartition("(")[2].partition(")")[0].strip("'") if "(" in told else told
    streams, things, observed = by_id("Datastreams"), by_id("Things"), by_id("ObservedProperties")
    for said in content["Observations"]:
        stream = streams.get(link(said, "Datastream"), {})
        known = {"Thing": things.get(link(stream, "Thing")), "ObservedProperty": observed.get(link(stream,
                 "ObservedProperty"))}
        yield _observation(said, {**stream, **{n: one for n, one in known.items() if one}})


def _things_stream(stream: dict) -> Iterator[dict]:
    for observation in stream.get("Observations", []):
        yield _observation(observation, stream)


def _observation(said: dict, stream: dict) -> dict:
    """One observation with what its datastream says; an interval stands at its end."""
    thing = stream.get("Thing") or {}
    quality = said.get("resultQuality")
    row = {"time": str(said.get("phenomenonTime") or said.get("resultTime") or "").split("/")[-1],
           "datastream": str(stream.get("name") or stream.get("@iot.id") or said.get("Datastream@iot.navigationLink")
                             or "datastream"), "value": said.get("result"),
           "thing": str(thing.get("name") or thing.get("@iot.id") or ""),
           "property": (stream.get("ObservedProperty") or {}).get("name") or stream.get("name") or "",
           "unit": (stream.get("unitOfMeasurement") or {}).get("symbol") or "",
           "quality": str(quality) if isinstance(quality, str | int) else ""}
    return {**row, **_place(stream.get("observedArea") or _location(thing))}


def _location(thing: dict) -> dict:
    place = next(iter(thing.get("Locations") or []), {})
    found = place.get("location") or {}
    return found.get("geometry") or found


def _place(geometry: dict) -> dict:
    if geometry.get("type") != "Point":
        return {"lon": None, "lat": None}
    lon, lat = geometry["coordinates"][:2]
    return {"lon": lon, "lat": lat}


# -- others ---------------------------------------------------------------------------------------------


def _water(series: list[dict]) -> Iterator[dict]:
    """WaterML in JSON, as USGS serves it: an empty value is its own "no data"."""
    for one in series:
        source, variable = one.get("sourceInfo", {}), one.get("variable", {})
        site, code = (next(iter(v), {}).get("value", "") for v in (source.get("siteCode", []),
                                                                    variable.get("variableCode", [])))
        place = source.get("geoLocation", {}).get("geogLocation", {})
        zone = source.get("timeZoneInfo", {}).get("defaultTimeZone", {}).get("zoneOffset", "")
        name = html.unescape(variable.get("variableName", code)).split(",")[0]
        for part in one.get("values", []):
            for reading in part.get("value", []):
                value = reading.get("value")
                nothing = variable.get("noDataValue")
                yield {"time": _zoned(reading.get("dateTime"), zone), "datastream": f"{site}/{code}",
                       "name": source.get("siteName", site), "thing": site, "property": name,
                       "unit": variable.get("unit", {}).get("unitCode", ""),
                       "value": None if nothing is not None and _same(value, nothing) else value,
                       **({"lon": place.get("longitude"), "lat": place.get("latitude")} if place else {})}


def _zoned(stamp: str | None, offset: str) -> str | None:
    """Daily values have stamps without a zone: they are the site's, which says it once."""
    return f"{stamp}{offset}" if stamp and offset and not re.search(r"(Z|[+-]\d\d:?\d\d)$", stamp) else stamp


def _same(text, number: float) -> bool:
    try:
        return float(text) == float(number)
    except (TypeError, ValueError):
        return False


def _flat(record: dict) -> dict:
    out = {}
    for name, value in record.items():
        if isinstance(value, dict):
            out.update({f"{name}.{inner}" if inner in record or inner in out else inner: v
                        for inner, v in value.items() if not isinstance(v, dict | list)})
        elif not isinstance(value, list):
            out[name] = value
    return out


def _column(cells: list, pa):
    """Numbers where all are, texts otherwise."""
    kinds = {type(cell) for cell in cells if cell is not None}
    if kinds and kinds <= {int, float}:
        return pa.array(cells, pa.float64()) if float in kinds else pa.array(cells)
    if kinds == {bool}:
        return pa.array(cells)
    return pa.array([None if c is None else str(c) for c in cells], pa.string())
