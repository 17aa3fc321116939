"""Tables of tracks that several layers share: each reads only the rows that its source's `part` names."""

from __future__ import annotations

from twin.layer import SYSTEM_COLUMN
from twin.text import tr
from twin.trouble import Trouble


def filters(path, part: str) -> list[tuple[str, str, str]] | None:
    """What pyarrow's `read_table` leaves out while it reads; None = nothing."""
    from pyarrow import parquet
    if not part:
        return None
    if SYSTEM_COLUMN not in parquet.read_schema(path).names:
        raise Trouble(tr("This table is not divided into parts."),
                      cause=tr("The layer asks for {part}, and there is no column {name}", part=part,
                               name=SYSTEM_COLUMN),
                      way_out=tr("Take the part out of the layer's source, or add the column."), path=str(path))
    return [(SYSTEM_COLUMN, "==", part)]


def must_hold(table, part: str, path):
    """The table. Raises Trouble where nothing of the part was there."""
    if part and not len(table):
        raise Trouble(tr("This table holds nothing of {part}.", part=part),
                      way_out=tr("Choose another file, or another part of it."), path=str(path))
    return table
