"""The roadside in pixels: a signal's colour by the clock, a warning's ring only while it holds, a link to a vehicle."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from layers.labels import Labels
from layers.roadside import WARNING, RoadsideLayer
from layers.verdict_colors import LEVELS
from tests.layers.pictures import above, scene
from twin import times
from twin.data import Tracks, Vectors
from twin.history.motion import motion_of

AT = times.parse("2026-07-15T08:12:00+08:00")
LAYER = RoadsideLayer(id="road", name="Roadside", vehicles="cars", size_px=20.0, width_px=6.0)
TABLE = pa.table({"id": ["u", "s", "w"], "kind": ["unit", "signal", "warning"], "name": ["", "", ""],
                  "range_m": [90.0, None, None], "radius_m": [None, None, 60.0], "cycle_s": [None, 60.0, None],
                  "green_s": [None, 30.0, None], "amber_s": [None, 5.0, None],
                  "offset_s": [None, float(AT / times.SECOND % 60), None],
                  "from": [None, None, "2026-07-15T08:12:10+08:00"],
                  "until": [None, None, "2026-07-15T08:12:20+08:00"]})
DATA = Vectors(features=TABLE, count=3, points=np.array([[-80, 0, 0], [0, 100, 0], [80, -60, 0]], np.float32),
               point_feature=np.arange(3, dtype=np.int32))


def car() -> Tracks:
    """From beside the unit away to the south-west, 20 m/s."""
    secs = np.arange(0, 40, dtype=np.int64)
    places = np.stack([np.full(40, -80.0), -20.0 - 20.0 * secs, np.zeros(40)], axis=1)
    motion, _ = motion_of(np.zeros(40, np.int32), AT + secs * times.SECOND, places, 1)
    return Tracks(features=pa.table({"id": ["c"], "name": ["c"], "mode": ["car"]}), history=motion, count=1)


def near(color, wanted) -> bool:
    return np.abs(np.asarray(color, int) - np.array(wanted)).max() < 40


def test_signals_links_and_warnings_follow_the_clock():
    moving = {"cars": car()}
    with scene([LAYER], {"road": DATA}, above(400.0)) as shot:
        visual = lambda: shot.view.stage.visual("road")                       # noqa: E731
        for secs, state in ((1, 0), (32, 1), (40, 3)):                        # green, amber, red
            shot.draw(now_ns=AT + secs * times.SECOND, moving=moving)
            assert near(shot.color(0, 100, 6), LEVELS["light"][state]), secs
        seen = {}
        for secs in (2, 5, 15, 20):
            shot.draw(now_ns=AT + secs * times.SECOND, moving=moving)
            ring = shot.color(80 + 60, -60, 1.0)
            seen[secs] = (len(visual().links.units), near(ring, LEVELS["light"][WARNING]))
            legend = shot.view.stage.legends()[0][1]
            named = [words for tone, words in legend.entries if tuple(tone) == tuple(LEVELS["light"][WARNING])]
            assert named == ["warning, and how far it holds"] * (secs == 15), "named as long as it is drawn"
            assert legend.entries[0][1] == (named or ["● green"])[0], "what comes and goes is not cut off first"
        assert seen == {2: (1, False), 5: (0, False), 15: (0, True), 20: (0, False)}
        legend = shot.view.stage.legends()[0][1]
        assert legend.note == "0 links, 0 warnings" and shot.view.stage.rows["road"].features == 3


def test_a_unit_says_of_what_its_number_is(monkeypatch):
    said, plain = [], Labels.set
    monkeypatch.setattr(Labels, "set", lambda self, places, words, *rest, **more: (
        said.append(words), plain(self, places, words, *rest, **more)))
    with scene([LAYER], {"road": DATA}, above(400.0)) as shot:
        shot.draw(now_ns=AT + 2 * times.SECOND, moving={"cars": car()})
    assert said[-1][0].endswith(" · 1 vehicle linked")


def test_a_platoon_far_away_is_part_of_what_it_draws():
    """Its legend was left out where nothing but its platoon was in the picture."""
    secs = np.arange(0, 40, dtype=np.int64)
    north = np.concatenate([10.0 * secs, 10.0 * secs - 30.0])
    places = np.stack([np.full(80, 900.0), north, np.zeros(80)], axis=1)
    rows = np.repeat(np.arange(2, dtype=np.int32), 40)
    motion, _ = motion_of(rows, AT + np.tile(secs, 2) * times.SECOND, places, 2)
    table = pa.table({"id": ["a", "b"], "name": ["a", "b"], "mode": ["truck"] * 2})
    trucks = Tracks(features=table, history=motion, count=2)
    with scene([LAYER], {"road": DATA}, above(400.0)) as shot:
        shot.draw(now_ns=AT + 5 * times.SECOND)
        assert shot.view.stage.box("road")[3] < 100.0
        shot.draw(now_ns=AT + 6 * times.SECOND, moving={"cars": trucks})
        assert len(shot.view.stage.visual("road").gaps) == 1 and shot.view.stage.box("road")[3] == 900.0


def test_without_vehicles_it_still_stands():
    with scene([LAYER], {"road": DATA}, above(400.0)) as shot:
        shot.draw(now_ns=AT + times.SECOND)
        assert near(shot.color(0, 100, 6), LEVELS["light"][0]) and not shot.view.stage.visual("road").gaps
