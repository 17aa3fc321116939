"""Paths and templates of a mapping, made once into functions that are called for every reading."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

Get = Callable[[Any], Any]
_PLACE = re.compile(r"\{([^{}]*)\}")
_LEVEL = re.compile(r"topic\[(-?\d+)\]")


def path(text: str) -> Get:
    """What stands at `a.b.0` of JSON, None where nothing does; "" is all of it. A field whose own name has dots is
    found too."""
    if not text:
        return lambda value: value
    steps = text.split(".")
    rests = [".".join(steps[n:]) for n in range(len(steps))]

    def get(value):
        for step, rest in zip(steps, rests):
            if type(value) is dict:
                if rest in value:
                    return value[rest]
                value = value.get(step)
            elif type(value) is list and step.removeprefix("-").isdecimal() and len(step) < 10:
                value = value[int(step)] if -len(value) <= int(step) < len(value) else None
            else:
                return None
        return value
    return get


def template(text: str) -> Callable[[str, Any, Any], str]:
    """(topic, row, whole payload) to text. What a row does not have is looked for in the payload around it."""
    parts = [_part(piece, place) for n, piece in enumerate(_PLACE.split(text)) if (place := n % 2) or piece]
    if len(parts) == 1:
        return parts[0]
    return lambda topic, row, whole: "".join([part(topic, row, whole) for part in parts])


def _part(text: str, is_place: bool) -> Callable[[str, Any, Any], str]:
    if not is_place:
        return lambda topic, row, whole: text
    if text == "topic":
        return lambda topic, row, whole: topic
    level = _LEVEL.fullmatch(text)
    if level:
        number = int(level[1])
        return lambda topic, row, whole: _level(topic, number)
    get = path(text)
    return lambda topic, row, whole: _text(get(row), get, whole)


def _level(topic: str, number: int) -> str:
    levels = topic.split("/")
    return levels[number] if -len(levels) <= number < len(levels) else ""


def _text(found, get: Get, whole) -> str:
    found = get(whole) if found is None else found
    if isinstance(found, str):
        return found.strip()
    if isinstance(found, float) and found.is_integer():
        return str(int(found))
    return "" if found is None or isinstance(found, dict | list) else str(found)
