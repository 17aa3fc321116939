"""Small bodies for vehicles: a chassis and a cabin of twenty triangles, by what is said to drive there."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Body:
    """Metres. `waist` is where the cabin begins, `roof` its front and back above (shares of the length, front +)."""

    length_m: float
    width_m: float
    height_m: float
    waist: float
    base: tuple[float, float]
    roof: tuple[float, float]
    nose: float = 0.86                            # width of the front, as a share


CAR = Body(4.6, 1.9, 1.5, 0.55, (-0.40, 0.24), (-0.28, 0.06))
BUS = Body(11.5, 2.55, 3.1, 0.38, (-0.50, 0.50), (-0.495, 0.45), 0.96)
SHUTTLE = Body(4.9, 2.1, 2.6, 0.40, (-0.50, 0.50), (-0.40, 0.40), 0.96)
LORRY = Body(8.6, 2.5, 3.3, 0.32, (-0.50, 0.50), (-0.49, 0.40), 0.94)
CYCLE = Body(1.8, 0.6, 1.6, 0.45, (-0.25, 0.15), (-0.12, 0.05), 0.5)
# Words of a mode, English and Chinese -> its body; the first that is found counts.
_BY_WORD = ((("bus", "coach", "公交", "客车", "巴士"), BUS), (("shuttle", "robotaxi", "接驳", "无人"), SHUTTLE),
            (("truck", "lorry", "sweeper", "heavy", "货", "卡车", "环卫", "清扫"), LORRY),
            (("bike", "bicycle", "cycle", "scooter", "自行车", "电动车", "摩托"), CYCLE))

_SIDES = np.array([*((i, (i + 1) % 4, 4 + (i + 1) % 4) for i in range(4)),
                   *((i, 4 + (i + 1) % 4, 4 + i) for i in range(4)), (4, 5, 6), (4, 6, 7)], np.int32)
TRIANGLES = np.concatenate([_SIDES, _SIDES + 8])          # (20, 3) of the sixteen corners of a body
CORNERS = 16


def body_of(mode: str) -> Body:
    mode = mode.lower()
    return next((body for words, body in _BY_WORD if any(word in mode for word in words)), CAR)


def corners_of(body: Body) -> np.ndarray:
    """(16, 3) f4 metres: forward, to the left, up; it stands on 0."""
    def ring(back: float, front: float, wide: float, nose: float, up: float) -> list[tuple[float, float, float]]:
        x0, x1, y = back * body.length_m, front * body.length_m, wide * body.width_m / 2
        return [(x0, -y, up), (x1, -y * nose, up), (x1, y * nose, up), (x0, y, up)]

    waist = body.waist * body.height_m
    return np.array([*ring(-0.5, 0.5, 1.0, body.nose, 0.10 * body.height_m), *ring(-0.5, 0.5, 1.0, body.nose, waist),
                     *ring(*body.base, 0.94, body.nose, waist - 0.02),
                     *ring(*body.roof, 0.82, 0.95, body.height_m)], np.float32)


def placed(corners: np.ndarray, places: np.ndarray, heading_deg: np.ndarray, scale: np.ndarray) -> np.ndarray:
    """(n, 16, 3) f4 local metres: bodies (n, 16, 3) standing at `places` (n, 3), turned clockwise from north."""
    turn = np.radians(heading_deg)
    sin, cos = np.sin(turn)[:, None], np.cos(turn)[:, None]
    ahead, left = corners[..., 0], corners[..., 1]
    out = np.stack([ahead * sin - left * cos, ahead * cos + left * sin, corners[..., 2]], axis=-1)
    return (out * scale[:, None, None] + places[:, None]).astype(np.float32)
