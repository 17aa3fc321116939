"""The export of a chart: one button begins and stops it, and words say how far it is."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path

from PySide6.QtWidgets import QToolButton

from app import theme
from app.reading_export import Going, Stopped
from twin.text import tr
from twin.trouble import Trouble

EXPORT, STOP = ("save-as", "Export what is seen…"), ("cancel", "Stop the export")


class ChartExport:
    """`ask()` lets the user choose a file and calls `begin`; `start(path, going)` writes it in a thread: (rows, path).

    What is still being read is exported as soon as all of it is there.
    """

    def __init__(self, button: QToolButton, ask: Callable[[], None], start: Callable[[Path, Going], Future],
                 tell: Callable[..., None]):
        self.button, self._ask, self._start, self._tell = button, ask, start, tell
        self.going = Going()
        self._path: Path | None = None           # waits for its readings
        self._saving: Future | None = None
        button.clicked.connect(self._press)

    @property
    def active(self) -> bool:
        return self._path is not None or self._saving is not None

    @property
    def writing(self) -> bool:
        return self._saving is not None

    def begin(self, path: Path) -> None:
        self._path, self.going = path, Going()
        self.dress()

    def _press(self) -> None:
        if not self.active:
            return self._ask()
        self.going.stop = True
        if self._path is not None:
            self._path = None
            self._end(tr("The export was stopped; nothing was written."))

    def refresh(self, ready: bool) -> None:
        """With every tick. `ready`: all of the readings are there."""
        if self._path is not None and ready and self._saving is None:
            path, self._path = self._path, None
            self._saving = self._start(path, self.going)
        elif self._saving is not None and self._saving.done():
            future, self._saving = self._saving, None
            self._end(*_ended(future))

    def words(self) -> str:
        """How far it is; "" while it waits for its readings."""
        if self._saving is None:
            return ""
        if not self.going.total:
            return tr("Exporting: gathering the readings…")
        return tr("Exporting: {written} of {total} readings", written=f"{self.going.written:,}",
                  total=f"{self.going.total:,}")

    def _end(self, *said: str) -> None:
        self.dress()
        self._tell(*said)

    def dress(self) -> None:
        """For what a press does now, in the theme and the language of now."""
        icon, words = STOP if self.active else EXPORT
        self.button.setIcon(theme.icon(icon))
        self.button.setToolTip(tr(words))
        self.button.setAccessibleName(tr(words))


def _ended(future: Future) -> tuple[str, ...]:
    """(words,) or (words, tone)."""
    error = future.exception()
    if isinstance(error, Stopped):
        return (tr("The export was stopped; nothing was written."),)
    if error:
        return str(Trouble.of(error)), "error"
    rows, path = future.result()
    return (tr("{rows} readings were written: {path}", rows=f"{rows:,}", path=path),)
