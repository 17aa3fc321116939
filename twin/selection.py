"""What is selected and hovered: one small value that every panel and the scene read."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property


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

    @cached_property
    def _features(self) -> dict[str, tuple[int, ...]]:
        """Of each layer, -1 among them. Gone through once: a selection can be a hundred thousand houses."""
        found: dict[str, list[int]] = {}
        for layer, feature in self.items:
            found.setdefault(layer, []).append(feature)
        return {layer: tuple(features) for layer, features in found.items()}

    @property
    def layers(self) -> set[str]:
        """Ids of the layers that it lies in."""
        return set(self._features)

    def features(self, layer: str) -> tuple[int, ...]:
        return tuple(feature for feature in self._features.get(layer, ()) if feature >= 0)

    def only(self, layer: str, feature: int) -> Selection:
        return Selection(((layer, feature),))

    def toggled(self, layer: str, feature: int) -> Selection:
        item = (layer, feature)
        kept = tuple(x for x in self.items if x != item)
        return Selection(kept if len(kept) < len(self.items) else (*kept, item))

    def combined(self, found: tuple[tuple[str, int], ...], how: str) -> Selection:
        """With what was found: "new" that alone, "add" both, "take" what is not in it, "both" what is in each."""
        if how == "new":
            return Selection(found)
        if how == "add":
            return Selection(tuple(dict.fromkeys((*self.items, *found))))
        inside = set(found)
        return Selection(tuple(item for item in self.items if (item in inside) == (how == "both")))

    def within(self, layers: set[str]) -> Selection:
        """Without what lies in layers that are gone."""
        return self if self.layers <= layers else Selection(tuple(x for x in self.items if x[0] in layers))

    @property
    def last(self) -> tuple[str, int] | None:
        return self.items[-1] if self.items else None
