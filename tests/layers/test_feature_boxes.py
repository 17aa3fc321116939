"""The boxes of features: which side of planes they are on, and that a large mesh is measured beside the frames."""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers.base import Moment
from layers.building import Building
from layers.feature_boxes import FeatureBoxes
from layers.view import offscreen
from tests.layers.boxes import boxes
from tests.layers.made_stage import MadeAssets
from twin.document import Document
from twin.frame import Frame
from twin.layer import Placement


@given(st.integers(0, 2**32 - 1), st.integers(1, 3), st.booleans())
def test_sides_are_those_of_the_corners(seed, count, lifted):
    random = np.random.default_rng(seed)
    mesh = boxes(random.uniform(-50, 50, (30, 3)), random.uniform(0.5, 20, (30, 3)))
    planes = np.column_stack([random.normal(size=(count, 3)), random.uniform(-40, 40, count)])
    lift = random.uniform(0, 9, 31).astype(np.float32) if lifted else None
    found = FeatureBoxes(mesh.points, mesh.vertex_feature, 31)           # the last one has no vertices
    inside, touched = found.sides(planes, lift)
    points = mesh.points.astype(np.float64).reshape(30, 8, 3)
    if lifted:
        points[:, :, 2] += lift[:30, None]
    kept = points @ planes[:, :3].T - planes[:, 3]                       # (30, 8, planes), at most 0 is kept
    assert not inside[30] and not touched[30]
    clear = (np.abs(kept.max(axis=1)) > 1e-3).all(axis=1) & (np.abs(kept.min(axis=1)) > 1e-3).all(axis=1)
    assert (inside[:30] == (kept.max(axis=1) <= 0).all(axis=1))[clear].all()
    partly = (kept.min(axis=1) <= 0).all(axis=1) & ~inside[:30]
    assert (touched[:30] == partly)[clear].all()


def test_a_large_mesh_is_measured_beside_the_frames(monkeypatch):
    monkeypatch.setattr("layers.beside.AT_ONCE", 0)
    here = Placement(**dict(zip(("easting", "northing", "height"), Frame().origin)))
    mesh = replace(boxes([[0, 0, 0], [0, 0, 3]], [[10, 10, 3], [10, 10, 3]], storey=["EG", "OG"],
                         storey_elevation_m=[0.0, 3.0], **{"class": ["IfcWall", "IfcSlab"]}), placement=here)
    document = Document(layers=(Building(id="b", name="b", storey="EG"),))
    view, assets = offscreen(160, 120), MadeAssets({"b": mesh})
    view.canvas.at_once = False
    try:
        view.frame(document, assets, Moment())
        assert view.stage.bounds()[5] in (pytest.approx(3.0), pytest.approx(6.0))     # all of it until it is known
        end = time.monotonic() + 30.0
        while view.stage.bounds()[5] > 4.0 and time.monotonic() < end:
            time.sleep(0.002)
            view.frame(document, assets, Moment())
        assert view.stage.bounds() == pytest.approx((0, 0, 0, 10, 10, 3))
    finally:
        view.close()
