"""Who may know whom (the contracts of pyproject.toml), and what nobody may do."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
ROOMS = ("app", "twin", "layers", "bim", "cim")
FILES = sorted(path for room in ROOMS for path in (ROOT / room).rglob("*.py"))
UNSAFE_MODULES = {"pickle", "marshal", "shelve", "dill", "cloudpickle"}
UNSAFE_CALLS = {"eval", "exec", "__import__"}
SAYING = {"tr", "told"}
MAY_PICKLE = {"twin/spill.py"}                       # between a parent and the workers it spawned


def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def unsafe(tree: ast.Module) -> list[str]:
    """Imports and calls that run what a file says."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found += [a.name for a in node.names if a.name.split(".")[0] in UNSAFE_MODULES]
        elif isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in UNSAFE_MODULES:
            found.append(node.module)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in UNSAFE_CALLS:
            found.append(node.func.id)
        elif isinstance(node, ast.keyword) and node.arg == "allow_pickle" and not (
                isinstance(node.value, ast.Constant) and node.value.value is False):
            found.append("allow_pickle")
    return found


def literals(tree: ast.Module) -> list[str]:
    """Every text that is handed to `tr` or `told` word for word."""
    return [node.args[0].value for node in ast.walk(tree)
            if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant)
            and (getattr(node.func, "id", "") in SAYING or getattr(node.func, "attr", "") in SAYING)]


def test_import_contracts_are_kept():
    done = subprocess.run([sys.executable, "-c", "from importlinter.cli import lint_imports_command as go; go()",
                           "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_nothing_runs_what_a_file_says(path):
    name = path.relative_to(ROOT).as_posix()
    assert name in MAY_PICKLE or unsafe(tree_of(path)) == []


@pytest.mark.parametrize("code", ["import pickle", "from marshal import loads", "eval('1')", "exec(text)",
                                  "np.load(path, allow_pickle=True)"])
def test_the_check_sees_what_is_unsafe(code):
    assert unsafe(ast.parse(code)) and not unsafe(ast.parse("dialog.exec(); np.load(p, allow_pickle=False)"))


def test_every_text_is_translated():
    from twin.text import catalogue
    known = catalogue("zh")
    missing = [f"{path.relative_to(ROOT).as_posix()}: {text!r}" for path in FILES for text in literals(tree_of(path))
               if text not in known]
    assert not missing, "\n".join(missing)


def test_translations_fill_the_same_places():
    from twin.text import catalogue
    places = re.compile(r"{[^}]*}")
    wrong = [english for english, chinese in catalogue("zh").items()
             if sorted(set(places.findall(english))) != sorted(set(places.findall(chinese))) or not chinese.strip()]
    assert not wrong, "\n".join(wrong)
