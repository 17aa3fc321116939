"""Issues: the topics of a BCF file; a viewpoint arranges the scene, a new topic takes it as it is."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPushButton,
    QSplitter,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from app import dialogs, file_dialog, viewpoints
from app.issue_words import STATUSES, shown
from app.panels import issue_form
from app.panels import model_actions as actions
from app.panels.element_table import ROW_PX
from app.panels.issue_details import IssueDetails
from app.session import Session
from bim.bcf_values import Bcf, Comment, Header, Topic, Viewpoint
from bim.bcf_writing import AddComment, AddTopic, SetStatus, new_guid, now
from twin.text import sentences, tr

FILES = "BCF (*.bcf *.bcfzip *.bcfzip.zip)"
GUID = STATUS = Qt.ItemDataRole.UserRole   # in the first and second column


class IssuesPanel(QWidget):
    """Every change is written into the file at once, by a worker; what it does not know of the file stays in it."""

    def __init__(self, session: Session, viewport=None, which=lambda: "", parent: QWidget | None = None):
        super().__init__(parent)
        self.session, self.viewport, self.which = session, viewport, which
        self.path, self.author = "", ""
        self.bcf: Bcf | None = None
        self.open_button, self.new_button, self.said = QPushButton(), QPushButton(), QLabel(wordWrap=True)
        self.filter, self.list, self.details = QLineEdit(clearButtonEnabled=True), QTreeWidget(), IssueDetails()
        self._job = self._picture_job = None
        self._writes = False                      # the job writes; the file is read again after it
        self._then = ""                           # topic to choose once the file is read
        self._lay_out()
        self._connect()
        self.retranslate()

    def _lay_out(self) -> None:
        self.setMinimumWidth(240)
        top = QHBoxLayout()
        top.addWidget(self.open_button)
        top.addWidget(self.new_button)
        top.addStretch(1)
        self.said.setProperty("role", "muted")
        self.said.setTextFormat(Qt.TextFormat.PlainText)
        self.list.setColumnCount(2)
        self.list.setHeaderHidden(True)
        self.list.setRootIsDecorated(False)
        self.list.setUniformRowHeights(True)
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.header().setStretchLastSection(False)
        self.list.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.list.header().setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        above = QWidget()
        column = QVBoxLayout(above)
        column.setContentsMargins(12, 8, 12, 4)
        column.setSpacing(8)
        for part in (top, self.said, self.filter):
            column.addLayout(part) if part is top else column.addWidget(part)
        column.addWidget(self.list, 1)
        parts = QSplitter(Qt.Orientation.Vertical)
        parts.addWidget(above)
        parts.addWidget(self.details)
        parts.setSizes([240, 400])
        parts.setChildrenCollapsible(False)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(parts)

    def _connect(self) -> None:
        self.open_button.clicked.connect(self.ask_open)
        self.new_button.clicked.connect(self.ask_new)
        self.filter.textChanged.connect(lambda _: self._list())
        self.list.currentItemChanged.connect(lambda *_: self._choose())
        self.list.itemDoubleClicked.connect(lambda *_: self._show_first())
        self.details.show_view, self.details.say = self.show_view, self.comment
        self.details.set_status = self.set_status
        self.details.snapshot.clicked = self._show_first

    # -- the file --------------------------------------------------------------------------------------

    def ask_open(self) -> None:
        path = file_dialog.file(self, tr("Open issues"), self.path, FILES)
        if path:
            self.open(path)

    def open(self, path: str | Path) -> None:
        """Read it in a worker; the topics come with a later tick."""
        self.path, self._writes = str(path), False
        self.session.issues = os.path.abspath(self.path)
        self._job = self.session.jobs.start(read_reader(), self.path, label=tr("Reading issues"), path=self.path,
                                            urgent=True)
        self._say(tr("Reading…"))

    def _write(self, edits: tuple, then: str, path: str = "", version: str = "2.1") -> None:
        """Into the open file, or into a new one at `path`."""
        if self._job is not None and self._job.active:
            self._say(tr("The last change is still being written."), "danger")
            return
        source, out = ("", path) if path else (self.path, self.path)
        self.path, self._then, self._writes = out, then, True
        self.session.issues = os.path.abspath(out)
        self._job = self.session.jobs.start(write_reader(), source, out, edits, version, label=tr("Writing issues"),
                                            path=out, urgent=True)
        self._say(tr("Writing…"))

    def refresh(self) -> None:
        if self.session.issues != (os.path.abspath(self.path) if self.path else ""):
            self._follow_project()
        if self._job is not None and not self._job.active:
            self._take()
        if self._picture_job is not None and not self._picture_job.active:
            job, self._picture_job = self._picture_job, None
            self.details.snapshot.show_picture(job.result)

    def _follow_project(self) -> None:
        """Another project was opened: its issues, or none."""
        if self.session.issues:
            self.open(self.session.issues)
        else:
            self.path, self.bcf, self._job = "", None, None
            self.retranslate()
            self._list()

    def _take(self) -> None:
        job, wrote, self._job = self._job, self._writes, None
        if job.error:
            self._say(str(job.error), "danger")
        elif wrote:
            self.details.line.clear()
            self.open(self.path)
        elif job.result is not None:
            self.bcf = job.result
            notes = sentences(*self.bcf.notes)
            self._say(" ".join(filter(None, (f"{Path(self.path).name} · BCF {self.bcf.version}", notes))),
                      "danger" if notes else "muted")
            self._list()

    # -- the list --------------------------------------------------------------------------------------

    def _list(self) -> None:
        """Topics whose title, text, status, author or labels hold what is typed; the chosen one stays chosen."""
        chosen = self._then or (self.details.topic.guid if self.details.topic else "")
        sought, self._then = self.filter.text().strip().casefold(), ""
        self.list.blockSignals(True)
        self.list.clear()
        for topic in self.bcf.topics if self.bcf else ():
            words = (topic.title, topic.description, topic.status, shown(topic.status), topic.author, topic.assigned,
                     *topic.labels)
            if sought in " ".join(words).casefold():
                item = QTreeWidgetItem([topic.title or topic.guid, shown(topic.status)])
                item.setData(0, GUID, topic.guid)
                item.setData(1, STATUS, topic.status)
                item.setToolTip(0, topic.title)
                item.setSizeHint(0, QSize(0, ROW_PX))
                self.list.addTopLevelItem(item)
                if topic.guid == chosen:
                    self.list.setCurrentItem(item)
        if self.list.currentItem() is None and self.list.topLevelItemCount():
            self.list.setCurrentItem(self.list.topLevelItem(0))
        self.list.blockSignals(False)
        self._choose()

    def _choose(self) -> None:
        item = self.list.currentItem()
        topic = self.bcf.topic(item.data(0, GUID)) if item is not None and self.bcf else None
        if topic is self.details.topic and topic is not None:
            return
        offered = (*(self.bcf.statuses if self.bcf else ()), *STATUSES)
        self.details.show_topic(topic, tuple(dict.fromkeys(offered)))
        shot = next((view.snapshot for view in topic.viewpoints if view.snapshot), "") if topic else ""
        if shot:
            self._picture_job = self.session.jobs.start(picture_reader(), self.path, shot, label=tr("Reading issues"),
                                                        path=self.path, urgent=True)

    # -- viewpoints ------------------------------------------------------------------------------------

    def _show_first(self) -> None:
        if self.details.topic and self.details.topic.viewpoints:
            self.show_view(self.details.topic.viewpoints[0])

    def show_view(self, view: Viewpoint) -> None:
        """Arrange the scene as the viewpoint has it and fly to its camera."""
        try:
            camera = viewpoints.show(self.session, self.details.topic, view, self.which())
        except LookupError:
            self._say(tr("No building model is open: open the one that these issues are about."), "danger")
            return
        if camera is not None and self.viewport:
            self.viewport.fly_to(camera)

    def _present(self) -> tuple[Viewpoint, Header, object] | None:
        """As `viewpoints.taken`; a word where there is no model."""
        made = viewpoints.taken(self.session, self.viewport, self.which())
        if made is None:
            self._say(tr("No building model is open: a viewpoint is about one."), "danger")
        return made

    # -- changes ---------------------------------------------------------------------------------------

    def ask_new(self) -> None:
        """A topic from the present view, into the open file or a new one."""
        if not actions.buildings(self.session):
            self._say(tr("No building model is open: a viewpoint is about one."), "danger")
            return
        filled = issue_form.ask(self, self.bcf.statuses if self.bcf else (), self.author, self.bcf is None)
        path = None
        if filled and self.bcf is None:
            path = dialogs.save_file(self, "", "issues.bcf", FILES)
        if filled and (self.bcf is not None or path):
            self.add_topic(filled, str(path or ""))

    def add_topic(self, filled: issue_form.Filled, path: str = "") -> None:
        """`path`: of a file to make."""
        made = self._present()
        if made is None:
            return
        view, header, picture = made
        self.author = filled.author
        topic = Topic(guid=new_guid(), title=filled.title, kind=filled.kind, status=filled.status,
                      priority=filled.priority, description=filled.description, assigned=filled.assigned,
                      created=now(), author=filled.author, files=(header,), viewpoints=(view,))
        self._write((AddTopic(topic=topic, snapshots={} if picture is None else {view.guid: picture}),), topic.guid,
                    path, filled.version)

    def comment(self, text: str, with_view: bool) -> None:
        topic, made = self.details.topic, self._present() if with_view else None
        if with_view and made is None:
            return
        said = Comment(guid=new_guid(), date=now(), author=self.author or issue_form.user(), text=text)
        edit = AddComment(topic=topic.guid, comment=said)
        if made is not None:
            edit = replace(edit, comment=replace(said, viewpoint=made[0].guid), viewpoint=made[0], snapshot=made[2])
        self._write((edit,), topic.guid)

    def set_status(self, status: str) -> None:
        topic = self.details.topic
        if status and status != topic.status:
            self._write((SetStatus(topic=topic.guid, status=status, author=self.author or issue_form.user()),),
                        topic.guid)

    # -- language and theme ------------------------------------------------------------------------------

    def _say(self, words: str, role: str = "muted") -> None:
        self.said.setText(words)
        self.said.setToolTip(self.path)
        if self.said.property("role") != role:
            self.said.setProperty("role", role)
            self.said.style().unpolish(self.said)
            self.said.style().polish(self.said)

    def retranslate(self) -> None:
        self.open_button.setText(tr("Open…"))
        self.new_button.setText(tr("New topic…"))
        self.filter.setPlaceholderText(tr("Filter topics"))
        if self.bcf is None and self._job is None:
            self._say(tr("Open a BCF file, or make a topic from the present view."))
        self.details.retranslate()
        for item in map(self.list.topLevelItem, range(self.list.topLevelItemCount())):
            item.setText(1, shown(item.data(1, STATUS)))
        self.details.topic = None                 # say it anew
        self._choose()

    def retheme(self) -> None:
        self.list.viewport().update()


def read_reader():
    """`read(path, progress)`; it runs in a worker."""
    from bim.bcf import read
    return read


def write_reader():
    """`write(source, out, edits, version, progress)`; it runs in a worker."""
    from bim.bcf_writing import write
    return write


def picture_reader():
    """`picture(path, member, progress)`; it runs in a worker."""
    from bim.bcf import picture
    return picture
