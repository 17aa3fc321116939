"""The dialog in which files are chosen, where the system has none of its own."""

from __future__ import annotations

import re
from types import SimpleNamespace

import pytest
from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QFileDialog, QStyleOptionViewItem, QTreeView, QWidget

from app import file_dialog
from twin.text import set_language

LONG = "Jiading_Yuanxiang_central_activity_area_buildings_LoD2_2026-07-15_EPSG4549.city.json"


@pytest.fixture
def used(qtbot, monkeypatch, tmp_path):
    """Dialogs that are shown and closed at once, `sure` or not; with what was seen of them."""
    (tmp_path / LONG).write_text("{}")
    (tmp_path / "models").mkdir()
    home, seen = QWidget(), []
    qtbot.addWidget(home)
    QCoreApplication.setAttribute(Qt.ApplicationAttribute.AA_DontUseNativeDialogs)

    def use(way, *args, sure: bool = True, name: str = LONG):
        def closed(dialog):
            dialog.show()
            dialog.selectFile(str(tmp_path / name))
            listed = dialog.findChild(QTreeView, "treeView")
            qtbot.waitUntil(lambda: listed.model().rowCount(listed.rootIndex()) > 0)
            seen.append((dialog.acceptMode(), listed.columnWidth(0), listed.fontMetrics().horizontalAdvance(LONG)))
            dialog.hide()
            return sure
        monkeypatch.setattr(QFileDialog, "exec", closed)
        return way(home, "Choose", str(tmp_path), *args)
    use.seen, use.folder = seen, tmp_path
    yield use
    QCoreApplication.setAttribute(Qt.ApplicationAttribute.AA_DontUseNativeDialogs, False)


def test_long_names_are_seen_whole(used):
    assert used(file_dialog.file, "City models (*.json)") == str(used.folder / LONG)
    _, name_px, words_px = used.seen[0]
    assert name_px > words_px


def test_files_a_folder_and_a_new_file_are_chosen_or_not(used):
    assert used(file_dialog.files, "") == [str(used.folder / LONG)]
    assert used(file_dialog.new_file, "CSV (*.csv);;Parquet (*.parquet)", name="new.csv") == (
        str(used.folder / "new.csv"), "CSV (*.csv)")
    assert used.seen[-1][0] == QFileDialog.AcceptMode.AcceptSave
    assert used(file_dialog.file, "", sure=False) == used(file_dialog.folder, sure=False) == ""


def test_dates_are_written_as_everywhere_and_not_as_the_system_would(used, qtbot):
    """A system without a language writes "26 Nov 2026 13:41:58" or worse."""
    dialog = QFileDialog(None, "Choose", str(used.folder), "")
    qtbot.addWidget(dialog)
    file_dialog.with_room(dialog)
    listed = dialog.findChild(QTreeView, "treeView")
    qtbot.waitUntil(lambda: listed.model().rowCount(listed.rootIndex()) > 0)
    cell, option = listed.model().index(0, file_dialog.CHANGED, listed.rootIndex()), QStyleOptionViewItem()
    listed.itemDelegateForIndex(cell).initStyleOption(option, cell)
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d", option.text)


def test_kinds_of_files_are_words_of_the_window_and_not_of_the_system(used, qtbot):
    """A Chinese window said "Python script" and "Markdown document", as the database of the system has them."""
    for name in ("make.py", "Makefile"):
        (used.folder / name).write_text("")
    dialog = QFileDialog(None, "Choose", str(used.folder), "")
    qtbot.addWidget(dialog)
    file_dialog.with_room(dialog)
    listed = dialog.findChild(QTreeView, "treeView")
    files = listed.model()
    qtbot.waitUntil(lambda: files.rowCount(listed.rootIndex()) == 4)
    said = {}
    set_language("zh")
    try:
        for row in range(4):
            cell, option = files.index(row, file_dialog.TYPE, listed.rootIndex()), QStyleOptionViewItem()
            listed.itemDelegateForIndex(cell).initStyleOption(option, cell)
            said[files.index(row, 0, listed.rootIndex()).data()] = option.text
    finally:
        set_language("en")
    assert (said["make.py"], said["Makefile"], said[LONG]) == ("PY 文件", "文件", "JSON 文件")
    assert "文件" not in said["models"]                           # a folder keeps its own word


def test_a_dialog_without_a_place_begins_where_the_users_files_lie(used, qtbot, tmp_path):
    """It began in the folder that the program was started from."""
    window, begun = QWidget(), []
    qtbot.addWidget(window)
    panel = QWidget(window)
    window.filing, window.session, window.settings = object(), SimpleNamespace(path=None), SimpleNamespace(folder="")
    for path, folder, start in ((None, str(tmp_path / "models"), "rooms.csv"),
                                (tmp_path / "town.twin.json", str(tmp_path / "models"), ""),
                                (tmp_path / "town.twin.json", "", str(tmp_path / "models" / "x.csv"))):
        window.session.path, window.settings.folder = path, folder
        dialog = file_dialog._dialog(panel, "Choose", start, "", QFileDialog.FileMode.AnyFile)
        begun.append(dialog.directory().absolutePath())
        dialog.deleteLater()
    assert begun == [str(tmp_path / "models"), str(tmp_path), str(tmp_path / "models")]
