"""What city and IFC buildings share: one `Solid` whose bounds, picks, counts and legend are the layer's."""

from __future__ import annotations

from typing import ClassVar

from layers.base import Visual
from layers.column_units import with_unit


class SolidVisual(Visual):
    """Subclasses keep `solid` (a `Solid` or None), `_coloring`, and what was built and coloured last."""

    snaps: ClassVar = True

    def _clear(self) -> None:
        if self.solid:
            self.solid.remove()
        self.solid, self._built, self._colored = None, (), ()

    @property
    def news(self):
        return self.solid is not None and self.solid.news

    def legend(self, layer, asset, moment):
        return with_unit(self._coloring.legend) if self.solid and self._coloring else None

    def colored(self):
        boxes = self.solid.places.boxes_in_frame() if self.solid else None
        colors = self.solid.colors if self.solid else None
        return (boxes, colors) if boxes is not None and colors is not None and len(boxes) == len(colors) else None

    def bounds(self):
        return self.solid.bounds() if self.solid else None

    def feature_bounds(self, feature):
        return self.solid.places.bounds_of(feature) if self.solid else None

    def pick(self, ray):
        return self.solid.pick(ray) if self.solid else None

    def corner(self, ray, hit, reach_px):
        return self.solid.places.corner(ray, hit, reach_px) if self.solid else None

    def shape(self, feature):
        return self.solid.places.shape(feature) if self.solid else None

    def stats(self):
        return (self.solid.count, len(self.solid.mesh.triangles)) if self.solid else (0, 0)
