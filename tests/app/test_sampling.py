"""An empty window leads to the sample project: the one at hand, or one that a worker makes."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton

from app import sampling
from twin.document import Document
from twin.layer import Group
from twin.project import Project, save


def make_small(folder: str, progress) -> str:
    """In the place of the generator, which takes a minute."""
    progress(0.5)
    Path(folder).mkdir(parents=True)
    path = Path(folder) / sampling.NAME
    save(Project(document=Document(layers=(Group(id="g", name="Small"),))), path)
    return str(path)


@pytest.fixture
def not_written(monkeypatch):
    monkeypatch.setattr(sampling, "written", lambda: None)
    monkeypatch.setattr(sampling, "make", make_small)


def test_the_button_of_the_empty_page_opens_the_sample_at_hand(window, qtbot, samples):
    qtbot.waitUntil(window.layers.sample_button.isVisible)
    qtbot.mouseClick(window.layers.sample_button, Qt.MouseButton.LeftButton)
    assert window.session.path == samples / sampling.NAME and len(window.session.document.layers) > 100


def test_a_sample_that_is_nowhere_is_made_and_then_shown(window, qtbot, not_written):
    qtbot.mouseClick(window.layers.sample_button, Qt.MouseButton.LeftButton)
    qtbot.mouseClick(window.layers.sample_button, Qt.MouseButton.LeftButton)
    assert sum(isinstance(panel, sampling.Making) for panel in window.panels) == 1, "one is enough"
    qtbot.waitUntil(lambda: len(window.session.document.layers) > 0, timeout=60_000)
    assert window.session.path == sampling.made_folder() / sampling.NAME


def test_what_was_opened_meanwhile_stays_and_a_click_leads_on(window, qtbot, not_written):
    sampling.open_sample(window)
    window.session.edits.commit(Document(layers=(Group(id="mine", name="Mine"),)), "Add layers")
    qtbot.waitUntil(lambda: window.notices.shown[-1].text == "The sample project is ready.", timeout=60_000)
    assert window.session.document.layer("mine")
    window.notices.shown[-1].findChild(QPushButton).click()
    assert window.session.document.layer("g") and not window.session.document.layer("mine")
