"""The statistics panel: readings of a property per zone, room, building, thing or kind, in buckets of time."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import numpy as np
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QDoubleValidator
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QLineEdit, QToolButton, QVBoxLayout, QWidget

from app import dialogs, reading_export, theme
from app.panels.editors import unmoved_by_wheel
from app.panels.statistics_table import WIDTHS, ShareBars, StatisticsModel, statistics_view
from app.session import Session
from app.statistics import Question
from app.statistics_work import StatisticsWork
from app.vitals import names_of
from twin import times
from twin.clock import INSTANT
from twin.column_words import property_words
from twin.text import language, tr
from twin.trouble import Trouble
from twin.vitals.catalogue import COMPLETE
from twin.vitals.statistics import edges_of
from twin.vitals.windows import day_of

KINDS = {"zone": "By zone", "building": "By building", "room": "By room", "thing": "By thing", "type": "By type",
         "datastream": "By sensor"}
BUCKETS = {5 * times.MINUTE: "5 min", 15 * times.MINUTE: "15 min", times.HOUR: "1 hour", 6 * times.HOUR: "6 hours",
           times.DAY: "1 day", 7 * times.DAY: "7 days", 0: "The whole span"}
BUCKET_WORDS = {"15min": 15 * times.MINUTE, "1h": times.HOUR, "1d": times.DAY}      # as on the command line
SLIDER, DAY, ALL = "slider", "day", "all"
SPANS = {SLIDER: "As the time slider", DAY: "The clock's day", ALL: "All readings"}


class StatisticsPanel(QWidget):
    """Follows the span of the time slider, and the zone that is chosen in the scene or in the zone panel.

    `zone_of()` gives that panel's zone ("" = none); `tell(words, tone)` says what came of an export.
    """

    def __init__(self, session: Session, viewport=None, parent: QWidget | None = None, tell=None, zone_of=None):
        super().__init__(parent)
        self.session, self.tell = session, tell or (lambda words, tone="note": None)
        self.zone_of = zone_of or (lambda: "")
        self.work = StatisticsWork(session)
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="statistics-table")      # sorts, exports
        self.model = StatisticsModel(self._thread, self)
        self.table = statistics_view(self.model)
        self.boxes = {name: QComboBox() for name in ("property", "kind", "bucket", "span", "zone")}
        self.threshold, self.said = QLineEdit(clearButtonEnabled=True), QLabel()
        self.export_button = QToolButton(autoRaise=True)
        self._bars = ShareBars(self.table)
        self._told: tuple = ()                      # language, theme and zone that the table was put into words for
        self._listed: tuple = ()
        self._zone_seen, self._selected = "", session.selection.last
        self._drawn: tuple = ()
        self._saving: Future | None = None
        self._most_first = False                    # once the next answer is there
        self._wished = ""                           # a property that is to be chosen once it is listed
        self._lay_out()
        self.retranslate()
        self.retheme()

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        for name, box in self.boxes.items():
            box.installEventFilter(unmoved_by_wheel())
            box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
            box.setMaximumWidth(230 if name in ("property", "zone") else 160)
            top.addWidget(box)
        self.threshold.setValidator(QDoubleValidator(self.threshold))
        self.threshold.setMaximumWidth(110)
        self.export_button.setIconSize(QSize(16, 16))
        self.export_button.clicked.connect(self.ask_export)
        top.addWidget(self.threshold)
        top.addStretch(1)
        top.addWidget(self.export_button)
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
        self.setMinimumHeight(150)

    def show_about(self, about: str) -> None:
        """Ask "property kind bucket [number]", such as "site.tsp thing 15min 1.0".

        With a number what is most comes first. What is listed later waits.
        """
        self._wished, kind, bucket, *limit = about.split()
        self.boxes["kind"].setCurrentIndex(max(0, self.boxes["kind"].findData(kind)))
        self.boxes["bucket"].setCurrentIndex(max(0, self.boxes["bucket"].findData(BUCKET_WORDS[bucket])))
        self.threshold.setText(limit[0] if limit else "")
        self._most_first = bool(limit)
        self._choose_wished()

    def _choose_wished(self) -> None:
        at = self.boxes["property"].findData(self._wished) if self._wished else -1
        if at >= 0:
            self.boxes["property"].setCurrentIndex(at)
            self._wished = ""

    # -- the tick ----------------------------------------------------------------------------------------

    def refresh(self) -> None:
        if not self.isVisible() or self.visibleRegion().isEmpty():
            return
        self._take_saved()
        self.model.take()
        self._follow_zone()
        self.work.ask(self.question())
        fresh = self.work.refresh()
        drawn = (language(), self.session.theme, self.session.document.time_zone, self.session.document.vitals,
                 self.work.busy, self.model.sorting)
        if fresh or drawn != self._drawn:
            self._drawn = drawn
            self._list_choices()
            self._show()

    def question(self) -> Question | None:
        """What the boxes, the slider and the chosen zone ask for; None as long as nothing observes anything."""
        property = self.boxes["property"].currentData()
        if not property:
            return None
        bucket = self.boxes["bucket"].currentData()
        first, last = self._span(bucket)
        return Question(property=property, kind=self.boxes["kind"].currentData(), bucket_ns=bucket, first_ns=first,
                        last_ns=last, threshold=_number(self.threshold.text()), zone=self.boxes["zone"].currentData())

    def _span(self, bucket_ns: int) -> tuple[int | None, int | None]:
        """Whole buckets: half an hour at the rim would be an hour that is half complete."""
        clock, kind = self.session.clock, self.boxes["span"].currentData()
        zone = self.session.document.time_zone
        if kind == SLIDER:
            first, last = self.session.time_view.span_ns
            if clock.mode != INSTANT and clock.since_ns is not None:
                first, last = clock.since_ns, clock.now_ns
        elif kind == DAY:
            first, last = day_of(clock.now_ns, zone)
            last -= 1
        else:
            first = last = 0
        if last <= first:
            return None, None
        if not bucket_ns:
            return first, last
        edges = edges_of(first, last, bucket_ns, zone)
        return int(edges[0]), int(edges[-1]) - 1

    def _follow_zone(self) -> None:
        """A click on a zone in the scene chooses it, and so does the zone panel."""
        zone, last = self.zone_of(), self.session.selection.last
        if zone != self._zone_seen:
            self._zone_seen = zone
            self._choose_zone(zone)
        if last != self._selected:
            self._selected = last
            found = [id for id, place in self.work.zone_places.items() if last and place == last]
            if found:
                self._choose_zone(found[0])

    def _choose_zone(self, id: str) -> None:
        at = self.boxes["zone"].findData(id)
        if at >= 0:
            self.boxes["zone"].setCurrentIndex(at)

    # -- what is shown -------------------------------------------------------------------------------------

    def _list_choices(self) -> None:
        work = self.work
        listed = (tuple(work.properties), tuple(work.zones), language())
        if listed == self._listed:
            return
        self._listed = listed
        named = sorted(((property_words(p.name), p) for p in work.properties), key=lambda one: one[0].casefold())
        _fill(self.boxes["property"], [(f"{words} ({p.unit})" if p.unit else words, p.name) for words, p in named])
        self._choose_wished()
        zh = language() == "zh"
        _fill(self.boxes["zone"], [(tr("All zones"), ""), *((z if zh and z else name or id, id)
                                                            for id, name, z in work.zones)])

    def _show(self) -> None:
        work, zone = self.work, self.session.document.time_zone
        question = work.answered if work.result is not None else None
        if work.result is not self.model.tabled or self._drawn[:3] != self._told:
            self._told = self._drawn[:3]
            self.model.show(work.result, question, self._needed(question), zone)
            if self._most_first and work.result is not None and not self._wished:
                self._most_first = False
                self.table.horizontalHeader().setSortIndicator(self.model.columns.index("mean"),
                                                               Qt.SortOrder.DescendingOrder)
            for at, name in enumerate(self.model.columns):
                self.table.setColumnWidth(at, WIDTHS.get(name, 104))
                self.table.setItemDelegateForColumn(at, self._bars if name == "completeness" else None)
        self.said.setText(self._words(question))
        self.export_button.setEnabled(work.result is not None and self._saving is None)
        self.table.setVisible(work.result is not None)

    def _words(self, question: Question | None) -> str:
        work = self.work
        if work.trouble is not None and work.result is None:
            return str(Trouble.of(work.trouble))
        if question is None:
            return tr("Counting…") if work.busy else tr("No layer of this project has readings.")
        edges, zone = work.result.edges_ns, self.session.document.time_zone
        said = tr("{groups} groups, {readings} readings, {first} to {last}. Grey: fewer than {share:.0f} % of the "
                  "readings expected", groups=f"{len(work.result.listed):,}",
                  readings=f"{int(work.result.table.count.sum()):,}", first=times.readable(int(edges[0]), zone),
                  last=times.readable(int(edges[-1]), zone), share=100 * self._needed(question))
        if (above := exceeding(work.result, question, self._needed(question), zone)) is not None:
            said += " · " + above
        doing = tr("Counting…") if work.busy else tr("Sorting…") if self.model.sorting else ""
        return f"{said} · {doing}" if doing else said

    def _needed(self, question: Question | None) -> float:
        """The completeness that the vital signs of this property ask for."""
        if question is None:
            return COMPLETE
        signs = names_of(self.session.document).of_property(question.property)
        return max((sign.complete for sign in signs), default=COMPLETE)

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
        for name, choices in (("kind", KINDS), ("bucket", BUCKETS), ("span", SPANS)):
            default = {"kind": "zone", "bucket": times.HOUR, "span": SLIDER}[name]
            _fill(self.boxes[name], [(tr(words), key) for key, words in choices.items()], default)
        for name, words in (("property", "Observed property"), ("kind", "Groups"), ("bucket", "Bucket of time"),
                            ("span", "Span"), ("zone", "Only in this zone")):
            self.boxes[name].setToolTip(tr(words))
            self.boxes[name].setAccessibleName(tr(words))
        self.threshold.setPlaceholderText(tr("Share above…"))
        self.threshold.setToolTip(tr("The share of readings above this number"))
        self.export_button.setToolTip(tr("Export the table…"))
        self.export_button.setAccessibleName(tr("Export the table…"))
        self._listed = self._drawn = ()

    def retheme(self) -> None:
        self.export_button.setIcon(theme.icon("export"))
        self.said.setStyleSheet(f"color: {theme.colour('muted', self.session.theme)};")
        self._drawn = ()

    def closeEvent(self, event):
        self.work.close()
        self._thread.shutdown(wait=False, cancel_futures=True)
        super().closeEvent(event)


def exceeding(result, question: Question, needed: float, zone: str) -> str | None:
    """How many complete buckets have a mean above the number, and on which days most of one group: the standard of
    building sites counts such quarters of an hour. None without a number.
    """
    if question.threshold is None or not question.bucket_ns or question.bucket_ns >= times.DAY:
        return None
    table = result.table
    with np.errstate(invalid="ignore"):
        above = (table.mean > question.threshold) & (table.completeness >= needed)
    days = [times.readable(int(ns), zone)[5:10] for ns in result.edges_ns[:-1].tolist()]
    firsts = [n for n, day in enumerate(days) if not n or day != days[n - 1]]
    most = np.add.reduceat(above, firsts, axis=1, dtype=np.int64).max(axis=0, initial=0).tolist()
    said = tr("{n} means above {limit}", n=f"{int(above.sum()):,}", limit=f"{question.threshold:g}")
    worst = [f"{days[first]} {count}" for first, count in zip(firsts, most) if count]
    return said + (tr(", most at one place per day: {days}", days=", ".join(worst[:7])) if worst else "")


def _fill(box: QComboBox, choices: list[tuple[str, object]], default=None) -> None:
    """What was chosen stays chosen where it is still offered."""
    held = box.currentData() if box.count() else default
    box.blockSignals(True)
    box.clear()
    for words, key in choices:
        box.addItem(words, key)
    box.setCurrentIndex(max(0, box.findData(held)) if choices else -1)
    box.blockSignals(False)


def _number(text: str) -> float | None:
    try:
        return float(text.replace(",", "."))
    except ValueError:
        return None


def _write(tabled, property: str, time_zone: str, path: Path) -> tuple[int, str]:
    return reading_export.write(tabled.as_table(property, time_zone), path), str(path)
