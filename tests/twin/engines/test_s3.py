"""Readings in an object store: a store of readings and Parquet files, on an S3 server of this machine."""

from __future__ import annotations

import duckdb
import pytest

from tests.s3 import s3  # noqa: F401 - a fixture
from tests.twin.history.made_store import DAYS, made
from twin.engines.address import parse
from twin.engines.elsewhere import fetch
from twin.engines.engine import Engine
from twin.engines.mirror import folder_of
from twin.history.store import Store
from twin.readers import Progress
from twin.times import DAY

URL = "s3://city/city.history"


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("CITYTWIN_CACHE", str(tmp_path / "cache"))


def test_a_store_is_copied_once(s3, tmp_path):  # noqa: F811
    folder = made(tmp_path / "city.history", hot=True)
    for path in folder.rglob("*"):
        if path.is_file():
            s3.put_file(str(path), f"city/city.history/{path.relative_to(folder).as_posix()}")
    copy = folder_of(URL)
    assert fetch(URL, copy, Progress()) > 5 and fetch(URL, copy, Progress()) == 0
    with Store(copy) as store:
        assert len(store.series("a")[1]) == 4 * (DAYS + 1)


def test_parquet_files_are_a_table(s3, tmp_path):  # noqa: F811
    duckdb.sql("SET TimeZone = 'UTC'")
    for day, value in enumerate((1.5, 2.5)):
        path = tmp_path / f"day-{day}.parquet"
        duckdb.sql(f"SELECT 'a' AS sensor, make_timestamptz({day} * 86400000000) AS at, {value} AS value"
                   ).write_parquet(str(path))
        s3.put_file(str(path), f"city/readings/{path.name}")
    with Engine(parse("s3://city/readings/day-*.parquet?datastream=sensor&time=at")) as engine:
        assert engine.describe()["span_ns"] == (0, DAY) and engine.series("a")[1].tolist() == [1.5, 2.5]
