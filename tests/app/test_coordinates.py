"""Choosing the system of a layer's numbers: one edit, undone like any other; a wrong code is told."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from app import dialogs
from app.filing import Filing
from tests.app.made_sessions import sensor_session


@pytest.fixture
def filing():
    session, told = sensor_session(), []
    made = Filing.__new__(Filing)
    made.session, made.window = session, SimpleNamespace(tell=lambda words, tone: told.append(words))
    made.told = told
    yield made
    session.close()


def crs(filing):
    return filing.session.document.layer("city").source.crs


def test_a_choice_is_an_edit_that_can_be_undone(filing, monkeypatch):
    monkeypatch.setattr(dialogs, "ask_crs", lambda *_: "gcj02")
    filing.choose_crs("city")
    assert crs(filing) == "GCJ-02" and not filing.told
    filing.session.edits.undo()
    assert crs(filing) == ""


def test_a_code_that_is_none_is_told_and_changes_nothing(filing, monkeypatch):
    monkeypatch.setattr(dialogs, "ask_crs", lambda *_: "EPSG:999999")
    filing.choose_crs("city")
    assert crs(filing) == "" and "999999" in filing.told[0]


@pytest.mark.parametrize("text, sure, answer", [("BD-09 (Baidu)", True, "BD-09"), ("EPSG:2056", True, "EPSG:2056"),
                                                ("As the file says", True, ""), ("BD-09 (Baidu)", False, None)])
def test_the_dialog_gives_codes_for_its_words(monkeypatch, text, sure, answer):
    monkeypatch.setattr(dialogs.QInputDialog, "getItem", lambda *_: (text, sure))
    assert dialogs.ask_crs(None, "", "EPSG:4549") == answer
