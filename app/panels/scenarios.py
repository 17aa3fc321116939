"""The panel of scenarios: what each tells, one click to play it, and its chapters to jump to."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from app import theme
from app.scenario_player import ScenarioPlayer
from app.scenario_steps import close_others, open_panels, panels_of
from app.session import Session
from app.unread import lost_from_sight
from twin import text, times
from twin.scenario import Scenario
from twin.text import sentences, tr
from twin.trouble import Trouble

SEEN_TICKS = 3                                       # after which clicks made during a slow first frame have arrived


class ScenarioPanel(QScrollArea):
    """Cards of the project's scenarios; the one that plays shows its chapters."""

    def __init__(self, session: Session, viewport=None, parent: QWidget | None = None):
        super().__init__(parent)
        self.session = session
        self.player = ScenarioPlayer(session, viewport)
        self.player.opened, self.player.ended, self.player.counting = self._open, self._close, self._counting
        self._brought: list[str] = []                # panels that the story opened
        self.buttons: dict[str, QPushButton] = {}
        self.chapters: list[QPushButton] = []
        self.lost: QLabel | None = None              # in the card of the story that plays
        self._seen: tuple = ()
        self._marked: object = None
        self._cards: dict[str, QWidget] = {}
        self._hunted = False                         # what is told may be out of sight: the next tick has its places
        self._ticks = 0                              # since the playing story has all it shows
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.retranslate()

    def before_frame(self) -> None:
        """The player goes on whether the panel is seen or not."""
        self.player.refresh()

    def refresh(self) -> None:
        self._count()
        if not self.isVisible():
            return
        seen = (self.session.document.scenarios, self.player.scenario, self.session.document.shown_zone)
        if not self._seen or any(a is not b for a, b in zip(seen, self._seen)):
            self._seen = seen
            self._fill()
        elif self._hunted:
            self._hunted = False
            self._show_lit()
        if self._marked is not self.player.chapter:
            self._mark()

    def _fill(self) -> None:
        sheet = QWidget(objectName="inspector")
        column = QVBoxLayout(sheet)
        column.setContentsMargins(12, 8, 12, 16)
        column.setSpacing(14)
        self.buttons, self.chapters, self._cards, self._marked, self.lost = {}, [], {}, None, None
        for scenario in self.session.document.scenarios:
            column.addWidget(self._card(scenario))
        if not self.session.document.scenarios:
            hint = QLabel(sentences(tr("This project has no scenarios."),
                                    tr("The sample project has some: open it from the menu File.")), wordWrap=True)
            hint.setProperty("role", "muted")
            column.addWidget(hint)
        column.addStretch(1)
        self.setWidget(sheet)

    def _card(self, scenario: Scenario) -> QWidget:
        playing = self.player.scenario is scenario
        card = self._cards[scenario.id] = QFrame()
        card.setProperty("playing", playing)
        column, top = QVBoxLayout(card), QHBoxLayout()
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        name = QLabel(f"<b>{scenario.title(text.language())}</b>", wordWrap=True)
        about = QLabel(scenario.told(text.language()), wordWrap=True)
        about.setProperty("role", "muted")
        button = self.buttons[scenario.id] = QPushButton(theme.icon("cancel" if playing else "play"), tr("Play"))
        if playing:
            self._name_button(button)
        button.clicked.connect(lambda: self.toggle(scenario.id))
        top.addWidget(name, 1)
        top.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
        column.addLayout(top)
        column.addWidget(about)
        if playing:
            self.lost = QLabel(wordWrap=True)
            self.lost.setProperty("role", "danger")
            column.addWidget(self.lost)
            self._tell_lost()
            for chapter in scenario.chapters:
                column.addWidget(self._chapter(chapter))
        return card

    def _chapter(self, chapter) -> QPushButton:
        document = self.session.document
        clock = times.readable(times.parse(chapter.time, document.time_zone), document.shown_zone)[5:16]
        row = QPushButton(flat=True)
        row.setText(f"{clock}   {chapter.words(text.language())[0]}")
        row.setToolTip(chapter.words(text.language())[1])
        row.setCheckable(True)
        row.setProperty("role", "chapter")
        row.setSizePolicy(row.sizePolicy().Policy.Expanding, row.sizePolicy().Policy.Fixed)
        row.clicked.connect(lambda: self.player.go_to(chapter))
        self.chapters.append(row)
        return row

    def _mark(self) -> None:
        self._marked = self.player.chapter
        if self.player.scenario:
            for row, chapter in zip(self.chapters, self.player.scenario.chapters):
                row.setChecked(chapter is self._marked)
        self._hunted = True

    def _show_lit(self) -> None:
        """The story that plays, and of it the chapter that is told."""
        if self.player.scenario is not None:
            self.ensureWidgetVisible(self._cards[self.player.scenario.id])
        for row in self.chapters:
            if row.isChecked():
                self.ensureWidgetVisible(row, 0, row.height())

    def resizeEvent(self, event) -> None:
        """A panel that the chapter opens may have made this one lower."""
        super().resizeEvent(event)
        self._hunted = True

    def _count(self) -> None:
        """A second click on *Play* before anything is seen is impatience: only then the button becomes *End*."""
        if self.player.scenario is None or self.player.waiting:
            self._ticks = 0
        elif self._ticks <= SEEN_TICKS:
            self._ticks += 1
            if self._ticks == SEEN_TICKS and self.player.scenario.id in self.buttons:
                self._name_button(self.buttons[self.player.scenario.id])
                self._tell_lost()

    def _name_button(self, button: QPushButton) -> None:
        """Of the story that plays."""
        button.setEnabled(self._ticks >= SEEN_TICKS)
        button.setText(tr("End") if button.isEnabled() else tr("Loading…"))

    def _tell_lost(self) -> None:
        """A story whose files are gone tells of what nobody sees."""
        if self.lost is None:
            return                                   # no card yet: the panel was closed while the story began
        words = lost_from_sight(self.session) if self._ticks >= SEEN_TICKS else ""
        self.lost.setText(words)
        self.lost.setVisible(bool(words))

    def _show_taken(self, id: str) -> None:
        """On the screen at once: staging and the first frame may take seconds, in which nothing else is painted."""
        self._ticks = 0
        self._name_button(self.buttons[id])
        card = self._cards[id]
        card.setProperty("playing", True)
        card.style().polish(card)
        card.repaint()

    def toggle(self, id: str) -> None:
        """Play it from its beginning, or end it."""
        try:
            if self.player.scenario is not None and self.player.scenario.id == id:
                self.player.stop()
            else:
                if id in self.buttons:
                    self._show_taken(id)
                self.player.play(id)
        except Trouble as trouble:
            self.retheme()
            self.buttons[id].setToolTip(str(trouble))
            self.window().tell(str(trouble), "error") if hasattr(self.window(), "tell") else None

    def _open(self, chapter) -> None:
        if hasattr(self.window(), "docking"):
            self._brought = close_others(self.window(), self._brought, chapter)
            self._brought += open_panels(self.window(), chapter)

    def _counting(self) -> bool:
        docking, chapter = getattr(self.window(), "docking", None), self.player.chapter
        return bool(docking and chapter) and any(getattr(docking.panel(name), "counting", False)
                                                 for name in panels_of(chapter))

    def _close(self) -> None:
        """What the story brought goes with it; what was open before stays."""
        brought, self._brought = self._brought, []
        for name in brought:
            self.window().docking.of[name].hide()

    def retranslate(self) -> None:
        self._seen = ()
        self._fill()

    def retheme(self) -> None:
        self._seen = ()
        self._fill()
