"""What lies below: pipes of seven kinds under three streets, manholes, shelters, and line 11 below and above ground.

Invented like all of the sample. As in a real survey, each pipe's row says which height it gives: pressure pipes their
crown in 1985, gravity pipes their invert in Wusong (`TO_WUSONG_M` higher), cables their axis.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import shapely
from shapely import LineString, Point, affinity

from data_samples import geography as geo
from data_samples import streets
from data_samples.forms import rectangle
from data_samples.relief import GroundAt
from data_samples.vector_files import write_layer

TO_WUSONG_M = 1.66
WATER_COVER_M = 1.20  # of the water main, everywhere
LOWEST_GROUND_M = 2.2  # pipes follow the street, not the bed of a river that it bridges
FALLING_STEP_M, FOLLOWING_STEP_M = 20.0, 5.0  # of the vertices: straight falls, and pipes that follow the ground
SHAFT_EVERY_M = 40.0
DECK_M, RAIL_M = (8.2, 9.8), 10.0  # bottom and top of the viaduct, its width
BORE_M, BORES_APART_M = 6.2, 13.0
LINE_11 = (1950.0, -1900.0)  # north and south end of the piece that is modelled, metres along the grid
PORTAL = (1150.0, 620.0)  # where the ramp leaves the viaduct and where it is a tunnel


@dataclass(frozen=True)
class Kind:
    """How a kind of pipe lies in a street: metres from its middle, cover of the crown, and what its heights mean."""

    kind: str
    kind_zh: str
    aside_m: float
    cover_m: float
    diameter_mm: int
    branch_mm: int
    material: str
    z_ref: str
    datum: str = "1985"
    fall: float = 0.0  # gravity pipes: metres per metre towards the south or west


KINDS = (
    Kind("telecom", "通信", -13.4, 0.80, 150, 110, "PVC", "axis"),
    Kind("gas", "燃气", -10.6, 1.00, 300, 160, "PE", "crown"),
    Kind("sewer", "污水", -5.6, 2.60, 800, 400, "HDPE", "invert", "吴淞", 0.0009),
    Kind("rain", "雨水", 2.6, 1.70, 1200, 600, "RC", "invert", "吴淞", 0.0006),
    Kind("water", "给水", 7.4, WATER_COVER_M, 600, 300, "DI", "crown"),
    Kind("heat", "热力", 10.4, 1.35, 400, 250, "Steel", "crown"),
    Kind("power", "电力", 13.6, 0.70, 200, 160, "Duct", "axis"),
)
# (Chinese name, from, to in grid metres, whether mains lie in it)
STREETS = (
    ("裕民南路", (-565, -1240), (-565, 1100), True),
    ("崇教路", (-1100, 100), (-575, 100), False),
    ("麦积路", (-1100, 430), (-575, 430), False),
    ("白银路", (-1100, -234), (-20, -234), False),
)
# (name, name_zh, place in the grid, size, bottom and top below the ground)
SHELTERS = (
    ("Civil defence shelter A", "民防工程甲", (-668, 268), (74, 46), (7.4, 2.4)),
    ("Civil defence shelter B", "民防工程乙", (-690, -92), (58, 40), (6.2, 2.2)),
    ("Civil defence shelter C", "民防工程丙", (-664, 588), (66, 52), (9.6, 2.6)),
)


def write(folder: Path, grid: np.ndarray) -> None:
    """`grid` as `relief.heights` gives it."""
    ground = GroundAt(grid)
    shafts = _pipes(folder / "pipes.geojson", ground)
    _manholes(folder / "manholes.geojson", shafts)
    _shelters(folder / "shelters.geojson", ground)
    _tunnel(folder / "line11_tunnel.geojson", ground)
    _viaduct(folder / "line11_viaduct.geojson", ground)


def _pipes(path: Path, ground: GroundAt) -> list[tuple]:
    """Writes them; (kind, street, place (3,) on the ground, metres down to the invert) of the shafts."""
    shapes, rows, shafts = [], [], []
    for number, (street, start, end, main) in enumerate(STREETS):
        for kind in KINDS:
            step = FALLING_STEP_M if kind.fall else FOLLOWING_STEP_M
            line = _beside(start, end, kind.aside_m * (1.0 if main else 0.55), step)
            size = kind.diameter_mm if main else kind.branch_mm
            top = np.maximum(ground(line), LOWEST_GROUND_M)
            crown = _crown(line, top, kind)
            written = crown - {"crown": 0.0, "axis": 0.5, "invert": 1.0}[kind.z_ref] * size / 1000.0
            written += TO_WUSONG_M if kind.datum == "吴淞" else 0.0
            shapes.append(LineString(np.column_stack([line, np.round(written, 3)])))
            rows.append((f"{kind.kind}-{number + 1}", kind, street, size, 1996 + 7 * number, written))
            if kind.fall:
                shafts += _shafts(kind, street, line, top, crown - size / 1000.0)
    columns = {
        "id": [r[0] for r in rows],
        "kind": [r[1].kind for r in rows],
        "kind_zh": [r[1].kind_zh for r in rows],
        "street": [r[2] for r in rows],
        "diameter_mm": np.array([r[3] for r in rows], np.int32),
        "material": [r[1].material for r in rows],
        "year": np.array([r[4] for r in rows], np.int32),
        "z_start": np.round([r[5][0] for r in rows], 3),
        "z_end": np.round([r[5][-1] for r in rows], 3),
        "z_ref": [r[1].z_ref for r in rows],
        "datum": [r[1].datum for r in rows],
    }
    write_layer(path, shapes, columns, "LineString Z", digits=3)
    return shafts


def _beside(start: tuple, end: tuple, aside_m: float, step_m: float) -> np.ndarray:
    """(n, 2) from one place of the grid to another, to the right of the way."""
    a, b = np.array(start, float), np.array(end, float)
    length = float(np.hypot(*(b - a)))
    along = (b - a) / length
    at = a + np.arange(0.0, length + 1e-6, step_m)[:, None] * along + aside_m * np.array([along[1], -along[0]])
    return geo.CENTRE.world(at[:, 0], at[:, 1])


def _crown(line: np.ndarray, top: np.ndarray, kind: Kind) -> np.ndarray:
    """(n,) 1985: pressure pipes follow the ground, gravity pipes fall evenly and are nowhere too shallow."""
    if not kind.fall:
        return top - kind.cover_m
    run = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(line, axis=0).T))])
    falling = -kind.fall * (run[-1] - run)  # towards the start
    return falling + float((top - kind.cover_m - falling).min())


def _shafts(kind: Kind, street: str, line: np.ndarray, top: np.ndarray, invert: np.ndarray) -> list[tuple]:
    every = slice(0, None, round(SHAFT_EVERY_M / FALLING_STEP_M))
    return [
        (kind, street, (*xy, z), z - low)
        for xy, z, low in zip(line[every].tolist(), top[every].tolist(), invert[every].tolist())
    ]


def _manholes(path: Path, shafts: list[tuple]) -> None:
    write_layer(
        path,
        shapely.points([s[2] for s in shafts]),
        {
            "id": [f"mh-{k + 1:03d}" for k in range(len(shafts))],
            "kind": ["manhole"] * len(shafts),
            "of": [s[0].kind for s in shafts],
            "street": [s[1] for s in shafts],
            "diameter_mm": np.array([1000 if s[0].kind == "rain" else 700 for s in shafts], np.int32),
            "depth_m": np.round([s[3] for s in shafts], 2),
            "datum": ["1985"] * len(shafts),
        },
        "Point Z",
        digits=3,
    )


def _shelters(path: Path, ground: GroundAt) -> None:
    shapes, floors, roofs = [], [], []
    for _, _, uv, size, (deep, shallow) in SHELTERS:
        place = geo.CENTRE.world(*uv)[0]
        turned = affinity.rotate(rectangle(*size), geo.GRID_ANGLE_DEG, origin=(0, 0))
        shapes.append(affinity.translate(turned, *place))
        floors.append(float(ground([place])[0]) - deep)
        roofs.append(float(ground([place])[0]) - shallow)
    columns = {
        "name": [s[0] for s in SHELTERS],
        "name_zh": [s[1] for s in SHELTERS],
        "kind": ["shelter"] * len(shapes),
        "z_bottom": np.round(floors, 2),
        "z_top": np.round(roofs, 2),
        "datum": ["1985"] * len(shapes),
        "persons": np.array([round(s.area / 1.5 / 10) * 10 for s in shapes], np.int32),
    }
    write_layer(path, shapes, columns, "Polygon")


# -- line 11 ---------------------------------------------------------------------------------------------


def _line_11() -> tuple[np.ndarray, np.ndarray]:
    """(n, 2) every 10 m of the modelled piece, and (n,) how far north it is in the grid."""
    course = LineString(streets.metro_lines()[0][2])
    at = shapely.get_coordinates(course.interpolate(np.arange(0.0, course.length, 10.0)))
    away = at - geo.GRID_ORIGIN
    angle = np.radians(geo.GRID_ANGLE_DEG)
    north = away[:, 1] * np.cos(angle) - away[:, 0] * np.sin(angle)
    kept = (north < LINE_11[0]) & (north > LINE_11[1])
    return at[kept], north[kept]


def _tunnel(path: Path, ground: GroundAt) -> None:
    """Two bores, deepest in the middle; their heights are those of the axis."""
    line, north = _line_11()
    inside = north < PORTAL[1]
    line, north = line[inside], north[inside]
    top = ground(line)
    deep = 9.0 + 5.0 * np.clip((PORTAL[1] - north) / 600.0, 0.0, 1.0)
    bores = [
        LineString(line).offset_curve(side * BORES_APART_M / 2, quad_segs=2, join_style="mitre")
        for side in (1, -1)
    ]
    shapes = []
    for bore in bores:
        at = shapely.get_coordinates(bore)
        nearest = np.argmin(np.hypot(*(at[:, None] - line[None]).transpose(2, 0, 1)), axis=1)
        shapes.append(LineString(np.column_stack([at, (top - deep)[nearest]])))
    columns = {
        "name": ["Line 11 tunnel, up track", "Line 11 tunnel, down track"],
        "name_zh": ["11号线区间隧道(上行)", "11号线区间隧道(下行)"],
        "kind": ["tunnel"] * 2,
        "diameter_mm": np.full(2, round(BORE_M * 1000), np.int32),
        "z_ref": ["axis"] * 2,
        "datum": ["1985"] * 2,
    }
    write_layer(path, shapes, columns, "LineString Z")


def _viaduct(path: Path, ground: GroundAt) -> None:
    """Deck and piers as volumes north of the portal, and the ramp between in steps."""
    line, north = _line_11()
    spans = [
        (line[i : i + 4], north[i])
        for i in range(0, len(line) - 3, 3)
        if north[i + 3] > PORTAL[1] or north[i] > PORTAL[1]
    ]
    shapes, rows = [], []
    for course, far in spans:
        here = float(ground([course[0]])[0])
        share = float(np.clip((far - PORTAL[1]) / (PORTAL[0] - PORTAL[1]), 0.0, 1.0))
        low = here - 8.0 + share * (DECK_M[0] + 8.0 - 0.0)
        shapes.append(LineString(course).buffer(RAIL_M / 2, cap_style="flat"))
        rows.append(("deck" if share == 1.0 else "ramp", low, low + DECK_M[1] - DECK_M[0]))
        if low - here > 2.0:
            shapes.append(Point(course[0]).buffer(1.1, quad_segs=4))
            rows.append(("pier", here - 1.5, low))
    columns = {
        "part": [r[0] for r in rows],
        "kind": ["viaduct"] * len(rows),
        "z_bottom": np.round([r[1] for r in rows], 2),
        "z_top": np.round([r[2] for r in rows], 2),
        "datum": ["1985"] * len(rows),
    }
    write_layer(path, shapes, columns, "Polygon")
