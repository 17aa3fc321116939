"""A data set on its way through a bake, and what is said of it in the end."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from cim.bake import quadtree
from cim.bake.inputs import Dataset
from cim.bake.metadata import OF_BLOCKS, Property, properties_of, wider
from cim.bake.tile_models import Work
from cim.bake.tilesets import whole_box
from twin.trouble import Trouble


@dataclass(eq=False)
class Part:
    """`key` of everything that what is written depends on; `shards` what each said, `files` what is written so far.
    `path`: the input, as it was named where it was fetched from afar."""

    data: Dataset
    key: str
    path: str
    shards: list[dict] = field(default_factory=list)
    work: Work | None = None
    root: quadtree.Node | None = None
    cost: np.ndarray = field(default_factory=lambda: np.zeros(0, np.int32))     # triangles of each feature, about
    largest_m: float = 0.0
    files: list[list] = field(default_factory=list)
    boxes: dict[str, list[float]] = field(default_factory=dict)
    errors_m: dict[str, float] = field(default_factory=dict)
    triangles: int = 0
    error: Trouble | None = None


def properties(part: Part, with_ground: bool) -> list[Property]:
    """Of all shards together: a column that is a number here and a text there is a text."""
    import pyarrow as pa
    kinds: dict[str, str] = {}
    for said in part.shards:
        for name, kind, _ in said["columns"]:
            kinds[name] = wider(kinds.get(name, "null"), kind)
    if with_ground:
        kinds["ground_m"] = str(pa.float32())
    return properties_of([*([name, kind] for name, kind in kinds.items()), *OF_BLOCKS])


def reported(part: Part) -> dict:
    notes = [note for said in part.shards for note in said["notes"]]
    return {"name": part.data.name, "form": part.data.form, "path": part.path,
            "features": sum(said["count"] for said in part.shards), "tiles": len(part.boxes),
            "levels": len({name.partition("/")[0] for name in part.boxes}), "triangles": part.triangles,
            "largest_m": part.largest_m, "bytes": sum(size for _, size, _ in part.files),
            "notes": list(dict.fromkeys((*part.data.info.notes, *notes))),
            "box": whole_box(list(part.boxes.values())) if part.boxes else None}
