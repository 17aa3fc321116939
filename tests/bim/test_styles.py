"""Elements of several styles: told apart by their points, with nothing lost."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from bim.instances import Collected
from bim.surfaces import styled
from twin.data import Mesh
from twin.growing import Growing

FRAME, GLASS, LEAF = (60, 60, 60, 255), (150, 190, 210, 90), (90, 60, 30, 255)


@st.composite
def surfaces(draw):
    """Points, triangles over them, and a style per triangle."""
    points = np.array(draw(st.lists(st.tuples(*[st.floats(-50, 50)] * 3), min_size=3, max_size=12)))
    corner = st.integers(0, len(points) - 1)
    triangles = np.array(draw(st.lists(st.tuples(corner, corner, corner), min_size=1, max_size=20)), np.int32)
    styles = np.array([draw(st.sampled_from([FRAME, GLASS, LEAF])) for _ in triangles], np.uint8)
    return points, triangles, styles


@given(surfaces())
def test_every_triangle_keeps_its_corners_and_has_its_style(made):
    points, triangles, styles = made
    edges = triangles[:, :2]
    new_points, new_triangles, new_edges, color, tint = styled(points, triangles, edges, styles)
    assert np.array_equal(new_points[new_triangles], points[triangles])
    assert np.array_equal(new_points[new_edges], points[edges])
    tint = np.zeros((len(points), 4), np.uint8) if tint is None else tint
    shown = np.where(tint[:, 3:] > 0, tint, np.array(color, np.uint8))[new_triangles]
    assert np.array_equal(shown, np.repeat(styles[:, None], 3, axis=1))


def window(at: float) -> Collected:
    points = np.array([[0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0]], float) + at
    out = Collected()
    made = out.add_geometry(points, np.int32([[0, 1, 2], [0, 2, 3]]), np.uint8([FRAME, GLASS]), np.int32([0, 1]))
    for number in (7, 8):
        out.add_element(number, made, np.eye(3, 4))
    return out


def test_tints_count_on_over_batches_and_know_their_element():
    first, second = window(0.0).instances(), window(5.0).instances()
    growing = Growing()
    growing.add(Mesh(**first.placed(0, np.zeros(3))))
    whole = growing.add(Mesh(**second.placed(2, np.zeros(3))))
    assert whole.tint_feature.tolist() == [0, 1, 2, 3]
    tinted = whole.vertex_tint >= 0
    assert np.array_equal(whole.tint_feature[whole.vertex_tint[tinted]], whole.vertex_feature[tinted])
    assert tinted.sum() == 4 * 3 and len({tuple(c) for c in whole.tint_colors.tolist()}) == 1


def test_one_style_needs_no_tints():
    points = np.eye(3)
    made = Collected()
    shape = made.add_geometry(points, np.int32([[0, 1, 2]]), np.uint8([FRAME]))
    made.add_element(1, shape, np.eye(3, 4))
    assert "vertex_tint" not in made.instances().placed(0, np.zeros(3))
