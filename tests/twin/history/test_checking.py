"""A store that is read from one end to the other: what is wrong is found, and what can be mended is."""

from __future__ import annotations

import sqlite3

import pytest

from tests.twin.history.made_store import DAYS, made
from twin.history.checking import check, mend
from twin.history.cubes import lanes_of
from twin.history.store import Store
from twin.history.writer import Writer
from twin.readers import Progress


@pytest.fixture
def folder(tmp_path):
    """Ten days in two files, and one more that is not sealed, in a folder whose name DuckDB has to quote."""
    return made(tmp_path / "it's.history", hot=True)


def latest(folder) -> dict:
    with Store(folder) as store:
        return store.latest(1 << 61)


def test_a_store_in_order_is_sound_and_nothing_is_repaired(folder):
    told = check(folder)
    assert told == {"sound": True, "readings": 8 * (DAYS + 1), "not_sealed": 8, "files": 2, "findings": []}
    assert mend(folder) == []


def test_files_that_are_gone_cut_short_or_overwritten_are_named(folder):
    files = sorted((folder / "observations").glob("*.parquet"))
    size = files[0].stat().st_size
    files[0].write_bytes(b"x" * size)                              # as long as it was: only reading it tells
    files[1].unlink()
    told = check(folder)
    assert not told["sound"] and [name.split(" ")[0] for name in told["findings"]] == [f.name for f in files]
    assert "missing" in told["findings"][1]
    assert any("cannot be read" in line for line in mend(folder))


def test_what_the_ledger_forgot_is_counted_again(folder):
    with sqlite3.connect(folder / "ledger.sqlite") as db:
        db.execute("DELETE FROM touched")
        db.execute("UPDATE datastreams SET newest_us = NULL WHERE id = 'a'")
    db.close()
    assert "1 datastream " in check(folder)["findings"][0]
    before = latest(folder)
    assert "1 datastream " in mend(folder)[0] and check(folder)["sound"] and latest(folder) == before
    with Store(folder) as store:
        assert len(store.look().touched["heat"]) == DAYS


def test_a_damaged_ledger_is_put_aside_and_made_anew(folder):
    with Writer(folder) as writer:
        writer.seal()
    before = latest(folder)
    (folder / "ledger.sqlite").write_bytes(b"no database" * 500)
    for end in ("-wal", "-shm"):
        (folder / f"ledger.sqlite{end}").unlink(missing_ok=True)
    assert check(folder)["findings"] == ["The ledger of this store is damaged."]
    said = mend(folder)
    assert "put aside" in said[0] and list(folder.glob("ledger.damaged-*"))
    assert check(folder)["sound"] and latest(folder) == before
    made(folder, first_day=50)                                     # it goes on as before
    assert check(folder)["sound"]


def test_cubes_that_are_incomplete_are_built_again(folder):
    with Store(folder) as store:
        lanes, _ = lanes_of(store, store.look(), Progress())
    next((folder / "cubes").rglob("held.npy")).unlink()
    assert "1 replay cube " in check(folder)["findings"][0]
    assert "built again" in mend(folder)[0] and check(folder)["sound"] and len(lanes) == 2
