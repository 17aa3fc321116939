"""Graduated and categorised colours: every number lies in the class that the legend says, own colours hold."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers.attributes import Steps, breaks, coloring, ranges
from layers.base import Moment
from layers.city import City
from layers.natural import natural_breaks
from layers.palette import palette
from tests.layers.boxes import boxes
from tests.layers.made_stage import picture
from twin.camera import Camera

NUMBERS = pa.table({"height": pa.array([3.0, 5.0, 8.0, 20.0, None, 100.0]),
                    "use": ["home", "office", "home", None, " ", "office"]})


def made(column="height", **steps):
    return coloring(NUMBERS, column, count=6, plain=(1, 2, 3), colormap="batlow", theme="light",
                    steps=Steps(**steps))


def test_equal_steps_and_what_the_legend_says():
    found = made(kind="equal", count=2)
    assert [words for _, words in found.legend.entries] == ["3 – 51.5", "51.5 – 100"] and not found.legend.ramp
    low, high = (color for color, _ in found.legend.entries)
    assert [tuple(c) for c in found.colors.tolist()] == [low, low, low, low, palette("light").missing, high]
    assert found.legend.missing[1].endswith("(1)")


def test_quantiles_have_equally_many():
    found = made(kind="quantile", count=5)
    assert len(found.legend.entries) == 5 and len({tuple(c) for c in found.colors.tolist()}) == 6


def test_natural_breaks_keep_together_what_lies_together():
    known = np.array([1.0, 1.1, 1.2, 7.0, 7.1, 30.0, 31.0, 31.5])
    assert breaks(known, Steps("natural", 3), None, None).tolist() == [1.0, 7.0, 30.0, 31.5]
    found = made(kind="natural", count=3)
    assert [words for _, words in found.legend.entries] == ["3 – 20", "20 – 100", "100 – 100"]


@given(st.lists(st.integers(0, 60), min_size=4, max_size=14), st.integers(2, 4))
def test_no_other_breaks_differ_less(values, count):
    known = np.sort(np.array(values, float))
    edges = natural_breaks(known, count)

    def off(starts) -> float:
        return sum(((part - part.mean()) ** 2).sum() for part in np.split(known, starts))

    groups = min(count, len(np.unique(known)))
    least = min(off(starts) for starts in itertools.combinations(range(1, len(known)), groups - 1))
    assert off(np.searchsorted(known, edges[1:-1])) == pytest.approx(least, abs=1e-6)


def test_a_million_numbers_have_their_breaks_between_the_heaps():
    rng = np.random.default_rng(1)
    heaps = np.concatenate([rng.normal(mean, 1.0, 200_000) for mean in (10, 40, 90)])
    assert natural_breaks(heaps, 3)[1:-1] == pytest.approx([35, 85], abs=1.5)        # their least members


def test_own_colours_hold_for_steps_and_for_classes():
    first = made(kind="equal", count=2, own=(("3 – 51.5", "#ff0000"),))
    assert first.legend.entries[0][0] == (255, 0, 0) == tuple(first.colors[0])
    second = made("use", own=(("home", "#00ff00"), ("gone", "#123456")))
    assert {w: c for c, w in second.legend.entries}["home"] == (0, 255, 0) == tuple(second.colors[2])


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=60), st.integers(2, 12),
       st.sampled_from(["equal", "quantile", "natural"]))
def test_classes_cover_all_numbers_without_overlap(values, count, kind):
    known = np.array(values)
    edges = breaks(known, Steps(kind, count), None, None)
    assert edges[0] <= known.min() and edges[-1] >= known.max() and (np.diff(edges) >= 0).all()
    assert 1 <= len(edges) - 1 <= count and len(ranges(edges)) == len(edges) - 1
    found = coloring(pa.table({"v": known}), "v", count=len(known), plain=(0, 0, 0), colormap="batlow", theme="light",
                     steps=Steps(kind, count))
    order = np.argsort(known, kind="stable")
    words = [next(w for c, w in found.legend.entries if c == tuple(found.colors[i].tolist())) for i in order]
    assert words == sorted(words, key=[w for _, w in found.legend.entries].index)


@pytest.mark.parametrize("edges, words", [([0, 0.5, 1], ["0 – 0.5", "0.5 – 1"]), ([1000, 2000], ["1,000 – 2,000"]),
                                          ([5, 5], ["5 – 5"]), ([0.001, 0.002], ["0.001 – 0.002"])])
def test_words_of_ranges(edges, words):
    assert ranges(np.array(edges, float)) == words


def test_a_step_is_seen_in_the_city():
    above = Camera(position=(0.0, 0.0, 400.0), focus=(0.0, 0.0, 0.0), up=(0.0, 1.0, 0.0))
    mesh = boxes([[-75, -15, 0], [45, -15, 0]], [[30, 30, 20]] * 2, height_m=[10.0, 20.0])
    layer = City(id="c", name="c", color_by="height_m", steps="equal", step_count=2, edges=False)
    for own, red in (((), False), ((("10 – 15", "#ff0000"),), True)):
        view, pixels = picture([replace(layer, own_colors=own)], {"c": mesh}, camera=above, moment=Moment())
        west = pixels[120, 105].astype(int)
        assert (west[0] > 150 and west[1] < 90) == red
        view.close()


def test_water_and_roads_of_a_city_model_have_the_scenes_colours():
    kinds = pa.table({"type": ["Building", "Road", "WaterBody", "WaterBody"]})
    found = coloring(kinds, "type", count=4, plain=(1, 2, 3), colormap="batlow", theme="light", steps=Steps())
    said = {words: color for color, words in found.legend.entries}
    assert found.colors[0].tolist() == list(palette("light").walls), "houses were as blue as the water"
    assert found.colors[1].tolist() == list(palette("light").roads) and said["WaterBody"] == palette("light").water
