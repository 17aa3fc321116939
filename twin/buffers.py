"""A buffer as the source of a layer: the file that it surrounds, and how far. It is made anew from the file."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace

from twin.layer import Source
from twin.text import tr
from twin.trouble import Trouble

READER = "buffer"


@dataclass(frozen=True)
class Buffer:
    """`of` is the kind of the layer that is surrounded, `reader` its reader; no `features` (rows) = all of them."""

    distance_m: float
    of: str = "vectors"
    features: tuple[int, ...] = ()
    reader: str = ""
    part: str = ""


def source_around(source: Source, buffer: Buffer) -> Source:
    """The source of a buffer round what lies in `source`."""
    said = {"distance_m": buffer.distance_m, "of": buffer.of, "features": list(buffer.features),
            "reader": source.reader, "part": source.part}
    return replace(source, reader=READER, part=json.dumps(said))


def buffer_of(source: Source) -> Buffer:
    """What a buffer's source says. Raises Trouble where it cannot be read."""
    try:
        said = json.loads(source.part)
        return Buffer(float(said["distance_m"]), str(said["of"]), tuple(int(f) for f in said["features"]),
                      str(said["reader"]), str(said["part"]))
    except (ValueError, KeyError, TypeError) as error:
        raise Trouble(tr("This buffer does not say what it surrounds."), cause=str(error),
                      way_out=tr("Make it again."), path=source.path) from None


def is_buffer(source: Source | None) -> bool:
    return source is not None and source.reader == READER


def original(source: Source) -> Source:
    """The source that a buffer surrounds."""
    said = buffer_of(source)
    return replace(source, reader=said.reader, part=said.part)
