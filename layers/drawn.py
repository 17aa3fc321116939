"""What was drawn of a layer last, and what of it differs now: the comparison that the stage is made of."""

from __future__ import annotations

from dataclasses import dataclass

from layers.base import Moment, Visual
from twin.assets import Asset
from twin.data import Bounds
from twin.ground import Ground
from twin.layer import Layer

LOOKS = frozenset({"time", "selection", "hovered", "sun", "theme", "language", "shade", "vitals",
                   "indoors", "schedules", "ruled", "giving_way", "moving"})                 # they move no bounds
# What a visual may read, and the fields of the moment that it is about.
OF_MOMENT = (
    ("time", "now_ns"), ("time", "since_ns"), ("time", "compare_ns"), ("time", "differing"),
    ("selection", "selection"), ("hovered", "hovered"), ("sun", "sun"), ("sun_day", "sun_day"),
    ("theme", "theme"), ("language", "language"),
    ("shade", "shade"), ("origin", "origin"), ("vitals", "vitals"), ("vitals", "compared"), ("vitals", "differing"),
    ("indoors", "indoors"), ("hosted", "hosted"), ("schedules", "schedules"), ("ruled", "ruled"),
    ("giving_way", "giving_way"), ("moving", "moving"))


@dataclass
class Drawn:
    visual: Visual
    layer: Layer
    asset: Asset | None
    asset_revision: int
    ground: Ground | None
    moment: Moment | None
    shown: bool | None = None
    counted: tuple = ()                            # what `held` was counted for
    held: int = 0
    box: Bounds | None = None                  # of what the visual draws; measured when that moves, not every frame

    def why(self, layer: Layer, asset: Asset | None, moment: Moment, ground: Ground) -> frozenset[str]:
        """What differs from what was drawn, and is read: nothing, and the visual is left alone."""
        why = set()
        if self.moment is None or (self.layer is not layer and self.layer != layer):
            why.add("layer")
        if asset is not self.asset or (asset and asset.revision != self.asset_revision):
            why.add("asset")
        if self.visual.news:
            why.add("news")
        reads = self.visual.reads
        if "ground" in reads and self.ground is not ground:
            why.add("ground")
        for read, name in OF_MOMENT:
            if read in reads and (self.moment is None or getattr(self.moment, name) != getattr(moment, name)):
                why.add(read)
        return frozenset(why)


def content_of(layer: Layer, asset: Asset | None) -> tuple:
    return layer, asset, asset.revision if asset else -1
