"""What an import left in a store, and whether its report accounts for every row."""

from __future__ import annotations

from pathlib import Path

from twin import times
from twin.history.importing import Report
from twin.history.store import Store

SHANGHAI = "Asia/Shanghai"


def said(folder: Path, id: str, zone: str = SHANGHAI) -> list[tuple[str, float]]:
    """(time, value) of a datastream."""
    with Store(folder) as store:
        instants, values, _ = store.series(id)
    return list(zip([times.iso(t, zone) for t in instants.tolist()], values.tolist()))


def sums(report: Report) -> bool:
    return report.rows == report.kept + report.duplicates + report.missing + report.rejected
