"""Reach on foot against networkx-free brute force, and what a person would say by hand."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from twin.reach import coverage, reach, streets_of


def test_a_river_without_a_bridge_counts():
    """200 m as the crow flies, 1,200 m by the only bridge."""
    north = np.array([(0, 100), (500, 100)])
    south = np.array([(0, -100), (500, -100)])
    bridge = np.array([(500, 100), (500, -100)])
    streets = streets_of([north, south, bridge])
    found = reach(streets, np.array([(0.0, 100.0)]), np.array([(0.0, -100.0), (500.0, 0.0), (0.0, 105.0)]))
    assert found.walk_m == pytest.approx([1200.0, 600.0, 5.0], abs=0.1)
    assert found.minutes()[0] == pytest.approx(1200 / 1.2 / 60) and (found.facility == 0).all()


def test_what_lies_off_the_streets_is_out_of_reach():
    streets = streets_of([np.array([(0, 0), (100, 0)]), np.array([(0, 5000), (100, 5000)])])
    found = reach(streets, np.array([(0.0, 0.0)]), np.array([(50.0, 400.0), (50.0, 5000.0), (50.0, 10.0)]))
    assert np.isinf(found.walk_m[:2]).all() and found.facility.tolist() == [-1, -1, 0]
    assert found.walk_m[2] == pytest.approx(60.0, abs=0.5)
    assert np.isinf(reach(streets, np.zeros((0, 2)), np.zeros((3, 2))).walk_m).all()
    assert np.isinf(reach(streets_of([]), np.zeros((1, 2)), np.zeros((1, 2))).walk_m).all()


def test_the_nearest_of_several_and_a_limit():
    streets = streets_of([np.array([(0, 0), (2000, 0)])])
    found = reach(streets, np.array([(0.0, 0.0), (2000.0, 0.0)]), np.array([(400.0, 0.0), (1700.0, 0.0)]), 1080.0)
    assert found.facility.tolist() == [0, 1] and found.walk_m == pytest.approx([400.0, 300.0], abs=0.1)


def test_coverage_is_of_people_and_not_of_houses():
    walk = np.array([100.0, 900.0, 2000.0, np.inf])
    assert coverage(walk, np.array([10, 20, 60, 10]), 1080.0) == pytest.approx(0.3)
    assert coverage(walk, np.zeros(4), 1080.0) is None


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5), st.integers(0, 5), st.integers(0, 5)), min_size=1,
                max_size=12), st.integers(0, 5), st.integers(0, 5))
def test_it_is_the_shortest_way(lines, fx, fy):
    """Against relaxation until nothing changes, over the same nodes."""
    drawn = [shapely.linestrings([(a * 100.0, b * 100.0), (c * 100.0, d * 100.0)])
             for a, b, c, d in lines if (a, b) != (c, d)]
    if not drawn:
        return
    parts = [shapely.get_coordinates(part) for part in shapely.get_parts(shapely.node(shapely.multilinestrings(drawn)))]
    streets = streets_of(parts, step_m=50.0)
    if not len(streets.nodes):
        return
    place = np.array([(fx * 100.0, fy * 100.0)])
    found = reach(streets, place, streets.nodes, access_m=1e9)
    best = _relaxed(streets, place[0])
    assert np.allclose(found.walk_m, best, atol=1e-3)
    assert (found.facility[np.isfinite(best)] == 0).all()


def _relaxed(streets, place):
    """From the point of the streets nearest to the place, of several nearest the one that `reach` took."""
    from twin.reach import _joined
    start = _joined(streets, place[None])
    a, b = streets.nodes[streets.edges].transpose(1, 0, 2)
    share = np.clip(((place - a) * (b - a)).sum(axis=1) / streets.lengths_m**2, 0, 1)
    away = np.hypot(*(place - a - (b - a) * share[:, None]).T)
    assert start.away_m[0] == pytest.approx(away.min(), abs=1e-6), "the nearest piece"
    best = np.full(len(streets.nodes), np.inf)
    best[streets.edges[start.edge[0]]] = start.along_m[0] + start.away_m[0]
    for _ in range(len(best)):
        through = best[streets.edges] + streets.lengths_m[:, None]
        np.minimum.at(best, streets.edges[:, 1], through[:, 0])
        np.minimum.at(best, streets.edges[:, 0], through[:, 1])
    return best
