"""A recorder's threads share one heap, so that what each once needed is not kept thirty times."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
THREADS = """
import ctypes, sys, threading
from twin.feeds import recording
print(recording.share_one_heap() if sys.argv[1] == "one" else sys.platform.startswith("linux"), flush=True)
libc = ctypes.CDLL(None)
if not hasattr(libc, "malloc_stats"):
    sys.exit(0)
libc.malloc.restype = ctypes.c_void_p
gate = threading.Barrier(13)
def hold():
    gate.wait()
    libc.malloc(10_000)
    gate.wait()
threads = [threading.Thread(target=hold) for _ in range(12)]
[t.start() for t in threads]
gate.wait()
gate.wait()
libc.malloc_stats()
"""


def heaps(which: str) -> tuple[bool, int]:
    """(whether it could be set, heaps of a process with twelve threads; 0 = nobody says)."""
    done = subprocess.run([sys.executable, "-c", THREADS, which], cwd=ROOT, capture_output=True, text=True, check=True)
    return "True" in done.stdout, len(re.findall(r"^Arena \d+:", done.stderr, re.MULTILINE))


def test_twelve_threads_share_one_heap():
    could, shared = heaps("one")
    _, usual = heaps("many")
    assert shared <= 2 < usual if could and usual else shared == usual
