"""What the table of a sensor layer says about rooms and elements: GlobalIds, numbers, storeys."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from twin.data import Sensors

ELEMENTS = ("element_guid", "element", "equipment_guid", "component_guid", "asset_guid", "ifc_guid", "globalid", "guid",
            "构件guid", "设备guid")
GUIDS = ("room_guid", "space_guid", "ifc_guid", "globalid", "guid", "element", "房间guid", "构件guid")
NUMBERS = ("room", "room_number", "room_no", "space", "space_number", "房间", "房间号", "房号", "房间编号")
STOREYS = ("storey", "story", "floor", "level", "楼层")


@dataclass(frozen=True, eq=False, kw_only=True)
class Sensed:
    """n sensors: `ids`, where they stand (`places` (n, 3) f8 in the frame, NaN = unknown), and what their table says of
    their rooms: GlobalId, number, storey; "" where it says nothing. `carried` (n,) bool: those on an element, which may
    be in no room (a wall, a slab); None = none of them.
    """

    ids: Sequence[str]
    places: np.ndarray
    guids: Sequence[str]
    numbers: Sequence[str]
    storeys: Sequence[str]
    carried: np.ndarray | None = None


def sensed_of(payload: Sensors, places: np.ndarray) -> Sensed:
    """`places` (n, 3) of all rows, heights included."""
    return Sensed(ids=_words(payload, ("id",)), places=np.asarray(places, np.float64), guids=_words(payload, GUIDS),
                  numbers=_words(payload, NUMBERS), storeys=_words(payload, STOREYS))


def elements_of(payload: Sensors) -> list[str]:
    """(n,) the GlobalId of the IFC element that a sensor is on, as its table says; it may be a room's."""
    return _words(payload, ELEMENTS)


def _words(payload: Sensors, names: tuple[str, ...]) -> list[str]:
    """Of each row the first of these columns that says something."""
    count, out = len(payload.positions), [""] * len(payload.positions)
    if payload.features is None:
        return out
    held = {_plain(name): name for name in reversed(payload.features.column_names)}
    for name in names:
        if (column := held.get(_plain(name))) is not None:
            said = _texts(payload.features.column(column))[:count]
            out = [kept or value for kept, value in zip(out, said)] if any(out) else said
    return out


def _texts(column) -> list[str]:
    """Of a column of the table. There may be hundreds of thousands, and the window waits for them."""
    import pyarrow.types as types
    values = column.to_numpy().tolist()                      # a tenth of the time of to_pylist
    if types.is_string(column.type):
        return [value.strip() if value else "" for value in values]
    return [_text(value) for value in values]


def _plain(name: str) -> str:
    return re.sub(r"[\s_\-.]+", "", name).casefold()


def _text(value) -> str:
    """A room 101 that a table took for the number 101.0 is still room 101."""
    if value is None or value != value:
        return ""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value).strip()
