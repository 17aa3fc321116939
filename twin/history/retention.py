"""How large a store is, property by property and day by day, and how long it keeps what it holds.

Days are those of UTC, as the store keeps them. The newest reading's day counts as one of the days that are kept.
"""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from twin.history.sealed import DAY_US, File, quoted
from twin.history.store import MARK, Look, Store, connection
from twin.text import tr
from twin.trouble import Trouble

EPOCH = date(1970, 1, 1)


@dataclass(frozen=True)
class Day:
    """Sealed readings of one observed property on one day. `bytes`: their share of the files they lie in."""

    property: str
    day: int                              # since 1970
    readings: int
    bytes: int

    @property
    def date(self) -> str:
        return (EPOCH + timedelta(days=self.day)).isoformat()


def days_of(look: Look) -> list[Day]:
    """By property, then by day."""
    return [Day(property, day, readings, round(readings * _bytes_each(look.sealed.files, day)))
            for property, touched in sorted(look.touched.items()) for day, _, readings in touched]


def _bytes_each(files: tuple[File, ...], day: int) -> float:
    """What a reading of a day takes, on average over the files that hold some of it."""
    mine = [f for f in files if f.first_us < (day + 1) * DAY_US and f.last_us >= day * DAY_US]
    return sum(f.size for f in mine) / max(1, sum(f.rows for f in mine))


def summary(store: Store, days: bool = True) -> dict:
    """Everything about the size of a store, for people and scripts."""
    look, facts = store.look(), store.describe()
    every = days_of(look)
    properties = []
    for name in dict.fromkeys(d.property for d in every):
        mine = [d for d in every if d.property == name]
        told = {"property": name, "readings": sum(d.readings for d in mine), "bytes": sum(d.bytes for d in mine),
                "cube_bytes": _size(store.folder / "cubes" / hashlib.sha256(name.encode()).hexdigest()[:16]),
                "oldest": mine[0].date, "newest": mine[-1].date, "days": len(mine)}
        if days:
            told["by_day"] = [{"day": d.date, "readings": d.readings, "bytes": d.bytes} for d in mine]
        properties.append(told)
    return {"folder": str(store.folder), "datastreams": facts["datastreams"], "readings": facts["readings"],
            "not_sealed": facts["not_sealed"], "files": facts["files"], "bytes": facts["bytes"],
            "cube_bytes": _size(store.folder / "cubes"), "span_ns": facts["span_ns"],
            "waiting_bytes": sum(p.stat().st_size for p in store.sealed.now().strays()),
            "keep_days": kept_days(store.folder), "properties": properties}


def _size(folder: Path) -> int:
    return sum(p.stat().st_size for p in folder.rglob("*") if p.is_file()) if folder.is_dir() else 0


# -- how long readings are kept -----------------------------------------------------------------------------


def kept_days(folder: Path) -> int:
    """0 = for ever."""
    return int(json.loads((folder / MARK).read_text(encoding="utf-8")).get("keep_days", 0))


def keep_days(folder: Path, days: int) -> None:
    """Remember how many days the store keeps; its next writer lets go of the others. Raises Trouble."""
    from twin.whole_file import write_atomically
    if days < 0:
        raise Trouble(tr("A store cannot keep {n} days.", n=days), way_out=tr("0 keeps everything."), path=str(folder))
    said = json.loads((folder / MARK).read_text(encoding="utf-8"))
    said["keep_days"] = days
    write_atomically(folder / MARK, json.dumps(said) + "\n")


def old_before(store: Store, days: int | None = None) -> int | None:
    """The first day that is kept, where anything sealed is older; `days` None = as the store says."""
    days = kept_days(store.folder) if days is None else days
    files = store.sealed.now().files
    if not days or not files:
        return None
    before = max(f.last_us for f in files) // DAY_US + 1 - days
    return before if min(f.first_us for f in files) < before * DAY_US else None


def would_forget(store: Store, days: int) -> list[Day]:
    """What keeping only so many days lets go of."""
    before = old_before(store, days)
    return [] if before is None else [d for d in days_of(store.look()) if d.day < before]


def forget(writer, before_day: int) -> int:
    """Let go of all sealed readings before a day; how many. Whatever happens meanwhile, all of it is done or nothing.

    Readers may have the files open: those are removed from the disk by a writer that comes an hour later.
    """
    from twin.history.batches import staging_folder
    sealed, cut = writer.sealed.now(), before_day * DAY_US
    gone = tuple(f for f in sealed.files if f.first_us < cut)
    if not gone:
        return 0
    held = [f"'{quoted(sealed.folder / f.path)}'" for f in gone if f.last_us >= cut]
    with connection(staging_folder(writer.folder, os.getpid())) as con:
        con.execute("CREATE TABLE staged (datastream VARCHAR, t BIGINT, value DOUBLE, quality TINYINT)")
        if held:
            con.execute(f'INSERT INTO staged SELECT datastream, epoch_us("time") AS t, value, quality '
                        f"FROM read_parquet([{', '.join(held)}]) WHERE epoch_us(\"time\") >= {cut} "
                        f"ORDER BY datastream, t")
        left = con.execute("SELECT count(*) FROM staged").fetchone()[0]
        writer.commit(con, "forget", gone=gone, extra={"before": before_day})
    for file in gone:
        os.utime(sealed.folder / file.path)              # from now on counts how long a reader may need it
    return sum(f.rows for f in gone) - left


def keep_only(folder: Path, days: int) -> int:
    """Set how many days a store keeps and let go of the others now; how many readings went. 0 = keep everything."""
    from twin.history.writer import Writer
    keep_days(folder, days)
    with Writer(folder) as writer:
        before = sum(f.rows for f in writer.sealed.now().files) + len(writer.ledger.hot())
        writer.seal()
        writer.forget_old()
        return before - sum(f.rows for f in writer.sealed.now().files)
