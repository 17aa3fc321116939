"""Pieces of time: what is near belongs together, what is years away does not."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from twin.spans import around, pieces, whole
from twin.times import DAY, HOUR, parse

SUMMER = parse("2026-07-15T00:00:00+08:00")
DAY_2026 = (SUMMER, SUMMER + DAY)
YEAR_2019 = (parse("2019-01-01T00:00:00+08:00"), parse("2019-12-31T00:00:00+08:00"))
SPANS = st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 10**5)).map(
    lambda s: (s[0] * HOUR, (s[0] + s[1]) * HOUR)), max_size=8)


def test_a_year_long_ago_is_a_piece_of_its_own_and_the_next_days_are_not():
    next_days = (SUMMER + 3 * DAY, SUMMER + 4 * DAY)
    assert pieces([DAY_2026, YEAR_2019, next_days]) == [YEAR_2019, (SUMMER, SUMMER + 4 * DAY)]


def test_now_chooses_the_piece_and_the_nearest_where_it_lies_in_none():
    spans = [DAY_2026, YEAR_2019]
    assert around(spans, SUMMER + HOUR) == DAY_2026
    assert around(spans, parse("2023-06-01T00:00:00Z")) == DAY_2026
    assert around(spans, parse("2020-06-01T00:00:00Z")) == YEAR_2019
    assert around([], SUMMER) == (0, 0) == whole([])


@given(SPANS, st.randoms())
def test_pieces_hold_every_span_do_not_touch_and_know_no_order(spans, random):
    found = pieces(spans)
    assert all(any(a <= start and end <= b for a, b in found) for start, end in spans)
    assert all(a[1] < b[0] for a, b in pairwise(found))
    assert whole(found) == whole(spans)
    shuffled = list(spans)
    random.shuffle(shuffled)
    assert pieces(shuffled) == found
