"""The school's sports hall and the covered way to it, on the ground floor."""

from __future__ import annotations

from data_samples import house
from data_samples import house_fabric as fabric
from data_samples.house_fabric import Parts
from data_samples.house_plan import OUTER_M, SLAB_M, WIDE_DOOR, WINDOW, Room, Wall
from data_samples.ifc_kit import Kit
from data_samples.school_plan import HALL, HALL_M, SCHOOL, WAY

SILL_M = 4.6  # of the windows, above whoever plays


def build(kit: Kit, parts: Parts, storey, seats: dict[str, float]) -> None:
    """Walls, floor, roof and room of the hall, and what leads there from the corridor's stairs."""
    room = hall_room()
    made = [*_walls(kit, parts, storey), *_slabs(kit, storey), *_way(kit, storey)]
    space = house.space(kit, storey, room, HALL_M, seats)
    kit.relate("IfcRelAggregates", RelatingObject=storey, RelatedObjects=[space])
    kit.relate("IfcRelContainedInSpatialStructure", RelatedElements=made, RelatingStructure=storey)


def hall_room() -> Room:
    x0, y0, x1, y1 = HALL
    return Room("1-H", "Sports hall", "体育馆", 1, *HALL, (x0 + OUTER_M, y0 + OUTER_M, x1 - OUTER_M, y1 - OUTER_M))


def _walls(kit: Kit, parts: Parts, storey) -> list:
    x0, y0, x1, y1 = HALL
    half = OUTER_M / 2
    w, h, _ = WINDOW
    long = tuple((1.8 + 4.6 * k, w, h, SILL_M) for k in range(6))
    short = tuple((1.8 + 4.6 * k, w, h, SILL_M) for k in range(4))
    entrance = ((WAY[0] - x0 + 1.8, *WIDE_DOOR, 0.0),)
    sides = (
        Wall("Hall south", 1, x0, y0 + half, x1, y0 + half, OUTER_M, True, long, entrance),
        Wall("Hall north", 1, x1, y1 - half, x0, y1 - half, OUTER_M, True, long),
        Wall("Hall west", 1, x0 + half, y1 - OUTER_M, x0 + half, y0 + OUTER_M, OUTER_M, True, short),
        Wall("Hall east", 1, x1 - half, y0 + OUTER_M, x1 - half, y1 - OUTER_M, OUTER_M, True, short),
    )
    return fabric.build_walls(kit, parts, storey, 1, sides, HALL_M, SCHOOL.facade)


def _slabs(kit: Kit, storey) -> list:
    x0, y0, x1, y1 = HALL
    floor = kit.element(
        "IfcSlab", "Hall floor", kit.shape([kit.box(x0, y0, -SLAB_M, x1 - x0, y1 - y0, SLAB_M, "sports floor")]),
        within=storey, PredefinedType="BASESLAB",
    )
    rim = kit.box(x0, y0, HALL_M, x1 - x0, y1 - y0, 0.5, "grey")
    roof = kit.element("IfcSlab", "Hall roof", kit.shape([rim]), within=storey, PredefinedType="ROOF")
    common = {"LoadBearing": True, "FireRating": "REI 60"}
    kit.pset([floor], "Pset_SlabCommon", {"IsExternal": False, **common})
    kit.pset([roof], "Pset_SlabCommon", {"IsExternal": True, **common})
    return [floor, roof]


def _way(kit: Kit, storey) -> list:
    x0, y0, x1, y1 = WAY
    floor = kit.element(
        "IfcSlab", "Covered way", kit.shape([kit.box(x0, y0, -SLAB_M, x1 - x0, y1 - y0, SLAB_M, "floor")]),
        within=storey, PredefinedType="BASESLAB",
    )
    cover = kit.element(
        "IfcSlab", "Roof of the covered way", kit.shape([kit.box(x0, y0, 3.0, x1 - x0, y1 - y0, 0.2, "white concrete")]),
        within=storey, PredefinedType="ROOF",
    )
    post = kit.shared([kit.box(-0.1, -0.1, 0, 0.2, 0.2, 3.0, "frame")])
    posts = [
        kit.element("IfcColumn", f"Post {k}", kit.mapped(post), (x, y, 0.0), 0.0, storey)
        for k, (x, y) in enumerate(((x, y) for x in (x0 + 0.3, x1 - 0.3) for y in (y0 + 1.0, y1 - 1.0)), 1)
    ]
    return [floor, cover, *posts]
