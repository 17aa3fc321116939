"""A study that a chapter of a story asks for: begun when what it needs is read, shown when it is done."""

from __future__ import annotations

import tempfile
import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from pathlib import Path
from typing import Any

from app.session import Session
from twin.document import Document
from twin.jobs import DONE, Job
from twin.text import tr


class ChapterStudy(ABC):
    """What all such studies share; each says how it begins, what it keeps of a result and how it shows that.

    Results lie in a temporary folder that goes with the program: a story leaves nothing behind. Once computed, one
    is there at once when the chapter is told again.
    """

    def __init__(self, session: Session, added: Callable[[Document, Document], None]):
        """`added(before, after)` takes the document with what the study adds to it."""
        self.session, self._added = session, added
        self._asked: Any = None                                   # a part of the chapter; it can be a key
        self._job: Job | None = None
        self._scratch = tempfile.TemporaryDirectory(prefix="citytwin-", ignore_cleanup_errors=True)
        self.folder = Path(self._scratch.name)
        self._kept: dict[Any, Any] = {}
        self.report: dict | None = None
        self.trouble = ""

    def want(self, asked: Any) -> None:
        """What the present chapter asks for; a result stays until another one is wanted or the story ends."""
        if asked is None or asked == self._asked:
            return
        if self not in self.session.studies:                      # that of another project is gone with it
            self.session.studies.append(self)
        self._drop()                                              # what an earlier chapter asked for
        self._asked, self.trouble = asked, ""
        if asked in self._kept:
            self._show(self._kept[asked])

    @property
    def waiting(self) -> bool:
        """Something is wanted and neither there nor given up."""
        return self._asked is not None and self.report is None and not self.trouble

    def refresh(self) -> None:
        if not self.waiting:
            return
        if self._job is None:
            self._begin()
        elif not self._job.active:
            self._take()

    def settle(self) -> None:
        """Wait for it (headless use)."""
        while self.waiting:
            self.session.settle()
            self.refresh()
            time.sleep(0.01)

    def forget(self) -> None:
        self._drop()
        self._asked = None

    def _drop(self) -> None:
        if self._job is not None:
            self.session.jobs.cancel(self._job)
        self._job = self.report = None

    def _take(self) -> None:
        job, self._job = self._job, None
        if job.state != DONE:
            self.trouble = str(job.error) if job.error else tr("Given up")
            return
        self._kept[self._asked] = self._result(job.result)
        self._show(self._kept[self._asked])

    @abstractmethod
    def _begin(self) -> None:
        """Start the job; called again at every tick until there is one."""

    def _result(self, computed: Any) -> Any:
        """What is kept of a job's result."""
        return computed

    @abstractmethod
    def _show(self, kept: Any) -> None:
        """Set the report and add the layer."""

    @abstractmethod
    def words(self) -> str:
        """What came out; "" as long as nothing did."""
