"""The events of the project's rules follow its rules and its readings."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest

from app.session import Session
from twin.incidents.rule import AlarmRule
from twin.project import load

DEPTH = AlarmRule(id="depth", layer="sensors.flood.underpass_depth", name="Underpass", yellow=3, orange=15, red=25,
                  observed="flood.underpass_depth")


@pytest.fixture
def session(samples):
    made = Session(load(samples / "jiading.twin.json"))
    others = [x.id for x in made.document.layers if x.id != DEPTH.layer and x.kind != "group"]
    made.edits.commit(replace(made.document.without(others), rules=(), scenarios=()), "only")
    yield made
    made.close()


def settle(session):
    session.settle(60)
    end = time.monotonic() + 30
    while session.alarms.searching and time.monotonic() < end:
        session.tick(0.0)
        time.sleep(0.005)


def test_rules_find_events_and_take_them_along(session):
    session.edits.commit(session.document.with_rule(DEPTH), "rule")
    settle(session)
    assert not session.alarms.searching
    events = session.alarms.events
    assert events and {e.rule for e in events} == {"depth"} and max(e.level for e in events) == 3
    before = session.alarms.revision
    session.tick(0.0)
    assert session.alarms.revision == before, "idle"

    session.edits.commit(session.document.with_rule(replace(DEPTH, yellow=None, orange=None)), "stricter")
    settle(session)
    assert 0 < len(session.alarms.events) < len(events) or all(e.level == 3 for e in session.alarms.events)
    session.edits.undo()
    settle(session)
    assert session.alarms.events == events
    session.edits.commit(session.document.without_rule("depth"), "gone")
    session.tick(0.0)
    assert session.alarms.events == ()
