"""What no test can start is at least spoken: every question, written in the engine's own SQL."""

from __future__ import annotations

from importlib.util import find_spec

import duckdb
import pytest

from twin.engines.address import parse
from twin.engines.engine import Engine
from twin.times import DAY


def test_every_question_can_be_written_for_trino(tmp_path, monkeypatch):
    if find_spec("trino") is None:
        pytest.skip("trino is not installed: pip install 'citytwin[trino]'")
    import ibis
    path, asked = tmp_path / "city.duckdb", []
    with duckdb.connect(str(path)) as con:
        con.execute("CREATE TABLE readings (datastream varchar, time timestamptz, value double, quality tinyint)")
    monkeypatch.setattr(Engine, "_rows", lambda self, question: asked.append(question) or question.to_pyarrow())
    with Engine(parse(f"duckdb://{path.as_posix()}?table=readings&quality=quality")) as engine:
        engine.describe(), engine.latest_at(DAY), engine.series("a", 0, DAY), engine.days(), engine.day(3)
        for statistic in ("mean", "min", "max", "count"):
            engine.bucket(3600, statistic, 0, DAY)
    written = [ibis.to_sql(question, dialect="trino") for question in asked]
    assert len(written) == 9 and all("SELECT" in sql for sql in written)
    assert any("ROW_NUMBER()" in sql for sql in written)
