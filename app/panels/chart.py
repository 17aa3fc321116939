"""The chart of the selected sensors, with its cursor at now. Their readings are read in a thread."""

from __future__ import annotations

from concurrent.futures import Future

import numpy as np
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from app import theme
from app.charted import Line
from app.charting import Charting
from app.panels import facts
from app.panels.thinning import csv
from app.session import Session
from twin import times
from twin.text import tr
from twin.units import figures

MOST_LINES = 8
AXIS_PX = 46
# Eight hues that stay apart for colour-blind eyes, darker on light and lighter on dark ground.
COLORS = {"light": ("#1677ff", "#d9742b", "#1f9e78", "#b5478d", "#8a7a12", "#5c4fb3", "#c2453d", "#4d5a68"),
          "dark": ("#5b9dff", "#f0a05a", "#4fc7a0", "#e08abf", "#cdbb4a", "#a79bf0", "#f07f76", "#a9b4c0")}


class ChartPanel(QWidget):
    """Empty until sensors are selected; pyqtgraph is imported then."""

    def __init__(self, session: Session, parent: QWidget | None = None):
        super().__init__(parent)
        self.session = session
        self.charting = Charting(session, MOST_LINES, session.speaking)
        self.lines: tuple[Line, ...] = ()
        self.plots: list = []                # a TimePlot for each unit, one under the other, in step
        self.empty, self.more = QLabel(wordWrap=True), QLabel(wordWrap=True)
        self.copy = QToolButton(autoRaise=True)
        self.whole = QToolButton(autoRaise=True)
        self.keys: list[QLabel] = []
        self._stale = True                       # drawn in another theme or language
        self._copying: Future | None = None      # the text for the clipboard
        self._now: tuple | None = None
        self._lay_out()
        self.copy.clicked.connect(self.copy_csv)
        self.whole.clicked.connect(lambda: [plot.show_all() for plot in self.plots[:1]])
        self.retranslate()
        self.retheme()

    def _lay_out(self) -> None:
        tools = QHBoxLayout()
        tools.addWidget(self.more, 1)
        tools.addWidget(self.whole)
        tools.addWidget(self.copy)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(4)
        self.column.addWidget(self.empty)
        self.column.addLayout(tools)

    # -- the tick --------------------------------------------------------------------------------------

    def refresh(self) -> None:
        if self._copying and self._copying.done():
            text, self._copying = self._copying.result(), None
            QGuiApplication.clipboard().setText(text)
        if self.charting.refresh() or self._stale:
            self._stale = False
            self._show()
        self.copy.setEnabled(not self.charting.busy)         # of a long series only some readings are there at first
        now = self.session.clock.now_ns
        if self.lines and now != self._now:
            self._now = now
            for plot in self.plots:
                plot.set_now(now)
            self._show_keys()

    @property
    def busy(self) -> bool:
        """Readings of what is selected are on their way, or their copy is."""
        return self.charting.busy or self._copying is not None

    def _show(self) -> None:
        """What was read of the selected sensors, newest selection last."""
        self.lines, more = self.charting.lines, self.charting.left_out
        self.empty.setVisible(not self.lines)
        self.more.setText(tr("{n} more are selected", n=more) if more else "")
        for widget in (self.copy, self.whole):
            widget.setVisible(bool(self.lines))
        self._draw()
        for key in self.keys[len(self.lines):]:
            key.hide()
        self._now = None

    def _draw(self) -> None:
        """Lines of one unit share a plot, and all plots share the time."""
        units = list(dict.fromkeys(line.unit for line in self.lines))
        while len(self.plots) < len(units):
            self._add_plot()
        for plot, unit in zip(self.plots, units):
            self._fill(plot, unit, height=200 if len(units) == 1 else 140)
        for number, plot in enumerate(self.plots):
            plot.setVisible(number < len(units))
        while len(self.keys) < len(self.lines):
            key = QLabel(wordWrap=True)
            key.setTextFormat(Qt.TextFormat.RichText)
            self.keys.append(key)
            self.column.addWidget(key)

    def _add_plot(self) -> None:
        from app.panels.plot import TimePlot
        plot = TimePlot()
        plot.scrubbed = lambda time_ns: self.session.clock.go_to(time_ns)
        self.column.insertWidget(1 + len(self.plots), plot)
        if self.plots:
            plot.setXLink(self.plots[0])
        self.plots.append(plot)

    def _fill(self, plot, unit: str, height: int) -> None:
        from app.panels.plot import span_of
        every = [line.thinned for line in self.lines]
        mine = [number for number, line in enumerate(self.lines) if line.unit == unit]
        plot.setFixedHeight(height)
        plot.show_series([every[n] for n in mine], [COLORS[self.session.theme][n] for n in mine],
                         self.session.document.shown_zone, span_of(every))
        plot.show_suspects([self.lines[n].suspects for n in mine], [COLORS[self.session.theme][n] for n in mine])
        plot.retheme(self.session.theme, unit)
        plot.getAxis("left").setWidth(AXIS_PX)           # the same, so that one time stands under the other

    def _show_keys(self) -> None:
        """Beside each colour its name and its reading at now."""
        muted = theme.colour("muted", self.session.theme)
        for key, line, color in zip(self.keys, self.lines, COLORS[self.session.theme]):
            reading = facts.reading_at((line.instants, line.values), self.session.clock.now_ns, line.stale_secs)
            known = not np.isnan(reading.value)
            value = f"{figures(reading.value, digits=5)} {line.unit}".strip() if known else facts.MISSING
            stale = f" ({escaped(tr('stale'))})" if reading.state == "stale" else ""
            count = len(line.suspects[0])
            doubted = f" &nbsp;◇ {escaped(tr('{n} suspect readings', n=f'{count:,}'))}" if count else ""
            key.setText(f'<span style="color:{color}">●</span> {escaped(line.name)}'
                        f' <span style="color:{muted}">&nbsp;{escaped(value)}{stale}{doubted}</span>')
            key.show()

    def copy_csv(self) -> None:
        """What the plot shows, with times in the project's zone: written in the thread, taken by the tick."""
        names = [f"{line.name} [{line.unit}]" if line.unit else line.name for line in self.lines]
        zone = self.session.document.shown_zone
        series = [(line.instants, line.values) for line in self.lines]
        self._copying = self.charting.thread.submit(csv, names, series, self.plots[0].view_ns,
                                                    lambda at: times.iso(at, zone))

    # -- language and theme ------------------------------------------------------------------------------

    def retranslate(self) -> None:
        self.empty.setText(tr("Select sensors to see their readings over time."))
        for button, words in ((self.copy, tr("Copy as CSV")), (self.whole, tr("Show all readings"))):
            button.setToolTip(words)
            button.setAccessibleName(words)
        self._stale = True

    def retheme(self) -> None:
        muted = theme.colour("muted", self.session.theme)
        self.empty.setStyleSheet(f"color: {muted};")
        self.more.setStyleSheet(f"color: {muted};")
        for button, icon in ((self.copy, "copy"), (self.whole, "fit")):
            button.setIcon(theme.icon(icon))
            button.setIconSize(QSize(16, 16))
        self._stale = True


def escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
