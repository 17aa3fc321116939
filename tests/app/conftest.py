"""Shared by the tests of panels: a session with made content, and a panel on the screen."""

from __future__ import annotations

import pytest

from tests.app.made_sessions import sensor_session


@pytest.fixture
def session():
    made = sensor_session()
    yield made
    made.close()


@pytest.fixture
def on_screen(qtbot):
    """Show a panel at a size, refreshed once, until the test ends."""
    def show(panel, width: int, height: int):
        qtbot.addWidget(panel)
        panel.resize(width, height)
        panel.show()
        panel.refresh()
        return panel
    return show
