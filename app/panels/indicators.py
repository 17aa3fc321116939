"""The dashboard of the plan's 35 indicators: actual against target, as of the clock's time."""

from __future__ import annotations

from html import escape

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QToolButton, QVBoxLayout, QWidget

from app import indicators, theme, zone_edits
from app.panels.entry_dialog import EntryDialog
from app.panels.vital_list import Line, VitalList
from app.unread import has_readings, why_no_readings
from app.vitals import AROUND_M, MOST_LIT
from twin import times
from twin.selection import Selection
from twin.text import language, tr
from twin.units import figures
from twin.vitals.indicator_rules import system_words
from twin.vitals.indicators import RISING, Actual, Indicator, reached
from twin.vitals.verdict import GREEN, GREY, RED

WORDS = {True: "reached", False: "not reached", None: "no value"}
LEVELS = {True: GREEN, False: RED, None: GREY}


class IndicatorPanel(QWidget):
    """Four groups of rows; a chosen one opens below, with what can be done about it."""

    def __init__(self, session, viewport, parent: QWidget | None = None):
        super().__init__(parent)
        self.session, self.viewport = session, viewport
        self._seen: tuple = ()
        self._wished = ""                                     # number of the one to open
        self._actuals: dict[str, tuple[Indicator, Actual]] = {}
        self.summary = QLabel(wordWrap=True)
        self.list = VitalList()
        self.list.selectionModel().currentChanged.connect(lambda *_: self._tell())
        self.list.doubleClicked.connect(lambda _: self.show_causes())
        self.opened = QLabel(wordWrap=True, textFormat=Qt.TextFormat.RichText, alignment=Qt.AlignmentFlag.AlignTop)
        self.opened.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.causes, self.enter, self.entries = QToolButton(), QToolButton(), QToolButton()
        self.causes.clicked.connect(self.show_causes)
        self.enter.clicked.connect(self.ask_value)
        self.entries.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.entries.setMenu(QMenu(self.entries))
        self.entries.menu().aboutToShow.connect(self._fill_entries)
        self._lay_out()
        self.retranslate()
        self.retheme()

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 8, 0, 8)
        column.setSpacing(6)
        self.summary.setContentsMargins(12, 0, 12, 0)
        buttons = QHBoxLayout()
        buttons.setContentsMargins(12, 0, 12, 0)
        for button in (self.causes, self.enter, self.entries):
            button.setAutoRaise(True)
            buttons.addWidget(button)
        buttons.addStretch(1)
        self.opened.setContentsMargins(12, 0, 12, 4)
        column.addWidget(self.summary)
        column.addWidget(self.list, 1)
        column.addWidget(self.opened)
        column.addLayout(buttons)                    # at the foot, where they stay however much is said above

    def refresh(self) -> None:
        if not self.isVisible() or self.visibleRegion().isEmpty():
            return
        vitals = self.session.vitals
        state = vitals.state()
        computing = state is None or vitals.preparing or bool(self.session.assets.loading)
        seen = (state, self.session.document, self.session.clock.now_ns, language(), self.session.assets.revision,
                computing)
        if self._seen and all(a is b or (k and a == b) for k, (a, b) in enumerate(zip(seen, self._seen))):
            return
        self._seen = seen
        found = indicators.actuals(self.session, vitals.board, state)
        self._actuals = {str(i.number): (i, a) for i, a in found}
        met = [reached(i, a) for i, a in found]
        clock = times.readable(self.session.clock.now_ns, self.session.document.shown_zone)
        as_of = tr("As of {time}", time=clock) if self.session.time_view.has_time else ""
        counted = tr("computing…") if computing else tr(
            "{reached} of {known} known indicators reached, {n} without a value", reached=met.count(True),
            known=len(met) - met.count(None), n=sum(not np.isfinite(actual.value) for _, actual in found))
        why = "" if computing or has_readings(self.session) else why_no_readings(self.session)
        self.summary.setText(" · ".join(filter(None, (as_of, counted, why))))
        self.list.show_lines(self._lines(found, met, computing))
        if self._wished:
            self.list.choose(self._wished)
            self._wished = ""
        self._tell()

    def _lines(self, found: list[tuple[Indicator, Actual]], met: list[bool | None], computing: bool) -> list[Line]:
        """`computing`: what has no value may still get one."""
        out, category = [], ""
        for (indicator, actual), done in zip(found, met):
            if indicator.category != category:
                category = indicator.category
                out.append(Line(indicator.category_zh if language() == "zh" else category))
            value = figures(actual.value) if np.isfinite(actual.value) else "—"
            rising = indicator.operator == RISING and np.isfinite(actual.previous)
            out.append(Line(f"{indicator.number} {indicator.title()}", str(indicator.number), value,
                            indicator.unit_words(), LEVELS[done],
                            int(np.sign(actual.value - actual.previous)) if rising else None,
                            remark=tr("target {target}", target=indicator.target_words()),
                            word=tr("computing…" if computing and done is None else _verdict(actual, done))))
        return out

    def _tell(self) -> None:
        indicator, actual = self._actuals.get(self.list.chosen(), (None, None))
        for widget in (self.opened, self.causes, self.enter, self.entries):
            widget.setVisible(indicator is not None)
        if indicator is None:
            return
        zone = self.session.document.shown_zone
        rows = [(tr("Target"), indicator.target_words()),
                (tr("Operator"), _operator_words(indicator)),
                (tr("As of"), times.readable(actual.as_of_ns, zone) if actual.as_of_ns is not None else ""),
                (tr("Trend"), _trend_words(indicator, actual, self.session.document.time_zone)),
                (tr("Source"), "" if actual.computed else actual.source),
                (tr("Note"), actual.note),
                (tr("How it is found"), _way_words(indicator, actual)),
                (tr("Failing"), _failing_words(indicator, actual))]
        muted = theme.colour("muted", self.session.theme)
        style = f"color:{muted};padding:2px 10px 2px 0"
        cells = "".join(f'<tr><td style="{style}">{label}</td><td>{escape(words)}</td></tr>'
                        for label, words in rows if words)
        self.opened.setText(f"<table>{cells}</table>")
        self.causes.setEnabled(len(actual.rows) > 0 or bool(actual.objects))
        self.entries.setEnabled(bool(self._own_entries()))

    # -- what can be done -----------------------------------------------------------------------------------

    def show_causes(self) -> None:
        """Select the objects that keep the indicator from its target, show their layers, and go there."""
        indicator, actual = self._actuals.get(self.list.chosen(), (None, None))
        board = self.session.vitals.board
        if actual is not None and actual.objects:
            self._light(actual.objects)
        if actual is None or board is None or not len(actual.rows):
            return
        rows = actual.rows[:MOST_LIT]
        causes = [board.pool.layer_of(int(r)) for r in rows]
        observed = {id: board.pool.text("property", int(r)) for (id, _), r in zip(causes, rows)}
        if indicator.rule is not None and indicator.rule.kind == "near":       # they fail as things, not by a reading
            observed = {id: getattr(self.session.document.layer(id), "observed", "") for id in observed}
        self.session.edits.commit(zone_edits.shown(self.session.document, observed), "Show the causes")
        self.session.selection = Selection(tuple(dict.fromkeys(causes)))
        places = board.pool.xy[rows]
        places = places[np.isfinite(places).all(axis=1)]
        if len(places):
            self.viewport.zoom_to_area(*(places.min(axis=0) - AROUND_M), *(places.max(axis=0) + AROUND_M))

    def _light(self, objects: tuple[tuple[str, int], ...]) -> None:
        """Objects that are no sensors."""
        self.session.selection = Selection(objects[:MOST_LIT])
        self.viewport.zoom_to({layer for layer, _ in objects})

    def show_about(self, number: str) -> None:
        """Open one indicator."""
        self._wished = number
        self._seen = ()

    def ask_value(self) -> None:
        indicator, _ = self._actuals.get(self.list.chosen(), (None, None))
        if indicator is None:
            return
        dialog = EntryDialog(indicator, self.session.clock.now_ns, self.session.document.time_zone, self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.accepted.connect(lambda: indicators.enter(self.session, indicator.number, *dialog.values()))
        dialog.open()

    def _own_entries(self) -> list:
        chosen = self.list.chosen()
        return [e for e in self.session.document.vitals.indicators if str(e.number) == chosen]

    def _fill_entries(self) -> None:
        menu = self.entries.menu()
        menu.clear()
        for entry in sorted(self._own_entries(), key=lambda e: e.date):
            words = tr("Remove {value:g} of {date} ({source})", value=entry.value, date=entry.date, source=entry.source)
            menu.addAction(words, lambda e=entry: indicators.remove(self.session, e.number, e.date))

    # -- looks ----------------------------------------------------------------------------------------------

    def retranslate(self) -> None:
        for button, words in ((self.causes, "Show the causes"), (self.enter, "Enter a value…"),
                              (self.entries, "Entered values")):
            button.setText(tr(words))
        self._seen = ()

    def retheme(self) -> None:
        self.summary.setStyleSheet(f"color: {theme.colour('muted', self.session.theme)};")
        self.list.retheme(self.session.theme)
        self._seen = ()


def _verdict(actual: Actual, done: bool | None) -> str:
    """Of an improvement one date tells nothing yet."""
    return WORDS[done] if done is not None or not np.isfinite(actual.value) else "one date only"


def _way_words(indicator: Indicator, actual: Actual) -> str:
    """A study in the scene may have answered in place of the rule."""
    if actual.computed and actual.source:
        return actual.source
    return indicator.rule.words() if indicator.rule else tr("by hand")


def _trend_words(indicator: Indicator, actual: Actual, time_zone: str) -> str:
    """What the newest of two dates changed."""
    if not np.isfinite(actual.previous) or actual.previous_ns is None:
        return ""
    return tr("{change} since {date}, when it was {value}", change=figures(actual.value - actual.previous, "+", 6),
              date=times.readable(actual.previous_ns, time_zone)[:10],
              value=f"{figures(actual.previous, digits=6)} {indicator.unit_words()}".strip())


def _failing_words(indicator: Indicator, actual: Actual) -> str:
    count, kind = len(actual.objects) or len(actual.rows), indicator.rule.kind if indicator.rule else ""
    if not count:
        return ""
    if kind == "handled":
        said = tr("{n} incidents that are not closed", n=f"{count:,}")
    elif actual.objects:
        said = tr("{n} buildings", n=f"{count:,}")
    elif kind in ("near", "things"):
        said = tr("{n} of {system}", n=f"{count:,}", system=system_words(indicator.rule.system))
    else:
        said = tr("{n} sensors", n=f"{count:,}")
    return said if count <= MOST_LIT else tr("{things}; {n} of them are lit", things=said, n=MOST_LIT)


def _operator_words(indicator: Indicator) -> str:
    match indicator.operator:
        case "≥":
            return tr("at least")
        case "≈":
            return tr("within 5 %")
        case "=":
            return tr("at least the low end of the range") if indicator.high != indicator.low else tr("this or more")
    return tr("the newest of two dates is higher")
