"""IfcLocalPlacement chains, checked in Python: a cycle makes every kernel crash."""

from __future__ import annotations


def cyclic(model) -> set[int]:
    """Ids of the placements that hang on a cycle of PlacementRelTo."""
    parent = {p.id(): p.PlacementRelTo.id() if p.PlacementRelTo else 0 for p in model.by_type("IfcLocalPlacement")}
    state: dict[int, bool] = {0: False}                  # id -> hangs on a cycle
    for start in parent:
        chain, inside, at = [], set(), start
        while at not in state and at not in inside:
            chain.append(at)
            inside.add(at)
            at = parent.get(at, 0)
        bad = at in inside or state[at]
        state.update(dict.fromkeys(chain, bad))
    return {i for i, bad in state.items() if bad}


def mend(model) -> set[str]:
    """Cut cycles out of the opened model; GlobalIds of the products that stood on one (to be left out)."""
    bad = cyclic(model)
    if not bad:
        return set()
    lost = {p.GlobalId for p in model.by_type("IfcProduct") if p.ObjectPlacement and p.ObjectPlacement.id() in bad}
    for number in bad:
        model.by_id(number).PlacementRelTo = None
    return lost
