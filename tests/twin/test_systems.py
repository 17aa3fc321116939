"""The catalogue of systems and what it is told in."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from twin.column_words import property_words
from twin.history import parts
from twin.systems.catalogue import items, properties_of, systems
from twin.systems.properties import properties
from twin.text import catalogue, set_language
from twin.trouble import Trouble

ICONS = Path(__file__).resolve().parents[2] / "icons"


def test_the_plan_has_148_systems_in_27_items():
    assert len(systems()) == 148 and len(items()) == 27
    assert {s.item for s in systems().values()} == set(items())
    assert sum(s.spatial for s in systems().values()) == 114
    assert all(s.spatial != bool(s.reason) for s in systems().values())
    assert all(s.key == f"{s.item:02d}.{int(s.key[3:]):02d}" and s.name_zh and s.name_en for s in systems().values())


def test_properties_have_units():
    assert properties_of("speed[km/h]; state") == (("speed", "km/h"), ("state", ""))
    assert dict(systems()["22.06"].properties)["water depth"] == "cm"


def test_every_system_with_a_place_has_an_icon_and_every_reason_a_translation():
    assert all((ICONS / f"system-{s.icon}.svg").exists() for s in systems().values() if s.spatial)
    known = catalogue("zh")
    assert all(s.reason in known for s in systems().values() if s.reason)
    assert all(s.kind in known for s in systems().values() if s.kind)


def test_observed_properties_are_named_in_both_languages():
    assert all(p.name_en and p.name_zh and p.unit for p in properties().values())
    assert property_words("metro.flow") == "Passenger flow" and property_words("something else") == "something else"
    try:
        set_language("zh")
        assert property_words("metro.flow") == "断面客流"
    finally:
        set_language("en")


def test_of_a_shared_table_of_tracks_only_the_part_is_read(tmp_path):
    table = pa.table({"id": ["a", "b", "c"], "system": pa.array(["1", "2", "2"]).dictionary_encode()})
    path = tmp_path / "shared.parquet"
    pq.write_table(table, path)
    assert pq.read_table(path, filters=parts.filters(path, "2")).column("id").to_pylist() == ["b", "c"]
    assert parts.filters(path, "") is None
    with pytest.raises(Trouble, match="holds nothing of 9"):
        parts.must_hold(pq.read_table(path, filters=parts.filters(path, "9")), "9", path)
    pq.write_table(table.drop_columns(["system"]), path)
    with pytest.raises(Trouble, match="not divided"):
        parts.filters(path, "1")
