"""The panel of incidents: what the rules raised, what was done about it, at the clock's time."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSplitter,
    QTabBar,
    QVBoxLayout,
    QWidget,
)

from app import alarms
from app.incident_places import place_of, rows_of
from app.incident_seeking import Seeking
from app.panels.incident_detail import NOTE, IncidentDetail
from app.panels.incident_list import IncidentModel, IncidentView, event_lines, incident_lines
from app.panels.save_first import SaveFirst
from app.session import Session
from app.unread import has_readings, why_no_incidents, why_no_readings
from layers.incidents import Incidents
from twin import text
from twin.assets import LOADING
from twin.incidents.events import Event
from twin.incidents.incident import CORRECTION_KIND, Incident
from twin.incidents.journal import Journal, journal_beside
from twin.incidents.journal_file import Cases
from twin.jobs import DONE, Job
from twin.layer import new_id
from twin.project import source_of
from twin.text import tr
from twin.trouble import Trouble

KINDS = ("incidents", "events")


class IncidentPanel(QWidget):
    """The incidents come from the layer of kind "incidents"; opening the first one makes journal and layer."""

    def __init__(self, session: Session, viewport=None, parent: QWidget | None = None, *,
                 save: Callable[[], bool] = lambda: False):
        super().__init__(parent)
        self.session, self.viewport = session, viewport
        self.save_first = SaveFirst(save)
        self.model = IncidentModel(self)
        self.tabs, self.only, self.view = QTabBar(), QCheckBox(), IncidentView(self.model)
        self.said, self.open_one, self.rules = QLabel(wordWrap=True), QPushButton(), QPushButton()
        self.detail = IncidentDetail(self._write)
        self._seen: tuple = ()
        self._packing: Job | None = None
        self.seeking = Seeking(session, viewport)
        self._kept: list[Incident] = []
        self._wanted = ""                            # an incident that is to be chosen once it is read
        self._lay_out()
        self._connect()
        self.retranslate()
        self.retheme()

    def _lay_out(self) -> None:
        for _ in KINDS:
            self.tabs.addTab("")
        self.tabs.setDrawBase(False)
        self.said.setProperty("role", "muted")
        top = QHBoxLayout()
        for widget, stretch in ((self.tabs, 0), (self.only, 0), (self.said, 1), (self.save_first, 0),
                                (self.open_one, 0), (self.detail.pack, 0), (self.rules, 0)):
            top.addWidget(widget, stretch)
        split = QSplitter(Qt.Orientation.Horizontal)
        split.addWidget(self.view)
        split.addWidget(self.detail)
        split.setSizes([600, 600])
        split.setChildrenCollapsible(False)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 6, 12, 8)
        column.setSpacing(6)
        column.addLayout(top)
        column.addWidget(split, 1)

    def _connect(self) -> None:
        self.tabs.currentChanged.connect(lambda _: self._refill())
        self.only.toggled.connect(lambda _: self._refill())
        self.view.selectionModel().selectionChanged.connect(lambda *_: self._chosen_changed())
        self.view.doubleClicked.connect(lambda index: self.jump(index.row()))
        self.open_one.clicked.connect(self.open_from_event)
        self.rules.clicked.connect(self.edit_rules)
        self.detail.pack.clicked.connect(self.pack)

    # -- what is shown -----------------------------------------------------------------------------------

    @property
    def kind(self) -> str:
        return KINDS[self.tabs.currentIndex()]

    def layer(self) -> Incidents | None:
        return next((x for x in self.session.document.layers if x.kind == "incidents"), None)

    def incidents(self) -> list[Incident]:
        """Of the layer; while the journal is read again, as it was."""
        layer = self.layer()
        asset = self.session.asset(layer.id) if layer else None
        if asset and isinstance(asset.payload, Cases):
            self._kept = list(asset.payload.incidents)
        elif layer is None or (asset and asset.state != LOADING):
            self._kept = []
        return self._kept

    def refresh(self) -> None:
        """Nothing to do while clock, document and readings are the same; the list is read by the second."""
        if self._packing and not self._packing.active:
            self._packed()
        self.detail.pack.setEnabled(self._packing is None)
        if not self.isVisible():
            return
        self.seeking.refresh()
        if self.save_first.offered and self.session.path is not None and not self.session.dirty:
            self.save_first.forget()                 # saved in another way
            self.detail.say("")
        seen = (self.session.clock.now_ns // 10**9, self.session.document, self.session.assets.revision,
                self.session.alarms.revision, self.session.alarms.searching)
        if not self._seen or any(a is not b and a != b for a, b in zip(seen, self._seen)):
            self._seen = seen
            self._refill()

    def _refill(self) -> None:
        document, now_ns = self.session.document, self.session.clock.now_ns
        chosen = self._wanted or self._key()
        if self.kind == "incidents":
            lines = incident_lines(self.incidents(), now_ns, document.shown_zone, self.only.isChecked())
        else:
            lines = event_lines(self.session.alarms.events, {rule.id: rule for rule in document.rules},
                                self._name_of, self._unit_of, now_ns, document.shown_zone, self.only.isChecked())
        self.view.show_lines(self.kind, lines)
        row = self.model.row_of(chosen)
        if row >= 0:
            self._wanted = ""
            if row != self.view.currentIndex().row():
                self.view.selectRow(row)
        self._chosen_changed()
        self._count()

    def _name_of(self, event: Event) -> str:
        return alarms.named(self.session, event, text.language())

    def _unit_of(self, event: Event) -> str:
        return alarms.unit(self.session, event)

    def _key(self):
        row = self.view.currentIndex().row()
        return self.model.key(row) if 0 <= row < len(self.model.lines) else None

    def _about(self) -> Incident | Event | None:
        row = self.view.currentIndex().row()
        return self.model.lines[row].about if 0 <= row < len(self.model.lines) else None

    def _chosen_changed(self) -> None:
        about = self._about()
        self.detail.nothing = "" if self.model.lines or self._later() else why_no_incidents(self.session)
        self.detail.show_incident(about if isinstance(about, Incident) else None, self.session.clock.now_ns,
                                  self.session.document.shown_zone)
        self.detail.setVisible(self.kind == "incidents")
        self.open_one.setVisible(self.kind == "events")
        self.open_one.setEnabled(isinstance(about, Event))
        taken_on = isinstance(about, Event) and self._taken_on(about) is not None
        self.open_one.setText(tr("Show its incident") if taken_on else tr("Open an incident"))

    def _count(self) -> None:
        if self.kind == "events" and not self.session.document.rules:
            self.said.setText(tr("No rules yet: they say which readings raise an event."))
        elif self.session.alarms.searching:
            self.said.setText(tr("Looking through the readings…"))
        elif self.kind == "events" and not (self.session.assets.loading or has_readings(self.session)):
            self.said.setText(why_no_readings(self.session))
        else:
            shown = sum(not line.dim for line in self.model.lines)
            said = tr("{n} open, {all} in all", n=f"{shown:,}", all=f"{len(self.model.lines):,}")
            waits = tr("layers are still being read") if self.session.assets.loading else ""
            later = tr("{n} later than now", n=f"{count:,}") if (count := self._later()) else ""
            self.said.setText(" · ".join(filter(None, (said, later, waits))))

    def _later(self) -> int:
        """Those that the list leaves out because the clock has not come to them."""
        now_ns = self.session.clock.now_ns
        starts = ([incident.steps[0].time_ns for incident in self.incidents()] if self.kind == "incidents" else
                  [event.raised_ns for event in self.session.alarms.events])
        return sum(start > now_ns for start in starts)

    # -- what is done ------------------------------------------------------------------------------------

    def jump(self, row: int) -> None:
        """The clock to when it began, the camera to where it is, and the sensors that say so selected."""
        about = self.model.lines[row].about
        self._wanted = self.model.key(row)           # the list becomes another one: of what had begun by then
        if isinstance(about, Event):
            self.session.clock.go_to(about.raised_ns)
            self.seeking.seek(about.layer, (about.stream,), None)
        else:
            self.session.clock.go_to(about.steps[0].time_ns)
            own = (self.layer().id, self.incidents().index(about)) if self.layer() else None
            self.seeking.seek(about.layer, about.streams, own)

    def open_from_event(self) -> None:
        """The chosen event becomes an incident, found when it was raised."""
        event = self._about()
        if not isinstance(event, Event):
            return
        if self._taken_on(event) is not None:
            self._choose(self._taken_on(event).id)
            return
        rule = next(rule for rule in self.session.document.rules if rule.id == event.rule)
        layer = self.session.document.layer(event.layer)
        rows = rows_of(self.session, event.layer, (event.stream,))
        try:
            incident = self._journal().open(
                title=self._both_titles(event, rule), time_ns=event.raised_ns,
                level=event.level, rule=rule.id, layer=event.layer, streams=(event.stream,),
                place=place_of(self.session, event.layer, rows), synthetic=layer.synthetic)
        except Trouble as trouble:
            self.said.setText(str(trouble))
            if self.session.path is None:
                self.save_first.offer(self.open_from_event)
            return
        self._reread()
        self._choose(incident.id)

    def _both_titles(self, event: Event, rule) -> str:
        """Chinese / English: a journal is read in either."""
        zh, en = (f"{alarms.named(self.session, event, one)} · {rule.title(one)}" for one in ("zh", "en"))
        return zh if zh == en else f"{zh} / {en}"

    def _taken_on(self, event: Event) -> Incident | None:
        """The incident that this event was opened as: of its rule and sensor, found while it lasted."""
        def within(time_ns: int) -> bool:
            return time_ns >= event.start_ns and (event.end_ns is None or time_ns <= event.end_ns)
        return next((x for x in self.incidents() if x.rule in ("", event.rule) and event.stream in x.streams
                     and within(x.steps[0].time_ns)), None)

    def show_about(self, incident: str) -> None:
        """Choose an incident, as soon as the clock has come to it."""
        self._choose(incident)

    def _choose(self, incident: str) -> None:
        self._wanted = incident
        self.tabs.setCurrentIndex(0)
        self._refill()

    def _journal(self) -> Journal:
        layer = self.layer()
        if layer and layer.source:
            return Journal(Path(layer.source.path))
        if self.session.path is None:
            raise Trouble(tr("The journal of incidents lies beside the project, which is not saved yet."),
                          way_out=tr("Save the project first."))
        return Journal(journal_beside(self.session.path))

    def _write(self, kind: str, time_ns: int, role: str, note: str, corrects: int) -> None:
        journal, id = self._journal(), self.detail.incident.id
        if kind == NOTE:
            journal.note(id, time_ns, note, role=role)
        elif kind == CORRECTION_KIND:
            journal.correct(id, corrects, time_ns, role=role, note=note)
        else:
            journal.advance(id, kind, time_ns, role=role, note=note)
        self._wanted = id
        self._reread()

    def _reread(self) -> None:
        """Read the journal again; the first incident brings the layer that shows them."""
        layer = self.layer()
        if layer is None:
            path = self._journal().path
            layer = Incidents(id=new_id("incidents"), name="Incidents", name_zh="事件", source=source_of(path))
            self.session.edits.commit(self.session.document.with_layer(layer), "Show incidents")
        else:
            self.session.assets.reload(layer, self.session.document.frame, self.session.document.time_zone)

    def pack(self) -> None:
        """The chosen incident with all that proves it, as one file; in the background."""
        from app import dialogs, packaging
        incident = self.detail.incident
        if self.session.path is None or self.session.dirty:
            self.detail.say(tr("Save the project, then pack it: a package holds what is saved."))
            self.save_first.offer(self.pack)
            return
        out = dialogs.save_file(self, str(self.session.path.parent), f"{incident.id}.zip", "ZIP (*.zip)")
        if out:
            self.detail.say("")
            self._packing = self.session.jobs.start(
                packaging.package, str(self.session.path), incident.id, str(out), text.language(),
                label=tr("Packing {id}", id=incident.id), path=str(out), stall_secs=600.0, urgent=True)

    def _packed(self) -> None:
        job, self._packing = self._packing, None
        if job.error:
            self.detail.say(str(job.error))
        elif job.state == DONE:                      # one that was cancelled has written nothing
            self.detail.say(tr("The package was written: {path}", path=job.path), "muted")

    def edit_rules(self) -> None:
        from app.panels.rule_editor import RuleEditor
        self.editor = RuleEditor(self.session, self)
        self.editor.open()

    # -- language and theme --------------------------------------------------------------------------------

    def retranslate(self) -> None:
        for at, words in enumerate((tr("Incidents"), tr("Events"))):
            self.tabs.setTabText(at, words)
        self.only.setText(tr("Open only"))
        self.save_first.retranslate()
        self.rules.setText(tr("Rules…"))
        self.detail.retranslate()
        self._seen = ()
        self._refill()

    def retheme(self) -> None:
        self.view.viewport().update()
