"""Lines and fills are draped beside the frames: what is drawn meanwhile, and that nothing old is taken for new."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from layers.draping import Draping
from tests.layers.test_beside import wait
from twin.data import HeightGrid, Vectors
from twin.ground import Ground, Surface

WINDOW = SimpleNamespace(at_once=False)


def ground(height_m: float) -> Ground:
    heights = np.full((200, 200), height_m, np.float32)
    return Ground((Surface(HeightGrid(heights=heights, x0=-1000, y0=-1000, dx=10, dy=10)),))


def lines(count: int) -> Vectors:
    """`count` lines of 100 m each."""
    y = np.repeat(np.linspace(-900.0, 900.0, count), 2)
    x = np.tile([0.0, 100.0], count)
    points = np.column_stack([x, y, np.zeros(2 * count)]).astype(np.float32)
    return Vectors(line_points=points, line_offsets=np.arange(count + 1) * 2, line_feature=np.arange(count),
                   anchor=points[::2], count=count)


MANY, FEW = lines(4000), lines(3)


def heights(draping: Draping) -> set[float]:
    return set(np.unique(draping.shape.line_points[:, 2]).round(2).tolist())


def test_few_are_draped_at_once_and_many_beside_the_frames():
    few, many = Draping(WINDOW), Draping(WINDOW)
    few.ask(FEW, ground(4.0), 0.5)
    assert few.take() and heights(few) == {4.5}
    many.ask(MANY, ground(4.0), 0.0)
    assert many.shape is None and many.bounds() == (0.0, -900.0, 0.0, 100.0, 900.0, 4.0), "where it will be is known"
    wait(lambda: many.news)
    assert many.take() and heights(many) == {4.0} and not many.take()
    assert many.bounds()[2::3] == pytest.approx((4.0, 4.0))


def test_on_another_ground_the_former_drape_stays_until_the_new_one_is_there():
    draping, low = Draping(WINDOW), ground(0.0)
    draping.ask(MANY, low, 0.0)
    wait(lambda: draping.news)
    draping.take()
    draping.ask(MANY, low, 0.0)
    assert not draping._beside.busy, "the same again is nothing to do"
    draping.ask(MANY, ground(7.0), 0.0)
    assert heights(draping) == {0.0}
    wait(lambda: draping.news)
    assert draping.take() and heights(draping) == {7.0}


def test_other_data_let_the_former_drape_go_and_what_was_overtaken_never_comes():
    draping = Draping(WINDOW)
    draping.ask(MANY, ground(0.0), 0.0)
    wait(lambda: draping.news)
    draping.take()
    other = lines(4000)
    draping.ask(other, ground(1.0), 0.0)
    assert draping.shape is None, "colours and counts are those of the other data by now"
    draping.ask(other, ground(2.0), 0.0)
    wait(lambda: draping.news)
    assert draping.take() and heights(draping) == {2.0}
    draping.clear()
    assert draping.shape is None and draping.bounds() is None and not draping.news
