"""Arrays of a mesh that came in parts are those of the whole."""

from __future__ import annotations

import numpy as np

from bim.instances import Collected, joined
from bim.placed import together

POINTS, TRIANGLES = np.eye(3), np.array([[0, 1, 2]], np.int32)
TWO = np.array([[0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0]], float), np.array([[0, 1, 2], [0, 2, 3]], np.int32)
GREY, KINDS = np.array([[190, 190, 190, 255]], np.uint8), np.array([[9, 9, 9, 255], [80, 90, 99, 60]], np.uint8)


def instances(first: int, tinted: bool):
    some = Collected()
    one = some.add_geometry(*TWO, KINDS, np.array([0, 1])) if tinted else some.add_geometry(*TWO, GREY)
    other = some.add_geometry(POINTS, TRIANGLES, GREY)
    for number, geometry in enumerate((one, other, one)):
        matrix = np.eye(4)[:3]
        matrix[:, 3] = number, first, 0
        some.add_element(first + number, geometry, matrix)
    return some.instances()


def test_parts_together_are_the_whole():
    offset = np.array([100.0, 0.0, 7.0])
    for tints in ((False, False, False), (True, False, True), (False, True, False)):
        shapes = [instances(10 * at, tinted) for at, tinted in enumerate(tints)]
        parts = [one.placed(3 * at, offset) for at, one in enumerate(shapes)]
        whole, found = joined(shapes).placed(0, offset), together(parts)
        assert found.keys() == whole.keys() and ("vertex_tint" in found) == any(tints)
        for name, expected in whole.items():
            assert found[name].dtype == expected.dtype and np.array_equal(found[name], expected), name
