"""Four bytes hold seven digits: those are written, and no more."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from twin.digits import as_written


@given(st.lists(st.one_of(st.floats(width=32), st.decimals(-10 ** 6, 10 ** 6, places=2).map(float)), max_size=30))
def test_what_is_written_is_the_same_number(values):
    held = np.array(values, np.float32)
    assert np.array_equal(as_written(held).astype(np.float32), held, equal_nan=True)


def test_no_digits_that_nobody_measured():
    assert as_written(np.array([21.69, 0.1, 0.00012, -123456.7, 3e10], np.float32)).tolist() == [
        21.69, 0.1, 0.00012, -123456.7, 3e10]
