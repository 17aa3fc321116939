"""The view of the model tree: which nodes are chosen, and those of the scene's selection brought into view."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QItemSelection, QItemSelectionModel, Qt
from PySide6.QtWidgets import QAbstractItemView, QFrame, QTreeView, QWidget

from app.panels.model_delegate import ModelDelegate
from app.panels.model_tree_model import NODE, ModelTreeModel

MOST_REVEALED = 200                # of a selection in the scene: more are marked where the tree is open


class ModelTree(QTreeView):
    """Shows a `ModelTreeModel`; what is chosen from outside is not told as if the user had chosen it."""

    def __init__(self, model: ModelTreeModel, parent: QWidget | None = None):
        super().__init__(parent)
        self.setModel(model)
        self.setItemDelegate(ModelDelegate(self))
        self.setHeaderHidden(True)
        self.setUniformRowHeights(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setIndentation(16)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setExpandsOnDoubleClick(False)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)

    def nodes(self) -> list[int]:
        """The chosen ones."""
        return [index.data(NODE) for index in self.selectionModel().selectedIndexes()]

    def show_features(self, features: np.ndarray) -> None:
        """Choose the nodes of these rows of the feature table, and scroll to that of the last."""
        model, held = self.model(), self.selectionModel()
        nodes = model.nodes_of(features)
        marks = QItemSelection()
        for node in nodes[:MOST_REVEALED]:
            index = model.index_of(int(node))
            marks.select(index, index)
        blocked = held.blockSignals(True)
        held.select(marks, QItemSelectionModel.SelectionFlag.ClearAndSelect)
        held.blockSignals(blocked)
        if len(nodes):
            last = model.nodes_of(features[-1:])
            index = model.index_of(int(last[0] if len(last) else nodes[0]))
            held.setCurrentIndex(index, QItemSelectionModel.SelectionFlag.NoUpdate)
            self.scrollTo(index)
        self.viewport().update()
