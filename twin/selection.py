"""What is selected and hovered: one small value that every panel and the scene read."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Hit:
    """One feature under the mouse: `feature` is the row in the asset's feature table, -1 the layer itself.

    `point` is the place that was hit, metres from the frame origin.
    """

    layer: str
    feature: int
    point: tuple[float, float, float] = (0.0, 0.0, 0.0)


@dataclass(frozen=True)
class Selection:
    """Selected features, newest last."""

    items: tuple[tuple[str, int], ...] = ()       # (layer id, feature)

    def features(self, layer: str) -> tuple[int, ...]:
        return tuple(feature for id, feature in self.items if id == layer and feature >= 0)

    def only(self, layer: str, feature: int) -> Selection:
        return Selection(((layer, feature),))

    def toggled(self, layer: str, feature: int) -> Selection:
        item = (layer, feature)
        kept = tuple(x for x in self.items if x != item)
        return Selection(kept if len(kept) < len(self.items) else (*kept, item))

    def within(self, layers: set[str]) -> Selection:
        """Without what lies in layers that are gone."""
        kept = tuple(x for x in self.items if x[0] in layers)
        return self if len(kept) == len(self.items) else Selection(kept)

    @property
    def last(self) -> tuple[str, int] | None:
        return self.items[-1] if self.items else None
