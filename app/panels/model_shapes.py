"""Where the elements of a model stand among its shapes. What has none of its own stands for its parts. No Qt."""

from __future__ import annotations

from typing import Any

import numpy as np

from app.panels.model_forest import PLACE, forest
from twin.hosts import Wholes


def places_of(structure: Any, features: Any) -> np.ndarray:
    """(rows,) i4: where each node stands in the feature table, -1 = nowhere. By line of the file where both say it:
    a GlobalId may be there twice.
    """
    names = set(features.column_names) & set(structure.nodes.column_names) if features is not None else set()
    by = next((name for name in ("number", "guid") if name in names), "")
    if not by:
        return np.full(structure.nodes.num_rows, -1, np.int32)
    import pyarrow.compute as pc
    found = pc.index_in(structure.nodes.column(by), value_set=features.column(by).combine_chunks())
    return np.asarray(pc.fill_null(found, -1)).astype(np.int32)


def own_shapes(guids: Any, features: Any) -> np.ndarray:
    """(n,) i4: where each of the Arrow column `guids` stands in the feature table, -1 = it has no shape of its own."""
    if features is None or "guid" not in features.column_names:
        return np.full(len(guids), -1, np.int32)
    import pyarrow.compute as pc
    found = pc.index_in(guids, value_set=features.column("guid").combine_chunks())
    return np.asarray(pc.fill_null(found, -1)).astype(np.int32)


def parts_of(guids: Any, own: np.ndarray, features: Any, structure: Any) -> tuple[np.ndarray, np.ndarray]:
    """(places in `guids`, features) of what lies in the elements without a shape of their own (`own` < 0): frame and
    panes of a window, the flights of a stair, a storey's all.
    """
    bare = np.flatnonzero(own < 0)
    if structure is None or features is None or not len(bare):
        return np.zeros(0, np.int64), np.zeros(0, np.int32)
    import pyarrow as pa
    import pyarrow.compute as pc
    known = structure.nodes.column("guid").combine_chunks()
    at = pc.index_in(guids.take(pa.array(bare)), value_set=known)
    at = np.asarray(pc.fill_null(at, -1)).astype(np.int64)
    owner = np.full(structure.nodes.num_rows, -1, np.int64)
    owner[at[at >= 0]] = bare[at >= 0]
    owner = forest(structure, PLACE).inherited(owner)
    feature = places_of(structure, features)
    held = (owner >= 0) & (feature >= 0)
    return owner[held], feature[held]


def wholes_of(structure: Any, features: Any, guids: list[str]) -> Wholes:
    """Those of `guids` that are nodes of the structure, with the features in them."""
    import pyarrow as pa
    import pyarrow.compute as pc
    nodes, asked = structure.nodes, pa.array(guids, pa.string())
    at = pc.index_in(asked, value_set=nodes.column("guid").combine_chunks())
    asked, at = asked.filter(pc.is_valid(at)), pc.drop_null(at)
    known = nodes.take(at)
    whole, part = parts_of(asked, np.full(len(asked), -1), features, structure)
    blank = pa.array([""] * len(asked), pa.string())
    table = pa.table({name: known.column(name).cast(pa.string()) if name in known.column_names else blank
                      for name in ("guid", "class", "name", "storey", "type", "tag")})
    return Wholes(table, whole, part, np.asarray(known.column("spatial")))
