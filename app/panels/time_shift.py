"""How much earlier the readings lie that are compared with: its words, and what a user types."""

from __future__ import annotations

from app.panels.time_marks import duration_words
from app.panels.time_text import read_duration
from twin.text import in_every_language, tr


def shift_words(shift_ns: float) -> str:
    return tr("{duration} before", duration=duration_words(int(shift_ns))) if shift_ns else tr("Not compared")


def read_shift(text: str) -> float:
    """"1 d before", "2d", "Not compared". Raises Trouble."""
    text = text.strip()
    if text in (*in_every_language("Not compared"), "0", ""):
        return 0
    return read_duration(text.removesuffix("before").removesuffix("前"))
