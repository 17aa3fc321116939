"""The status bar: where the mouse is, what is selected, what is being worked on, how long a frame takes."""

from __future__ import annotations

import time

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QProgressBar, QSizePolicy, QToolButton, QWidget

from app import theme
from app.panels.block_rows import block_title
from app.panels.facts import title_of
from app.panels.room_counts import selected_words
from app.session import Session
from twin.data import RasterSeries
from twin.text import language, tr
from twin.tile_tree import TileTree
from twin.units import figures

NO_PLACE = "–"
TOLD_SECS = 4.0


class StatusBar(QWidget):
    """Figures of one width; long texts give way in the middle. A click on a coordinate copies it."""

    def __init__(self, session: Session, viewport=None, parent: QWidget | None = None):
        super().__init__(parent)
        self.session, self.viewport = session, viewport
        self.setObjectName("status")
        self.project, self.lonlat = Figures(), Figures()
        self.selected, self.job = Elided(), Elided()
        self.progress = QProgressBar(textVisible=False)
        self.cancel, self.frame = QToolButton(autoRaise=True), QLabel()
        self._seen: tuple | None = None
        self._count: tuple = ()                               # selection and language, and its words
        self._told = ("", 0.0)                                # what went well, and until when it is said
        self._lay_out()
        self.retranslate()
        self.retheme()

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 2, 12, 2)
        row.setSpacing(16)
        self.setFixedHeight(28)
        self.progress.setFixedWidth(96)
        self.job.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.frame.setProperty("role", "muted")
        self.frame.setMinimumWidth(self.frame.fontMetrics().horizontalAdvance("Picture: 0000 ms"))
        self.frame.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        for widget, stretch in ((self.project, 0), (self.lonlat, 0), (self.selected, 3), (self.job, 2),
                                (self.progress, 0), (self.cancel, 0), (self.frame, 0)):
            row.addWidget(widget, stretch)
        self.cancel.clicked.connect(self._cancel_clicked)
        for label in (self.project, self.lonlat):
            label.copied = self._say_copied

    # -- the tick --------------------------------------------------------------------------------------

    def refresh(self) -> None:
        viewport, session = self.viewport, self.session
        point = viewport.cursor_point if viewport else None
        frame_ms = round(viewport.frame_ms) if viewport else 0
        jobs = tuple((job.number, job.done, job.total, job.text) for job in shown_jobs(session))
        hovered = session.hovered
        seen = (point, frame_ms, jobs, session.selection, hovered and (hovered.layer, hovered.feature),
                session.document, language(), self._telling(), self._hint(),
                session.clock.now_ns if hovered or session.selection.items else 0)
        if self._seen is not None and all(a is b or a == b for a, b in zip(seen, self._seen)):
            return
        before, self._seen = self._seen, seen
        if before is None or point != before[0] or seen[5] is not before[5]:
            self._show_place(point)
        self.frame.setText(tr("Picture: {ms} ms", ms=frame_ms) if frame_ms else "")
        self._show_jobs()
        self._show_selection()

    def _show_place(self, point) -> None:
        frame = self.session.document.frame
        if point is None:
            self.project.say("")
            self.lonlat.say("")
            return
        e, n, h = frame.to_project([point])[0]
        names = "ENH" if frame.crs else "XYZ"
        self.project.say("   ".join(f"{name} {value:z,.2f}" for name, value in zip(names, (e, n, h))),
                         f"{e:z.3f}, {n:z.3f}, {h:z.3f}")
        lon, lat, height = frame.to_lonlat([point])[0]
        self.lonlat.say(f"{lon:.6f}°, {lat:.6f}°, {height:z.1f} m" if lon == lon and abs(lon) <= 360 else NO_PLACE,
                        f"{lon:.8f}, {lat:.8f}, {height:z.3f}")

    def _show_jobs(self) -> None:
        jobs = shown_jobs(self.session)
        for widget in (self.job, self.progress, self.cancel):
            widget.setVisible(bool(jobs))
        if jobs:
            job = jobs[0]
            more = tr(" (and {n} more)", n=len(jobs) - 1) if len(jobs) > 1 else ""
            self.job.say(job.label + (f" · {job.text}" if job.text not in ("", job.label) else "") + more)
            self.progress.setRange(0, 0 if job.fraction is None else 1000)
            self.progress.setValue(round((job.fraction or 0.0) * 1000))

    def _show_selection(self) -> None:
        items = self.session.selection.items
        if said := self._telling() or self._hint():
            self.selected.say(said)
        elif hovered := self.session.hovered:                   # beside the coordinates of the mouse
            self.selected.say(self._name(hovered.layer, hovered.feature))
        elif len(items) > 1:
            self.selected.say(self._counted())
        elif items:
            self.selected.say(tr("Selected: {name}", name=self._name(*items[0])))
        else:
            self.selected.say("")

    def _counted(self) -> str:
        """Said once for each selection: it can be a hundred thousand houses, and this is asked for at every tick."""
        selection, asked = self.session.selection, (self.session.selection, language())
        if self._count[:1] != (asked,):
            asset = self.session.asset(next(iter(selection.layers))) if len(selection.layers) == 1 else None
            features = getattr(asset.payload, "features", None) if asset else None
            chosen = tuple(row for _, row in selection.items)
            self._count = asked, selected_words(features if min(chosen) >= 0 else None, chosen)
        return self._count[1]

    def _name(self, layer_id: str, feature: int) -> str:
        """"Layer · name of the feature", as the inspector calls it."""
        layer, asset = self.session.document.layer(layer_id), self.session.asset(layer_id)
        if layer is None:
            return ""
        payload = asset.payload if asset else None
        block = payload.block(feature) if isinstance(payload, TileTree) else None
        if block is not None:
            return f"{layer.title(language())} · {block_title(block)}"
        if isinstance(payload, RasterSeries) and 0 <= feature < payload.count:
            value = payload.history.at_cell(feature, self.session.clock.now_ns)
            said = tr("no data") if value is None else f"{figures(value)} {payload.unit}".strip()
            return f"{layer.title(language())} · {said}"
        table = payload.features if payload is not None else None
        held = table is not None and 0 <= feature < table.num_rows
        name = title_of(table, feature, self.session.document.words) if held else tr("Feature {n}", n=feature + 1)
        return f"{layer.title(language())} · {name}"

    # -- gestures --------------------------------------------------------------------------------------

    def _cancel_clicked(self) -> None:
        """One job is cancelled at once; of several the user picks."""
        jobs = shown_jobs(self.session)
        if len(jobs) == 1:
            self.session.jobs.cancel(jobs[0])
        elif jobs:
            menu = self.jobs_menu(jobs)
            menu.exec(self.cancel.mapToGlobal(QPoint(0, -menu.sizeHint().height())))
            menu.deleteLater()

    def jobs_menu(self, jobs: list) -> QMenu:
        menu = QMenu(self)
        for job in jobs:
            menu.addAction(theme.icon("cancel"), tr("Cancel {name}", name=job.label),
                           lambda job=job: self.session.jobs.cancel(job))
        menu.addSeparator()
        menu.addAction(tr("Cancel all"), lambda: [self.session.jobs.cancel(job) for job in jobs])
        return menu

    def tell(self, words: str) -> None:
        """Say for a moment that something went well, in place of what is selected."""
        self._count: tuple = ()                               # selection and language, and its words
        self._told = (words, time.monotonic() + TOLD_SECS)
        self._seen = None

    def _telling(self) -> str:
        return self._told[0] if time.monotonic() < self._told[1] else ""

    def _hint(self) -> str:
        """How to go on with what is being drawn in the scene."""
        drawing = self.viewport.drawing if self.viewport else None
        return drawing.hint if drawing is not None else ""

    def _say_copied(self, text: str) -> None:
        QGuiApplication.clipboard().setText(text)
        self.tell(tr("Copied: {text}", text=text))

    def retranslate(self) -> None:
        self.project.setToolTip(tr("Easting, northing, height in the project's CRS; click to copy"))
        self.lonlat.setToolTip(tr("Longitude, latitude, height; click to copy"))
        self.cancel.setToolTip(tr("Cancel"))
        self.cancel.setAccessibleName(tr("Cancel"))
        self.frame.setToolTip(tr("How long drawing the last picture took, in milliseconds"))
        self._seen = None

    def retheme(self) -> None:
        self.cancel.setIcon(theme.icon("cancel", "muted"))


class Elided(QLabel):
    """A line that gives way in the middle instead of widening the window."""

    def __init__(self, parent=None):
        super().__init__(parent)
        self.whole = ""
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.setProperty("role", "muted")

    def say(self, text: str) -> None:
        if text != self.whole:
            self.whole = text
            self.setToolTip(text)
            self._fit()

    def resizeEvent(self, event):
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        self.setText(self.fontMetrics().elidedText(self.whole, Qt.TextElideMode.ElideMiddle, self.width()))


class Figures(QLabel):
    """Numbers that change under the mouse; keeps the widest width it had, so that nothing dances."""

    def __init__(self, parent=None):
        super().__init__(parent)
        self.exact = ""
        self.copied = lambda text: None
        self.setFont(theme.figures(self.font()))
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def say(self, text: str, exact: str = "") -> None:
        self.exact = exact
        if text != self.text():
            self.setText(text)
            self.setMinimumWidth(max(self.minimumWidth(), self.sizeHint().width()))

    def mousePressEvent(self, event):
        if self.exact:
            self.copied(self.exact)


def shown_jobs(session) -> list:
    """Jobs that somebody may want to know of; what is done all the time has no label."""
    return [job for job in session.jobs.jobs if job.label]
