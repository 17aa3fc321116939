"""A mapping as functions: where in a payload rows, ids, times, values and places are."""

from __future__ import annotations

from twin.feeds.feed import Mapping
from twin.feeds.paths import path, template
from twin.history.columns import meanings, property_and_unit


class Shape:
    """`id_path`: the field that is the id, where the mapping's template is nothing but one field; else ""."""

    def __init__(self, mapping: Mapping):
        self.mapping = mapping
        plain = mapping.form == "number" or not mapping.values
        self.rows = path(mapping.rows)
        self.many = not plain or bool(mapping.rows)
        self.values = [("", path(""))] if plain else [(_said(name), path(name)) for name in mapping.values]
        self.time = path(mapping.time) if mapping.time else None
        self.id = template(mapping.id or "{topic}")
        self.property, self.unit = template(mapping.property), template(mapping.unit)
        self.quality = path(mapping.quality) if mapping.quality else None
        self.place = [path(mapping.lon), path(mapping.lat)] if mapping.lon and mapping.lat else []
        whole = mapping.id.startswith("{") and mapping.id.endswith("}") and mapping.id.count("{") == 1
        self.id_path = mapping.id[1:-1] if whole and mapping.id[1:-1] != "topic" else ""

    def id_column(self, row):
        return path(self.id_path)(row) if self.id_path else None

    def cell(self, row: dict, id) -> dict:
        return {**row, self.id_path: id}


def _said(name: str) -> str:
    """What is observed, by the path of its value; a field called value says nothing."""
    last = name.rpartition(".")[2]
    name = name if last[:1].isdigit() else last
    return "" if "value" in meanings(name) else property_and_unit(name)[0]
