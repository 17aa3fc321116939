"""A school week in forty rooms: with closed windows CO2 climbs on Monday, they open at ten, and one room stays high until
its ventilation is repaired on Tuesday morning. Temperature, humidity, PM2.5 and who is inside come with it."""

from __future__ import annotations

import numpy as np

from data_samples.school_plan import SCHOOL, class_rooms
from data_samples.stories.kit import Said, clock, every

MONDAY = "2026-07-13"
DAYS = tuple(str(np.datetime64(MONDAY) + k) for k in range(5))
LESSONS = (("08:00", "08:40"), ("08:50", "09:30"), ("10:00", "10:40"), ("10:50", "11:30"),
           ("13:00", "13:40"), ("13:50", "14:30"), ("14:40", "15:20"), ("15:30", "16:10"))
OCCUPIED = "8-9:30,10-11:30,13-16:10"  # with the short breaks between lessons
BROKEN, LIKE_IT, REPAIRED = "3-11", "3-12", clock("2026-07-14T07:00:00")
WINDOWS_OPEN = clock(f"{MONDAY}T10:00:00")
SILENT = ("2-05", clock(f"{MONDAY}T14:00:00"), clock(f"{MONDAY}T15:00:00"))  # its unit has no power in that hour
OUTSIDE_PPM, PUPILS = 420.0, 38
SECS = 60
CLOSED, JAMMED, OPENED = 0.45, 1.1, 4.5  # air changes an hour: only the door open where the windows are jammed


def said(devices, floor_m: float) -> list[Said]:
    """`devices`: the school's own sensors, which know each room's GlobalId and place."""
    rng = np.random.default_rng(1000)
    rooms = class_rooms()
    placed = {(d.room, d.observed): d for d in devices}
    times = every(f"{DAYS[0]}T00:00:00", f"{DAYS[-1]}T23:59:00", SECS)
    told = {"bld.co2": ("ppm", _co2(rooms, times, rng).round()), "bld.temp": ("Cel", _warmth(rooms, times, rng).round(1)),
            "bld.rh": ("%", _humidity(rooms, times, rng).round(1)), "bld.pm25": ("ug/m3", _dust(rooms, times, rng).round(1))}
    kept_there = (times < SILENT[1]) | (times >= SILENT[2])
    out = []
    for row, room in enumerate(rooms):
        kept = kept_there if room.name == SILENT[0] else slice(None)
        for observed, (unit, values) in told.items():
            device = placed[room.name, observed]
            out.append(_of(device, device.id, device.name, device.name_zh, unit, SECS, floor_m, times[kept], values[row, kept]))
        device = placed[room.name, "bld.co2"]
        changes, people = _timetable(room)
        out.append(_of(device, f"{device.thing}.bld.occupancy", f"{room.usage} {room.name} people inside",
                       f"{room.name} {room.usage_zh} 在室人数", "1", 3600, floor_m, changes, people))
    return out


def _of(device, id: str, name: str, name_zh: str, unit: str, secs: float, floor_m: float, times, values) -> Said:
    return Said(id=id, name=name, name_zh=name_zh, thing=device.thing, observed=id.removeprefix(f"{device.thing}."), unit=unit,
                interval_secs=secs, at=device.at, elevation_m=floor_m + device.above_m, room=device.room,
                room_guid=device.room_guid, times=times, values=values)


def taught(times: np.ndarray) -> np.ndarray:
    """(n,) bool: whether a lesson is given then."""
    day, out = times.astype("datetime64[D]"), np.zeros(len(times), bool)
    for first, last in LESSONS:
        since, until = (np.timedelta64(int(c[:2]) * 60 + int(c[3:]), "m") for c in (first, last))
        out |= (times >= day + since) & (times < day + until)
    return out


def _timetable(room) -> tuple[np.ndarray, np.ndarray]:
    """When the number of people in the room changes, and how many they are from then on."""
    times = np.array([clock(f"{day}T{c}:00") for day in DAYS for lesson in LESSONS for c in lesson])
    people = np.tile([PUPILS - 2 * (int(room.name[2:]) % 4), 0], len(times) // 2)
    return times, people.astype(np.float32)


def _co2(rooms, times: np.ndarray, rng) -> np.ndarray:
    """(rooms, n) ppm. Persily's well-mixed balance: what people breathe out against what the air change takes away."""
    north = np.array([SCHOOL.is_north(room) for room in rooms])
    broken = np.array([room.name == BROKEN for room in rooms])
    source_ppm_h = np.where(north, 1000.0, 520.0) * rng.uniform(0.94, 1.06, len(rooms))
    inside, opened = taught(times), times >= WINDOWS_OPEN
    now, out = np.full(len(rooms), OUTSIDE_PPM), np.empty((len(rooms), len(times)))
    for k, time in enumerate(times):
        open_to = np.where(broken & (time < REPAIRED), JAMMED, OPENED)
        changes = open_to if opened[k] and inside[k] else CLOSED
        now = now + (source_ppm_h * inside[k] - changes * (now - OUTSIDE_PPM)) * SECS / 3600.0
        out[:, k] = now
    return out + rng.normal(0, 4.0, out.shape)


def _warmth(rooms, times: np.ndarray, rng) -> np.ndarray:
    """(rooms, n) degrees: cooled in lessons, warmer in the south and under the roof."""
    hour = (times - times.astype("datetime64[D]")) / np.timedelta64(1, "h")
    outside = 28.5 + 4.5 * np.sin((hour - 9.0) / 24 * 2 * np.pi)
    own = np.array([0.5 * (not SCHOOL.is_north(room)) + 0.4 * (room.storey == 3) for room in rooms])[:, None]
    inside = np.where(taught(times), 25.6 + 0.12 * (outside - 28.5), 26.2 + 0.3 * (outside - 28.5))
    return inside + own + rng.normal(0, 0.12, (len(rooms), len(times)))


def _humidity(rooms, times: np.ndarray, rng) -> np.ndarray:
    """(rooms, n) %: dried by the cooling."""
    return np.where(taught(times), 57.0, 66.0) + rng.normal(0, 0.9, (len(rooms), len(times)))


def _dust(rooms, times: np.ndarray, rng) -> np.ndarray:
    """(rooms, n) ug/m3: more where people walk, and with open windows."""
    stirred = 16.0 + 9.0 * taught(times) + 4.0 * (times >= WINDOWS_OPEN) * taught(times)
    return stirred + rng.normal(0, 1.2, (len(rooms), len(times)))
