"""Readings that lie in the store beside a project and that no layer shows: a recorder without a window brought them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from app.bringing import layers_of
from twin.feeds import status
from twin.history.store import Store, is_store, store_beside
from twin.text import tr


class StoredQuestion:
    """Refreshed by the tick. `tell(words, tone, ways)` shows a notice; each project is looked at once it is opened."""

    def __init__(self, session, tell: Callable):
        self.session, self.tell = session, tell
        self._looked: tuple = ()

    def refresh(self) -> None:
        session = self.session
        if self._looked == (session.edits, session.path):
            return
        opened = not self._looked or self._looked[0] is not session.edits       # not merely saved under a name
        self._looked = (session.edits, session.path)
        folder = store_beside(session.path) if session.path else None
        if opened and folder and self._unseen(folder):
            self.tell(tr("The store beside this project holds readings that no layer shows."), "note",
                      ((tr("Show them"), self._show),))

    def _unseen(self, folder: Path) -> bool:
        """While a recorder runs, its layers come by themselves."""
        if not is_store(folder) or layers_of(self.session.document, folder) or status.running(folder):
            return False
        with Store(folder) as store:
            look = store.look()
        return bool(look.version or len(look.hot))

    def _show(self) -> None:
        self.session.live.layers.expected = True
