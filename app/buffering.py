"""A buffer as a new layer: what it looks like and where its content comes from. No Qt."""

from __future__ import annotations

from layers.networks import Networks
from layers.zones import Zones
from twin.buffers import Buffer, is_buffer, source_around
from twin.layer import Layer, new_id

COLOR = "#e8590c"
KINDS = ("vectors", "zones", "networks", "city", "tiles")


def can_surround(layer: Layer | None) -> bool:
    return layer is not None and layer.source is not None and (layer.kind in KINDS or is_buffer(layer.source))


def around(layer: Layer, distance_m: float, features: tuple[int, ...], volume: bool) -> Layer:
    """Round these features of a layer (none = all), in its group; `volume` only round networks."""
    source = source_around(layer.source, Buffer(distance_m, layer.kind, features))
    about = {"source": source, "group": layer.group, "synthetic": layer.synthetic, "color": COLOR,
             "name": f"{layer.name} · {distance_m:g} m",
             "name_zh": f"{layer.name_zh} · {distance_m:g} m" if layer.name_zh else ""}
    if volume:
        return Networks(id=new_id("networks"), **about, opacity=0.25, heights=layer.heights, datum=layer.datum)
    return Zones(id=new_id("zones"), **about, fill_opacity=0.16, label_by="")
