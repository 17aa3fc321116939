"""The program as it is started: a window first, then the picture, then a clean end."""

from __future__ import annotations

import logging
import subprocess
import sys

from app import main, settings

PROGRAM = """
import sys
from app import main
HEAVY = ("vtkmodules", "pyarrow", "numpy", "pyproj", "ifcopenshell")
heavy = []
def report(mark):
    if mark == "window":
        heavy.extend(name for name in HEAVY if name in sys.modules)
    print(mark, *heavy, flush=True)
sys.exit(main.run(sys.argv[1:], language="zh", report=report, until="picture"))
"""


def test_the_window_stands_before_anything_heavy(tmp_path, monkeypatch):
    for name in ("XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME"):
        monkeypatch.setenv(name, str(tmp_path / name))
    done = subprocess.run([sys.executable, "-c", PROGRAM, str(tmp_path / "none.geojson")], capture_output=True,
                          text=True, timeout=120)
    assert done.stdout.split() == ["window", "filled", "picture"], done.stdout + done.stderr
    assert done.returncode == 0, done.stderr


def test_what_nobody_caught_is_told_and_logged(qtbot, caplog, monkeypatch):
    told = []

    class Window:
        def tell(self, *said):
            told.append(said)

    monkeypatch.setattr(sys, "excepthook", sys.__excepthook__)
    main._watch(Window())
    error = ValueError("a surprise")
    with caplog.at_level(logging.ERROR):
        sys.excepthook(ValueError, error, None)
    assert "a surprise" in told[0][0] and told[0][1] == "error"
    assert any("not caught" in record.message for record in caplog.records)


def test_damaged_settings_start_anew(tmp_path):
    (tmp_path / "settings.json").write_text("[1, 2")
    assert settings.load(tmp_path) == settings.Settings()
    settings.save(settings.Settings(theme="dark").with_recent("/a").with_recent("/b").with_recent("/a"), tmp_path)
    assert settings.load(tmp_path) == settings.Settings(theme="dark", recent=("/a", "/b"))
