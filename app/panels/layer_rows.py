"""What the inspector says about a layer: its source, its system, how much it holds and where. No Qt."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from app.panels.facts import MISSING, Row
from layers.networks import reading_of
from layers.sensor_values import listed_rows
from twin import times
from twin.assets import Asset
from twin.data import HeightGrid, Imagery, Mesh, Payload, Sensors, Timed, Vectors
from twin.frame import Frame, crs_label
from twin.layer import Layer
from twin.network import Network, deep, placed
from twin.placing import adrift, placed_box
from twin.text import tr

CRS_SOURCES = {"file": "the file", "prj": "its .prj file", "user": "the user", "assumed": "an assumption",
               "standard": "the format itself", "project": "the project"}
# Of readers that this process need not have imported, what they are labelled there.
LABELS = {"citygml": "CityGML", "cityjson": "CityJSON", "geoparquet": "GeoParquet", "tiles3d": "3D Tiles",
          "tile-server": "3D Tiles server"}
RASTERS = {".tif": "GeoTIFF", ".tiff": "GeoTIFF"}


def layer_rows(layer: Layer, asset: Asset | None, frame: Frame, time_zone: str) -> list[Row]:
    """Facts about a layer: what it is, where it comes from, how much there is, and what is odd about it."""
    rows = [Row(tr("Kind"), tr(layer.kind.capitalize()), key="kind")]
    if layer.synthetic:
        rows.append(Row(tr("Data"), tr("Synthetic: made up, not measured"), key="synthetic"))
    if layer.source:
        rows += [Row(tr("Source"), layer.source.path, key="source"),
                 Row(tr("Format"), format_of(layer), key="format")]
    if asset is None:
        return rows
    if asset.payload is not None:
        rows += payload_rows(asset.payload, frame, time_zone, layer)
    if asset.load_ms:
        rows.append(Row(tr("Read in"), f"{asset.load_ms / 1000:.2f} s" if asset.load_ms >= 1000
                        else f"{asset.load_ms:.0f} ms", key="load"))
    return rows


def format_of(layer: Layer) -> str:
    from pathlib import Path

    from cim.vectors import FORMATS
    from twin.readers import READERS
    suffix, reader = Path(layer.source.path).suffix.lower(), layer.source.reader
    # A reader of several formats names them all: of one file the ending says which. ".json" alone may be a city model.
    named = FORMATS.get(suffix, "") if reader in ("vectors", "buffer") or (not reader and suffix != ".json") else ""
    named = named or (RASTERS.get(suffix, "") if reader in ("raster", "") else "")
    if named:
        return named
    if reader in LABELS:
        return tr(LABELS[reader])
    if known := READERS.get(reader) or _by_longer_ending(Path(layer.source.path).name.lower(), suffix):
        return tr(known.label)
    return suffix.lstrip(".").upper() or MISSING


def _by_longer_ending(name: str, suffix: str):
    """The reader of files whose names end like this one's with more than the last dot: ".city.json"."""
    from twin.readers import READERS
    return next((one for one in READERS.values()
                 if any(len(said) > len(suffix) and name.endswith(said) for said in one.suffixes)), None)


def payload_rows(payload: Payload, frame: Frame, time_zone: str, layer: Layer) -> list[Row]:
    rows = [Row(*_amount(payload, layer), key="count")]
    if payload.crs or payload.crs_source:
        rows += [Row(tr("CRS"), crs_label(payload.crs) if payload.crs else tr("none stated"), key="crs"),
                 Row(tr("CRS from"), tr(CRS_SOURCES.get(payload.crs_source, payload.crs_source)) or MISSING,
                     key="crs_source")]
    rows += _extent_rows(payload, frame, layer)
    if isinstance(payload, Timed) and payload.history is not None and payload.history.span_ns[1] > 0:
        start, end = (times.readable(t, time_zone) for t in payload.history.span_ns)
        rows += [Row(tr("First reading"), start, key="first"), Row(tr("Last reading"), end, key="last")]
    return rows


def _amount(payload: Payload, layer: Layer) -> tuple[str, str]:
    """How much there is: a grid has no features, but posts or pixels; of sensors those of the layer's property."""
    if isinstance(payload, HeightGrid | Imagery):
        words, cells = (tr("Grid points"), payload.heights) if isinstance(payload, HeightGrid) else (
            tr("Pixels"), payload.rgba)
        return words, f"{cells.shape[0] * cells.shape[1]:,}"
    if isinstance(payload, Sensors) and payload.features is not None:
        own = len(listed_rows(layer, payload))
        words = tr("{n} of {all}", n=f"{own:,}", all=f"{payload.count:,}")
        return tr("Features"), words if own < payload.count else f"{own:,}"
    return tr("Features"), f"{payload.count:,}"


def _extent_rows(payload: Payload, frame: Frame, layer: Layer) -> list[Row]:
    if isinstance(payload, Sensors) and payload.features is not None:       # a store has those of other layers, too
        payload = replace(payload, positions=payload.positions[listed_rows(layer, payload)])
    box = placed_box(payload, layer, frame)
    if box is None:
        return []
    x, y, z = frame.origin

    def way(low: float, high: float) -> str:
        return f"{low:,.1f} – {high:,.1f} m"
    where = [] if adrift(payload, layer) else [Row(tr("Easting"), way(box[0] + x, box[3] + x), key="easting"),
                                               Row(tr("Northing"), way(box[1] + y, box[4] + y), key="northing")]
    return [*where, Row(tr("Height"), _heights(payload, layer, z) or way(box[2] + z, box[5] + z), key="height")]


def _heights(payload: Payload, layer: Layer, origin_m: float) -> str:
    """Of what stands elsewhere than the z of its points say; "" of all else."""
    if lies_on_ground(payload):
        return tr("On the ground")
    if isinstance(payload, Mesh) and payload.base is not None and len(payload.points):
        return tr("up to {m} m above the ground", m=f"{payload.points[:, 2].max():,.1f}")
    if not isinstance(payload, Network) or not len(payload.mesh.points):
        return ""
    if deep(payload).any():
        return tr("by depths under the ground")
    z = placed(payload, reading_of(layer))[:, 2] + origin_m
    return f"{np.nanmin(z):,.1f} – {np.nanmax(z):,.1f} m"


def lies_on_ground(payload: Payload) -> bool:
    """It has no heights of its own: the zeros of its box are none."""
    return isinstance(payload, Imagery) or (isinstance(payload, Vectors) and not payload.has_z)
