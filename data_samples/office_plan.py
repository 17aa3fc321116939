"""The office on paper: six storeys, room 5-12 among them."""

from __future__ import annotations

from data_samples.house_plan import HousePlan, Row

BAY_M = 8.0
_OPEN, _CELL, _MEET = ("Open-plan office", "开放办公"), ("Office", "办公室"), ("Meeting room", "会议室")
_WC, _STORE, _TECH = ("Toilets", "卫生间"), ("Store", "储藏室"), ("Server room", "弱电机房")
_LOBBY, _CAFE = ("Lobby", "门厅"), ("Café", "咖啡厅")


def _south(storey: int) -> Row:
    if storey == 1:
        return ((0, 8, _CAFE), (8, 16, _CAFE), (16, 32, _LOBBY), (32, 40, _MEET), (40, 48, _CELL))
    odd = storey % 2
    kinds = [_OPEN, _OPEN, _MEET, _OPEN, _CELL, _OPEN] if odd else [_OPEN, _CELL, _OPEN, _OPEN, _MEET, _OPEN]
    return tuple((k * BAY_M, (k + 1) * BAY_M, kind) for k, kind in enumerate(kinds))


def _north(storey: int) -> Row:
    return (
        (0, 8, _CELL),
        (12, 16, _WC),
        (16, 24, _OPEN),
        (24, 32, _MEET if storey % 2 else _OPEN),
        (32, 36, _TECH if storey in (1, 4) else _STORE),
        (40, 48, _CELL),
    )


OFFICE = HousePlan(
    bays=6,
    bay_m=BAY_M,
    depth_m=21.0,
    ground_floor_m=4.5,
    upper_floor_m=3.9,
    south_edge_m=9.2,
    north_edge_m=11.8,
    stairs=((8.0, 12.0), (36.0, 40.0)),
    south=tuple(_south(storey) for storey in range(1, 7)),
    north=tuple(_north(storey) for storey in range(1, 7)),
    north_from=7,
    windows_m=(0.45, 4.25),
    ends_m=(1.4, 5.4, 12.2, 16.4),
    blind_m=(8.45, 36.45),
    entrance_m=(20.0, 28.0),
    doors_m=(21.9, 24.2),
    roof_plant=((10, 12.2, 8, 5.5), (30, 12.2, 8, 5.5)),
)
