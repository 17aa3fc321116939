"""The picture at the front of a line that filters or finds, in the colours of the theme."""

from __future__ import annotations

from PySide6.QtWidgets import QLineEdit

from app import theme

NAME = "loupe"


def show_loupe(line: QLineEdit, icon: str = "search") -> None:
    """Instead of the one it had, which may be that of another theme."""
    for action in line.actions():
        if action.objectName() == NAME:
            line.removeAction(action)
    line.addAction(theme.icon(icon, "muted"), QLineEdit.ActionPosition.LeadingPosition).setObjectName(NAME)
