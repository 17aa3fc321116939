"""IfcLocalPlacement chains, checked in Python: a cycle makes every kernel crash."""

from __future__ import annotations


class Placements:
    """Tells whether a product's placement hangs on a cycle of PlacementRelTo; every placement is walked once."""

    def __init__(self):
        self._cyclic: dict[int, bool] = {}

    def cyclic(self, product) -> bool:
        chain, at = [], getattr(product, "ObjectPlacement", None)
        inside: set[int] = set()
        while at is not None and at.id() not in self._cyclic and at.id() not in inside:
            chain.append(at.id())
            inside.add(at.id())
            at = getattr(at, "PlacementRelTo", None)
        bad = at is not None and (at.id() in inside or self._cyclic[at.id()])
        self._cyclic.update(dict.fromkeys(chain, bad))
        return bad
