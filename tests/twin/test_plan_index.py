"""Which building a sensor stands in: as by looking at every building."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.layers.boxes import boxes
from twin.plan_index import PlanIndex

PLACES = st.tuples(st.integers(-300, 300), st.integers(-300, 300))
HOUSES = st.tuples(PLACES, st.integers(1, 150), st.integers(1, 150))


def index_of(mesh) -> PlanIndex:
    return PlanIndex(mesh.points[:, :2], mesh.triangles, mesh.vertex_feature, mesh.count)


@settings(max_examples=60, deadline=None)
@given(st.lists(HOUSES, min_size=1, max_size=8), st.lists(PLACES, max_size=20))
def test_the_first_house_over_a_place_is_found(houses, places):
    mesh = boxes([[x, y, 0] for (x, y), _, _ in houses], [[a, b, 9] for _, a, b in houses])
    at = np.array(places, np.float64).reshape(-1, 2) + 0.25              # never on a wall
    found = [next((n for n, ((hx, hy), a, b) in enumerate(houses) if hx < x < hx + a and hy < y < hy + b), -1)
             for x, y in at.tolist()]
    assert index_of(mesh).at(at).tolist() == found


def test_a_court_is_not_inside_and_a_sensor_without_a_place_is_nowhere():
    """Four wings of one building about a court, as one feature."""
    mesh = boxes([[0, 0, 0], [0, 30, 0], [0, 10, 0], [30, 10, 0]], [[40, 10, 9], [40, 10, 9], [10, 20, 9], [10, 20, 9]])
    index = PlanIndex(mesh.points[:, :2], mesh.triangles, np.zeros(len(mesh.points), np.int32), 1)
    assert index.at(np.array([[20.0, 20.0], [5.0, 20.0], [np.nan, 0.0], [400.0, 20.0]])).tolist() == [-1, 0, -1, -1]
