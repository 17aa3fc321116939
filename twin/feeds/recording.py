"""Recording as a process: the feeds of a project file into the store beside it, until somebody says stop."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

from twin.feeds import status
from twin.feeds.feed import Feed
from twin.feeds.one_heap import share_one_heap
from twin.feeds.recorder import Point, Recorder
from twin.history.store import store_beside
from twin.text import tr
from twin.trouble import Trouble

PUBLISH_SECS = 1.0
LOOK_SECS = 2.0                          # between looks at the project file


class Recording(Recorder):
    """A recorder that says how it is in the status file. `feeds_of(project)`: reads the feeds of a project file."""

    def __init__(self, project: Path, time_zone: str, feeds_of: Callable[[Path], tuple[Feed, ...]],
                 at: Point = lambda point: None):
        folder = store_beside(project.absolute())
        if status.running(folder):
            raise Trouble(tr("A recorder of this project is running already."), path=str(folder),
                          way_out=tr("Look at it with `citytwin record PROJECT --status`."))
        share_one_heap()
        super().__init__(folder, project, time_zone, at)
        self._feeds_of, self._seen, self._looked, self._published = feeds_of, None, -1e9, -1e9
        self._started_ns = time.time_ns()
        self._end = threading.Event()
        status.asked_to_stop(folder)                   # a request that an earlier one did not live to see

    def run(self, secs: float = 0.0, tell: Callable[[dict], None] = lambda said: None) -> dict:
        """Until SIGTERM, Ctrl+C, a request (status.py) or `secs` have passed; what it was in the end."""
        self._catch_signals()
        end = time.monotonic() + secs if secs else float("inf")
        try:
            while not self._end.is_set() and time.monotonic() < end:
                self._look_at_project()
                self.step(going=self._going)
                self.let_others_write(self._going)
                self._maybe_publish(tell)
        finally:
            self.close()
            self.publish("stopped")
        return self._said("stopped")

    def publish(self, state: str = "recording") -> None:
        self._published = time.monotonic()
        try:
            status.write(self.folder, self._said(state))
        except Trouble as trouble:                      # the disk is full: whoever started it hears it at least
            print(trouble, file=sys.stderr)

    # -- inside -----------------------------------------------------------------------------------------

    def _said(self, state: str) -> dict:
        return {"state": state, "pid": os.getpid(), "started_ns": self._started_ns, "updated_ns": time.time_ns(),
                "project": str(self.project), **self.as_json()}

    def _going(self) -> bool:
        if status.asked_to_stop(self.folder):
            self._end.set()
        return not self._end.is_set()

    def _maybe_publish(self, tell) -> None:
        if time.monotonic() - self._published >= PUBLISH_SECS:
            self._going()
            self.publish()
            tell(self._said("recording"))

    def _look_at_project(self) -> None:
        """Take over feeds that somebody changed. A file that cannot be read just now is looked at again."""
        if time.monotonic() - self._looked < LOOK_SECS:
            return
        self._looked = time.monotonic()
        try:
            stat = self.project.stat()
            if (stat.st_mtime_ns, stat.st_size) != self._seen:
                self.use(self._feeds_of(self.project))
                self._seen = stat.st_mtime_ns, stat.st_size
                self.publish()
        except (OSError, Trouble) as error:
            self.error = tr("The project cannot be read; the feeds stay as they are: {cause}", cause=error)

    def _catch_signals(self) -> None:
        if threading.current_thread() is not threading.main_thread():
            return
        for name in ("SIGTERM", "SIGINT", "SIGBREAK"):
            if hasattr(signal, name):
                signal.signal(getattr(signal, name), lambda *_: self._end.set())
