"""The office on paper: storeys, rooms, walls, doors and windows in metres from its south-west corner."""

from __future__ import annotations

from dataclasses import dataclass

LENGTH_M, DEPTH_M = 48.0, 21.0
BAY_M = 8.0
STOREYS = 6
GROUND_FLOOR_M, UPPER_FLOOR_M = 4.5, 3.9
SLAB_M, OUTER_M, INNER_M = 0.28, 0.3, 0.15
SOUTH_EDGE_M, NORTH_EDGE_M = 9.2, 11.8  # of the corridor
STAIRS = ((8.0, 12.0), (36.0, 40.0))  # x from, to; north side


@dataclass(frozen=True)
class Room:
    """`name` such as 5-12; the box is between wall axes. `door_x` on the corridor, None without a door."""

    name: str
    usage: str
    usage_zh: str
    storey: int  # 1..6
    x0: float
    y0: float
    x1: float
    y1: float
    door_x: float | None = None

    @property
    def inner(self) -> tuple[float, float, float, float]:
        """The clear box inside the walls."""
        south, north = self.y0 < 0.01, self.y1 > DEPTH_M - 0.01
        west, east = self.x0 < 0.01, self.x1 > LENGTH_M - 0.01
        half = INNER_M / 2
        return (
            self.x0 + (OUTER_M if west else half),
            self.y0 + (OUTER_M if south else half),
            self.x1 - (OUTER_M if east else half),
            self.y1 - (OUTER_M if north else half),
        )

    @property
    def area_m2(self) -> float:
        x0, y0, x1, y1 = self.inner
        return (x1 - x0) * (y1 - y0)

    @property
    def middle(self) -> tuple[float, float]:
        x0, y0, x1, y1 = self.inner
        return (x0 + x1) / 2, (y0 + y1) / 2


def floor_height(storey: int) -> float:
    return GROUND_FLOOR_M if storey == 1 else UPPER_FLOOR_M


def elevation(storey: int) -> float:
    """Of the finished floor above the ground floor's."""
    return 0.0 if storey == 1 else GROUND_FLOOR_M + (storey - 2) * UPPER_FLOOR_M


_OPEN, _CELL, _MEET = ("Open-plan office", "开放办公"), ("Office", "办公室"), ("Meeting room", "会议室")
_WC, _STORE, _TECH = ("Toilets", "卫生间"), ("Store", "储藏室"), ("Server room", "弱电机房")
_LOBBY, _CAFE, _CORRIDOR, _STAIR = (
    ("Lobby", "门厅"),
    ("Café", "咖啡厅"),
    ("Corridor", "走廊"),
    ("Stairs", "楼梯间"),
)


def rooms(storey: int) -> list[Room]:
    """Rooms 01-06 in the south from west to east, 07-12 in the north; then corridor and stairs."""
    s = SOUTH_EDGE_M
    if storey == 1:
        south = [(0, 8, _CAFE), (8, 16, _CAFE), (16, 32, _LOBBY), (32, 40, _MEET), (40, 48, _CELL)]
    else:
        kinds = (
            [_OPEN, _OPEN, _MEET, _OPEN, _CELL, _OPEN]
            if storey % 2
            else [_OPEN, _CELL, _OPEN, _OPEN, _MEET, _OPEN]
        )
        south = [(k * BAY_M, (k + 1) * BAY_M, kind) for k, kind in enumerate(kinds)]
    north = [
        (0, 8, _CELL),
        (12, 16, _WC),
        (16, 24, _OPEN),
        (24, 32, _MEET if storey % 2 else _OPEN),
        (32, 36, _TECH if storey in (1, 4) else _STORE),
        (40, 48, _CELL),
    ]
    out = []
    for number, (x0, x1, kind) in enumerate(south, 1):
        out.append(Room(f"{storey}-{number:02d}", *kind, storey, x0, 0.0, x1, s, (x0 + x1) / 2 - 1.4))
    for number, (x0, x1, kind) in enumerate(north, 7):
        out.append(
            Room(f"{storey}-{number:02d}", *kind, storey, x0, NORTH_EDGE_M, x1, DEPTH_M, (x0 + x1) / 2 - 0.5)
        )
    out.append(Room(f"{storey}-C", *_CORRIDOR, storey, 0.0, s, LENGTH_M, NORTH_EDGE_M))
    for letter, (x0, x1) in zip("AB", STAIRS):
        out.append(
            Room(f"{storey}-S{letter}", *_STAIR, storey, x0, NORTH_EDGE_M, x1, DEPTH_M, (x0 + x1) / 2 - 0.5)
        )
    return out


def numbered(storey: int) -> list[Room]:
    """Without corridor and stairs."""
    return [r for r in rooms(storey) if r.name[2:].isdigit()]


@dataclass(frozen=True)
class Wall:
    """A straight wall on its axis, with openings (distance along, width, height, sill)."""

    name: str
    storey: int
    x0: float
    y0: float
    x1: float
    y1: float
    thick_m: float
    outside: bool
    windows: tuple[tuple[float, float, float, float], ...] = ()
    doors: tuple[tuple[float, float, float, float], ...] = ()
    fire_rating: str = "EI 60"


WINDOW = (3.3, 2.25, 0.75)  # width, height, sill
TALL_WINDOW = (3.3, 3.3, 0.15)
DOOR = (1.0, 2.15)
WIDE_DOOR = (1.9, 2.4)


def outer_walls(storey: int) -> list[Wall]:
    w, h, sill = TALL_WINDOW if storey == 1 else WINDOW
    half = OUTER_M / 2
    along = [k * BAY_M + d for k in range(6) for d in (0.45, 4.25)]
    south = tuple((a, w, h, sill) for a in along if not (storey == 1 and 20.0 < a < 27.0))
    north = tuple((a, w, h, sill) for a in along if a not in (8.45, 36.45))
    ends = tuple((a, w, h, sill) for a in (1.4, 5.4, 12.2, 16.4))
    entrance = (
        ((21.9, WIDE_DOOR[0], WIDE_DOOR[1], 0.0), (24.2, WIDE_DOOR[0], WIDE_DOOR[1], 0.0))
        if storey == 1
        else ()
    )
    x1, y1 = LENGTH_M, DEPTH_M
    return [
        Wall("South", storey, 0, half, x1, half, OUTER_M, True, south, entrance),
        Wall(
            "North",
            storey,
            x1,
            y1 - half,
            0,
            y1 - half,
            OUTER_M,
            True,
            tuple((x1 - a - ww, ww, hh, ss) for a, ww, hh, ss in north),
        ),
        Wall("West", storey, half, y1 - OUTER_M, half, OUTER_M, OUTER_M, True, ends),
        Wall("East", storey, x1 - half, OUTER_M, x1 - half, y1 - OUTER_M, OUTER_M, True, ends),
    ]


def inner_walls(storey: int) -> list[Wall]:
    """Both sides of the corridor, with the rooms' doors, and the walls between neighbouring rooms."""
    found = rooms(storey)
    out = []
    for name, y, south in (("Corridor south", SOUTH_EDGE_M, True), ("Corridor north", NORTH_EDGE_M, False)):
        doors = tuple(
            (r.door_x - OUTER_M, *DOOR, 0.0)
            for r in found
            if r.door_x is not None and (r.y1 == SOUTH_EDGE_M if south else r.y0 == NORTH_EDGE_M)
        )
        out.append(Wall(name, storey, OUTER_M, y, LENGTH_M - OUTER_M, y, INNER_M, False, (), doors))
    for south in (True, False):
        row = [r for r in found if (r.y0 == 0.0 if south else r.y0 == NORTH_EDGE_M)]
        for x in sorted({r.x1 for r in row} - {LENGTH_M}):
            y0, y1 = (
                (OUTER_M, SOUTH_EDGE_M - INNER_M / 2)
                if south
                else (NORTH_EDGE_M + INNER_M / 2, DEPTH_M - OUTER_M)
            )
            stair = not south and any(abs(x - edge) < 0.01 for pair in STAIRS for edge in pair)
            out.append(
                Wall(
                    f"Between {x:.0f}",
                    storey,
                    x,
                    y0,
                    x,
                    y1,
                    INNER_M,
                    False,
                    fire_rating="EI 90" if stair else "EI 30",
                )
            )
    return out
