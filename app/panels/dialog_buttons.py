"""The foot of a dialog: what it is there for, and Cancel, which Escape means too."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QDialog, QDialogButtonBox, QPushButton

from twin.text import tr


def act_or_cancel(dialog: QDialog, act: QPushButton, run: Callable[[], None]) -> QDialogButtonBox:
    """`run` closes the dialog itself once it is content with what was filled in."""
    box = QDialogButtonBox()
    box.addButton(act, QDialogButtonBox.ButtonRole.ActionRole)
    cancel = box.addButton(tr("Cancel"), QDialogButtonBox.ButtonRole.RejectRole)
    cancel.setAutoDefault(False)
    act.setDefault(True)
    act.clicked.connect(run)
    box.rejected.connect(dialog.reject)
    return box
