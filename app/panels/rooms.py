"""Rooms, elements and their sensors: what is measured where, coloured by the clock; what has no room is mended by hand.
"""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QHBoxLayout,
    QLabel,
    QMenu,
    QPushButton,
    QTableView,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from app import binding
from app.panels import model_actions
from app.panels.rooms_table import HostsModel, LostModel, RoomsModel, in_room, table_view
from app.session import Session
from layers.room_colors import RoomColors, night, sign_of
from twin.selection import Selection
from twin.text import language, tr
from twin.vitals.verdict import levels_of

VALUES = {"mean": "Mean", "max": "Greatest", "min": "Least"}
SCALES = {"levels": "Levels", "ramp": "Colour ramp"}
BUTTONS = {"assign": "Assign to the selected room", "suggest": "Take what is in question",
           "outside": "In no room", "bind": "Put on the selected element", "unbind": "Take off the element",
           "forget": "Forget by hand", "keep": "Keep all that was found"}
ON = "elements:"                     # before an observed property: of elements, not of rooms
ROOMS, LOST, ELEMENTS = range(3)     # tabs


class RoomsPanel(QWidget):
    """About all models of the project. What it shows is `session.rooms.now`; what it does are edits."""

    def __init__(self, session: Session, viewport=None, parent: QWidget | None = None):
        super().__init__(parent)
        self.session, self.viewport = session, viewport
        self.property, self.value, self.scale, self.ghosts = QComboBox(), QComboBox(), QComboBox(), QCheckBox()
        self.property.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)     # the names come later
        self.said, self.tabs = QLabel(), QTabWidget()
        self.rooms, self.hosts, self.lost = RoomsModel(self), HostsModel(self), LostModel(self)
        self.rooms_view, self.hosts_view, self.lost_view = map(table_view, (self.rooms, self.hosts, self.lost))
        self.buttons = {name: QPushButton() for name in BUTTONS}
        self._shown: tuple = ()
        self._now: tuple = ()
        self._lay_out()
        self._connect()
        self.retranslate()

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
        for at, width in enumerate((280, 140, 100, 90, 110, 70)):
            self.hosts_view.setColumnWidth(at, width)
        for at, width in enumerate((240, 180, 240)):
            self.lost_view.setColumnWidth(at, width)
        self.tabs.setDocumentMode(True)
        for view in (self.rooms_view, self.lost_view, self.hosts_view):
            self.tabs.addTab(view, "")
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
        for view, model in ((self.rooms_view, self.rooms), (self.hosts_view, self.hosts)):
            view.selectionModel().selectionChanged.connect(lambda *_, v=view, m=model: self._select(v, m))
            view.doubleClicked.connect(lambda *_: self._fly())
        self.lost_view.selectionModel().selectionChanged.connect(lambda *_: self._select_lost())
        self.tabs.currentChanged.connect(lambda *_: self._enable())
        for name, button in self.buttons.items():
            button.clicked.connect(lambda _=False, name=name: self.use(name))

    # -- the tick --------------------------------------------------------------------------------------

    def refresh(self) -> None:
        self.session.rooms.looked_at = self.isVisible()
        if not self.isVisible():
            return
        indoors, hosted, colors = self.session.rooms.now, self.session.hosts.now, self.colors
        shown = (indoors.rooms, indoors.lots, hosted.rooms, hosted.lots, language())
        if not (self._shown and all(a is b or a == b for a, b in zip(shown, self._shown))):
            self._shown, self._now = shown, ()
            self._list()
        document = self.session.document
        now = (self.session.clock.now_ns, colors, indoors, hosted, self.session.selection, document.bindings,
               document.host_bindings)
        if now != self._now:
            self._now = now
            self._follow(colors)

    @property
    def colors(self) -> RoomColors | None:
        """Of the first building in sight whose rooms are coloured; where none is in sight, of any."""
        buildings, shown = model_actions.buildings(self.session), self.session.document.shown
        return next((x.room_colors for x in [x for x in buildings if shown(x)] or buildings if x.room_colors), None)

    def _list(self) -> None:
        indoors, hosted = self.session.rooms.now, self.session.hosts.now
        self.rooms.show(indoors, np.arange(len(indoors.rooms)))
        self.hosts.show(hosted, np.arange(len(hosted.rooms)))
        lost = binding.lost_sensors(self.session)
        self.lost.show(indoors, lost + binding.sent_away(indoors))
        for tab, words, n in ((ROOMS, "Rooms", len(indoors.rooms)), (LOST, "Sensors without a room", len(lost)),
                              (ELEMENTS, "Elements with sensors", len(hosted.rooms))):
            self.tabs.setTabText(tab, f"{tr(words)} ({n:,})")
        self.property.clear()
        self.property.addItem(tr("Not coloured"), "")
        for observed, unit in indoors.properties.items():
            self.property.addItem(binding.property_title(observed, unit), observed)
        for observed, unit in hosted.properties.items():
            self.property.addItem(tr("Elements: {name}", name=binding.property_title(observed, unit)), ON + observed)

    def _follow(self, colors: RoomColors | None) -> None:
        """Choices follow the document (undo too), values follow the clock."""
        named = ("" if colors.of == "rooms" else ON) + colors.observed if colors else ""
        self.property.setCurrentIndex(max(0, self.property.findData(named)))
        for combo, name in ((self.value, "value"), (self.scale, "scale")):
            combo.setCurrentIndex(max(0, combo.findData(getattr(colors, name)) if colors else 0))
            combo.setEnabled(colors is not None)
        self.ghosts.setChecked(colors is None or colors.others == "ghost")
        self.ghosts.setEnabled(colors is not None)
        for of, model in (("rooms", self.rooms), ("elements", self.hosts)):
            if colors is None or colors.of != of:
                model.show_now(np.full(len(model.indoors.rooms), np.nan, np.float32), None, "")
            else:
                self._show_now(model, colors)
        if colors is None:
            self.said.setText("" if len(self.rooms.indoors.rooms) or len(self.hosts.indoors.rooms)
                              else tr("No model of the project has rooms."))
        self._enable()

    def _show_now(self, model: RoomsModel, colors: RoomColors) -> None:
        """What the rooms or elements of `model` say at the clock's time."""
        moment, indoors = self.session.moment(), model.indoors
        found = indoors.at(colors.observed, colors.value, moment.now_ns, colors.stale_minutes)
        sign = sign_of(colors, indoors, moment)
        levels = levels_of(found.values, sign, night(indoors, moment)) if sign else None
        model.show_now(found.values, levels, indoors.properties.get(colors.observed, ""))
        n = f"{int((found.reporting > 0).sum()):,}"
        self.said.setText(tr("{n} of {total} rooms have data", n=n, total=f"{len(indoors.rooms):,}")
                          if colors.of == "rooms" else
                          tr("{n} of {total} elements have data", n=n, total=f"{int((found.sensors > 0).sum()):,}"))

    # -- using -----------------------------------------------------------------------------------------

    def _color(self) -> None:
        named = self.property.currentData() or ""
        of, observed = ("elements", named.removeprefix(ON)) if named.startswith(ON) else ("rooms", named)
        speaking = (self.session.rooms if of == "rooms" else self.session.hosts).now
        ids = [x.id for x in model_actions.buildings(self.session) if len(speaking.rows_of(x.id)) or x.room_colors]
        binding.color_rooms(self.session, ids, observed, of, value=self.value.currentData() or "mean",
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

    def _select(self, view: QTableView, model: RoomsModel) -> None:
        rooms = model.indoors.rooms
        rows = [int(model.order[row]) for row in self._chosen(view)]
        if rows:
            place, features = model.indoors.spread(np.array(rows))
            self.session.selection = Selection(tuple((self._drawn(rooms.layer[rows[at]]), int(feature))
                                                     for at, feature in zip(place, features)))
        self._enable()

    def _drawn(self, layer: str) -> str:
        """Of the layers that show a model one that is visible."""
        document, same = self.session.document, self.session.hosts.now.same
        mine = [x for x in document.layers if same.get(x.id) == layer]
        return next((x.id for x in mine if document.shown(x)), layer)

    def _select_lost(self) -> None:
        """In the scene too, beside the room or element that is selected: that is where they may be assigned to."""
        sensors = self.lost_sensors()
        rooms = tuple(item for item in self.session.selection.items if item[0] in self.session.hosts.now.same)
        if sensors:
            mine = tuple((self.session.rooms.shown_in(s.lot, s.row), s.row) for s in sensors)
            self.session.selection = Selection((*mine, *rooms[-1:]))
        self._enable()

    def _fly(self) -> None:
        last = self.session.selection.last
        if last and self.viewport:
            self.viewport.zoom_to_feature(last[0], last[1])

    def _enable(self) -> None:
        lost, room, tab = self.lost_sensors(), self.room(), self.tabs.currentIndex()
        element = binding.chosen_element(self.session)
        for name in BUTTONS:
            tabs = {"keep": (ROOMS, ELEMENTS), "unbind": (ELEMENTS,), "bind": (ELEMENTS, LOST)}.get(
                name, (ROOMS, ELEMENTS, LOST) if name == "forget" else (LOST,))
            self.buttons[name].setVisible(tab in tabs)
        self.buttons["assign"].setEnabled(bool(lost) and room >= 0)
        self.buttons["assign"].setText(tr("Assign to {room}", room=self.session.rooms.now.rooms.title(room))
                                       if lost and room >= 0 else tr(BUTTONS["assign"]))
        self.buttons["outside"].setEnabled(bool(lost))
        self.buttons["suggest"].setEnabled(bool(self._either()) or any(
            len(s.rooms) == 1 for s in (lost or self.lost.sensors)))
        self.buttons["bind"].setEnabled(element is not None and bool(binding.chosen_sensors(self.session)))
        self.buttons["unbind"].setEnabled(bool(self._carried()))
        held = {b.sensor for b in (*self.session.document.bindings, *self.session.document.host_bindings)}
        self.buttons["forget"].setEnabled(any(s.id in held for s in self._about()))
        self.buttons["keep"].setEnabled(len(self.session.rooms.now.rooms) + len(self.session.hosts.now.rooms) > 0)

    def _either(self) -> tuple[int, ...]:
        """The rooms between which the chosen sensors stand, where all of them stand between the same ones."""
        found = {s.rooms for s in self.lost_sensors()}
        rooms = found.pop() if len(found) == 1 else ()
        return rooms if len(rooms) > 1 else ()

    def _ask_which(self, lost: list[binding.Bound]) -> None:
        """In which of them they are."""
        menu, rooms = QMenu(self), self.session.rooms.now.rooms
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for room in self._either():
            name = rooms.title(room).replace("&", "&&")
            menu.addAction(name, lambda room=room: binding.assign(self.session, lost, room))
        button = self.buttons["suggest"]
        menu.popup(button.mapToGlobal(button.rect().topLeft()) - QPoint(0, menu.sizeHint().height()))

    def _about(self) -> list[binding.Bound]:
        """The sensors that a page is about: the chosen ones, or those of the room or element that is selected."""
        tab, room = self.tabs.currentIndex(), self.room()
        if tab == LOST:
            return self.lost_sensors()
        if tab == ELEMENTS:
            return self._carried()
        return in_room(self.session.rooms.now, room) if room >= 0 else []

    def _carried(self) -> list[binding.Bound]:
        """The sensors on the elements that are selected."""
        now = self.session.hosts.now
        rows = dict.fromkeys(now.row_of(*item) for item in self.session.selection.items)
        return [s for row in rows if row >= 0 for s in in_room(now, row)]

    def use(self, name: str) -> None:
        lost, room = self.lost_sensors(), self.room()
        if name == "assign":
            binding.assign(self.session, lost, room)
        elif name == "outside":
            binding.assign(self.session, lost, -1)
        elif name == "suggest" and self._either():
            self._ask_which(lost)
        elif name == "suggest":
            binding.take_suggestions(self.session, lost or self.lost.sensors)
        elif name == "forget":
            binding.forget(self.session, self._about())
        elif name == "bind":
            binding.put_on(self.session, binding.chosen_sensors(self.session), *binding.chosen_element(self.session))
        elif name == "unbind":
            binding.take_off(self.session, [s.id for s in self._carried()])
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
        self.property.setToolTip(tr("Colour rooms or elements by what their sensors say at the clock's time"))
        self.property.setAccessibleName(tr("Colour rooms"))
        self.ghosts.setText(tr("Others as ghosts"))
        for name, button in self.buttons.items():
            button.setText(tr(BUTTONS[name]))
        self._shown = ()

    def retheme(self) -> None:
        for view in (self.rooms_view, self.hosts_view):
            view.viewport().update()
