"""What the classes of IFC are called in words: the name in the file stays visible beside them."""

from __future__ import annotations

from twin.text import catalogue, in_every_language, language

CASES = ("StandardCase", "ElementedCase")         # the same thing, drawn in a simpler way


def short_class(name: str) -> str:
    """For a narrow place: "IfcWallStandardCase" is "Wall", in Chinese 墙; a class without a word keeps its name."""
    plain = _plain(name)
    words = _words(plain)
    return words or plain.removeprefix("Ifc")


def full_class(name: str) -> str:
    """With the name of IFC: "IfcWall", in Chinese 墙 IfcWall."""
    words = _words(_plain(name))
    return f"{words} {name}" if words else name


def class_title(name: str) -> str:
    """For a heading or a legend: "WallStandardCase", in Chinese 墙 IfcWallStandardCase."""
    return full_class(name) if _words(_plain(name)) else name.removeprefix("Ifc")


def named_alike(name: str, text: str) -> bool:
    """Whether a class is meant by these letters, in its own or in the present language."""
    return text.casefold() in full_class(name).casefold()


def is_called(name: str, text: str) -> bool:
    """Whether this is what people call a class, in any language: "door", "Curtain walls", 门."""
    english, *others = in_every_language(name)
    said = text.casefold().replace(" ", "")
    return said in others or english.removeprefix("Ifc").casefold() in (said, said.removesuffix("s"))


def _plain(name: str) -> str:
    for case in CASES:
        name = name.removesuffix(case)
    return name


def _words(plain: str) -> str:
    """"" in English: the names of IFC are English."""
    return "" if language() == "en" else catalogue(language()).get(plain, "")
