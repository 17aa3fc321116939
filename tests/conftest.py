"""Shared by all tests: where the real files lie, and a visible reason where they do not."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from pathlib import Path

import hypothesis
import pytest
from pytestqt.qtbot import QtBot

hypothesis.settings.register_profile("shared-machine", deadline=None)       # a busy machine is no failure
hypothesis.settings.load_profile("shared-machine")
QtBot.waitUntil.__kwdefaults__["timeout"] = 60_000                          # ms: waiting ends when the thing is there

os.environ["CITYTWIN_CACHE"] = tempfile.mkdtemp(prefix="citytwin-cache-")      # workers inherit it
atexit.register(shutil.rmtree, os.environ["CITYTWIN_CACHE"], ignore_errors=True)
SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"
SAMPLES = Path(__file__).resolve().parents[1] / "data_samples"


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real files; tests that ask for it are marked `realdata`."""
    if not SHARED.exists():
        pytest.skip("the real files of ../shared/data are not here")
    return SHARED


@pytest.fixture(scope="session")
def samples() -> Path:
    return SAMPLES


# -- nothing is skipped in silence -------------------------------------------------------------------

ALLOWED_SKIP = "the real files of ../shared/data are not here"
BEYOND_CI = (*(f"pip install 'citytwin[{name}]'" for name in ("spark", "clickhouse", "trino")),     # other engines
             "py3dtiles is not installed: it wants numpy < 2.4")             # and what cannot stand beside our pins
_skipped: list[str] = []


def _note_skip(report):
    if report.skipped and not hasattr(report, "wasxfail"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        if (SHARED.exists() or ALLOWED_SKIP not in reason) and not any(known in reason for known in BEYOND_CI):
            _skipped.append(f"{report.nodeid}: {reason}")


pytest_runtest_logreport = pytest_collectreport = _note_skip       # a whole file is skipped while it is collected


def pytest_sessionfinish(session, exitstatus):
    """Under CI a test that was skipped for a missing component is a failure."""
    if os.environ.get("CITYTWIN_NO_SKIPS") and _skipped and exitstatus == 0:
        session.exitstatus = 1


def pytest_terminal_summary(terminalreporter):
    """Why CI is red is said where one looks: in the last lines."""
    if os.environ.get("CITYTWIN_NO_SKIPS") and _skipped:
        terminalreporter.section("skipped although everything should be here", red=True)
        terminalreporter.write_line("\n".join(_skipped))
