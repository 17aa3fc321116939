"""An engine as a layer: its local copy, what is fetched again, and what shows when the engine is away."""

from __future__ import annotations

import duckdb
import numpy as np
import pytest

from twin.engines.address import parse
from twin.engines.engine import Engine
from twin.engines.mirror import folder_of, synchronise
from twin.frame import Frame
from twin.history import engine_reader, store_reader  # noqa: F401 - they register themselves
from twin.history.store import Store
from twin.layer import Source
from twin.readers import Progress, Request, read
from twin.sensors import Batch
from twin.times import DAY, HOUR
from twin.trouble import Trouble

FIRST = 20_000 * DAY


@pytest.fixture
def url(tmp_path, monkeypatch):
    monkeypatch.setenv("CITYTWIN_CACHE", str(tmp_path / "cache"))
    path = tmp_path / "city.duckdb"
    with duckdb.connect(str(path)) as con:
        con.execute("CREATE TABLE readings (datastream varchar, time timestamptz, value double, quality tinyint)")
        con.execute("CREATE TABLE places (id varchar, name varchar, property varchar, unit varchar, x double, "
                    "y double, crs varchar)")
        con.execute("INSERT INTO places VALUES ('a', 'Roof', 'noise.leq', 'dB', 617000, 3471000, 'EPSG:4549'), "
                    "('b', 'Lake', 'noise.leq', 'dB', 617100, 3471000, 'EPSG:4549')")
    made = f"duckdb://{path.as_posix()}?table=readings&quality=quality&streams=places"
    put(made, 0, 3)
    return made


def put(url: str, first_day: int, last_day: int, hour: int = 6) -> None:
    days = np.arange(first_day, last_day)
    with Engine(parse(url), writes=True) as engine:
        engine.append(Batch(ids=("a", "b"), streams=np.repeat([0, 1], len(days)).astype(np.int32),
                            times_ns=np.tile(FIRST + days * DAY + hour * HOUR, 2), values=np.tile(days + 0.5, 2)))


def layer_of(url: str):
    return read(Request(source=Source(path=url, reader="sensor-engine"), kind="sensors", frame=Frame()), Progress())


def test_a_table_on_an_engine_is_a_layer_of_sensors(url):
    sensors = layer_of(url)
    assert sensors.features.column("name").to_pylist() == ["Roof", "Lake"] and sensors.count == 2
    assert sensors.features.column("unit").to_pylist() == ["dB", "dB"] and np.isfinite(sensors.positions[:, :2]).all()
    assert sensors.history.latest_at(FIRST + 2 * DAY + 7 * HOUR)[0].tolist() == [2.5, 2.5]
    assert len(sensors.history.series(0)[0]) == 3
    info, = engine_reader.inspect(None, Source(path=url))
    assert (info.format, info.count, info.extra["readings"]) == ("duckdb", 2, 6)


def test_only_days_that_differ_are_fetched_and_late_readings_arrive(url):
    folder = folder_of(url)
    with Engine(parse(url)) as engine:
        assert synchronise(engine, folder, Progress()) == 3
        assert synchronise(engine, folder, Progress()) == 0
    put(url, 3, 4)
    put(url, 0, 1, hour=20)                                      # late, into the first day
    with Engine(parse(url)) as engine:
        assert synchronise(engine, folder, Progress()) == 2
    with Store(folder) as store:
        assert store.series("a")[1].tolist() == [0.5, 0.5, 1.5, 2.5, 3.5]


def test_what_the_engine_lost_is_lost_here_too(url):
    layer_of(url)
    with duckdb.connect(parse(url).database) as con:
        con.execute("DELETE FROM readings WHERE value < 1")
    assert layer_of(url).history.series(0)[1].tolist() == [1.5, 2.5]


def test_without_the_engine_the_copy_is_shown_with_a_note(url, tmp_path):
    layer_of(url)
    (tmp_path / "city.duckdb").write_text("no database any more")
    sensors = layer_of(url)
    assert "fetched before" in sensors.notes[0] and len(sensors.history.series(0)[0]) == 3
    with pytest.raises(Trouble, match="did not answer"):
        layer_of(url.replace("table=readings", "table=other"))
    with pytest.raises(Trouble, match="did not answer"):
        Engine(parse(f"duckdb://{tmp_path.as_posix()}/nowhere.duckdb?table=readings"))
    assert not (tmp_path / "nowhere.duckdb").exists()
