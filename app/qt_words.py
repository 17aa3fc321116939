"""The words that Qt itself says, in its own dialogs and menus, in the language of the window."""

from __future__ import annotations

from PySide6.QtCore import QLibraryInfo, QLocale, QTranslator
from PySide6.QtWidgets import QApplication

from twin.text import language, tr

FILES = {"zh": "qtbase_zh_CN"}               # Qt speaks English by itself
# What Qt's own file leaves in English, and what it says wrongly: the size of a file is no volume.
OURS = {"QFileDialog": ("&Look in:", "Files of &type:"), "QFileSystemModel": ("Size",),
        "QAbstractFileIconProvider": ("Drive", "File", "%1 File", "Folder", "File Folder", "Shortcut", "Unknown")}
_held: list[QTranslator] = []


def locale() -> QLocale:
    """Of the window's language, for what Qt writes by itself: months, days of the week."""
    return QLocale("zh_CN" if language() == "zh" else "en_GB")


def speak(language: str) -> None:
    """From now on; what is open keeps its words."""
    application = QApplication.instance()
    while _held:
        application.removeTranslator(_held.pop())
    translator = QTranslator(application)
    if language in FILES and translator.load(FILES[language],
                                             QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)):
        for one in (translator, Ours(application)):           # the newest is asked first
            application.installTranslator(one)
            _held.append(one)


class Ours(QTranslator):
    """The few words of Qt that we say ourselves."""

    def translate(self, context: str, source: str, disambiguation: str | None = None, n: int = -1) -> str | None:
        """None = the next translator is asked; "" would be taken for a translation."""
        return tr(source) if source in OURS.get(context, ()) else None

    def isEmpty(self) -> bool:
        return False
