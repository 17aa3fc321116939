"""Colours of features by rules, and legends with the words that a user gave to their entries."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from layers.attributes import Coloring
from layers.legend import Legend
from layers.palette import Rgb, palette, rgb
from twin.column_words import column_words
from twin.ruling import ColorRule, Ruling
from twin.text import tr
from twin.value_words import worded


def by_rules(rules: tuple[ColorRule, ...], ruling: Ruling | None, *, count: int, plain: Rgb, theme: str) -> Coloring:
    """Colours of `count` features; plain as long as nobody knows which rule holds for which. Where features still come,
    the last ones are not known yet."""
    missing = palette(theme).missing
    colors = np.tile(np.array(plain, np.uint8), (count, 1))
    known = ruling is not None and len(ruling.of) <= count and len(ruling.errors) == len(rules)
    left = 0
    if known:
        table = np.array([*(rgb(rule.color) for rule in rules), missing], np.uint8)
        colors[:len(ruling.of)], left = table[ruling.of], int((ruling.of < 0).sum())
    entries = tuple((rgb(rule.color), _words(rule, known and ruling.errors[n])) for n, rule in enumerate(rules))
    return Coloring(colors, Legend(title="", entries=entries, keys=tuple(map(str, range(len(rules)))),
                                   missing=(missing, tr("No rule ({n})", n=left)) if left else None))


def of_blocks(ruling: Ruling | None) -> Ruling | None:
    """What holds for the blocks that stand for several features from afar."""
    return None if ruling is None or ruling.of_blocks is None else replace(ruling, of=ruling.of_blocks)


def _words(rule: ColorRule, error) -> str:
    words = rule.label or rule.where.strip() or tr("Everything else")
    return tr("{words} (not understood)", words=words) if error else words


def relabelled(legend: Legend | None, layer, moment) -> Legend | None:
    """The legend with the words that a user gave to its entries, else those that the project has for the values of the
    column; their keys stay the automatic words.
    """
    if legend is None:
        return None
    given = dict(layer.own_labels)
    title, column = column_words(legend.title), getattr(layer, "color_by", "")
    entries = tuple((color, given.get(words) or worded(moment.words, column, words)) for color, words in legend.entries)
    if entries == legend.entries:
        return replace(legend, title=title)
    return replace(legend, title=title, keys=legend.keys or tuple(words for _, words in legend.entries),
                   entries=entries)
