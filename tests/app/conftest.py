"""Shared by the tests of the app: sessions with made content, panels on the screen, a viewport, the whole window."""

from __future__ import annotations

import gc

import pytest

from tests.app.made_sessions import sensor_session


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_protocol(item):
    """What a test drew with is collected here: by a thread of a later test it waited for ever."""
    yield
    if not gc.isenabled() or "viewport_from" in getattr(item, "fixturenames", ()):
        gc.unfreeze()
        gc.collect()
        gc.enable()                     # a window had turned it off for the rest of its process


@pytest.fixture
def window(qtbot, tmp_path, monkeypatch):
    """The whole window on an empty project, in English and light; what is unsaved is given up."""
    from PySide6.QtWidgets import QApplication

    from app import dialogs, settings, theme
    from app.discover import layer_types
    from app.session import Session
    from app.window import Window
    from twin.text import set_language
    layer_types()
    monkeypatch.setattr(settings, "state_folder", lambda: tmp_path / "state")
    monkeypatch.setattr(dialogs, "ask_to_save", lambda parent, name: "discard")
    set_language("en")
    theme.apply(QApplication.instance(), "light")
    made = Window(settings.Settings(language="en", theme="light"), tmp_path / "config")
    made.setGeometry(0, 0, 1280, 720)
    made.show()
    made.fill(Session())
    yield made
    made.close()
    set_language("en")


@pytest.fixture
def viewport_from(qtbot):
    """A small viewport on a session, drawn once from a camera."""
    from app.viewport import Viewport
    views = []

    def show(session, camera):
        made = Viewport(session)
        views.append(made)
        made.resize(320, 240)
        made.show()
        qtbot.waitExposed(made)
        made.set_camera(camera)
        made.frame(0.1)
        return made
    yield show
    for made in views:
        made.close_view()


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


@pytest.fixture
def empty_session():
    from app.session import Session
    made = Session()
    yield made
    made.close()


@pytest.fixture(scope="module")
def small_view():
    """300 by 300 pixels without a window, for all tests of a module."""
    from app.discover import layer_types
    from layers.view import offscreen
    layer_types()
    made = offscreen(300, 300)
    yield made
    made.close()
