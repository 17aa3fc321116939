"""Many calls at once: every result with its number, and one that fails or dies takes no other along."""

from __future__ import annotations

import os

import pytest

from twin.crew import LocalCrew
from twin.readers import Cancelled
from twin.trouble import Trouble


def squared(number: int, progress) -> int:
    if number == 3:
        raise Trouble("three is not squared")
    if number == 5:
        os._exit(1)
    return number * number


@pytest.fixture
def crew():
    crew = LocalCrew(2)
    yield crew
    crew.close()


def test_all_results_come_and_failures_are_answers(crew):
    found = dict(crew.run(squared, [(n,) for n in range(8)]))
    assert {n: v for n, v in found.items() if n not in (3, 5)} == {n: n * n for n in (0, 1, 2, 4, 6, 7)}
    assert "three" in str(found[3]) and isinstance(found[5], Trouble)


def test_whoever_waits_can_stop_it(crew):
    def enough():
        raise Cancelled

    with pytest.raises(Cancelled):
        list(crew.run(squared, [(n,) for n in range(8)], enough))
