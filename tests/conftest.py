"""Shared by all tests: where the real files lie, and a visible reason where they do not."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from pathlib import Path

import hypothesis
import pytest

hypothesis.settings.register_profile("shared-machine", deadline=None)       # a busy machine is no failure
hypothesis.settings.load_profile("shared-machine")

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
EXTRAS = tuple(f"pip install 'citytwin[{name}]'" for name in ("spark", "clickhouse", "trino"))     # engines beyond CI
_skipped: list[str] = []


def pytest_runtest_logreport(report):
    if report.skipped and not hasattr(report, "wasxfail"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        if (SHARED.exists() or ALLOWED_SKIP not in reason) and not any(extra in reason for extra in EXTRAS):
            _skipped.append(f"{report.nodeid}: {reason}")


def pytest_sessionfinish(session, exitstatus):
    """Under CI a test that was skipped for a missing component is a failure."""
    if os.environ.get("CITYTWIN_NO_SKIPS") and _skipped and exitstatus == 0:
        session.exitstatus = 1
        print("\nSkipped although everything should be here:", *_skipped, sep="\n  ")
