"""Walls under a roof: cut here as the kernels cut them, and left to them where they are not plain."""

from __future__ import annotations

import ifcopenshell
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bim import plan
from bim.instances import Collected
from bim.kernels import HYBRID, MANIFOLD, Kernels
from bim.openings import openings
from bim.surfaces import creases
from bim.trimming import Trim, trimmed, trims_of

CORNERS = np.array([[x, y, z] for z in (0, 1) for y in (0, 1) for x in (0, 1)], float)
BOX = np.int32([[0, 2, 3], [0, 3, 1], [4, 5, 7], [4, 7, 6], [0, 1, 5], [0, 5, 4], [2, 6, 7], [2, 7, 3], [0, 4, 6],
                [0, 6, 2], [1, 3, 7], [1, 7, 5]])


def volume(points: np.ndarray, triangles: np.ndarray) -> float:
    corners = points[triangles]
    return float(np.einsum("ij,ij->", corners[:, 0], np.cross(corners[:, 1], corners[:, 2])) / 6)


def plane(normal, offset: float, fence=None) -> Trim:
    normal = np.array(normal, float)
    return Trim(normal / np.linalg.norm(normal), offset, np.eye(4), fence)


@given(st.tuples(*[st.floats(-1, 1)] * 3).filter(lambda n: np.linalg.norm(n) > 0.1), st.floats(0.05, 0.95))
def test_both_parts_of_a_box_are_closed_and_make_it_whole(normal, share):
    heights = CORNERS @ plane(normal, 0.0).normal
    at = heights.min() + share * np.ptp(heights)
    parts = [trimmed(CORNERS, BOX, [plane(n, a)]) for n, a in ((normal, at), (-np.array(normal), -at))]
    if np.abs(heights - at).min() < 1e-4:
        return                                           # through a corner: either way will do
    assert all(part is not None and creases(*part)[1] == 0 for part in parts)
    assert sum(volume(*part) for part in parts) == pytest.approx(volume(CORNERS, BOX), rel=1e-9)
    assert all(volume(*part) > 0 for part in parts)


def test_what_is_not_plain_is_left_to_the_kernels():
    missed, flat, gone = ([plane((0, 0, 1), at)] for at in (-1.0, 0.0, 2.0))
    assert trimmed(CORNERS, BOX, missed)[1] is BOX and trimmed(CORNERS, BOX, flat)[1] is BOX
    assert trimmed(CORNERS, BOX, gone) is None
    assert trimmed(CORNERS, BOX, [plane((0, 0, -1), 0.0)]) is None                      # only a face would be left
    small, wide = np.array([[0, 0], [0.5, 0], [0.5, 0.5], [0, 0.5]]), np.array([[-1, -1], [2, -1], [2, 2], [-1, 2]])
    assert trimmed(CORNERS, BOX, [plane((0, 0, -1), -0.4, small)]) is None
    points, triangles = trimmed(CORNERS, BOX, [plane((0, 0, -1), -0.4, wide.astype(float))])
    assert volume(points, triangles) == pytest.approx(0.4)


@given(st.tuples(*[st.floats(0.05, 0.95)] * 2).filter(lambda ends: abs(ends[0] - ends[1]) > 0.01), st.floats(0.1, 0.9))
def test_a_fence_that_ends_within_the_body_leaves_a_slot_or_a_step(ends, depth):
    """A fence over a part of the top: closed again, with the lines of a slot and none along where it was divided."""
    low, high = sorted(ends)
    for left, more in ((low, 4 * depth + 4), (-1.0, 2.0)):                # metres of edges more than the box has
        fence = np.array([[left, -1], [high, -1], [high, 2], [left, 2]])
        points, triangles = trimmed(CORNERS, BOX, [plane((0, 0, -1), depth - 1, fence)])
        edges, rims = creases(points, triangles)
        assert not rims and volume(points, triangles) == pytest.approx(1 - (high - max(left, 0)) * depth)
        along = np.linalg.norm(points[edges[:, 0]] - points[edges[:, 1]], axis=1).sum()
        assert along == pytest.approx(12 + more, abs=1e-3)   # lines at triangles as thin as hairs are left out


def seen(instances) -> dict[int, tuple]:
    """Bounds, area, volume and colour of each element."""
    mesh, found = instances.placed(0, np.zeros(3)), {}
    for at, number in enumerate(instances.number.tolist()):
        some = mesh["triangles"][mesh["vertex_feature"][mesh["triangles"][:, 0]] == at]
        corners = mesh["points"][some].astype(np.float64)
        low, high = corners.min(axis=(0, 1)), corners.max(axis=(0, 1))
        area = np.linalg.norm(np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]), axis=1).sum() / 2
        found[number] = [*low, *high, area, volume(mesh["points"].astype(np.float64) - low, some),
                         *instances.colors[at]]
    return found


@pytest.mark.realdata
@pytest.mark.parametrize("name, least", [("schependomlaan/XELLA-1e_verdieping.ifc", 9), ("Ifc4_SampleHouse.ifc", 3),
                                         ("Duplex_A_georeferenced.ifc", 4)])
def test_trimmed_walls_are_those_of_the_kernels(shared, name, least):
    path = next((shared / "ifc").rglob(name.split("/")[-1]))
    model = ifcopenshell.open(str(path))
    kernels, here, there = Kernels(model), Collected(), Collected()
    numbers = [p.id() for step in plan.Steps(model) for p in step
               if not openings(p) and trims_of(p, kernels.unit_m)]
    made = list(kernels.shared(tuple(numbers), lambda: here))
    for number in made:
        assert kernels.single(number, (HYBRID,), there, lambda number, library: None)
    one, other = seen(here.instances()), seen(there.instances())
    assert len(made) >= least and all(np.allclose(one[n], other[n], rtol=1e-3, atol=1e-4) for n in made)


@pytest.mark.realdata
@pytest.mark.parametrize("name, numbers", [("BIMcollab_Example_STR.ifc", (77, 104, 182)),
                                           ("AC20-FZK-Haus.ifc", (60012,)), ("Duplex_A_georeferenced.ifc", (16802,))])
def test_solids_cut_out_of_extrusions_and_of_trimmed_ones_are_those_of_the_hybrid(shared, name, numbers):
    """Also the lines: hairs that a boolean leaves in a wall are none."""
    model = ifcopenshell.open(str(next((shared / "ifc").rglob(name))))
    kernels, made = Kernels(model), {MANIFOLD: Collected(), HYBRID: Collected()}
    for number in numbers:
        for library, into in made.items():
            assert kernels.single(number, (library,), into, lambda number, library: None)
    quick, slow = (into.instances() for into in made.values())
    one, other = seen(quick), seen(slow)
    assert all(np.allclose(one[n], other[n], rtol=1e-3, atol=1e-3) for n in numbers)
    assert _length(quick) == pytest.approx(_length(slow), rel=0.01)


@pytest.mark.realdata
def test_an_element_that_a_kernel_gives_up_spoils_not_the_next(shared, monkeypatch):
    monkeypatch.setattr("bim.kernels.CIRCLE_SIDES", 0)                   # with so few manifold gives slab 90 up
    kernels, made = Kernels(ifcopenshell.open(str(shared / "ifc" / "BIMcollab_Example_STR.ifc"))), Collected()
    said = [kernels.single(number, (MANIFOLD,), made, lambda number, library: None) for number in (90, 179)]
    [slab] = seen(made.instances()).values()
    assert said == [False, True] and slab[6] == pytest.approx(778.69, abs=0.01)


def _length(instances) -> float:
    mesh = instances.placed(0, np.zeros(3))
    ends = mesh["points"][mesh["edges"]].astype(np.float64)
    return float(np.linalg.norm(ends[:, 1] - ends[:, 0], axis=1).sum())


def test_a_hair_between_two_faces_of_a_plane_is_no_line():
    points = np.vstack([CORNERS, [0.5, 0.5 + 1e-6, 2e-5]])              # beside the diagonal of the floor
    triangles = np.vstack([BOX[BOX.tolist().index([0, 2, 3])], [[0, 3, 8], [0, 8, 1], [8, 3, 1]], BOX[2:]])
    edges, rims = creases(points, triangles)
    assert not rims and len(edges) == 12 and np.isclose(np.linalg.norm(np.diff(points[edges], axis=1), axis=2), 1).all()
