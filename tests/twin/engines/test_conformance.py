"""One suite for every engine: what it answers is what looking at every reading gives."""

from __future__ import annotations

import itertools
from urllib.parse import quote

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.twin.engines import clickhouse, postgres, spark
from twin.engines.address import parse
from twin.engines.engine import Engine
from twin.passwords import variable
from twin.sensors import Batch
from twin.times import DAY, SECOND
from twin.trouble import Trouble

BASE = 20_000 * DAY
IDS = ("heat/1", "噪声-2", "it's 3")
TYPES = {"duckdb": "(sensor varchar, taken timestamptz, reading double, quality tinyint)",
         "postgresql": "(sensor text, taken timestamptz, reading double precision, quality smallint)",
         "clickhouse": "(sensor String, taken DateTime64(6, 'UTC'), reading Float64, quality Int8) "
                       "ENGINE = MergeTree ORDER BY (sensor, taken)",
         "spark": "(sensor string, taken timestamp, reading double, quality tinyint) USING parquet"}
ROLES = "datastream=sensor&time=taken&value=reading&quality=quality"
ROWS = st.lists(st.tuples(st.integers(0, 2), st.integers(-90_000, 180_000), st.floats(-50, 50), st.integers(0, 1)),
                min_size=1, max_size=30)
_numbers = itertools.count()


def made(name: str, tmp_path_factory, monkeypatch_env) -> str:
    """The address of an empty table on an engine."""
    table = f"readings_{next(_numbers)}"
    if name == "duckdb":
        import duckdb
        path = tmp_path_factory.mktemp("engine") / "city.duckdb"
        with duckdb.connect(str(path)) as con:
            con.execute(f"CREATE TABLE {table} {TYPES[name]}")
        return f"duckdb://{quote(path.as_posix() if path.as_posix().startswith('/') else '/' + path.as_posix())}" \
               f"?table={table}&{ROLES}"
    if name == "clickhouse":
        clickhouse.query(f"CREATE TABLE {table} {TYPES[name]}")
        return f"clickhouse://default@127.0.0.1:{clickhouse.server()}/default?table={table}&{ROLES}"
    if name == "spark":
        spark.session().sql(f"CREATE TABLE {table} {TYPES[name]}")
        return f"spark:///?master={quote(spark.MASTER)}&table={table}&{ROLES}"
    import psycopg
    port = postgres.server()
    monkeypatch_env.setenv(variable("127.0.0.1"), postgres.PASSWORD)
    with psycopg.connect(host="127.0.0.1", port=port, user=postgres.USER, password=postgres.PASSWORD,
                         dbname="postgres") as con:
        con.execute(f"CREATE TABLE {table} {TYPES[name]}")
    return f"postgresql://{postgres.USER}@127.0.0.1:{port}/postgres?table={table}&{ROLES}"


@pytest.fixture(scope="module")
def monkeypatch_env():
    with pytest.MonkeyPatch.context() as patch:
        yield patch


@pytest.fixture(params=["duckdb", "postgresql", "clickhouse", "spark"])
def address(request, tmp_path_factory, monkeypatch_env) -> str:
    return made(request.param, tmp_path_factory, monkeypatch_env)


def batch(rows) -> Batch:
    streams, seconds, values, quality = zip(*rows)
    return Batch(ids=IDS, streams=np.array(streams, np.int32), times_ns=BASE + np.array(seconds, np.int64) * SECOND,
                 values=np.array(values), quality=np.array(quality, np.int8))


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=ROWS, now=st.integers(-90_000, 180_000), length=st.integers(0, 90_000),
       every=st.sampled_from([1, 60, 3600]))
@pytest.mark.parametrize("name", ["duckdb", "postgresql"])
def test_every_call_equals_brute_force(name, tmp_path_factory, monkeypatch_env, rows, now, length, every):
    equals_brute_force(made(name, tmp_path_factory, monkeypatch_env), rows, now, length, every)


@pytest.mark.parametrize("name", ["clickhouse", "spark"])
def test_every_call_on_a_cluster_equals_brute_force(name, tmp_path_factory, monkeypatch_env):
    """Once: a question there takes a second."""
    rows = [(n % 3, 7001 * n % 90_000 - 40_000, n / 4, n % 5 == 0) for n in range(40)] + [(0, -40_000, 9.5, 0)]
    equals_brute_force(made(name, tmp_path_factory, monkeypatch_env), rows, -20_000, 50_000, 3600)


def equals_brute_force(url: str, rows, now: int, length: int, every: int) -> None:
    kept: dict = {}
    for stream, second, value, quality in rows:
        kept.setdefault((IDS[stream], BASE + second * SECOND), (value, quality))        # the first one counts
    first, last = BASE + now * SECOND, BASE + (now + length) * SECOND
    with Engine(parse(url), writes=True) as engine:
        assert engine.append(batch(rows)) == len(kept) and engine.append(batch(rows)) == 0
        times = [t for _, t in kept]
        assert engine.describe() == {"datastreams": len({id for id, _ in kept}), "readings": len(kept),
                                     "span_ns": (min(times), max(times))}
        latest = {}
        for (id, t), (value, quality) in sorted(kept.items(), key=lambda item: item[0][1]):
            if t <= first and quality == 0:
                latest[id] = (t, value)
        assert engine.latest_at(first) == latest
        for id in IDS:
            mine = sorted((t, v, q) for (i, t), (v, q) in kept.items() if i == id and first <= t <= last)
            assert list(zip(*(a.tolist() for a in engine.series(id, first, last)))) == mine
        groups: dict = {}
        for (id, t), (value, quality) in kept.items():
            if quality == 0 and first <= t <= last:
                groups.setdefault((id, t // (every * SECOND) * every * SECOND), []).append(value)
        for statistic, of in (("mean", np.mean), ("min", min), ("max", max), ("count", len)):
            rows_ = engine.bucket(every, statistic, first, last).to_pylist()
            assert {(r["datastream"], r["start_ns"]): (pytest.approx(r["value"]), r["count"]) for r in rows_} == {
                key: (pytest.approx(of(values)), len(values)) for key, values in groups.items()}
        assert sum(engine.days().values()) == len(kept)
        assert engine.days() == {d: sum(t // DAY == d for t in times) for d in sorted({t // DAY for t in times})}
        day = engine.day(times[0] // DAY)
        assert day.num_rows == engine.days()[times[0] // DAY]


def test_microseconds_survive(address):
    with Engine(parse(address), writes=True) as engine:
        odd = Batch(ids=("a",), streams=np.zeros(2, np.int32), times_ns=np.array([BASE + 123_456_000, BASE + 1000]),
                    values=np.array([1.5, 2.5]))
        engine.append(odd)
        assert engine.series("a")[0].tolist() == [BASE + 1000, BASE + 123_456_000]
        assert engine.latest_at(BASE + 123_455_999)["a"] == (BASE + 1000, 2.5)


def test_an_empty_table_has_nothing_to_say(address):
    with Engine(parse(address)) as engine:
        assert engine.describe() == {"datastreams": 0, "readings": 0, "span_ns": None}
        assert engine.latest_at(BASE) == {} and len(engine.series("a")[0]) == 0 and engine.days() == {}
        assert engine.bucket(60, "mean").num_rows == 0


def test_what_is_wrong_is_named_with_a_way_out(address, monkeypatch):
    with pytest.raises(Trouble, match=r"no column wann.*taken"):
        Engine(parse(address.replace("time=taken", "time=wann")))
    with pytest.raises(Trouble, match="did not answer"):
        Engine(parse(address.replace("table=readings", "table=nowhere")))
    with Engine(parse(address)) as engine, pytest.raises(Trouble, match=r"median.*mean"):
        engine.bucket(60, "median")


def test_a_wrong_password_is_refused_and_never_shown(monkeypatch, tmp_path_factory, monkeypatch_env):
    url = made("postgresql", tmp_path_factory, monkeypatch_env)
    monkeypatch.setenv(variable("127.0.0.1"), "wrong secret")
    with pytest.raises(Trouble, match="password") as trouble:
        Engine(parse(url))
    assert "wrong secret" not in str(trouble.value)


@pytest.mark.parametrize(("url", "said"), [
    ("postgresql://me:secret@db/city?table=r", "password does not belong"),
    ("oracle://db/city?table=r", "no engine"), ("postgresql://db/city", "no table"),
    ("postgresql://db:port/city?table=r", "no address"), ("postgresql://db/city?table=r&tabel=x", "tabel")])
def test_addresses_that_cannot_be_used(url, said):
    with pytest.raises(Trouble, match=said) as trouble:
        parse(url)
    assert "secret" not in str(trouble.value)
