"""Vehicles that a recorder brings drive on, whatever else is being read."""

from __future__ import annotations

import numpy as np
import pytest

from app.live_fleets import joined
from tests.app.test_feeds import START, session  # noqa: F401  (a fixture)
from twin.assets import read_in_worker
from twin.data import Tracks
from twin.history.importing import bring
from twin.history.motion import motion_of
from twin.history.store import store_beside
from twin.history.tracks import features_of
from twin.history.vehicle_store import Fresh
from twin.jobs import Job
from twin.times import SECOND

PATIENCE_MS = 300_000                    # workers start while everything else on the machine is busy


@pytest.fixture
def come(session, tmp_path):  # noqa: F811
    def come(first: int, last: int, name: str = "bus") -> None:
        rows = [f"{name},{START + s},{121.3 + s % 50 * 1e-3:.4f},31.2,36" for s in range(first, last)]
        (tmp_path / "fixes.csv").write_text("\n".join(["vehicle_id,time,lon,lat,speed_kmh", *rows]))
        bring(tmp_path / "fixes.csv", store_beside(session.path), "Asia/Shanghai")
    return come


def shown(session) -> list[int]:  # noqa: F811
    """Seconds of all fixes that are on the screen."""
    session.tick(0.02)
    for layer in session.document.layers:
        session.asset(layer.id)                                      # as the stage asks
    found = [payload.history for _, payload in session.timed_layers()]
    return (np.concatenate([h.times_ns for h in found]) // 10 ** 9 - START).tolist() if found else []


def test_they_drive_on_while_the_store_is_read_again(session, come, qtbot, monkeypatch):  # noqa: F811
    """The whole store took seconds to be read, and as long nothing moved."""
    session.live.layers.expected = True
    come(0, 5)
    qtbot.waitUntil(lambda: len(shown(session)) == 5, timeout=PATIENCE_MS)
    waiting, begin = [], session.jobs.start

    def start(function, *arguments, **named) -> Job:
        if function is not read_in_worker:
            return begin(function, *arguments, **named)
        waiting.append(Job(-1, "", function, arguments, 0.0))         # it is never done
        return waiting[-1]
    monkeypatch.setattr(session.jobs, "start", start)
    session.clock.follow()
    for end in (9, 14):
        come(end - 5, end)
        qtbot.waitUntil(lambda end=end: len(shown(session)) == end, timeout=PATIENCE_MS)
    assert session.newest_ns() == (START + 13) * 10 ** 9


def test_what_the_last_minutes_do_not_say_comes_with_the_whole(session, come, qtbot):  # noqa: F811
    session.live.layers.expected = True
    come(3000, 3005)
    qtbot.waitUntil(lambda: len(shown(session)) == 5, timeout=PATIENCE_MS)
    revision = session.timed_layers()[0][1].history.revision
    come(0, 2)                                                       # fifty minutes late
    come(3001, 3003, "tram")                                         # and another vehicle
    qtbot.waitUntil(lambda: sorted(shown(session)) == [0, 1, 3000, 3001, 3001, 3002, 3002, 3003, 3004],
                    timeout=PATIENCE_MS)
    assert session.timed_layers()[0][1].history.revision > revision, "calendar and charts would not know"


def test_the_whole_never_takes_back_what_was_shown():
    """It was looked at before the last minutes were, and is done after them."""
    def of(*seconds: int) -> dict:
        return {"things": np.zeros(len(seconds), np.int32), "times_ns": np.array(seconds, np.int64) * SECOND,
                "positions": np.zeros((len(seconds), 3)), "speed_kmh": None, "heading_deg": None, "measures": {}}
    whole = Tracks(features=features_of(["bus"], ["bus"], [""], {}), history=motion_of(count=1, **of(0, 1, 2))[0])
    fresh = Fresh(2 * SECOND, ["tram", "bus"], of(2, 3, 4) | {"things": np.ones(3, np.int32)})
    both = joined(whole, fresh, 7)
    assert (both.history.times_ns // SECOND).tolist() == [0, 1, 2, 3, 4] and both.history.revision == 7
    assert both.features is whole.features, "the same vehicles: nothing is drawn anew"
    assert joined(whole, None, 8).history.span_ns == (0, 2 * SECOND)
