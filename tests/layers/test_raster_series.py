"""Rasters over time: pixels at instants, in gaps, as sums and as a sheet; classes of rain."""

from __future__ import annotations

import numpy as np
import pytest

from layers.imagery import ImageryLayer
from layers.rain_classes import NATIONAL, NONE, SHANGHAI, classes_of
from layers.raster_series import Rasters
from layers.terrain import Terrain
from tests.layers.pictures import above, hue, scene
from tests.layers.test_ground_pictures import flat_grid, grid
from twin.data import Imagery, RasterSeries
from twin.history.rasters import RasterHistory
from twin.times import HOUR, MINUTE

T0 = 1_784_000_000 * 1_000_000_000 // HOUR * HOUR
WEST, EAST = (-150, 100), (150, 100)


def series(*rates: float, lost: tuple[int, ...] = (), unit: str = "mm/h") -> RasterSeries:
    """Hours of rain over the north-western quarter of 600 m; the south-east is not known, the rest dry."""
    values = np.zeros((len(rates), 2, 2), np.float32)
    values[:, 1, 0] = rates
    values[:, 0, 1] = np.nan
    kept = [n for n in range(len(rates)) if n not in lost]
    starts = T0 + np.array(kept, np.int64) * HOUR
    known = np.isfinite(values[kept]).reshape(len(kept), -1).sum(axis=1)
    history = RasterHistory(values[kept], starts, starts + HOUR, known)
    return RasterSeries(history=history, unit=unit, rain=unit == "mm/h", x0=-300, y0=-300, width=600,
                        height=600, count=4, low=0.0, high=100.0)


def layer(**style) -> Rasters:
    return Rasters(id="r", name="Rain", **{"opacity": 1.0, **style})


@pytest.mark.parametrize("with_terrain", [True, False])
def test_it_rains_where_and_when_it_rained(with_terrain):
    payloads = {"t": grid(flat_grid()), "r": series(12.0, 60.0, 0.0, 95.0, lost=(2,))}
    with scene([Terrain(id="t", name="t")] * with_terrain + [layer()], payloads) as shot:
        shot.draw(now_ns=T0 - MINUTE)
        dry = shot.color(*WEST)
        seen = {}
        for hour in range(5):
            shot.draw(now_ns=T0 + hour * HOUR + 59 * MINUTE)
            seen[hour] = shot.color(*WEST)
            assert np.abs(shot.color(*EAST) - dry).max() <= 6 and np.abs(shot.color(150, -150) - dry).max() <= 6
        for hour, value in ((0, 12.0), (1, 60.0), (3, 95.0)):
            table = classes_of(SHANGHAI, 0)
            expected = table.colors("light")[table.of(np.array([value]))[0], :3]
            assert np.abs(hue(seen[hour]) - hue(expected)).max() < 0.09, (hour, seen[hour], expected)
        for hour in (2, 4):                                  # a step that never came; after the last one
            assert np.abs(seen[hour] - dry).max() <= 6


@pytest.mark.parametrize("first", [True, False])
def test_rain_lies_over_a_plan_wherever_the_plan_is_in_the_list(first):
    plan = Imagery(rgba=np.full((8, 8, 4), (20, 230, 20, 255), np.uint8), x0=-300, y0=-300, width=600, height=600)
    layers = [ImageryLayer(id="i", name="i"), layer()][::1 if first else -1]
    with scene(layers, {"i": plan, "r": series(95.0)}) as shot:
        shot.draw(now_ns=T0 + MINUTE)
        assert shot.color(*WEST).argmax() != 1 and shot.color(150, -150).argmax() == 1


def test_the_legend_says_which_step_holds_and_what_is_a_gap():
    with scene([layer()], {"r": series(12.0, 60.0, 5.0, lost=(1,))}) as shot:
        shot.draw(now_ns=T0 + 10 * MINUTE)
        legend = dict(shot.view.stage.legends())["r"]
        assert legend.unit == "mm/h" and "Step" in legend.note and "Shanghai" in legend.note
        words = [text for _, text in legend.entries]
        assert words[0].startswith("≥ 100") and any(w.startswith("≥ 35") and "Blue" in w for w in words)
        shot.draw(now_ns=T0 + HOUR + MINUTE)
        assert "No step" in dict(shot.view.stage.legends())["r"].note


def test_sums_over_hours_and_over_the_span_that_is_looked_at():
    with scene([layer(shows="3 h", standard=NATIONAL)], {"r": series(30.0, 30.0, 45.0)}) as shot:
        shot.draw(now_ns=T0 + 3 * HOUR)
        legend = dict(shot.view.stage.legends())["r"]
        assert legend.unit == "mm" and "3 of 3 h" in legend.note and "national" in legend.note
        visual = shot.view.stage.visual("r")
        assert dict(visual.facts(2)) == {"Sum of 3 h": "105.0 mm"}
        red = classes_of(NATIONAL, 3).colors("light")[-1, :3]
        assert np.abs(hue(shot.color(*WEST)) - hue(red)).max() < 0.09
        shot.draw(now_ns=T0 + HOUR)                          # two of the three hours are not known: no sum
        assert dict(visual.facts(2)) == {"Sum of 3 h": "—"}
    with scene([layer()], {"r": series(30.0, 30.0, 45.0)}) as shot:
        shot.draw(now_ns=T0 + 2 * HOUR, since_ns=T0 + HOUR // 2)
        assert dict(shot.view.stage.visual("r").facts(2)) == {"Sum of 1.5 h": "45.0 mm"}
        assert not any("warning" in text for _, text in dict(shot.view.stage.legends())["r"].entries)


def test_the_difference_of_two_instants():
    with scene([layer()], {"r": series(12.0, 60.0)}) as shot:
        shot.draw(now_ns=T0 + HOUR, compare_ns=T0, differing=True)
        legend = dict(shot.view.stage.legends())["r"]
        assert (legend.low, legend.high) == (-50.0, 50.0) and "Difference" in legend.title
        color = shot.color(*WEST)
        assert color[0] > color[2] + 40                       # more now: the red end


def test_a_sheet_hangs_over_the_ground_and_is_clicked_through():
    with scene([Terrain(id="t", name="t"), layer(lies="as a sheet", sheet_m=200.0)],
               {"t": grid(flat_grid()), "r": series(60.0)}, above(800.0)) as shot:
        shot.draw(now_ns=T0)
        color = shot.color(-150, 150, 205.0)
        assert color[0] > 180 and color[2] < 140              # yellow
        hit = shot.view.pick(*_device(shot, -150, 150, 5.0))
        assert (hit.layer, hit.feature) == ("r", 2) and abs(hit.point[2] - 5.0) < 0.5


def _device(shot, x, y, z):
    u, v, _ = shot.view.ray(0, 0).project(np.array([[x, y, z]]))[0]
    return u, v


def test_near_by_it_gives_way():
    with scene([layer(from_m=3000.0)], {"r": series(60.0)}) as shot:
        shot.draw(now_ns=T0)
        assert np.ptp(hue(shot.color(*WEST))) < 0.2 and not shot.view.stage.legends()
        shot.view.set_camera(above(4000.0))
        shot.draw(now_ns=T0)
        assert np.ptp(hue(shot.color(*WEST))) > 0.4 and shot.view.stage.legends()


def test_what_is_no_rain_has_a_ramp():
    with scene([layer()], {"r": series(60.0, unit="dBZ")}) as shot:
        shot.draw(now_ns=T0, since_ns=T0 - HOUR)
        legend = dict(shot.view.stage.legends())["r"]
        assert legend.unit == "dBZ" and legend.ramp and not legend.entries and legend.high == 100.0


def test_each_standard_warns_for_its_own_hours():
    def limits(standard, hours):
        found = classes_of(standard, hours)
        return {name: edge for edge, name in zip(found.edges, found.warnings) if name}
    assert limits(SHANGHAI, 1) == limits(SHANGHAI, 0) == {"Blue": 35.0, "Yellow": 50.0, "Orange": 80.0, "Red": 100.0}
    assert limits(SHANGHAI, 6) == {"Blue": 50.0, "Yellow": 80.0, "Orange": 100.0, "Red": 150.0}
    assert limits(NATIONAL, 12) == {"Blue": 50.0} and limits(NATIONAL, 6) == {"Yellow": 50.0}
    assert limits(NATIONAL, 3) == {"Orange": 50.0, "Red": 100.0}
    assert limits(NATIONAL, 0) == limits(SHANGHAI, 3) == limits(SHANGHAI, 1.3) == limits(NONE, 1) == {}
    for standard, hours in ((SHANGHAI, 0), (NATIONAL, 3), (NONE, 24)):
        edges = classes_of(standard, hours).edges
        assert list(edges) == sorted(set(edges))
        colors = [tuple(c) for c in classes_of(standard, hours).colors("dark")]
        assert len(set(colors)) == len(colors)
    assert classes_of(SHANGHAI, 1).of(np.array([np.nan, 0.0, 35.0])).tolist()[:2] == [0, 0]
