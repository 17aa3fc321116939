"""A process that writes into a store and is killed at a named point of a batch: `killed(folder, point, work)`."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
PREPARED = """
import os, sys
from pathlib import Path
from twin.history import batches, ledger, sealed
from twin.history.writer import Writer

point, folder = sys.argv[1], Path(sys.argv[2])


def kill(*_, **__):
    os.kill(os.getpid(), 9)


def then(first):
    def both(*arguments, **named):
        first(*arguments, **named)
        kill()
    return both


def arm(point):
    if point == "arriving":
        ledger.Ledger.arrive = then(ledger.Ledger.arrive)
    if point == "before files":
        batches.write_pieces = kill
    if point == "before commit":
        sealed.Sealed.commit = kill
    if point == "after commit":
        sealed.Sealed.commit = then(sealed.Sealed.commit)
    if point == "striking":
        ledger.Ledger.finish = then(ledger.Ledger.finish)
"""


def killed(folder: Path, point: str, work: str) -> None:
    """`work`: Python lines that call `arm(point)` when the point counts; whatever they leave alive is killed then."""
    done = subprocess.run([sys.executable, "-c", f"{PREPARED}\n{work}\nkill()\n", point, str(folder)], cwd=ROOT,
                          capture_output=True, check=False)
    assert done.returncode == -9, done.stderr.decode()
