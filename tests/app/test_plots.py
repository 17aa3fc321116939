"""What a chart draws: levels of detail, differences, axes and dots, without a project."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.charted import difference
from app.panels.plot import TimePlot
from app.panels.thinning import Thinned
from app.panels.time_shift import read_shift, shift_words
from twin.text import set_language
from twin.times import DAY, HOUR, MINUTE, SECOND


@given(st.lists(st.tuples(st.integers(0, 200), st.floats(-9, 9, width=32)), max_size=40, unique_by=lambda r: r[0]),
       st.integers(1, 50), st.integers(0, 30))
def test_a_difference_is_that_to_what_was_held(rows, shift, stale):
    rows = sorted(rows)
    instants, values = np.array([t for t, _ in rows], np.int64), np.array([v for _, v in rows], np.float32)
    got = difference(instants, values, shift, stale)
    for (t, v), delta in zip(rows, got):
        held = [(u, w) for u, w in rows if u <= t - shift and t - shift - u <= stale]
        near = pytest.approx(v - held[-1][1], abs=3e-6) if held else None          # to the last digit of four bytes
        assert np.isnan(delta) if near is None else delta == near


def test_a_comparison_is_typed_and_read_back_in_both_languages():
    try:
        for language in ("en", "zh"):
            set_language(language)
            assert [read_shift(shift_words(s)) for s in (0, HOUR, 7 * DAY)] == [0, HOUR, 7 * DAY]
    finally:
        set_language("en")
    assert read_shift("2d") == 2 * DAY


@given(st.integers(20_000, 60_000), st.integers(0, 2**32 - 1), st.integers(60, 400), st.floats(0, 0.15),
       st.floats(0.85, 1))
def test_levels_of_detail_keep_extremes_and_gaps(count, seed, pixels, left, right):
    chance = np.random.default_rng(seed)
    values = chance.normal(size=count).astype(np.float32)
    instants = np.arange(count, dtype=np.int64) * MINUTE
    instants[count // 2:] += 2 * count * MINUTE                          # a gap as long as everything
    view = (int(instants[-1] * left), int(instants[-1] * right))
    at, drawn = Thinned.of(instants, values, MINUTE).drawable(view, pixels)
    inside = values[(instants >= view[0]) & (instants <= view[1])]
    assert np.nanmax(drawn) >= inside.max() and np.nanmin(drawn) <= inside.min()
    assert np.isnan(drawn).sum() == 1 and (np.diff(at) >= 0).all() and len(drawn) <= 2 * (pixels + 4)


def test_a_difference_has_the_digits_of_what_it_is_made_of():
    found = difference(np.array([0, DAY]), np.array([22.13, 21.69], np.float32), DAY, HOUR)
    assert np.isnan(found[0]) and found[1] == np.float32(-0.44)


def test_the_axis_says_the_values_also_when_it_was_dressed_while_it_was_empty(qtbot):
    from app.panels.plot import TimePlot
    plot = TimePlot()
    qtbot.addWidget(plot)
    for _ in range(2):                                        # the second time its label stands, and it spans 0 to 1
        plot.setYRange(0.0, 0.5)
        plot.retheme("light", "ppm")
    plot.setYRange(0.0, 2000.0)
    axis = plot.getAxis("left")
    assert axis.tickStrings([1000.0], axis.autoSIPrefixScale * axis.scale, 500.0) == ["1000"], "not 1e+06 ppm"


def test_a_reading_between_gaps_is_a_dot_as_no_line_leads_to_it(qtbot):
    plot = TimePlot()
    qtbot.addWidget(plot)
    instants = np.array([0, 60, 120, 3600, 7200, 7260], np.int64) * SECOND
    values = np.array([1.0, 2.0, 3.0, 9.0, 4.0, 5.0], np.float32)
    plot.show_series([Thinned.of(instants, values, MINUTE), Thinned.of(instants[:1], values[:1], MINUTE)],
                     ["#ff0000", "#00ff00"], "UTC")
    x, y = plot.lonely.getData()
    assert list(zip(x.tolist(), y.tolist())) == [(3600.0, 9.0), (0.0, 1.0)]
