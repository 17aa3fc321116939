"""The import assistant: shows what it understood of a file, lets it be put right, imports, and reports."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QSize
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from app import bringing, import_apart
from app.panels.import_form import ImportForm
from app.panels.import_preview import ImportPreview
from app.panels.import_report import ImportReport
from app.session import Session
from twin.history.plan import Choice
from twin.history.preview import Preview, preview_in_worker
from twin.history.store import store_beside
from twin.jobs import CANCELLED, DONE, Job
from twin.text import tr

SIZE = QSize(1180, 740)


class ImportAssistant(QDialog):
    """Refreshed by the tick. Files that are opened together are taken one after the other, or all as the first is."""

    def __init__(self, session: Session, parent: QWidget | None = None):
        super().__init__(parent)
        self.session = session
        self.form, self.preview, self.report = ImportForm(), ImportPreview(), ImportReport()
        self.title, self.state = QLabel(), QLabel(wordWrap=True)
        self.bar = QProgressBar(textVisible=False)
        self.bring, self.stop, self.leave = QPushButton(default=True), QPushButton(), QPushButton()
        self.bring_all = QPushButton()
        self.files: list[Path] = []          # the first is looked at, or is what the report is about
        self._done = 0                       # files that were opened together with these, and are through
        self._likewise = bringing.Together()
        self._edits = None                   # of the project that the readings go into
        self._looking: Job | None = None
        self._importing: Job | None = None
        self._unfinished: Job | None = None             # what it left is being tidied up
        self._again = False
        self._lay_out()
        self.form.changed, self.form.complain = self._look_again, self.state.setText
        self.preview.map.project = self._project
        self.bring.clicked.connect(self._go_on)
        self.bring_all.clicked.connect(lambda: self.start_import(likewise=True))
        self.stop.clicked.connect(self.cancel)
        self.leave.clicked.connect(self.close)
        self.report.show_them.clicked.connect(self._show_readings)
        self.retranslate()

    def _lay_out(self) -> None:
        self.title.setProperty("role", "title")
        self.pages = QStackedWidget()
        for page in (self.preview, self.report):
            self.pages.addWidget(page)
        split = QSplitter()
        split.addWidget(self.form)
        split.addWidget(self.pages)
        split.setSizes([520, 640])
        split.setChildrenCollapsible(False)
        buttons = QHBoxLayout()
        buttons.addWidget(self.bar, 10)
        buttons.addStretch(1)
        for button in (self.stop, self.leave, self.bring_all, self.bring):
            button.setAutoDefault(button is self.bring)
            buttons.addWidget(button)
        column = QVBoxLayout(self)
        column.addWidget(self.title)
        column.addWidget(split, 1)
        column.addWidget(self.state)
        column.addLayout(buttons)

    def _fit(self) -> None:
        """All of it is seen within the window, whose size is known only once this is asked for."""
        free = self.parent().size() if self.parent() else self.screen().availableSize()
        self.resize(SIZE.boundedTo(free - QSize(80, 80)))

    def retranslate(self) -> None:
        self.setWindowTitle(tr("Import readings"))
        self.stop.setText(tr("Cancel"))
        self.leave.setText(tr("Close"))
        self._show_buttons(self.bring.isEnabled())
        for part in (self.form, self.preview, self.report):
            part.retranslate()

    def retheme(self) -> None:
        self.preview.retheme()

    # -- a file -----------------------------------------------------------------------------------------

    def open_files(self, paths: list[Path]) -> None:
        """Begin with the first of these files; while one is being imported they wait for it."""
        paths = [Path(path) for path in paths]
        if self._importing:
            self.files += paths
        else:
            self.files, self._done = paths, 0
            self._begin()
        if not self.isVisible():
            self._fit()
        self.show()
        self.raise_()
        self.activateWindow()

    def _begin(self) -> None:
        self._edits = self.session.edits
        self._likewise = bringing.Together()
        self.form.start()
        self.preview.start()
        self._look_again(self.form.choice)
        self.leave.setFocus()

    def _project(self):
        """(boxes of what the scene shows, the origin), for the map."""
        stage = self.parent().viewport.stage if self.parent() else None
        return stage.boxes() if stage else [], self.session.document.frame.origin[:2]

    def _name_file(self) -> None:
        among = len(self.files) + self._done
        self.title.setText(tr("{path} (file {n} of {total})", path=self.files[0], n=self._done + 1, total=among)
                           if among > 1 else str(self.files[0]))

    def _look_again(self, choice: Choice) -> None:
        """Look at the file with what the user said; what is being looked at now is out of date."""
        if self._looking:
            self.session.jobs.cancel(self._looking)
        document, path = self.session.document, str(self.files[0])
        self._looking = self.session.jobs.start(preview_in_worker, path, document.time_zone, choice,
                                                document.frame.crs, label=self.files[0].name, path=path)
        self.pages.setCurrentWidget(self.preview)
        self._name_file()
        self.state.setText(tr("Looking at the file"))
        self._show_buttons()

    # -- the tick ---------------------------------------------------------------------------------------

    def refresh(self) -> None:
        if self._looking and not self._looking.active:
            job, self._looking = self._looking, None
            self._looked(job)
        if self._importing:
            self._tell_progress(self._importing)
            if not self._importing.active:
                self._import_ended()

    def _looked(self, job: Job) -> None:
        if job.state == DONE:
            found = job.result
            self.form.show_preview(found)
            self.preview.show_preview(found)
            self.state.setText(" ".join(filter(None, _words(found))))
        elif job.state != CANCELLED:
            self.form.show_helpless()
            self.state.setText(str(job.error))
        self._show_buttons(ready=job.state == DONE and job.result.ready)
        if self.leave.hasFocus() and self.bring.isEnabled():
            self.bring.setFocus()

    def _tell_progress(self, job: Job) -> None:
        self.bar.setRange(0, 1000 if job.fraction is not None else 0)
        if job.fraction is not None:
            self.bar.setValue(round(job.fraction * 1000))
        self.state.setText(job.text)

    # -- the import ---------------------------------------------------------------------------------------

    def _go_on(self) -> None:
        """Import what is looked at; or, where its report is read, look at the next file."""
        if self.pages.currentWidget() is self.preview:
            self.start_import()
        else:
            del self.files[0]
            self._done += 1
            self._begin()

    def start_import(self, likewise: bool = False) -> None:
        """In a worker, into the store beside the project; that is saved first where it has no file yet. `likewise`:
        and so all files that wait, as this one was understood."""
        if self.session.path is None and not self.parent().filing.save():
            return self.state.setText(tr("The readings lie in a store beside the project: save it first."))
        if self.preview.timetable is not None:
            return self._add_timetable()
        self._likewise = bringing.Together(going_on=likewise)
        self._import_first()

    def _import_first(self) -> None:
        document, path = self.session.document, str(self.files[0])
        self._folder = str(store_beside(self.session.path.absolute()))
        self._importing = self.session.jobs.start(
            bringing.import_in_worker, [path], self._folder, document.time_zone, self.form.choice, document.frame.crs,
            label=self.files[0].name, path=path, stall_secs=import_apart.STALL_SECS, way_out=import_apart.died())
        self._name_file()
        self._show_buttons()

    def _add_timetable(self) -> None:
        """A feed stays the file that it is: its layer is one edit, and waits for nothing."""
        document, report = bringing.with_trips(self.session.document, self.preview.timetable)
        self.session.edits.commit(document, "Import readings")
        self.session.edits.seal()
        self._tell(report)

    def _import_ended(self) -> None:
        """Where it did not end well, its process may have been killed: nothing of it stays, and then it is told."""
        job, self._importing = self._importing, None
        if job.state != DONE and not self._unfinished:
            self._unfinished = job
            self._importing = self.session.jobs.start(import_apart.tidied, self._folder, label=job.label)
            return
        job, self._unfinished = self._unfinished or job, None
        self._imported(job)

    def _imported(self, job: Job) -> None:
        """What became of a file; then the next one, where all are taken alike."""
        told = self._likewise
        if self._edits is not self.session.edits:
            return self._rest(tr("Another project was opened meanwhile. The readings are in the one before."))
        if job.state == DONE:
            reports, info = job.result
            bringing.show_in(self.session, reports, info)
            told.reports += reports
        elif job.state == CANCELLED:
            return self._rest(tr("Cancelled: nothing was imported.") if not told.reports else
                              tr("Cancelled: {name} was not imported.", name=self.files[0].name))
        else:
            told.failed.append((self.files[0], job.error))
        if told.going_on and len(self.files) > 1:
            del self.files[0]
            self._done += 1
            return self._import_first()
        self._rest(tr("Imported.") if told.reports else str(job.error))

    def _rest(self, words: str) -> None:
        """Nothing is imported any more: the report, where there is one, or again what was looked at."""
        if self._likewise.reports:
            return self._tell(self._likewise.report(), words)
        self.state.setText(words)
        self._show_buttons(ready=True)

    def _tell(self, report, words: str = "") -> None:
        self.report.show_report(report)
        self.pages.setCurrentWidget(self.report)
        self.state.setText(words or tr("Imported."))
        self._show_buttons()
        if not self.isVisible() and self.parent():                   # it was closed meanwhile
            self.parent().tell(tr("Imported: {kept} readings kept, {rejected} rejected.", kept=f"{report.kept:,}",
                                  rejected=f"{report.rejected:,}"))

    def _show_readings(self) -> None:
        """Of the project that they went into."""
        if self._edits is self.session.edits:
            self.session.clock.go_to(self.report.span_ns[1])
            self.session.time_view.show(*self.report.span_ns)

    def cancel(self) -> None:
        if self._importing:
            self.session.jobs.cancel(self._importing)

    def _show_buttons(self, ready: bool = False) -> None:
        """`ready`: what is looked at can be imported."""
        reporting, waiting = self.pages.currentWidget() is self.report, len(self.files) > 1
        self.bring.setText(tr("Next file") if reporting else tr("Import"))
        self.bring.setEnabled(ready or reporting)
        self.bring.setVisible(not reporting or waiting)
        self.bring_all.setText(tr("Import all {n} files", n=len(self.files)))
        self.bring_all.setToolTip(tr("As this one was understood. A file that cannot be read is left out, and said."))
        self.bring_all.setVisible(waiting and not reporting and self.preview.timetable is None)
        self.bring_all.setEnabled(ready)
        self.stop.setVisible(self._importing is not None)
        self.bar.setVisible(self._importing is not None)
        self.form.setEnabled(self._importing is None and not reporting)

    def reject(self) -> None:
        """Escape closes as the button does."""
        self.close()

    def closeEvent(self, event):
        """What is being imported goes on; what waits is forgotten."""
        if not (self._importing and self._likewise.going_on):
            del self.files[1 if self._importing else 0:]
        event.accept()


def _words(found: Preview) -> list[str]:
    """What was understood of a file, or what is wrong with it."""
    if found.wrong:
        return [found.wrong, *found.notes]
    read = tr("{label}: {n} datastreams in the first rows.", label=found.label, n=found.datastreams)
    start = tr("The times of this file count from a start that it does not say: say when it begins.")
    return ["" if found.timetable else read, "" if found.ready else start,
            tr("Stamps without a zone are read in {zone}.", zone=found.time_zone) if found.naive else "", *found.notes]
