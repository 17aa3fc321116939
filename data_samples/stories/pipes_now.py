"""What the pipes by the trench say on the morning before it is dug: pressure and flow, and gas in the shafts."""

from __future__ import annotations

import numpy as np

from data_samples import geography as geo
from data_samples.stories.kit import Said, every
from data_samples.underground import KINDS, STREETS

FIRST, LAST = "2026-07-15T08:00:00", "2026-07-15T12:30:00"
BESIDE_M = 14.0                                 # of the trench, along the street
TRENCH_V = 60.0                                 # metres along the grid, as `story_layers.trench` runs
# kind of pipe, observed property, unit, English, Chinese, seconds, middle, how much it swings and trembles
SAYS = (
    ("water", "water.main_pressure", "MPa", "Water main, pressure", "给水干管 水压", 300, 0.31, 0.012, 0.002),
    ("water", "pipe.flow", "m3/h", "Water main, flow", "给水干管 流量", 300, 640.0, 55.0, 6.0),
    ("sewer", "pipe.flow", "m3/h", "Sewer, flow", "污水管 流量", 300, 210.0, 30.0, 4.0),
    ("rain", "pipe.flow", "m3/h", "Rain sewer, flow", "雨水管 流量", 300, 18.0, 4.0, 0.6),
    ("gas", "ug.ch4", "%LEL", "Gas main, valve shaft", "燃气管 阀井甲烷", 60, 0.4, 0.1, 0.05),
    ("sewer", "ug.ch4", "%LEL", "Sewer, shaft", "污水井 甲烷", 60, 2.6, 0.5, 0.15),
)


def said() -> list[Said]:
    rng = np.random.default_rng(722)
    middle = STREETS[0][1][0]
    out = []
    for kind, observed, unit, name, name_zh, secs, mean, swing, tremble in SAYS:
        pipe = next(k for k in KINDS if k.kind == kind)
        times = every(FIRST, LAST, secs)
        hour = (times - times.astype("datetime64[D]")).astype("timedelta64[s]").astype(float) / 3600.0
        values = mean + swing * np.cos((hour - 8.0) / 4.5 * np.pi) + rng.normal(0, tremble, len(times))
        x, y = geo.CENTRE.world(middle + pipe.aside_m, TRENCH_V + BESIDE_M)[0]
        thing = f"STORY-PIPE-{kind.upper()}"
        out.append(Said(id=f"{thing}.{observed}", name=name, name_zh=name_zh, thing=thing, observed=observed, unit=unit,
                        interval_secs=secs, at=(float(x), float(y)), times=times, values=values.clip(0).round(3),
                        above_m=-round(pipe.cover_m + pipe.diameter_mm / 2000.0, 2)))
    return out
