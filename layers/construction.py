"""Construction in time: what stands at the clock's time, in what state, and what the colours mean."""

from __future__ import annotations

import numpy as np

from layers.building_elements import GHOST_ALPHA
from layers.legend import Legend
from layers.legend import counted as with_count
from layers.palette import Rgb, palette
from twin import times
from twin.schedule import (
    DEMOLISHED,
    EARLY,
    FINISHED,
    LATE,
    NOT_YET,
    UNDER_WAY,
    UNPLANNED,
    Mapped,
    ScheduleView,
)
from twin.text import tr

COLORS: dict[int, Rgb] = {UNDER_WAY: (242, 160, 48), LATE: (190, 40, 60), EARLY: (70, 120, 200)}
WORDS = {NOT_YET: "Not yet", UNDER_WAY: "Under construction", FINISHED: "Finished", DEMOLISHED: "Demolished",
         LATE: "Behind the plan", EARLY: "Ahead of the plan", UNPLANNED: "Without a task"}


def dressed(colors: np.ndarray, alpha: np.ndarray, states: np.ndarray,
            said: ScheduleView) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(colours (n, 3), alpha (n,), ghosts (n,) bool) of elements in these states; what is hidden stays so."""
    colors, alpha = colors.copy(), alpha.copy()
    for state, color in COLORS.items():
        colors[states == state] = color
    ghosts = (states == NOT_YET) & (said.not_yet == "ghost") | (states == UNPLANNED) & (said.unplanned == "ghost")
    gone = ((states == NOT_YET) & (said.not_yet == "hidden") | (states == UNPLANNED) & (said.unplanned == "hidden")
            | (states == DEMOLISHED))
    ghosts &= alpha > 0
    alpha[ghosts] = GHOST_ALPHA
    alpha[gone] = 0
    return colors, alpha, ghosts


def legend_of(made: Mapped, states: np.ndarray, counted: np.ndarray, said: ScheduleView, moment) -> Legend:
    """`counted` (n,) bool: elements that count at all (no openings, no rooms)."""
    sizes = np.bincount(states[counted], minlength=len(WORDS))
    plain, grey = palette("light").walls, palette(moment.theme).missing      # the dark walls look as what is missing
    shown = [state for state in (UNDER_WAY, LATE, EARLY, FINISHED, NOT_YET, DEMOLISHED) if sizes[state]]
    entries = tuple((COLORS.get(state, plain if state == FINISHED else grey),
                     with_count(tr(WORDS[state]), sizes[state])) for state in shown)
    missing = (grey, with_count(tr(WORDS[UNPLANNED]), sizes[UNPLANNED])) if sizes[UNPLANNED] else None
    title = {"planned": tr("Construction as planned"), "actual": tr("Construction as built"),
             "compare": tr("Construction: plan and reality")}[said.mode]
    date = times.readable(moment.now_ns, moment.shown_zone).split()[0]
    return Legend(title=title, entries=entries, missing=missing, note=tr("As of {time}", time=date), whole=title,
                  counts=tuple(int(sizes[state]) for state in [*shown, *([UNPLANNED] if missing else [])]))
