"""Live feeds: what is received from where, how it goes, and the recorder that keeps it when the window is closed."""

from __future__ import annotations

import time
from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QSplitter,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from app import theme
from app.feeding import start_recorder
from app.panels.feed_form import FeedForm
from app.session import Session
from twin import times
from twin.feeds import status
from twin.feeds.feed import Feed
from twin.history.store import store_beside
from twin.layer import new_id
from twin.text import language, tr
from twin.trouble import Trouble

HEADS = ("Feed", "State", "Last message", "Readings/s", "Readings", "Rejected", "Clock")
BUTTONS = {"add": "Add…", "edit": "Edit…", "remove": "Remove"}
LOOK_SECS = 1.0
SKEW_SECS = 5.0                          # from here on a clock is said to be wrong


class FeedsPanel(QWidget):
    """`save()` saves the project, since the recorder reads its feeds from the file; False where somebody refused."""

    def __init__(self, session: Session, save=lambda: False, parent: QWidget | None = None):
        super().__init__(parent)
        self.session, self.save = session, save
        self.table, self.detail, self.said = QTableWidget(0, len(HEADS)), QPlainTextEdit(readOnly=True), QLabel()
        self.record = QPushButton()
        self.buttons = {name: QPushButton() for name in BUTTONS}
        self.status: dict | None = None
        self._looked = 0.0
        self._shown: tuple = ()
        self._lay_out()
        self._connect()
        self.retranslate()

    def _lay_out(self) -> None:
        row, column = QHBoxLayout(), QVBoxLayout(self)
        for widget, stretch in ((self.record, 0), (self.said, 1), *((b, 0) for b in self.buttons.values())):
            row.addWidget(widget, stretch)
        self.said.setProperty("role", "muted")
        self.said.setMinimumWidth(60)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.verticalHeader().hide()
        self.table.setShowGrid(False)
        self.table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        self.table.horizontalHeader().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        parts = QSplitter(Qt.Orientation.Horizontal)
        parts.addWidget(self.table)
        parts.addWidget(self.detail)
        parts.setSizes([640, 420])
        parts.setChildrenCollapsible(False)
        column.setContentsMargins(12, 8, 12, 8)
        column.setSpacing(8)
        column.addLayout(row)
        column.addWidget(parts, 1)

    def _connect(self) -> None:
        self.record.clicked.connect(self.start_or_stop)
        self.buttons["add"].clicked.connect(lambda: self._ask(Feed(id=new_id("feed"), name="")))
        self.buttons["edit"].clicked.connect(lambda: self._ask(self.chosen()))
        self.buttons["remove"].clicked.connect(self.remove)
        self.table.cellDoubleClicked.connect(lambda *_: self._ask(self.chosen()))
        self.table.itemSelectionChanged.connect(self._show_detail)

    def retranslate(self) -> None:
        for name, button in self.buttons.items():
            button.setText(tr(BUTTONS[name]))
        self.table.setHorizontalHeaderLabels([tr(head) for head in HEADS])
        self._shown = ()

    def retheme(self) -> None:
        self._shown = ()

    # -- what can be done ---------------------------------------------------------------------------------

    def chosen(self) -> Feed | None:
        row, feeds = self.table.currentRow(), self.session.document.feeds
        return feeds[row] if 0 <= row < len(feeds) else None

    def _ask(self, feed: Feed | None) -> None:
        if feed is None:
            return
        form = FeedForm(self.session, feed, self)
        if form.exec() == QDialog.DialogCode.Accepted:
            self.put(form.feed())

    def put(self, feed: Feed) -> None:
        """Enter a feed, or replace the one of its id; a running recorder takes it over at once."""
        document = self.session.document
        known = {f.id for f in document.feeds}
        feeds = tuple(feed if f.id == feed.id else f for f in document.feeds)
        self._commit(feeds if feed.id in known else (*feeds, feed))

    def remove(self) -> None:
        feed = self.chosen()
        if feed:
            self._commit(tuple(f for f in self.session.document.feeds if f.id != feed.id))

    def _commit(self, feeds: tuple[Feed, ...]) -> None:
        self.session.edits.commit(replace(self.session.document, feeds=feeds), "Live feeds")
        self.session.edits.seal()
        if self.running:
            self.save()

    @property
    def running(self) -> bool:
        return bool(self.status and self.status["running"])

    def start_or_stop(self) -> None:
        if self.running:
            status.ask_to_stop(store_beside(self.session.path))
        elif self.save():
            self.session.live.layers.expected = True
            try:
                start_recorder(self.session.path)
            except (OSError, Trouble) as error:
                self.said.setText(str(error))
        self._looked = 0.0

    # -- the tick -------------------------------------------------------------------------------------------

    def refresh(self) -> None:
        now = time.monotonic()
        if now - self._looked >= LOOK_SECS and self.isVisible():
            self._looked = now
            self.status = status.read(store_beside(self.session.path)) if self.session.path else None
        said = self.status or {}
        shown = (self.session.document.feeds, said.get("updated_ns"), self.running, language(), self.session.path)
        if shown != self._shown:
            self._shown = shown
            self._show()

    def _show(self) -> None:
        feeds = self.session.document.feeds
        told = {f["id"]: f for f in (self.status or {}).get("feeds", ())}
        self.table.setRowCount(len(feeds))
        for row, feed in enumerate(feeds):
            for column, text in enumerate(self._cells(feed, told.get(feed.id))):
                item = QTableWidgetItem(text)
                if column == 1 and feed.id in told and self.running:
                    good = told[feed.id]["state"] == "connected"
                    item.setForeground(QColor(theme.colour("good" if good else "danger")))
                self.table.setItem(row, column, item)
        if feeds and self.table.currentRow() < 0:
            self.table.selectRow(0)
        self.record.setText(tr("Stop recording") if self.running else tr("Start recording"))
        self.record.setEnabled(self.running or bool(feeds))
        for name in ("edit", "remove"):
            self.buttons[name].setEnabled(bool(feeds))
        self.said.setText(self._sentence(feeds))
        self.said.setToolTip(self.said.text())
        self._show_detail()

    def _cells(self, feed: Feed, told: dict | None) -> list[str]:
        if told is None:
            return [feed.name, "", "", "", "", "", ""]
        zone = self.session.document.shown_zone
        last = times.readable(told["last_ns"], zone, seconds=True)[11:19] if told["last_ns"] else ""
        skew = told["skew_secs"]
        clock = "" if skew is None else tr("right") if abs(skew) < SKEW_SECS else f"{skew:+,.0f} s"
        state = tr(told["state"] if self.running else "stopped") + (" ⚠" if told["warnings"] else "")
        return [feed.name, state, last,
                f"{told['rate'] if self.running else 0:,.1f}", f"{told['readings']:,}", f"{told['rejected']:,}", clock]

    def _sentence(self, feeds: tuple[Feed, ...]) -> str:
        if not feeds:
            return tr("Add a broker or a server; what it sends is recorded into the project.")
        if not self.running:
            return tr("Nothing is recorded now.")
        said = self.status
        return said["error"] or tr("Recording goes on when the window is closed. {readings} readings, {duplicates} "
                                   "duplicates, {waiting} messages waiting.", readings=f"{said['readings']:,}",
                                   duplicates=f"{said['duplicates']:,}", waiting=f"{said['waiting']:,}")

    def _show_detail(self) -> None:
        feed = self.chosen()
        told = next((f for f in (self.status or {}).get("feeds", ()) if feed and f["id"] == feed.id), None)
        text = "\n".join(_detail(told)) if told else (feed.url if feed else "")
        if text != self.detail.toPlainText():
            self.detail.setPlainText(text)


def clocks_ahead(told: dict) -> list[str]:
    """A sentence for each sensor whose clock is ahead; none of a recorder of an older version."""
    return [tr("The clock of {name} is {secs} s ahead: LIVE goes no further than the clock here.", name=name,
               secs=f"{secs:,.0f}") for name, secs in told.get("ahead", {}).items()]


def _detail(told: dict) -> list[str]:
    lines = [told["url"]] + ([told["error"]] if told["error"] else [])
    lines += [f"⚠ {text}" for text in told["warnings"]]
    lines += [f"⚠ {text}" for text in clocks_ahead(told)]
    if told["last"]["topic"]:
        lines += ["", tr("Last message"), told["last"]["topic"], told["last"]["payload"][:1000]]
    if told["rejects"]:
        lines += ["", tr("The first that were no readings")]
        lines += [f"× {reject['reason']}: {reject['text'][:120]}" for reject in told["rejects"]]
    return lines
