"""Readings in JSON as a layer: the same dialects that an import reads (`json_table.py`), known by their keys."""

from __future__ import annotations

import re
from pathlib import Path

from twin.data import Sensors
from twin.history import json_table
from twin.history.columns import meanings, recognise
from twin.history.tables import Content, content_of, info_of
from twin.layer import Source
from twin.readers import USUAL, Assumed, Info, NotMine, Progress, Request, head_of, reader
from twin.text import tr
from twin.times import zone
from twin.trouble import Trouble

DIALECTS = {"timeSeries": "WaterML", "phenomenonTime": "SensorThings", "Datastreams": "SensorThings",
            "dataArray": "SensorThings", "observedAt": "NGSI-LD"}       # by a key that they have
OTHERS = ("asset", "CityObjects", "FeatureCollection", "geometry")      # of glTF, 3D Tiles, CityJSON and GeoJSON
_KEY = re.compile(rb'"([^"\\]{1,80})"\s*:')


def sniff(path: Path, head: bytes) -> float:
    if head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] not in (b"{", b"["):
        return 0.0
    keys = _keys(head)
    if dialect_of(keys):
        return 0.7
    timed = any("time" in meanings(key) for key in keys)
    return 0.35 if timed and len(keys) > 1 and not keys & {*OTHERS} and b"FeatureCollection" not in head else 0.0


def dialect_of(keys: set[str]) -> str:
    return next((label for key, label in DIALECTS.items() if key in keys), "")


def _keys(head: bytes) -> set[str]:
    return {key.decode("utf-8", "replace") for key in _KEY.findall(head)}


def _content(path: Path, source: Source, time_zone: str, project_crs: str) -> Content:
    """Raises NotMine for JSON that only looked like readings, Trouble for a dialect that is damaged or empty."""
    zone(time_zone)
    try:
        table, _, _, notes = json_table.table_of(path)
    except Trouble:
        if dialect_of(_keys(head_of(path))):
            raise
        raise NotMine from None
    roles = recognise(table.schema)
    if roles.timed and not roles.value and not roles.values:
        raise NotMine
    return content_of([table], roles, source, time_zone, project_crs=project_crs, notes=notes)


def inspect(path: Path, source: Source, assumed: Assumed = USUAL) -> list[Info]:
    time_zone = source.time_zone or assumed.time_zone
    label = dialect_of(_keys(head_of(path))) or "JSON"
    return [info_of(_content(path, source, time_zone, assumed.crs), source, label, time_zone)]


@reader("sensor-json", label="Readings in JSON (WaterML, SensorThings, NGSI-LD)",
        suffixes=(".json", ".jsonl", ".ndjson"), sniff=sniff, inspect=inspect, assumes=True)
def read(request: Request, progress: Progress) -> Sensors:
    progress(0, 0, tr("Reading the table"))
    try:
        return _content(request.path, request.source, request.source.time_zone or request.time_zone,
                        request.frame.crs).placed(request.frame)
    except NotMine:
        raise Trouble(tr("This JSON file holds no readings."), path=request.source.path,
                      way_out=tr("It should be a list of records with a time and a value, or a dump of SensorThings, "
                                 "WaterML or NGSI-LD.")) from None
