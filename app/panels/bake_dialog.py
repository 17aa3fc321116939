"""Asks what of the project becomes tiles, and where they go; says what will be written before anything is."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
)

from app import dialogs, theme
from app.baking import Baking, bakes, sources
from app.commands.command import Window
from app.panels.dialog_buttons import act_or_cancel
from cim.bake.store import SCRATCH
from twin.text import tr

NAME = "tiles"                                   # of the folder that is proposed
ROW_PX, MOST_ROWS, WIDTH_PX = 20, 8, 560


class BakeDialog(QDialog):
    """A row for each file, ticked where its layer is chosen; all where none is."""

    def __init__(self, window: Window):
        super().__init__(window)
        self.home = window
        self.setWindowTitle(tr("Bake into tiles"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.list, self.folder, self.browse = QListWidget(), QLineEdit(), QPushButton(tr("Browse…"))
        self.told, self.said = QLabel(wordWrap=True), QLabel(wordWrap=True)
        self.go = QPushButton(theme.icon("tiles"), tr("Bake"))
        self._list()
        self.folder.setText(str(self._proposed()))
        self.folder.setAccessibleName(tr("Folder"))
        self._lay_out()
        self.list.itemChanged.connect(lambda _: self._tell())
        self.folder.textChanged.connect(lambda _: self._tell())
        self.browse.clicked.connect(self._browse)
        self.browse.setAutoDefault(False)
        self._tell()
        self.resize(WIDTH_PX, self.layout().heightForWidth(WIDTH_PX) + ROW_PX)

    def _list(self) -> None:
        ticked = set(bakes(self.home))
        for path, names in sources(self.home).items():
            item = QListWidgetItem(f"{', '.join(names)}  —  {Path(path).name}")
            item.setToolTip(path)
            item.setData(Qt.ItemDataRole.UserRole, path)
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
            item.setCheckState(Qt.CheckState.Checked if path in ticked else Qt.CheckState.Unchecked)
            self.list.addItem(item)
        self.list.setMinimumHeight(ROW_PX * max(2, min(MOST_ROWS, self.list.count())))

    def _proposed(self) -> Path:
        """Beside the project, else where files were opened last."""
        project, last = self.home.session.path, self.home.settings.folder
        return (project.absolute().parent if project else Path(last) if last else Path.home()) / NAME

    def _lay_out(self) -> None:
        why = QLabel(tr("Tiles of a large city are streamed: only what the camera needs is read. The files and layers "
                        "stay as they are; the tiles can be added as a layer of their own, here and in other programs "
                        "that read 3D Tiles."), wordWrap=True)
        self.told.setProperty("role", "muted")
        self.said.setProperty("role", "danger")
        where = QHBoxLayout()
        where.addWidget(self.folder, 1)
        where.addWidget(self.browse)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(8)
        for part in (why, QLabel(tr("What becomes tiles")), self.list, QLabel(tr("Folder"))):
            column.addWidget(part)
        column.addLayout(where)
        for part in (self.told, self.said, act_or_cancel(self, self.go, self.bake)):
            column.addWidget(part)
        column.setStretchFactor(self.list, 1)

    def paths(self) -> list[str]:
        items = (self.list.item(row) for row in range(self.list.count()))
        return [item.data(Qt.ItemDataRole.UserRole) for item in items if item.checkState() == Qt.CheckState.Checked]

    def _tell(self) -> None:
        """What will be there afterwards, or why nothing can be written."""
        folder = Path(self.folder.text().strip() or ".")
        fault = self._fault(folder)
        self.said.setText(fault)
        self.said.setVisible(bool(fault))
        again = (folder / "tileset.json").exists()
        self.told.setText(tr("Written: {path}, and for each file a folder with its tiles and features.parquet (all "
                             "attributes); pictures and terrains as COG.", path=folder / "tileset.json")
                          + (" " + tr("There are tiles here: what has not changed is kept.") if again else "")
                          + " " + tr("It runs in the background; the status bar shows how far it is and can stop it."))
        self.go.setEnabled(not fault and bool(self.paths()))

    def _fault(self, folder: Path) -> str:
        if not self.folder.text().strip():
            return tr("Name a folder.")
        if folder.is_file():
            return tr("This is a file, not a folder.")
        begun = (folder / "tileset.json").exists() or (folder / SCRATCH).exists()
        if folder.is_dir() and any(folder.iterdir()) and not begun:
            return tr("There are other files in this folder; choose an empty or a new one.")
        return ""

    def _browse(self) -> None:
        folders = dialogs.open_folder(self, str(Path(self.folder.text()).parent), tr("Where the tiles go"))
        if folders:
            self.folder.setText(str(folders[0]))

    def bake(self) -> None:
        Baking(self.home, self.paths(), Path(self.folder.text().strip()))
        self.accept()
