"""One incident: its steps from 发现 to 结案, and the form that adds the next one, a note or a correction."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from twin import times
from twin.incidents.incident import CORRECTION_KIND, STATE_WORDS, STATES, Entry, Incident
from twin.text import once, tr
from twin.units import minutes

NOTE = "note"
LOW_PX = 170
Write = Callable[[str, int, str, str, int], None]        # kind or state, time_ns, role, note, corrected entry


class IncidentDetail(QWidget):
    """`write` adds to the journal; `pack` stands where the panel puts it; times are typed in the project's zone and
    start at the clock's.
    """

    def __init__(self, write: Write, parent: QWidget | None = None):
        super().__init__(parent)
        self._write = write
        self.incident: Incident | None = None
        self.nothing = ""                            # why there is none to choose
        self._now_ns = 0
        self._clocked = ""                           # the time that the form said by itself
        self._step_time = ""                         # of the step that is corrected
        self.time_zone = "Asia/Shanghai"
        self.title, self.steps = QLabel(wordWrap=True), QLabel(wordWrap=True)
        self.what, self.time, self.role, self.note = QComboBox(), QLineEdit(), QLineEdit(), QLineEdit()
        self.add, self.pack, self.said = QPushButton(), QPushButton(), QLabel(wordWrap=True)
        self._lay_out()
        self.add.clicked.connect(self.submit)
        self.what.activated.connect(lambda _: self._choose())
        self.note.returnPressed.connect(self.submit)
        self.retranslate()

    def _lay_out(self) -> None:
        """Only the steps scroll: what one fills in stays in sight however low the panel is, in one line so that all
        five steps have room above it.
        """
        self.title.setProperty("role", "title")
        self.steps.setTextFormat(self.steps.textFormat().RichText)
        self.said.setProperty("role", "danger")
        self.steps.setAlignment(Qt.AlignmentFlag.AlignTop)
        scroll = QScrollArea(widgetResizable=True, frameShape=QScrollArea.Shape.NoFrame)
        scroll.setWidget(self.steps)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 0, 0, 0)
        column.setSpacing(4)
        form = QHBoxLayout()
        self.what.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.what.setMinimumContentsLength(8)
        for widget, share in ((self.what, 3), (self.time, 3), (self.role, 3), (self.note, 4), (self.add, 0)):
            form.addWidget(widget, share)
        column.addWidget(self.title)
        column.addWidget(scroll, 1)
        column.addWidget(self.said)
        self.said.hide()
        column.addLayout(form)

    def resizeEvent(self, event) -> None:
        """In a low panel the steps take the place of the title, which the list says beside them."""
        super().resizeEvent(event)
        self.title.setVisible(self.height() >= LOW_PX)

    def show_incident(self, incident: Incident | None, now_ns: int, time_zone: str) -> None:
        """The form says the clock's time until another is typed, anew with every incident and every state of it."""
        changed = incident != self.incident
        self.incident, self.time_zone, self._now_ns = incident, time_zone, now_ns
        for widget in (self.what, self.time, self.role, self.note, self.add, self.pack):
            widget.setVisible(incident is not None)
        self._tell(now_ns)
        if changed and incident is not None:
            self._offer()
            self.time.clear()
            self.note.clear()
            self.say("")
        self._follow_clock()

    def _choose(self) -> None:
        """A correction begins as the step that it corrects: only what was wrong is written anew."""
        kind, seq = self.what.currentData() or ("", 0)
        if kind == CORRECTION_KIND:
            step = next(step for step in self.incident.steps if step.seq == seq)
            self._step_time = times.readable(step.time_ns, self.time_zone)[:16]
            self.time.setText(self._step_time)
            self.role.setText(once(step.role))
            self.note.setText(once(step.note))
        elif self.time.text().strip() == self._step_time:
            self.time.clear()
        self._follow_clock()

    def _follow_clock(self) -> None:
        """Who empties the line gives it back to the clock. What is being written down has the time at which that began:
        a running clock goes on meanwhile.
        """
        begun = bool(self._clocked and self.note.text().strip())
        if self.incident is not None and self.time.text().strip() in ("", "" if begun else self._clocked):
            self._clocked = times.readable(self._earliest(), self.time_zone)[:16]
            self.time.setText(self._clocked)

    def _earliest(self) -> int:
        """The clock's time; a step never lies before the one it follows."""
        step = self.what.currentData() is not None and self.what.currentData()[0] in STATES
        return max(self._now_ns, self.incident.steps[-1].time_ns) if step else self._now_ns

    def _tell(self, now_ns: int) -> None:
        if self.incident is None:
            self.title.setText("" if self.nothing else tr("No incident is chosen"))
            self.steps.setText(self.nothing or tr("Choose one in the list, or open one from an event."))
            return
        self.title.setText(once(self.incident.title))
        told = sorted((*self.incident.steps, *self.incident.notes()), key=lambda entry: entry.time_ns)
        lines = [self._line(entry, now_ns) for entry in told]
        if corrected := self.incident.corrected():
            said = [tr("{n} corrections; the first entries are kept", n=len(corrected)) + ":",
                    *(self._words(entry) for entry in corrected)]
            lines.append(f"<span style='color:gray'>{'<br>'.join(said)}</span>")
        if (took := self.incident.secs()) is not None and self.incident.state_at(now_ns) == "closed":
            lines.append(f"<b>{tr('Handled in {n} min', n=minutes(took))}</b>")
        self.steps.setText("<br>".join(lines))

    def _line(self, entry: Entry, now_ns: int) -> str:
        text = self._words(entry)
        return text if entry.time_ns <= now_ns else f"<span style='color:gray'>{text}</span>"

    def _words(self, entry: Entry) -> str:
        import html
        what = tr(STATE_WORDS[entry.state]) if entry.state else tr("Note")
        words = [times.readable(entry.time_ns, self.time_zone)[5:16], f"<b>{what}</b>", html.escape(once(entry.role)),
                 html.escape(once(entry.note))]
        return " &nbsp; ".join(filter(None, words))

    def _offer(self) -> None:
        reached = STATES.index(self.incident.state)
        self.what.clear()
        for state in STATES[reached + 1:]:
            self.what.addItem(tr("Next: {state}", state=tr(STATE_WORDS[state])), (state, 0))
        self.what.addItem(tr("Note"), (NOTE, 0))
        for step in self.incident.steps:
            self.what.addItem(tr("Correct: {state}", state=tr(STATE_WORDS[step.state])), (CORRECTION_KIND, step.seq))

    def submit(self) -> None:
        """Write down what the form says; what is refused is said below it."""
        from twin.trouble import Trouble
        if self.incident is None:
            return
        kind, corrects = self.what.currentData()
        try:
            self._write(kind, times.parse(self.time.text(), self.time_zone), self.role.text().strip(),
                        self.note.text().strip(), corrects)
        except Trouble as trouble:
            self.say(str(trouble))

    def say(self, words: str, role: str = "danger") -> None:
        """`role` "muted" where nothing went wrong."""
        self.said.setText(words)
        if self.said.property("role") != role:
            self.said.setProperty("role", role)
            self.said.style().unpolish(self.said)
            self.said.style().polish(self.said)
        self.said.setVisible(bool(words))

    def retranslate(self) -> None:
        self.role.setPlaceholderText(tr("Role, for example Duty officer"))
        self.note.setPlaceholderText(tr("Note"))
        self.time.setAccessibleName(tr("Time"))
        self.what.setAccessibleName(tr("What happened"))
        self.add.setText(tr("Add"))
        self.pack.setText(tr("Package…"))
        if self.incident is not None:
            self._offer()
