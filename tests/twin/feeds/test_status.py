"""What a recorder says of itself, on a full disk too."""

from __future__ import annotations

import errno
import os

import pytest

from twin.feeds import status
from twin.trouble import Trouble

SAID = {"state": "recording", "pid": os.getpid(), "updated_ns": 1 << 62, "error": "",
        "feeds": [{"id": "f", "last": {"topic": "a", "payload": "x" * 3000}, "rejects": [{"reason": "r"}]}]}


@pytest.fixture
def full(monkeypatch):
    """No new file finds room."""
    def fails(*_):
        raise OSError(errno.ENOSPC, "No space left on device")
    return lambda: monkeypatch.setattr(os, "fsync", fails)


def test_a_full_disk_is_told_in_the_room_that_the_file_has(tmp_path, full):
    status.write(tmp_path, SAID)
    full()
    status.write(tmp_path, {**SAID, "error": "磁盘已满" * 20})
    said = status.read(tmp_path)
    assert said["running"] and "磁盘已满" in said["error"] and said["feeds"][0]["last"]["payload"] == ""
    assert [p.name for p in tmp_path.iterdir()] == [status.FILE]


def test_what_does_not_fit_is_refused_and_the_old_word_stays(tmp_path, full):
    status.write(tmp_path, SAID)
    full()
    with pytest.raises(Trouble, match="space"):
        status.write(tmp_path, {**SAID, "error": "x" * 9000})
    assert status.read(tmp_path)["error"] == ""
    with pytest.raises(Trouble):
        status.write(tmp_path / "new", SAID)


def test_a_clock_that_is_ahead_is_told_until_it_is_right_again():
    from twin.feeds.decoding import Decoder
    from twin.feeds.feed import Mapping
    from twin.feeds.inbox import Message
    from twin.feeds.tally import Tally
    arrived, tally, decoder = 1_783_000_000 * 10 ** 9, Tally(), Decoder(Mapping(), "UTC")

    def send(id: str, secs: int) -> None:
        payload = f'{{"id": "{id}", "time": {arrived // 10 ** 9 + secs}, "value": 1}}'.encode()
        tally.count(Message("f", "t", payload, arrived), decoder.decode("t", payload, arrived), arrived)
    send("right", 0)
    send("late", -900)
    send("ahead", 600)
    assert tally.as_json(arrived)["ahead"] == {"ahead": 600} and tally.as_json(arrived)["skew_secs"] == 0.0
    send("ahead", 1)
    assert tally.as_json(arrived)["ahead"] == {}
