"""Picks on meshes against the plain formula over every triangle."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from layers import pick
from layers.pick import MeshPicker, crossings
from tests.layers.boxes import block

MESH = block(8)


def picker(each: int) -> MeshPicker:
    """With a tree for so many triangles."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pick, "TREE_TRIANGLES", each)
        made = MeshPicker(MESH.points, MESH.triangles, MESH.vertex_feature)
        made.wait()
        return made


PICKERS = [picker(each) for each in (30_000, 100, 7)]


@settings(max_examples=80, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from(PICKERS))
def test_the_trees_find_what_looking_at_every_triangle_finds(seed, picker):
    random = np.random.default_rng(seed)
    start = random.uniform((-300, -300, 20), (300, 300, 620))
    aim = random.uniform((-120, -120, 0), (120, 120, 40))
    end = start + (aim - start) * 50
    drawn = random.random(MESH.count) < 0.6
    share = crossings(MESH.points[MESH.triangles].astype(float), start, end - start)
    share[~drawn[MESH.vertex_feature[MESH.triangles[:, 0]]]] = np.inf
    found = picker.pick(start, end, drawn)
    if not np.isfinite(share).any():
        assert found is None
        return
    first = int(np.argmin(share))
    assert found[1] == MESH.vertex_feature[MESH.triangles[first, 0]] and drawn[found[1]]
    assert abs(found[0] - share[first]) < 1e-9


def test_nothing_is_picked_before_the_tree_stands_or_where_there_is_none():
    empty = MeshPicker(np.zeros((0, 3), np.float32), np.zeros((0, 3), np.int32), np.zeros(0, np.int32))
    empty.wait()
    assert not empty.ready
    assert empty.pick(np.zeros(3), np.ones(3), np.ones(0, bool)) is None
