"""Shared by all tests: where the real files lie, and a visible reason where they do not."""

from __future__ import annotations

from pathlib import Path

import pytest

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
