"""Words for codes: edited in a dialog and at the command line, kept in the project, said in both languages."""

from __future__ import annotations

import json

import pytest

from app.cli import main
from app.discover import layer_types
from app.panels.words_dialog import WordsDialog
from app.session import Session
from twin.document import Document
from twin.project import Project, load, save
from twin.text import set_language
from twin.value_words import ValueWord, worded


def word(value: str, name: str, name_zh: str, *columns: str) -> ValueWord:
    return ValueWord(value=value, name=name, name_zh=name_zh, columns=columns)


WORDS = (word("R2", "homes", "住宅", "use"), word("PVC", "plastic", "塑料"))


@pytest.fixture
def session():
    layer_types()
    session = Session(Project(document=Document(words=WORDS)))
    yield session
    session.close()


def test_the_dialog_adds_changes_and_removes_in_one_edit(session, qtbot):
    dialog = WordsDialog(session)
    qtbot.addWidget(dialog)
    assert dialog.words() == WORDS
    dialog.table.item(0, 1).setText("flats")
    dialog.table.selectRow(1)
    dialog.less.click()
    dialog.more.click()
    for n, text in enumerate(("M1", "works", "工业", "use, kind")):
        dialog.table.item(1, n).setText(text)
    dialog.more.click()                                        # a row that stays empty is none
    dialog.keep.click()
    assert session.document.words == (word("R2", "flats", "住宅", "use"), word("M1", "works", "工业", "use", "kind"))
    session.edits.undo()
    assert session.document.words == WORDS


def test_two_words_for_one_code_are_refused(session, qtbot):
    dialog = WordsDialog(session)
    qtbot.addWidget(dialog)
    dialog.table.item(1, 0).setText("R2")
    dialog.table.item(1, 3).setText("use")
    dialog.keep.click()
    assert "R2" in dialog.wrong.text() and session.document.words == WORDS


def test_the_command_line_tells_changes_and_removes(tmp_path, capsys):
    path = tmp_path / "p.twin.json"
    save(Project(document=Document(words=WORDS)), path)
    changes = ["--set", "R2=flats|公寓|use", "--set", "M1=works", "--remove", "PVC"]
    assert main(["words", str(path), *changes, "--json"]) == 0
    said = json.loads(capsys.readouterr().out)["words"]
    assert said == [{"value": "R2", "name": "flats", "name_zh": "公寓", "columns": ["use"]},
                    {"value": "M1", "name": "works", "name_zh": "", "columns": []}]
    words = load(path).document.words
    assert worded(words, "use", "R2") == "flats" and worded(words, "name", "R2") == "R2"
    set_language("zh")
    assert worded(words, "use", "R2") == "公寓"
    set_language("en")
    assert main(["words", str(path), "--remove", "PVC"]) != 0 and "PVC" in capsys.readouterr().err
    assert main(["words", str(path), "--set", "nothing"]) != 0 and "VALUE=" in capsys.readouterr().err
