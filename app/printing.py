"""What commands write on standard output. Light: every worker process imports the command line."""

from __future__ import annotations

import json
import sys


def print_json(value) -> None:
    """The one JSON document of a command, in UTF-8 on every system."""
    text = json.dumps(value, ensure_ascii=False, indent=1, allow_nan=False)
    sys.stdout.buffer.write(text.encode("utf-8") + b"\n") if hasattr(sys.stdout, "buffer") else print(text)


def counted(n: int, noun: str, plural: str = "") -> str:
    """"1 layer", "1,200 layers": for the English of the command line."""
    return f"{n:,} {noun if n == 1 else plural or noun + 's'}"
