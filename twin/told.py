"""Texts that are kept, or wait in another process, and are told in the language of whoever reads them.

A `Told` is a plain text in the language of the moment when it was made, so nobody needs to know of it. What it was made
of goes along, so that a cache has no language and a window that changes its own need not read a file again.
"""

from __future__ import annotations

from typing import Any

from twin.text import tr

MARK = "told"                                # of a kept text: {"told": English, "with": {place: value}}


class Told(str):
    """`english` and what fills its places; a place may be filled by another `Told`."""

    english: str
    values: dict[str, Any]


def told(english: str, /, **values: Any) -> Told:
    """As `tr` says it now, and able to be told anew."""
    text = Told(tr(english, **values))
    text.english, text.values = english, values
    return text


def anew(text: str) -> str:
    """In the present language; a text that is no `Told` as it is."""
    if not isinstance(text, Told):
        return text
    return told(text.english, **{place: anew(value) for place, value in text.values.items()})


def to_keep(value: Any) -> Any:
    """JSON values without a language: every `Told` within as what it was made of."""
    if isinstance(value, Told):
        return {MARK: value.english, "with": to_keep(value.values)}
    if isinstance(value, dict):
        return {key: to_keep(one) for key, one in value.items()}
    return [to_keep(one) for one in value] if isinstance(value, (list, tuple)) else value


def from_kept(value: Any) -> Any:
    """What `to_keep` gave, in the present language. Raises KeyError, ValueError, IndexError or AttributeError where a
    text does not fit its places.
    """
    if isinstance(value, dict):
        within = {key: from_kept(one) for key, one in value.items()}
        return told(within[MARK], **within["with"]) if within.keys() == {MARK, "with"} else within
    return [from_kept(one) for one in value] if isinstance(value, list) else value
