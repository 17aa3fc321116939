"""A quiet table of names and values: filter, copy, headings, tooltips for what does not fit."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, QPoint, Qt
from PySide6.QtGui import QAction, QColor, QFont, QGuiApplication, QKeySequence
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QMenu, QTableView, QWidget

from app import theme
from app.panels.facts import MISSING, Row, tsv
from twin.text import tr

ROW_PX = 24
MOST_ROWS_SHOWN = 16


class FactModel(QAbstractTableModel):
    """Rows of `facts.Row`, narrowed by a filter text. New values of the same rows keep selection and scroll."""

    def __init__(self, parent=None):
        super().__init__(parent)
        self.scheme = "light"
        self._all: list[Row] = []
        self.rows: list[Row] = []
        self._filter = ""

    def set_rows(self, rows: list[Row]) -> bool:
        """True where the rows themselves differ and not only their values."""
        self._all = rows
        narrowed = self._narrowed()
        if [(r.label, r.heading) for r in narrowed] == [(r.label, r.heading) for r in self.rows]:
            before, self.rows = self.rows, narrowed
            for at, (old, new) in enumerate(zip(before, narrowed)):
                if old != new:
                    self.dataChanged.emit(self.index(at, 1), self.index(at, 1))
            return False
        self._reset(narrowed)
        return True

    def set_filter(self, text: str) -> None:
        self._filter = text.strip().lower()
        self._reset(self._narrowed())

    def _reset(self, rows: list[Row]) -> None:
        self.beginResetModel()
        self.rows = rows
        self.endResetModel()

    def _narrowed(self) -> list[Row]:
        """Rows whose name (in words or the file's) or value holds the text; a heading stays with a row of its group."""
        if not self._filter:
            return list(self._all)
        kept: list[Row] = []
        for row in self._all:
            if row.heading:
                if kept and kept[-1].heading:
                    kept.pop()
                kept.append(row)
            elif any(self._filter in text.lower() for text in (row.label, row.value, row.key)):
                kept.append(row)
        return kept[:-1] if kept and kept[-1].heading else kept

    # -- Qt ----------------------------------------------------------------------------------------

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: QModelIndex | QPersistentModelIndex = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else 2

    def data(self, index, role=Qt.ItemDataRole.DisplayRole):
        row, first = self.rows[index.row()], index.column() == 0
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return row.label if first else " ".join(row.value.split())
            case Qt.ItemDataRole.ToolTipRole:
                return "\n".join(filter(None, (row.label if first else row.value, row.tip)))
            case Qt.ItemDataRole.ForegroundRole:
                muted = (first and not row.heading) or row.value == MISSING
                link = (row.link or row.target) and not first
                return QColor(theme.colour("accent" if link else "muted" if muted else "text", self.scheme))
            case Qt.ItemDataRole.FontRole if row.heading:
                bold = QFont()
                bold.setBold(True)
                return bold
        return None

    def flags(self, index):
        if self.rows[index.row()].heading:
            return Qt.ItemFlag.ItemIsEnabled
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable


class FactTable(QTableView):
    """As high as its rows up to a limit; Ctrl+C copies the chosen values. `followed(row)`, `coloured(column)` and
    `likened(column)` are set by the owner.
    """

    def __init__(self, parent: QWidget | None = None):
        super().__init__(parent)
        self.facts = FactModel(self)
        self.followed = lambda row: None
        self.coloured = lambda column: None
        self.likened = lambda column: None
        self.setModel(self.facts)
        self.doubleClicked.connect(lambda index: self._follow(self.facts.rows[index.row()]))
        self.setShowGrid(False)
        self.setFrameShape(QTableView.Shape.NoFrame)
        self.setWordWrap(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTabKeyNavigation(False)
        self.horizontalHeader().hide()
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(ROW_PX)
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.copy_value = QAction(self, shortcut=QKeySequence(QKeySequence.StandardKey.Copy))
        self.copy_value.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        self.copy_value.triggered.connect(self.copy_chosen)
        self.copy_rows = QAction(self)
        self.copy_rows.triggered.connect(self.copy_all)
        self.color_row = QAction(self)
        self.color_row.triggered.connect(lambda: self._use(self.coloured))
        self.alike_row = QAction(self)
        self.alike_row.triggered.connect(lambda: self._use(self.likened))
        self.addActions([self.copy_value, self.copy_rows, self.alike_row, self.color_row])
        self.retranslate()

    def set_rows(self, rows: list[Row]) -> None:
        if self.facts.set_rows(rows):
            self.fit()

    def set_filter(self, text: str) -> None:
        self.facts.set_filter(text)
        self.fit()

    def contextMenuEvent(self, event):
        menu = self.menu_at(event.pos())
        menu.exec(event.globalPos())
        menu.deleteLater()

    def menu_at(self, point: QPoint) -> QMenu:
        """What is done with a property is offered where the row under the mouse is one."""
        index = self.indexAt(point)
        row = self.facts.rows[index.row()] if index.isValid() else Row("")
        self.color_row.setVisible(bool(row.column))
        self.alike_row.setVisible(row.column not in ("", "GlobalId") and row.value != MISSING)
        menu = QMenu(self)
        menu.addActions(self.actions())
        return menu

    def _use(self, act: Callable[[str], None]) -> None:
        row = self.facts.rows[self.currentIndex().row()] if self.currentIndex().isValid() else None
        if row is not None and row.column:
            act(row.column)

    def _follow(self, row: Row) -> None:
        if row.link or row.target:
            self.followed(row)

    def fit(self) -> None:
        """Room for the rows, and headings across both columns."""
        self.clearSpans()
        for at, row in enumerate(self.facts.rows):
            if row.heading:
                self.setSpan(at, 0, 1, 2)
        self.setFixedHeight(ROW_PX * min(len(self.facts.rows), MOST_ROWS_SHOWN) + 2)
        self._share_width()

    def _share_width(self) -> None:
        metrics, room = self.fontMetrics(), self.viewport().width()
        widest = max((metrics.horizontalAdvance(r.label) for r in self.facts.rows if not r.heading), default=60)
        first = min(widest + 16, round(room * 0.45))
        self.setColumnWidth(0, first)
        self.setColumnWidth(1, max(0, room - first))

    def resizeEvent(self, event):
        super().resizeEvent(event)
        self._share_width()

    def wheelEvent(self, event):
        """Where there is nothing to scroll, the panel around it scrolls."""
        if self.verticalScrollBar().maximum() == 0:
            event.ignore()
        else:
            super().wheelEvent(event)

    def copy_chosen(self) -> None:
        """One row: its value. Several: names and values."""
        chosen = [self.facts.rows[i.row()] for i in self.selectionModel().selectedRows()]
        if chosen:
            QGuiApplication.clipboard().setText(chosen[0].value if len(chosen) == 1 else tsv(chosen))

    def copy_all(self) -> None:
        QGuiApplication.clipboard().setText(tsv(self.facts.rows))

    def retranslate(self) -> None:
        self.copy_value.setText(tr("Copy value"))
        self.copy_rows.setText(tr("Copy all"))
        self.color_row.setText(tr("Colour the model by this property"))
        self.alike_row.setText(tr("Select all elements with this value"))

    def retheme(self, scheme: str) -> None:
        self.facts.scheme = scheme
        self.viewport().update()
