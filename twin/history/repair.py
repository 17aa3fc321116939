"""What a crash left behind is mended when the next writer opens the store."""

from __future__ import annotations

from twin.history.batches import Batches, number_of
from twin.history.leftovers import sweep_staging
from twin.text import tr
from twin.trouble import Trouble


def repair(store: Batches) -> tuple[str, ...]:
    """Finish or undo what was begun; remove what nobody names. Says what it did and what is lost."""
    said = []
    if not store.ledger.sound():
        raise Trouble(tr("The ledger of this store is damaged."), path=str(store.ledger.path),
                      way_out=tr("Put back a copy of it; the sealed readings are in the folder beside it."))
    version = store.sealed.version
    for seq, kind in store.ledger.pending():
        if seq <= version:
            with store.ledger.writing():
                store.ledger.finish(seq)
            said.append(tr("A batch ({kind}) had been written but not entered: it was entered.", kind=kind))
        else:
            store.undo(seq)
            said.append(tr("A batch ({kind}) had not been finished: it was undone.", kind=kind))
    said += _sweep(store, version)
    damaged = store.sealed.damaged()
    if damaged:
        said.append(tr("{n} files of readings are missing or damaged: {rows} readings cannot be read.",
                       n=len(damaged), rows=f"{sum(f.rows for f in damaged):,}"))
    return tuple(said)


def _sweep(store: Batches, version: int) -> list[str]:
    """Leftovers of killed work, and files that a compaction replaced a while ago."""
    unfinished = [path for path in store.sealed.strays() if number_of(path) > version]
    for path in unfinished:
        path.unlink(missing_ok=True)
    store.sweep_replaced()
    left = len(unfinished) + sweep_staging(store.folder)
    return [tr("{n} leftovers of interrupted work were removed.", n=left)] if left else []
