"""Readings that a recorder without a window left beside a project are spoken of when it is opened."""

from __future__ import annotations

import time
from pathlib import Path

from app.discover import layer_types
from app.session import Session
from app.stored_question import StoredQuestion
from tests.twin.history import made_store
from twin.history.store import store_beside

layer_types()


def test_what_nobody_shows_is_told_once_and_shown_by_a_click(tmp_path, monkeypatch):
    session = Session()
    session.save(tmp_path / "town.twin.json")
    made_store.made(store_beside(tmp_path / "town.twin.json"))
    session.open(tmp_path / "town.twin.json")
    told = []
    question = StoredQuestion(session, lambda words, tone, ways: told.append((words, dict(ways))))
    question.refresh()
    question.refresh()
    (words, ways), = told
    assert "no layer shows" in words
    ways["Show them"]()
    end = time.monotonic() + 60
    while not session.document.layers and time.monotonic() < end:
        session.tick(0.0)
        time.sleep(0.01)
    assert {layer.observed for layer in session.document.layers} == {"heat", "noise"}
    session.save(tmp_path / "town.twin.json")
    session.open(tmp_path / "town.twin.json")
    question.refresh()
    assert len(told) == 1                                        # they are shown now
    monkeypatch.chdir(tmp_path)
    session.open(Path("town.twin.json"))                         # as a command line names it
    question.refresh()
    assert len(told) == 1 and session.path == tmp_path / "town.twin.json"
    session.close()
