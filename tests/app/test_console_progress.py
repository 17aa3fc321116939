"""A long command says on a terminal how far it is, and nowhere else."""

from __future__ import annotations

import io

import pytest

from app.console_progress import ConsoleProgress
from app.ifc_cli import in_worker


class Screen(io.StringIO):
    def __init__(self, terminal: bool):
        super().__init__()
        self.terminal = terminal

    def isatty(self) -> bool:
        return self.terminal


def counting(path: str, progress) -> str:
    progress(0, 3, "Drawing pictures")
    return path


@pytest.mark.parametrize("terminal", [True, False])
def test_only_a_terminal_is_told(tmp_path, monkeypatch, terminal):
    screen = Screen(terminal)
    monkeypatch.setattr("sys.stderr", screen)
    assert in_worker(counting, tmp_path / "a.ifc") == str(tmp_path / "a.ifc")
    said = screen.getvalue()
    assert ("Drawing pictures 0 / 3" in said and said.endswith("\r\x1b[K")) if terminal else not said


def test_a_share_is_told_in_percent(monkeypatch):
    screen = Screen(True)
    monkeypatch.setattr("sys.stderr", screen)
    line = ConsoleProgress()
    line(0.45, text="Buildings")
    line(0.5)
    assert screen.getvalue() == "\r\x1b[KBuildings 45%\r\x1b[K50%"
