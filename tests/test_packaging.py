"""What a fresh machine gets is what was tested."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def locked(name: str) -> dict[str, set[str]]:
    """Package to the versions that a lock file holds (several where they differ by Python version)."""
    found: dict[str, set[str]] = {}
    for line in (ROOT / name).read_text(encoding="utf-8").splitlines():
        if match := re.match(r"^([A-Za-z0-9._-]+)==(\S+)", line):
            found.setdefault(match[1].lower().replace("_", "-"), set()).add(match[2])
    return found


def names(requirements: list[str]) -> list[tuple[str, str]]:
    return [(re.match(r"[A-Za-z0-9._-]+", r)[0].lower().replace("_", "-"), r) for r in requirements]


def test_every_dependency_is_locked_at_what_it_asks_for():
    from packaging.requirements import Requirement
    lock = locked("requirements.txt")
    for name, text in names(PYPROJECT["project"]["dependencies"]):
        assert name in lock, f"{name} is not in requirements.txt: run make lock"
        assert all(version in Requirement(text).specifier for version in lock[name]), text


def test_the_test_lock_extends_the_run_lock():
    run, test = locked("requirements.txt"), locked("requirements-test.txt")
    assert {name: versions for name, versions in run.items() if test.get(name) != versions} == {}
    extra = PYPROJECT["project"]["optional-dependencies"]
    for name, _ in names(extra["test"] + extra["bench"]):
        assert name == "citytwin" or name in test


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-test.txt"])
def test_locks_have_hashes_and_name_no_server(name):
    text = (ROOT / name).read_text(encoding="utf-8")
    assert "://" not in text
    blocks = re.split(r"\n(?=[a-z])", text)
    assert all("--hash=sha256:" in block for block in blocks if re.match(r"[a-z0-9._-]+==", block))


def test_the_published_schema_is_what_the_code_says():
    """Asked in a process of its own: other tests register layer types that are not the product's."""
    import subprocess
    import sys
    said = subprocess.run([sys.executable, "-m", "app.cli", "schema"], capture_output=True, cwd=ROOT, check=True).stdout
    published = json.loads((ROOT / "twin/schema/project-3.json").read_text(encoding="utf-8"))
    assert published == json.loads(said), "run make schema"


def test_every_package_folder_is_installed():
    folders = {".".join(p.parent.relative_to(ROOT).parts) for p in ROOT.glob("*/**/__init__.py")
               if p.relative_to(ROOT).parts[0] in
               ("app", "twin", "layers", "bim", "cim", "docs", "icons", "data_samples")}
    assert folders == set(PYPROJECT["tool"]["setuptools"]["packages"])


def test_qt_calls_that_return_nothing_leave_the_references_to_none_alone():
    """PySide6 6.12.0 gives one away with every such call; on Python 3.11 that ends the program within a minute."""
    import sys

    from PySide6.QtCore import QObject
    thing, before = QObject(), sys.getrefcount(None)
    for number in range(1000):
        thing.setProperty("n", number)
        thing.blockSignals(False)
        thing.setObjectName("x")
    assert sys.getrefcount(None) - before > -500 or sys.version_info >= (3, 12)
