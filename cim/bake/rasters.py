"""Rasters as cloud-optimised GeoTIFF: tiled, with overviews, in their own CRS and numbers."""

from __future__ import annotations

from pathlib import Path

from cim import warp
from cim.bake.inputs import Dataset
from cim.bake.store import Store
from twin.readers import Progress
from twin.text import tr
from twin.trouble import Trouble


def make_raster(data: Dataset, store: Store, progress: Progress) -> dict:
    """Runs in a worker: one file, and what the manifest says of it."""
    import rasterio
    from rasterio.shutil import copy
    name = f"{data.name}/{data.name}.tif"
    progress(0.0, 1.0, data.name)
    with warp.opened(Path(data.source.path)) as source:
        options = {"COMPRESS": "DEFLATE", "PREDICTOR": "YES", "BLOCKSIZE": 512, "OVERVIEWS": "AUTO",
                   "OVERVIEW_RESAMPLING": "NEAREST" if _classes(source) else "AVERAGE", "BIGTIFF": "IF_SAFER"}
        try:
            with store.writing(name) as temporary:
                copy(source, temporary, driver="COG", **options)
        except rasterio.errors.RasterioError as error:
            raise Trouble(tr("This raster could not be written as a COG."), cause=str(error)[:200],
                          way_out=tr("Check that the disk has room and that the file opens in a GIS."),
                          path=data.source.path) from error
    return {"file": store.told(name)}


def _classes(source) -> bool:
    """Whether its numbers are names (a palette), of which there is no mean."""
    from rasterio.enums import ColorInterp
    return ColorInterp.palette in source.colorinterp
