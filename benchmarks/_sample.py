"""The sample project in the real window, as the benchmarks need it: loaded, settled, the loop ticked by hand."""

from __future__ import annotations

import time
from pathlib import Path
from tempfile import mkdtemp

SAMPLE = Path(__file__).resolve().parents[1] / "data_samples" / "jiading.twin.json"
SETTLE_SECS = 120.0


def empty_window(width: int, height: int):
    """The program's window with nothing in it; call it from `main` (its workers import the main module again)."""
    import sys

    from PySide6.QtWidgets import QApplication

    from app import settings, theme
    from app.discover import layer_types
    from app.session import Session
    from app.window import Window
    from twin.frame import check_proj
    layer_types()
    check_proj()                                                 # as the program does while it starts
    application = QApplication.instance() or QApplication(sys.argv[:1])
    theme.apply(application, "light")
    scratch = Path(mkdtemp(prefix="citytwin-bench-"))
    settings.state_folder = lambda: scratch / "state"            # never the user's own
    window = Window(settings.Settings(theme="light"), scratch / "config")
    window.resize(width, height)
    window.show()
    window.fill(Session())
    window.loop.stop()
    return window


def settle(window) -> None:
    """Tick until everything is read, drawn and shaded."""
    from PySide6.QtWidgets import QApplication
    quiet, end = 0, time.monotonic() + SETTLE_SECS
    while quiet < 5 and time.monotonic() < end:
        frames = window.loop.frames
        window.loop.tick()
        QApplication.processEvents()
        busy = window.session.assets.loading or window.session.jobs.jobs or window.loop.frames > frames
        quiet = 0 if busy else quiet + 1
        time.sleep(0.005)


def close(window) -> None:
    from app import dialogs
    dialogs.ask_to_save = lambda parent, name: "discard"
    window.close()
