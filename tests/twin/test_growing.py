"""A mesh that grows by parts is the same as one that came whole, and what came before is never written again."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from twin.data import Mesh
from twin.growing import Growing


def part(features: int, first: int, seed: int, tinted: bool) -> Mesh:
    random = np.random.default_rng(seed)
    n = 4 * features
    whole = lambda low, high, *shape: random.integers(low, high, shape).astype(np.int32)  # noqa: E731
    return Mesh(points=random.random((n, 3)).astype(np.float32), triangles=whole(0, n, 3, 3), edges=whole(0, n, 5, 2),
                vertex_feature=np.repeat(first + np.arange(features, dtype=np.int32), 4), count=first + features,
                vertex_tint=whole(-1, 2, n) if tinted else None, tint_feature=np.full(2 * tinted, first, np.int32),
                tint_colors=np.full((2 * tinted, 4), seed % 256, np.uint8))


@given(st.lists(st.tuples(st.integers(1, 9), st.booleans()), min_size=1, max_size=7), st.floats(0.01, 1.0))
@settings(deadline=None, max_examples=40)
def test_parts_are_joined_in_their_order(sizes, share):
    growing, parts, shown = Growing(), [], []
    for seed, (features, tinted) in enumerate(sizes):
        parts.append(part(features, sum(n for n, _ in sizes[:seed]), seed, tinted))
        shown.append(growing.add(parts[-1], share))
    last = shown[-1]
    assert np.array_equal(last.points, np.concatenate([p.points for p in parts]))
    assert np.array_equal(last.vertex_feature, np.repeat(np.arange(last.count), 4))
    at, tints = 0, 0
    for n, p in enumerate(parts):
        mine = slice(at, at + len(p.points))
        assert np.array_equal(last.points[last.triangles[3 * n:3 * n + 3]], p.points[p.triangles])
        assert np.array_equal(last.points[last.edges[5 * n:5 * n + 5]], p.points[p.edges])
        own = np.full(len(p.points), -1) if p.vertex_tint is None else p.vertex_tint
        assert np.array_equal(last.vertex_tint[mine], np.where(own < 0, -1, own + tints))
        at, tints = mine.stop, tints + len(p.tint_feature)
    assert np.array_equal(last.tint_colors, np.concatenate([p.tint_colors for p in parts]))
    for n, mesh in enumerate(shown):                      # what was given is as it was, and all know one another
        assert np.array_equal(mesh.points, last.points[:len(mesh.points)]) and mesh.grows is growing
        assert mesh.count == sum(f for f, _ in sizes[:n + 1])


def test_only_the_new_is_written_where_the_share_is_known():
    growing = Growing()
    shown = [growing.add(part(10, 10 * n, n, False), (n + 1) / 20) for n in range(20)]
    assert all(np.shares_memory(shown[0].points, mesh.points) for mesh in shown)


def test_lines_are_left_out_once_a_part_has_none():
    growing = Growing()
    growing.add(part(2, 0, 0, False))
    bare = part(2, 2, 1, False)
    bare = Mesh(points=bare.points, triangles=bare.triangles, vertex_feature=bare.vertex_feature)
    assert growing.add(bare).edges is None and growing.add(part(2, 4, 2, False)).edges is None
