"""Colours of features by rules, and legends with the words that a user gave to their entries."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from layers.attributes import Coloring
from layers.legend import Legend
from layers.palette import Rgb, palette, rgb
from twin.ruling import ColorRule, Ruling
from twin.text import tr


def by_rules(rules: tuple[ColorRule, ...], ruling: Ruling | None, *, count: int, plain: Rgb, theme: str) -> Coloring:
    """Colours of `count` features; plain as long as nobody knows which rule holds for which."""
    missing = palette(theme).missing
    colors = np.tile(np.array(plain, np.uint8), (count, 1))
    known = ruling is not None and len(ruling.of) == count and len(ruling.errors) == len(rules)
    left = 0
    if known:
        table = np.array([*(rgb(rule.color) for rule in rules), missing], np.uint8)
        colors, left = table[ruling.of], int((ruling.of < 0).sum())
    entries = tuple((rgb(rule.color), _words(rule, known and ruling.errors[n])) for n, rule in enumerate(rules))
    return Coloring(colors, Legend(title="", entries=entries, keys=tuple(map(str, range(len(rules)))),
                                   missing=(missing, tr("No rule ({n})", n=left)) if left else None))


def _words(rule: ColorRule, error) -> str:
    words = rule.label or rule.where.strip() or tr("Everything else")
    return tr("{words} (not understood)", words=words) if error else words


def relabelled(legend: Legend | None, own: tuple[tuple[str, str], ...]) -> Legend | None:
    """The legend with the words that a user gave to its entries; their keys stay the automatic words."""
    given = dict(own)
    if legend is None or not any(words in given for _, words in legend.entries):
        return legend
    keys = legend.keys or tuple(words for _, words in legend.entries)
    entries = tuple((color, given.get(words, words)) for color, words in legend.entries)
    return replace(legend, keys=keys, entries=entries)
