"""The dialog in which files are chosen: the system's where it has one, else Qt's with room for long names."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QFileDialog, QFileSystemModel, QHeaderView, QStyledItemDelegate, QTreeView, QWidget

from twin.text import tr

SIZE = QSize(960, 600)
Mode = QFileDialog.FileMode
TYPE, CHANGED = 2, 3                     # columns of Qt's own dialog


def files(parent: QWidget, title: str, start: str, kinds: str) -> list[str]:
    """Paths of files that are there; none = not now. `start`: a folder or a file in it."""
    return _asked(_dialog(parent, title, start, kinds, Mode.ExistingFiles))


def file(parent: QWidget, title: str, start: str, kinds: str) -> str:
    """"" = not now."""
    return next(iter(_asked(_dialog(parent, title, start, kinds, Mode.ExistingFile))), "")


def folder(parent: QWidget, title: str, start: str) -> str:
    """"" = not now."""
    dialog = _dialog(parent, title, start, "", Mode.Directory)
    dialog.setOption(QFileDialog.Option.ShowDirsOnly)
    return next(iter(_asked(dialog)), "")


def new_file(parent: QWidget, title: str, start: str, kinds: str) -> tuple[str, str]:
    """The path, which the system asked about where something is there already, and the kind chosen; "" = not now."""
    dialog = _dialog(parent, title, start, kinds, Mode.AnyFile)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    return next(iter(_asked(dialog)), ""), dialog.selectedNameFilter()


def usual_folder(parent: QWidget | None) -> str:
    """Where the project of the window lies, else where files were opened or saved last; "" = there are none yet."""
    while parent is not None and not hasattr(parent, "filing"):
        parent = parent.parentWidget()
    if parent is None:
        return ""
    path = parent.session.path if parent.session else None
    return str(path.parent) if path else parent.settings.folder


def _dialog(parent: QWidget, title: str, start: str, kinds: str, mode: Mode) -> QFileDialog:
    """`start`: a folder, a file in it, or a mere name; in the usual folder where it names none."""
    dialog = QFileDialog(parent, title, start if Path(start).is_absolute() else str(Path(usual_folder(parent), start)),
                         kinds)
    dialog.setFileMode(mode)
    return dialog


def _asked(dialog: QFileDialog) -> list[str]:
    with_room(dialog)
    chosen = dialog.selectedFiles() if dialog.exec() else []
    dialog.deleteLater()
    return chosen


def with_room(dialog: QFileDialog) -> None:
    """Of Qt's own: a wide list whose names take what the other columns leave. The system's has no such list."""
    listed = dialog.findChild(QTreeView, "treeView")
    if listed is None:
        return
    head, mode = listed.header(), QHeaderView.ResizeMode
    head.setStretchLastSection(False)
    for column in range(head.count()):
        head.setSectionResizeMode(column, mode.ResizeToContents if column else mode.Stretch)
    listed.setItemDelegateForColumn(TYPE, KindWords(listed))
    listed.setItemDelegateForColumn(CHANGED, WrittenDates(listed))
    dialog.resize(SIZE.boundedTo(dialog.screen().availableSize()))


class KindWords(QStyledItemDelegate):
    """"CSV file" in the language of the window; Qt has English words of the system ("Python script")."""

    def initStyleOption(self, option, index) -> None:
        super().initStyleOption(option, index)
        if isinstance(files := index.model(), QFileSystemModel) and not files.isDir(index):
            suffix = files.fileInfo(index).suffix()
            option.text = tr("{kind} file", kind=suffix.upper()) if suffix else tr("File")


class WrittenDates(QStyledItemDelegate):
    """When a file was changed, as times are written everywhere here; Qt asks the system, which may know no language."""

    def initStyleOption(self, option, index) -> None:
        super().initStyleOption(option, index)
        if isinstance(files := index.model(), QFileSystemModel):
            option.text = files.lastModified(index).toString("yyyy-MM-dd HH:mm")
