"""What is being built: buildings and ground patches, checked against the block they stand in."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import shapely
from shapely import affinity

from data_samples.blocks import Block
from data_samples.forms import FLOOR_M

KWH_M2 = {
    "residential": 38,
    "office": 105,
    "commercial": 165,
    "school": 62,
    "hospital": 190,
    "industrial": 130,
    "culture": 120,
    "hotel": 150,
}
M2_PER_PERSON = {
    "residential": 39,
    "office": 19,
    "commercial": 45,
    "school": 13,
    "hospital": 32,
    "industrial": 70,
    "culture": 60,
    "hotel": 48,
}


@dataclass(frozen=True)
class House:
    """One building (or one part of a stepped one). `population` is who is there at the fullest hour. `model` is the file
    that holds it in full: footprints and roofs leave it to that."""

    shape: shapely.Polygon
    use: str
    floors: int
    height_m: float
    year: int
    zone: str
    energy_kwh_m2: float
    population: int
    name: str = ""
    block: int = -1
    model: str = ""


@dataclass
class Site:
    """`patches` are (kind, shape) on the ground: lawn, plaza, court, track, field, parking, path, pool, yard."""

    rng: np.random.Generator
    houses: list[House] = field(default_factory=list)
    patches: list[tuple[str, shapely.Geometry]] = field(default_factory=list)
    block_number: int = -1
    taken: list[shapely.Polygon] = field(default_factory=list)  # in the present block, local

    def start(self, block: Block) -> None:
        self.block_number += 1
        self.taken = []
        shapely.prepare(block.local)

    def free(self, block: Block, shape: shapely.Polygon, gap_m: float = 7.0) -> bool:
        wide = shape.buffer(gap_m, join_style="mitre") if gap_m else shape
        return block.local.contains(shape) and not any(wide.intersects(t) for t in self.taken)

    def put(
        self,
        block: Block,
        shape: shapely.Polygon,
        at,
        use: str,
        floors: int,
        *,
        height_m: float = 0.0,
        name: str = "",
        gap_m: float = 7.0,
        on_top: bool = False,
    ) -> bool:
        """Place `shape` at `at` (block metres) if it fits; `on_top` stands within a podium placed before."""
        placed = affinity.translate(shape, *at)
        if on_top:
            if not any(under.contains(placed) for under in self.taken):
                return False
        elif not self.free(block, placed, gap_m):
            return False
        self.taken.append(placed)
        height = height_m or round(floors * FLOOR_M[use] + (1.2 if use != "residential" else 0.9), 1)
        people = placed.area * floors * 0.86 / M2_PER_PERSON[use]
        year = {"industrial": 2003, "residential": 2009}.get(use, 2011) + int(self.rng.integers(-6, 14))
        if block.use == "old":
            year = int(self.rng.integers(1952, 1996))
        energy = KWH_M2[use] * float(self.rng.lognormal(0.0, 0.16)) * (1.12 if year < 2000 else 1.0)
        self.houses.append(
            House(
                block.world(placed),
                use,
                floors,
                height,
                year,
                block.zone,
                round(energy, 1),
                round(people),
                name,
                self.block_number,
            )
        )
        return True

    def patch(self, block: Block, kind: str, shape: shapely.Geometry, at=(0.0, 0.0)) -> None:
        inside = affinity.translate(shape, *at).intersection(block.local)
        if inside.area > 12.0:
            self.patches.append((kind, block.world(inside)))

    def reserve(self, shape: shapely.Polygon, at=(0.0, 0.0)) -> None:
        self.taken.append(affinity.translate(shape, *at))
