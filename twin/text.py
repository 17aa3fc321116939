"""One language at a time for everything a person reads: window, scene, messages, command line.

English is the key; the files of `twin/locale/<language>/` map it, one file per room. A missing
translation shows the English, and a test finds it. `twin/locale/en/` has what English says of one thing:
"{n} [n:layer|layers]", the first where `n` is 1.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable
from functools import cache
from pathlib import Path

LANGUAGES = {"en": "English", "zh": "简体中文"}
CHOICE = re.compile(r"\[(\w+):([^|\]]*)\|([^\]]*)\]")
_language = "en"
WIDE_STOPS = tuple("。！？")
STOPS = (*".!?…", *WIDE_STOPS)
CJK = "\u3400-\u9fff\uf900-\ufaff"
CLOSING = "”’」』》）)\""


def set_language(language: str) -> None:
    global _language
    _language = language if language in LANGUAGES else "en"


def language() -> str:
    return _language


def tr(english: str, **values) -> str:
    """The text in the present language; `{name}` places are filled from `values`."""
    if not values:
        return english if _language == "en" else catalogue(_language).get(english, english)
    return of_count(catalogue(_language).get(english, english), values).format(**values)


def of_count(text: str, values: dict[str, object]) -> str:
    """"[n:layer|layers]" becomes its first part where the value of `n` is 1, else its second."""
    return CHOICE.sub(lambda m: m[2] if str(values.get(m[1])) == "1" else m[3], text) if "[" in text else text


def sentences(*texts: str) -> str:
    """One after the other, each with the stop of its own script and the space behind it (Chinese puts none)."""
    return "".join(map(_sentence, filter(None, texts))).rstrip()


def enumerated(words: Iterable[str]) -> str:
    """One after the other with the mark of the present language between them."""
    return ("、" if _language == "zh" else ", ").join(words)


def clauses(*texts: str) -> str:
    """Parts of one sentence with the comma of the present language between them."""
    return ("，" if _language == "zh" else ", ").join(filter(None, texts))


def _sentence(text: str) -> str:
    """A Chinese one may end with a number and its unit."""
    text = text.strip()
    if not text.endswith(STOPS):
        wide = unicodedata.east_asian_width(text.rstrip(CLOSING)[-1:] or " ") in "WF"
        text += "。" if wide or (_language == "zh" and re.search(f"[{CJK}]", text)) else "."
    return text if text.endswith(WIDE_STOPS) else text + " "


def in_every_language(english: str) -> tuple[str, ...]:
    """The text as each language has it, English first: what a search compares with."""
    return english, *(catalogue(name).get(english, english) for name in LANGUAGES if name != "en")


# "办公室 / Office": Chinese, a slash, then words without any.
TWICE = re.compile(rf"([^/]*[{CJK}][^/]*?) / ([^/{CJK}]*[A-Za-z][^/{CJK}]*)")


def once(words: str) -> str:
    """What a file says in Chinese and, after a slash, in English, in the present language; any other text as it is."""
    found = TWICE.fullmatch(words)
    return found[1 if _language == "zh" else 2].strip() if found else words


@cache
def catalogue(language: str) -> dict[str, str]:
    texts: dict[str, str] = {}
    for path in sorted((Path(__file__).parent / "locale" / language).glob("*.json")):
        texts.update(json.loads(path.read_text(encoding="utf-8")))
    return texts
