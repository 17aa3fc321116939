"""The time slider on the screen, through its real widgets."""

from __future__ import annotations

import pytest

from app.panels.timeline import Timeline


@pytest.fixture
def timeline(on_screen, session):
    return on_screen(Timeline(session), 1000, 90)
