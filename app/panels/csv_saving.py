"""A table of a panel as a CSV file, where the user says."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from app import dialogs
from twin.text import tr
from twin.trouble import Trouble
from twin.whole_file import write_atomically

MARK = "\ufeff"                           # lets spreadsheets read UTF-8


def save_csv(parent: QWidget, name: str, table: Callable[[], str], say: Callable[..., None]) -> None:
    """`say(words)`, or `say(words, "danger")` where it could not be written; nothing where nobody chose a file."""
    path = dialogs.save_file(parent, "", name, "CSV (*.csv)")
    if not path:
        return
    try:
        write_atomically(path, MARK + table())
    except Trouble as trouble:
        say(str(trouble), "danger")
    else:
        say(tr("Saved: {path}", path=path))
