"""A row of the model tree: its name, and at the right how many elements lie in it, or its class."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from app import theme
from app.panels.model_tree_model import CLASS, COUNT

ROW_PX, GAP_PX = 24, 8
BOX_PX = 24                        # the check box before the name
LEAST_PX = 40                      # of class or count: less says nothing


class ModelDelegate(QStyledItemDelegate):
    def paint(self, painter, option, index):
        words = self.words(index)
        width = option.fontMetrics.horizontalAdvance(words) + GAP_PX if words else 0
        free = option.rect.width() - BOX_PX - option.fontMetrics.horizontalAdvance(index.data() or "") - GAP_PX
        if width > max(free, 0):                     # the name comes first; its tip says the class too
            width = max(free, 0) if free >= LEAST_PX else 0
            words = option.fontMetrics.elidedText(words, Qt.TextElideMode.ElideRight, width - GAP_PX)
        style = option.widget.style()
        style.drawPrimitive(QStyle.PrimitiveElement.PE_PanelItemViewItem, option, painter, option.widget)
        narrow = QStyleOptionViewItem(option)
        narrow.rect = option.rect.adjusted(0, 0, -width, 0)
        super().paint(painter, narrow, index)
        if width:
            painter.setPen(QColor(theme.colour("muted")))
            room = QRect(option.rect.right() - width, option.rect.top(), width - GAP_PX + 2, option.rect.height())
            painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, words)

    @staticmethod
    def words(index) -> str:
        count = index.data(COUNT)
        return f"{count:,}" if count else index.data(CLASS) or ""

    def sizeHint(self, option, index):
        return QSize(super().sizeHint(option, index).width(), ROW_PX)
