"""The few dialogs that wait for an answer. Tests replace these functions."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QInputDialog, QMessageBox, QWidget

from app import file_dialog, theme
from twin.text import tr


def open_files(parent: QWidget, folder: str, projects: bool, title: str = "") -> list[Path]:
    """Files of any kind: what they are is recognised by content."""
    from twin.project import SUFFIX  # not at the start: the window stands before numpy is imported
    everything = tr("All files") + " (*)"
    only = tr("Projects") + f" (*{SUFFIX})"
    paths = file_dialog.files(parent, title or (tr("Open") if projects else tr("Add files")), folder,
                              f"{everything};;{only}" if projects else everything)
    return [Path(path) for path in paths]


def find_file(parent: QWidget, folder: str, name: str) -> Path | None:
    """Where a file of this name lies now; it may have another name by now."""
    path = file_dialog.file(parent, tr("Find {name}", name=name), folder, f"{name} ({name});;{tr('All files')} (*)")
    return Path(path) if path else None


def open_model(parent: QWidget, folder: str, title: str) -> Path | None:
    path = file_dialog.file(parent, title, folder, f"IFC (*.ifc *.IFC *.ifczip *.ifcZIP *.zip);;{tr('All files')} (*)")
    return Path(path) if path else None


def open_folder(parent: QWidget, folder: str, title: str = "") -> list[Path]:
    path = file_dialog.folder(parent, title or tr("Add a folder"), folder)
    return [Path(path)] if path else []


def save_file(parent: QWidget, folder: str, name: str, kinds: str) -> Path | None:
    return save_as(parent, folder, name, kinds)[0]


def save_as(parent: QWidget, folder: str, name: str, kinds: str) -> tuple[Path | None, str]:
    """Where, and the kind of `kinds` that was chosen."""
    path, kind = file_dialog.new_file(parent, tr("Save"), str(Path(folder) / name) if folder else name, kinds)
    return (Path(path) if path else None), kind


def ask_address(parent: QWidget, title: str, words: str) -> str:
    """"" = not now."""
    text, sure = QInputDialog.getText(parent, title, words)
    return text.strip() if sure else ""


def ask_name(parent: QWidget, title: str, name: str) -> str:
    """"" = not now."""
    return ask_text(parent, title, tr("Name"), name)


def ask_text(parent: QWidget, title: str, words: str, text: str) -> str:
    """"" = not now."""
    return ask_line(parent, title, words, text) or ""


def ask_line(parent: QWidget, title: str, words: str, text: str) -> str | None:
    """What was typed, which may be nothing; None = not now."""
    text, sure = QInputDialog.getText(parent, title, words, text=text)
    return text.strip() if sure else None


def ask_to_save(parent: QWidget, name: str) -> str:
    """"save", "discard" or "stay"."""
    box = QMessageBox(parent)
    box.setIconPixmap(theme.icon("save", "accent").pixmap(32, 32))
    box.setWindowTitle("citytwin")
    box.setText(tr("Save the changes to “{name}”?", name=name))
    box.setInformativeText(tr("They are lost otherwise."))
    save = box.addButton(tr("Save"), QMessageBox.ButtonRole.AcceptRole)
    discard = box.addButton(tr("Do not save"), QMessageBox.ButtonRole.DestructiveRole)
    box.addButton(tr("Cancel"), QMessageBox.ButtonRole.RejectRole)
    box.setDefaultButton(save)
    _show_words(box)
    box.exec()
    return {save: "save", discard: "discard"}.get(box.clickedButton(), "stay")


def ask_to_forget(parent: QWidget, days: int, readings: int, first: str, last: str) -> bool:
    """Whether old readings shall really go."""
    box = QMessageBox(QMessageBox.Icon.Warning, "citytwin", tr("Keep only {n} days?", n=days), parent=parent)
    box.setInformativeText(tr("{readings} readings from {first} to {last} will be removed from the store. "
                              "They cannot be brought back.", readings=f"{readings:,}", first=first, last=last))
    remove = box.addButton(tr("Remove them"), QMessageBox.ButtonRole.DestructiveRole)
    stay = box.addButton(tr("Cancel"), QMessageBox.ButtonRole.RejectRole)
    box.setDefaultButton(stay)
    _show_words(box)
    box.exec()
    return box.clickedButton() is remove


def _show_words(box: QMessageBox) -> None:
    """A box that asks little is narrow, and would cut what its buttons say."""
    for button in box.buttons():
        button.ensurePolished()
        button.setMinimumWidth(button.sizeHint().width())


def about(parent: QWidget) -> None:
    from app.cli import version
    box = QMessageBox(parent)
    box.setWindowTitle(tr("About citytwin"))
    box.setIconPixmap(theme.icon("city", "accent").pixmap(48, 48))
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setText(f"citytwin {version()}")
    box.setInformativeText(tr("A digital twin of a city: BIM, CIM and live sensors in one scene, under one clock.")
                           + "\n\n" + tr("Free software under the MIT licence."))
    box.addButton(tr("Close"), QMessageBox.ButtonRole.AcceptRole)
    box.exec()


def show_folder(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))


def fatal(words: str) -> None:
    """The program cannot go on."""
    box = QMessageBox(QMessageBox.Icon.Critical, "citytwin", words)
    box.exec()
