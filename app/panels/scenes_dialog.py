"""The scenes of the project: go there, let one show what is shown now, rename, remove. Each change is an edit."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
)

from app import scenes, theme
from app.commands.command import Window
from twin.text import language, tr


class ScenesDialog(QDialog):
    """Stays open beside the scene; `refresh` (every tick) lists anew what undo or another edit changed."""

    def __init__(self, window: Window):
        super().__init__(window)
        self.home, self.session = window, window.session
        self.setWindowTitle(tr("Scenes"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._listed: tuple | None = None
        self.list = QListWidget()
        self.list.itemDoubleClicked.connect(lambda item: self._go())
        self.list.itemChanged.connect(self._renamed)
        self.list.currentRowChanged.connect(lambda row: self._enable())
        self.go, self.update_, self.rename, self.remove = self.buttons = [
            QPushButton(theme.icon(icon), words) for icon, words in
            (("fly", tr("Go to scene")), ("reload", tr("Update")), ("rename", tr("Rename")), ("remove", tr("Remove")))]
        self.update_.setToolTip(tr("It shows from now on what is shown now: camera, time and visible layers"))
        acts = (self._go, self._update, lambda: self.list.editItem(self.list.currentItem()), self._remove)
        for button, act in zip(self.buttons, acts):
            button.setAutoDefault(False)
            button.clicked.connect(act)
        self._arrange()
        window.panels.append(self)
        self.finished.connect(lambda: window.panels.remove(self))
        self.resize(420, 300)
        self.refresh()

    def _arrange(self) -> None:
        words = QLabel(tr("A scene keeps the camera, the time, and which layers are shown."), wordWrap=True)
        words.setProperty("role", "muted")
        row, side = QHBoxLayout(), QVBoxLayout()
        row.addWidget(self.list, 1)
        row.addLayout(side)
        for button in self.buttons:
            side.addWidget(button)
        side.addStretch(1)
        close = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        close.button(QDialogButtonBox.StandardButton.Close).setText(tr("Close"))
        close.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(12)
        column.addWidget(words)
        column.addLayout(row, 1)
        column.addWidget(close)

    def refresh(self) -> None:
        seen = (self.session.document.scenes, language())
        if self._listed is not None and self._listed[0] is seen[0] and self._listed[1] == seen[1]:
            return
        self._listed, kept = seen, self._id()
        self.list.blockSignals(True)
        self.list.clear()
        for scene in self.session.document.scenes:
            item = QListWidgetItem(theme.icon("scene"), scene.title(language()))
            item.setData(Qt.ItemDataRole.UserRole, scene.id)
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsEditable)
            self.list.addItem(item)
            if scene.id == kept:
                self.list.setCurrentItem(item)
        self.list.blockSignals(False)
        if self.list.currentItem() is None:
            self.list.setCurrentRow(0)
        self._enable()

    def _id(self) -> str:
        item = self.list.currentItem()
        return item.data(Qt.ItemDataRole.UserRole) if item else ""

    def _enable(self) -> None:
        for button in self.buttons:
            button.setEnabled(bool(self._id()))

    def _go(self) -> None:
        self.home.go_to_scene(self._id())

    def _update(self) -> None:
        scenes.update(self.session, self._id(), self.home.viewport.camera())
        self.home.status.tell(tr("Scene saved: {name}", name=self.list.currentItem().text()))

    def _renamed(self, item: QListWidgetItem) -> None:
        name = item.text().strip()
        if name:
            scenes.rename(self.session, item.data(Qt.ItemDataRole.UserRole), name, language())
        else:
            self._listed = None                      # an empty name is none: the old one comes back
        self.refresh()

    def _remove(self) -> None:
        scenes.remove(self.session, self._id())
        self.refresh()
