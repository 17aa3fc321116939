"""The store of readings: what takes how much room, day by day, and how long readings are kept."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPushButton,
    QSpinBox,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from app import dialogs, theme
from app.session import Session
from twin import times
from twin.column_words import property_words
from twin.history import retention
from twin.history.store import Store, is_store
from twin.text import language, tr
from twin.trouble import Trouble

COLUMNS = ("Observed property", "Readings", "On the disk", "Replay", "Oldest (UTC)", "Newest (UTC)")
LOOK_EVERY_TICKS = 60
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class StorePanel(QWidget):
    """Counts in a thread when the store was written to; `tell(words, tone)` says what came of keeping fewer days."""

    def __init__(self, session: Session, viewport=None, parent: QWidget | None = None, tell=None):
        super().__init__(parent)
        self.session, self.tell = session, tell or (lambda words, tone="note": None)
        self.folder: Path | None = None
        self.facts: dict = {}
        self.stores, self.said, self.tree = QComboBox(), QLabel(wordWrap=True), QTreeWidget()
        self.days_label, self.days, self.apply = QLabel(), QSpinBox(minimum=0, maximum=36_500), QPushButton()
        self.check = QPushButton()
        self.wrong = False                                # the last check found something that is not mended yet
        self._ticks = 0
        self._folders: tuple[str, ...] | None = None      # None = nobody looked yet
        self._counted: tuple = ()                         # store and its mark that are shown
        self._counting: tuple[tuple, Future] | None = None
        self._asking: tuple[int, Future] | None = None    # days, and what keeping so many would let go of
        self._keeping: Future | None = None
        self._checking: Future | None = None              # or the mending
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="store")
        self._lay_out()
        self.stores.activated.connect(lambda at: self._become(Path(self._folders[at])))
        self.apply.clicked.connect(self.ask_to_keep)
        self.check.clicked.connect(self.look_closely)
        self.retranslate()
        self.retheme()

    def _lay_out(self) -> None:
        self.tree.setFrameShape(QFrame.Shape.NoFrame)
        self.tree.setAlternatingRowColors(True)
        self.tree.setUniformRowHeights(True)
        self.tree.setColumnCount(len(COLUMNS))
        self.tree.header().setStretchLastSection(False)
        self.tree.setColumnWidth(0, 320)
        self.tree.itemExpanded.connect(self._fill_days)
        top = QHBoxLayout()
        for widget, stretch in ((self.stores, 0), (self.said, 1), (self.days_label, 0), (self.days, 0),
                                (self.apply, 0), (self.check, 0)):
            top.addWidget(widget, stretch)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 6, 12, 8)
        column.addLayout(top)
        column.addWidget(self.tree, 1)
        self.setMinimumHeight(140)

    # -- the tick --------------------------------------------------------------------------------------

    def refresh(self) -> None:
        if not self.isVisible():
            return
        self._take()
        self._ticks += 1
        if self._counting is None and self._keeping is None and (self._ticks % LOOK_EVERY_TICKS == 1 or not self.facts):
            self._look()

    def _look(self) -> None:
        """Which stores the project shows, and whether the one here was written to since."""
        self._list_stores()
        if self.folder is None:
            return
        with Store(self.folder) as store:
            mark = (self.folder, store.mark(), language())
        if mark != self._counted:
            self._counting = (mark, self._thread.submit(_summary, self.folder))

    def _list_stores(self) -> None:
        paths = dict.fromkeys(x.source.path for x in self.session.document.layers if x.kind == "sensors" and x.source)
        folders = tuple(path for path in paths if is_store(Path(path)))
        if folders != self._folders:
            self._folders = folders
            self.stores.clear()
            self.stores.addItems([Path(path).name for path in folders])
            if self.folder is None or str(self.folder) not in folders:
                self._become(Path(folders[0]) if folders else None)
        self.stores.setVisible(len(folders) > 1)

    def _become(self, folder: Path | None) -> None:
        self.folder, self.facts, self._counted, self.wrong = folder, {}, (), False
        self.tree.clear()
        self.apply.setEnabled(folder is not None)
        self.said.setText("" if folder else tr("No layer of this project shows a store of readings."))

    def _take(self) -> None:
        if self._counting and self._counting[1].done():
            (mark, future), self._counting = self._counting, None
            self._counted = mark
            if mark[0] == self.folder and self._sound(future):
                self._show(future.result())
        if self._asking and self._asking[1].done():
            (days, future), self._asking = self._asking, None
            if self._sound(future):
                self._confirm(days, future.result())
        if self._keeping and self._keeping.done():
            future, self._keeping = self._keeping, None
            if self._sound(future):
                self.tell(tr("{n} readings were let go of.", n=f"{future.result():,}"))
                self._reload()
        if self._checking and self._checking.done():
            future, self._checking = self._checking, None
            if self._sound(future):
                self._tell_findings(*future.result())
        self.apply.setEnabled(self.folder is not None and self._keeping is None and self._asking is None)
        self.check.setEnabled(self.folder is not None and self._checking is None)

    def _sound(self, future: Future) -> bool:
        if error := future.exception():
            self.tell(str(Trouble.of(error)), "error")
        return not error

    def _reload(self) -> None:
        document = self.session.document
        for layer in document.layers:
            if layer.source and layer.source.path == str(self.folder):
                self.session.assets.reload(layer, document.frame, document.time_zone)
        self._counted = ()

    # -- what it shows ---------------------------------------------------------------------------------

    def _show(self, facts: dict) -> None:
        self.facts = facts
        zone = self.session.document.shown_zone
        span = " – ".join(times.readable(t, zone)[:16] for t in facts["span_ns"] or ())
        words = [tr("{readings} readings of {n} datastreams", readings=f"{facts['readings']:,}",
                    n=f"{facts['datastreams']:,}"), size_words(facts["bytes"]), span]
        if facts["waiting_bytes"]:
            words.append(tr("{size} will be freed within an hour of the next writing",
                            size=size_words(facts["waiting_bytes"])))
        self.said.setText(" · ".join(w for w in words if w))
        self.days.setValue(facts["keep_days"])
        self.tree.clear()
        for told in facts["properties"]:
            item = QTreeWidgetItem([property_words(told["property"]) or "—", f"{told['readings']:,}",
                                    size_words(told["bytes"]), size_words(told["cube_bytes"]), told["oldest"],
                                    told["newest"]])
            item.setChildIndicatorPolicy(QTreeWidgetItem.ChildIndicatorPolicy.ShowIndicator)
            _right(item)
            self.tree.addTopLevelItem(item)
        for column in range(1, len(COLUMNS)):
            self.tree.header().setSectionResizeMode(column, QHeaderView.ResizeMode.ResizeToContents)

    def _fill_days(self, item: QTreeWidgetItem) -> None:
        """The days of a property, newest first, when somebody looks at them."""
        at = self.tree.indexOfTopLevelItem(item)
        if at < 0 or item.childCount():
            return
        for day in reversed(self.facts["properties"][at]["by_day"]):
            row = QTreeWidgetItem([day["day"], f"{day['readings']:,}", size_words(day["bytes"])])
            _right(row)
            item.addChild(row)

    # -- whether all is there ----------------------------------------------------------------------------

    def look_closely(self) -> None:
        """Read the whole store in the thread; a second time, after something was found, put it in order first."""
        if self.folder is not None and self._checking is None:
            self._checking = self._thread.submit(_checked, self.folder, self.wrong)
            self.said.setText(tr("Reading everything…"))

    def _tell_findings(self, mended: list[str], told: dict) -> None:
        if self.wrong:
            self._reload()
        self.wrong, self._counted = not told["sound"] and not mended, ()
        ends = [] if told["findings"] else [tr("All of {n} readings are there, each once.", n=f"{told['readings']:,}")]
        self.tell("\n".join([*mended, *told["findings"], *ends]), "error" if told["findings"] else "note")
        self._name_check()

    def _name_check(self) -> None:
        self.check.setText(tr("Put in order") if self.wrong else tr("Check"))
        self.check.setToolTip(tr("Mend what can be mended, and say what was done") if self.wrong else
                              tr("Read everything and say what is missing, damaged or there twice"))

    # -- keeping fewer days ------------------------------------------------------------------------------

    def ask_to_keep(self) -> None:
        """Ask in a thread what would go; then the user."""
        if self.folder is not None and self._asking is None and self._keeping is None:
            self._asking = (self.days.value(), self._thread.submit(_would_forget, self.folder, self.days.value()))

    def _confirm(self, days: int, gone: list) -> None:
        if not gone or dialogs.ask_to_forget(self, days, sum(d.readings for d in gone),
                                             min(d.date for d in gone), max(d.date for d in gone)):
            self._keeping = self._thread.submit(retention.keep_only, self.folder, days)
        else:
            self.days.setValue(self.facts.get("keep_days", 0))

    # -- language and theme ------------------------------------------------------------------------------

    def retranslate(self) -> None:
        self._name_check()
        self.tree.setHeaderLabels([tr(words) for words in COLUMNS])
        self.days_label.setText(tr("Keep"))
        self.days.setSuffix(" " + tr("days"))
        self.days.setSpecialValueText(tr("for ever"))
        self.days.setAccessibleName(tr("Days that are kept"))
        self.apply.setText(tr("Apply"))
        self._counted = ()

    def retheme(self) -> None:
        for label in (self.said, self.days_label):
            label.setStyleSheet(f"color: {theme.colour('muted', self.session.theme)};")

    def closeEvent(self, event):
        """What is being let go of is finished first."""
        self._thread.shutdown(wait=True, cancel_futures=True)
        super().closeEvent(event)


def size_words(size: int) -> str:
    for unit in ("B", "kB", "MB", "GB"):
        if size < 1000 or unit == "GB":
            return f"{size:.0f} B" if unit == "B" else f"{size:,.1f} {unit}"
        size /= 1000
    return ""


def _right(item: QTreeWidgetItem) -> None:
    for column in range(1, len(COLUMNS)):
        item.setTextAlignment(column, RIGHT)


def _summary(folder: Path) -> dict:
    with Store(folder) as store:
        return retention.summary(store)


def _checked(folder: Path, mends: bool) -> tuple[list[str], dict]:
    from twin.history.checking import check, mend
    return mend(folder) if mends else [], check(folder)


def _would_forget(folder: Path, days: int) -> list:
    with Store(folder) as store:
        return retention.would_forget(store, days)
