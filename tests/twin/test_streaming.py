"""Tiles are chosen by what is seen, asked for from the coarsest, and never leave a hole."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twin.data import Mesh
from twin.sight import Sight
from twin.streaming import MOST_DRAWN, Stream, bytes_of
from twin.tile_tree import Nodes, Opened, Read

SIDE_M, LEVELS = 6400.0, 5


def quadtree(replaces: bool, levels: int = LEVELS) -> Nodes:
    """All squares of all levels; `loads` names a square as (level, x, y)."""
    places = [(level, x, y) for level in range(levels) for y in range(2 ** level) for x in range(2 ** level)]
    places.sort(key=lambda p: (p[0], p[2] // 2, p[1] // 2))                  # the children of one lie side by side
    number = {p: i for i, p in enumerate(places)}
    side = np.array([SIDE_M / 2 ** level for level, _, _ in places])
    low = np.array([(x, y) for _, x, y in places]) * side[:, None]
    box = np.column_stack([low, np.zeros(len(low)), low + side[:, None], np.full(len(low), 20.0)])
    parent = [number[(level - 1, x // 2, y // 2)] if level else -1 for level, x, y in places]
    error = [side[i] / 10 if p[0] < levels - 1 else 0.0 for i, p in enumerate(places)]
    return Nodes(box=box, error_m=np.array(error), replaces=np.full(len(places), replaces),
                 parent=np.array(parent, np.int32), loads=tuple(places), opens=(None,) * len(places))


def sight(x: float, y: float, up_m: float) -> Sight:
    """Looking straight down; what lies within `up_m` of the eye is in sight."""
    planes = np.array([[1.0, 0, 0, up_m - x], [-1.0, 0, 0, up_m + x], [0, 1.0, 0, up_m - y], [0, -1.0, 0, up_m + y]])
    return Sight(np.array([x, y, up_m]), planes, 1000.0)


MESH = Mesh(points=np.zeros((300, 3), np.float32), triangles=np.zeros((100, 3), np.int32),
            vertex_feature=np.zeros(300, np.int32), count=1)


def times_covered(stream: Stream, nodes: Nodes, drawn, at: np.ndarray) -> np.ndarray:
    """(n,) how many drawn tiles lie over each place."""
    box = nodes.box[list(drawn)]
    return ((at[:, None, :] >= box[None, :, :2]) & (at[:, None, :] < box[None, :, 3:5])).all(axis=2).sum(axis=1)


paths = st.lists(st.tuples(st.floats(0, SIDE_M), st.floats(0, SIDE_M), st.floats(30, 8000), st.integers(0, 12)),
                 min_size=1, max_size=25)


@given(paths, st.randoms(use_true_random=False))
@settings(max_examples=60)
def test_a_flight_has_no_hole_and_nothing_twice(path, random):
    """Once the root is there, every place in sight lies under exactly one tile, in whatever order tiles come."""
    nodes = quadtree(True)
    stream = Stream(nodes, most_bytes=40 * bytes_of(MESH))
    stream.take(Read(0, MESH))
    waiting: list[int] = []
    for x, y, up_m, come in path:
        random.shuffle(waiting)
        for _ in range(min(come, len(waiting))):
            stream.take(Read(waiting.pop(), MESH))
        camera = sight(x, y, up_m)
        choice = stream.choose(camera, 16.0)
        reach = np.linspace(-0.99, 0.99, 7) * up_m
        places = np.array([(x + a, y + b) for a in reach for b in reach])
        inside = ((places >= 0) & (places < SIDE_M)).all(axis=1)
        assert (times_covered(stream, nodes, choice.drawn, places[inside]) == 1).all()
        stream.asked.update((w.node, False) for w in choice.wanted)
        waiting += [w.node for w in choice.wanted]


@given(paths)
@settings(max_examples=40)
def test_memory_and_tiles_are_bounded(path):
    nodes, limit = quadtree(True), 30 * bytes_of(MESH)
    stream = Stream(nodes, most_bytes=limit)
    for x, y, up_m, _ in path:
        for _ in range(8):
            choice = stream.choose(sight(x, y, up_m), 1.0)
            for want in choice.wanted:
                stream.take(Read(want.node, MESH))
        choice = stream.choose(sight(x, y, up_m), 1.0)
        assert stream.held_bytes <= limit and len(choice.drawn) <= MOST_DRAWN
        assert not choice.wanted, "what was forgotten is wanted again: it would never end"


def test_coarse_and_near_comes_first_and_only_below_what_is_there():
    stream = Stream(quadtree(True), most_bytes=1 << 30)
    camera = sight(1000.0, 1000.0, 900.0)
    depths = []
    while wanted := stream.choose(camera, 16.0).wanted:
        level = [stream._loads[w.node][0] for w in wanted]
        assert level == sorted(level)
        depths.append(level[0])
        away = [np.hypot(*(stream._box[w.node][[0, 1]] + stream._box[w.node][[3, 4]]) / 2 - 1000.0) for w in wanted]
        assert away[0] <= max(away)
        for want in wanted:
            stream.take(Read(want.node, MESH))
    assert depths == list(range(len(depths))) and len(depths) >= 3


def test_tiles_that_are_added_to_stay():
    nodes = quadtree(False, 3)
    stream = Stream(nodes, most_bytes=1 << 30)
    camera = sight(3200.0, 3200.0, 3300.0)
    while wanted := stream.choose(camera, 1.0).wanted:
        for want in wanted:
            stream.take(Read(want.node, MESH))
    assert sorted(stream.choose(camera, 1.0).drawn) == list(range(21))


def test_a_broken_tile_leaves_its_parent():
    nodes = quadtree(True, 2)
    stream = Stream(nodes, most_bytes=1 << 30)
    stream.take(Read(0, MESH))
    camera = sight(3200.0, 3200.0, 3300.0)
    for want in stream.choose(camera, 1.0).wanted[:3]:
        stream.take(Read(want.node, MESH))
    last, = stream.choose(camera, 1.0).wanted
    stream.take(Read(last.node, error="cut short"))
    choice = stream.choose(camera, 1.0)
    assert choice.drawn == (0,) and not choice.wanted


def test_what_must_be_opened_is_no_hole_meanwhile():
    """A tile whose children lie in another file: its parent stays until they are known and there."""
    inner = quadtree(True, 1)
    outer = Nodes(box=np.tile(inner.box, (2, 1)), error_m=np.array([900.0, 900.0]), replaces=np.array([True, True]),
                  parent=np.array([-1, 0], np.int32), loads=((0, 0, 0), None), opens=(None, "child.json"))
    stream = Stream(outer, most_bytes=1 << 30)
    stream.take(Read(0, MESH))
    camera = sight(3200.0, 3200.0, 3300.0)
    choice = stream.choose(camera, 1.0)
    assert choice.drawn == (0,) and [(w.node, w.opening) for w in choice.wanted] == [(1, True)]
    stream.take(Opened(1, inner))
    choice = stream.choose(camera, 1.0)
    assert choice.drawn == (0,) and [w.node for w in choice.wanted] == [2]
    stream.take(Read(2, MESH))
    assert stream.choose(camera, 1.0).drawn == (2,)


@pytest.mark.parametrize("up_m, finest", [(8000.0, 1), (100.0, 4)])
def test_far_is_coarse_and_near_is_fine(up_m, finest):
    stream = Stream(quadtree(True), most_bytes=1 << 30)
    camera = sight(3000.0, 3000.0, up_m)
    while wanted := stream.choose(camera, 50.0).wanted:
        for want in wanted:
            stream.take(Read(want.node, MESH))
    assert max(stream._loads[n][0] for n in stream.choose(camera, 50.0).drawn) == finest
