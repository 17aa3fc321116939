"""Class hours of a Monday in forty rooms: CO2 climbs, windows open at ten, one room's ventilation is broken."""

from __future__ import annotations

import numpy as np

from data_samples import office_layout as plan
from data_samples.stories.kit import Said, clock, every

DAY = "2026-07-13T"
BROKEN = "3-10"
OUTSIDE_PPM = 420.0
LESSONS = (("08:00", "10:00"), ("10:20", "12:00"), ("13:30", "16:30"))
SECS = 120


def said(devices, floor_m: float) -> list[Said]:
    rng = np.random.default_rng(1000)
    times = every(DAY + "00:00:00", DAY + "23:58:00", SECS)
    occupied = np.zeros(len(times), bool)
    for first, last in LESSONS:
        occupied |= (times >= clock(f"{DAY}{first}:00")) & (times < clock(f"{DAY}{last}:00"))
    open_windows = times >= clock(DAY + "10:00:00")
    rooms = [(d, room) for storey in range(2, 6) for room in plan.numbered(storey)
             for d in devices if d.room == room.name and d.observed == "bld.co2"][:40]
    return [_room(device, room, times, occupied, open_windows, floor_m, rng) for device, room in rooms]


def _room(device, room, times, occupied, open_windows, floor_m: float, rng) -> Said:
    """Persily's well-mixed balance: what people breathe out against what the air change takes away."""
    north = room.y1 > plan.DEPTH_M - 0.01
    source_ppm_h = (660.0 if north else 380.0) * rng.uniform(0.94, 1.06)
    closed, opened = 0.45, 4.5
    broken = room.name == BROKEN
    values, now = np.empty(len(times)), OUTSIDE_PPM
    for k in range(len(times)):
        changes = 0.2 if broken else opened if open_windows[k] and occupied[k] else closed
        now += (source_ppm_h * occupied[k] - changes * (now - OUTSIDE_PPM)) * SECS / 3600.0
        values[k] = now
    values = values + rng.normal(0, 4.0, len(times))
    said = Said(id=f"STORY-EDU-{room.name}.bld.co2", name=f"Classroom {room.name} CO2", name_zh=f"{room.name}教室 二氧化碳",
                thing=f"STORY-EDU-{room.name}", observed="bld.co2", unit="ppm", interval_secs=SECS, at=device.at,
                elevation_m=floor_m + device.above_m, room=room.name, room_guid=device.room_guid, times=times,
                values=values.round())
    return said
