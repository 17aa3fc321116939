"""How far a long command is, for who waits before a terminal."""

from __future__ import annotations

import sys


class ConsoleProgress:
    """A line on standard error that is written over, where that is a terminal."""

    def __init__(self) -> None:
        self._said = ""
        self._terminal = sys.stderr.isatty()

    def __call__(self, done: float, total: float = 1.0, text: str = "") -> None:
        share = f"{done:,.0f} / {total:,.0f}" if total > 1 else f"{done:.0%}" if 0 < done < 1 else ""
        said = f"{text} {share}".strip()
        if said != self._said and self._terminal:
            sys.stderr.write(f"\r\x1b[K{said}")
            sys.stderr.flush()
        self._said = said

    def end(self) -> None:
        if self._terminal and self._said:
            sys.stderr.write("\r\x1b[K")
