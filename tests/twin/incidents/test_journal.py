"""The journal of incidents: the loop in order, nothing lost, nothing changed unnoticed."""

from __future__ import annotations

import json

import pytest

from twin.incidents.incident import STATES
from twin.incidents.journal import Journal, journal_beside, read
from twin.times import MINUTE
from twin.trouble import Trouble


@pytest.fixture
def journal(tmp_path):
    return Journal(tmp_path / "a.incidents.jsonl", now_ns=lambda: 7)


def opened(journal, **more):
    return journal.open(title="Huyi Highway underpass", time_ns=0, level=3, layer="depth", streams=("u-1",),
                        place=(1.0, 2.0, 3.0), role="Duty officer", **more)


def test_the_whole_loop(journal):
    incident = opened(journal)
    for at, state in enumerate(STATES[1:], 1):
        incident = journal.advance(incident.id, state, at * 10 * MINUTE, role="Road maintenance")
    assert incident.state == "closed" and incident.secs() == 2400.0
    assert incident.secs("assigned", "arrived") == 600.0
    assert [incident.state_at(t * MINUTE) for t in (-1, 0, 15, 99)] == ["", "found", "assigned", "closed"]
    (again,) = read(journal.path).incidents()
    assert again == incident and again.place == (1.0, 2.0, 3.0)


def test_the_loop_goes_forward_only(journal):
    incident = opened(journal)
    journal.advance(incident.id, "arrived", 10 * MINUTE)
    for state, time_ns in (("assigned", 20 * MINUTE), ("arrived", 20 * MINUTE), ("handled", 5 * MINUTE), ("gone", 0)):
        with pytest.raises(Trouble):
            journal.advance(incident.id, state, time_ns)
    with pytest.raises(Trouble, match="no incident"):
        journal.advance("I-9", "closed", 0)
    assert len(read(journal.path).entries) == 2


def test_a_correction_is_added_and_the_old_line_stays(journal):
    incident = opened(journal)
    incident = journal.advance(incident.id, "assigned", 10 * MINUTE, note="by radio")
    step = incident.steps[-1]
    incident = journal.correct(incident.id, step.seq, 4 * MINUTE, note="the clock was wrong")
    assert incident.time_of("assigned") == 4 * MINUTE and len(incident.entries) == 3
    assert incident.entries[1].time_ns == 10 * MINUTE and incident.entries[1].note == "by radio"
    incident = journal.advance(incident.id, "arrived", 6 * MINUTE)
    with pytest.raises(Trouble, match="order"):
        journal.correct(incident.id, step.seq, 8 * MINUTE)


def test_what_was_changed_is_found(journal):
    opened(journal)
    opened(journal)
    journal.note("I-0002", 5, "water is falling")
    lines = journal.path.read_text("utf-8").splitlines()
    body = json.loads(lines[1])
    body["time_ns"] = 1
    for changed in ([lines[0], json.dumps(body), lines[2]], [lines[0], lines[2]], [lines[1], lines[2]],
                    [lines[0], "{", lines[2]]):
        journal.path.write_text("\n".join(changed) + "\n", "utf-8")
        with pytest.raises(Trouble, match="changed after"):
            read(journal.path)
        with pytest.raises(Trouble):
            opened(journal)
        assert journal.path.read_text("utf-8").splitlines() == changed, "nothing is written into it"


def test_a_line_that_a_crash_cut_is_dropped_and_the_next_one_follows(journal):
    opened(journal)
    with open(journal.path, "ab") as file:
        file.write(b'{"seq": 2, "incid')
    assert read(journal.path).cut == 17 and len(read(journal.path).incidents()) == 1
    journal.note("I-0001", 5, "still here")
    assert read(journal.path).cut == 0 and len(read(journal.path).entries) == 2


def test_an_id_of_ones_own_once_only(journal):
    assert opened(journal, id="2026-07-15/3").id == "2026-07-15/3"
    with pytest.raises(Trouble, match="already"):
        opened(journal, id="2026-07-15/3")


def test_a_lock_that_a_crash_left_is_taken_over(journal, monkeypatch):
    import os

    from twin.incidents import journal as module
    lock = journal.path.with_name(journal.path.name + ".lock")
    lock.touch()
    os.utime(lock, (0, 0))
    opened(journal)
    assert not lock.exists() and module.read(journal.path).entries


def test_it_lies_beside_the_project(tmp_path):
    assert journal_beside(tmp_path / "jiading.twin.json") == tmp_path / "jiading.incidents.jsonl"
    assert read(tmp_path / "none.jsonl").incidents() == []
