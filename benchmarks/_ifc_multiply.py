"""A large IFC file out of a small real one: copies side by side, each with its own numbers and GlobalIds.

One project, its units and contexts are kept once; everything else is repeated, so that the kernel has as
much to do per megabyte as in the original.
"""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

ENTITY = re.compile(rb"#(\d+)\s*=\s*(\w+)\s*\((.*?)\)\s*;[ \t\r]*\n", re.DOTALL)
REFERENCE = re.compile(rb"#(\d+)")
TEXT = re.compile(rb"('(?:[^']|'')*')")
GLOBAL_ID = re.compile(rb"^'([0-9A-Za-z_$]{22})'")
ONCE = (b"IFCPROJECT", b"IFCUNITASSIGNMENT", b"IFCGEOMETRICREPRESENTATIONCONTEXT", b"IFCMAPCONVERSION",
        b"IFCPROJECTEDCRS")
LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_$"
APART_M = 60.0


def multiply(source: Path, target: Path, copies: int, unit_m: float = 1.0) -> Path:
    """Write `copies` of `source` into `target`, `APART_M` apart along x; `unit_m` is its length unit."""
    data = source.read_bytes()
    head, body = data.split(b"DATA;", 1)
    entities = ENTITY.findall(body.rsplit(b"ENDSEC;", 1)[0])
    size = max(int(number) for number, _, _ in entities) + 10
    once = {int(number) for number, kind, _ in entities if kind in ONCE}
    with open(target, "wb") as file:
        file.write(head + b"DATA;\n")
        for copy in range(copies):
            file.write(_copy(entities, once, copy, size, copy * APART_M / unit_m))
        file.write(b"ENDSEC;\nEND-ISO-10303-21;\n")
    return target


def _copy(entities, once: set[int], copy: int, size: int, shift: float) -> bytes:
    base = copy * size

    def moved(found: re.Match) -> bytes:
        number = int(found[1])
        return b"#%d" % (number if number in once else number + base)

    root = base + size - 4
    lines = [] if not copy else [
        b"#%d=IFCCARTESIANPOINT((%.3f,0.,0.));" % (root + 1, shift),
        b"#%d=IFCAXIS2PLACEMENT3D(#%d,$,$);" % (root + 2, root + 1),
        b"#%d=IFCLOCALPLACEMENT($,#%d);" % (root, root + 2)]
    for number, kind, values in entities:
        if int(number) in once and copy:
            continue
        if copy:
            values = GLOBAL_ID.sub(lambda found: b"'" + _other(found[1], copy) + b"'", values)
            parts = TEXT.split(values)
            parts[::2] = [REFERENCE.sub(moved, part) for part in parts[::2]]
            values = b"".join(parts)
            if kind == b"IFCLOCALPLACEMENT" and values.startswith(b"$"):
                values = b"#%d" % root + values[1:]
        lines.append(b"#%d=%s(%s);" % (int(number) if int(number) in once else int(number) + base, kind, values))
    return b"\n".join(lines) + b"\n"


def _other(guid: bytes, copy: int) -> bytes:
    number = int.from_bytes(hashlib.blake2b(guid + b"%d" % copy, digest_size=16).digest(), "big")
    letters = []
    for _ in range(22):
        number, rest = divmod(number, 64)
        letters.append(LETTERS[rest])
    return "".join(reversed(letters)).encode()
