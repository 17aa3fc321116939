"""What the hud's pictures are made of: ink for both themes, rounded panels, and lines of text that fit."""

from __future__ import annotations

import numpy as np

from layers import painting

INK = {"light": (38, 43, 51), "dark": (226, 231, 238)}
MUTED = {"light": (104, 112, 124), "dark": (150, 159, 172)}
PANEL = {"light": (255, 255, 255), "dark": (30, 34, 41)}
WARN = {"light": (176, 98, 0), "dark": (255, 184, 92)}


NEVER_FIRST, NEVER_LAST = "，。；：、！？）》】”’", "（《【“‘"


def on_panel(content: np.ndarray, theme: str, radius: int) -> np.ndarray:
    out = painting.panel(*content.shape[:2], PANEL[theme], 0.88, radius)
    painting.paste(out, content, 0, 0)
    return out


def wrapped(words: str, size: int, width: int, bold: bool = False) -> list[str]:
    """Lines that fit; breaks at spaces, between any two signs of Chinese, and where the words have a line's end."""
    if "\n" in words:
        return [line for part in words.split("\n") for line in wrapped(part, size, width, bold)]
    lines, line = [], ""
    for piece in _pieces(words):
        if line and painting.text(line + piece, size, (0, 0, 0), bold).shape[1] > width:
            lines.append(line.strip())
            line = piece.lstrip()
        else:
            line += piece
    return [*lines, line.strip()] if line.strip() else lines


def in_lines(words: str, size: int, width: int, most: int) -> list[str]:
    """In so many lines at most, the last one cut where it must be."""
    lines = wrapped(words, size, width)
    return lines if len(lines) <= most else [*lines[:most - 1], elided(" ".join(lines[most - 1:]), size, width)]


def _pieces(words: str) -> list[str]:
    """What no line's end parts: words, and signs with what must not begin or end a line beside them."""
    pieces, piece = [], ""
    for sign in words:
        if pieces and not piece and sign in NEVER_FIRST and pieces[-1] != " ":
            pieces[-1] += sign
        elif sign in NEVER_LAST:
            pieces += [piece] if piece else []
            piece = sign
        elif sign == " " or ord(sign) > 0x2E7F:
            held = piece in NEVER_LAST or sign in NEVER_FIRST
            pieces += [piece + sign] if held else [piece, sign] if piece else [sign]
            piece = ""
        else:
            piece += sign
    return [*pieces, piece] if piece else pieces


def without_middle(words: str, size: int, width: int, bold: bool = False) -> str:
    """Cut between its beginning and its end, by which names are told apart and values are read."""
    if painting.text(words, size, (0, 0, 0), bold).shape[1] <= width:
        return words
    kept = len(words) - 1
    while kept > 2 and painting.text(_ends_of(words, kept), size, (0, 0, 0), bold).shape[1] > width:
        kept -= 1
    return _ends_of(words, kept)


def _ends_of(words: str, kept: int) -> str:
    return f"{words[:kept - kept // 2].rstrip()}…{words[len(words) - kept // 2:].lstrip()}"


def elided(words: str, size: int, width: int, bold: bool = False) -> str:
    if painting.text(words, size, (0, 0, 0), bold).shape[1] <= width:
        return words
    while words and painting.text(words + "…", size, (0, 0, 0), bold).shape[1] > width:
        words = words[:-1]
    return words + "…"
