"""Sensors that a recorder brings go on while their store is read again after a seal."""

from __future__ import annotations

from tests.app.test_feeds import reading, recorder, said, session  # noqa: F401  (fixtures)
from twin.assets import read_in_worker
from twin.jobs import Job

PATIENCE_MS = 300_000                    # workers start while everything else on the machine is busy


def values(session) -> list[float]:  # noqa: F811
    """Of the sensor that is shown, by time."""
    session.tick(0.02)
    for layer in session.document.layers:
        session.asset(layer.id)                                      # as the stage asks
    timed = session.timed_layers()
    return timed[0][1].history.series(0)[1].tolist() if timed else []


def test_what_arrives_is_seen_while_the_store_is_read_again(session, recorder, qtbot, monkeypatch):  # noqa: F811
    session.live.layers.expected = True
    reading(recorder, said(0, value=1.0))
    qtbot.waitUntil(lambda: values(session) == [1.0], timeout=PATIENCE_MS)
    held, begin = [], session.jobs.start

    def start(function, *arguments, **named) -> Job:
        if function is not read_in_worker:
            return begin(function, *arguments, **named)
        held.append((function, arguments, named))
        return Job(-1, "", function, arguments, 0.0)                  # it is never done
    monkeypatch.setattr(session.jobs, "start", start)
    recorder.seal()
    reading(recorder, said(10, value=2.0))
    qtbot.waitUntil(lambda: values(session) == [1.0, 2.0] and len(held) == 1, timeout=PATIENCE_MS)
    reading(recorder, said(20, value=3.0))
    qtbot.waitUntil(lambda: values(session) == [1.0, 2.0, 3.0], timeout=PATIENCE_MS)
    assert len(held) == 1, "one reading of the whole store at a time"


def test_what_was_read_again_comes_with_the_newest_on_it(session, recorder, qtbot):  # noqa: F811
    session.live.layers.expected = True
    reading(recorder, said(0, value=1.0))
    qtbot.waitUntil(lambda: values(session) == [1.0], timeout=PATIENCE_MS)
    first = session.timed_layers()[0][1]
    recorder.seal()
    reading(recorder, said(10, value=2.0))
    seen = []

    def renewed() -> bool:
        seen.append(values(session))
        return session.timed_layers()[0][1] is not first
    qtbot.waitUntil(renewed, timeout=PATIENCE_MS)
    lengths = [len(found) for found in seen]
    assert seen[-1] == [1.0, 2.0] and lengths == sorted(lengths), "never back behind what was shown"
