"""Pieces of preparing grow with the frames that they stand between."""

from __future__ import annotations

from itertools import count
from types import SimpleNamespace

import pytest

from app.session import Session
from app.slices import LEAST_SECS, MOST_SECS, Slices
from app.statistics import Question
from app.statistics_work import StatisticsWork
from layers.sensor_points import SensorPoints
from layers.zones import Zones
from tests.app.made_sessions import put
from tests.app.test_vitals_panel import underpasses, zone
from twin.document import Document
from twin.layer import Source
from twin.project import Project

PICTURE_SECS = 3.0                        # of software rendering on a busy machine
STEP_SECS = 0.001                         # of each polygon


class Clock:
    """Nothing passes but what is said."""

    def __init__(self):
        self.now = 0.0

    def perf_counter(self) -> float:
        self.now += STEP_SECS
        return self.now


@pytest.fixture
def clock(monkeypatch):
    made = Clock()
    for module in ("slices", "statistics_work", "vitals"):
        monkeypatch.setattr(f"app.{module}.time", SimpleNamespace(perf_counter=made.perf_counter))
    return made


@pytest.mark.parametrize("frame_secs, expected", [(0.016, LEAST_SECS), (0.3, 0.03), (PICTURE_SECS, MOST_SECS)])
def test_a_piece_is_a_share_of_the_frame(clock, frame_secs, expected):
    slices = Slices()
    clock.now += frame_secs - STEP_SECS
    assert slices.end() - clock.now == pytest.approx(expected)


@pytest.fixture
def session():
    sensors = SensorPoints(id="depth", name="Depth", visible=False, source=Source(path="/made.csv"))
    zones = Zones(id="areas", name="Areas", visible=False, drawn=tuple(zone(f"z{n}", 10 * n, 0, 5) for n in range(300)))
    made = Session(Project(document=Document(layers=(sensors, zones))))
    put(made, sensors, underpasses())
    yield made
    made.close()


def test_slow_pictures_do_not_hold_up_the_statistics(session, clock):
    """It said "Counting" for a minute: 4 ms of each picture, where a picture took three seconds."""
    work = StatisticsWork(session)
    work.ask(Question(property="flood.underpass_depth"))
    work.refresh()
    work._thread.submit(lambda: None).result()                # behind the pool of sensors
    pictures = next(n for n in count(1) if shown(work, clock) or n == 60)
    work.close()
    assert pictures <= 15


def test_slow_pictures_do_not_hold_up_the_vital_signs(session, clock):
    def prepared() -> bool:
        clock.now += PICTURE_SECS
        session.vitals.state()
        session.vitals.tick()
        return session.vitals.board is not None

    assert next(n for n in count(1) if prepared() or n == 60) <= 20


def shown(work: StatisticsWork, clock: Clock) -> bool:
    """Whether the zones are known after one more picture."""
    clock.now += PICTURE_SECS
    work.refresh()
    return bool(work.zones)
