"""What of the things that throw shadows is drawn at all. No Qt."""

from __future__ import annotations

import math
from dataclasses import replace
from weakref import WeakKeyDictionary

from layers.nearness import GivingWay
from twin.data import Mesh, Vectors

_drawn: WeakKeyDictionary = WeakKeyDictionary()         # mesh -> (what gives way in it, the mesh without that)


def drawn(casters: list[tuple], giving: dict[str, GivingWay]) -> list[tuple]:
    """Without the buildings that give way to another model of them wherever one looks from: a ridge that nobody sees
    threw a shadow on the flat roof that is drawn instead.
    """
    return [(layer, _without(mesh, giving.get(layer.id)), place) for layer, mesh, place in casters]


def _without(mesh: Mesh | Vectors, giving: GivingWay | None) -> Mesh | Vectors:
    if giving is None or giving.reach_m < math.inf:
        return mesh
    held = _drawn.get(mesh)
    if held is None or held[0] is not giving:
        kept = ~giving.of[mesh.vertex_feature[mesh.triangles[:, 0]]]
        held = _drawn[mesh] = giving, replace(mesh, triangles=mesh.triangles[kept])
    return held[1]
