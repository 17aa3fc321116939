"""The import assistant: shows what it understood of a file, lets it be put right, imports, and reports."""

from __future__ import annotations

from pathlib import Path

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

from app import bringing
from app.panels.import_form import ImportForm
from app.panels.import_preview import ImportPreview
from app.panels.import_report import ImportReport
from app.session import Session
from twin.history.plan import Choice
from twin.history.preview import preview_in_worker
from twin.history.store import store_beside
from twin.jobs import CANCELLED, DONE, Job
from twin.text import tr


class ImportAssistant(QDialog):
    """Refreshed by the tick. Files that are opened together are taken one after the other."""

    def __init__(self, session: Session, parent: QWidget | None = None):
        super().__init__(parent)
        self.session = session
        self.form, self.preview, self.report = ImportForm(), ImportPreview(), ImportReport()
        self.title, self.state = QLabel(), QLabel(wordWrap=True)
        self.bar = QProgressBar(textVisible=False)
        self.bring, self.stop, self.leave = QPushButton(default=True), QPushButton(), QPushButton()
        self.files: list[Path] = []
        self._edits = None                   # of the project that the readings go into
        self._looking: Job | None = None
        self._importing: Job | None = None
        self._again = False
        self._lay_out()
        self.form.changed = self._look_again
        self.bring.clicked.connect(self.start_import)
        self.stop.clicked.connect(self.cancel)
        self.leave.clicked.connect(self.close)
        self.retranslate()

    def _lay_out(self) -> None:
        free = self.screen().availableGeometry()
        self.resize(min(1180, free.width() - 80), min(740, free.height() - 80))
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
        for button in (self.stop, self.leave, self.bring):
            buttons.addWidget(button)
        column = QVBoxLayout(self)
        column.addWidget(self.title)
        column.addWidget(split, 1)
        column.addWidget(self.state)
        column.addLayout(buttons)

    def retranslate(self) -> None:
        self.setWindowTitle(tr("Import readings"))
        self.stop.setText(tr("Cancel"))
        self.leave.setText(tr("Close"))
        self.bring.setText(tr("Import"))
        for part in (self.form, self.preview, self.report):
            part.retranslate()

    def retheme(self) -> None:
        self.preview.retheme()

    # -- a file -----------------------------------------------------------------------------------------

    def open_files(self, paths: list[Path]) -> None:
        """Begin with the first of these files."""
        self.files += [Path(path) for path in paths]
        if self._looking is None and self._importing is None:
            self._begin()
        self.show()
        self.raise_()

    def _begin(self) -> None:
        self._edits = self.session.edits
        self.form.start()
        self.pages.setCurrentWidget(self.preview)
        self.title.setText(str(self.files[0]))
        self._look_again(self.form.choice)

    def _look_again(self, choice: Choice) -> None:
        """Look at the file with what the user said; what is being looked at now is out of date."""
        if self._looking:
            self.session.jobs.cancel(self._looking)
        document, path = self.session.document, str(self.files[0])
        self._looking = self.session.jobs.start(preview_in_worker, path, document.time_zone, choice,
                                                document.frame.crs, label=self.files[0].name, path=path)
        self.pages.setCurrentWidget(self.preview)
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
                job, self._importing = self._importing, None
                self._imported(job)

    def _looked(self, job: Job) -> None:
        if job.state == DONE:
            found = job.result
            self.form.show_preview(found)
            self.preview.show_preview(found)
            words = [tr("{label}: {n} datastreams in the first rows.", label=found.label, n=found.datastreams)
                     if found.timetable is None else "",
                     "" if found.ready else tr("The times of this file count from a start that it does not say: say "
                                               "when it begins."),
                     tr("Stamps without a zone are read in {zone}.", zone=found.time_zone) if found.naive else "",
                     *found.notes]
            self.state.setText(" ".join(w for w in words if w))
        elif job.state != CANCELLED:
            self.state.setText(str(job.error))
        self._show_buttons(ready=job.state == DONE and job.result.ready)

    def _tell_progress(self, job: Job) -> None:
        self.bar.setRange(0, 1000 if job.fraction is not None else 0)
        if job.fraction is not None:
            self.bar.setValue(round(job.fraction * 1000))
        self.state.setText(job.text)

    # -- the import ---------------------------------------------------------------------------------------

    def start_import(self) -> None:
        """In a worker, into the store beside the project; that is saved first where it has no file yet."""
        if self.session.path is None and not self.parent().save():
            return
        if self.preview.timetable is not None:
            return self._add_timetable()
        document, path = self.session.document, str(self.files[0])
        folder = store_beside(self.session.path.absolute())
        self._importing = self.session.jobs.start(
            bringing.import_in_worker, [path], str(folder), document.time_zone, self.form.choice, document.frame.crs,
            label=self.files[0].name, path=path, stall_secs=600.0)
        self._show_buttons()

    def _add_timetable(self) -> None:
        """A feed stays the file that it is: its layer is one edit, and waits for nothing."""
        document, report = bringing.with_trips(self.session.document, self.preview.timetable)
        self.session.edits.commit(document, "Import readings")
        self.session.edits.seal()
        self._tell(report)
        self._show_buttons()

    def _tell(self, report) -> None:
        """What became of a file; then the next one."""
        self.report.show_report(report)
        self.pages.setCurrentWidget(self.report)
        self.state.setText(tr("Imported."))
        self.files.pop(0)
        if self.files:
            self._begin()

    def _imported(self, job: Job) -> None:
        if job.state == DONE and self._edits is self.session.edits:
            reports, info = job.result
            bringing.show_in(self.session, reports, info)
            self._tell(reports[0])
        else:
            self.state.setText(tr("Cancelled: nothing was imported.") if job.state == CANCELLED else str(job.error))
        self._show_buttons(ready=job.state != DONE)

    def cancel(self) -> None:
        if self._importing:
            self.session.jobs.cancel(self._importing)

    def _show_buttons(self, ready: bool = False) -> None:
        self.bring.setEnabled(ready)
        self.stop.setVisible(self._importing is not None)
        self.bar.setVisible(self._importing is not None)
        self.form.setEnabled(self._importing is None and bool(self.files))

    def closeEvent(self, event):
        """What is being imported goes on; what waits is forgotten."""
        del self.files[1 if self._importing else 0:]
        event.accept()
