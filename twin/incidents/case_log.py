"""A case log of a control room, as a table: case_id, time, state, actor, note (and what is known of the place)."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from pathlib import Path

from twin import times
from twin.incidents.incident import STATES
from twin.incidents.journal import Journal, read
from twin.incidents.rule import LEVELS
from twin.text import tr
from twin.text_encoding import decoded
from twin.trouble import Trouble

NEEDED = ("case_id", "time", "state")
# What other systems call the five states.
WORDS = {"发现": "found", "上报": "found", "派单": "assigned", "派遣": "assigned", "到场": "arrived", "到达": "arrived",
         "处置": "handled", "处理": "handled", "结案": "closed", "办结": "closed"}


@dataclass(frozen=True)
class Imported:
    """`rows` = `added` + `known` (in the journal already) + those of `rejected` (line of the file, reason)."""

    rows: int
    added: int
    known: int
    rejected: tuple[tuple[int, str], ...]


def import_log(path: Path, journal: Journal, time_zone: str) -> Imported:
    """Add the steps of a log to the journal, by time. Raises Trouble when the table is none of cases."""
    lines = _lines(path)
    held = {(entry.incident, entry.state) for entry in read(journal.path).entries if entry.state}
    added = known = 0
    rejected: list[tuple[int, str]] = []
    for number, row in sorted(lines, key=lambda line: _order(line[1], time_zone)):
        try:
            step = _step(row, time_zone)
            if (step["id"], step["state"]) in held:
                known += 1
                continue
            _write(journal, step, row)
        except Trouble as trouble:
            rejected.append((number, str(trouble)))
            continue
        held.add((step["id"], step["state"]))
        added += 1
    return Imported(len(lines), added, known, tuple(sorted(rejected)))


def _lines(path: Path) -> list[tuple[int, dict[str, str]]]:
    text, _ = decoded(path.read_bytes())
    rows = csv.DictReader(io.StringIO(text, newline=""))
    missing = [name for name in NEEDED if name not in (rows.fieldnames or ())]
    if missing:
        raise Trouble(tr("This is no log of cases."),
                      cause=tr("It lacks the columns {names}", names=", ".join(missing)),
                      way_out=tr("Name the columns case_id, time, state, actor, note."), path=str(path))
    return [(rows.line_num, row) for row in rows]


def _order(row: dict[str, str], time_zone: str) -> tuple:
    """By time; what has none comes last and is rejected there."""
    try:
        at = times.parse(row["time"] or "", time_zone)
    except Trouble:
        return (1, 0, 0)
    state = WORDS.get((row["state"] or "").strip(), (row["state"] or "").strip())
    return (0, at, STATES.index(state) if state in STATES else 0)


def _step(row: dict[str, str], time_zone: str) -> dict:
    id = (row["case_id"] or "").strip()
    state = WORDS.get((row["state"] or "").strip(), (row["state"] or "").strip())
    if not id:
        raise Trouble(tr("The case has no number."))
    if state not in STATES:
        raise Trouble(tr("“{state}” is no state of an incident.", state=state))
    return {"id": id, "state": state, "time_ns": times.parse(row["time"] or "", time_zone)}


def _write(journal: Journal, step: dict, row: dict[str, str]) -> None:
    role, note = (row.get("actor") or "").strip(), (row.get("note") or "").strip()
    if step["state"] != "found":
        journal.advance(step["id"], step["state"], step["time_ns"], role=role, note=note)
        return
    place = _place(row)
    journal.open(id=step["id"], title=(row.get("title") or note or step["id"]).strip(), time_ns=step["time_ns"],
                 level=_level(row.get("level") or ""), rule=(row.get("rule") or "").strip(),
                 layer=(row.get("layer") or "").strip(),
                 streams=tuple(filter(None, (row.get("sensor_id") or "").split(";"))), place=place, role=role,
                 note=note, synthetic=(row.get("synthetic") or "").lower() in ("true", "yes", "1"))


def _place(row: dict[str, str]) -> tuple[float, float, float] | None:
    """Easting and northing in the project CRS, on the ground where no height is given."""
    try:
        return (float(row["easting"]), float(row["northing"]), float(row.get("height") or "nan"))
    except (KeyError, TypeError, ValueError):
        return None


def _level(text: str) -> int:
    text = text.strip().lower()
    text = {"黄": "yellow", "橙": "orange", "红": "red"}.get(text[:1], text)
    return LEVELS.index(text) if text in LEVELS[1:] else int(text) if text in ("1", "2", "3") else 1
