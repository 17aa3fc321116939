"""What a store weighs, and letting go of old days: all or nothing, whatever dies in between."""

from __future__ import annotations

import numpy as np
import pytest

from tests.twin.history.killing import killed
from tests.twin.history.made_store import FIRST, STREAMS, days_batch, made
from twin.frame import Frame
from twin.history import retention, sealed, store_reader
from twin.history.store import Store
from twin.history.writer import Writer
from twin.layer import Source
from twin.readers import Progress, Request
from twin.times import DAY
from twin.trouble import Trouble

WORK = """
from twin.history import retention
arm(point)
retention.keep_only(folder, 3)
"""


@pytest.fixture
def folder(tmp_path):
    return made(tmp_path / "city.history")


def days_left(folder, id="a") -> list[int]:
    with Store(folder) as store:
        return sorted({int(t) // DAY - FIRST for t in store.series(id)[0]})


def test_sizes_by_property_and_day_add_up(folder):
    with Store(folder) as store:
        told = retention.summary(store)
    assert told["readings"] == 80 and told["files"] == 2 and told["keep_days"] == 0
    assert [(p["property"], p["readings"], p["days"]) for p in told["properties"]] == [("heat", 40, 10),
                                                                                       ("noise", 40, 10)]
    assert told["properties"][0]["oldest"] == "2024-10-04" and told["properties"][0]["newest"] == "2024-10-13"
    assert abs(sum(d["bytes"] for p in told["properties"] for d in p["by_day"]) - told["bytes"]) <= 10
    assert all(d["readings"] == 4 for p in told["properties"] for d in p["by_day"])


def read(folder):
    return store_reader.read(Request(source=Source(path=str(folder)), kind="sensors", frame=Frame()), Progress())


def test_old_days_go_and_cubes_and_counts_with_them(folder):
    before = read(folder).history
    assert before.reading_until((FIRST + 3) * DAY) == (FIRST + 3) * DAY
    with Store(folder) as store:
        gone = retention.would_forget(store, 5)
    assert sum(d.readings for d in gone) == 40 and gone[0].date == "2024-10-04"
    assert days_left(folder) == list(range(10)), "asking lets nothing go"
    assert retention.keep_only(folder, 5) == 40
    assert days_left(folder) == days_left(folder, "b") == [5, 6, 7, 8, 9]
    with Store(folder) as store:
        told = retention.summary(store)
        assert store.sealed.damaged() == []
    assert told["readings"] == 40 and told["keep_days"] == 5 and told["properties"][0]["days"] == 5
    assert told["waiting_bytes"] > 0, "readers may still have the files open"
    after = read(folder).history
    assert after.span_ns[0] == (FIRST + 5) * DAY and np.isnan(after.latest_at((FIRST + 4) * DAY)[0]).all()
    assert len(after.series(0)[0]) == 20


def test_a_store_that_keeps_days_lets_go_by_itself_as_new_ones_come(folder):
    retention.keep_days(folder, 4)
    with Writer(folder) as writer:
        writer.append(days_batch(range(10, 12)), STREAMS)
        writer.seal()
    assert days_left(folder) == [8, 9, 10, 11]
    assert retention.keep_only(folder, 0) == 0
    with Writer(folder) as writer:
        writer.append(days_batch(range(12, 20)), STREAMS)
        writer.seal()
    assert days_left(folder) == list(range(8, 20)), "0 keeps everything"


def test_what_is_not_sealed_yet_may_be_old_too(folder):
    with Writer(folder) as writer:
        writer.append(days_batch(range(-3, -1)), STREAMS)
    assert retention.keep_only(folder, 10) == 16
    assert days_left(folder) == list(range(10))


def test_a_negative_number_of_days_is_refused(folder):
    with pytest.raises(Trouble, match="0 keeps everything"):
        retention.keep_days(folder, -1)


@pytest.mark.parametrize(("point", "left"), [("before commit", range(10)), ("after commit", range(7, 10)),
                                             ("striking", range(7, 10)), ("none", range(7, 10))])
def test_kill_9_lets_go_of_everything_old_or_of_nothing(folder, point, left):
    killed(folder, point, WORK)
    assert days_left(folder) == list(left), "readers see the one or the other before anybody mends"
    (folder / "store.json").write_text('{"format": "citytwin-history", "version": 1}\n')       # keep what is left now
    with Writer(folder) as writer:
        assert bool(writer.repaired) == (point in ("before commit", "after commit", "striking"))
    with Store(folder) as store:
        told = retention.summary(store)
    assert days_left(folder) == list(left) and told["readings"] == 8 * len(left)
    assert told["properties"][0]["days"] == len(left)
    assert [len(d) for d in (sealed.Sealed(folder / "observations").damaged(),)] == [0]
