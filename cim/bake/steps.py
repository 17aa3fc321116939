"""A step of a bake: pieces that are independent of each other. What was done is not done again; progress is told."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from cim.bake.journal import Journal
from twin.crew import DaskCrew, LocalCrew
from twin.readers import Progress
from twin.trouble import Trouble


class Steps:
    """`made`, `reused`: pieces so far."""

    def __init__(self, team: LocalCrew | DaskCrew, journal: Journal, progress: Progress):
        self.team, self.journal, self.progress = team, journal, progress
        self.made = self.reused = 0
        self._done = self._total = 0
        self._text = ""

    def pieces(self, function: Callable[..., Any], pieces: list[tuple[str, tuple]], text: str,
               files: Callable[[Any], list[list]]) -> Iterator[tuple[str, Any]]:
        """(key, what it said) of every piece: at once for those that were done, then as they end."""
        todo = []
        for key, arguments in pieces:
            said = self.journal.done(key)
            if said is None:
                todo.append((key, arguments))
            else:
                self.reused += 1
                yield key, said
        self.begin(text, len(todo))
        for number, said in self.run(function, [arguments for _, arguments in todo]):
            key = todo[number][0]
            if not isinstance(said, Trouble):
                self.journal.keep(key, files(said), said)
                self.made += 1
            self.ended()
            yield key, said

    def run(self, function: Callable[..., Any], calls: list[tuple]) -> Iterator[tuple[int, Any]]:
        """(number of the call, its result) as they end."""
        return self.team.run(function, calls, self.tell)

    def begin(self, text: str, total: int) -> None:
        self._done, self._total, self._text = 0, total, text

    def ended(self, pieces: int = 1) -> None:
        self._done += pieces
        self.tell()

    def tell(self) -> None:
        self.progress(self._done, max(self._total, 1), self._text)
