"""What many ticks ask, answered once for each state of the document and its content."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


class Once:
    """The last answer of one question: asked again only when something that it depends on is another one."""

    def __init__(self, session):
        self._session = session
        self._revision: tuple | None = None       # of the assets, before they were asked: asking may begin to read one
        self._about: tuple = ()
        self._answer: Any = None

    def of(self, ask: Callable[[], Any], *about: Any) -> Any:
        """`ask()`; the answer of before while the assets and each of `about` are the very same things."""
        revision = self._session.assets.revision
        same = len(about) == len(self._about) and all(a is b for a, b in zip(about, self._about))
        if revision != self._revision or not same:
            self._answer = ask()
            self._revision, self._about = revision, about
        return self._answer
