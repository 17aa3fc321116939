"""An inspector over a session with a city and sensors."""

from __future__ import annotations

import pytest

from app.discover import layer_types
from app.panels.inspector import Inspector
from layers.base import VISUALS, Visual

layer_types()


@pytest.fixture
def session(session, monkeypatch):
    for kind in ("sensors", "city"):
        monkeypatch.setitem(VISUALS, kind, Visual)
    return session


@pytest.fixture
def inspector(on_screen, session):
    return on_screen(Inspector(session), 320, 900)
