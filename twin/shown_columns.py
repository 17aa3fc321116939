"""Conditions in the names and words that a table shows: 用途 = '办公' as well as use = 'office'.

A name of a column and the words of its values belong together, each in its own language whichever is shown just now: a
condition that is kept in a project must not mean something else in another language.
"""

from __future__ import annotations

import re
from typing import Any

from twin.column_words import COLUMNS
from twin.text import LANGUAGES, in_every_language
from twin.value_words import ValueWord, worded

TEXT = re.compile(r"'((?:[^']|'')*)'")
MOST_VALUES = 1000                        # different ones of a column, of which is told how they are written


def with_shown(table: Any, expression: str, words: tuple[ValueWord, ...]) -> Any:
    """The Arrow table, and under each shown name that the expression uses what the table shows in that column."""
    bare, taken = TEXT.sub("", expression), {name.casefold() for name in table.column_names}
    for name in table.column_names:
        for language, shown in zip(LANGUAGES, in_every_language(COLUMNS.get(name, name))):
            if shown in bare and shown.casefold() not in taken:
                taken.add(shown.casefold())
                table = table.append_column(shown, _said(table.column(name), name, words, language))
    return table


def _said(column: Any, name: str, words: tuple[ValueWord, ...], language: str) -> Any:
    import pyarrow as pa
    if not _is_text(column.type):
        return column
    coded = column.combine_chunks().dictionary_encode()
    said = [worded(words, name, value, language) for value in coded.dictionary.to_pylist()]
    return pa.DictionaryArray.from_arrays(coded.indices, pa.array(said, pa.string())).dictionary_decode()


def _is_text(kind: Any) -> bool:
    import pyarrow.types as t
    return t.is_string(kind) or t.is_large_string(kind)


def written(table: Any, expression: str, words: tuple[ValueWord, ...]) -> str:
    """The condition that was meant by one that holds for nothing, as its words are written otherwise in the table; "".
    """
    import pyarrow.compute as pc

    from twin.tabling import quoted
    asked = {text.replace("''", "'") for text in TEXT.findall(expression)}
    columns = [name for name in table.column_names if asked and _is_text(table.column(name).type)]
    for name in columns:
        values = pc.unique(table.column(name)).slice(0, MOST_VALUES).to_pylist()
        for value in filter(None, values):
            said = {worded(words, name, value, language) for language in LANGUAGES}
            if len(said | {value}) > 1 and asked & (said | {value}):
                return f"{quoted(name)} = '{value.replace(chr(39), chr(39) * 2)}'"
    return ""
