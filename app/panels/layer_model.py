"""The layer tree as a Qt model over the document: no widget and no object per row.

The document is the truth; `sync` compares it with what is shown. Indexes carry a number per layer id,
so selection and expansion survive every change of the document.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QAbstractItemModel, QByteArray, QMimeData, QModelIndex, Qt

from app.panels.layer_facts import Facts, facts_of, tip_of
from app.session import Session
from twin import assets as content
from twin.document import Document
from twin.layer import Group, Layer
from twin.text import language

MIME = "application/x-citytwin-layers"
ID = Qt.ItemDataRole.UserRole
FACTS = Qt.ItemDataRole.UserRole + 1
LAYER = Qt.ItemDataRole.UserRole + 2
SHOWN = Qt.ItemDataRole.UserRole + 3          # visible itself and in visible groups


class LayerModel(QAbstractItemModel):
    """`rows` gives the stage's rows by layer id (what was drawn, which errors)."""

    def __init__(self, session: Session, rows: Callable[[], dict], parent=None):
        super().__init__(parent)
        self.session, self.rows = session, rows
        self.filter = ""
        self._document: Document | None = None
        self._key: dict[str, int] = {}                 # id -> number; numbers are never used again
        self._id: list[str] = []
        self._children: dict[str, list[str]] = {"": []}
        self._place: dict[str, tuple[str, int]] = {}   # id -> (parent id, row)
        self._layers: dict[str, Layer] = {}
        self._shown: dict[str, bool] = {}
        self._facts: dict[str, Facts] = {}
        self._seen: dict[str, tuple] = {}

    # -- bringing it up to date -------------------------------------------------------------------------

    def sync(self) -> bool:
        """Show the session's document. True when rows came, went or moved."""
        document = self.session.document
        if document is self._document:
            return False
        return self._show(document)

    def set_filter(self, text: str) -> None:
        """Show what contains `text` in either name, with the groups it lies in and all that matching groups hold."""
        self.filter = text.strip().casefold()
        self._show(self.session.document)

    def _show(self, document: Document) -> bool:
        old_layers, old_shown = self._layers, self._shown
        self._document = document
        self._layers = {layer.id: layer for layer in document.layers}
        self._shown = _shown(document)
        children = self._tree(document)
        moved = children != self._children
        if moved:
            self._rebuild(children)
        for id in self._place:
            if old_layers.get(id) is not self._layers[id] or old_shown.get(id) != self._shown[id]:
                self._seen.pop(id, None)
                self._emit(id)
        for gone in old_layers.keys() - self._layers.keys():
            self._facts.pop(gone, None)
            self._seen.pop(gone, None)
        return moved

    def _tree(self, document: Document) -> dict[str, list[str]]:
        """Ids of the children of every shown group ("" = the top). A missing group counts as the top."""
        wanted = self._matching(document)
        children: dict[str, list[str]] = {"": []}
        for layer in document.layers:
            if wanted is None or layer.id in wanted:
                parent = layer.group if layer.group in self._layers else ""
                children.setdefault(parent, []).append(layer.id)
        return children

    def _matching(self, document: Document) -> set[str] | None:
        if not self.filter:
            return None
        hits = {layer.id for layer in document.layers
                if self.filter in layer.name.casefold() or self.filter in layer.name_zh.casefold()}
        inside = document.subtree(hits)
        above = {group.id for id in hits for group in document.ancestors(self._layers[id])}
        return {*inside, *above}

    def _rebuild(self, children: dict[str, list[str]]) -> None:
        """Rows come, go and move under one layout change: persistent indexes follow their layer."""
        self.layoutAboutToBeChanged.emit()
        before = self.persistentIndexList()
        ids = [self.id_of(index) for index in before]
        self._children = children
        self._place = {id: (parent, row) for parent, inside in children.items() for row, id in enumerate(inside)}
        for id in self._place:
            if id not in self._key:
                self._key[id] = len(self._id)
                self._id.append(id)
        self.changePersistentIndexList(before, [self.index_of(id) for id in ids])
        self.layoutChanged.emit()

    def look_again(self, everything: bool = False) -> bool:
        """Take in what loading and drawing changed. True when a row changed (its height may have)."""
        rows, changed = self.rows(), False
        for id in self._place:
            row, layer = rows.get(id), self._layers[id]
            seen = (row.state, row.error, row.features, self.session.hosts.now.rooms) if row else None
            facts = self._facts.get(id)
            if not everything and id in self._seen and seen == self._seen[id] and not _moving(facts, row):
                continue
            self._seen[id] = seen
            fresh = facts_of(self.session, layer, row)
            if fresh != facts or everything:
                self._facts[id] = fresh
                self._emit(id)
                changed = True
        return changed

    def _emit(self, id: str) -> None:
        index = self.index_of(id)
        self.dataChanged.emit(index, index)

    # -- ids and indexes --------------------------------------------------------------------------------

    def id_of(self, index: QModelIndex) -> str:
        return self._id[index.internalId()] if index.isValid() else ""

    def index_of(self, id: str) -> QModelIndex:
        place = self._place.get(id)
        return self.createIndex(place[1], 0, self._key[id]) if place else QModelIndex()

    def groups(self) -> list[str]:
        return [id for id in self._place if isinstance(self._layers[id], Group)]

    def layer(self, id: str) -> Layer | None:
        return self._layers.get(id)

    def facts(self, id: str) -> Facts:
        if id not in self._facts:
            self._facts[id] = facts_of(self.session, self._layers[id], self.rows().get(id))
        return self._facts[id]

    # -- Qt's questions ---------------------------------------------------------------------------------

    def index(self, row, column, parent=QModelIndex()):  # noqa: B008 - Qt's signature
        inside = self._children.get(self.id_of(parent), ())
        if column != 0 or not 0 <= row < len(inside):
            return QModelIndex()
        return self.createIndex(row, 0, self._key[inside[row]])

    def parent(self, index=None):
        if index is None:
            return super().parent()
        place = self._place.get(self.id_of(index))
        return self.index_of(place[0]) if place and place[0] else QModelIndex()

    def rowCount(self, parent=QModelIndex()):  # noqa: B008
        return len(self._children.get(self.id_of(parent), ()))

    def columnCount(self, parent=QModelIndex()):  # noqa: B008
        return 1

    def data(self, index, role=Qt.ItemDataRole.DisplayRole):
        layer = self._layers.get(self.id_of(index))
        if layer is None:
            return None
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole):
            return layer.title(language())
        if role == ID:
            return layer.id
        if role == LAYER:
            return layer
        if role == FACTS:
            return self.facts(layer.id)
        if role == SHOWN:
            return self._shown[layer.id]
        if role == Qt.ItemDataRole.ToolTipRole:
            return tip_of(self.session, layer, self.facts(layer.id))
        return None

    def setData(self, index, value, role=Qt.ItemDataRole.EditRole):
        """Rename. A name that a person gave is the layer's name in every language."""
        layer = self._layers.get(self.id_of(index))
        name = str(value).strip()
        if role != Qt.ItemDataRole.EditRole or layer is None or not name or name == layer.title(language()):
            return False
        self.session.edits.commit(self.session.document.with_layer(replace(layer, name=name, name_zh="")), "Rename")
        self.session.edits.seal()
        return True

    def flags(self, index):
        if not index.isValid():
            return Qt.ItemFlag.ItemIsDropEnabled
        flags = (Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsEditable
                 | Qt.ItemFlag.ItemIsDragEnabled)
        if isinstance(self._layers.get(self.id_of(index)), Group):
            return flags | Qt.ItemFlag.ItemIsDropEnabled
        return flags | Qt.ItemFlag.ItemNeverHasChildren

    # -- dragging ---------------------------------------------------------------------------------------

    def supportedDropActions(self):
        return Qt.DropAction.MoveAction

    def mimeTypes(self):
        return [MIME]

    def mimeData(self, indexes):
        out = QMimeData()
        out.setData(MIME, QByteArray("\n".join(self.id_of(index) for index in indexes).encode()))
        return out

    def canDropMimeData(self, data, action, row, column, parent):
        return data.hasFormat(MIME) and self._landing(data, row, parent) is not None

    def dropMimeData(self, data, action, row, column, parent):
        """Commit the move. False in any case: the rows follow the document, the view must not remove any."""
        landing = self._landing(data, row, parent)
        if landing:
            self.session.edits.commit(self.session.document.moved(*landing), "Move layers")
            self.session.edits.seal()
        return False

    def _landing(self, data: QMimeData, row: int, parent: QModelIndex) -> tuple[list[str], str, str] | None:
        """(ids, group, before) of a drop; None where a group would land in itself."""
        document, target = self.session.document, self.id_of(parent)
        ids = topmost(document, bytes(data.data(MIME)).decode().split("\n"))
        inside = set(document.subtree(ids))
        if not ids or target in inside:
            return None
        siblings = self._children.get(target, [])
        after = siblings[row:] if row >= 0 else []
        return ids, target, next((id for id in after if id not in inside), "")


def topmost(document: Document, ids) -> list[str]:
    """`ids` without what lies in groups among them, in document order."""
    wanted = set(ids)
    return [x.id for x in document.layers if x.id in wanted and not any(a.id in wanted for a in document.ancestors(x))]


def _shown(document: Document) -> dict[str, bool]:
    """Visible itself and in visible groups, for all layers at once."""
    layers = {layer.id: layer for layer in document.layers}
    known: dict[str, bool] = {}

    def ask(layer: Layer, depth: int = 0) -> bool:
        if layer.id not in known:
            above = layers.get(layer.group)
            known[layer.id] = layer.visible and (above is None or depth > 64 or ask(above, depth + 1))
        return known[layer.id]

    return {layer.id: ask(layer) for layer in document.layers}


def _moving(facts: Facts | None, row) -> bool:
    """Still changing without the row saying so: progress of a load."""
    return facts is None or facts.state == content.LOADING or row is None
