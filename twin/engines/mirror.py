"""A local copy of what an engine holds, as a store: the slider, charts and cubes stay local and fast.

Only the days are fetched whose number of readings differs from the last time; a day that lost readings has the copy
made anew. It lies in the cache and may be deleted at any time.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from pathlib import Path

import platformdirs

from twin.engines.engine import Engine
from twin.history.batches import staging_folder
from twin.history.store import SUFFIX, connection, is_store
from twin.history.writer import Writer
from twin.readers import Progress
from twin.text import tr

FOLDER_VARIABLE = "CITYTWIN_CACHE"
STATE = "mirror.json"                     # readings of each day when it was fetched


def folder_of(address: str) -> Path:
    """Where the copy of an address lies."""
    said = os.environ.get(FOLDER_VARIABLE)
    home = Path(said) if said else platformdirs.user_cache_path("citytwin")
    return home / "engines" / f"{hashlib.sha256(address.encode()).hexdigest()[:20]}{SUFFIX}"


def local_store(source: str) -> Path | None:
    """The store that a source shows: its own folder, or the copy of what lies elsewhere; None where it shows none."""
    folder = folder_of(source) if "://" in source else Path(source)
    return folder if source and is_store(folder) else None


def synchronise(engine: Engine, folder: Path, progress: Progress) -> int:
    """Bring the copy up to date; how many days were fetched. What was fetched stays, should the rest be cancelled."""
    there, here = engine.days(), _state(folder)
    if any(there.get(day, 0) < count for day, count in here.items()):
        shutil.rmtree(folder, ignore_errors=True)
        here = {}
    wanted = [day for day, count in there.items() if here.get(day) != count]
    with Writer(folder) as writer:
        writer.learn(engine.streams())
        for number, day in enumerate(wanted):
            progress(number, len(wanted), tr("Fetching readings"))
            with connection(staging_folder(folder, os.getpid())) as con:
                con.register("fetched", engine.day(day))
                con.execute("CREATE TABLE staged AS SELECT datastream, t, any_value(value) AS value, "
                            "any_value(quality) AS quality FROM fetched GROUP BY datastream, t ORDER BY datastream, t")
                writer.add(con, _bare(con))
            here[day] = there[day]
            _remember(folder, here)
    return len(wanted)


def _bare(con) -> list:
    """All datastreams of a day: the table that knows more of them need not know all."""
    from twin.sensors import Datastream
    return [Datastream(id=id) for id, in con.execute("SELECT DISTINCT datastream FROM staged ORDER BY 1").fetchall()]


def _state(folder: Path) -> dict[int, int]:
    if not is_store(folder):
        return {}
    try:
        return {int(day): count for day, count in json.loads((folder / STATE).read_text(encoding="utf-8")).items()}
    except (OSError, ValueError):
        return {}


def _remember(folder: Path, days: dict[int, int]) -> None:
    from twin.whole_file import write_atomically
    write_atomically(folder / STATE, json.dumps(days))
