"""Edits of zones: drawn ones come and go, and all are coloured by a vital sign. Each returns a new document."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from layers.zones import Zones
from twin.document import Document
from twin.layer import new_id
from twin.text import tr
from twin.trouble import Trouble
from twin.vitals.catalogue import catalogue
from twin.vitals.choices import DrawnZone

LAYER = "zones.drawn"


def with_outline(document: Document, ring: np.ndarray) -> tuple[Document, str]:
    """A new zone with this ring ((n, 2) local metres), and its id; its layer is made with the first."""
    layer = document.layer(LAYER) or Zones(id=LAYER, name="Drawn zones", name_zh="自绘分区", fill_opacity=0.12)
    corners = np.round(np.asarray(ring, np.float64) + np.array(document.frame.origin[:2]), 2)
    number = 1 + max((int(z.name.split()[-1]) for z in layer.drawn if z.name.split()[-1].isdecimal()), default=0)
    zone = DrawnZone(id=new_id("zone"), name=f"Zone {number}", name_zh=f"分区 {number}",
                     corners=tuple(map(tuple, corners.tolist())))
    return document.with_layer(replace(layer, visible=True, drawn=(*layer.drawn, zone))), zone.id


def renamed(document: Document, zone: str, name: str) -> Document:
    """A drawn zone is called `name`, in either language."""
    layer = document.layer(LAYER)
    drawn = tuple(replace(z, name=name, name_zh="") if z.id == zone else z for z in layer.drawn)
    return document.with_layer(replace(layer, drawn=drawn))


def without_zone(document: Document, zone: str) -> Document:
    """Take a drawn zone away; its layer goes with the last."""
    layer = document.layer(LAYER)
    left = tuple(z for z in layer.drawn if z.id != zone) if layer else ()
    return document.with_layer(replace(layer, drawn=left)) if left else document.without([LAYER])


def colored_by(document: Document, sign: str) -> Document:
    """All zones shown in the colours of a sign, and the buildings that are shown; "" gives them their own again.

    Raises Trouble for an unknown sign.
    """
    if sign and catalogue().sign(sign) is None:
        raise Trouble(tr("There is no vital sign called {name}.", name=sign),
                      way_out=tr("Signs: {known}.", known=", ".join(s.id for s in catalogue().signs)))
    ids = {layer.id for layer in document.layers if layer.kind == "zones"}
    signed = ids | {layer.id for layer in document.layers if hasattr(layer, "sign")}
    judged = document.with_each(signed, lambda x: replace(x, sign=sign))
    return shown(judged, ids) if sign else judged


def shown(document: Document, observed: dict[str, str]) -> Document:
    """These layers visible, and the groups that they lie in; sensors show the observed property that is meant."""
    every = {*observed, *(a.id for id in observed for a in document.ancestors(document.layer(id)))}

    def show(layer):
        told = {"observed": observed[layer.id]} if layer.id in observed and hasattr(layer, "observed") else {}
        if told and told["observed"] != layer.observed and layer.observed:
            told |= {"low": None, "high": None}              # they were those of the other property
        return replace(layer, visible=True, **told)

    return document.with_each(every, show)
