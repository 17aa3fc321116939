"""What is begun and no edit yet: a place that is tried out, points that were clicked. Undo takes it back first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Unfinished:
    """`label` is what the menu says of it (English); `back` takes the last of it back."""

    label: str
    back: Callable[[], object]
