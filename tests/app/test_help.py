"""Help without a network: the guide can be searched, every key is listed as it is, and both are shipped."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QTextTable
from PySide6.QtWidgets import QWidget

from app import keys
from app.commands import COMMANDS
from app.panels.help_window import DOCS, GUIDES, KEYS, HelpWindow, joined
from twin.text import catalogue, set_language

ROOT = Path(__file__).resolve().parents[2]
FORMATS = ("formats.md", "formats_zh.md")


@pytest.fixture
def shown(qtbot):
    home = QWidget()
    qtbot.addWidget(home)

    def show(page: int = 0) -> HelpWindow:
        made = HelpWindow(home, page)
        made.show()
        return made
    yield show
    set_language("en")


def level(head: str | None) -> int:
    return len(head) - len(head.lstrip("#")) if head else 0


@dataclass(frozen=True)
class Outline:
    """What a guide has in any language."""

    heads: list[str]
    pictures: list[str]
    rows: int                                             # of all its tables
    typed: Counter[str]                                   # options and subcommands that it names

    @classmethod
    def of(cls, text: str) -> Outline:
        prose = re.sub(r"^```.*?^```", "", text, flags=re.S | re.M)
        code = " ".join(re.findall(r"```.*?```|`[^`]+`", text, re.S))
        typed = re.findall(r"(?<!-)--[a-z][a-z-]+|\bcitytwin (?:ifc )?[a-z]+", " ".join(code.split()))
        return cls(re.findall(r"^#+ .*", prose, re.M), re.findall(r"!\[[^]]*\]\(([^)]+)\)", prose),
                   len(re.findall(r"^\|", prose, re.M)), Counter(typed))


def headings(window) -> list[str]:
    tree = window.guide.contents
    return [tree.topLevelItem(n).text(0) for n in range(tree.topLevelItemCount())]


def test_the_guide_is_searched_and_its_headings_say_where(shown, qtbot):
    window = shown()
    assert "Time" in headings(window)
    qtbot.keyClicks(window.line, "hysteresis is nowhere")
    assert window.said.text() == "Nothing found" and headings(window) == []
    window.line.clear()
    qtbot.keyClicks(window.line, "pinyin")
    assert all(re.search(r"\(\d+\)$", words) for words in headings(window))
    assert window.guide.text.extraSelections()
    first = window.guide.text.textCursor().position()
    qtbot.keyClick(window.line, Qt.Key.Key_Return)
    assert window.guide.text.textCursor().position() != first and window.isVisible()
    qtbot.keyClick(window.line, Qt.Key.Key_Escape)
    assert not window.isVisible()


def test_the_keys_are_those_of_the_commands(shown, qtbot):
    listed = keys.keys()
    assert len([key for key in listed if key.place != "Scene"]) >= len([c for c in COMMANDS if c.shortcut])
    for command in COMMANDS:
        if command.shortcut and command.scope == "window":
            assert any(key.keys == command.shortcut for key in listed), command.id
    window = shown(KEYS)
    qtbot.keyClicks(window.line, "bookmark")
    tree = window.keys
    assert tree.topLevelItemCount() == 1 and tree.topLevelItem(0).child(0).text(1) == "Ctrl+B"


def test_the_help_speaks_chinese(shown):
    set_language("zh")
    window = shown()
    assert "时间" in headings(window)
    window.tabs.setCurrentIndex(KEYS)
    window.line.setText("左键")
    assert window.keys.topLevelItem(0).text(0) == "场景"
    for gesture in keys.GESTURES:
        assert all(words in catalogue("zh") for words in gesture), gesture


def test_wrapped_chinese_reads_on_without_a_space():
    rest = "| 甲 |\n|---|\nTwo\nlines"
    text = "## 打开\n\n文件按内容识别，\n每个成为\n  一行；\n*放置…* 之后\n* 一项，\n  `F2` 重命名\n\n"
    flowing = "## 打开\n\n文件按内容识别，每个成为一行；*放置…* 之后\n* 一项，`F2` 重命名\n\n"
    assert joined(text + rest) == flowing + rest


@pytest.mark.parametrize("pages", [tuple(GUIDES.values()), FORMATS], ids=["guide", "formats"])
def test_the_pages_say_the_same_in_both_languages(pages):
    """Sections, pictures, tables, and what is typed: what one of them gains the other has to gain too."""
    english, chinese = (Outline.of((DOCS / name).read_text("utf-8")) for name in pages)
    heads = [f"{a} | {b}" for a, b in zip_longest(english.heads, chinese.heads) if level(a) != level(b)]
    assert not heads, f"sections from here on differ: {heads[0]}"
    assert english.pictures == chinese.pictures
    assert english.rows == chinese.rows
    assert english.typed - chinese.typed == chinese.typed - english.typed == Counter()


def test_both_pages_of_formats_name_the_same_keys_columns_and_answers():
    """All that a script relies on stands in code: each word of it as often in both."""
    english, chinese = ((DOCS / name).read_text("utf-8") for name in FORMATS)
    block = re.compile(r"^```.*?^```", re.S | re.M)
    assert block.findall(english) == block.findall(chinese)
    counts = [Counter(" ".join(word.split()) for word in re.findall(r"`[^`]+`", block.sub("", text)))
              for text in (english, chinese)]
    assert counts[0] - counts[1] == counts[1] - counts[0] == Counter()


def test_the_readmes_name_the_same_commands():
    english, chinese = (Outline.of((ROOT / name).read_text("utf-8")) for name in ("README.md", "README_zh.md"))
    assert (english.pictures, english.rows) == (chinese.pictures, chinese.rows)
    assert english.typed - chinese.typed == chinese.typed - english.typed == Counter()


def test_a_link_to_another_page_shows_it_and_the_way_back(shown):
    window = shown()
    guide, before = window.guide, window.guide.text.toPlainText()
    guide.text.anchorClicked.emit(QUrl("formats.md"))
    assert guide.text.toPlainText().startswith((DOCS / "formats.md").read_text("utf-8").split("\n")[0].lstrip("# "))
    assert headings(window)[0] == "← Guide" and len(headings(window)) > 3
    guide.contents.itemClicked.emit(guide.contents.topLevelItem(0), 0)
    assert guide.text.toPlainText() == before and headings(window)[0] == "User guide"


@pytest.mark.parametrize("spoken", GUIDES)
def test_tables_without_a_head_show_none(shown, spoken):
    set_language(spoken)
    tables = [frame for frame in shown().guide.text.document().rootFrame().childFrames()
              if isinstance(frame, QTextTable)]
    assert tables
    for table in tables:
        assert any(table.cellAt(0, n).firstCursorPosition().block().text() for n in range(table.columns()))


@pytest.mark.parametrize("name", [*GUIDES.values(), *FORMATS])
def test_pictures_and_pages_that_the_guides_name_are_there_and_all_is_shipped(name):
    text = (DOCS / name).read_text("utf-8")
    for named in re.findall(r"\]\((?!https:)([^)]+)\)", text):
        assert (DOCS / named).exists(), named
        assert name not in (GUIDES["zh"], FORMATS[1]) or not (DOCS / f"{Path(named).stem}_zh.md").exists(), named
    told = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["setuptools"]
    assert "docs" in told["packages"] and "*.md" in told["package-data"]["docs"]
    assert any(Path(picture).match(told["package-data"]["docs"][1]) for picture in ("pictures/sample.png",))
