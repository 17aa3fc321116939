"""The statistics panel: readings of a property per zone, room, building, thing or kind, in buckets of time."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from app import dialogs, reading_export, theme
from app.panels.statistics_form import StatisticsForm
from app.panels.statistics_matrix import MatrixModel, colors_told, matrix_view
from app.panels.statistics_table import WIDTHS, ShareBars, StatisticsModel, statistics_view
from app.panels.statistics_words import (
    asked,
    exceeding,
    why_empty,
)
from app.session import Session
from app.statistics import Question, needed_of
from app.statistics_work import StatisticsWork
from app.unread import why_no_readings
from app.vitals import names_of
from twin import times
from twin.selection import Selection
from twin.text import language, tr
from twin.trouble import Trouble
from twin.vitals.catalogue import COMPLETE


class StatisticsPanel(QWidget):
    """Follows the span of the time slider, and the zone that is chosen in the scene or in the zone panel.

    `zone_of()` gives that panel's zone ("" = none); `tell(words, tone)` says what came of an export.
    """

    def __init__(self, session: Session, viewport=None, parent: QWidget | None = None, tell=None, zone_of=None):
        super().__init__(parent)
        self.session, self.viewport, self.tell = session, viewport, tell or (lambda words, tone="note": None)
        self.zone_of = zone_of or (lambda: "")
        self.work = StatisticsWork(session)
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="statistics-table")      # sorts, exports
        self.model = StatisticsModel(self._thread, self)
        self.table = statistics_view(self.model)
        self.form = StatisticsForm(session)
        self.matrix = MatrixModel(self)
        self.grid = matrix_view(self.matrix)
        self.said = QLabel()
        self.export_button, self.matrix_button = QToolButton(autoRaise=True), QToolButton(autoRaise=True)
        self.matrix_button.setCheckable(True)
        self._bars = ShareBars(self.table)
        self._told: tuple = ()                      # language, theme and zone that the table was put into words for
        self._zone_seen, self._selected = "", session.selection.last
        self._drawn: tuple = ()
        self._saving: Future | None = None
        self._most_first = False                    # once the next answer is there
        self._due = False                           # `show_about` asked, and there is no answer yet
        self._lay_out()
        self.retranslate()
        self.retheme()

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.addLayout(self.form)
        top.addStretch(1)
        for button in (self.matrix_button, self.export_button):
            button.setIconSize(QSize(16, 16))
            top.addWidget(button)
        self.export_button.clicked.connect(self.ask_export)
        self.matrix_button.toggled.connect(self._turn)
        self.grid.clicked.connect(self._go)
        header = self.table.horizontalHeader()
        header.setSortIndicatorShown(True)
        header.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        header.sortIndicatorChanged.connect(self.model.sort)
        self.table.doubleClicked.connect(lambda index: self.session.clock.go_to(self.model.begins_ns(index.row())))
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 6, 12, 8)
        column.setSpacing(4)
        column.addLayout(top)
        column.addWidget(self.said)
        column.addWidget(self.table, 1)
        column.addWidget(self.grid, 1)
        self.setMinimumHeight(150)

    def show_about(self, about: str) -> None:
        """Ask "property kind bucket [number] [hours] [matrix] [of=LAYER]", such as
        "bld.co2 room 1h 1000 8-12,13:30-16:30 matrix".

        With a number what is most comes first. What is listed later waits.
        """
        wish = asked(about)
        self._due, self._most_first = True, bool(wish["limit"])
        self.matrix_button.setChecked(bool(wish["matrix"]))
        self.form.wish(wish)

    # -- the tick ----------------------------------------------------------------------------------------

    @property
    def counting(self) -> bool:
        """Whether somebody looks who has no answer yet to what `show_about` asked."""
        return self._due and self._looked_at

    @property
    def _looked_at(self) -> bool:
        return self.isVisible() and not self.visibleRegion().isEmpty()

    def refresh(self) -> None:
        if not self._looked_at:
            return
        self._take_saved()
        self.model.take()
        self._follow_zone()
        self.work.ask(self.form.question())
        fresh = self.work.refresh()
        self._due = self._due and not self._answered()
        drawn = (language(), self.session.theme, self.session.document.time_zone, self.session.document.vitals,
                 self.work.busy, self.model.sorting, self.matrix_button.isChecked(),
                 self.session.assets.revision if self.work.result is None else None)
        if fresh or drawn != self._drawn:
            self._drawn = drawn
            self.form.list_choices(self.work)
            self._show()

    def _answered(self) -> bool:
        """Whether what is asked now is answered, or never will be."""
        work, question = self.work, self.form.question()
        if question is None:
            return work.prepared and not work.properties
        return bool(work.trouble) or (work.result is not None and work.answered == question)

    def _follow_zone(self) -> None:
        """A click on a zone in the scene chooses it, and so does the zone panel."""
        zone, last = self.zone_of(), self.session.selection.last
        if zone != self._zone_seen:
            self._zone_seen = zone
            self.form.choose_zone(zone)
        if last != self._selected:
            self._selected = last
            found = [id for id, place in self.work.zone_places.items() if last and place == last]
            if found:
                self.form.choose_zone(found[0])

    # -- what is shown -------------------------------------------------------------------------------------

    def _show(self) -> None:
        work, zone = self.work, self.session.document.time_zone
        question = work.answered if work.result is not None else None
        if work.result is not self.model.tabled or self._drawn[:3] != self._told:
            self._told = self._drawn[:3]
            self.model.show(work.result, question, self._needed(question), zone)
            self.matrix.show(work.result, question, self._needed(question), zone, names_of(self.session.document),
                             self.session.theme)
            if self._most_first and work.result is not None and not self.form.waiting:
                self._most_first = False
                most = Qt.SortOrder.DescendingOrder
                self.table.horizontalHeader().setSortIndicator(self.model.columns.index(_average(self.model)), most)
                self.grid.horizontalHeader().setSortIndicator(len(self.matrix.buckets), most)
            for at, name in enumerate(self.model.columns):
                self.table.setColumnWidth(at, WIDTHS.get(name, 104))
                self.table.setItemDelegateForColumn(at, self._bars if name == "completeness" else None)
        self.said.setText(self._words(question))
        self.export_button.setEnabled(work.result is not None and self._saving is None)
        self._turn()

    def _turn(self) -> None:
        """Rows of group and time, or groups against time."""
        there, matrix = self.work.result is not None, self.matrix_button.isChecked()
        self.table.setVisible(there and not matrix)
        self.grid.setVisible(there and matrix)

    def _go(self, index) -> None:
        """To that group and its bucket of time."""
        if index.column() >= len(self.matrix.buckets):
            return
        group = self.matrix.group(index.row())
        self.session.clock.go_to(self.matrix.middle_ns(index.column()))
        if group.layer:
            self.session.selection = Selection(((group.layer, group.feature),))
            self._selected = self.session.selection.last          # a zone stays among the others here
            if self.viewport:
                self.viewport.zoom_to_feature(group.layer, group.feature)

    def _words(self, question: Question | None) -> str:
        work = self.work
        if work.trouble is not None and work.result is None:
            return str(Trouble.of(work.trouble))
        if question is None:
            waits = work.busy or self.session.assets.loading or self.form.question() is not None    # at the next tick
            return tr("Counting…") if waits else why_no_readings(self.session)
        if not work.result.listed:
            return why_empty(question, bool(work.zones))
        edges, zone = work.result.edges_ns, self.session.document.time_zone
        said = tr("{groups} groups, {readings} readings, {first} to {last}. Grey: fewer than {share:.0f} % of the "
                  "readings expected", groups=f"{len(work.result.listed):,}",
                  readings=f"{int(work.result.table.count.sum()):,}", first=times.readable(int(edges[0]), zone),
                  last=times.readable(int(edges[-1]), zone), share=100 * self._needed(question))
        if self.matrix_button.isChecked():
            said += " · " + colors_told(question, work.result.unit, names_of(self.session.document),
                                        work.result.crowded)
        if (above := exceeding(work.result, question, self._needed(question), zone)) is not None:
            said += " · " + above
        doing = tr("Counting…") if work.busy else tr("Sorting…") if self.model.sorting else ""
        return f"{said} · {doing}" if doing else said

    def _needed(self, question: Question | None) -> float:
        """The completeness that the vital signs of this property ask for."""
        return needed_of(names_of(self.session.document), question.property) if question else COMPLETE

    # -- export ------------------------------------------------------------------------------------------

    def ask_export(self) -> None:
        path = dialogs.save_file(self, "", tr("statistics") + ".csv", "CSV (*.csv);;Parquet (*.parquet)")
        if path:
            self.export(path)

    def export(self, path: Path) -> None:
        """All rows of the table, by group and time."""
        if self.work.result is not None:
            self._saving = self._thread.submit(_write, self.work.result, self.work.answered.property,
                                               self.session.document.time_zone, path)

    def _take_saved(self) -> None:
        if self._saving is None or not self._saving.done():
            return
        future, self._saving = self._saving, None
        self.export_button.setEnabled(True)
        if error := future.exception():
            self.tell(str(Trouble.of(error)), "error")
        else:
            rows, path = future.result()
            self.tell(tr("{rows} rows were written: {path}", rows=f"{rows:,}", path=path))

    # -- language and theme --------------------------------------------------------------------------------

    def retranslate(self) -> None:
        self.form.retranslate()
        self.matrix_button.setToolTip(tr("Groups against time, coloured by level; a click goes there"))
        self.matrix_button.setAccessibleName(tr("Groups against time"))
        self.export_button.setToolTip(tr("Export the table…"))
        self.export_button.setAccessibleName(tr("Export the table…"))
        self._drawn = ()

    def retheme(self) -> None:
        self.export_button.setIcon(theme.icon("export"))
        self.matrix_button.setIcon(theme.icon("table"))
        edge = theme.colour("panel", self.session.theme)
        self.grid.setStyleSheet(f"QTableView::item {{ border: 1px solid {edge}; }}")
        self.said.setStyleSheet(f"color: {theme.colour('muted', self.session.theme)};")
        self._drawn = ()

    def closeEvent(self, event):
        self.work.close()
        self._thread.shutdown(wait=False, cancel_futures=True)
        super().closeEvent(event)


def _average(model: StatisticsModel) -> str:
    """The column that limits are held against."""
    return "energy_mean" if "energy_mean" in model.columns else "mean"


def _write(tabled, property: str, time_zone: str, path: Path) -> tuple[int, str]:
    return reading_export.write(tabled.as_table(property, time_zone), path), str(path)
