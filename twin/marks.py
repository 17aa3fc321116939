"""Marks on the time axis: instants and stretches of time that something says are worth looking at.

Who knows of such instants (bookmarks, incidents, …) is a provider: it is asked what it says now (`state`, cheap,
every frame) and, only when that differs, for its marks. The ribbon draws them, the clock jumps to them.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from typing import Protocol

from twin import times
from twin.document import Document
from twin.text import language

NOTE, WARNING, ALARM = 0, 1, 2


@dataclass(frozen=True, order=True)
class Mark:
    """`text` is for people, in the present language; `kind` says whose it is ("bookmark", "incident", …).

    `end_ns`: of what lasted; 0 = an instant. `id`: what the provider knows it by.
    """

    time_ns: int
    text: str
    kind: str = "event"
    level: int = NOTE
    end_ns: int = 0
    id: str = ""


class Provider(Protocol):
    def state(self) -> Hashable:
        """Differs when `marks` would; asked every frame."""

    def marks(self) -> Iterable[Mark]:
        """In any order."""


class Marks:
    """The marks of all providers, by name of the provider, ascending in time."""

    def __init__(self):
        self.providers: dict[str, Provider] = {}
        self._state: tuple = ()
        self._marks: tuple[Mark, ...] = ()
        self._starts: list[int] = []

    def all(self) -> tuple[Mark, ...]:
        """The same object as long as no provider has anything new to say."""
        state = tuple((name, provider.state()) for name, provider in self.providers.items())
        if state != self._state:
            self._state = state
            self._marks = tuple(sorted(m for provider in self.providers.values() for m in provider.marks()))
            self._starts = [m.time_ns for m in self._marks]
        return self._marks

    def between(self, start_ns: int, end_ns: int) -> tuple[Mark, ...]:
        """What begins in [start, end], and what began before and lasts into it."""
        marks = self.all()
        first, last = bisect_left(self._starts, start_ns), bisect_right(self._starts, end_ns)
        return (*(m for m in marks[:first] if m.end_ns >= start_ns), *marks[first:last])

    def after(self, time_ns: int) -> Mark | None:
        """The next one to begin."""
        marks = self.all()
        at = bisect_right(self._starts, time_ns)
        return marks[at] if at < len(marks) else None

    def before(self, time_ns: int) -> Mark | None:
        """The last one that began earlier."""
        marks = self.all()
        at = bisect_left(self._starts, time_ns)
        return marks[at - 1] if at else None


class Bookmarked:
    """The instants that the user marked in the project."""

    def __init__(self, document: Callable[[], Document]):
        self._document = document

    def state(self) -> Hashable:
        document = self._document()
        return document.bookmarks, document.time_zone, language()

    def marks(self) -> Iterable[Mark]:
        document = self._document()
        for bookmark in document.bookmarks:
            yield Mark(times.parse(bookmark.time, document.time_zone), bookmark.title(language()), "bookmark",
                       id=bookmark.id)
