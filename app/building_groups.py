"""The buildings of city layers, whole or in tiles, as groups of sensors: those bound to a building by their table, or
standing in it.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np

from twin.assets import LOADING
from twin.data import Mesh
from twin.layer import Layer
from twin.outlines import OutlineIndex, Outlines
from twin.plan_index import PlanIndex
from twin.tile_tree import TileTree
from twin.vitals import groups as grouping
from twin.vitals.groups import Group, Groups
from twin.vitals.pool import Pool

IDS = ("id", "gml_id", "guid")
NAMES = {"name": ("name_en", "name"), "name_zh": ("name_zh", "name", "名称")}
PAUSE_SECS = 0.0005

_kept: WeakKeyDictionary = WeakKeyDictionary()           # mesh, or outlines -> its index and ranks

Plan = Mesh | Outlines


def city_layers(session) -> list[tuple[Layer, Plan, Any]]:
    """City layers whose buildings are there, with their table; those that nobody shows are not read for this."""
    out = []
    for layer in session.document.layers:
        if layer.kind not in ("city", "tiles"):
            continue
        asset = session.asset(layer.id) if session.document.shown(layer) else session.held(layer.id)
        if asset is None or asset.state == LOADING:
            continue
        if isinstance(asset.payload, Mesh):
            out.append((layer, asset.payload, asset.payload.features))
        elif isinstance(asset.payload, TileTree) and asset.payload.outlines is not None:
            out.append((layer, asset.payload.outlines, asset.payload.features))
    return out


def buildings(session, pool: Pool) -> Iterator[None]:
    """Gives way while the plans of a city are put in order; returns the groups: buildings without sensors are none."""
    out = Groups((), np.zeros(0, np.int32), np.zeros(0, np.int32))
    for layer, plan, features in city_layers(session):
        ids = _cells(features, IDS)
        index, rank = yield from _index(plan, ids)
        building = index.at(pool.xy, rank)
        bound = _bound(ids, pool)
        building = np.where(bound >= 0, bound, building)
        rows = np.flatnonzero(building >= 0)
        if len(rows):
            used, of = np.unique(building[rows], return_inverse=True)
            names = {field: _cells(features, columns) for field, columns in NAMES.items()}
            groups = tuple(_group(layer, ids, names, row) for row in used.tolist())
            out = grouping.together(out, grouping.sorted_groups(groups, of.astype(np.int32), rows))
        yield
    return out


def _index(plan: Plan, ids: list[str]) -> Iterator[None]:
    """Of a large city it takes a second: a thread does it. Returns the index, and which building goes before where
    several lie over a place: by their ids, for a bake has another order than the file that it is made of.
    """
    if plan not in _kept:
        with ThreadPoolExecutor(1, thread_name_prefix="plans") as thread:
            job = thread.submit(lambda: (_indexed(plan), _ranks(ids, plan)))
            while not job.done():
                time.sleep(PAUSE_SECS)
                yield
        _kept[plan] = job.result()
    return _kept[plan]


def _indexed(plan: Plan) -> PlanIndex:
    if isinstance(plan, Outlines):
        return OutlineIndex(plan)
    count = 1 + int(plan.vertex_feature.max(initial=-1))
    return PlanIndex(plan.points[:, :2], plan.triangles, plan.vertex_feature, count)


def _ranks(ids: list[str], plan: Plan) -> np.ndarray | None:
    count = plan.count if isinstance(plan, Outlines) else 1 + int(plan.vertex_feature.max(initial=-1))
    if len(ids) < count:
        return None
    rank = np.empty(len(ids), np.int64)
    rank[sorted(range(len(ids)), key=ids.__getitem__)] = np.arange(len(ids))
    return rank


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
