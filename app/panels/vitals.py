"""The zone panel: how a zone is doing at the clock's time, sign by sign, and why."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QMenu, QSplitter, QToolButton, QVBoxLayout, QWidget

from app import theme, zone_edits
from app.drawing import Drawing
from app.panels import zone_menu
from app.panels.limits_dialog import LimitsDialog
from app.panels.vital_detail import GROUP_LINK, MOST, Day, html
from app.panels.vital_lines import lines_of, summary_of
from app.panels.vital_list import Line, VitalList
from app.unread import why_no_zones
from app.vital_groups import area_of, zone_layers
from app.vitals import AROUND_M, lit
from twin import times
from twin.assets import LOADING
from twin.clock import PAUSED
from twin.selection import Selection
from twin.text import language, tr
from twin.vitals import report
from twin.vitals.board import State
from twin.vitals.choices import SignChoice
from twin.vitals.difference import compared
from twin.vitals.groups import Group
from twin.vitals.ladder import ladder

INDENT = {"building": "▫ ", "storey": "    ", "room": "    "}   # these below their building, it below the zones
ALL = 500                                    # failing sensors that are named when one asks for all
DETAIL_EVERY = 8                             # ticks between two texts of the opened sign while the clock runs


class VitalsPanel(QWidget):
    """A zone is chosen in the list, by a click on it in the scene, or by drawing it."""

    def __init__(self, session, viewport, parent: QWidget | None = None):
        super().__init__(parent)
        self.session, self.viewport = session, viewport
        self.zone = ""                                        # id of the zone
        self.every = False                                    # signs that nothing observes here too
        self.drawing: Drawing | None = None                   # of a zone, while it is drawn
        self._seen: tuple = ()
        self._selected: tuple = ()
        self._ticks = self._told_at = 0
        self._lay_out()
        self.retranslate()
        self.retheme()

    def _lay_out(self) -> None:
        self.zones = QComboBox()
        self.zones.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.zones.activated.connect(lambda at: self.choose_zone(self.zones.itemData(at)))
        self.fly, self.draw, self.more = QToolButton(), QToolButton(), QToolButton()
        self.fly.clicked.connect(self.fly_to_zone)
        self.draw.clicked.connect(self.toggle_drawing)
        self.more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.more.setMenu(QMenu(self.more))
        self.more.menu().aboutToShow.connect(lambda: zone_menu.fill(self.more.menu(), self))
        head = QHBoxLayout()
        head.addWidget(self.zones, 1)
        for button in (self.fly, self.draw, self.more):
            button.setAutoRaise(True)
            head.addWidget(button)
        self.summary = QLabel(wordWrap=True)
        self.list = VitalList()
        self.list.selectionModel().currentChanged.connect(lambda *_: self._tell(force=True))
        self.list.doubleClicked.connect(lambda _: self.fly_to_causes())
        self.opened = QLabel(wordWrap=True, textInteractionFlags=Qt.TextInteractionFlag.TextSelectableByMouse,
                             alignment=Qt.AlignmentFlag.AlignTop)
        self.opened.setTextFormat(Qt.TextFormat.RichText)
        self.opened.setTextInteractionFlags(Qt.TextInteractionFlag.TextBrowserInteraction)
        self.opened.linkActivated.connect(self._follow_link)
        self._whole = ""                             # the sign of which every failing sensor is named
        self.causes, self.paint_zones, self.limits = QToolButton(), QToolButton(), QToolButton()
        self.causes.clicked.connect(self.fly_to_causes)
        self.paint_zones.clicked.connect(self.color_zones)
        self.limits.clicked.connect(self.edit_limits)
        self._place(head)

    def _place(self, head: QHBoxLayout) -> None:
        from PySide6.QtWidgets import QScrollArea
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 8, 0, 8)
        column.setSpacing(6)
        head.setContentsMargins(12, 0, 12, 0)
        column.addLayout(head)
        self.summary.setContentsMargins(12, 0, 12, 0)
        column.addWidget(self.summary)
        lower = QWidget()
        below = QVBoxLayout(lower)
        below.setContentsMargins(12, 4, 12, 0)
        buttons = QHBoxLayout()
        for button in (self.causes, self.paint_zones, self.limits):
            button.setAutoRaise(True)
            buttons.addWidget(button)
        buttons.addStretch(1)
        below.addLayout(buttons)
        scroll = QScrollArea(widgetResizable=True, frameShape=QScrollArea.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(self.opened)
        below.addWidget(scroll, 1)
        self.lower = lower
        split = QSplitter(Qt.Orientation.Vertical)
        split.addWidget(self.list)
        split.addWidget(lower)
        split.setSizes([400, 400])                   # a sign that is opened is read: half is its own
        lower.setMinimumHeight(120)
        column.addWidget(split, 1)

    # -- the tick -------------------------------------------------------------------------------------------

    def refresh(self) -> None:
        if not self.isVisible() or self.visibleRegion().isEmpty():
            return
        self._ticks += 1
        vitals = self.session.vitals
        state, then = vitals.state(), vitals.state(second=True)
        self._follow_selection(state)
        course = vitals.course()
        seen = (state, then, self.zone, self.every, course.done if course else -1, language(), vitals.preparing,
                self.session.document.vitals, self.session.document.shown_zone, self.drawing,
                self.session.assets.revision)
        if len(seen) == len(self._seen) and all(a is b or (not isinstance(a, State) and a == b)
                                                for a, b in zip(seen, self._seen)):
            return
        self._seen = seen
        self._show_zones(state)
        self._show_summary(state, then)
        self.list.show_lines(self._lines(state, then, course) if state else [])
        self._tell()

    def _follow_selection(self, state: State | None) -> None:
        """A click on a zone in the scene chooses it."""
        last = self.session.selection.last
        if last == self._selected or state is None:
            return
        self._selected = last
        groups = state.groups.groups if last else ()
        found = ([g.id for g in groups if (g.layer, g.feature) == last]
                 or [g.id for g in groups if (g.layer, g.feature) == (last[0], -1)])      # else the whole building
        if found:
            self.zone = found[0]

    def group(self, state: State | None) -> int:
        """The zone's place among the groups, -1 = there is none."""
        ids = [g.id for g in state.groups.groups] if state else []
        if self.zone in ids or not ids:
            return ids.index(self.zone) if ids else -1
        return int(np.argmax(np.bincount(state.groups.of, minlength=len(ids))))    # the one with the most sensors

    def _show_zones(self, state: State | None) -> None:
        groups = state.groups.groups if state else ()
        words = [(g.id, INDENT.get(g.kind, "") + g.title(language())) for g in _in_order(groups)
                 if not _one_of_many(g) or g.id == self.zone]
        if words != [(self.zones.itemData(n), self.zones.itemText(n)) for n in range(self.zones.count())]:
            self.zones.clear()
            for number, (id, name) in enumerate(words):
                self.zones.addItem(name, id)
                self.zones.setItemData(number, name.strip(), Qt.ItemDataRole.ToolTipRole)
        at = self.group(state)
        if at >= 0:
            vitals = self.session.vitals
            if not (self.session.assets.loading or vitals.outdated or vitals.preparing):         # others may come
                self.zone = self.zone or groups[at].id         # one that is not there yet, or no more, stays wished for
            place = self.zones.findData(groups[at].id)
            if self.zones.currentIndex() != place:
                self.zones.setCurrentIndex(place)
        self.zones.setToolTip(self.zones.currentText().strip())        # there is no room for a long name

    def _show_summary(self, state: State | None, then: State | None) -> None:
        if self.drawing is not None:
            self.summary.setText(tr("Click the corners of the zone in the scene; a double click ends, Esc gives up."))
            return
        at = self.group(state)
        self.fly.setEnabled(at >= 0)
        if at >= 0:
            anew = [tr("Being computed")] if self.session.vitals.outdated else []
            self.summary.setText(" · ".join([summary_of(self.session, state, then, at), *anew]))
            return
        layers = zone_layers(self.session.document)
        waits = (layers and state is None) or any(asset.state == LOADING for x in layers
                                                if (asset := self.session.held(x.id)) is not None)
        self.summary.setText(tr("Being computed") if waits else why_no_zones(self.session))

    def _lines(self, state: State, then: State | None, course) -> list[Line]:
        at = self.group(state)
        return [] if at < 0 else lines_of(self.session.vitals.board, state, then, course, at, self.every)

    # -- the opened sign ------------------------------------------------------------------------------------

    def _tell(self, force: bool = False) -> None:
        """The text of the chosen sign; while the clock runs not at every tick."""
        if not force and self.session.clock.state != PAUSED and self._ticks - self._told_at < DETAIL_EVERY:
            self._seen = ()                                    # once more when it may
            return
        self._told_at = self._ticks
        state, sign = self.session.vitals.state(), self.list.chosen()
        row, at = (state.row(sign), self.group(state)) if state and sign else (-1, -1)
        self.lower.setVisible(row >= 0 and at >= 0)
        if row < 0 or at < 0:
            return
        told = report.report(self.session.vitals.board, state, row, at, ALL if self._whole == sign else MOST)
        told |= {"group": state.groups.groups[at].id, "ladder": ladder(self.session.vitals.board, state, row, at)}
        then = self.session.vitals.state(second=True)
        if then is not None:
            told |= compared(state, then, row, at)
        zone = self.session.document.shown_zone
        day = Day(times.readable(state.time_ns, zone)[:10], zone)
        self.opened.setText(html(told, state.signs[row], day, self.session.theme, self._whole == sign))
        self.causes.setEnabled(bool(told["failing"] or told["worst"]))

    def _follow_link(self, link: str) -> None:
        """To another level of the city, or to every member of this one."""
        if link.startswith(GROUP_LINK):
            self.choose_zone(link.removeprefix(GROUP_LINK))
            return
        self._whole = self.list.chosen()
        self._tell(force=True)

    # -- what can be done -----------------------------------------------------------------------------------

    def choose_zone(self, id: str) -> None:
        self.zone, self._selected = id, self.session.selection.last

    def fly_to_zone(self) -> None:
        state = self.session.vitals.state()
        at = self.group(state)
        area = area_of(self.session, self.session.vitals.board, at) if at >= 0 else None
        if area:
            self.viewport.zoom_to_area(*area)

    def fly_to_causes(self) -> None:
        """Select the sensors that fail (or the worst one), show their layers, and go there."""
        state, sign = self.session.vitals.state(), self.list.chosen()
        row, at = (state.row(sign), self.group(state)) if state and sign else (-1, -1)
        if row < 0 or at < 0:
            return
        board, document = self.session.vitals.board, self.session.document
        rows = lit(board, state, row, at)
        causes = [board.pool.layer_of(int(r)) for r in rows]
        causes, rows = causes[::-1], rows[::-1]          # the worst last: layer and inspector tell of it
        observed = {id: board.pool.text("property", int(r)) for (id, _), r in zip(causes, rows)}
        self.session.edits.commit(zone_edits.shown(document, observed), "Show the causes")
        self.session.selection = Selection(tuple(causes))
        self._selected = self.session.selection.last
        places = board.pool.xy[rows]
        places = places[np.isfinite(places).all(axis=1)]
        if len(places):
            self.viewport.zoom_to_area(*(places.min(axis=0) - AROUND_M), *(places.max(axis=0) + AROUND_M))

    def color_zones(self) -> None:
        """Colour every layer of zones by the chosen sign; once more: as before."""
        sign, document = self.list.chosen(), self.session.document
        already = all(layer.sign == sign for layer in document.layers if layer.kind == "zones")
        self.session.edits.commit(zone_edits.colored_by(document, "" if already else sign), "Coloured by vital sign")

    def edit_limits(self) -> None:
        sign = self.session.vitals.board.names.sign(self.list.chosen()) if self.list.chosen() else None
        if sign is None:
            return
        held = self.session.document.vitals
        dialog = LimitsDialog(sign, held.sign(sign.id), self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.accepted.connect(lambda: self._keep_limits(dialog.choice()))
        dialog.open()

    def _keep_limits(self, choice: SignChoice | None) -> None:
        document = self.session.document
        if choice is not None:
            vitals = document.vitals.with_sign(choice)
            self.session.edits.commit(replace(document, vitals=vitals), "Limits of a sign")

    def toggle_drawing(self) -> None:
        if self.drawing is None:
            self.drawing = Drawing(self.session, self.viewport, "polygon", self._drawn, on_ground=True)
            self.drawing.begin()
        else:
            self.drawing.finish()

    def _drawn(self, ring: np.ndarray | None) -> None:
        """One edit; a polygon that was given up, or has fewer than three corners, is none."""
        self.drawing = None
        if ring is not None:
            document, self.zone = zone_edits.with_outline(self.session.document, ring)
            self.session.edits.commit(document, "Draw zone")

    # -- looks ----------------------------------------------------------------------------------------------

    def retranslate(self) -> None:
        for button, words in ((self.fly, "Fly to the zone"), (self.draw, "Draw a zone"), (self.more, "More")):
            button.setToolTip(tr(words))
            button.setAccessibleName(tr(words))
        self.causes.setText(tr("Show the causes"))
        self.paint_zones.setText(tr("Colour the zones"))
        self.limits.setText(tr("Limits…"))
        self._seen = ()

    def retheme(self) -> None:
        for button, name in ((self.fly, "fly"), (self.draw, "draw-zone"), (self.more, "more")):
            button.setIcon(theme.icon(name))
        self.summary.setStyleSheet(f"color: {theme.colour('muted', self.session.theme)};")
        self.list.retheme(self.session.theme)
        self._seen = ()


def _one_of_many(group: Group) -> bool:
    """Too many for a list: blocks, and buildings of the city, are chosen in the scene."""
    return group.kind == "block" or (group.kind == "building" and group.feature >= 0)


def _in_order(groups: tuple[Group, ...]) -> list[Group]:
    """As they are, but storeys and rooms directly below their building."""
    parts = [g for g in groups if g.kind in ("storey", "room")]
    out = []
    for group in groups:
        if group.kind not in ("storey", "room"):
            out.append(group)
        if group.kind == "building" and group.feature < 0:
            out += [part for part in parts if part.layer == group.layer]
    return out + [part for part in parts if part not in out]
