"""What work that was killed leaves beside a store, and a store that never held anything."""

from __future__ import annotations

import shutil
from pathlib import Path

from twin.history.store import MARK
from twin.trouble import Trouble

PARTS = (MARK, f".{MARK}.", "ledger.sqlite", "writer.", "observations", "cubes")      # how names in a store begin


def sweep_staging(folder: Path) -> int:
    """Remove what ended processes staged beside a store; how many folders."""
    import psutil
    left = [place for place in folder.parent.glob(f"{folder.name}.staging-*")
            if not psutil.pid_exists(int(place.name.rpartition("-")[2]))]
    for place in left:
        shutil.rmtree(place, ignore_errors=True)
    return len(left)


def tidy(folder: Path) -> None:
    """After work on a store that did not end well: half a batch goes, and a store that holds nothing goes whole.

    Another writer's store stays as it is, and so does a folder with anything in it that is no part of a store.
    """
    from twin.history.writer import Writer
    sweep_staging(folder)
    if not folder.is_dir() or not all(path.name.startswith(PARTS) for path in folder.iterdir()):
        return
    try:
        with Writer(folder, wait_secs=0.0) as writer:
            look = writer.look()
            empty = not look.known and not look.sealed.files and not len(look.hot)
    except Trouble:
        return                                        # another program writes, or it says itself what is wrong with it
    if empty:
        shutil.rmtree(folder, ignore_errors=True)
