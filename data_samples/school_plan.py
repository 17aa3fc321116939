"""The school on paper: forty rooms for classes on three storeys, and a sports hall in the yard north of them."""

from __future__ import annotations

import shapely
from shapely import Polygon

from data_samples.house_plan import HousePlan, Room, Row

BAY_M = 9.0
_CLASS, _SCIENCE, _MUSIC, _READING = ("Classroom", "普通教室"), ("Science room", "科学教室"), ("Music room", "音乐教室"), ("Library", "图书阅览室")
_STAFF, _WC, _LOBBY = ("Staff room", "教师办公室"), ("Toilets", "卫生间"), ("Lobby", "门厅")
TAUGHT_IN = ("Classroom", "Science room", "Music room", "Library")
HALL = (42.0, 26.0, 72.0, 48.0)  # x0, y0, x1, y1 of the sports hall
HALL_M = 8.0  # its clear height
WAY = (58.0, 20.0, 63.5, 26.0)  # the covered way to it from the eastern stairs


def _south(storey: int) -> Row:
    kinds = [_CLASS] * 8
    if storey == 1:
        kinds[3], kinds[7] = _LOBBY, _STAFF
    return tuple((k * BAY_M, (k + 1) * BAY_M, kind) for k, kind in enumerate(kinds))


def _north(storey: int) -> Row:
    first, last = {1: (_READING, _CLASS), 2: (_CLASS, _SCIENCE), 3: (_MUSIC, _SCIENCE)}[storey]
    middle = tuple((x, x + BAY_M, _CLASS) for x in (18.0, 27.0, 36.0, 45.0))
    return ((0.0, 9.0, first), (13.5, 18.0, _WC), *middle, (54.0, 58.5, _WC), (63.0, 72.0, last))


SCHOOL = HousePlan(
    bays=8,
    bay_m=BAY_M,
    depth_m=20.0,
    ground_floor_m=3.9,
    upper_floor_m=3.6,
    south_edge_m=8.7,
    north_edge_m=11.3,
    stairs=((9.0, 13.5), (58.5, 63.0)),
    south=tuple(_south(storey) for storey in (1, 2, 3)),
    north=tuple(_north(storey) for storey in (1, 2, 3)),
    north_from=9,
    windows_m=(0.75, 4.95),
    ends_m=(1.2, 5.0, 11.8, 15.5),
    blind_m=(9.75, 58.95),
    entrance_m=(27.0, 36.0),
    doors_m=(29.2, 31.5),
    back_doors_m=(59.8,),
    facade="terracotta",
)


def class_rooms() -> list[Room]:
    """The forty rooms that lessons are given in, storey by storey."""
    return [room for storey in (1, 2, 3) for room in SCHOOL.numbered(storey) if room.usage in TAUGHT_IN]


def footprint() -> Polygon:
    """Of all that is built, in the plan's metres from its south-west corner."""
    return shapely.union_all([shapely.box(0.0, 0.0, SCHOOL.length_m, SCHOOL.depth_m), shapely.box(*HALL), shapely.box(*WAY)])
