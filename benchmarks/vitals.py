"""Every sign of 500 zones at an instant, from 220,000 sensors: the board against the obvious groupby of pandas.

Both start from what the history says at the instant and end with a value, a verdict and the online rate of every sign
and zone. The board's step is all that the program does per frame while playing, without drawing.
"""

from __future__ import annotations

import json
import statistics
import time

import numpy as np

SENSORS, ZONES, STEPS = 220_000, 500, 12
SIDE_M = 16_000.0
# sign, observed property and how its members become one value; a mix as a district has it
KINDS = (("fire.smoke", "max"), ("bld.temp_summer", "mean"), ("traffic.sat", "max"), ("noise.leq_4a", "energy_mean"),
         ("waste.fill", "max"), ("site.crane_moment", "max"), ("energy.transformer", "max"), ("ug.sewer_fill", "max"))


def main() -> None:
    print(json.dumps({"name": "vitals", "sensors": SENSORS, "zones": ZONES, **_measured(_mix()),
                      "every_sign": _measured(_every())}))


def _mix() -> list[str]:
    """The observed properties of the mix."""
    from twin.vitals.catalogue import catalogue
    return [catalogue().sign(sign).properties[0] for sign, _ in KINDS]


def _every() -> list[str]:
    """Those that all signs of the catalogue are made of."""
    from twin.vitals.catalogue import catalogue
    return list(dict.fromkeys(property for sign in catalogue().signs for property in sign.properties))


def _measured(properties: list[str]) -> dict:
    board, times_ns = _board(properties)
    step, look = [], []
    for now in times_ns[1:]:
        look.append(_timed(lambda now=now: board.pool.latest_at(int(now))))
        step.append(_timed(lambda now=now: board.at(int(now))))
    frame = _table(board)
    groupby = [_timed(lambda now=now: _pandas(frame, board, int(now), properties)) for now in times_ns[1:4]]
    if properties == _mix():               # else a sign may be made of several properties, which pandas keeps apart
        _must_agree(board, frame, int(times_ns[3]))
    step_ms, pandas_ms = statistics.median(step) * 1000, statistics.median(groupby) * 1000
    return {"signs": len(board.feeds), "memberships": len(board.groups.rows),
            "latest_ms": round(statistics.median(look) * 1000, 2), "step_ms": round(step_ms, 2),
            "pandas_groupby_ms": round(pandas_ms, 1), "groupby_over_step": round(pandas_ms / step_ms, 1)}


def _board(properties: list[str]):
    """A district, 15 towns and 484 blocks over sensors at random places; every sensor lies in three zones."""
    import pyarrow as pa

    from twin import times
    from twin.data import Sensors
    from twin.frame import Frame
    from twin.history.replay import build
    from twin.vitals.board import Board
    from twin.vitals.catalogue import catalogue
    from twin.vitals.groups import Group, members
    from twin.vitals.pool import Pool, Shown
    random = np.random.default_rng(7)
    names = catalogue()
    features = pa.table({"id": pa.array([f"s{n}" for n in range(SENSORS)]),
                         "property": pa.array([properties[n % len(properties)] for n in range(SENSORS)])})
    positions = random.uniform(0, SIDE_M, (SENSORS, 3)).astype(np.float32)
    start = times.parse("2026-07-15T12:00:00+08:00")
    instants = start + np.arange(STEPS, dtype=np.int64) * 5 * times.MINUTE
    streams = np.tile(np.arange(SENSORS, dtype=np.int32), STEPS)
    values = random.uniform(0, 100, SENSORS * STEPS).astype(np.float32)
    values[random.random(len(values)) < 0.05] = np.nan
    history, _ = build(streams, np.repeat(instants, SENSORS), values, SENSORS)
    payload = Sensors(features=features, positions=positions, history=history, count=SENSORS)
    zones = [(Group("district", "District"), [_square(0, 0, SIDE_M)])]
    zones += [(Group(f"town-{n}", f"Town {n}"), [_square(n % 4, n // 4, SIDE_M / 4)]) for n in range(15)]
    zones += [(Group(f"block-{n}", f"Block {n}"), [_square(n % 22, n // 22, SIDE_M / 22)]) for n in range(484)]
    pool = Pool((Shown(payload, (("sensors", "", 4.0),)),))
    board = Board(names, pool, _whole(members(zones, pool.xy)), Frame(), "Asia/Shanghai")
    _whole(board.prepare())
    _whole(board.work(start))
    return board, instants


def _square(column: int, row: int, side: float) -> np.ndarray:
    return np.array([(column, row), (column + 1, row), (column + 1, row + 1), (column, row + 1)], np.float64) * side


def _whole(work):
    while True:
        try:
            next(work)
        except StopIteration as end:
            return end.value


# -- the obvious way ------------------------------------------------------------------------------------------


def _table(board):
    """Zone, sensor and property of every membership, ready for the groupby."""
    import pandas as pd
    words, codes = board.pool.texts("property")
    rows = board.groups.rows
    return pd.DataFrame({"zone": board.groups.of, "property": pd.Categorical.from_codes(codes[rows], words)}), rows


def _pandas(frame, board, now: int, properties: list[str]):
    """{sign: value, worst and online rate by zone}; of a property beyond the mix its greatest value."""
    table, rows = frame
    values, _ = board.pool.latest_at(now)
    table["value"] = values[rows]
    out, known = {}, {board.names.sign(sign).properties[0]: (sign, how) for sign, how in KINDS}
    for name in properties:
        sign, how = known.get(name, (name, "max"))
        mine = table[table["property"] == name].groupby("zone")["value"]
        value = {"max": mine.max, "mean": mine.mean}.get(how, lambda mine=mine: 10 * np.log10(
            mine.apply(lambda v: (10 ** (v / 10)).mean())))()
        out[sign] = value, mine.max(), mine.count() / mine.size()
    return out


def _must_agree(board, frame, now: int) -> None:
    state, said = board.at(now), _pandas(frame, board, now, _mix())
    for row, sign in enumerate(state.signs):
        if sign.id in said:
            value = said[sign.id][0]
            np.testing.assert_allclose(state.value[row, value.index], value, rtol=1e-4)


def _timed(work) -> float:
    """Seconds of the processor: what other programs take meanwhile is not counted."""
    start = time.process_time()
    work()
    return time.process_time() - start


if __name__ == "__main__":
    main()
