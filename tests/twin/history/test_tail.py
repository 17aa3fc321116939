"""What arrives is put on a history that stands, also after a seal, until the store is read again."""

from __future__ import annotations

import pytest

from tests.twin.history.test_store import batch
from twin.frame import Frame
from twin.history.store_reader import read
from twin.history.tail import Tail, tail_in_worker
from twin.history.writer import Writer
from twin.layer import Source
from twin.readers import Request
from twin.sensors import Datastream
from twin.times import SECOND

STREAMS = [Datastream(id="a", property="noise"), Datastream(id="b", property="noise")]


@pytest.fixture
def writer(tmp_path):
    with Writer(tmp_path / "city.history") as writer:
        writer.append(batch(("a", 10, 1.0), ("b", 10, 2.0)), STREAMS)
        writer.seal()
        yield writer


@pytest.fixture
def history(writer):
    return as_read(writer)


def as_read(writer):
    return read(Request(source=Source(path=str(writer.folder)), kind="sensors", frame=Frame(), time_zone="UTC"),
                lambda *_: None).history


def lay(history, writer) -> Tail:
    tail = tail_in_worker(str(writer.folder), history, lambda *_: None)
    history.lay_over(tail.hot)
    history.span_ns = tail.span_ns
    return tail


def said(history, row: int) -> list[tuple[int, float]]:
    times, values = history.series(row)
    return list(zip((times // SECOND).tolist(), values.tolist()))


def test_what_was_sealed_since_stays_and_what_comes_then_comes(writer, history):
    writer.append(batch(("a", 20, 3.0)))
    assert lay(history, writer).whole and said(history, 0) == [(10, 1.0), (20, 3.0)]
    writer.seal()
    writer.append(batch(("a", 30, 4.0), ("b", 30, 5.0)))
    assert not lay(history, writer).whole, "its cubes are to be made anew"
    assert said(history, 0) == [(10, 1.0), (20, 3.0), (30, 4.0)] and said(history, 1) == [(10, 2.0), (30, 5.0)]
    assert history.span_ns == (10 * SECOND, 30 * SECOND) and history.coverage([0, 60 * SECOND]).tolist() == [5]
    writer.seal()
    writer.append(batch(("a", 40, 6.0)))
    assert not lay(history, writer).whole and said(history, 0)[-2:] == [(30, 4.0), (40, 6.0)]
    again = as_read(writer)
    assert lay(again, writer).whole and said(again, 0) == said(history, 0)
    assert again.coverage([0, 60 * SECOND]).tolist() == [6]


def test_a_late_reading_stays_with_the_next_one(writer, history):
    """It was taken for sealed as soon as it was shown, and went with the next look."""
    writer.append(batch(("a", 5, 7.0)))
    for time in (20, 30):
        lay(history, writer)
        assert said(history, 0)[:2] == [(5, 7.0), (10, 1.0)]
        writer.append(batch(("b", time, 1.0)))


def test_another_datastream_leaves_the_rows_what_they_are(writer, history):
    writer.append(batch(("a", 20, 3.0), ("c", 20, 9.0)), [Datastream(id="c", property="air")])
    assert not lay(history, writer).whole
    assert said(history, 0) == [(10, 1.0), (20, 3.0)] and said(history, 1) == [(10, 2.0)]
