"""A legend as a picture: in full, or in few lines where many legends share a low scene.

Each form remembers where its entries are, so that a click on one is known for it.
"""

from __future__ import annotations

import math
from dataclasses import replace
from functools import lru_cache

import numpy as np

from layers import painting
from layers.legend import Color, Legend
from layers.paper import INK, MUTED, elided, in_lines, on_panel, wrapped

LEGEND_WIDTH, LEAST_RAMP = 216, 60 # logical pixels; a shorter ramp is no scale that one could read
MOST_ENTRIES = 12
HIGHEST = 720                      # logical pixels of a legend: every class in two lines


# Left, top, right, bottom in device pixels from the upper left; number of the entry, or RAMP; how wide its colour is.
Place = tuple[int, int, int, int, int, int]
RAMP, NO_ENTRY = -1, -2


def entry_at(picture: np.ndarray, legend: Legend, theme: str, ratio: float, x: float, y: float,
             ) -> tuple[int, bool] | None:
    """What is at a pixel of one of the pictures below: the number of an entry or RAMP, and whether it is its words."""
    for form in (_in_full, _short, _row):
        sheet, places = form(legend, theme, ratio)
        if sheet is picture:
            return next(((n, x >= left + swatch) for left, top, right, bottom, n, swatch in places
                         if left <= x < right and top <= y < bottom), None)
    return None


def legend_picture(legend: Legend, theme: str, ratio: float = 1.0) -> np.ndarray:
    """A legend as a picture: title, unit, ramp or classes, the missing class and a note."""
    return _in_full(legend, theme, ratio)[0]


def short_legend(legend: Legend, theme: str, ratio: float = 1.0) -> np.ndarray:
    """The same in few lines: a title of two at most, the ramp between its ends, or the classes side by side."""
    return _short(legend, theme, ratio)[0]


def row_legend(legend: Legend, theme: str, ratio: float = 1.0) -> np.ndarray:
    """The same in two lines: the title; the ramp and the note, or classes by name, in another one if need be. A note
    stands below classes, and where it has no room beside the ramp: one that ends in "…" hides from how many.
    """
    return _row(legend, theme, ratio)[0]


@lru_cache(maxsize=128)
def _in_full(legend: Legend, theme: str, ratio: float) -> tuple[np.ndarray, tuple[Place, ...]]:
    s = lambda px: round(px * ratio)  # noqa: E731 - logical to device pixels
    width, pad, ink, muted = s(LEGEND_WIDTH), s(12), INK[theme], MUTED[theme]
    sheet, places = np.zeros((s(HIGHEST), width, 4), np.uint8), []
    y = pad
    title = f"{legend.title}  ({legend.unit})" if legend.unit else legend.title
    for line in wrapped(title, s(13), width - 2 * pad, bold=True):
        painting.paste(sheet, painting.text(line, s(13), ink, True), pad, y)
        y += s(18)
    y += s(4)
    if legend.ramp:
        painting.paste(sheet, painting.ramp_bar(legend.ramp, width - 2 * pad, s(10)), pad, y)
        places.append((pad, y, width - pad, y + s(14), RAMP, width))
        y += s(14)
        y = _ends(sheet, legend, width, pad, y, muted, s)
    for n, color, words in _bounded(legend):
        above, y = y, _entry(sheet, color, words, width, pad, y, ink, s)
        places.append((pad, above, width - pad, y, n, s(20)))
    if legend.missing:
        y = _entry(sheet, *legend.missing, width, pad, y, muted, s)
    for line in _noted(legend, s(11), width - 2 * pad):
        painting.paste(sheet, painting.text(line, s(11), muted), pad, y + s(2))
        y += s(15)
    return on_panel(sheet[:y + pad - s(2)], theme, s(8)), _of_entries(places, legend)


@lru_cache(maxsize=128)
def _short(legend: Legend, theme: str, ratio: float) -> tuple[np.ndarray, tuple[Place, ...]]:
    s = lambda px: round(px * ratio)  # noqa: E731 - logical to device pixels
    width, pad, ink, muted = s(LEGEND_WIDTH), s(10), INK[theme], MUTED[theme]
    sheet, places = np.zeros((s(HIGHEST), width, 4), np.uint8), []
    y = s(6)
    for line in short_titles(legend, s(12), width - 2 * pad):
        painting.paste(sheet, painting.text(line, s(12), ink, True), pad, y)
        y += s(16)
    y += s(2)
    if legend.ramp:
        places.append((pad, y, width - pad, y + s(18), RAMP, width))
        y = _ramp_between_ends(sheet, legend, width, pad, y, muted, s)
    classes = [(*entry, ink) for entry in _bounded(legend)]
    classes += [(NO_ENTRY, *legend.missing, muted)] if legend.missing else []
    classes += [(NO_ENTRY, None, line, muted) for line in _noted(legend, s(11), width - 2 * pad)]
    foot = _flowing(sheet, classes, width, pad, y, s, places)
    return on_panel(sheet[:foot + s(4)], theme, s(8)), _of_entries(places, legend)


@lru_cache(maxsize=128)
def _row(legend: Legend, theme: str, ratio: float) -> tuple[np.ndarray, tuple[Place, ...]]:
    s = lambda px: round(px * ratio)  # noqa: E731 - logical to device pixels
    width, pad, ink, muted = s(LEGEND_WIDTH), s(10), INK[theme], MUTED[theme]
    told = legend.note.replace("\n", " ")
    note = painting.text(told, s(10), muted) if told else np.zeros((0, 0, 4), np.uint8)
    wide = width - note.shape[1] - s(8) if told else width                  # of a ramp with the note beside it
    beside = wide - _ends_px(legend, pad, s) >= s(LEAST_RAMP) if legend.ramp else note.shape[1] <= width - 2 * pad
    below = bool(told and (legend.entries if not legend.ramp else not beside))
    sheet, places, foot = np.zeros((s(90), width, 4), np.uint8), [], s(37)
    painting.paste(sheet, painting.text(short_title(legend, s(12), width - 2 * pad), s(12), ink, True), pad, s(3))
    if legend.ramp:
        wide = width if below else wide
        _ramp_between_ends(sheet, legend, wide, pad, s(19), muted, s)
        places.append((pad, s(19), wide - pad, s(37), RAMP, width))
    elif legend.entries:
        foot = _first_by_name(sheet, legend.by_sight, width, pad, s(19), ink, muted, s, places)
    if told and not below:
        painting.paste(sheet, note, width - pad - note.shape[1], s(20))
    for line in in_lines(told, s(10), width - 2 * pad, 2) if below else ():
        painting.paste(sheet, painting.text(line, s(10), muted), pad, foot - s(1))
        foot += s(13)
    return on_panel(sheet[:foot + s(4 if below else 3)], theme, s(8)), _of_entries(places, legend)


def _noted(legend: Legend, size: int, width: int) -> list[str]:
    """As of when and from how many, and what other layers say in the same colours."""
    return [line for words in (legend.note, *legend.also) if words for line in wrapped(words, size, width)]


def _of_entries(places: list[Place], legend: Legend) -> tuple[Place, ...]:
    """Without what stands among them and is none: no data, a note, how many more there are."""
    return tuple(place for place in places if place[4] != NO_ENTRY)


def short_titles(legend: Legend, size: int, width: int) -> list[str]:
    """In two lines at most: one names a legend by its end too ("Air quality · PM2.5", "Air quality · ozone")."""
    whole = wrapped(f"{legend.title}  ({legend.unit})" if legend.unit else legend.title, size, width, bold=True)
    if len(whole) <= 2:
        return whole
    layer, dot, what = legend.title.partition(" · ")
    if what and len(wrapped(layer + dot, size, width, bold=True)) > 1:
        return [elided(layer, size, width, True), short_title(replace(legend, title=what), size, width)]
    rest = legend.title[len(whole[0]):].strip()
    return [whole[0], short_title(replace(legend, title=rest), size, width)]


def short_title(legend: Legend, size: int, width: int) -> str:
    """In one line: the name is cut, the unit never."""
    unit = f"  ({legend.unit})" if legend.unit else ""
    room = width - painting.text(unit, size, (0, 0, 0), True).shape[1] if unit else width
    layer, dot, what = legend.title.rpartition(" · ")
    rest = room - painting.text(dot + what, size, (0, 0, 0), True).shape[1]
    if layer and rest >= room // 3 and elided(legend.title, size, room, True) != legend.title:
        return elided(layer, size, rest, True) + dot + what + unit          # a layer's long name leaves what is shown
    return elided(legend.title, size, room, True) + unit


def _ramp_between_ends(sheet, legend: Legend, width: int, pad: int, y: int, muted, s) -> int:
    low, high = (painting.text(words, s(11), muted) for words in _end_words(legend))
    left, right = pad + low.shape[1] + s(6), width - pad - high.shape[1] - s(6)
    painting.paste(sheet, low, pad, y)
    painting.paste(sheet, painting.ramp_bar(legend.ramp, max(right - left, 1), s(8)), left, y + s(5))
    painting.paste(sheet, high, width - pad - high.shape[1], y)
    return y + s(18)


def _ends_px(legend: Legend, pad: int, s) -> int:
    """What stands beside a ramp between its ends: these, the gaps, and the margins."""
    return sum(painting.text(words, s(11), (0, 0, 0)).shape[1] for words in _end_words(legend)) + 2 * (pad + s(6))


def _flowing(sheet, classes, width: int, pad: int, y: int, s, places: list[Place]) -> int:
    """Swatch (None = none) and words after each other, in as many lines as they take; the foot of the last."""
    x = pad
    for n, color, words, ink in classes:
        swatch = s(14) if color is not None else 0
        line = painting.text(elided(words, s(11), width - 2 * pad - swatch), s(11), ink)
        if x > pad and x + swatch + line.shape[1] > width - pad:
            x, y = pad, y + s(16)
        if color is not None:
            painting.paste(sheet, painting.panel(s(10), s(10), color, 1.0, s(3)), x, y + s(4))
        painting.paste(sheet, line, x + swatch, y + max(0, (s(18) - line.shape[0]) // 2))
        places.append((x, y, x + swatch + line.shape[1], y + s(18), n, swatch))
        x += swatch + line.shape[1] + s(10)
    return y + s(18) if classes else y


def _first_by_name(sheet, entries, width: int, pad: int, y: int, ink, muted, s, places: list[Place]) -> int:
    """Swatches with their words in two lines at most, and how many have no room in them: a colour without a word tells
    nothing, and four levels are told whole. `entries` with their numbers. Returns the foot.
    """
    x, count, least, last = pad, len(entries), s(40), y + s(16)
    for at, (n, color, words) in enumerate(entries):
        rest = f"+{count - at - 1}" if at < count - 1 else ""
        wide = s(14) + painting.text(words, s(11), ink).shape[1]
        if x > pad and y < last and x + wide > width - pad:
            x, y = pad, last
        kept = s(8) + painting.text(rest, s(11), muted).shape[1] if rest and y == last else 0
        room = width - pad - x - s(14) - kept
        if at and room < min(least, wide - s(14)):
            painting.paste(sheet, painting.text(f"+{count - at}", s(11), muted), x, y)
            break
        line = painting.text(elided(words, s(11), room), s(11), ink)
        painting.paste(sheet, painting.panel(s(10), s(10), color, 1.0, s(3)), x, y + s(4))
        painting.paste(sheet, line, x + s(14), y + max(0, (s(18) - line.shape[0]) // 2))
        places.append((x, y, x + s(14) + line.shape[1], y + s(18), n, s(14)))
        x += s(14) + line.shape[1] + s(8)
    return y + s(18)


def _ends(sheet, legend: Legend, width: int, pad: int, y: int, muted, s) -> int:
    low, high = _end_words(legend)
    middle = number((legend.low + legend.high) / 2, legend.high - legend.low)
    for said, share in ((low, 0.0), (middle, 0.5), (high, 1.0)):
        words = painting.text(said, s(11), muted)
        left = pad + round(share * (width - 2 * pad - words.shape[1]))
        painting.paste(sheet, words, left, y)
    return y + s(19)


def _end_words(legend: Legend) -> tuple[str, str]:
    return legend.ends(lambda value: number(value, legend.high - legend.low))


def _entry(sheet, color, words: str, width: int, pad: int, y: int, ink, s) -> int:
    painting.paste(sheet, painting.panel(s(12), s(12), color, 1.0, s(3)), pad, y + s(3))
    room = width - 2 * pad - s(20)
    first, *more = wrapped(words, s(12), room) or [""]
    for line in (first, *([elided(words[len(first):].strip(), s(12), room)] if more else [])):
        drawn = painting.text(elided(line, s(12), room), s(12), ink)
        painting.paste(sheet, drawn, pad + s(20), y + max(0, (s(18) - drawn.shape[0]) // 2))
        y += s(18)
    return y


def _bounded(legend: Legend) -> list[tuple[int, Color, str]]:
    """Number, colour and words: all in their own order, or of many those in sight before others, and how many more."""
    if len(legend.entries) <= MOST_ENTRIES:
        return [(n, *entry) for n, entry in enumerate(legend.entries)]
    kept = sorted(legend.by_sight[:MOST_ENTRIES - 1])
    return [*kept, (NO_ENTRY, (150, 150, 150), f"… +{len(legend.entries) - len(kept)}")]


def number(value: float, spread: float) -> str:
    """A tick label with as many decimals as the spread of the scale asks for."""
    decimals = max(0, 3 - math.floor(math.log10(abs(spread)))) if spread else 3
    return f"{value:,.{min(decimals, 6)}f}".rstrip("0").rstrip(".") if decimals else f"{value:,.0f}"
