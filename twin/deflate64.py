"""Members of zips that Windows made of large files: Deflate64, which the standard library knows only by name."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

from twin.text import tr

METHOD = 9                                     # of `ZipInfo.compress_type`
LOCAL_HEADER_BYTES = 30
PACKED_CHUNK_BYTES = 1 << 12                   # one chunk may hold a thousand times as much


def inflated(path: Path, info: zipfile.ZipInfo) -> Iterator[bytes]:
    """A member of a zip, piece by piece. Raises BadZipFile where its check sum is wrong."""
    import inflate64
    inflater, crc = inflate64.Inflater(), 0
    with open(path, "rb") as file:
        file.seek(info.header_offset)
        header = file.read(LOCAL_HEADER_BYTES)
        file.seek(int.from_bytes(header[26:28], "little") + int.from_bytes(header[28:30], "little"), 1)
        left = info.compress_size
        while left > 0 and (packed := file.read(min(PACKED_CHUNK_BYTES, left))):
            left -= len(packed)
            chunk = inflater.inflate(packed)
            crc = zlib.crc32(chunk, crc)
            yield chunk
    if crc != info.CRC:
        raise zipfile.BadZipFile(tr("the check sum of {name} is wrong", name=info.filename))
