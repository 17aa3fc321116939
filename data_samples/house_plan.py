"""A house on paper: storeys, rooms on both sides of a corridor, walls, doors and windows, in metres from its south-west
corner. The sample's office and school are two of them."""

from __future__ import annotations

from dataclasses import dataclass

SLAB_M, OUTER_M, INNER_M = 0.28, 0.3, 0.15
WINDOW = (3.3, 2.25, 0.75)  # width, height, sill
TALL_WINDOW = (3.3, 3.3, 0.15)
DOOR = (1.0, 2.15)
WIDE_DOOR = (1.9, 2.4)
CORRIDOR, STAIR = ("Corridor", "走廊"), ("Stairs", "楼梯间")
Kind = tuple[str, str]  # what a room is for, in English and Chinese
Row = tuple[tuple[float, float, Kind], ...]  # rooms from west to east: x from, to, kind


@dataclass(frozen=True)
class Room:
    """`name` such as 5-12; the box is between wall axes. `inner` is the clear box (x0, y0, x1, y1) inside the walls.
    `door_x` on the corridor, None without a door."""

    name: str
    usage: str
    usage_zh: str
    storey: int  # from 1
    x0: float
    y0: float
    x1: float
    y1: float
    inner: tuple[float, float, float, float]
    door_x: float | None = None

    @property
    def area_m2(self) -> float:
        x0, y0, x1, y1 = self.inner
        return (x1 - x0) * (y1 - y0)

    @property
    def middle(self) -> tuple[float, float]:
        x0, y0, x1, y1 = self.inner
        return (x0 + x1) / 2, (y0 + y1) / 2


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


@dataclass(frozen=True, kw_only=True)
class HousePlan:
    """`south` and `north` are the rooms of each storey; rooms in the south are numbered from 1, in the north from
    `north_from`. `windows_m` begin so far within a bay, `ends_m` so far along an end wall; `blind_m` are windows that the
    north side lacks. `entrance_m` is the stretch of the ground floor's south without windows, `doors_m` its doors, `back_doors_m` those in the north."""

    bays: int
    bay_m: float
    depth_m: float
    ground_floor_m: float
    upper_floor_m: float
    south_edge_m: float  # of the corridor
    north_edge_m: float
    stairs: tuple[tuple[float, float], ...]  # x from, to; north side
    south: tuple[Row, ...]  # by storey
    north: tuple[Row, ...]
    north_from: int
    windows_m: tuple[float, ...]
    ends_m: tuple[float, ...]
    blind_m: tuple[float, ...]
    entrance_m: tuple[float, float]
    doors_m: tuple[float, ...]
    back_doors_m: tuple[float, ...] = ()
    facade: str = "white concrete"  # style of the outer walls
    roof_plant: tuple[tuple[float, float, float, float], ...] = ()  # x, y, length, width

    @property
    def length_m(self) -> float:
        return self.bays * self.bay_m

    @property
    def storeys(self) -> int:
        return len(self.south)

    def floor_height(self, storey: int) -> float:
        return self.ground_floor_m if storey == 1 else self.upper_floor_m

    def elevation(self, storey: int) -> float:
        """Of the finished floor above the ground floor's."""
        return 0.0 if storey == 1 else self.ground_floor_m + (storey - 2) * self.upper_floor_m

    def rooms(self, storey: int) -> list[Room]:
        """Rooms in the south from west to east, then in the north; then corridor and stairs."""
        s, n, top = self.south_edge_m, self.north_edge_m, self.depth_m
        out = []
        for number, (x0, x1, kind) in enumerate(self.south[storey - 1], 1):
            out.append(self._room(f"{storey}-{number:02d}", kind, storey, (x0, 0.0, x1, s), (x0 + x1) / 2 - 1.4))
        for number, (x0, x1, kind) in enumerate(self.north[storey - 1], self.north_from):
            out.append(self._room(f"{storey}-{number:02d}", kind, storey, (x0, n, x1, top), (x0 + x1) / 2 - 0.5))
        out.append(self._room(f"{storey}-C", CORRIDOR, storey, (0.0, s, self.length_m, n)))
        for letter, (x0, x1) in zip("AB", self.stairs):
            out.append(self._room(f"{storey}-S{letter}", STAIR, storey, (x0, n, x1, top), (x0 + x1) / 2 - 0.5))
        return out

    def numbered(self, storey: int) -> list[Room]:
        """Without corridor and stairs."""
        return [r for r in self.rooms(storey) if r.name[2:].isdigit()]

    def is_north(self, room: Room) -> bool:
        return room.y1 > self.depth_m - 0.01

    def outer_walls(self, storey: int) -> list[Wall]:
        w, h, sill = TALL_WINDOW if storey == 1 else WINDOW
        half, x1, y1 = OUTER_M / 2, self.length_m, self.depth_m
        west, east = self.entrance_m
        along = [k * self.bay_m + d for k in range(self.bays) for d in self.windows_m]
        south = tuple((a, w, h, sill) for a in along if not (storey == 1 and west < a < east))
        north = tuple((x1 - a - w, w, h, sill) for a in along if a not in self.blind_m)
        ends = tuple((a, w, h, sill) for a in self.ends_m)
        back = tuple((x1 - a - WIDE_DOOR[0], *WIDE_DOOR, 0.0) for a in self.back_doors_m) if storey == 1 else ()
        entrance = tuple((a, *WIDE_DOOR, 0.0) for a in self.doors_m) if storey == 1 else ()
        return [
            Wall("South", storey, 0, half, x1, half, OUTER_M, True, south, entrance),
            Wall("North", storey, x1, y1 - half, 0, y1 - half, OUTER_M, True, north, back),
            Wall("West", storey, half, y1 - OUTER_M, half, OUTER_M, OUTER_M, True, ends),
            Wall("East", storey, x1 - half, OUTER_M, x1 - half, y1 - OUTER_M, OUTER_M, True, ends),
        ]

    def inner_walls(self, storey: int) -> list[Wall]:
        """Both sides of the corridor, with the rooms' doors, and the walls between neighbouring rooms."""
        found = self.rooms(storey)
        rows = {True: [r for r in found if r.y0 == 0.0], False: [r for r in found if r.y0 == self.north_edge_m]}
        out = []
        for name, y, south in (("Corridor south", self.south_edge_m, True), ("Corridor north", self.north_edge_m, False)):
            doors = tuple((r.door_x - OUTER_M, *DOOR, 0.0) for r in rows[south] if r.door_x is not None)
            out.append(Wall(name, storey, OUTER_M, y, self.length_m - OUTER_M, y, INNER_M, False, (), doors))
        for south, row in rows.items():
            y0, y1 = (
                (OUTER_M, self.south_edge_m - INNER_M / 2)
                if south
                else (self.north_edge_m + INNER_M / 2, self.depth_m - OUTER_M)
            )
            for x in sorted({r.x1 for r in row} - {self.length_m}):
                stair = not south and any(abs(x - edge) < 0.01 for pair in self.stairs for edge in pair)
                rating = "EI 90" if stair else "EI 30"
                out.append(Wall(f"Between {x:.0f}", storey, x, y0, x, y1, INNER_M, False, fire_rating=rating))
        return out

    def _room(self, name: str, kind: Kind, storey: int, box, door_x: float | None = None) -> Room:
        x0, y0, x1, y1 = box
        half = INNER_M / 2
        inner = (
            x0 + (OUTER_M if x0 < 0.01 else half),
            y0 + (OUTER_M if y0 < 0.01 else half),
            x1 - (OUTER_M if x1 > self.length_m - 0.01 else half),
            y1 - (OUTER_M if y1 > self.depth_m - 0.01 else half),
        )
        return Room(name, *kind, storey, *box, inner, door_x)
