"""An incident: an event that somebody answers for, from 发现 to 结案. Nothing is deleted; corrections are added."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from twin.text import tr
from twin.times import SECOND
from twin.trouble import Trouble

# The closed loop of the plan: 发现, 派单, 到场, 处置, 结案.
STATES = ("found", "assigned", "arrived", "handled", "closed")
CORRECTION_KIND = "correction"
STATE_WORDS = {"found": "Found", "assigned": "Assigned", "arrived": "On site", "handled": "Handled",
               "closed": "Closed"}


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A line of the journal. `seq` its number from 1 on, `written_ns` when it was written, `time_ns` what it tells of.

    `kind`: "open" (`data` says what the incident is), "state", "note", or "correction" (of entry `corrects`).
    `role` is what the actor does ("Duty officer"), never a person's name.
    """

    seq: int
    incident: str
    kind: str
    time_ns: int
    written_ns: int
    state: str = ""
    role: str = ""
    note: str = ""
    corrects: int = 0
    data: dict[str, Any] | None = None


@dataclass(frozen=True, kw_only=True)
class Incident:
    """`entries` as they were written, `steps` as they hold: the corrected ones replaced, in the order of the loop.

    `place` (easting, northing, height) in the project CRS, height NaN = on the ground; None where it has none.
    """

    id: str
    title: str
    level: int
    rule: str
    layer: str
    streams: tuple[str, ...]
    place: tuple[float, float, float] | None
    synthetic: bool
    entries: tuple[Entry, ...]
    steps: tuple[Entry, ...]

    @property
    def state(self) -> str:
        return self.steps[-1].state

    def state_at(self, time_ns: int) -> str:
        """"" before it was found."""
        reached = [step.state for step in self.steps if step.time_ns <= time_ns]
        return reached[-1] if reached else ""

    def time_of(self, state: str) -> int | None:
        return next((step.time_ns for step in self.steps if step.state == state), None)

    def secs(self, first: str = "found", last: str = "closed") -> float | None:
        """Between two states: with the defaults the handling time; None while one is missing."""
        a, b = self.time_of(first), self.time_of(last)
        return None if a is None or b is None else (b - a) / SECOND

    def corrected(self) -> list[Entry]:
        """What stood there before each correction, in the order in which these were written."""
        held, out = {entry.seq: entry for entry in self.entries}, []
        for entry in self.entries:
            old = held.get(entry.corrects) if entry.kind == CORRECTION_KIND else None
            if old is not None:
                out.append(old)
                held[entry.corrects] = _with(old, entry)
        return out

    def notes(self) -> tuple[Entry, ...]:
        return tuple(entry for entry in self.entries if entry.kind == "note")


def incidents_of(entries: list[Entry]) -> list[Incident]:
    """Every incident of a journal, by the time it was found."""
    by_id: dict[str, list[Entry]] = {}
    for entry in entries:
        by_id.setdefault(entry.incident, []).append(entry)
    made = [_incident(id, lines) for id, lines in by_id.items() if lines[0].kind == "open"]
    return sorted(made, key=lambda incident: (incident.steps[0].time_ns, incident.id))


def _incident(id: str, entries: list[Entry]) -> Incident:
    about = entries[0].data or {}
    place = about.get("place")
    return Incident(
        id=id, title=str(about.get("title", id)), level=int(about.get("level", 1)), rule=str(about.get("rule", "")),
        layer=str(about.get("layer", "")), streams=tuple(map(str, about.get("streams", ()))),
        place=tuple(float("nan") if value is None else float(value) for value in place) if place else None,
        synthetic=bool(about.get("synthetic", False)),
        entries=tuple(entries), steps=_steps(entries))


def _steps(entries: list[Entry]) -> tuple[Entry, ...]:
    """One for each state that was reached; a correction takes the place of what it corrects."""
    held = {entry.seq: entry for entry in entries if entry.kind in ("open", "state")}
    for entry in entries:
        old = held.get(entry.corrects) if entry.kind == "correction" else None
        if old is not None:
            held[entry.corrects] = _with(old, entry)
    return tuple(sorted(held.values(), key=lambda entry: STATES.index(entry.state)))


def _with(step: Entry, correction: Entry) -> Entry:
    return replace(step, time_ns=correction.time_ns, role=correction.role or step.role,
                   note=correction.note or step.note)


def must_follow(incident: Incident, state: str, time_ns: int) -> None:
    """Raises Trouble unless `state` at `time_ns` continues the loop."""
    if state not in STATES:
        raise Trouble(tr("“{state}” is no state of an incident.", state=state),
                      way_out=tr("Use one of: {states}", states=", ".join(STATES)))
    if STATES.index(state) <= STATES.index(incident.state):
        raise Trouble(tr("The incident {id} has already been {state}.", id=incident.id,
                         state=tr(STATE_WORDS[incident.state])),
                      way_out=tr("Correct the earlier step, or add a note."))
    if time_ns < incident.steps[-1].time_ns:
        raise Trouble(tr("This step would lie before the one it follows."),
                      way_out=tr("Give a later time, or correct the earlier step first."))


def must_stay_in_order(incident: Incident, seq: int, time_ns: int) -> None:
    """Raises Trouble unless step `seq` may be said to have been at `time_ns`."""
    at = next((i for i, step in enumerate(incident.steps) if step.seq == seq), None)
    if at is None:
        raise Trouble(tr("The incident {id} has no step {n}.", id=incident.id, n=seq),
                      way_out=tr("Correct one of its own steps."))
    before = incident.steps[at - 1].time_ns if at else time_ns
    after = incident.steps[at + 1].time_ns if at + 1 < len(incident.steps) else time_ns
    if not before <= time_ns <= after:
        raise Trouble(tr("The corrected time would change the order of the steps."),
                      way_out=tr("Correct the neighbouring step first."))
