"""What the inspector says of a vehicle at now: how fast, how full, how late, and how old that knowledge is."""

from __future__ import annotations

import numpy as np

from app.panels.facts import MISSING, Row, age_words, heading
from twin import times
from twin.history.motion import Motion
from twin.text import tr
from twin.times import SECOND

MEASURES = {"charge": ("Charge", "%", 1.0), "load": ("Load", "%", 1.0), "delay": ("Delay", "min", 1 / 60.0)}


def vehicle_rows(motion: Motion, layer, now_ns: int, time_zone: str) -> list[Row]:
    """`motion` of this vehicle alone."""
    gap_ns, hold_ns = (round(secs * SECOND) for secs in (layer.gap_secs, layer.hold_secs))
    fleet = motion.at(now_ns, gap_ns, max(gap_ns, hold_ns))
    there, last = bool(fleet.presence[0] > 0), int(fleet.last[0])
    rows = [heading(tr("Now")), Row(tr("State"), _state(motion, fleet, gap_ns), key="state")]
    speed_kmh, heading_deg = (float(told[0]) if there else np.nan for told in (fleet.speed_kmh, fleet.heading_deg))
    rows.append(Row(tr("Speed"), f"{speed_kmh:.1f} km/h" if np.isfinite(speed_kmh) else MISSING, key="value"))
    rows.append(Row(tr("Heading"), f"{round(heading_deg) % 360}°" if np.isfinite(heading_deg) else MISSING,
                    key="heading"))
    for name, values in fleet.measures.items():
        words, unit, factor = MEASURES[name]
        known = there and np.isfinite(values[0])
        rows.append(Row(tr(words), f"{values[0] * factor:.4g} {unit}" if known else MISSING, key=name))
    if motion.scheduled:
        departs = motion.reading_after(now_ns)
        said = MISSING if departs is None else times.readable(departs, time_zone, seconds=True)
        return [*rows, Row(tr("Next departure"), said, key="departs")]
    fixed = times.readable(int(motion.times_ns[last]), time_zone, seconds=True) if last >= 0 else MISSING
    age = age_words(int(fleet.age_ns[0])) if last >= 0 else MISSING
    return [*rows, Row(tr("Last fix"), fixed, key="fix"), Row(tr("Measured"), age, key="age")]


def _state(motion: Motion, fleet, gap_ns: int) -> str:
    if motion.scheduled:
        return tr("drives by the timetable") if fleet.presence[0] > 0 else tr("does not drive now")
    if fleet.last[0] < 0:
        return tr("not seen yet")
    if fleet.presence[0] <= 0:
        return tr("gone: no fix for too long")
    last = int(fleet.last[0])
    joined = last + 1 < len(motion.times_ns) and motion.times_ns[last + 1] - motion.times_ns[last] <= gap_ns \
        and not (motion.cut is not None and motion.cut[last])
    return tr("between two fixes") if joined else tr("held at its last fix")
