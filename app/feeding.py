"""The feeds of a project file, for whoever has no window; and the recorder that the window starts or joins."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

from twin.document import Document
from twin.feeds import status
from twin.feeds.feed import Feed
from twin.history.store import store_beside
from twin.project import SUFFIX, Project, load, save
from twin.text import language, tr
from twin.trouble import Trouble


def feeds_in(project: Path) -> tuple[Feed, ...]:
    return _loaded(project).document.feeds


def zone_of(project: Path) -> str:
    return _loaded(project).document.time_zone


def with_feed(project: Path, feed: Feed) -> None:
    """Add a feed, or replace the one of its id; the project is made where it does not exist."""
    shown = _loaded(project) if project.exists() else Project(
        document=Document(name=project.name.removesuffix(SUFFIX)))
    feeds = tuple(f for f in shown.document.feeds if f.id != feed.id)
    save(replace(shown, document=replace(shown.document, feeds=(*feeds, feed)), path=project), project)


def without_feed(project: Path, id: str) -> None:
    shown = _loaded(project)
    feeds = tuple(f for f in shown.document.feeds if f.id != id)
    if feeds == shown.document.feeds:
        raise Trouble(tr("There is no feed called {id}.", id=id), path=str(project))
    save(replace(shown, document=replace(shown.document, feeds=feeds)), project)


def start_recorder(project: Path) -> None:
    """Start a recorder that outlives this process; one that runs already is joined."""
    if status.running(store_beside(project.absolute())):
        return
    apart = {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.DETACHED_PROCESS} \
        if sys.platform == "win32" else {"start_new_session": True}
    subprocess.Popen([sys.executable, "-m", "app.cli", "record", str(project), "--language", language()],
                     stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **apart)


def _loaded(project: Path) -> Project:
    from app.discover import layer_types
    layer_types()
    return load(project)
