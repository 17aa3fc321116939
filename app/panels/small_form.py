"""A small dialog that asks for a few values: a form with OK and Cancel at its foot."""

from __future__ import annotations

from PySide6.QtWidgets import QComboBox, QDialog, QDialogButtonBox, QFormLayout, QWidget

from twin.text import tr

OK, CANCEL = QDialogButtonBox.StandardButton.Ok, QDialogButtonBox.StandardButton.Cancel


def lay_out(dialog: QDialog, *rows: QWidget | tuple[str, QWidget]) -> None:
    """A row is a widget as wide as the dialog, or the words before one."""
    buttons = QDialogButtonBox(OK | CANCEL)
    buttons.button(OK).setText(tr("OK"))
    buttons.button(CANCEL).setText(tr("Cancel"))
    buttons.accepted.connect(dialog.accept)
    buttons.rejected.connect(dialog.reject)
    form = QFormLayout(dialog)
    form.setContentsMargins(16, 16, 16, 16)
    form.setSpacing(8)
    for row in (*rows, buttons):
        form.addRow(row) if isinstance(row, QWidget) else form.addRow(*row)


def choice(words: dict[str, str], present: str) -> QComboBox:
    """Of the values by their English words; one that is none of them but present is offered too."""
    box = QComboBox()
    for value, said in (words if present in words else {present: present, **words}).items():
        box.addItem(tr(said), value)
    box.setCurrentIndex(box.findData(present))
    return box
