"""Attributes that an entity may not have: what is named differently, or not at all, in another schema or class."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

Value = TypeVar("Value")
# What comes of a file whose references lead nowhere or to the wrong things, or whose text is damaged.
BROKEN = (AttributeError, RuntimeError, TypeError, ValueError, LookupError, ArithmeticError, RecursionError)


def attribute(entity, name: str):
    """None where the class of `entity` has none of this name: the library takes ten times as long to say so, and the
    first time it loads the rules of the whole schema. What there is comes as by `getattr`, which asks for its kind once
    more.
    """
    match entity.get_attribute_category(name):
        case 1:                                              # forward
            return entity.get_argument(entity.get_argument_index(name))
        case 2:                                              # inverse
            return entity._get_inverse(name)
    return None


def sound(ask: Callable[..., Value], *about, otherwise: Value) -> Value:
    """What `ask(*about)` says; `otherwise` where the file is broken there."""
    try:
        return ask(*about)
    except BROKEN:
        return otherwise
