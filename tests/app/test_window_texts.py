"""Everything the window says stands in both languages."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import app
from app.actions import MENUS, SUBMENUS, of_menu
from app.commands import COMMANDS
from app.docking import LABELS
from app.menus import THEMES
from app.panels.layer_facts import ACTION_LABELS
from twin.readers import discover
from twin.text import catalogue

HOME = Path(app.__file__).parent
OURS = ("actions adding dialogs filing finding main menus opening scenes window panels/layers "
        "panels/layer_facts panels/layer_model panels/layer_delegate panels/notice panels/opacity_popover "
        "panels/palette panels/status commands/scenes panels/scenes_dialog panels/bake_dialog "
        "panels/dialog_buttons panels/help_window").split()


@pytest.mark.parametrize("module", OURS)
def test_every_text_is_translated(module):
    source = (HOME / f"{module}.py").read_text(encoding="utf-8")
    source = re.sub(r'"\s*\n\s*"', "", source)                       # a text over two lines is one text
    said = re.findall(r"""\btr\(\s*(?:f?"([^"]+)")""", source)
    missing = [text for text in said if text.replace("\\n", "\n") not in catalogue("zh")]
    assert not missing


def test_what_is_translated_by_table():
    known = catalogue("zh")
    labels = [c.label for c in COMMANDS] + list(MENUS.values()) + list(ACTION_LABELS.values()) + list(LABELS.values())
    labels += [*THEMES.values(), *(label for label, _ in SUBMENUS.values())]
    assert [label for label in labels if label not in known] == []


def test_what_readers_are_called_is_translated():
    names = {"IFC", "CityGML", "CityJSON", "GeoParquet", "3D Tiles"}      # the formats' own names
    labels = {one.label for one in discover().values()} - names
    assert [label for label in sorted(labels) if label not in catalogue("zh")] == []


@pytest.mark.parametrize("module", [p.relative_to(HOME).with_suffix("").as_posix() for p in HOME.rglob("*.py")])
def test_the_names_of_edits_are_translated(module):
    source = (HOME / f"{module}.py").read_text(encoding="utf-8")
    labels = re.findall(r"""commit\([^\n]*?,\s*"([A-Z][^"]+)"[,)]""", source)
    assert [label for label in labels if label not in catalogue("zh")] == []


def test_menu_letters_are_unique():
    for language in ("en", "zh"):
        say = (lambda t: t) if language == "en" else (lambda t: catalogue("zh")[t])
        for menu in [*MENUS, *SUBMENUS]:
            labels = [c.label for c in COMMANDS if c.menu == menu]
            labels += [label for path, (label, _) in SUBMENUS.items() if path.rpartition("/")[0] == menu]
            letters = [m[0].lower() for label in labels for m in re.findall(r"&(\w)", say(label))]
            assert len(letters) == len(set(letters)), (language, menu, letters)


def test_no_menu_is_longer_than_a_small_screen():
    """About 26 pixels a row: 16 rows fit well into 720."""
    for menu in [*MENUS, *SUBMENUS]:
        assert len([id for id in of_menu(menu) if id]) <= 16, menu
    shown = {id for menu in [*MENUS, *SUBMENUS] for id in of_menu(menu)}
    assert [c.id for c in COMMANDS if c.menu and c.id not in shown] == []
