"""Attributes that an entity may not have: what is named differently, or not at all, in another schema or class."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

Value = TypeVar("Value")
# What comes of a file whose references lead nowhere or to the wrong things, or whose text is damaged.
BROKEN = (AttributeError, RuntimeError, TypeError, ValueError, LookupError, ArithmeticError, RecursionError)
FORWARD, INVERSE = 1, 2


def attribute(entity, name: str):
    """None where the class of `entity` has none of this name: the library takes ten times as long to say so, and the
    first time it loads the rules of the whole schema.
    """
    return getattr(entity, name) if entity.get_attribute_category(name) in (FORWARD, INVERSE) else None


def sound(ask: Callable[..., Value], *about, otherwise: Value) -> Value:
    """What `ask(*about)` says; `otherwise` where the file is broken there."""
    try:
        return ask(*about)
    except BROKEN:
        return otherwise
