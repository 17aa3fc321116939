"""The loop: the only timer. Tick the clock, take what the workers sent, draw at most once, refresh the panels."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Protocol

from PySide6.QtCore import QObject, Qt, QTimer

from app.detail import Detail
from app.garbage import Garbage
from app.session import Session
from app.shading import Shading
from app.streaming import Streaming

log = logging.getLogger("citytwin")
FRAME_MS = 16
ASLEEP_SECS = 60.0              # a longer pause was no slow frame: the machine slept, and the clock did too
STORY_STEP_SECS = 0.5           # a story waits for slow frames: nobody sees a chapter that two of them skip


class Panel(Protocol):
    def refresh(self) -> None:
        """Show what differs from what was shown last; microseconds when nothing does.

        A panel that says what the frame shows has a `before_frame` too.
        """


class Loop(QObject):
    """Events that arrive between two ticks (slider, mouse) only change state: ten of them cost one update."""

    def __init__(self, session: Session, viewport, panels: list[Panel], parent: QObject | None = None):
        super().__init__(parent)
        self.session, self.viewport, self.panels = session, viewport, panels
        self.shading = tuple(Shading(session, viewport.canvas, second) for second in (False, True))
        self.detail = Detail(session)
        self.streaming = Streaming(session)
        self.garbage = Garbage()
        self.ticks = self.frames = 0
        self.longest_ms = 0.0
        self._last = time.monotonic()
        self._broken: set[tuple[int, str]] = set()      # panel and step
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self.tick)

    def start(self) -> None:
        self.garbage.start()
        self._last = time.monotonic()
        self._timer.start(FRAME_MS)

    def stop(self) -> None:
        self._timer.stop()

    def tick(self) -> None:
        now = time.monotonic()
        dt_secs, self._last = now - self._last, now
        longest_secs = ASLEEP_SECS if self.session.story is None else STORY_STEP_SECS
        self.session.tick(min(dt_secs, longest_secs) if dt_secs < ASLEEP_SECS else 0.0)
        for panel in self.panels:
            if hasattr(panel, "before_frame"):
                self._guard(panel, panel.before_frame)
        self.frames += self.viewport.frame(min(dt_secs, 1.0))
        self.detail.tick(self.viewport.stage.ground, self.viewport.camera())
        self.streaming.tick(self.viewport.canvas.ground.sight(), self.viewport.stage.ground)
        for shading in self.shading:
            shading.tick(self.viewport.view.ground_of(shading.second), self.viewport.camera())
        for panel in self.panels:
            self._guard(panel, panel.refresh)
        self.garbage.tick()
        self.ticks += 1
        self.longest_ms = max(self.longest_ms, (time.monotonic() - now) * 1000.0)

    def _guard(self, panel: Panel, step: Callable[[], None]) -> None:
        """A panel that fails is logged once and the others go on."""
        key = (id(panel), step.__name__)
        try:
            step()
            self._broken.discard(key)
        except Exception:
            if key not in self._broken:
                self._broken.add(key)
                log.exception("%s could not be refreshed", type(panel).__name__)
