"""Parquet files wherever fsspec reaches, as an engine and as a layer."""

from __future__ import annotations

import io

import duckdb
import fsspec
import pytest

from twin.engines.address import parse
from twin.engines.engine import Engine
from twin.frame import Frame
from twin.history import engine_reader
from twin.layer import Source
from twin.readers import Progress, Request, read
from twin.times import DAY, HOUR
from twin.trouble import Trouble


@pytest.fixture
def url(tmp_path, monkeypatch):
    """Two files in fsspec's memory, and a table of places beside them."""
    monkeypatch.setenv("CITYTWIN_CACHE", str(tmp_path / "cache"))
    memory = fsspec.filesystem("memory")
    for name, sql in (("day-0", "SELECT 'a' AS sensor, make_timestamptz(0) AS at, 1.5 AS value"),
                      ("day-1", "SELECT 'b' AS sensor, make_timestamptz(86400000000) AS at, 2.5 AS value"),
                      ("places", "SELECT 'a' AS id, 'Roof' AS name, 'heat' AS property")):
        path = tmp_path / f"{name}.parquet"
        duckdb.sql("SET TimeZone = 'UTC'")
        duckdb.sql(sql).write_parquet(str(path))
        memory.pipe(f"/readings/{name}.parquet", path.read_bytes())
    yield "memory://readings/day-*.parquet?datastream=sensor&time=at&streams=memory://readings/places.parquet"
    memory.rm("/readings", recursive=True)


def test_files_are_asked_as_a_table_is(url):
    with Engine(parse(url)) as engine:
        assert engine.describe() == {"datastreams": 2, "readings": 2, "span_ns": (0, DAY)}
        assert engine.latest_at(DAY + HOUR) == {"a": (0, 1.5), "b": (DAY, 2.5)}
        assert engine.series("b")[1].tolist() == [2.5]
        assert [s.name for s in engine.streams()] == ["Roof"]


def test_files_are_a_layer_with_a_local_copy(url):
    sensors = read(Request(source=Source(path=url, reader=engine_reader.NAME), kind="sensors", frame=Frame()),
                   Progress())
    ids = sensors.features.column("id").to_pylist()
    assert sensors.history.latest_at(DAY)[0][[ids.index("a"), ids.index("b")]].tolist() == [1.5, 2.5]


def test_what_is_not_there_is_named(url):
    with pytest.raises(Trouble, match="did not answer"):
        Engine(parse("memory://readings/nothing-*.parquet"))
    with pytest.raises(Trouble, match="tabel"):
        parse("s3://bucket/a.parquet?tabel=x")
    fsspec.filesystem("memory").pipe("/readings/day-2.parquet", io.BytesIO(b"no parquet").getvalue())
    with pytest.raises(Trouble, match="did not answer"):
        Engine(parse(url)).describe()
