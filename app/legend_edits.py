"""What a user makes of a legend's entries, by their keys: colours and words of classes or of rules. No Qt."""

from __future__ import annotations

from dataclasses import replace

from twin.layer import Layer
from twin.ruling import ColorRule

PALETTE = ("#4477aa", "#ddaa33", "#117733", "#cc6677", "#88ccee", "#882255", "#999933", "#44aa99", "#aa4499")


def by_rules(layer: Layer) -> bool:
    return bool(getattr(layer, "ruled", False) and layer.rules)


def colors_of(layer: Layer) -> tuple:
    return layer.rules if by_rules(layer) else layer.own_colors


def with_colors(layer: Layer | None, before: tuple) -> Layer | None:
    if layer is None:
        return None
    return replace(layer, **{"rules" if by_rules(layer) else "own_colors": before})


def recolored(layer: Layer | None, key: str, color: str) -> Layer | None:
    """Another colour for an entry; "" = the automatic one (a rule has none: it keeps its colour)."""
    if layer is None:
        return None
    if by_rules(layer):
        return _with_rule(layer, int(key), color=color) if color else layer
    own = {k: v for k, v in dict(layer.own_colors).items() if k != key} | ({key: color} if color else {})
    return replace(layer, own_colors=tuple(sorted(own.items())))


def relabelled(layer: Layer | None, key: str, words: str) -> Layer | None:
    """Other words for an entry; "" = the automatic ones."""
    if layer is None:
        return None
    if by_rules(layer):
        return _with_rule(layer, int(key), label=words)
    own = {k: v for k, v in dict(layer.own_labels).items() if k != key} | ({key: words} if words else {})
    return replace(layer, own_labels=tuple(sorted(own.items())))


def _with_rule(layer: Layer, n: int, **fields) -> Layer:
    rules = list(layer.rules)
    rules[n] = replace(rules[n], **fields)
    return replace(layer, rules=tuple(rules))


# -- the list of rules -----------------------------------------------------------------------------------------


def rule_added(layer: Layer) -> Layer:
    """One more rule: before the one that takes what is left; the first comes with that one."""
    color = PALETTE[sum(bool(rule.where) for rule in layer.rules) % len(PALETTE)]
    if not layer.rules:
        return replace(layer, rules=(ColorRule(where="1 = 1", color=color), ColorRule(color="#b4b4b4")))
    at = next((n for n, rule in enumerate(layer.rules) if not rule.where), len(layer.rules))
    return replace(layer, rules=(*layer.rules[:at], ColorRule(where="1 = 1", color=color), *layer.rules[at:]))


def rule_moved(layer: Layer, at: int, to: int) -> Layer:
    rules = list(layer.rules)
    rules.insert(to, rules.pop(at))
    return replace(layer, rules=tuple(rules))


def rule_removed(layer: Layer, at: int) -> Layer:
    return replace(layer, rules=tuple(rule for n, rule in enumerate(layer.rules) if n != at))


def rule_changed(layer: Layer, at: int, **fields) -> Layer:
    return _with_rule(layer, at, **fields)
