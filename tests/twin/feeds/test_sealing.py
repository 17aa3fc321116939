"""Sealing beside storing: what arrives is acknowledged meanwhile, and nothing is lost or counted twice."""

from __future__ import annotations

import threading

import pytest

from twin.feeds import recorder as module
from twin.feeds.decoding import Readings
from twin.feeds.inbox import Message
from twin.feeds.recorder import Recorder
from twin.history.batches import Batches
from twin.history.store import Store
from twin.times import SECOND


@pytest.fixture
def recorder(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "SEAL_READINGS", 10)
    recorder = Recorder(tmp_path / "p.history", tmp_path / "p.twin.json", "Asia/Shanghai")
    recorder.done = []
    return recorder


def bring(recorder: Recorder, numbers: range) -> None:
    """A message whose readings are decoded already, stored by one step."""
    said = Readings(ids=["a"] * len(numbers), times_ns=[n * SECOND for n in numbers],
                    values=[float(n) for n in numbers], quality=[0] * len(numbers))
    recorder.inbox.put(Message("f", "t", b"", 0, done=lambda: recorder.done.append(numbers), content=said))
    recorder.step(1.0)


def stored(recorder: Recorder) -> list[float]:
    with Store(recorder.folder) as store:
        return store.series("a")[1].tolist()


def test_what_arrives_while_others_are_sealed_is_acknowledged_and_seen(recorder, monkeypatch):
    go, seal = threading.Event(), Batches.seal
    monkeypatch.setattr(Batches, "seal", lambda self: seal(self) if go.wait(60) else 0)
    bring(recorder, range(12))                                 # enough for a batch: sealing begins, and waits
    bring(recorder, range(8, 20))
    assert recorder.done == [range(12), range(8, 20)] and stored(recorder) == [float(n) for n in range(20)]
    go.set()
    recorder.seal()
    assert recorder.hot == 0 and (recorder.readings, recorder.duplicates) == (20, 4)
    recorder.close()
    assert stored(recorder) == [float(n) for n in range(20)]


def test_a_sealing_that_fails_is_told_and_loses_nothing(recorder, monkeypatch):
    with monkeypatch.context() as patch:
        def fails(self):
            raise OSError("disk on fire")
        patch.setattr(Batches, "seal", fails)
        bring(recorder, range(12))
        recorder._note_sealed(wait=True)
        assert "disk on fire" in recorder.error and recorder.hot == 12 and len(recorder.done) == 1
    recorder.close()
    with Store(recorder.folder) as store:
        assert store.describe()["not_sealed"] == 0 and store.describe()["readings"] == 12
