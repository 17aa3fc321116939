"""The attributes of a data set as one GeoParquet file, shard by shard, so that memory never holds all of it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from cim.bake.inputs import SHAPES
from cim.bake.shards import GEOMETRY, OWN, read_arrow
from cim.bake.tile_models import Work, work_file
from twin.frame import normal_crs
from twin.readers import Progress
from twin.trouble import Trouble

TABLE_FILE = "features.parquet"


@dataclass(frozen=True)
class Facts:
    """Of all shards together: min x, min y, max x, max y as the file says them, and the kinds of geometry."""

    box: tuple[float, float, float, float]
    types: tuple[str, ...]


def make_table(work: Work, facts: Facts, progress: Progress) -> dict:
    """Runs in a worker: the file, and what the manifest says of it. Rows count as `Work.first_row` does."""
    import pyarrow as pa
    import pyarrow.parquet as pq
    paths = [Path(folder) / work_file(work.data) for folder in work.shards]
    schemas = [_own_left_out(read_arrow(path)).schema for path in paths]
    schema = pa.unify_schemas(schemas, promote_options="permissive").remove_metadata()
    schema = schema.with_metadata({"geo": json.dumps(_geo(work, facts), ensure_ascii=False)})
    name = f"{work.data.name}/{TABLE_FILE}"
    with work.store.writing(name) as temporary, pq.ParquetWriter(temporary, schema, compression="zstd") as writer:
        for number, path in enumerate(paths):
            progress(number, len(paths))
            table = pa.concat_tables([schema.empty_table(), _turned(_own_left_out(read_arrow(path)), work)],
                                     promote_options="permissive")
            writer.write_table(table.select(schema.names).cast(schema))
    return {"file": work.store.told(name)}


def _own_left_out(table):
    return table.drop_columns([name for name in OWN if name in table.column_names])


def _turned(table, work: Work):
    """A file that writes the northing first is written easting first."""
    if work.data.place is None or not work.data.place.turned:
        return table
    import pyarrow as pa
    import shapely
    shapes = shapely.from_wkb(table.column(GEOMETRY).to_numpy(zero_copy_only=False))
    shapes = shapely.transform(shapes, lambda xy: xy[:, ::-1])
    at = table.column_names.index(GEOMETRY)
    return table.set_column(at, GEOMETRY, pa.array(shapely.to_wkb(shapes), pa.binary()))


def _geo(work: Work, facts: Facts) -> dict:
    """The metadata of GeoParquet 1.1."""
    box = facts.box
    if work.data.place is not None and work.data.place.turned:
        box = (box[1], box[0], box[3], box[2])
    column = {"encoding": "WKB", "geometry_types": list(facts.types), "crs": _projjson(work), "bbox": list(box)}
    return {"version": "1.1.0", "primary_column": GEOMETRY, "columns": {GEOMETRY: column}}


def _projjson(work: Work) -> dict | None:
    """None where the standard has no name for it (coordinates shifted by a Chinese web map)."""
    import pyproj
    crs = work.data.frame.crs if work.data.form == SHAPES else work.data.place.crs
    try:
        return pyproj.CRS.from_user_input(normal_crs(crs)).to_json_dict()
    except (pyproj.exceptions.CRSError, Trouble):
        return None
