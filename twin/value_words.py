"""What the codes in the columns of a project's tables are called: said by the project or, of the classes and the code
lists of city models, by their standards; never guessed from a value.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from twin.city_classes import city_class
from twin.city_codes import code_words
from twin.text import language


@dataclass(frozen=True, kw_only=True)
class ValueWord:
    """`columns`: where the value means this; empty = in any column. `name`, `name_zh`: "" = the value itself."""

    value: str
    name: str = ""
    name_zh: str = ""
    columns: tuple[str, ...] = ()


def worded(words: tuple[ValueWord, ...], column: str, value: Any, speech: str = "") -> Any:
    """The value in words of a language ("" = the present one) where the project or a standard has some; any other value
    as it is.
    """
    if not isinstance(value, str):
        return value
    said = next((w for w in words if w.value == value and (not w.columns or column in w.columns)), None)
    if said is None:
        return code_words(column, city_class(column, value, speech), speech)
    return (said.name_zh if (speech or language()) == "zh" else said.name) or value
