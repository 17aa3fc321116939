"""Autosave and what is offered after a crash: a copy of the unsaved project outside its folder."""

from __future__ import annotations

import json
import logging
import time
from dataclasses import replace
from pathlib import Path

from app.session import Session
from twin.autosave import autosave, autosave_path, is_held
from twin.document import Document
from twin.project import Project, load
from twin.trouble import Trouble

EVERY_SECS = 60.0                          # at most between two copies while edits go on
QUIET_SECS = 3.0                           # after the last edit
log = logging.getLogger("citytwin")


class Autosave:
    """Called by the tick; writes what is not saved yet: when no edit came for a while, at the latest every minute."""

    def __init__(self, session: Session, folder: Path, every_secs: float = EVERY_SECS, quiet_secs: float = QUIET_SECS):
        self.session, self.folder, self.every_secs, self.quiet_secs = session, folder, every_secs, quiet_secs
        self._seen: Document | None = None
        self._since = self._edited = time.monotonic()              # of the first edit not written, of the last
        self._written: Document | None = None

    def refresh(self, camera=None) -> None:
        document, dirty, now = self.session.arrangement, self.session.dirty, time.monotonic()
        if document is not self._seen:
            if self._seen is self._written or not dirty:
                self._since = now
            self._seen, self._edited = document, now
        if not dirty or document is self._written:
            return
        if now - self._edited >= self.quiet_secs or now - self._since >= self.every_secs:
            self._since = now
            self.write(camera)

    def write(self, camera=None) -> None:
        try:
            autosave(self.session.project(camera), self.folder)
            self._written = self.session.arrangement
        except Trouble as trouble:
            log.warning("autosave failed: %s", trouble)

    def forget(self) -> None:
        """The work was saved or given up: there is nothing to recover."""
        copy = autosave_path(self.session.path, self.folder)
        if not is_held(copy):
            copy.unlink(missing_ok=True)
        self._written = None


def left_over(path: Path | None, folder: Path) -> Path | None:
    """The autosaved copy of a project (None = of an unnamed one) that is newer than its file."""
    copy = autosave_path(path, folder)
    if not copy.exists():
        return None
    newer = path is None or not path.exists() or copy.stat().st_mtime > path.stat().st_mtime
    return copy if newer else None


def recovered(copy: Path) -> Project:
    """The project of an autosaved copy, under the path it was saved from. Raises Trouble."""
    project = load(copy)
    try:
        origin = json.loads(copy.read_text(encoding="utf-8")).get("recovered_from", "")
    except (OSError, ValueError) as error:
        raise Trouble("The autosaved copy could not be read.", cause=str(error), path=str(copy)) from error
    return replace(project, path=Path(origin) if origin else None)


def become(session: Session, copy: Path) -> None:
    """Show the recovered project; it counts as not saved."""
    session.become(recovered(copy))
    session.edits.saved = Document(name="")
