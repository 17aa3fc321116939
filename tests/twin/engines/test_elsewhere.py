"""A store that lies elsewhere: only what differs comes, cubes come built, and what is torn or away is told."""

from __future__ import annotations

import fsspec
import numpy as np
import pytest

from tests.twin.history.made_store import DAYS, FIRST, days_batch, made
from twin.engines.elsewhere import fetch
from twin.engines.mirror import folder_of
from twin.frame import Frame
from twin.history import cubes, engine_reader
from twin.history.store import Store
from twin.history.writer import Writer
from twin.layer import Source
from twin.readers import Progress, Request, read
from twin.times import DAY, HOUR
from twin.trouble import Trouble

URL = "memory://bucket/city.history"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A store here, with its cubes, and as it was put into fsspec's memory."""
    monkeypatch.setenv("CITYTWIN_CACHE", str(tmp_path / "cache"))
    folder = made(tmp_path / "city.history", hot=True)
    with Store(folder) as store:
        cubes.lanes_of(store, store.look(), Progress())
    put(folder)
    yield folder
    fsspec.filesystem("memory").rm("/bucket", recursive=True)


def put(folder) -> None:
    memory = fsspec.filesystem("memory")
    if memory.exists("/bucket"):
        memory.rm("/bucket", recursive=True)
    for path in folder.rglob("*"):
        if path.is_file():
            memory.pipe(f"/bucket/city.history/{path.relative_to(folder).as_posix()}", path.read_bytes())


def layer():
    return read(Request(source=Source(path=URL, reader=engine_reader.NAME), kind="sensors", frame=Frame()), Progress())


def test_it_is_a_layer_whose_cubes_were_built_there(folder, monkeypatch):
    monkeypatch.setattr(cubes, "build_cube", None)                 # nothing is built here
    info, = engine_reader.inspect(None, Source(path=URL))
    assert (info.name, info.count, info.extra["readings"]) == ("city", 2, 8 * (DAYS + 1))
    history = layer().history
    assert history.latest_at((FIRST + 3) * DAY + HOUR)[0].tolist() == [3.0, 3.0]
    assert history.latest_at((FIRST + DAYS) * DAY + HOUR)[0].tolist() == [10.0, 10.0]      # not sealed yet
    with Store(folder_of(URL)) as store:
        assert len(store.series("a")[1]) == 4 * (DAYS + 1)


def test_only_what_differs_is_fetched_and_what_went_goes(folder):
    copy = folder_of(URL)
    assert fetch(URL, copy, Progress()) > 10 and fetch(URL, copy, Progress()) == 0
    with Writer(folder) as writer:
        writer.append(days_batch(range(20, 22)))
        writer.seal()
        writer.compact()
        for stray in writer.sealed.now().strays():
            stray.unlink()
    put(folder)
    assert 1 < fetch(URL, copy, Progress()) < 8
    assert {p.name for p in copy.glob("observations/*.parquet")} == {
        p.name for p in folder.glob("observations/*.parquet")}
    assert np.isin([20.0, 21.0], layer().history.series(0)[1]).all()


def test_a_ledger_that_is_torn_does_not_take_the_place_of_a_sound_one(folder):
    copy, memory = folder_of(URL), fsspec.filesystem("memory")
    fetch(URL, copy, Progress())
    memory.pipe("/bucket/city.history/ledger.sqlite", b"half of it" * 999)
    with pytest.raises(Trouble, match="try again"):
        fetch(URL, copy, Progress())
    sensors = layer()                                              # shows what was there, and says so
    assert "fetched before" in sensors.notes[0] and len(sensors.history.series(0)[0]) == 4 * (DAYS + 1)


def test_a_place_without_a_store_is_named(tmp_path, monkeypatch):
    monkeypatch.setenv("CITYTWIN_CACHE", str(tmp_path))
    with pytest.raises(Trouble, match="could not be fetched"):
        engine_reader.inspect(None, Source(path="memory://nowhere/x.history"))
    with pytest.raises(Trouble, match="cannot be reached"):
        engine_reader.inspect(None, Source(path="gopher3://nowhere/x.history"))
