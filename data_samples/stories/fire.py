"""A fire in room 5-12 of the lakeside office: smoke and warmth of every room at two seconds, for forty minutes, and the
fire doors of that storey, which close at the alarm."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np

from data_samples.office_plan import OFFICE
from data_samples.stories.kit import Said, every, through

DAY = "2026-07-15T"
ROOM, STOREY = "5-12", 5
SECS = 2
START, END = "13:55:00", "14:35:00"
# Smoke of the room in %obs/m: seen at 14:02, red (6, GB 4715's upper end) at 14:03:00, out by 14:25.
SMOKE = [("13:55:00", 0.1), ("14:01:40", 0.1), ("14:02:00", 1.2), ("14:02:40", 4.4), ("14:02:58", 5.8), ("14:03:00", 6.2),
         ("14:05:00", 14.0), ("14:09:00", 18.0), ("14:14:00", 11.0), ("14:25:00", 2.0), ("14:35:00", 0.6)]
WARMTH = [("13:55:00", 25.2), ("14:02:30", 25.6), ("14:04:00", 38.0), ("14:09:00", 71.0), ("14:14:00", 52.0),
          ("14:35:00", 31.0)]
UNKNOWN = ("2O2Fr$t4X7Zf8NOew3FLOH", "0000000000000000000000")        # GlobalIds that the model does not hold


def said(devices, floor_m: float) -> list[Said]:
    """`devices`: the office's own sensors, which know each room's GlobalId and place."""
    rng = np.random.default_rng(503)
    times = every(DAY + START, DAY + END, SECS)
    places = {d.room: d for d in devices}
    source = next(room for room in OFFICE.numbered(STOREY) if room.name == ROOM)
    out = []
    for storey in range(1, OFFICE.storeys + 1):
        for room in OFFICE.numbered(storey):
            near = nearness(room, storey, source)
            device = places[room.name]
            lag = int((1.0 - near) * 240 / SECS)
            smoke = np.roll(_course(times, SMOKE), lag) * near if near > 0.02 else np.zeros(len(times))
            smoke[:lag] = 0.0
            smoke = np.maximum(smoke, 0.1) + rng.normal(0, 0.02, len(times))
            warmth = 25.0 + (_course(times, WARMTH) - 25.0) * near + rng.normal(0, 0.06, len(times))
            if room.name == ROOM:
                smoke, warmth = _course(times, SMOKE), _course(times, WARMTH)
            out += [_of(device, "fire.smoke", "%/m", times, smoke.clip(0).round(2), floor_m),
                    _of(device, "fire.temp", "Cel", times, warmth.round(1), floor_m)]
    quiet = np.full(len(times), 0.1)
    for number, guid in enumerate(UNKNOWN, 1):
        out.append(Said(id=f"STORY-OFF-X{number}.fire.smoke", name=f"Detector {number} of an old plan",
                        name_zh=f"旧图纸探测器{number}", thing=f"STORY-OFF-X{number}", observed="fire.smoke", unit="%/m",
                        interval_secs=SECS, at=None, room_guid=guid, times=times, values=quiet))
    return out


DOOR = re.compile(r"IFCDOOR\('([^']{22})',\$,'D ([^']+) (\d)-(\d+)'")
DOOR_SECS, ALARM = 10, "14:03:00"


def doors(office: Path) -> list[Said]:
    """The contacts of the storey's doors, each on its element of the written model: 1 = closed."""
    times = every(DAY + START, DAY + END, DOOR_SECS)
    out = []
    for guid, wall, storey, number in DOOR.findall(office.read_text(encoding="utf-8")):
        if int(storey) != STOREY:
            continue
        shut = times >= np.datetime64(DAY + ALARM) + np.timedelta64(DOOR_SECS * (len(out) % 3), "s")
        id = f"STORY-DOOR-{STOREY}-{len(out) + 1:02d}"
        out.append(Said(id=f"{id}.door.closed", name=f"Fire door {wall} {STOREY}-{number}, closed",
                        name_zh=f"{STOREY}层防火门{len(out) + 1}号 关闭", thing=id, observed="door.closed", unit="1",
                        interval_secs=DOOR_SECS, at=None, element=guid, times=times, values=shut.astype(np.float32)))
    return out


def nearness(room, storey: int, source) -> float:
    """How much of the smoke comes there: along the corridor of its own storey, a little into the one above."""
    if storey not in (STOREY, STOREY + 1):
        return 0.0
    away = abs(room.middle[0] - source.middle[0]) + abs(room.middle[1] - source.middle[1])
    return float(np.exp(-away / 6.0)) * (0.35 if storey == STOREY else 0.05)


def _course(times, corners):
    return through(times, [(DAY + c, value) for c, value in corners])


def _of(device, observed, unit, times, values, floor_m: float) -> Said:
    words = {"fire.smoke": ("smoke", "烟雾浓度"), "fire.temp": ("temperature at the detector", "探测器温度")}[observed]
    return Said(id=f"STORY-OFF-{device.room}.{observed}", name=f"Room {device.room} {words[0]}",
                name_zh=f"{device.room}室 {words[1]}", thing=f"STORY-OFF-{device.room}", observed=observed, unit=unit,
                interval_secs=SECS, at=device.at, elevation_m=floor_m + device.above_m, room=device.room,
                room_guid=device.room_guid, times=times, values=values)
