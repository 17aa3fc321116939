"""The text encoding of a shapefile's attribute table: declared, or found by decoding.

A .dbf says little: a .cpg beside it names the encoding, or the language byte does, or nobody. GDAL is
made to hand the bytes over one to one (ISO-8859-1) and they are decoded here, so that a wrong
declaration cannot produce invalid text.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

from twin.text import tr
from twin.text_encoding import MOST_BROKEN, counted

# Language bytes of .dbf files that mean something; 0x00, 0x03 and 0x57 are what writers put when they do not care.
LANGUAGE_BYTES = {0x4D: "gbk", 0x4F: "big5", 0x7A: "gbk", 0x78: "big5", 0x13: "cp932", 0x7B: "cp932",
                  0x12: "cp949", 0x4E: "cp949", 0x79: "cp949", 0xC8: "cp1250", 0xC9: "cp1251", 0xCA: "cp1254",
                  0xCB: "cp1253", 0x26: "cp866", 0x65: "cp866", 0x01: "cp437", 0x02: "cp850"}
GUESSES = ("utf-8", "gb18030")
LANGUAGE_OFFSET = 29


@dataclass(frozen=True)
class Encoding:
    """A Python codec name and how it was found: "user", "cpg", "dbf", "guess" or "ascii"."""

    name: str
    found: str

    @property
    def notes(self) -> tuple[str, ...]:
        if self.found == "ascii":
            return ()
        how = {"user": tr("as set for the layer"), "cpg": tr("stated by the .cpg file"),
               "dbf": tr("stated by the language byte of the .dbf"),
               "guess": tr("found by decoding, nobody states it")}[self.found]
        return (tr("Text is read as {name} ({how}).", name=self.name.upper(), how=how),)


def encoding_of(dbf: bytes, cpg: str, user: str = "") -> Encoding:
    """`dbf` the whole attribute file, `cpg` the text of the .cpg file ("" without one)."""
    if user and _codec(user):
        return Encoding(_codec(user), "user")
    text = _text_of(dbf)
    if not any(byte > 127 for byte in text):
        return Encoding("utf-8", "ascii")
    stated = _codec(cpg)
    if stated and _fits(dbf, stated):
        return Encoding(stated, "cpg")
    by_byte = LANGUAGE_BYTES.get(dbf[LANGUAGE_OFFSET]) if len(dbf) > LANGUAGE_OFFSET else None
    if by_byte and _fits(dbf, by_byte):
        return Encoding(by_byte, "dbf")
    fitting = [name for name in GUESSES if _fits(dbf, name)]
    return Encoding(fitting[0] if fitting else "latin-1", "guess")


def decode(latin: str, encoding: str) -> str:
    """Text that came through ISO-8859-1, in its own encoding; a character cut at the field's end is dropped."""
    raw = latin.encode("latin-1", "replace")
    return codecs.getincrementaldecoder(encoding)(errors="replace").decode(raw, final=False)


def _codec(name: str) -> str:
    """The codec of a .cpg word ("UTF-8", "936", "ANSI 936", "OEM 850", "GBK"); "" where none is meant."""
    word = name.strip().strip("\ufeff").lower()
    number = re.fullmatch(r"(?:ansi|oem|cp|windows|ibm)?[\s_-]*(\d{3,5})", word)
    if number:
        word = {"65001": "utf-8", "88591": "latin-1", "54936": "gb18030"}.get(number[1], f"cp{number[1]}")
    try:
        return codecs.lookup(word).name if word else ""
    except LookupError:
        return ""


def _fields(dbf: bytes) -> list[bytes]:
    """Names and values, each its own slice, so that a cut character at an end can be told from a wrong codec."""
    if len(dbf) < 33:
        return []
    header, record = int.from_bytes(dbf[8:10], "little"), int.from_bytes(dbf[10:12], "little")
    names, widths = [], []
    for at in range(32, max(32, header - 1), 32):
        if dbf[at:at + 1] in (b"\r", b""):
            break
        names.append(dbf[at:at + 11].split(b"\0")[0])
        widths.append((dbf[at + 11:at + 12], dbf[at + 16]))
    values = []
    for start in range(header, len(dbf) - 1, record or len(dbf)):
        at = start + 1
        for kind, width in widths:
            if kind == b"C":
                values.append(dbf[at:at + width].rstrip(b" \0"))
            at += width
    return names + values


def _text_of(dbf: bytes) -> bytes:
    return b"".join(_fields(dbf))


def _fits(dbf: bytes, name: str) -> bool:
    """Nearly all of it; a few broken bytes are damage, and no sign of another encoding."""
    values = [codecs.getincrementaldecoder(name)("replace").decode(value, final=False) for value in _fields(dbf)]
    broken, whole = counted("".join(values))
    return broken <= MOST_BROKEN * whole
