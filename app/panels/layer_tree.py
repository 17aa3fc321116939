"""The tree view of the layer panel: gestures become calls, and nothing else."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QItemSelectionModel, QModelIndex, QPoint, Qt
from PySide6.QtGui import QDrag
from PySide6.QtWidgets import QAbstractItemView, QFrame, QLabel, QTreeView

from app import theme
from app.panels.layer_delegate import LayerDelegate
from app.panels.layer_model import LayerModel
from twin.text import tr

TAG_FROM_MOUSE = QPoint(-14, -10)                          # the tag hangs below the mouse, to its right


class LayerTree(QTreeView):
    """`toggle(ids)`, `part_clicked(part, id, global point)`, `menu_asked(global point)` and `gone_to(index)` (with the
    arrow keys) are set by the panel."""

    toggle: Callable[[list[str]], None]
    part_clicked: Callable[[str, str, QPoint], None]
    menu_asked: Callable[[QPoint], None]
    gone_to: Callable[[QModelIndex], None]

    def keyboardSearch(self, search: str) -> None:
        """Letters are commands of the scene here; the filter box finds layers by name."""

    def __init__(self, model: LayerModel, parent=None):
        super().__init__(parent)
        self.setModel(model)
        self.rows = LayerDelegate(self)
        self.setItemDelegate(self.rows)
        self.setHeaderHidden(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setIndentation(16)
        self.setMouseTracking(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.EditKeyPressed
                             | QAbstractItemView.EditTrigger.DoubleClicked)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragDrop)
        self.setDefaultDropAction(Qt.DropAction.MoveAction)
        self.setDropIndicatorShown(True)
        self.setAutoExpandDelay(500)
        self.setExpandsOnDoubleClick(False)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._pressed: tuple[str, str] | None = None

    # -- selection and expansion -----------------------------------------------------------------------

    def choose(self, ids: list[str]) -> None:
        indexes = [index for id in ids if (index := self.model().index_of(id)).isValid()]
        if not indexes:
            return
        flag = QItemSelectionModel.SelectionFlag
        self.selectionModel().clearSelection()
        for index in indexes:
            self._reveal(index)
            self.selectionModel().select(index, flag.Select | flag.Rows)
        self.selectionModel().setCurrentIndex(indexes[-1], flag.NoUpdate)
        self.scrollTo(indexes[-1])

    def _reveal(self, index) -> None:
        parent = index.parent()
        while parent.isValid():
            self.expand(parent)
            parent = parent.parent()

    def open_groups(self) -> set[str]:
        return {id for id in self.model().groups() if self.isExpanded(self.model().index_of(id))}

    def set_open(self, ids: set[str]) -> None:
        for id in self.model().groups():
            self.setExpanded(self.model().index_of(id), id in ids)

    # -- mouse -----------------------------------------------------------------------------------------

    def _part(self, event) -> tuple[str, str]:
        """(part, id) under the mouse."""
        point = event.position().toPoint()
        index = self.indexAt(point)
        if not index.isValid():
            return "", ""
        return self.rows.part_at(point, self.visualRect(index), index), self.model().id_of(index)

    def mousePressEvent(self, event):
        part = self._part(event)
        self._pressed = part if part[0] and event.button() == Qt.MouseButton.LeftButton else None
        if self._pressed is None:
            super().mousePressEvent(event)

    def mouseReleaseEvent(self, event):
        pressed, self._pressed = self._pressed, None
        if pressed is None:
            super().mouseReleaseEvent(event)
        elif self._part(event) == pressed:
            self.part_clicked(*pressed, event.globalPosition().toPoint())

    def mouseDoubleClickEvent(self, event):
        """On a part it is a second click; else it renames."""
        if self._part(event)[0]:
            self.mousePressEvent(event)
        else:
            super().mouseDoubleClickEvent(event)

    def mouseMoveEvent(self, event):
        if self._pressed is None:
            super().mouseMoveEvent(event)
        part, id = self._part(event)
        self.viewport().setCursor(Qt.CursorShape.PointingHandCursor if part else Qt.CursorShape.ArrowCursor)
        self._hover(id)

    def startDrag(self, actions):
        """With a small tag beside the mouse: a picture of the rows would cover the name that they are dropped at."""
        drag, indexes = QDrag(self), self.selectionModel().selectedRows()
        tag = self.tag(indexes)
        drag.setMimeData(self.model().mimeData(indexes))
        drag.setPixmap(tag.grab())
        drag.setHotSpot(TAG_FROM_MOUSE)
        tag.deleteLater()
        drag.exec(actions, Qt.DropAction.MoveAction)

    def tag(self, indexes: list[QModelIndex]) -> QLabel:
        """Says what is dragged: a name, or how many."""
        words = indexes[0].data() if len(indexes) == 1 else tr("{n} layers", n=len(indexes))
        label = QLabel(words, self)
        label.setStyleSheet(f"background: {theme.colour('raised')}; border: 1px solid {theme.colour('line')};"
                            " padding: 4px 8px;")
        label.adjustSize()
        label.hide()
        return label

    def leaveEvent(self, event):
        self._hover("")
        super().leaveEvent(event)

    def _hover(self, id: str) -> None:
        if id != self.rows.hovered:
            self.rows.hovered = id
            self.viewport().update()

    def contextMenuEvent(self, event):
        index = self.indexAt(event.pos())
        if index.isValid() and not self.selectionModel().isSelected(index):
            self.choose([self.model().id_of(index)])
        self.menu_asked(event.globalPos())

    # -- keys ------------------------------------------------------------------------------------------

    def event(self, event):
        """Space and the letters are the tree's own while it has the focus, not shortcuts of the window."""
        if event.type() == QEvent.Type.ShortcutOverride and event.key() == Qt.Key.Key_Space:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event):
        if event.key() == Qt.Key.Key_Space:
            ids = [self.model().id_of(index) for index in self.selectedIndexes()]
            current = self.model().id_of(self.currentIndex())
            self.toggle([current, *(x for x in ids if x != current)] if current in ids else ids)
            return
        before = self.currentIndex()
        super().keyPressEvent(event)
        if self.currentIndex() != before:
            self.gone_to(self.currentIndex())
