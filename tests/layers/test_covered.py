"""What stands in front of a room takes its name from the picture; what can be seen of it gets the name."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from layers.covered import WIDER_M, Blocks

ROOM_M = np.array((6.0, 5.0, 3.0))
TURNED = np.array([[0.0, -1.0, 0.0, 100.0], [1.0, 0.0, 0.0, -40.0], [0.0, 0.0, 1.0, 7.0], [0.0, 0.0, 0.0, 1.0]])

def house(solid=True, matrix=TURNED) -> Blocks:
    """Two storeys of 3 x 2 rooms; room = 6 * storey + 3 * row + column."""
    low = np.array([(column, row, storey) for storey in (0, 1) for row in (0, 1) for column in (0, 1, 2)]) * ROOM_M
    return Blocks(low, low + ROOM_M, np.full(12, solid), matrix)

def scene(place) -> np.ndarray:
    return (TURNED @ np.append(place, 1.0))[:3]

def test_from_above_the_upper_rooms_are_named_on_their_tops_and_the_lower_ones_on_their_fronts():
    blocks = house()
    seen, places = blocks.seen(scene((9.0, -40.0, 30.0)), np.arange(12))
    assert seen.tolist() == [0, 1, 2, 6, 7, 8, 9, 10, 11]          # the lower row behind is seen nowhere
    local = np.column_stack([places, np.ones(len(places))]) @ np.linalg.inv(TURNED).T
    assert np.allclose(local[:3, 1], 0.0) and np.allclose(local[:3, 2], 1.5)
    assert np.allclose(local[3:, 2], 6.0)

def test_rooms_that_are_seen_through_cover_nothing():
    assert house(solid=False).seen(scene((9.0, -40.0, 30.0)), np.arange(12))[0].tolist() == list(range(12))

def test_the_order_of_what_is_asked_stays():
    assert house().seen(scene((9.0, 5.0, 90.0)), np.array([11, 6, 8]))[0].tolist() == [11, 6, 8]

@given(st.tuples(st.floats(-60, 60), st.floats(-60, 60), st.floats(7, 60)))
def test_what_covers_is_what_small_steps_along_the_line_of_sight_meet(eye):
    blocks, eye = house(matrix=np.eye(4)), np.array(eye)
    tops = blocks.places
    covered = blocks._covered(eye, tops, np.arange(12))
    steps = eye + np.linspace(0, 1, 4001)[:, None, None] * (tops - eye)                  # (steps, rooms, 3)

    def met(room, larger_m) -> bool:
        way = steps[:, room]
        return any(((way > blocks.low[other] - larger_m) & (way < blocks.high[other] + larger_m)).all(axis=1).any()
                   for other in range(12) if other != room)

    for room in range(12):
        assert covered[room] or not met(room, WIDER_M - 0.05)
        assert not covered[room] or met(room, WIDER_M + 0.05)
