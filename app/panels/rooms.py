"""Rooms and their sensors: what is measured where, coloured by the clock, and what has no room mended by hand."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QTableView,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from app import binding
from app.panels import model_actions
from app.panels.rooms_table import LostModel, RoomsModel, in_room
from app.session import Session
from layers.room_colors import RoomColors, night, sign_of
from twin.selection import Selection
from twin.text import language, tr
from twin.vitals.verdict import levels_of

VALUES = {"mean": "Mean", "max": "Greatest", "min": "Least"}
SCALES = {"levels": "Levels", "ramp": "Colour ramp"}
ROW_PX = 24
BUTTONS = {"assign": "Assign to the selected room", "suggest": "Take what is in question",
           "outside": "In no room", "forget": "Forget by hand", "keep": "Keep all that was found"}


class RoomsPanel(QWidget):
    """About all models of the project. What it shows is `session.rooms.now`; what it does are edits."""

    def __init__(self, session: Session, viewport=None, parent: QWidget | None = None):
        super().__init__(parent)
        self.session, self.viewport = session, viewport
        self.property, self.value, self.scale, self.ghosts = QComboBox(), QComboBox(), QComboBox(), QCheckBox()
        self.property.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)     # the names come later
        self.said, self.tabs = QLabel(), QTabWidget()
        self.rooms, self.lost = RoomsModel(self), LostModel(self)
        self.rooms_view, self.lost_view = self._view(self.rooms), self._view(self.lost)
        self.buttons = {name: QPushButton() for name in BUTTONS}
        self._shown: tuple = ()
        self._now: tuple = ()
        self._lay_out()
        self._connect()
        self.retranslate()

    def _view(self, model) -> QTableView:
        view = QTableView()
        view.setModel(model)
        view.setSortingEnabled(True)
        view.setShowGrid(False)
        view.setFrameShape(QFrame.Shape.NoFrame)
        view.setAlternatingRowColors(True)
        view.setWordWrap(False)
        view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        view.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        view.verticalHeader().hide()
        view.verticalHeader().setDefaultSectionSize(ROW_PX)
        view.horizontalHeader().setSortIndicatorShown(False)
        view.horizontalHeader().setStretchLastSection(True)
        view.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        return view

    def _lay_out(self) -> None:
        top, foot = QHBoxLayout(), QHBoxLayout()
        for widget in (self.property, self.value, self.scale, self.ghosts):
            top.addWidget(widget)
        self.property.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.property.setMinimumWidth(170)
        self.said.setProperty("role", "muted")
        self.said.setMinimumWidth(60)
        top.addWidget(self.said, 1)
        for button in self.buttons.values():
            foot.addWidget(button)
        foot.addStretch(1)
        for at, width in enumerate((80, 200, 100, 90, 110, 70)):
            self.rooms_view.setColumnWidth(at, width)
        for at, width in enumerate((240, 180, 240)):
            self.lost_view.setColumnWidth(at, width)
        self.tabs.setDocumentMode(True)
        self.tabs.addTab(self.rooms_view, "")
        self.tabs.addTab(self.lost_view, "")
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 12, 8)
        column.setSpacing(8)
        column.addLayout(top)
        column.addWidget(self.tabs, 1)
        column.addLayout(foot)

    def _connect(self) -> None:
        for combo in (self.property, self.value, self.scale):
            combo.activated.connect(lambda *_: self._color())
        self.ghosts.clicked.connect(lambda *_: self._color())
        self.rooms_view.selectionModel().selectionChanged.connect(lambda *_: self._select_rooms())
        self.lost_view.selectionModel().selectionChanged.connect(lambda *_: self._select_lost())
        self.rooms_view.doubleClicked.connect(lambda *_: self._fly())
        self.tabs.currentChanged.connect(lambda *_: self._enable())
        for name, button in self.buttons.items():
            button.clicked.connect(lambda _=False, name=name: self.use(name))

    # -- the tick --------------------------------------------------------------------------------------

    def refresh(self) -> None:
        self.session.rooms.looked_at = self.isVisible()
        if not self.isVisible():
            return
        indoors, colors = self.session.rooms.now, self.colors
        shown = (indoors.rooms, indoors.lots, language())
        if not (self._shown and all(a is b or a == b for a, b in zip(shown, self._shown))):
            self._shown, self._now = shown, ()
            self._list()
        now = (self.session.clock.now_ns, colors, indoors, self.session.selection, self.session.document.bindings)
        if now != self._now:
            self._now = now
            self._follow(colors)

    @property
    def colors(self) -> RoomColors | None:
        """Of the first building in sight whose rooms are coloured; where none is in sight, of any."""
        buildings, shown = model_actions.buildings(self.session), self.session.document.shown
        return next((x.room_colors for x in [x for x in buildings if shown(x)] or buildings if x.room_colors), None)

    def _list(self) -> None:
        indoors = self.session.rooms.now
        self.rooms.show(indoors, np.arange(len(indoors.rooms)))
        lost = binding.unbound(indoors)
        self.lost.show(indoors, lost + binding.sent_away(indoors))
        self.tabs.setTabText(0, f"{tr('Rooms')} ({len(indoors.rooms):,})")
        self.tabs.setTabText(1, f"{tr('Sensors without a room')} ({len(lost):,})")
        self.property.clear()
        self.property.addItem(tr("Not coloured"), "")
        for observed, unit in indoors.properties.items():
            self.property.addItem(binding.property_title(observed, unit), observed)

    def _follow(self, colors: RoomColors | None) -> None:
        """Choices follow the document (undo too), values follow the clock."""
        self.property.setCurrentIndex(max(0, self.property.findData(colors.observed if colors else "")))
        for combo, name in ((self.value, "value"), (self.scale, "scale")):
            combo.setCurrentIndex(max(0, combo.findData(getattr(colors, name)) if colors else 0))
            combo.setEnabled(colors is not None)
        self.ghosts.setChecked(colors is None or colors.others == "ghost")
        self.ghosts.setEnabled(colors is not None)
        indoors = self.session.rooms.now
        if colors is None:
            self.rooms.show_now(np.full(len(indoors.rooms), np.nan, np.float32), None, "")
            self.said.setText("" if len(indoors.rooms) else tr("No model of the project has rooms."))
        else:
            moment = self.session.moment()
            found = indoors.at(colors.observed, colors.value, moment.now_ns, colors.stale_minutes)
            sign = sign_of(colors, indoors, moment)
            levels = levels_of(found.values, sign, night(indoors, moment)) if sign else None
            self.rooms.show_now(found.values, levels, indoors.properties.get(colors.observed, ""))
            self.said.setText(tr("{n} of {total} rooms have data", n=f"{int((found.reporting > 0).sum()):,}",
                                 total=f"{len(indoors.rooms):,}"))
        self._enable()

    # -- using -----------------------------------------------------------------------------------------

    def _color(self) -> None:
        ids = [x.id for x in model_actions.buildings(self.session)
               if len(self.session.rooms.now.rows_of(x.id))]
        observed = self.property.currentData() or ""
        binding.color_rooms(self.session, ids, observed, value=self.value.currentData() or "mean",
                            scale=self.scale.currentData() or "levels",
                            others="ghost" if self.ghosts.isChecked() else "as_is")

    def room(self) -> int:
        """The one room that is selected in the scene or in the list; -1 = none or several."""
        found = {room for layer, feature in self.session.selection.items
                 if (room := self.session.rooms.now.row_of(layer, feature)) >= 0}
        chosen = self._chosen(self.rooms_view)
        return found.pop() if len(found) == 1 else int(self.rooms.order[chosen[0]]) if len(chosen) == 1 else -1

    def _chosen(self, view: QTableView) -> list[int]:
        return [index.row() for index in view.selectionModel().selectedRows()]

    def lost_sensors(self) -> list[binding.Bound]:
        return [self.lost.sensors[self.lost.order[row]] for row in self._chosen(self.lost_view)]

    def _select_rooms(self) -> None:
        rooms = self.session.rooms.now.rooms
        rows = [int(self.rooms.order[row]) for row in self._chosen(self.rooms_view)]
        if rows:
            self.session.selection = Selection(tuple((self._drawn(rooms.layer[r]), int(rooms.feature[r]))
                                                     for r in rows))
        self._enable()

    def _drawn(self, layer: str) -> str:
        """Of the layers that show a model's rooms one that is visible."""
        document, same = self.session.document, self.session.rooms.now.same
        mine = [x for x in document.layers if same.get(x.id) == layer]
        return next((x.id for x in mine if document.shown(x)), layer)

    def _select_lost(self) -> None:
        """In the scene too, beside the room that is selected: that is where they may be assigned to."""
        sensors = self.lost_sensors()
        rooms = tuple(item for item in self.session.selection.items if self.session.rooms.now.row_of(*item) >= 0)
        if sensors:
            mine = tuple((self.session.rooms.shown_in(s.lot, s.row), s.row) for s in sensors)
            self.session.selection = Selection((*mine, *rooms[-1:]))
        self._enable()

    def _fly(self) -> None:
        last = self.session.selection.last
        if last and self.viewport:
            self.viewport.zoom_to_feature(last[0], last[1])

    def _enable(self) -> None:
        lost, room = self.lost_sensors(), self.room()
        on_lost = self.tabs.currentIndex() == 1
        for name in ("assign", "suggest", "outside"):
            self.buttons[name].setVisible(on_lost)
        self.buttons["keep"].setVisible(not on_lost)
        self.buttons["assign"].setEnabled(bool(lost) and room >= 0)
        self.buttons["outside"].setEnabled(bool(lost))
        self.buttons["suggest"].setEnabled(any(len(s.rooms) == 1 for s in (lost or self.lost.sensors)))
        held = {b.sensor for b in self.session.document.bindings}
        self.buttons["forget"].setEnabled(any(s.id in held for s in self._about(on_lost, lost, room)))
        self.buttons["keep"].setEnabled(len(self.session.rooms.now.rooms) > 0)

    def _about(self, on_lost: bool, lost: list, room: int) -> list[binding.Bound]:
        return lost if on_lost else in_room(self.session.rooms.now, room) if room >= 0 else []

    def use(self, name: str) -> None:
        lost, room = self.lost_sensors(), self.room()
        if name == "assign":
            binding.assign(self.session, lost, room)
        elif name == "outside":
            binding.assign(self.session, lost, -1)
        elif name == "suggest":
            binding.take_suggestions(self.session, lost or self.lost.sensors)
        elif name == "forget":
            binding.forget(self.session, self._about(self.tabs.currentIndex() == 1, lost, room))
        else:
            self.said.setText(tr("{n} kept", n=f"{binding.keep_found(self.session):,}"))

    # -- language and theme ------------------------------------------------------------------------------

    def retranslate(self) -> None:
        for combo, words, name in ((self.value, VALUES, "Of several sensors"), (self.scale, SCALES, "Colours")):
            at = combo.currentIndex()
            combo.clear()
            for key, label in words.items():
                combo.addItem(tr(label), key)
            combo.setCurrentIndex(max(0, at))
            combo.setToolTip(tr(name))
            combo.setAccessibleName(tr(name))
        self.property.setToolTip(tr("Colour rooms by what their sensors say at the clock's time"))
        self.property.setAccessibleName(tr("Colour rooms"))
        self.ghosts.setText(tr("Others as ghosts"))
        for name, button in self.buttons.items():
            button.setText(tr(BUTTONS[name]))
        self._shown = ()

    def retheme(self) -> None:
        self.rooms_view.viewport().update()
