"""The buildings of city layers as groups of sensors: those bound to a building by their table, or standing in it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from weakref import WeakKeyDictionary

import numpy as np

from twin.assets import LOADING
from twin.data import Mesh
from twin.layer import Layer
from twin.plan_index import PlanIndex
from twin.vitals import groups as grouping
from twin.vitals.groups import Group, Groups
from twin.vitals.pool import Pool

IDS = ("id", "gml_id", "guid")
NAMES = {"name": ("name_en", "name"), "name_zh": ("name_zh", "name", "名称")}
PAUSE_SECS = 0.0005

_kept: WeakKeyDictionary = WeakKeyDictionary()           # mesh -> its PlanIndex


def city_layers(session) -> list[tuple[Layer, Mesh]]:
    """City layers whose buildings are there; those that nobody shows are not read for this."""
    out = []
    for layer in session.document.layers:
        if layer.kind != "city":
            continue
        asset = session.asset(layer.id) if session.document.shown(layer) else session.held(layer.id)
        if asset is not None and asset.state != LOADING and isinstance(asset.payload, Mesh):
            out.append((layer, asset.payload))
    return out


def buildings(session, pool: Pool) -> Iterator[None]:
    """Gives way while the plans of a city are put in order; returns the groups: buildings without sensors are none."""
    out = Groups((), np.zeros(0, np.int32), np.zeros(0, np.int32))
    for layer, mesh in city_layers(session):
        index = yield from _index(mesh)
        ids = _cells(mesh.features, IDS)
        building = index.at(pool.xy)
        bound = _bound(ids, pool)
        building = np.where(bound >= 0, bound, building)
        rows = np.flatnonzero(building >= 0)
        if len(rows):
            used, of = np.unique(building[rows], return_inverse=True)
            names = {field: _cells(mesh.features, columns) for field, columns in NAMES.items()}
            groups = tuple(_group(layer, ids, names, row) for row in used.tolist())
            out = grouping.together(out, grouping.sorted_groups(groups, of.astype(np.int32), rows))
        yield
    return out


def _index(mesh: Mesh) -> Iterator[None]:
    """Of a large city it takes a second: a thread does it."""
    if mesh not in _kept:
        count = 1 + int(mesh.vertex_feature.max()) if len(mesh.vertex_feature) else 0
        with ThreadPoolExecutor(1, thread_name_prefix="plans") as thread:
            job = thread.submit(PlanIndex, mesh.points[:, :2], mesh.triangles, mesh.vertex_feature, count)
            while not job.done():
                time.sleep(PAUSE_SECS)
                yield
        _kept[mesh] = job.result()
    return _kept[mesh]


def _bound(ids: list[str], pool: Pool) -> np.ndarray:
    """(pool,) i8: the building that a sensor's own table names; -1 = none of these."""
    words, codes = pool.texts("building")
    place = {id: row for row, id in enumerate(ids) if id}
    return np.array([place.get(word, -1) if word else -1 for word in words], np.int64)[codes]


def _cells(features, columns: tuple[str, ...]) -> list[str]:
    """The first of these columns that the table has, as texts."""
    column = next((c for c in columns if features is not None and c in features.column_names), None)
    return ["" if v is None else str(v) for v in features.column(column).to_pylist()] if column else []


def _group(layer: Layer, ids: list[str], names: dict[str, list[str]], row: int) -> Group:
    id = (ids[row] if row < len(ids) else "") or str(row + 1)
    name, name_zh = (names[field][row] if row < len(names[field]) else "" for field in ("name", "name_zh"))
    return Group(f"{layer.id}/{id}", name or f"Building {id}", name_zh or name or f"建筑 {id}", "building", layer.id,
                 row)
