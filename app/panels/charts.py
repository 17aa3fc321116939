"""Linked charts: any number of sensors over one time, a plot for each unit; their histogram; their readings as a table.

They follow the selection until they are pinned, and the visible part of the time slider until they are let loose.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QLabel, QStackedWidget, QToolButton, QVBoxLayout, QWidget

from app import dialogs, reading_export, theme
from app.charted import Line
from app.charting import Charting, histograms
from app.panels.chart_export import EXPORT, ChartExport
from app.panels.chart_keys import ChartKeys, color_of
from app.panels.histogram import HistogramPlot
from app.panels.linked_plot import LinkedPlot
from app.panels.number_box import NumberBox
from app.panels.plot_column import PlotColumn
from app.panels.readings_table import ReadingsModel, readings_view
from app.panels.time_marks import duration_words
from app.panels.time_shift import read_shift, shift_words
from app.session import Session
from twin.text import language, tr
from twin.times import DAY, HOUR
from twin.trouble import Trouble

AXIS_PX = 58
SHIFTS_NS = (0, HOUR, DAY, 7 * DAY)
PAGES = {"lines": "Lines", "histogram": "Histogram", "readings": "Readings"}
TOOLS = {"pin": ("pin", "Keep these sensors, whatever is selected"), "add": ("add", "Add the selected sensors"),
         "link": ("time-span", "Zoom with the time slider"),
         "difference": ("difference", "Show the difference to the earlier time"),
         "export": EXPORT}


class Charts(QWidget):
    """`tell(words, tone)` says how an export went."""

    def __init__(self, session: Session, viewport=None, parent: QWidget | None = None, tell: Callable | None = None):
        super().__init__(parent)
        self.session, self.tell = session, tell or (lambda words, tone="note": None)
        self.charting = Charting(session)
        self.lines_page, self.histogram_page = PlotColumn(self._new_plot), PlotColumn(HistogramPlot)
        self.plots, self.histograms = self.lines_page.plots, self.histogram_page.plots
        self.units: list[str] = []
        self.model = ReadingsModel(self)
        self.keys, self.pages, self.table = ChartKeys(), QStackedWidget(), readings_view(self.model)
        self.tabs = {name: QToolButton(autoRaise=True, checkable=True) for name in PAGES}
        self.tools = {name: QToolButton(autoRaise=True, checkable=name in ("pin", "link", "difference"))
                      for name in TOOLS}
        self.shift = NumberBox(shift_words, read_shift)
        self.said, self.empty = QLabel(), QLabel(alignment=Qt.AlignmentFlag.AlignCenter)
        self.page = "lines"
        self._view_ns = (0, 0)
        self._drawn: tuple = ()
        self._moment: tuple = ()
        self._beside: tuple[tuple, Future] | None = None     # the histogram or the table that is being made
        self._said: tuple = ()                               # what the words beside the tabs were made for
        self._made: tuple = ()                               # what that page shows was made for
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="readings")
        self.exporting = ChartExport(self.tools["export"], self.ask_export, self._export,
                                     lambda *said: self.tell(*said))
        self._lay_out()
        self._connect()
        self.retranslate()
        self.retheme()

    def _lay_out(self) -> None:
        top, group = QHBoxLayout(), QButtonGroup(self)
        top.setSpacing(2)
        for name, tab in self.tabs.items():
            group.addButton(tab)
            top.addWidget(tab)
            tab.setChecked(name == self.page)
        top.addSpacing(12)
        top.addWidget(self.said, 1)
        top.addWidget(self.shift)
        for name in ("difference", "link", "pin", "add", "export"):
            self.tools[name].setIconSize(QSize(16, 16))
            top.addWidget(self.tools[name])
        self.tools["link"].setChecked(True)
        for page in (self.lines_page, self.histogram_page, self.table):
            self.pages.addWidget(page)
        body = QHBoxLayout()
        body.addWidget(self.keys)
        body.addWidget(self.pages, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 4, 12, 6)
        column.setSpacing(4)
        column.addLayout(top)
        column.addWidget(self.empty, 1)
        column.addLayout(body, 1)
        self.setMinimumHeight(150)

    def _connect(self) -> None:
        for name, tab in self.tabs.items():
            tab.clicked.connect(lambda _, name=name: self.turn_to(name))
        self.shift.taken = self.compare
        self.tools["difference"].toggled.connect(lambda on: setattr(self.charting, "difference", on))
        self.tools["pin"].toggled.connect(lambda on: self.charting.pin() if on else self.charting.unpin())
        self.tools["add"].clicked.connect(self.charting.add_selected)
        self.keys.removed = self.charting.remove
        self.table.doubleClicked.connect(
            lambda index: self.session.clock.go_to(self.model.time_of(index.row())))

    def turn_to(self, page: str) -> None:
        """"lines", "histogram" or "readings"."""
        self.page = page
        self.tabs[page].setChecked(True)
        self.pages.setCurrentIndex(list(PAGES).index(page))
        self._made = ()

    def compare(self, shift_ns: float) -> None:
        """Lay what was said so much earlier beneath; 0 = nothing."""
        self.charting.shift_ns = max(0, int(shift_ns))

    # -- the tick --------------------------------------------------------------------------------------

    def refresh(self) -> None:
        if not self.isVisible():
            return
        fresh = self.charting.refresh()
        self.exporting.refresh(ready=not self.charting.busy)
        document = self.session.document
        drawn = (document.shown_zone, document.rules, document.vitals, self.session.theme, language())
        if fresh or drawn != self._drawn:
            self._drawn = drawn
            self._draw()
        self._show_tools()
        self._look()
        self._show_beside()
        moment = (self.session.clock.now_ns, self.session.compare_ns, self.charting.revision, self._drawn)
        if moment != self._moment:
            self._moment = moment
            self.model.set_now(self.session.clock.now_ns)
            self.keys.show_now(self.session.clock.now_ns)
            for plot in self.plots:
                plot.set_now(self.session.clock.now_ns)
                plot.set_second(self.session.compare_ns, self.session.theme)

    def _show_tools(self) -> None:
        charting = self.charting
        self.shift.show_value(charting.shift_ns, SHIFTS_NS)
        self.tools["difference"].setEnabled(charting.shift_ns > 0)
        self.tools["pin"].setChecked(charting.pinned is not None)
        self.tools["export"].setEnabled(self.exporting.active or bool(charting.lines))
        if self.exporting.active:
            said = self.exporting.words() or reading_words(charting)
        elif charting.busy:
            said = reading_words(charting)
        elif self._beside is not None and not self._beside[1].done():
            said = tr("Preparing {n} readings…", n=f"{sum(len(x.instants) for x in charting.lines):,}")
        else:
            more = tr("{n} more are selected", n=charting.left_out) if charting.left_out else ""
            lacking = sum(line.without_then for line in charting.lines)
            nothing = tr("{n} of {total} said nothing {duration} before", n=lacking, total=len(charting.lines),
                         duration=duration_words(charting.shift_ns)) if lacking else ""
            said = "; ".join(filter(None, (more, nothing)))
        if (said, charting.pinned) != self._said:
            self._said = said, charting.pinned
            self.said.setText(said)
            self.retranslate_empty()

    def _draw(self) -> None:
        lines = self.charting.lines
        self.empty.setVisible(not lines)
        self.keys.setVisible(bool(lines))
        self.pages.setVisible(bool(lines))
        self.keys.show_lines(lines, self.session.theme)
        self.units = list(dict.fromkeys(line.unit for line in lines))
        for page in (self.lines_page, self.histogram_page):
            page.fit(len(self.units))
        base_ns = min((int(line.instants[0]) for line in lines if len(line.instants)), default=0)
        for plot, unit in zip(self.plots, self.units):
            mine, colors = self._of(unit)
            plot.show_lines(mine, colors, self.session.document.shown_zone, base_ns)
            plot.show_suspects([line.suspects for line in mine], colors)
            plot.show_limits(*self.charting.bands_of(mine), self.session.theme)
            plot.retheme(self.session.theme, self._axis_words(unit))
            plot.getAxis("left").setWidth(AXIS_PX)       # the same, so that one time stands under the other
        self._view_ns, self._made = (0, 0), ()

    def _of(self, unit: str) -> tuple[list[Line], list[str]]:
        numbered = [(n, line) for n, line in enumerate(self.charting.lines) if line.unit == unit]
        return [line for _, line in numbered], [color_of(n, self.session.theme) for n, _ in numbered]

    def _new_plot(self) -> LinkedPlot:
        plot = LinkedPlot()
        plot.scrubbed = lambda time_ns: self.session.clock.go_to(time_ns)
        plot.looked = self._take_view
        return plot

    # -- the visible span ------------------------------------------------------------------------------

    def _take_view(self, start_ns: int, end_ns: int) -> None:
        """The user zoomed a plot; (0, 0) is a double click: everything that is charted."""
        if end_ns <= start_ns:
            start_ns, end_ns = self.whole_ns
        if self.tools["link"].isChecked():
            self.session.time_view.show(start_ns, end_ns)
            start_ns, end_ns = self.session.time_view.span_ns
        self._show_view((start_ns, end_ns))

    @property
    def whole_ns(self) -> tuple[int, int]:
        known = [line.instants for line in self.charting.lines if len(line.instants)]
        return (min(int(t[0]) for t in known), max(int(t[-1]) for t in known)) if known else (0, 0)

    def _look(self) -> None:
        span = self.session.time_view.span_ns
        if span[1] > span[0] and (self.tools["link"].isChecked() or self._view_ns == (0, 0)) and span != self._view_ns:
            self._show_view(span)

    def _show_view(self, span_ns: tuple[int, int]) -> None:
        self._view_ns = span_ns
        for plot in self.plots[:len(self.units)]:
            plot.show_view(*span_ns)

    # -- histogram and table: made in a thread -----------------------------------------------------------

    def _show_beside(self) -> None:
        if self._beside is not None and self._beside[1].done():
            (made, future), self._beside = self._beside, None
            if made[0] == self.page and not future.exception():
                self._made = made
                self._show_histograms(future.result()) if self.page == "histogram" else self.model.show(
                    future.result(), self.session.document.shown_zone)
            elif error := future.exception():
                self._made = made
                self.tell(str(Trouble.of(error)), "error")
        wanted = (self.page, self.charting.revision, self._view_ns, self.session.document.shown_zone)
        if self.page == "lines" or self._beside is not None or wanted == self._made or self.charting.busy:
            return
        groups = [tuple(self._of(unit)[0]) for unit in self.units]
        task = (histograms, groups, self._view_ns) if self.page == "histogram" else (
            reading_export.parts, [(line, self._source(line)) for line in self.charting.lines], self._view_ns)
        self._beside = (wanted, self._thread.submit(*task))

    def _show_histograms(self, counted: list) -> None:
        for plot, unit, (edges, counts) in zip(self.histograms, self.units, counted):
            plot.show_counts(edges, counts, self._of(unit)[1])
            plot.retheme(self.session.theme, self._axis_words(unit))

    def _axis_words(self, unit: str) -> str:
        return f"Δ {unit}".strip() if any(line.difference for line in self._of(unit)[0]) else unit

    def _source(self, line: Line):
        layer = self.session.document.layer(line.layer)
        return layer.source if layer else None

    # -- export ------------------------------------------------------------------------------------------

    def ask_export(self) -> None:
        path = dialogs.save_file(self, "", tr("readings") + ".csv", "CSV (*.csv);;Parquet (*.parquet)")
        if path:
            self.export(path)

    def export(self, path: Path) -> None:
        """The readings of the visible span, suspect ones too: what the plots draw, or what the table lists."""
        self.exporting.begin(path)

    def _export(self, path: Path, going: reading_export.Going) -> Future:
        sources = [(line, self._source(line)) for line in self.charting.lines]
        return self._thread.submit(reading_export.export, sources, self._view_ns, self.session.document.shown_zone,
                                   path, self.page == "lines", going)

    # -- language and theme ------------------------------------------------------------------------------

    def retranslate_empty(self) -> None:
        reading = self.charting.busy
        self.empty.setText(reading_words(self.charting) if reading else
                           tr("Nothing is kept here: add selected sensors with +, or let the pin go.")
                           if self.charting.pinned == () else tr("Select sensors to see their readings over time."))

    def retranslate(self) -> None:
        self.retranslate_empty()
        for name, words in PAGES.items():
            self.tabs[name].setText(tr(words))
        for name, (_, words) in TOOLS.items():
            self.tools[name].setToolTip(tr(words))
            self.tools[name].setAccessibleName(tr(words))
        self.exporting.dress()
        self.shift.setToolTip(tr("Compare with what was said so much earlier"))
        self.shift.setAccessibleName(tr("Compare with what was said so much earlier"))
        self.model.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, self.model.columnCount() - 1)
        self._drawn = ()

    def retheme(self) -> None:
        for name, (icon, _) in TOOLS.items():
            self.tools[name].setIcon(theme.icon(icon))
        self.exporting.dress()
        for label in (self.said, self.empty):
            label.setStyleSheet(f"color: {theme.colour('muted', self.session.theme)};")
        self._drawn = ()

    def closeEvent(self, event):
        self.charting.close()
        self._thread.shutdown(wait=False, cancel_futures=True)
        super().closeEvent(event)


def reading_words(charting: Charting) -> str:
    """What is being read, and what is drawn of it by now."""
    looked, lines = charting.looked_at
    if looked is None:
        return tr("Reading {n} series…", n=lines) if lines else tr("Reading…")
    drawn, there = looked
    return tr("{drawn} of {there} readings are drawn; the rest is being prepared…", drawn=f"{drawn:,}",
              there=f"{there:,}")
