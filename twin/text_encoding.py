"""The encoding of a text that does not say it: exports are old, and some bytes of them may be damaged.

A few broken bytes are no reason to take a text for one in another encoding, in which all of it reads as nonsense.
"""

from __future__ import annotations

import codecs
import io
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from twin.told import told

BLOCK_BYTES, SAMPLE_BYTES = 1 << 22, 1 << 16
BEYOND_ASCII = re.compile(rb"[\x80-\xff]")
CHINESE = re.compile(r"[一-鿿]{2}")
MOST_BROKEN = 0.1                         # of the characters beyond ASCII; in a wrong encoding most are
LOST = "\ufffd"
# What a guess may say beside UTF-8 and GB18030: of the hundred codecs that exist nobody else wrote a table in one.
GUESSED = ["big5", "shift_jis", "euc_kr", "cp1252", "cp1250", "cp1251", "cp1253", "cp1254"]
Blocks = Callable[[], Iterable[bytes]]


@dataclass(frozen=True)
class Encoded:
    """`codec` of Python, "" = it is no text. `broken`: places that are no text in it either; they read as U+FFFD."""

    codec: str
    broken: int = 0
    guessed: bool = False

    @property
    def plain(self) -> bool:
        """Its bytes are UTF-8 as they stand."""
        return self.codec in ("utf-8", "utf-8-sig") and not self.broken

    @property
    def notes(self) -> tuple[str, ...]:
        notes = []
        if self.guessed:
            notes.append(told("The encoding was guessed: {name}.", name=self.codec))
        elif self.codec == "gb18030":
            notes.append(told("The text is in the encoding {name}.", name="GB18030"))
        if self.broken:
            notes.append(told("{n} places of the text are damaged and read as “{sign}”.", n=self.broken, sign=LOST))
        return tuple(notes)


def encoding_of(path: Path) -> Encoded:
    """UTF-8 where nearly all of it is, then GB18030 where that gives Chinese words, then a guess."""
    with open(path, "rb") as file:
        head = file.read(SAMPLE_BYTES)
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return Encoded("utf-16", measured_in(path, "utf-16")[0])
    if b"\0" in head:
        return Encoded("")
    found = judged(_file(path))
    if found.codec == "utf-8" and head.startswith(codecs.BOM_UTF8):
        return Encoded("utf-8-sig", found.broken)
    return found


def decoded(data: bytes) -> tuple[str, Encoded]:
    """A text that is at hand, without its byte order mark, and how it was read."""
    try:
        return data.decode("utf-8-sig"), Encoded("utf-8")
    except UnicodeDecodeError:
        found = judged(lambda: (data,))
        return data.decode(found.codec, "replace").removeprefix("\ufeff"), found


def judged(blocks: Blocks) -> Encoded:
    """By what stands in the blocks, which are gone through several times where they are not all ASCII."""
    sample = _from_the_first_beyond_ascii(blocks())
    if not sample:
        return Encoded("utf-8")
    for codec in ("utf-8", "gb18030"):
        broken, whole = measured(blocks, codec)
        if broken <= MOST_BROKEN * whole and (codec == "utf-8" or _chinese(blocks)):
            return Encoded(codec, broken)
    from charset_normalizer import from_bytes
    best = from_bytes(sample, cp_isolation=GUESSED).best()
    codec = best.encoding if best else "cp1252"
    return Encoded(codec, measured(blocks, codec)[0], guessed=True)


def _chinese(blocks: Blocks) -> bool:
    return any(CHINESE.search(text) for text in _decoding(blocks(), "gb18030"))


def measured(blocks: Blocks, codec: str) -> tuple[int, int]:
    """(places that are no text in it, characters beyond ASCII that are). Raises LookupError for an unknown codec."""
    broken = whole = 0
    for text in _decoding(blocks(), codec):
        lost, good = counted(text)
        broken, whole = broken + lost, whole + good
    return broken, whole


def counted(text: str) -> tuple[int, int]:
    """The same of a text that was decoded with U+FFFD for what is none."""
    if text.isascii():
        return 0, 0
    broken = text.count(LOST)
    return broken, len(text) - len(text.encode("ascii", "ignore")) - broken


def measured_in(path: Path, codec: str) -> tuple[int, int]:
    """The same of a file."""
    return measured(_file(path), codec)


def texts(path: Path, codec: str) -> Iterator[str]:
    """A file piece by piece; what is damaged reads as U+FFFD."""
    return _decoding(_file(path)(), codec)


def as_utf8(path: Path, codec: str) -> io.BytesIO:
    """A file of another or a damaged encoding for a library that reads UTF-8."""
    out = io.BytesIO()
    for text in texts(path, codec):
        out.write(text.encode())
    out.seek(0)
    return out


def _file(path: Path) -> Blocks:
    def blocks() -> Iterator[bytes]:
        with open(path, "rb") as file:
            while block := file.read(BLOCK_BYTES):
                yield block
    return blocks


def _decoding(blocks: Iterable[bytes], codec: str) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder(codec)("replace")
    for block in blocks:
        yield decoder.decode(block)
    yield decoder.decode(b"", final=True)


def _from_the_first_beyond_ascii(blocks: Iterable[bytes]) -> bytes:
    """With some of what stands before it, which are whole characters in every encoding that is looked for."""
    for block in blocks:
        if found := BEYOND_ASCII.search(block):
            start = max(0, found.start() - 1000)
            return block[start:start + SAMPLE_BYTES]
    return b""
