"""A feed to be entered or put right, and tried: what arrives, and what the mapping makes of it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QGroupBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app.session import Session
from app.trial_words import MAPPING, trial_words
from twin import passwords
from twin.feeds.feed import Feed, Mapping
from twin.feeds.trial import Trial, try_in_worker
from twin.jobs import DONE, Job
from twin.text import tr
from twin.trouble import Trouble

KIND_WORDS = {"mqtt": "MQTT broker", "sensorthings": "SensorThings server", "http": "HTTP, asked again and again",
              "gtfs-rt": "GTFS-realtime vehicles"}
FIELDS = {"name": "Name", "kind": "Kind", "url": "Address", "topics": "Topics", "qos": "QoS", "protocol": "Version",
          "every_secs": "Ask every (s)", "user": "User", "password": "Password", "ca_file": "Certificates"}
HINTS = {"url": "mqtt://host:1883", "topics": "city/+/noise", "rows": "data.readings", "id": "{device}/{topic[1]}",
         "values": "value, up.level", "time": "time", "property": "{property}"}
LARGEST_BYTES = 100_000                    # of a message that is read again at every key
MQTT_ONLY = ("topics", "qos", "protocol")
FORMS = {"auto": "By itself", "number": "A plain number", "json": "JSON by these paths"}


class FeedForm(QDialog):
    """`exec()` answers accepted; then `feed()` is what was entered and `keep_password()` puts the password away."""

    def __init__(self, session: Session, feed: Feed, parent: QWidget | None = None):
        super().__init__(parent)
        self.session, self._given = session, feed
        self.setWindowTitle(tr("Live feed"))
        self.texts = {name: QLineEdit() for name in ("name", "url", "topics", "every_secs", "user", "password",
                                                     "ca_file")}
        self.choices = {name: QComboBox() for name in ("kind", "qos", "protocol", "form")}
        self.paths = {name: QLineEdit() for name in MAPPING if name != "form"}
        self.said, self.test = QPlainTextEdit(readOnly=True), QPushButton(tr("Try it"))
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
        for which, words in ((QDialogButtonBox.StandardButton.Ok, "OK"),
                             (QDialogButtonBox.StandardButton.Cancel, "Cancel")):
            self.buttons.button(which).setText(tr(words))
            self.buttons.button(which).setIcon(QIcon())
        self._job: Job | None = None
        self._trial = Trial()                            # of the message that came last
        self._timer = QTimer(self, interval=100)
        self._lay_out()
        self._fill(feed)
        self._connect()

    def _lay_out(self) -> None:
        where, mapping = QFormLayout(), QFormLayout()
        for name, words in FIELDS.items():
            where.addRow(tr(words), self.texts.get(name) or self.choices[name])
        for name, words in MAPPING.items():
            mapping.addRow(tr(words), self.paths.get(name) or self.choices[name])
        for name, text in HINTS.items():
            (self.texts.get(name) or self.paths[name]).setPlaceholderText(text)
        self.texts["password"].setEchoMode(QLineEdit.EchoMode.Password)
        self.texts["password"].setPlaceholderText(tr("Kept in the keyring of the system"))
        self._form = where
        right = QGroupBox(tr("What a message means"))
        right.setLayout(mapping)
        top, row, column = QHBoxLayout(), QHBoxLayout(), QVBoxLayout(self)
        top.addLayout(where, 1)
        top.addWidget(right, 1)
        row.addWidget(self.test)
        row.addStretch(1)
        row.addWidget(self.buttons)
        column.addLayout(top)
        column.addWidget(QLabel(tr("The last message, and what is made of it")))
        column.addWidget(self.said, 1)
        column.addLayout(row)
        self.resize(860, 620)

    def _fill(self, feed: Feed) -> None:
        for name, words in KIND_WORDS.items():
            self.choices["kind"].addItem(tr(words), name)
        for name, words in FORMS.items():
            self.choices["form"].addItem(tr(words), name)
        for value in (0, 1, 2):
            self.choices["qos"].addItem(str(value), value)
        for value in ("5", "3.1.1"):
            self.choices["protocol"].addItem(f"MQTT {value}", value)
        for name in ("kind", "qos", "protocol"):
            self.choices[name].setCurrentIndex(self.choices[name].findData(getattr(feed, name)))
        self.choices["form"].setCurrentIndex(max(0, self.choices["form"].findData(feed.mapping.form)))
        for name in ("name", "url", "user", "ca_file"):
            self.texts[name].setText(getattr(feed, name))
        self.texts["topics"].setText(", ".join(feed.topics))
        self.texts["every_secs"].setText(f"{feed.every_secs:g}")
        self._show_mapping(feed.mapping)

    def _show_mapping(self, mapping: Mapping) -> None:
        for name, edit in self.paths.items():
            value = getattr(mapping, name)
            edit.setText(", ".join(value) if isinstance(value, tuple) else value)

    def _fill_found(self) -> None:
        """Who wants to say himself what a message means begins with what was found in the last one."""
        found = self._trial.mapping
        if self.choices["form"].currentData() == "json" and found and not any(e.text() for e in self.paths.values()):
            self._show_mapping(found)

    def _connect(self) -> None:
        self.buttons.accepted.connect(self._accept)
        self.buttons.rejected.connect(self.reject)
        self.test.clicked.connect(self.try_it)
        self._timer.timeout.connect(self._take)
        self.choices["kind"].currentIndexChanged.connect(lambda *_: self._show_fitting())
        self.choices["form"].currentIndexChanged.connect(lambda *_: self._show_fitting())
        self.choices["form"].currentIndexChanged.connect(lambda *_: self._fill_found())
        self.choices["form"].currentIndexChanged.connect(lambda *_: self._read_again())
        for edit in self.paths.values():
            edit.textEdited.connect(lambda _: self._read_again())
        self._show_fitting()

    def _show_fitting(self) -> None:
        """Only the fields that the kind has."""
        kind, form = self.choices["kind"].currentData(), self.choices["form"].currentData()
        for name in FIELDS:
            fits = (kind == "mqtt") if name in MQTT_ONLY else (kind != "mqtt") if name == "every_secs" else True
            self._form.setRowVisible(self.texts.get(name) or self.choices[name], fits)
        for name, edit in self.paths.items():
            edit.setEnabled(form == "json" or (form == "number" and name in ("id", "property", "unit")))

    # -- what was entered ------------------------------------------------------------------------------------

    def feed(self) -> Feed:
        texts = {name: edit.text().strip() for name, edit in self.texts.items()}
        paths = {name: edit.text().strip() for name, edit in self.paths.items()}
        paths["values"] = _listed(paths["values"])
        mapping = Mapping(form=self.choices["form"].currentData(), **paths)
        if mapping.form == "auto":
            mapping = Mapping()
        return replace(self._given, name=texts["name"] or texts["url"], url=texts["url"], user=texts["user"],
                       ca_file=texts["ca_file"], topics=_listed(texts["topics"]) or ("#",), mapping=mapping,
                       every_secs=_seconds(texts["every_secs"]),
                       **{name: self.choices[name].currentData() for name in ("kind", "qos", "protocol")})

    def _accept(self) -> None:
        """Put the password away first; where that fails the form stays."""
        if self.texts["password"].text():
            feed = self.feed()
            try:
                passwords.keep(feed.id, feed.account, self.texts["password"].text())
            except Trouble as trouble:
                self.said.setPlainText(str(trouble))
                return
        self.accept()

    # -- trying -----------------------------------------------------------------------------------------------

    def try_it(self) -> None:
        """A worker connects and waits for a message; the form goes on."""
        if self._job:
            self.session.jobs.cancel(self._job)
            return
        session = self.session
        self._job = session.jobs.start(try_in_worker, self.feed(), str(session.path or Path("untitled.twin.json")),
                                       session.document.time_zone, self.texts["password"].text(),
                                       label=tr("Trying the feed"), urgent=True)
        self.test.setText(tr("Stop"))
        self.said.setPlainText(tr("Waiting for a message…"))
        self._timer.start()

    def _take(self) -> None:
        if self._job and self._job.active:
            return
        job, self._job = self._job, None
        self._timer.stop()
        self.test.setText(tr("Try it"))
        self._trial = job.result if job.state == DONE else Trial()
        self.said.setPlainText(trial_words(job.result) if job.state == DONE else str(job.error or ""))

    def _read_again(self) -> None:
        """What the mapping that is being written makes of the message that came last."""
        if 0 < len(self._trial.whole) <= LARGEST_BYTES and not self._job:
            again = self._trial.read_by(self.feed().mapping, self.session.document.time_zone, self.feed().name)
            self.said.setPlainText(trial_words(again))

    def done(self, result: int) -> None:
        self._timer.stop()
        if self._job:
            self.session.jobs.cancel(self._job)
        super().done(result)


def _listed(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.replace("，", ",").split(",") if part.strip())


def _seconds(text: str) -> float:
    try:
        return max(1.0, float(text))
    except ValueError:
        return Feed(id="", name="").every_secs


