"""Instances with openings: what no opening reaches is made in a pass, as one by one; what is cut is left to others."""

from __future__ import annotations

import ifcopenshell
import numpy as np
import pytest

from bim import plan
from bim.instances import Collected
from bim.kernels import HYBRID, Kernels, _plain
from bim.openings import openings


def seen(instances, at: int) -> dict:
    """Of one element: its bounds, area and style."""
    mesh = instances.placed(0, np.zeros(3))
    some = mesh["vertex_feature"][mesh["triangles"][:, 0]] == at
    corners = mesh["points"][mesh["triangles"][some]].astype(np.float64)
    sides = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    low, high = corners.min(axis=(0, 1)), corners.max(axis=(0, 1))
    return {"bounds": [*low, *high], "area": np.linalg.norm(sides, axis=1).sum() / 2, "triangles": len(corners),
            "color": instances.colors[at]}


@pytest.mark.realdata
def test_what_no_opening_reaches_is_the_same_from_a_pass_and_what_is_cut_is_left(shared):
    model = ifcopenshell.open(shared / "ifc" / "Duplex_A_georeferenced.ifc")
    steps = plan.Steps(model)
    numbers = [n for chunk in plan.chunks(model, steps, 2) for n in chunk.shared if openings(model.by_id(n))]
    kernels, passed, single = Kernels(model), Collected(), Collected()
    made = list(kernels.shared(tuple(numbers), lambda: passed))
    assert len(numbers) == 10 and len(made) == 9
    for number in numbers:
        assert kernels.single(number, (HYBRID,), single, lambda number, library: None)
    one, other = passed.instances(), single.instances()
    for at, number in enumerate(one.number):
        here, there = seen(one, at), seen(other, numbers.index(number))
        assert all(np.allclose(here[what], there[what], atol=1e-5) for what in here)
    cut, = set(numbers) - set(made)
    whole = Collected()
    list(kernels._added(kernels._each([model.by_id(cut)], kernels._whole), lambda: whole, _plain))
    assert seen(whole.instances(), 0)["area"] > seen(other, numbers.index(cut))["area"] + 0.1
