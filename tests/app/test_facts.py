"""Values as people read and copy them."""

from __future__ import annotations

import pytest

from app.panels.facts import MISSING, words_of
from twin.text import set_language


@pytest.mark.parametrize(("value", "words"), [
    (-0.0, "0"), (0.1 + 0.2, "0.3"), (-2.5, "-2.5"), (float("nan"), MISSING), (None, MISSING), (True, "yes"),
    ([1.0, -0.0], "1, 0")])
def test_a_value_is_written_exactly_and_zero_has_no_sign(value, words):
    set_language("en")
    assert words_of(value) == words
