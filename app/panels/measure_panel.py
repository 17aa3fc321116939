"""The measures of the project: how to measure, and a list that leads to each, names, deletes and exports them."""

from __future__ import annotations

import csv
import io

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QAbstractItemView,
    QButtonGroup,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from app import measuring
from app.measuring import MODES, Measuring
from app.panels.csv_saving import save_csv
from app.panels.element_table import ROW_PX
from app.session import Session
from layers.measures import label, way_words
from twin.measuring import ANGLE, angle_deg, length_m, level_m, rise_m, slope_deg
from twin.selection import Selection
from twin.text import language, tr

PLACE = Qt.ItemDataRole.UserRole                    # (layer id, row)
COLUMNS = ("layer", "note", "way", "length_m", "level_m", "rise_m", "slope_deg", "angle_deg", "known_m", "points")


class MeasurePanel(QWidget):
    """A mode button starts measuring; the same again, or Escape, ends it."""

    def __init__(self, session: Session, viewport=None, parent: QWidget | None = None):
        super().__init__(parent)
        self.session, self.viewport = session, viewport
        self.modes, self.hint = {mode: QPushButton(checkable=True) for mode in MODES}, QLabel(wordWrap=True)
        self.list, self.delete, self.export = QTreeWidget(), QPushButton(), QPushButton()
        self._listed: tuple = ()
        self._lay_out()
        self._connect()
        self.retranslate()

    def _lay_out(self) -> None:
        self.setMinimumWidth(240)
        group = QButtonGroup(self)
        group.setExclusive(False)
        top, below = QHBoxLayout(), QHBoxLayout()
        for button in self.modes.values():
            group.addButton(button)
            top.addWidget(button, 1)
        self.hint.setProperty("role", "muted")
        self.list.setColumnCount(2)
        self.list.setHeaderHidden(True)
        self.list.setRootIsDecorated(False)
        self.list.setUniformRowHeights(True)
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.list.setEditTriggers(QAbstractItemView.EditTrigger.EditKeyPressed
                                  | QAbstractItemView.EditTrigger.SelectedClicked)
        self.list.header().setStretchLastSection(False)
        self.list.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.list.header().setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        below.addWidget(self.delete)
        below.addWidget(self.export)
        below.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 12, 8)
        column.setSpacing(8)
        column.addLayout(top)
        column.addWidget(self.hint)
        column.addWidget(self.list, 1)
        column.addLayout(below)

    def _connect(self) -> None:
        for mode, button in self.modes.items():
            button.clicked.connect(lambda _=False, mode=mode: self.toggle(mode))
        self.list.itemSelectionChanged.connect(self._select)
        self.list.itemDoubleClicked.connect(lambda *_: self._fly())
        self.list.itemChanged.connect(self._named)
        self.delete.clicked.connect(self.delete_chosen)
        self.export.clicked.connect(self.save_csv)
        QShortcut(QKeySequence.StandardKey.Delete, self.list, self.delete_chosen,
                  context=Qt.ShortcutContext.WidgetShortcut)

    # -- measuring -------------------------------------------------------------------------------------

    @property
    def tool(self) -> Measuring | None:
        drawing = self.viewport.drawing if self.viewport else None
        return drawing if isinstance(drawing, Measuring) else None

    def toggle(self, mode: str) -> None:
        tool = self.tool
        if tool is not None and tool.mode == mode:
            self._end(tool)
        elif tool is not None:
            tool.mode, tool.taken = mode, []
            self.session.sketch = None
            self.viewport.setFocus()                     # where Escape and Backspace are heard
        elif self.viewport:
            Measuring(self.session, self.viewport, mode, self._tell).begin()
        self._tell()

    def _end(self, tool: Measuring) -> None:
        tool.taken = []
        tool.cancel()

    def _tell(self) -> None:
        tool = self.tool
        for mode, button in self.modes.items():
            button.setChecked(tool is not None and tool.mode == mode)
        self.hint.setText(tool.hint if tool else tr("Choose how to measure. Esc ends it."))

    # -- the list --------------------------------------------------------------------------------------

    def refresh(self) -> None:
        """Nothing while neither measures, selection nor language have changed."""
        layers = measuring.layers_of(self.session)
        told = (tuple(layers), self.session.selection, language(), self.tool is None)
        if self._listed and all(a is b or a == b for a, b in zip(told, self._listed)):
            return
        fresh = not self._listed or (told[0], told[2]) != (self._listed[0], self._listed[2])
        self._listed = told
        self._list(layers) if fresh else None
        self._follow()
        self._tell()

    def _list(self, layers) -> None:
        self.list.blockSignals(True)
        self.list.clear()
        for layer in layers:
            for row, item in enumerate(layer.items):
                entry = QTreeWidgetItem([item.note or way_words(item), label(_bare(item), layer.decimals, layer.parts)])
                entry.setData(0, PLACE, (layer.id, row))
                entry.setToolTip(0, f"{layer.title(language())} · {way_words(item)}")
                entry.setFlags(entry.flags() | Qt.ItemFlag.ItemIsEditable)
                entry.setSizeHint(0, QSize(0, ROW_PX))
                self.list.addTopLevelItem(entry)
        self.list.blockSignals(False)

    def _follow(self) -> None:
        """Rows of what is selected in the scene."""
        chosen = set(self.session.selection.items)
        self.list.blockSignals(True)
        for at in range(self.list.topLevelItemCount()):
            item = self.list.topLevelItem(at)
            item.setSelected(tuple(item.data(0, PLACE)) in chosen)
        self.list.blockSignals(False)
        self.delete.setEnabled(bool(self.list.selectedItems()))
        self.export.setEnabled(self.list.topLevelItemCount() > 0)

    def _select(self) -> None:
        self.session.selection = Selection(tuple(tuple(i.data(0, PLACE)) for i in self.list.selectedItems()))

    def _fly(self) -> None:
        if self.viewport and (item := self.list.currentItem()):
            self.viewport.zoom_to_feature(*item.data(0, PLACE))

    def _named(self, item: QTreeWidgetItem, column: int) -> None:
        id, row = item.data(0, PLACE)
        layer = self.session.document.layer(id)
        words = item.text(0).strip()
        if column == 0 and layer is not None and words != (layer.items[row].note or way_words(layer.items[row])):
            measuring.note(self.session, id, row, "" if words == way_words(layer.items[row]) else words)

    def delete_chosen(self) -> None:
        """One edit for each layer that they are in."""
        rows: dict[str, set[int]] = {}
        for item in self.list.selectedItems():
            id, row = item.data(0, PLACE)
            rows.setdefault(id, set()).add(row)
        self.session.selection = Selection()
        for id, some in rows.items():
            measuring.remove(self.session, id, some)

    def save_csv(self) -> None:
        save_csv(self, "measurements.csv", lambda: table(measuring.layers_of(self.session)),
                 lambda words, *_: self.hint.setText(words))

    # -- language and theme ------------------------------------------------------------------------------

    def retranslate(self) -> None:
        for mode, button in self.modes.items():
            button.setText(tr(MODES[mode]))
        self.delete.setText(tr("Remove"))
        self.export.setText(tr("CSV…"))
        self.list.setAccessibleName(tr("Measurements"))
        self._tell()

    def retheme(self) -> None:
        self.list.viewport().update()


def _bare(item):
    from dataclasses import replace
    return replace(item, note="")


def table(layers) -> str:
    """Every measure as a row of CSV; points as "E N H; E N H" in the project's CRS."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for layer in layers:
        for item in layer.items:
            sizes = ["", "", "", "", f"{angle_deg(item):.4f}"] if item.way == ANGLE else \
                [f"{v:.4f}" for v in (length_m(item), level_m(item), rise_m(item), slope_deg(item))] + [""]
            points = "; ".join(" ".join(f"{v:.4f}" for v in point) for point in item.points)
            known = f"{item.known_m:g}" if item.known_m else ""
            writer.writerow([layer.name, item.note, item.way, *sizes, known, points])
    return out.getvalue()
