"""What the office's fire plant says while room 5-12 burns: water in the sprinklers and hydrants, air in the stairs, and
carbon monoxide room by room."""

from __future__ import annotations

import numpy as np

from data_samples.office_plan import OFFICE
from data_samples.stories import fire, fire_plan
from data_samples.stories.kit import Said, every, through

SECS, UP_M = 10, 2.2                              # of the gauges over the floor
# MPa: the sprinkler's main falls when its head opens at 14:04, until the pump runs on the network's water
SPRINKLER = [("13:55:00", 0.46), ("14:03:50", 0.46), ("14:04:10", 0.27), ("14:05:20", 0.24), ("14:06:00", 0.52),
             ("14:24:00", 0.5), ("14:26:00", 0.46)]
INDOORS = [("13:55:00", 0.42), ("14:04:00", 0.42), ("14:05:20", 0.36), ("14:06:00", 0.48), ("14:11:30", 0.48),
           ("14:12:30", 0.37), ("14:24:00", 0.39), ("14:27:00", 0.45)]
STREET = [("13:55:00", 0.28), ("14:11:30", 0.28), ("14:12:30", 0.19), ("14:24:00", 0.2), ("14:28:00", 0.28)]
STAIRS = [("13:55:00", 1.0), ("14:04:00", 1.0), ("14:04:50", 47.0), ("14:28:00", 47.0), ("14:29:00", 2.0)]      # Pa
CO = [("13:55:00", 1.0), ("14:02:00", 2.0), ("14:04:00", 38.0), ("14:09:00", 260.0), ("14:14:00", 180.0),
      ("14:25:00", 45.0), ("14:35:00", 14.0)]                                                                  # ppm


def said(devices, floor_m: float) -> list[Said]:
    """`devices`: the office's own sensors; `floor_m`: height (1985) of the ground floor."""
    rng = np.random.default_rng(974)
    times = every(fire.DAY + fire.START, fire.DAY + fire.END, SECS)
    top = floor_m + OFFICE.elevation(fire.STOREY) + UP_M
    middle = fire_plan.CORRIDOR_Y
    water = [("SPRINKLER", "Sprinklers of floor 5", "五层喷淋管网", (20.0, middle, top), SPRINKLER),
             ("STREET", "Hydrant in the street", "室外消火栓", (*fire_plan.STREET, floor_m + 0.6), STREET)]
    water += [(f"HYDRANT-{n}", f"Hydrant {n} of floor 5", f"五层消火栓{n}", (x, middle, top), INDOORS)
              for n, x in enumerate(fire_plan.HYDRANTS_X, 1)]
    out = [_said(f"STORY-FIRE-{id}", "fire.water_pressure", "MPa", f"{name}, pressure", f"{zh} 水压", at, times,
                 _course(times, corners, 0.003, rng).round(2)) for id, name, zh, at, corners in water]
    for letter, (x0, x1) in zip("AB", OFFICE.stairs):
        at = ((x0 + x1) / 2, OFFICE.north_edge_m + 2.0, top)
        out.append(_said(f"STORY-FIRE-STAIRS-{letter}", "fire.stair_pressure", "Pa", f"Stairs {letter}, pressurisation",
                         f"楼梯{letter} 正压送风", at, times, _course(times, STAIRS, 0.8, rng).round(1)))
    return out + _gas(devices, times, floor_m, rng)


def _gas(devices, times, floor_m: float, rng) -> list[Said]:
    """It goes where the smoke goes."""
    places = {d.room: d for d in devices}
    source = next(room for room in OFFICE.numbered(fire.STOREY) if room.name == fire.ROOM)
    out = []
    for room in OFFICE.numbered(fire.STOREY):
        near = 1.0 if room is source else fire.nearness(room, fire.STOREY, source)
        device, lag = places[room.name], int((1.0 - near) * 240 / SECS)
        values = np.full(len(times), 1.0)
        values[lag:] = 1.0 + (_course(times, CO, 0.0, rng)[:len(times) - lag] - 1.0) * near
        values = (values + rng.normal(0, 0.3, len(times))).clip(0).round(1)
        out.append(Said(id=f"STORY-OFF-{room.name}.fire.co", name=f"Room {room.name} CO", name_zh=f"{room.name}室 一氧化碳",
                        thing=f"STORY-OFF-{room.name}", observed="fire.co", unit="ppm", interval_secs=SECS, at=device.at,
                        elevation_m=floor_m + device.above_m, room=device.room, room_guid=device.room_guid, times=times,
                        values=values))
    return out


def _course(times, corners, noise: float, rng) -> np.ndarray:
    return through(times, [(fire.DAY + c, value) for c, value in corners]) + rng.normal(0, noise, len(times))


def _said(thing: str, observed: str, unit: str, name: str, zh: str, at, times, values) -> Said:
    x, y, z = fire_plan.world(at)
    return Said(id=f"{thing}.{observed}", name=name, name_zh=zh, thing=thing, observed=observed, unit=unit,
                interval_secs=SECS, at=(x, y), elevation_m=z, times=times, values=values)
