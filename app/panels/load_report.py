"""The load report of an IFC file as rows of the inspector: compact where all is well, by name where it is not."""

from __future__ import annotations

from app.panels.facts import MISSING, Row
from twin.text import tr

NAMED = 200


def report_rows(report: dict, rooms: int = 0) -> list[Row]:
    """Empty for what has no report. `rooms`: so many of what is drawn are rooms, which the model's tree does not count.
    """
    if not report:
        return []
    rows = [Row(tr("Schema"), report["schema"], key="schema"),
            Row(tr("Written by"), report["authoring_tool"] or MISSING, key="tool"),
            Row(tr("Entities"), _of(report["entities"], report["entity_lines"]), key="entities"),
            Row(tr("Elements drawn"), _drawn(report, rooms), key="shapes"),
            Row(tr("Length unit"), _unit(report["length_unit_m"]), key="length_unit"),
            Row(tr("First read in"), f"{report['seconds']:.1f} s · {report['peak_mb']:,.0f} MB", key="cost")]
    if not report["end_marker"]:
        rows.append(Row(tr("End of file"), tr("missing: the file was cut off"), key="end"))
    if report["duplicate_guids"]:
        rows.append(Row(tr("GlobalIds used twice"), f"{report['duplicate_guids']:,}", key="twice"))
    failed = report["failed"]
    rows += [Row(f"{f['class'].removeprefix('Ifc')} {f['name'] or f['guid']}", f["reason"], key=f"failed {f['guid']}")
             for f in failed[:NAMED]]
    if len(failed) > NAMED:
        rows.append(Row(tr("Not drawn"), tr("{n} more", n=len(failed) - NAMED), key="failed"))
    return rows


def _drawn(report: dict, rooms: int) -> str:
    drawn = _of(report["shapes"], report["shapes"] + len(report["failed"]))
    return tr("{n}, {rooms} of them rooms", n=drawn, rooms=f"{rooms:,}") if rooms else drawn


def _of(some: int, all_: int) -> str:
    return f"{some:,}" if some >= all_ else tr("{n} of {total}", n=f"{some:,}", total=f"{all_:,}")


def _unit(metres: float | None) -> str:
    return tr("none named: metres assumed") if metres is None else f"{metres:g} m"
