"""Sealing beside storing: a thread of its own, so that what arrives is acknowledged meanwhile."""

from __future__ import annotations

import threading
from pathlib import Path

from twin.history.batches import Batches


class Sealing:
    """One at a time. The recorder holds the store's lock for both."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.kept = 0
        self.error: Exception | None = None
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        self._thread = threading.Thread(target=self._seal, name="sealing", daemon=True)
        self._thread.start()

    @property
    def begun(self) -> bool:
        """Whether one was started whose end nobody has taken notice of."""
        return self._thread is not None

    def ended(self, wait: bool = False) -> bool:
        """Once for each that was started, when it is over: `kept` readings are sealed, or `error` says why not."""
        if self._thread is None or (self._thread.is_alive() and not wait):
            return False
        self._thread.join()
        self._thread = None
        return True

    def _seal(self) -> None:
        self.kept, self.error = 0, None
        try:
            with Batches(self.folder) as batches:
                self.kept = batches.seal()
        except Exception as error:
            self.error = error
