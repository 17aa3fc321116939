"""The words that Qt itself says, in its own dialogs and menus, in the language of the window."""

from __future__ import annotations

from PySide6.QtCore import QLibraryInfo, QTranslator
from PySide6.QtWidgets import QApplication

FILES = {"zh": "qtbase_zh_CN"}               # Qt speaks English by itself
_held: list[QTranslator] = []


def speak(language: str) -> None:
    """From now on; what is open keeps its words."""
    application = QApplication.instance()
    while _held:
        application.removeTranslator(_held.pop())
    translator = QTranslator(application)
    if language in FILES and translator.load(FILES[language],
                                             QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)):
        application.installTranslator(translator)
        _held.append(translator)
